"""The colour of what a start does, in every table that lists models."""

from __future__ import annotations

from memplan.library.assess import Assessment
from memplan.planning.planner import Status
from memplan.theme import Theme


def assessment_colour(answer: Assessment, theme: Theme) -> str:
    """The colour of a verdict; a start that moves something counts as tight."""
    if not answer.runs:
        return theme.text_muted
    if not answer.starts:
        return theme.error
    tight = answer.moved or answer.status is Status.TIGHT
    return theme.warning if tight else theme.ok
