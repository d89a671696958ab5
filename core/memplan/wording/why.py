"""The reasons of a verdict as titled lines: which memory, how much, over by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from memplan.engines.registry import ENGINES
from memplan.estimate import Allocation, Growth, GrowthKind, Image
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.planning.planner import Plan
from memplan.request import Backend
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_count,
    format_exact_bytes,
    format_tokens,
)
from memplan.wording.help.lookup import budget_topic, growth_topic
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.pools import pool_title
from memplan.wording.reads import reads_text
from memplan.wording.titles import component_title
from memplan.wording.verdicts import growing_component, largest_component

_MEMORY: Final[Mapping[Backend, str]] = exhaustive(
    Backend,
    {
        Backend.VULKAN: marked("The device's own; what lives on the host does not count"),
        Backend.METAL: marked("One for device and host, both of which count"),
        Backend.CUDA: marked("The device's own; what lives on the host does not count"),
        Backend.ROCM: marked("The device's own; what lives on the host does not count"),
    },
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A line that explains the verdict.

    Attributes:
        topic: what explains it.
        title: what it is about.
        text: what is so.
        exact: its numbers to the byte; empty where they are.
    """

    topic: Topic
    title: str
    text: str
    exact: str = ""


def reasons(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> tuple[Reason, ...]:
    """Which memory, how much is needed where, how much there is, and what takes it."""
    return tuple(_reasons(plan, units))


def _reasons(plan: Plan, units: ByteUnits) -> Iterator[Reason]:
    at = plan.at
    yield Reason(HelpTopic.COUNTS, tr("Memory"), tr(_MEMORY[plan.request.backend]))
    needed = tr("{size} ± {band} at {context} tokens")
    if not at.band_bytes:
        needed = tr("{size} at {context} tokens")
    yield Reason(
        HelpTopic.COUNTS,
        tr("Needed"),
        needed.format(
            size=format_bytes(at.budgeted_bytes, units),
            band=format_bytes(at.band_bytes, units),
            context=format_tokens(at.context_tokens),
        ),
        format_exact_bytes(at.budgeted_bytes),
    )
    yield Reason(
        budget_topic(plan.request.backend),
        tr("There is"),
        ENGINES[plan.request.engine].budget_text(plan, units),
        format_exact_bytes(plan.request.budget_bytes),
    )
    headroom = at.headroom_bytes
    yield Reason(
        HelpTopic.LEFT,
        tr("Over by") if headroom < 0 else tr("Left"),
        format_bytes(abs(headroom), units),
        format_exact_bytes(abs(headroom)),
    )
    yield Reason(HelpTopic.LARGEST_PART, tr("Largest part"), largest_component(plan, units))
    yield Reason(HelpTopic.GROWTH, tr("What grows"), growing_component(plan, units))
    reads = reads_text(plan, units)
    if reads:
        yield Reason(HelpTopic.READS, tr("A token reads"), reads)
    if plan.allocation is not None:
        yield _largest_buffer(plan, plan.allocation, units)
    for growth in plan.growth:
        yield _later(plan, growth, units)


_LATER: Final[Mapping[GrowthKind, tuple[str, str]]] = exhaustive(
    GrowthKind,
    {
        GrowthKind.CHECKPOINTS: (
            marked("Checkpoints"),
            marked("Up to {size} of host memory while it serves, {entry} each"),
        ),
        GrowthKind.TURN_CHECKPOINT: (
            marked("Checkpoint"),
            marked("{size} of the device's memory once a server has answered"),
        ),
        GrowthKind.PROMPT_CACHE: (
            marked("Prompt cache"),
            marked("Up to {size} of host memory while it serves; a full conversation is {entry}"),
        ),
        GrowthKind.IMAGES: (
            marked("Images"),
            marked("Up to {side} × {side} pixels, {tokens} tokens each"),
        ),
    },
)


def _later(plan: Plan, growth: Growth, units: ByteUnits) -> Reason:
    """What grows while the engine serves, and whether its memory has room for that."""
    title, sentence = _LATER[growth.kind]
    size, entry = growth.most(plan.at.context_tokens), growth.entry(plan.at.context_tokens)
    image = growth.image or Image(0, 0)
    usage = plan.at.pool(growth.pool)
    text = tr(sentence).format(
        size=format_bytes(size, units),
        entry=format_bytes(entry, units),
        side=format_count(image.side_pixels),
        tokens=format_tokens(image.tokens),
    )
    if growth.image is not None and size:
        text = tr("{text}: {size} more in {memory}").format(
            text=text,
            size=format_bytes(size, units),
            memory=pool_title(usage.pool, plan.request.machine),
        )
    limit_bytes = usage.pool.limit_bytes
    if limit_bytes is not None and size > (left := limit_bytes - usage.bytes):
        more = tr("{text}; only {left} are left there")
        text = more.format(text=text, left=format_bytes(max(left, 0), units))
    return Reason(growth_topic(growth.kind), tr(title), text, format_exact_bytes(size))


def _largest_buffer(plan: Plan, allocation: Allocation, units: ByteUnits) -> Reason:
    """The largest tensor against the largest buffer that the device gives."""
    at = plan.at.context_tokens
    size = allocation.bytes_at(at)
    if allocation.limit_bytes is None:
        text = tr("{size} ({component}), the device's limit is not set")
    elif size > allocation.limit_bytes:
        text = tr("{size} ({component}), over the device's limit of {limit}")
    else:
        text = tr("{size} ({component}), within the device's limit of {limit}")
    text = text.format(
        size=format_bytes(size, units),
        component=component_title(allocation.kind_at(at)),
        limit=format_bytes(allocation.limit_bytes or 0, units),
    )
    return Reason(HelpTopic.LARGEST_BUFFER, tr("Largest buffer"), text, format_exact_bytes(size))
