"""What the user wants to know: engine, backend, budget, context and engine options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from typing import Any, Final, TypeVar

from memplan.engines.names import EngineName as EngineName
from memplan.engines.registry import ENGINES, default_engine, engine_named, engine_with_key
from memplan.memory.backend import Backend as Backend
from memplan.memory.machine import Machine, PoolKind
from memplan.units import GIB
from memplan.unsigned import check_u32

DEFAULT_BUDGET_BYTES: Final = 16 * GIB
DEFAULT_COMPLETION_TOKENS: Final = 4096


_Options = TypeVar("_Options")


class _Unset(Enum):
    """The value of an argument that was not given, where ``None`` means something."""

    UNSET = auto()


@dataclass(frozen=True, slots=True, init=False)
class Request:
    """A question to the planner. Equal requests about one model have equal answers.

    A machine with one device can be given as ``backend``, ``budget_bytes`` and
    ``total_memory_bytes``, here and in :func:`dataclasses.replace`.

    Attributes:
        engine: the name of the engine that runs the model.
        machine: the memories that it runs in.
        context_tokens: the context asked for; ``None``, or 0, to let the engine choose.
        used_context_tokens: tokens that a chat already holds.
        completion_tokens: tokens that the next answer may take.
        options: the engines' options that are not as usual. Each engine's are given, and read,
            as an attribute of their own, under the engine's key.
    """

    engine: str
    machine: Machine
    context_tokens: int | None
    used_context_tokens: int
    completion_tokens: int
    options: tuple[Any, ...]

    def __init__(
        self,
        engine: str | None = None,
        backend: Backend | None = None,
        budget_bytes: int | None = None,
        context_tokens: int | None = None,
        total_memory_bytes: int | _Unset | None = _Unset.UNSET,
        used_context_tokens: int = 0,
        completion_tokens: int = DEFAULT_COMPLETION_TOKENS,
        machine: Machine | None = None,
        options: tuple[Any, ...] = (),
        **options_by_engine: Any,
    ) -> None:
        """Check the values.

        Args:
            engine: as the attribute; the usual engine if not given.
            backend: the backend through which the machine's devices are reached.
            budget_bytes: memory that the engine may use: the device's; on Metal the working set.
            context_tokens: as the attribute.
            total_memory_bytes: on Metal all memory of the machine; ``None``: not known.
            used_context_tokens: as the attribute.
            completion_tokens: as the attribute.
            machine: as the attribute; a Vulkan device of 16 GiB if nothing is given.
            options: as the attribute.
            options_by_engine: options of an engine, under its key.

        Raises:
            ValueError: a number is outside the engine's unsigned range, an engine or a backend is
                none of those known, or a budget is given for a machine with several devices.
        """
        check_u32("used_context_tokens", used_context_tokens)
        check_u32("completion_tokens", completion_tokens)
        if context_tokens is not None:
            # As for the engines' own options, 0 leaves the choice to the engine.
            context_tokens = check_u32("context_tokens", context_tokens) or None
        # "metal" equals Backend.METAL, but is not it: who compares by identity would miss it.
        values = {
            "engine": (default_engine() if engine is None else engine_named(engine)).name,
            "machine": _machine(
                machine,
                None if backend is None else Backend(backend),
                budget_bytes,
                total_memory_bytes,
            ),
            "context_tokens": context_tokens,
            "used_context_tokens": used_context_tokens,
            "completion_tokens": completion_tokens,
            "options": _merged(options, options_by_engine),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def backend(self) -> Backend:
        """The backend of the first device."""
        return self.machine.backend

    @property
    def budget_bytes(self) -> int:
        """Memory that the engine may use on all devices together."""
        return self.machine.budget_bytes

    @property
    def total_memory_bytes(self) -> int | None:
        """All of a unified memory, where it is told from the budget."""
        host = self.machine.host
        return host.total_bytes if host.kind is PoolKind.UNIFIED else None

    def options_of(self, kind: type[_Options]) -> _Options:
        """The options of one engine, which are of this type."""
        for options in self.options:
            if isinstance(options, kind):
                return options
        usual: _Options = _usual(kind)  # type: ignore[arg-type]  # mypy: classes have a hash
        return usual

    def with_options(self, options: object) -> Request:
        """The same request with these options of one engine."""
        return replace(self, options=_merged((*self.options, options), {}))

    def on_device(self, max_allocation_bytes: int | None) -> Request:
        """The same request on a device whose largest single buffer is so large."""
        options = [
            engine.on_device(self.options_of(engine.options), max_allocation_bytes)
            for engine in ENGINES.values()
        ]
        return replace(self, options=_merged(tuple(options), {}))

    @property
    def max_allocation_bytes(self) -> int | None:
        """The largest single buffer of the device, where an engine's options name it."""
        named = (engine.max_allocation_bytes(self) for engine in ENGINES.values())
        return next((size for size in named if size is not None), None)

    def __getattr__(self, key: str) -> Any:
        """The options of the engine with this key."""
        for engine in ENGINES.values():
            if engine.key == key:
                return self.options_of(engine.options)
        raise AttributeError(key)


@cache  # frozen, and asked for several times in each plan
def _usual(kind: Callable[[], Any]) -> Any:
    """The options of an engine for which nothing is given."""
    return kind()


def _merged(options: tuple[Any, ...], by_engine: dict[str, Any]) -> tuple[Any, ...]:
    """Those given by an engine's key in the place of others of their kind, usual ones left out."""
    found = {type(each): each for each in options}
    for key, given in by_engine.items():
        kind = engine_with_key(key).options
        if not isinstance(given, kind):
            raise TypeError(f"{key} takes {kind.__name__}, not {type(given).__name__}")
        found[kind] = given
    order = [engine.options for engine in ENGINES.values()]
    unusual = [each for kind, each in found.items() if each != kind()]
    return tuple(sorted(unusual, key=lambda each: order.index(type(each))))


def _machine(
    machine: Machine | None,
    backend: Backend | None,
    budget_bytes: int | None,
    total_bytes: int | _Unset | None,
) -> Machine:
    """The machine with what is given beside it."""
    if machine is None:
        machine = Machine.of_one(Backend.VULKAN, DEFAULT_BUDGET_BYTES)
    if backend is not None:
        machine = machine.reached_by(backend)
    if budget_bytes is None and isinstance(total_bytes, _Unset):
        return machine
    if len(machine.devices) > 1:
        raise ValueError("several devices have a budget each: change the machine")
    device = machine.devices[0]
    return machine.with_pool(
        replace(
            device,
            budget_bytes=device.budget_bytes if budget_bytes is None else budget_bytes,
            total_bytes=device.total_bytes if isinstance(total_bytes, _Unset) else total_bytes,
        )
    )
