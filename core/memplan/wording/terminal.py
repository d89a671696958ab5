"""A plan as lines of equal letters: for a terminal, and to be copied from the window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from memplan.addresses import public_address
from memplan.estimate import GrowthKind, LimitedBy, Outcome
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.memory.component import Place
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan, Share
from memplan.planning.solve import Solution
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_exact_bytes,
    format_percent,
    format_tokens,
)
from memplan.wording.advice import advice_line
from memplan.wording.help.lookup import growth_topic
from memplan.wording.help.topics import HelpTopic
from memplan.wording.notices import notice_text
from memplan.wording.one_line import one_line
from memplan.wording.pools import counted_title, share_of_budget
from memplan.wording.solutions import answer_text, margin_text, question_text
from memplan.wording.titles import (
    BACKEND_TITLES,
    component_title,
    engine_title,
    part_line,
    part_title,
)
from memplan.wording.verdicts import completion_line, explanation, headline, log_lines
from memplan.wording.why import reasons

_PLACES: Final[Mapping[Place, str]] = exhaustive(
    Place, {Place.DEVICE: marked("device"), Place.HOST: marked("host")}
)


def plan_text(
    plan: Plan,
    advice: Sequence[Advice] = (),
    units: ByteUnits = ByteUnits.BINARY,
    solutions: Sequence[Solution] = (),
) -> str:
    """A plan as lines."""
    model = plan.model
    source = public_address(model.source)
    lines = [
        f"{model.name}  ({model.architecture} {model.quantisation}, {source})",
        *(f"{part_title(part.part)}: {part_line(part, units)}" for part in model.parts),
        tr("{engine} on {backend}, budget {budget}").format(
            engine=f"{engine_title(plan.request.engine)} {plan.engine_version}",
            backend=BACKEND_TITLES[plan.request.backend],
            budget=format_bytes(plan.request.budget_bytes, units),
        ),
        "",
        headline(plan, units),
        explanation(plan, units),
        "",
        *_component_lines(plan, units),
        "",
        _marker_line(plan),
        completion_line(plan),
    ]
    lines += _later_lines(plan, units)
    lines += [tr("log: {line}").format(line=line) for line in log_lines(plan)]
    notices = [notice_text(notice, plan.request.engine) for notice in plan.notices]
    lines += [tr("note: {notice}").format(notice=notice) for notice in notices]
    if advice:
        lines += ["", _heading_of_advice(plan)]
    for number, item in enumerate(advice, 1):
        lines.append(f"  {number}. {advice_line(item, units)}")
    if solutions:
        lines += ["", *_solution_lines(plan, solutions, units)]
    return "\n".join(map(one_line, lines))


_LATER: Final = frozenset({HelpTopic.READS, *map(growth_topic, GrowthKind)})


def _later_lines(plan: Plan, units: ByteUnits) -> list[str]:
    return [
        f"{reason.title}: {reason.text}"
        for reason in reasons(plan, units)
        if reason.topic in _LATER
    ]


def _marker_line(plan: Plan) -> str:
    markers = plan.markers
    line = tr("floor {floor}   automatic {automatic}   largest that fits {largest}   ceiling {top}")
    return line.format(
        floor=format_tokens(markers.floor_tokens),
        automatic=format_tokens(markers.auto_tokens),
        largest=format_tokens(markers.max_tokens),
        top=format_tokens(markers.ceiling_tokens),
    )


def _heading_of_advice(plan: Plan) -> str:
    if not plan.verdict.fits:
        return tr("What to change:")
    if not plan.verdict.fits_whole:
        return tr("To keep everything on the device:")
    return tr("For a longer context:")


def _solution_lines(plan: Plan, solutions: Sequence[Solution], units: ByteUnits) -> list[str]:
    questions = [question_text(solution, plan, units) for solution in solutions]
    width = max(len(question) for question in questions) + 2
    lines = [tr("Solved:")]
    lines += [
        f"  {question:<{width}}{answer_text(solution, units)}"
        for question, solution in zip(questions, solutions, strict=True)
    ]
    margin = margin_text(plan, units)
    return [*lines, f"  {margin}"] if margin else lines


def _component_lines(plan: Plan, units: ByteUnits) -> list[str]:
    lines = [tr("At {tokens} tokens:").format(tokens=format_tokens(plan.at.context_tokens))]
    titles = [component_title(share.kind, share.part) for share in plan.at.shares]
    places = [_place(plan, share) for share in plan.at.shares]
    widest, widest_place = max(17, *map(len, titles)), max(7, *(len(place) + 1 for place in places))
    for share, title, place in zip(plan.at.shares, titles, places, strict=True):
        pool = plan.request.machine.pool(share.pool)
        counted = format_percent(share.bytes, pool.budget_bytes or 0)
        if not share.budgeted:
            counted = tr("not counted")
        estimate = "" if share.exact else f"  ± {format_bytes(share.band_bytes, units)}"
        lines.append(
            f"  {title:<{widest}} {place:<{widest_place}}{format_bytes(share.bytes, units):>10}"
            f"{format_exact_bytes(share.bytes):>28}  {counted:>11}{estimate}"
        )
    width = widest + 1 + widest_place
    return [*lines, *_pool_lines(plan, units, width)]


def _place(plan: Plan, share: Share) -> str:
    """Whose memory a component is in: which device's, where there are several."""
    machine = plan.request.machine
    if share.where is Place.HOST or len(machine.devices) == 1:
        return tr(_PLACES[share.where])
    number = machine.devices.index(machine.pool(share.pool)) + 1
    return tr("GPU {number}").format(number=number)


def _pool_lines(plan: Plan, units: ByteUnits, width: int) -> Iterator[str]:
    """What each memory holds, and which share of its budget that is."""
    for usage in plan.at.pools:
        title = counted_title(usage.pool, plan.request.machine)
        yield (
            f"  {title:<{width}}{format_bytes(usage.bytes, units):>10}"
            f"{format_exact_bytes(usage.bytes):>28}  {share_of_budget(usage):>11}"
        )


def table_cell(plan: Plan) -> str:
    """A plan in a few characters, for the command line: the context with which it starts."""
    granted = format_tokens(plan.verdict.granted_tokens)
    if plan.verdict.outcome is Outcome.REFUSED:
        return "does not fit"
    if not plan.verdict.fits:
        return f"only {granted}"
    return f"{granted} (all)" if plan.verdict.limited_by is LimitedBy.MODEL else granted
