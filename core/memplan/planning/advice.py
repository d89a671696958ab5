"""What would make a model fit: single changes, best first, else the smallest combination."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from memplan.devices import Device, smallest_device
from memplan.engines.registry import engine_named
from memplan.estimate import LimitedBy, UnsupportedRequestError
from memplan.language import marked, tr
from memplan.memory.machine import Pool, PoolKind
from memplan.model import Model
from memplan.planning.planner import Plan, plan
from memplan.planning.requantise import requantise, smaller_types
from memplan.request import Backend, Request
from memplan.units import MIB

_CONTEXT_STEP_TOKENS = 256
_MAC_RESERVE_BYTES = 4 * 1024 * MIB


@dataclass(frozen=True, slots=True)
class Change:
    """What an advice changes.

    Attributes:
        name: the engine's or the program's own name of the option.
        instruction: what to do, marked, with the places ``{to}`` and, if need be, ``{was}``.
        cost: what it costs the user, marked, as a sentence.
        further: the instruction where another goes before it, marked; empty: it is not combined.
        grouped: whether a number is written with separators.
    """

    name: str
    instruction: str
    cost: str
    further: str = ""
    grouped: bool = True


CONTEXT: Final = Change(
    "context", marked("Use a context of {to} tokens"), marked("Shorter chats and documents.")
)
WIRED_LIMIT: Final = Change(
    "wired_limit_mb",
    marked("Raise the GPU's share: sudo sysctl iogpu.wired_limit_mb={to}"),
    marked("Less memory for everything else on the Mac, until it restarts."),
    grouped=False,
)
DEVICE: Final = Change("device", marked("Use a larger device: {to}"), marked("Another device."))
REPLACED_DEVICE: Final = Change(
    "device", marked("Use {to} in place of {was}"), marked("Another device.")
)
QUANTISATION: Final = Change(
    "quantisation",
    marked("Use the same model as {to}"),
    marked("Another file, whose size is worked out and may differ a little; less exact answers."),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One change.

    Attributes:
        change: what is changed.
        to: its new value: tokens, a count, MiB, or a name.
        arguments: the same as words of a command line; empty where no option does it.
        was: its value until now, where the instruction names it.
    """

    change: Change
    to: int | str
    arguments: tuple[str, ...] = ()
    was: str = ""


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
        return max(self.max_tokens, verdict.granted_tokens if verdict.fits_whole else 0)


@dataclass(frozen=True, slots=True)
class Rung:
    """A step, and what it makes of a request."""

    step: Step
    change: Callable[[Request], Request]


Ladder = Sequence[Rung]
"""Values of one option, from the mildest to the strongest."""


def goal_tokens(current: Plan) -> int:
    """The context that advice aims at: the wanted one, or all that the model allows."""
    wanted_tokens = current.at.context_tokens
    if current.verdict.fits_whole and current.verdict.granted_tokens >= wanted_tokens:
        return max(current.markers.ceiling_tokens, wanted_tokens)
    return wanted_tokens


def advise(current: Plan, devices: tuple[Device, ...] = ()) -> tuple[Advice, ...]:
    """Changes that help, best first; none where nothing is missing.

    What is enough by itself comes before what is not; among equals the cheaper change, in the
    order of this module's tables, comes first.
    """
    if current.verdict.fits and current.verdict.limited_by is not LimitedBy.BUDGET:
        return ()
    ladders = list(engine_named(current.request.engine).ladders(current))
    singles = [advice for ladder in ladders if (advice := _climb(current, ladder))]
    singles += _larger_memory(current, devices)
    singles += _resized_models(current)
    if shorter := _shorter_context(current):
        singles.insert(0, shorter)
    if not any(advice.reaches_goal and _keeps_context(advice) for advice in singles):
        singles += _combination(current, ladders)
    return tuple(sorted(singles, key=lambda advice: not advice.plan.verdict.fits_whole))


def _keeps_context(advice: Advice) -> bool:
    return all(step.change != CONTEXT for step in advice.steps)


def _advice(
    current: Plan, steps: tuple[Step, ...], model: Model, request: Request
) -> Advice | None:
    """Plan with the changes; ``None`` where the engine refuses them or they gain nothing."""
    try:
        changed = plan(model, request)
    except UnsupportedRequestError:
        return None
    # What a placed plan takes follows from the budget: what it is all about is the whole.
    needed = current.asked_usage_at(current.at.context_tokens)
    then = changed.asked_usage_at(changed.at.context_tokens)
    frees_bytes = needed.budgeted_bytes - then.budgeted_bytes
    saves_bytes = frees_bytes
    if steps[0].change != CONTEXT:
        same = changed.asked_usage_at(current.at.context_tokens)
        saves_bytes = needed.budgeted_bytes - same.budgeted_bytes
        gained = changed.markers.max_tokens - current.markers.max_tokens
        other_machine = request.machine != current.request.machine
        if gained <= 0 and (saves_bytes <= 0 or other_machine):
            return None
    advice = Advice(
        steps=steps,
        plan=changed,
        frees_bytes=frees_bytes,
        saves_bytes=saves_bytes,
        reaches_goal=False,
        estimated=model is not current.model,
    )
    reaches_goal = changed.verdict.fits_whole and advice.fitting_tokens >= goal_tokens(current)
    return replace(advice, reaches_goal=reaches_goal)


def _climb(current: Plan, ladder: Ladder) -> Advice | None:
    """The mildest value that reaches the goal, else the strongest that still gains something.

    A stronger value never needs more, so the mildest is found by halving.
    """

    def at(index: int) -> Advice | None:
        rung = ladder[index]
        return _advice(current, (rung.step,), current.model, rung.change(current.request))

    def may_be_enough(index: int) -> bool:
        return may_stay_whole(current.model, ladder[index].change(current.request))

    low, high = 0, len(ladder) - 1
    best = at(high) if ladder else None
    if best is None or not best.reaches_goal:
        return best
    while low < high:
        middle = (low + high) // 2
        advice = at(middle) if may_be_enough(middle) else None
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
    step = Step(CONTEXT, tokens, ("--context", str(tokens)))
    return _advice(current, (step,), current.model, replace(current.request, context_tokens=tokens))


def _resized_models(current: Plan) -> list[Advice]:
    """The mildest smaller quantisation that reaches the goal, else the smallest of all."""
    best = None
    names = smaller_types(current.model)
    for name in names:
        smaller = requantise(current.model, name)
        if name != names[-1] and not may_stay_whole(smaller, current.request):
            continue
        step = Step(QUANTISATION, name)
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
            step = Step(WIRED_LIMIT, limit_mib, ("--budget", size))
            yield from _with_budget(current, step, limit_mib * MIB, total_bytes)
    if len(request.machine.devices) > 1:
        yield from _larger_device(current, devices)
        return
    device = smallest_device(devices, request.backend, max(needed_bytes, request.budget_bytes + 1))
    if device is not None:
        step = Step(DEVICE, device.name, ("--budget", str(device.budget_bytes)))
        yield from _with_budget(current, step, device.budget_bytes, device.total_memory_bytes)


def _larger_device(current: Plan, devices: tuple[Device, ...]) -> Iterable[Advice]:
    """The smallest device of the catalogue that is enough in the place of the one that limits."""
    pool = current.limiting_pool
    request = current.request
    if pool.kind is not PoolKind.DEVICE:
        return
    least = (pool.budget_bytes or 0) + 1
    while (device := smallest_device(devices, request.backend, least)) is not None:
        enough = replace(
            pool,
            budget_bytes=device.budget_bytes,
            total_bytes=device.total_memory_bytes,
            name=device.name,
        )
        changed = replace(request, machine=request.machine.with_pool(enough))
        if may_stay_whole(current.model, changed):
            words = gpu_words(changed.machine.devices)
            number = tr("GPU {number}").format(number=request.machine.devices.index(pool) + 1)
            step = Step(REPLACED_DEVICE, device.name, words, was=pool.name or number)
            advice = _advice(current, (step,), current.model, changed)
            if advice is not None:
                yield advice
                return
        least = device.budget_bytes + 1


def gpu_words(devices: Iterable[Pool]) -> tuple[str, ...]:
    """The command line's words for these devices."""
    return tuple(word for pool in devices for word in ("--gpu", str(pool.budget_bytes)))


def _needed_bytes(current: Plan) -> int:
    """The smallest budget that holds the goal."""
    goal_bytes = current.asked_usage_at(goal_tokens(current)).budgeted_bytes
    return goal_bytes + current.margin_bytes


def _with_budget(
    current: Plan, step: Step, budget_bytes: int, total_bytes: int | None
) -> Iterable[Advice]:
    machine = current.request.machine
    device = replace(machine.devices[0], budget_bytes=budget_bytes, total_bytes=total_bytes)
    request = replace(current.request, machine=machine.with_pool(device))
    advice = _advice(current, (step,), current.model, request)
    return [advice] if advice else []


def _combination(current: Plan, ladders: Sequence[Ladder]) -> list[Advice]:
    """The fewest options, each at its strongest, that reach the goal; with a context if need be.

    Where not even all of them do, those without which the longest context would be shorter.
    """
    strongest = [ladder[-1] for ladder in ladders if ladder and ladder[-1].step.change.further]
    every = _combined(current, strongest)
    if every is None:
        return []
    if every.reaches_goal:
        for size in range(2, len(strongest)):
            for rungs in combinations(strongest, size):
                advice = _combined(current, rungs)
                if advice is not None and advice.reaches_goal:
                    return [advice]
        return [every]
    best, kept = every, strongest
    for rung in strongest:
        fewer = [other for other in kept if other is not rung]
        advice = _combined(current, fewer)
        if advice is not None and advice.max_tokens >= best.max_tokens:
            best, kept = advice, fewer
    return [best] if best.max_tokens > current.markers.max_tokens else []


def _combined(current: Plan, rungs: Sequence[Rung]) -> Advice | None:
    """The advice of some rungs together; ``None`` where it is no combination, or of no use."""
    if len(rungs) < 2:
        return None
    request = current.request
    for rung in rungs:
        request = rung.change(request)
    return _advice(current, tuple(rung.step for rung in rungs), current.model, request)


def may_stay_whole(model: Model, request: Request) -> bool:
    """Whether a quick look leaves it open that all stays where it is asked for."""
    try:
        return not engine_named(request.engine).surely_moves(model, request)
    except UnsupportedRequestError:
        return False
