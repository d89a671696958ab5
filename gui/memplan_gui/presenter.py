"""The window's own texts and rows; what a plan says is worded in :mod:`memplan.wording`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memplan.addresses import public_address
from memplan.estimate import UnsupportedRequestError
from memplan.exhaustive import exhaustive
from memplan.language import marked, ntr, tr
from memplan.memory.component import ComponentKind, Part
from memplan.memory.machine import Pool, PoolKind
from memplan.model import Model, NoticeKind
from memplan.planning.planner import Plan, PoolUsage, Share, Status, Usage
from memplan.reader.errors import (
    ChoiceNeededError,
    FolderError,
    GgufError,
    InconsistentSplitError,
    InvalidHeaderError,
    MissingError,
    NotAModelError,
    NotGgufError,
    RemoteError,
    SourceChangedError,
    SourceUnreadableError,
    TruncatedError,
    UnreachableError,
    UnsupportedVersionError,
)
from memplan.request import Backend
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_count,
    format_exact_bytes,
    format_percent,
    format_tokens,
)
from memplan.wording.help.lookup import component_topic
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.notices import notice_text
from memplan.wording.pools import pool_title, share_place
from memplan.wording.titles import COMPONENT_TITLES, PLACE_TITLES, component_title
from memplan.wording.verdicts import explanation, headline

_ERROR_SENTENCES: Final[Mapping[type[GgufError], str]] = {
    SourceUnreadableError: marked("The file cannot be opened."),
    FolderError: marked("This is a folder."),
    MissingError: marked("There is nothing under that name or address."),
    SourceChangedError: marked("The file changed while it was read."),
    RemoteError: marked("The server did not send what was asked of it."),
    UnreachableError: marked("The server cannot be reached."),
    ChoiceNeededError: marked("No model there has that name."),
    InconsistentSplitError: marked("The files of the split model do not belong together."),
    NotGgufError: marked("This is not a GGUF file."),
    TruncatedError: marked("The file ends inside its header."),
    InvalidHeaderError: marked("The header breaks the rules of the format."),
    UnsupportedVersionError: marked(
        "This version of the format is not in use any more, or not yet."
    ),
    NotAModelError: marked("The file holds no language model."),
}

STATUS_NAMES: Final[Mapping[Status, str]] = exhaustive(
    Status,
    {
        Status.OK: marked("Fits"),
        Status.TIGHT: marked("Tight"),
        Status.DOES_NOT_FIT: marked("Does not fit"),
    },
)


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What is shown in the place of a model that cannot be read."""

    title: str
    sentence: str
    detail: str


def error_text(source: str, error: Exception) -> ErrorText:
    """What happened, where, and what to do."""
    title = tr("Cannot open {source}").format(source=source_name(source))
    if isinstance(error, UnsupportedRequestError):
        reason = tr("It cannot be loaded beside this model: {reason}.")
        remedy = tr("Choose the file that was made for this model.")
        return ErrorText(title, reason.format(reason=str(error).rstrip(".")), remedy)
    if not isinstance(error, GgufError):
        return ErrorText(title, tr("Something unexpected went wrong."), f"{error!r}")
    sentence = tr(_ERROR_SENTENCES.get(type(error), marked("The model cannot be read.")))
    detail = error.detail
    if error.offset is not None:
        detail = tr("At byte {offset}: {detail}").format(
            offset=format_count(error.offset), detail=detail
        )
    return ErrorText(title, sentence, detail[:1].upper() + detail[1:])


def source_name(source: str) -> str:
    """The last part of a path or address."""
    shown = public_address(source)
    return Path(shown).name or shown


def model_line(model: Model) -> str:
    """Architecture, quantisation, layers and KV heads."""
    parts = [
        model.architecture,
        model.quantisation,
        ntr("{count} layer", "{count} layers", model.dimensions.layers),
        ntr("{count} KV head", "{count} KV heads", model.dimensions.kv_heads),
    ]
    return " · ".join(part for part in parts if part)


def model_chips(model: Model, units: ByteUnits) -> tuple[str, ...]:
    """The model's size in weights, tensors and tokens."""
    return (
        tr("{size} weights").format(size=format_bytes(model.weights_bytes, units)),
        ntr("{count} tensor", "{count} tensors", len(model.tensors)),
        ntr("{count} token", "{count} tokens", model.dimensions.context_tokens),
    )


def notice_lines(plan: Plan, *, sample: bool) -> tuple[str, ...]:
    """The notices about this model on this engine, and the backend's limit where it bites.

    That a sample has no tensor data is no news.
    """
    lines = [
        notice_text(notice, plan.request.engine)
        for notice in plan.notices
        if not (sample and notice.kind is NoticeKind.DATA_MISSING)
    ]
    declared = plan.model.dimensions.context_tokens
    if plan.request.backend is Backend.METAL and plan.markers.ceiling_tokens < declared:
        lines.append(
            tr(
                "The model allows {declared} tokens; on Metal the engine stops at {ceiling}."
            ).format(
                declared=format_tokens(declared),
                ceiling=format_tokens(plan.markers.ceiling_tokens),
            )
        )
    return tuple(lines)


def verdict_summary(plan: Plan, units: ByteUnits) -> str:
    """The banner's two sentences, for screen readers."""
    return f"{headline(plan, units)}. {explanation(plan, units)}"


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """A line of the table of components.

    Attributes:
        title: the component, or what the sum is of.
        where: the memory in which it lives; empty for a sum.
        size: bytes in three significant digits.
        bytes_text: bytes to the last.
        share_text: share of the budget; words if it does not count.
        share: the same as a number; ``None`` if it does not count.
        kind: the component; ``None`` for a sum.
        part: the part of the run that it belongs to.
        total: whether this is the sum.
        tooltip: how exact the number is, and what it counts against.
        topic: what explains it.
    """

    title: str
    where: str
    size: str
    bytes_text: str
    share_text: str
    share: float | None
    kind: ComponentKind | None
    part: Part
    total: bool
    tooltip: str
    topic: Topic


def breakdown_rows(plan: Plan, usage: Usage, units: ByteUnits) -> tuple[BreakdownRow, ...]:
    """What each memory holds, and its sum; of one that is not limited no sum."""
    rows: list[BreakdownRow] = []
    for held in usage.pools:
        own = [share for share in usage.shares if share.pool == held.pool.id]
        rows += [_share_row(plan, share, held.pool, units) for share in own]
        if held.pool.budget_bytes is not None and own:
            rows.append(_sum_row(plan, held, held.pool.budget_bytes, units))
    return tuple(rows)


def _sum_row(plan: Plan, held: PoolUsage, budget: int, units: ByteUnits) -> BreakdownRow:
    machine = plan.request.machine
    of_only_device = len(machine.devices) == 1 and held.pool.kind is not PoolKind.HOST
    return BreakdownRow(
        tr("Counts against the budget") if of_only_device else pool_title(held.pool, machine),
        "",
        format_bytes(held.bytes, units),
        format_count(held.bytes),
        format_percent(held.bytes, budget),
        None,
        None,
        Part.MODEL,
        True,
        tr("{needed} of a budget of {budget}").format(
            needed=format_exact_bytes(held.bytes), budget=format_exact_bytes(budget)
        ),
        HelpTopic.COUNTS,
    )


def _share_row(plan: Plan, share: Share, pool: Pool, units: ByteUnits) -> BreakdownRow:
    budget = pool.budget_bytes
    exactness = tr("{bytes}, exact") if share.exact else tr("{bytes}, estimated, ± {band}")
    size = format_bytes(share.bytes, units)
    return BreakdownRow(
        component_title(share.kind, share.part),
        share_place(share, plan.request.machine),
        size if share.exact else f"≈ {size}",
        format_count(share.bytes),
        tr("not counted") if budget is None else format_percent(share.bytes, budget),
        None if budget is None else share.bytes / budget if budget else 0.0,
        share.kind,
        share.part,
        False,
        exactness.format(
            bytes=format_exact_bytes(share.bytes), band=format_bytes(share.band_bytes, units)
        ),
        component_topic(plan.request.engine, share.kind, share.where, share.part),
    )


def breakdown_csv(plan: Plan, usage: Usage) -> str:
    """The table for a spreadsheet: exact numbers without separators."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["component", "where", "bytes", "counts", "exact", "context_tokens", "memory"])
    for share in usage.shares:
        writer.writerow(
            [
                COMPONENT_TITLES[share.kind],
                PLACE_TITLES[share.where],
                share.bytes,
                "yes" if share.budgeted else "no",
                "yes" if share.exact else f"± {share.band_bytes}",
                usage.context_tokens,
                share.pool,
            ]
        )
    writer.writerow(
        [f"Total of {plan.model.name}", "", usage.budgeted_bytes, "yes", "", usage.context_tokens]
    )
    return text.getvalue()


def table_text(rows: Iterable[Iterable[str]]) -> str:
    """Cells as text with tabs, which spreadsheets and mail programs understand."""
    return "\n".join("\t".join(cells) for cells in rows)
