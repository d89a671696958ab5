"""What an engine is: all that the rest of the program knows of one.

An engine is one object of a class of its own, in the table of :mod:`memplan.engines.registry`.
Its module is light; the methods import what they need, so that a start waits for no engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from memplan.memory.backend import Backend
from memplan.memory.component import Part
from memplan.units import ByteUnits

if TYPE_CHECKING:
    from enum import StrEnum

    from memplan.calculation import Expression
    from memplan.detection.device import Amount, DetectedDevice
    from memplan.engines.log_dialect import LogDialect
    from memplan.estimate import Estimate, GrowthKind
    from memplan.logs.log import Log
    from memplan.memory.component import ComponentKind, Place
    from memplan.model import Model
    from memplan.planning.advice import Ladder
    from memplan.planning.comparison import Trait
    from memplan.planning.planner import Plan
    from memplan.planning.solve import Solution
    from memplan.request import Request
    from memplan.wording.help.article import Article, Note
    from memplan.wording.help.topics import HelpTopic


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A request for an engine's other figures, such as what it allocates beside what it plans.

    Attributes:
        name: what they are called.
        request: the request that gives them.
    """

    name: str
    request: Request


class Engine(ABC):
    """An engine.

    Attributes:
        name: how the command line, JSON and saved requests call it.
        key: the name of its options in a request.
        title: what it is called, in every language.
        options: the dataclass of its options, each declared with
            :func:`memplan.engines.option_spec.option`.
        backends: the backends that it has, the first its usual one.
        several_devices: whether it spreads a model over several devices; else it uses the first.
        versions: what the versions that are modelled are called, each with its backends; without
            any where a version is for all of them.
        parts: what it loads beside the model.
        accuracy: how exact its plan is, and what was measured, in sentences, marked.
        starters: the apps that start it with settings of their own, and what they are called.
    """

    name: ClassVar[str]
    key: ClassVar[str]
    title: ClassVar[str]
    options: ClassVar[type]
    backends: ClassVar[tuple[Backend, ...]]
    several_devices: ClassVar[bool] = False
    versions: ClassVar[Mapping[str, tuple[Backend, ...]]]
    parts: ClassVar[frozenset[Part]] = frozenset()
    accuracy: ClassVar[str] = ""
    starters: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def estimate(self, model: Model, request: Request) -> Estimate:
        """The parts of the model's memory, and the contexts at which the engine arrives.

        Raises:
            UnsupportedRequestError: it does not run with these options or on this backend.
        """

    def budget_bytes(self, device: DetectedDevice, amount: Amount) -> int | None:
        """The memory that the engine counts on; ``None`` where the driver does not tell."""
        return device.local_bytes(amount)

    def on_device(self, options: object, max_allocation_bytes: int | None) -> object:
        """The engine's options on a device whose largest single buffer is so large."""
        return options

    def max_allocation_bytes(self, request: Request) -> int | None:
        """The largest single buffer that the options name; ``None``: none."""
        return None

    def cache_requests(self, request: Request) -> tuple[tuple[str, Request], ...]:
        """The request with cache types to compare, and their names; the usual one first."""
        return (("", request),)

    def variants(self, request: Request) -> tuple[tuple[str, float, Request], ...]:
        """The request with each cache type worth trying: its name and its bits an element."""
        return (("", 0.0, request),)

    def token_reads(self, plan: Plan, depth_tokens: int) -> Mapping[str, int]:
        """Bytes that a token after so many others reads from each memory, by its id."""
        return {}

    def started_by(
        self,
        app: str,
        request: Request,
        trained_tokens: int | None,
        environment: Mapping[str, str],
    ) -> Request:
        """The request with what one of :attr:`starters` picks by itself.

        Args:
            app: which one.
            request: the machine, and what the app leaves alone.
            trained_tokens: the context that the model was trained for; ``None``: not known.
            environment: the variables with which the app is started.
        """
        return request

    def starter_note(self, app: str) -> str:
        """What one of :attr:`starters` picks, and what is not known of it."""
        return ""

    # What would help

    def surely_moves(self, model: Model, request: Request) -> bool:
        """Whether a quick look tells that not all stays where it is asked for; a plan tells more.

        Raises:
            UnsupportedRequestError: it does not run with these options or on this backend.
        """
        return False

    def ladders(self, plan: Plan) -> Iterator[Ladder]:
        """Options that may make the model fit, the cheapest first."""
        return iter(())

    def solutions(self, plan: Plan) -> Iterator[Solution]:
        """Answers to questions that only this engine has."""
        return iter(())

    def counterpart(self, request: Request) -> Counterpart | None:
        """The engine's other figures for the same start; ``None`` where it has one kind only."""
        return None

    def traits(self, plan: Plan, contexts: tuple[int, int]) -> Iterator[Trait]:
        """What the plan's components depend on, so that two plans may differ in it."""
        return iter(())

    # In logs

    def log_dialect(self) -> LogDialect:
        """How the engine, and the programs around it, write their logs."""
        from memplan.engines.log_dialect import LogDialect

        return LogDialect()

    def options_from_log(self, log: Log, model: Model | None) -> object:
        """The options that a log shows; what it does not tell is left at its default."""
        from memplan.engines.log_options import logged_values

        return self.options(**logged_values(self.options, log.options))

    def plans_as_logged(self, log: Log, model: Model, kind: ComponentKind) -> bool:
        """Whether the version of the log kept this kind as the one that is modelled does."""
        return True

    # In words

    @abstractmethod
    def explain(self, plan: Plan, units: ByteUnits) -> str:
        """What the engine does at its start, and the reason, in one or two sentences."""

    def log_lines(self, plan: Plan) -> list[str]:
        """What the engine prints in this case, in its own words."""
        return []

    @abstractmethod
    def budget_text(self, plan: Plan, units: ByteUnits) -> str:
        """How much memory there is, and what of it automatic sizing uses, without a full stop."""

    @abstractmethod
    def share_text(self, plan: Plan, units: ByteUnits) -> str:
        """The part of the budget that automatic sizing uses, in a few signs for the chart."""

    def margin_text(self, plan: Plan, units: ByteUnits) -> str:
        """What the largest context leaves free, as a sentence; empty where it is nothing."""
        return ""

    # In the help

    def articles(self) -> Mapping[StrEnum, Article]:
        """Articles about what only this engine has, by their topics, beside those of the help."""
        return {}

    def topics(self) -> Iterable[StrEnum]:
        """The topics of its articles; told apart, where the start should not load all texts."""
        return self.articles()

    def notes(self) -> Mapping[HelpTopic, Note]:
        """What the engine adds to the help's own articles."""
        return {}

    def part_topic(self, part: Part) -> StrEnum | None:
        """What explains a part beside the model; ``None``: the engine has no such part."""
        return None

    def growth_topic(self, kind: GrowthKind) -> StrEnum | None:
        """What explains memory that it takes while it serves; ``None``: it takes none."""
        return None

    def component_topic(self, kind: ComponentKind, where: Place) -> StrEnum | None:
        """What explains a component of the engine's plan; ``None``: it has no such component."""
        return None

    @abstractmethod
    def automatic_topic(self) -> StrEnum:
        """What explains the context that the engine picks."""

    @abstractmethod
    def largest_topic(self) -> StrEnum:
        """What explains the largest context that fits."""

    @abstractmethod
    def share_topic(self) -> StrEnum:
        """What explains the part of the budget that automatic sizing uses."""

    def component_working(self, plan: Plan, kind: ComponentKind, where: Place) -> Expression | None:
        """How the bytes of a component come about; ``None`` where there is no short formula."""
        return None

    def token_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        """How numbers of tokens come about, by their topics."""
        return {}

    def byte_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        """How numbers of bytes come about, by their topics."""
        return {}
