"""ZINC as the rest of the program knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from memplan.engines.engine import Counterpart, Engine
from memplan.engines.names import EngineName
from memplan.engines.zinc.options import BACKENDS, ZincOptions, ZincVersion
from memplan.engines.zinc.topics import ZincTopic
from memplan.language import marked
from memplan.memory.component import ComponentKind
from memplan.units import ByteUnits

if TYPE_CHECKING:
    from memplan.calculation import Expression
    from memplan.engines.log_dialect import LogDialect
    from memplan.estimate import Estimate, GrowthKind
    from memplan.logs.log import Log
    from memplan.memory.component import Place
    from memplan.model import Model
    from memplan.planning.advice import Ladder
    from memplan.planning.comparison import Trait
    from memplan.planning.planner import Plan
    from memplan.request import Request
    from memplan.wording.help.article import Article, Note
    from memplan.wording.help.topics import HelpTopic


class Zinc(Engine):
    """ZINC (github.com/zolotukhin/zinc)."""

    name = EngineName.ZINC
    key = "zinc"
    title = "ZINC"
    options = ZincOptions
    backends = BACKENDS
    versions = {version.value: () for version in ZincVersion}
    accuracy = marked(
        "ZINC's plan is its own arithmetic: 400 random cases and 64 model files agree with what "
        "ZINC itself gives, in every field and to the byte. The largest contexts that its authors "
        "publish of September 2026 come out; the reserves of that time are derived from them, and "
        "are estimates for other models."
    )

    def estimate(self, model: Model, request: Request) -> Estimate:
        from memplan.engines.zinc.engine import estimate

        return estimate(model, request)

    def ladders(self, plan: Plan) -> Iterator[Ladder]:
        from memplan.engines.zinc.ladders import ladders

        return ladders(plan)

    def counterpart(self, request: Request) -> Counterpart:
        from memplan.engines.zinc.traits import counterpart

        return counterpart(request)

    def traits(self, plan: Plan, contexts: tuple[int, int]) -> Iterator[Trait]:
        from memplan.engines.zinc.traits import traits

        return traits(plan)

    def options_from_log(self, log: Log, model: Model | None) -> object:
        from memplan.engines.zinc.log_rows import options_from_log

        return options_from_log(log)

    def plans_as_logged(self, log: Log, model: Model, kind: ComponentKind) -> bool:
        # Logs tell of prefill scratch only, and what stays of it depends on the budget.
        return kind is not ComponentKind.COMPUTE

    def log_dialect(self) -> LogDialect:
        from memplan.engines.zinc.log_rows import DIALECT

        return DIALECT

    def explain(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.zinc.wording import explain

        return explain(plan, units)

    def log_lines(self, plan: Plan) -> list[str]:
        from memplan.engines.zinc.wording import log_lines

        return log_lines(plan)

    def budget_text(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.zinc.wording import budget_text

        return budget_text(plan, units)

    def share_text(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.zinc.wording import share_text

        return share_text(plan)

    def articles(self) -> Mapping[StrEnum, Article]:
        from memplan.engines.zinc.help import ARTICLES

        return ARTICLES

    def topics(self) -> Iterable[StrEnum]:
        return ZincTopic

    def notes(self) -> Mapping[HelpTopic, Note]:
        from memplan.engines.zinc.help import NOTES

        return NOTES

    def growth_topic(self, kind: GrowthKind) -> StrEnum | None:
        from memplan.engines.zinc.workings import GROWTH_TOPICS

        return GROWTH_TOPICS[kind]

    def component_topic(self, kind: ComponentKind, where: Place) -> StrEnum | None:
        from memplan.engines.zinc.workings import COMPONENT_TOPICS

        return COMPONENT_TOPICS.get(kind)

    def automatic_topic(self) -> StrEnum:
        return ZincTopic.AUTOMATIC

    def largest_topic(self) -> StrEnum:
        return ZincTopic.LARGEST

    def share_topic(self) -> StrEnum:
        return ZincTopic.SHARE

    def component_working(self, plan: Plan, kind: ComponentKind, where: Place) -> Expression | None:
        from memplan.engines.zinc.workings import component

        return component(plan, kind)

    def token_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        from memplan.engines.zinc.workings import of_tokens

        return of_tokens(plan)

    def byte_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        from memplan.engines.zinc.workings import of_bytes

        return of_bytes(plan)
