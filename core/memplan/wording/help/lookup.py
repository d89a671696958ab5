"""Which topic of the help explains something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.registry import ENGINES, engine_named
from memplan.estimate import GrowthKind
from memplan.exhaustive import exhaustive
from memplan.memory.backend import Backend
from memplan.memory.component import ComponentKind, Part, Place
from memplan.wording.help.topics import HelpTopic, Topic

_PARTS: Final[Mapping[Part, HelpTopic | None]] = exhaustive(
    Part,
    {
        Part.MODEL: None,
        Part.DRAFT: HelpTopic.DRAFTING,
        Part.MTP: HelpTopic.DRAFTING,
        Part.PROJECTOR: HelpTopic.PROJECTOR,
        Part.ADAPTER: HelpTopic.ADAPTERS,
    },
)


_GROWTHS: Final[Mapping[GrowthKind, HelpTopic]] = exhaustive(
    GrowthKind,
    {
        GrowthKind.CHECKPOINTS: HelpTopic.CHECKPOINTS,
        GrowthKind.TURN_CHECKPOINT: HelpTopic.ZINC_CHECKPOINT,
        GrowthKind.PROMPT_CACHE: HelpTopic.PROMPT_CACHE,
        GrowthKind.IMAGES: HelpTopic.PROJECTOR,
    },
)


def growth_topic(kind: GrowthKind) -> Topic:
    """What explains memory that is taken only while an engine serves."""
    return _GROWTHS[kind]


def component_topic(
    engine: str, kind: ComponentKind, where: Place, part: Part = Part.MODEL
) -> Topic:
    """What explains a component of an engine's plan; where it has none such, another's."""
    of_part = _PARTS[part]
    if of_part is not None:
        return of_part
    named = engine_named(engine)
    for each in (named, *(other for other in ENGINES.values() if other is not named)):
        topic = each.component_topic(kind, where)
        if topic is not None:
            return topic
    return HelpTopic.COUNTS


def budget_topic(backend: Backend) -> Topic:
    """What explains the budget on a backend."""
    return HelpTopic.METAL_BUDGET if backend is Backend.METAL else HelpTopic.BUDGET


def automatic_topic(engine: str) -> Topic:
    """What explains the context that an engine picks."""
    return engine_named(engine).automatic_topic()


def largest_topic(engine: str) -> Topic:
    """What explains the largest context that fits."""
    return engine_named(engine).largest_topic()


def share_topic(engine: str) -> Topic:
    """What explains the part of the budget that automatic sizing uses."""
    return engine_named(engine).share_topic()


def topic_named(name: str) -> Topic:
    """The topic of this name, the help's own or an engine's.

    Raises:
        ValueError: there is none.
    """
    for engine in ENGINES.values():
        for topic in engine.articles():
            if topic == name:
                return topic
    return HelpTopic(name)
