"""The tensor split that gives several devices the most room.

llama.cpp splits by free memory alone; caches and layers of several sizes make one device overflow
while the sum would fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.devices import Layout
from memplan.engines.llama_cpp.fit import Measured

_STEP_BYTES: Final = 2**20
"""Headrooms that differ by less are the same."""


def roomiest_split(
    layout: Layout,
    layer_count: int,
    budgets: tuple[int, ...],
    measure: Callable[[Layout], Measured],
) -> tuple[int, ...] | None:
    """Layers of each device so that the fullest has the most bytes left.

    Args:
        layout: all layers on devices, and what else is asked for.
        layer_count: all layers, the output layer one of them.
        budgets: bytes that each device may take.
        measure: what a layout takes.

    Returns:
        The layers of each device, in order; ``None`` where no split fits, or there is one device.
    """
    if len(budgets) < 2:
        return None
    search = _SplitSearch(layout, layer_count, budgets, measure)
    best = search.with_headroom(0)
    if best is None:
        return None
    low, high = 0, max(budgets)
    while high - low > _STEP_BYTES:
        middle = (low + high) // 2
        found = search.with_headroom(middle)
        if found is None:
            high = middle
        else:
            best, low = found, middle
    return best


class _SplitSearch:
    """Fills device after device with as many layers as leave a headroom."""

    def __init__(
        self,
        layout: Layout,
        layer_count: int,
        budgets: tuple[int, ...],
        measure: Callable[[Layout], Measured],
    ) -> None:
        self.layout = layout
        self.layer_count = layer_count
        self.budgets = budgets
        self.measure = measure

    def with_headroom(self, headroom_bytes: int) -> tuple[int, ...] | None:
        """A split that leaves so much on each device; ``None`` if there is none."""
        counts: tuple[int, ...] = ()
        for device in range(len(self.budgets) - 1):
            counts = (*counts, self._most(counts, device, headroom_bytes))
        counts = (*counts, self.layer_count - sum(counts))
        used = self._used(counts)
        limits = (budget - headroom_bytes for budget in self.budgets)
        return counts if all(u <= limit for u, limit in zip(used, limits, strict=True)) else None

    def _most(self, before: tuple[int, ...], device: int, headroom_bytes: int) -> int:
        """The most layers that a device takes behind those of the devices before it."""
        low, high = 0, self.layer_count - sum(before)
        while low < high:
            middle = (low + high + 1) // 2
            used = self._used((*before, middle, self.layer_count - sum(before) - middle))
            if used[device] <= self.budgets[device] - headroom_bytes:
                low = middle
            else:
                high = middle - 1
        return low

    def _used(self, counts: tuple[int, ...]) -> tuple[int, ...]:
        filled = (*counts, *(0,) * (len(self.budgets) - len(counts)))
        return self.measure(
            replace(self.layout, tensor_split=tuple(float(count) for count in filled))
        ).devices
