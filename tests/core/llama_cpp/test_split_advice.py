"""The tensor split that gives several devices the most room."""

from __future__ import annotations

from itertools import product

import pytest
from llama_cpp_rows import model_of
from memplan import Backend
from memplan.engines.llama_cpp.devices import Device, Layout
from memplan.engines.llama_cpp.fit import Measured
from memplan.engines.llama_cpp.measure import measuring
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.split_advice import roomiest_split
from memplan.units import GIB, MIB


def headroom(budgets: tuple[int, ...], used: tuple[int, ...]) -> int:
    return min(budget - taken for budget, taken in zip(budgets, used, strict=True))


def test_that_no_other_split_of_a_real_model_leaves_more() -> None:
    model = model_of("gemma-3-12b")
    settings = resolve_settings(LlamaCppOptions(), resolve_shape(model))
    budgets = (6 * GIB, 8 * GIB)
    devices = [Device(Backend.CUDA, budget) for budget in budgets]
    measure = measuring(model, settings, devices)

    def measured(layout: Layout) -> Measured:
        return measure(32_768, layout)

    found = roomiest_split(Layout(), 49, budgets, measured)
    assert found is not None
    assert sum(found) == 49

    def room(first: int) -> int:
        split = Layout(tensor_split=(float(first), float(49 - first)))
        return headroom(budgets, measured(split).devices)

    assert room(found[0]) >= max(room(first) for first in range(1, 49)) - MIB


def bytes_of(split: tuple[float, ...]) -> tuple[int, ...]:
    """Uneven layers: each takes its own number of GiB, the last one most."""
    sizes = [1, 3, 1, 2, 2, 1, 6]
    ends = [int(sum(split[: number + 1])) for number in range(len(split))]
    starts = [0, *ends[:-1]]
    return tuple(sum(sizes[a:b]) * GIB for a, b in zip(starts, ends, strict=True))


def measured_of(layout: Layout) -> Measured:
    used = bytes_of(layout.tensor_split)
    return Measured(used, used, (0,) * len(used), 0)


@pytest.mark.parametrize("budgets", [(8, 9), (4, 14), (4, 6, 9), (16, 4)])
def test_that_uneven_layers_are_split_as_well_as_can_be(budgets: tuple[int, ...]) -> None:
    limits = tuple(budget * GIB for budget in budgets)
    splits = [s for s in product(range(8), repeat=len(budgets)) if sum(s) == 7]
    best = max(headroom(limits, bytes_of(split)) for split in splits)
    found = roomiest_split(Layout(), 7, limits, measured_of)
    if best < 0:
        assert found is None
    else:
        assert found is not None
        assert headroom(limits, bytes_of(found)) == best


def test_that_one_device_has_nothing_to_split() -> None:
    assert roomiest_split(Layout(), 7, (64 * GIB,), measured_of) is None
