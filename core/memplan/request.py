"""What the user wants to know: engine, backend, budget, context and engine options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Final

from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.zinc.options import ZincOptions
from memplan.memory.backend import Backend as Backend
from memplan.memory.machine import Machine
from memplan.units import GIB
from memplan.unsigned import check_u32

DEFAULT_BUDGET_BYTES: Final = 16 * GIB
DEFAULT_COMPLETION_TOKENS: Final = 4096


class EngineName(StrEnum):
    """The engines whose memory is planned."""

    ZINC = "zinc"
    LLAMA_CPP = "llama.cpp"


class _Unset(Enum):
    """The value of an argument that was not given, where ``None`` means something."""

    UNSET = auto()


@dataclass(frozen=True, slots=True, init=False)
class Request:
    """A question to the planner. Equal requests about one model have equal answers.

    A machine with one device can be given as ``backend``, ``budget_bytes`` and
    ``total_memory_bytes``, here and in :func:`dataclasses.replace`.

    Attributes:
        engine: the engine that runs the model.
        machine: the memories that it runs in.
        context_tokens: the context asked for; ``None``, or 0, to let the engine choose.
        used_context_tokens: tokens that a chat already holds.
        completion_tokens: tokens that the next answer may take.
        zinc: options of ZINC.
        llama_cpp: options of llama.cpp.
    """

    engine: EngineName
    machine: Machine
    context_tokens: int | None
    used_context_tokens: int
    completion_tokens: int
    zinc: ZincOptions
    llama_cpp: LlamaCppOptions

    def __init__(
        self,
        engine: EngineName = EngineName.ZINC,
        backend: Backend | None = None,
        budget_bytes: int | None = None,
        context_tokens: int | None = None,
        total_memory_bytes: int | _Unset | None = _Unset.UNSET,
        used_context_tokens: int = 0,
        completion_tokens: int = DEFAULT_COMPLETION_TOKENS,
        zinc: ZincOptions | None = None,
        llama_cpp: LlamaCppOptions | None = None,
        machine: Machine | None = None,
    ) -> None:
        """Check the values.

        Args:
            engine: as the attribute; its name as plain text is taken, too.
            backend: the backend through which the machine's devices are reached.
            budget_bytes: memory that the engine may use: the device's; on Metal the working set.
            context_tokens: as the attribute.
            total_memory_bytes: on Metal all memory of the machine; ``None``: not known.
            used_context_tokens: as the attribute.
            completion_tokens: as the attribute.
            zinc: as the attribute; the defaults if not given.
            llama_cpp: as the attribute; the defaults if not given.
            machine: as the attribute; a Vulkan device of 16 GiB if nothing is given.

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
            "engine": EngineName(engine),
            "machine": _machine(
                machine,
                None if backend is None else Backend(backend),
                budget_bytes,
                total_memory_bytes,
            ),
            "context_tokens": context_tokens,
            "used_context_tokens": used_context_tokens,
            "completion_tokens": completion_tokens,
            "zinc": zinc or ZincOptions(),
            "llama_cpp": llama_cpp or LlamaCppOptions(),
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
        """All memory of the first device, where it is told from the budget."""
        return self.machine.devices[0].total_bytes


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
