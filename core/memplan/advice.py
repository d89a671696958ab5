"""What would make a model fit: single changes, best first, else the smallest combination."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Final

from memplan.devices import Device, smallest_device
from memplan.engines.llama_cpp.options import CacheType
from memplan.engines.zinc.options import ZincVersion
from memplan.estimate import LimitedBy, UnsupportedRequestError
from memplan.exhaustive import exhaustive
from memplan.model import Model
from memplan.planner import Plan, plan
from memplan.requantise import requantise, smaller_types
from memplan.request import Backend, EngineName, Request
from memplan.units import MIB

_CONTEXT_STEP_TOKENS = 256
_MAC_RESERVE_BYTES = 4 * 1024 * MIB


class Change(StrEnum):
    """What an advice changes, by the engine's or the program's own name of the option."""

    CONTEXT = "context"
    CACHE_TYPE = "cache_type"
    ZINC_VERSION = "zinc_version"
    FLASH_ATTN = "flash_attn"
    PARALLEL = "parallel"
    UBATCH_SIZE = "ubatch_size"
    N_CPU_MOE = "n_cpu_moe"
    N_GPU_LAYERS = "n_gpu_layers"
    WIRED_LIMIT = "wired_limit_mb"
    DEVICE = "device"
    QUANTISATION = "quantisation"


@dataclass(frozen=True, slots=True)
class Step:
    """One change.

    Attributes:
        change: what is changed.
        to: its new value: tokens, a count, MiB, or a name.
        arguments: the same as words of a command line; empty where no option does it.
    """

    change: Change
    to: int | str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """A change, or a few, and what planning with it gives.

    Attributes:
        steps: what to change; more than one where no single change is enough.
        plan: the plan with the changes made.
        frees_bytes: budgeted bytes of the plan as it is, less those of the new plan.
        saves_bytes: the same at one context, the one that was wanted before, where it can be kept.
        reaches_goal: whether the wanted context then fits.
        estimated: whether the new model's size is an estimate.
    """

    steps: tuple[Step, ...]
    plan: Plan
    frees_bytes: int
    saves_bytes: int
    reaches_goal: bool
    estimated: bool = False

    @property
    def max_tokens(self) -> int:
        """The longest context that then fits, as the plan's marker has it."""
        return self.plan.markers.max_tokens

    @property
    def fitting_tokens(self) -> int:
        """The same; or what is asked for, where it fits without the margin that --fit leaves."""
        verdict = self.plan.verdict
        return max(self.max_tokens, verdict.granted_tokens if verdict.fits else 0)


@dataclass(frozen=True, slots=True)
class _Rung:
    step: Step
    change: Callable[[Request], Request]


_Ladder = Sequence[_Rung]
"""Values of one option, from the mildest to the strongest."""


def goal_tokens(current: Plan) -> int:
    """The context that advice aims at: the wanted one, or all that the model allows."""
    wanted_tokens = current.at.context_tokens
    if current.verdict.fits and current.verdict.granted_tokens >= wanted_tokens:
        return max(current.markers.ceiling_tokens, wanted_tokens)
    return wanted_tokens


def advise(current: Plan, devices: tuple[Device, ...] = ()) -> tuple[Advice, ...]:
    """Changes that help, best first; none where nothing is missing.

    What is enough by itself comes before what is not; among equals the cheaper change, in the
    order of this module's tables, comes first.
    """
    if current.verdict.fits and current.verdict.limited_by is not LimitedBy.BUDGET:
        return ()
    ladders = list(_ladders(current))
    singles = [advice for ladder in ladders if (advice := _climb(current, ladder))]
    singles += _larger_memory(current, devices)
    singles += _resized_models(current)
    if shorter := _shorter_context(current):
        singles.insert(0, shorter)
    if not any(advice.reaches_goal and _keeps_context(advice) for advice in singles):
        singles += _combination(current, ladders)
    return tuple(sorted(singles, key=lambda advice: not advice.plan.verdict.fits))


def _keeps_context(advice: Advice) -> bool:
    return all(step.change is not Change.CONTEXT for step in advice.steps)


def _advice(
    current: Plan, steps: tuple[Step, ...], model: Model, request: Request
) -> Advice | None:
    """Plan with the changes; ``None`` where the engine refuses them or they gain nothing."""
    try:
        changed = plan(model, request)
    except UnsupportedRequestError:
        return None
    frees_bytes = current.at.budgeted_bytes - changed.at.budgeted_bytes
    saves_bytes = frees_bytes
    if steps[0].change is not Change.CONTEXT:
        same = changed.usage_at(current.at.context_tokens)
        saves_bytes = current.at.budgeted_bytes - same.budgeted_bytes
        gained = changed.markers.max_tokens - current.markers.max_tokens
        if saves_bytes <= 0 and gained <= 0:
            return None
    advice = Advice(
        steps=steps,
        plan=changed,
        frees_bytes=frees_bytes,
        saves_bytes=saves_bytes,
        reaches_goal=False,
        estimated=model is not current.model,
    )
    reaches_goal = changed.verdict.fits and advice.fitting_tokens >= goal_tokens(current)
    return replace(advice, reaches_goal=reaches_goal)


def _climb(current: Plan, ladder: _Ladder) -> Advice | None:
    """The mildest value that reaches the goal, else the strongest that still gains something.

    A stronger value never needs more, so the mildest is found by halving.
    """

    def at(index: int) -> Advice | None:
        rung = ladder[index]
        return _advice(current, (rung.step,), current.model, rung.change(current.request))

    low, high = 0, len(ladder) - 1
    best = at(high) if ladder else None
    if best is None or not best.reaches_goal:
        return best
    while low < high:
        middle = (low + high) // 2
        advice = at(middle)
        if advice is not None and advice.reaches_goal:
            best, high = advice, middle
        else:
            low = middle + 1
    return best


def _shorter_context(current: Plan) -> Advice | None:
    tokens = current.markers.max_tokens
    if tokens > _CONTEXT_STEP_TOKENS:
        tokens -= tokens % _CONTEXT_STEP_TOKENS
    if tokens == 0 or tokens >= current.at.context_tokens:
        return None
    step = Step(Change.CONTEXT, tokens, ("--context", str(tokens)))
    return _advice(current, (step,), current.model, replace(current.request, context_tokens=tokens))


def _ladders(current: Plan) -> Iterator[_Ladder]:
    return _LADDERS[current.request.engine](current)


def _zinc_ladders(current: Plan) -> Iterator[_Ladder]:
    if current.request.zinc.version is ZincVersion.JUNE_2026:
        later = ZincVersion.SEPTEMBER_2026
        step = Step(Change.ZINC_VERSION, later.value, ("--zinc-version", later.value))
        yield [
            _Rung(step, lambda request: replace(request, zinc=replace(request.zinc, version=later)))
        ]


def _llama_cpp_ladders(current: Plan) -> Iterator[_Ladder]:
    options = current.options
    yield [
        _llama_cpp_rung(
            Step(
                Change.CACHE_TYPE,
                name,
                ("--cache-type-k", name, "--cache-type-v", name, "--flash-attn", "on"),
            ),
            cache_type_k=CacheType(name),
            cache_type_v=CacheType(name),
            flash_attn=True,
        )
        for name in _smaller_cache_types(options["cache_type_k"], options["cache_type_v"])
    ]
    yield [_llama_cpp_rung(Step(Change.FLASH_ATTN, "on", ("--flash-attn", "on")), flash_attn=True)]
    yield [
        _llama_cpp_rung(Step(Change.PARALLEL, count, ("--parallel", str(count))), parallel=count)
        for count in _halves(options["parallel"], least=1)
    ]
    yield [
        _llama_cpp_rung(
            Step(Change.UBATCH_SIZE, count, ("--ubatch-size", str(count))), ubatch_size=count
        )
        for count in _halves(options["ubatch_size"], least=64)
    ]
    layers = current.model.dimensions.layers
    if current.model.dimensions.experts:
        yield [
            _llama_cpp_rung(
                Step(Change.N_CPU_MOE, count, ("--n-cpu-moe", str(count))), n_cpu_moe=count
            )
            for count in range(1 + (current.request.llama_cpp.n_cpu_moe or 0), layers + 1)
        ]
    yield [
        _llama_cpp_rung(
            Step(Change.N_GPU_LAYERS, count, ("--n-gpu-layers", str(count))), n_gpu_layers=count
        )
        for count in range(min(options["n_gpu_layers"], layers + 1) - 1, -1, -1)
    ]


_LADDERS: Final[Mapping[EngineName, Callable[[Plan], Iterator[_Ladder]]]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: _zinc_ladders,
        EngineName.LLAMA_CPP: _llama_cpp_ladders,
    },
)


def _llama_cpp_rung(step: Step, **changes: object) -> _Rung:
    def change(request: Request) -> Request:
        return replace(request, llama_cpp=replace(request.llama_cpp, **changes))  # type: ignore[arg-type]

    return _Rung(step, change)


def _smaller_cache_types(type_k: str, type_v: str) -> list[str]:
    order = ["f32", "f16", "q8_0", "q4_0"]
    used = max((order.index(t) if t in order else 1 for t in (type_k, type_v)), default=1)
    return order[max(used + 1, 2) :]


def _halves(count: int, least: int) -> list[int]:
    values = []
    while count > least:
        count = max(count // 2, least)
        values.append(count)
    return values


def _resized_models(current: Plan) -> list[Advice]:
    """The mildest smaller quantisation that reaches the goal, else the smallest of all."""
    best = None
    for name in smaller_types(current.model):
        smaller = requantise(current.model, name)
        step = Step(Change.QUANTISATION, name)
        advice = _advice(current, (step,), smaller, current.request)
        best = advice or best
        if advice is not None and advice.reaches_goal:
            break
    return [best] if best else []


def _larger_memory(current: Plan, devices: tuple[Device, ...]) -> Iterable[Advice]:
    request = current.request
    needed_bytes = _needed_bytes(current)
    total_bytes = request.total_memory_bytes
    if request.backend is Backend.METAL and total_bytes is not None:
        limit_mib = -(-needed_bytes // MIB)
        if request.budget_bytes < limit_mib * MIB <= total_bytes - _MAC_RESERVE_BYTES:
            size = f"{limit_mib}MiB"
            step = Step(Change.WIRED_LIMIT, limit_mib, ("--budget", size))
            yield from _with_budget(current, step, limit_mib * MIB, total_bytes)
    device = smallest_device(devices, request.backend, max(needed_bytes, request.budget_bytes + 1))
    if device is not None:
        step = Step(Change.DEVICE, device.name, ("--budget", str(device.budget_bytes)))
        yield from _with_budget(current, step, device.budget_bytes, device.total_memory_bytes)


def _needed_bytes(current: Plan) -> int:
    """The smallest budget that holds the goal."""
    goal_bytes = current.usage_at(goal_tokens(current)).budgeted_bytes
    request = current.request
    # llama.cpp's automatic fit leaves this much free; ZINC leaves nothing.
    llama_cpp = request.engine is EngineName.LLAMA_CPP
    return goal_bytes + (request.llama_cpp.fit_target_mib * MIB if llama_cpp else 0)


def _with_budget(
    current: Plan, step: Step, budget_bytes: int, total_bytes: int | None
) -> Iterable[Advice]:
    machine = current.request.machine
    device = replace(machine.devices[0], budget_bytes=budget_bytes, total_bytes=total_bytes)
    request = replace(current.request, machine=machine.with_pool(device))
    advice = _advice(current, (step,), current.model, request)
    return [advice] if advice else []


def _combination(current: Plan, ladders: Sequence[_Ladder]) -> list[Advice]:
    """The fewest options, each at its strongest, that reach the goal; with a context if need be."""
    strongest = [ladder[-1] for ladder in ladders if ladder]
    best: Advice | None = None
    for size in range(2, len(strongest) + 1):
        for rungs in combinations(strongest, size):
            request = current.request
            for rung in rungs:
                request = rung.change(request)
            steps = tuple(rung.step for rung in rungs)
            advice = _advice(current, steps, current.model, request)
            if advice is None:
                continue
            if advice.reaches_goal:
                return [advice]
            if best is None or advice.max_tokens > best.max_tokens:
                best = advice
    return [best] if best is not None and best.max_tokens > current.markers.max_tokens else []
