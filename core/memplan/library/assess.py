"""What a start of a listed model does on the chosen machine, in a few values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from memplan.estimate import Outcome, UnsupportedRequestError
from memplan.memory.machine import PoolKind
from memplan.model import Model, NoticeKind
from memplan.planning.planner import Plan, Status, plan
from memplan.request import Request

_NOT_RUN: Final = frozenset({NoticeKind.ARCHITECTURE_NOT_RUN, NoticeKind.TYPES_NOT_RUN})


@dataclass(frozen=True, slots=True)
class Assessment:
    """A plan in a line.

    Attributes:
        runs: whether the engine runs the architecture and its types, with these options.
        status: whether it fits; ``None`` where there is no plan.
        outcome: what the engine does at its start; ``None`` where there is no plan.
        granted_tokens: the context with which it starts; 0 where it does not.
        largest_tokens: the largest context that fits with nothing moved; 0: none does.
        host_bytes: what is in the host's own memory.
    """

    runs: bool
    status: Status | None = None
    outcome: Outcome | None = None
    granted_tokens: int = 0
    largest_tokens: int = 0
    host_bytes: int = 0

    @property
    def starts(self) -> bool:
        """Whether the engine starts."""
        return self.runs and self.status not in (None, Status.DOES_NOT_FIT)

    @property
    def moved(self) -> bool:
        """Whether the engine starts with layers or experts elsewhere than on the first choice."""
        return self.starts and self.outcome is Outcome.PLACED


def assess(model: Model, request: Request) -> Assessment:
    """What a start of ``model`` does, as a plan for ``request`` says."""
    try:
        return assessment(plan(model, request))
    except (UnsupportedRequestError, ValueError):
        return Assessment(runs=False)


def assessment(answer: Plan) -> Assessment:
    """A plan in a line."""
    hosts = [held for held in answer.at.pools if held.pool.kind is PoolKind.HOST]
    return Assessment(
        runs=not any(notice.kind in _NOT_RUN for notice in answer.notices),
        status=answer.verdict.status,
        outcome=answer.verdict.outcome,
        granted_tokens=answer.verdict.granted_tokens,
        largest_tokens=answer.markers.max_tokens,
        host_bytes=sum(held.bytes for held in hosts),
    )
