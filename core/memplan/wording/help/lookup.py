"""Which topic of the help explains something."""

from __future__ import annotations

from memplan.engines.registry import ENGINES, engine_named
from memplan.estimate import GrowthKind
from memplan.memory.backend import Backend
from memplan.memory.component import ComponentKind, Part, Place
from memplan.wording.help.topics import HelpTopic, Topic


def growth_topic(kind: GrowthKind) -> Topic:
    """What explains memory that is taken only while an engine serves."""
    found = (engine.growth_topic(kind) for engine in ENGINES.values())
    return next((topic for topic in found if topic is not None), HelpTopic.COUNTS)


def part_topic(part: Part) -> Topic:
    """What explains a part that is loaded beside the model."""
    found = (engine.part_topic(part) for engine in ENGINES.values())
    return next((topic for topic in found if topic is not None), HelpTopic.COUNTS)


def component_topic(
    engine: str, kind: ComponentKind, where: Place, part: Part = Part.MODEL
) -> Topic:
    """What explains a component of an engine's plan; where it has none such, another's."""
    if part is not Part.MODEL:
        return part_topic(part)
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
        for topic in engine.topics():
            if topic == name:
                return topic
    return HelpTopic(name)
