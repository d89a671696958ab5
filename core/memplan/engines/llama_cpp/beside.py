"""What a start loads beside the model, as llama.cpp's own fitting sees it and as it is loaded.

Source: llama.cpp b11434, ``common/fit.cpp`` (``add_extra_memory``: a draft or next-token context is
measured where all layers are as asked for, and added to each trial), ``common/common.cpp`` and
``tools/server/server-context.cpp`` (a projector is added to what must stay free of its device;
adapters are not looked at).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from memplan.engines.llama_cpp.devices import Layout
from memplan.engines.llama_cpp.fit import Measure, Measured
from memplan.engines.llama_cpp.placement import HOST
from memplan.memory.component import Component, ComponentKind, Part, Place

_MEASURED: Final = frozenset({Part.DRAFT, Part.MTP})


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What is loaded beside the model, where all layers are as asked for.

    Attributes:
        components: its parts.
        memories: llama.cpp's number of each device's memory, by id.
    """

    components: tuple[Component, ...]
    memories: Mapping[str, int]

    def loaded_bytes(self, memory: int, context: int) -> int:
        """All that is loaded in a memory."""
        return self._sum(memory, context, lambda _component: True)

    def kept_free_bytes(self, memory: int) -> int:
        """What fitting keeps free of a device beyond its margin: a projector's part there."""
        return self._sum(memory, 1, lambda component: component.part is Part.PROJECTOR)

    def added_to(self, measure: Measure) -> Measure:
        """A measure with what fitting adds to each of its answers."""
        if not any(component.part in _MEASURED for component in self.components):
            return measure

        @cache
        def added_bytes(memory: int, context: int) -> int:
            return self._sum(memory, context, _is_measured)

        def measured(context: int, layout: Layout) -> Measured:
            found = measure(context, layout)
            devices = tuple(
                own_bytes + added_bytes(memory, context)
                for memory, own_bytes in enumerate(found.devices)
            )
            return found._replace(devices=devices, host=found.host + added_bytes(HOST, context))

        return measured

    def _sum(self, memory: int, context: int, counts: Callable[[Component], bool]) -> int:
        return sum(
            component.bytes_at(context)
            for component in self.components
            if self._memory_of(component) == memory and counts(component)
        )

    def _memory_of(self, component: Component) -> int:
        return HOST if component.where is Place.HOST else self.memories[component.pool]


def _is_measured(component: Component) -> bool:
    """Whether fitting adds it: weights of next-token layers are the model's own there."""
    if component.kind is ComponentKind.OUTPUT:
        return False
    shared = component.part is Part.MTP and component.kind is ComponentKind.WEIGHTS
    return component.part in _MEASURED and not shared


NOTHING_BESIDE: Final = Beside((), {})
