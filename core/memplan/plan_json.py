"""A plan as JSON: the object that ``memplan check --json`` prints, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from memplan.addresses import public_address
from memplan.estimate import Start
from memplan.language import ENGLISH, speaking
from memplan.model import Model
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan, PoolUsage, Usage
from memplan.planning.solve import Solution
from memplan.quoting import Shell, command_line
from memplan.reader.errors import GgufError
from memplan.wording.advice import cost_text
from memplan.wording.notices import notice_text
from memplan.wording.verdicts import (
    explanation,
    growing_component,
    headline,
    largest_component,
    log_lines,
)

PLAN_SCHEMA = "memplan.plan/1"
ERROR_SCHEMA = "memplan.error/1"


@speaking(ENGLISH)
def plan_to_json(
    plan: Plan, advice: Sequence[Advice] = (), solutions: Sequence[Solution] = ()
) -> dict[str, Any]:
    """A plan as an object of numbers, strings and flags. Fields are added, never renamed.

    Its sentences are English whatever the window speaks, as programs read them.
    """
    answer: dict[str, Any] = {
        "schema": PLAN_SCHEMA,
        "model": _model(plan.model, plan),
        "engine": {"name": plan.request.engine, "version": plan.engine_version},
        "backend": plan.request.backend.value,
        "budget_bytes": plan.request.budget_bytes,
        "options": dict(plan.options),
    }
    if plan.profile is not None:
        answer["profile"] = asdict(plan.profile)
    if plan.start is not None:
        answer["start"] = _start(plan.start)
    verdict = plan.verdict
    answer |= {
        "markers": asdict(plan.markers),
        "at": _usage(plan.at)
        | {
            "growth": [
                {
                    "kind": growth.kind.value,
                    "pool": growth.pool,
                    "bytes": growth.most(plan.at.context_tokens),
                    "entry_bytes": growth.entry(plan.at.context_tokens),
                    **({} if growth.image is None else {"image": asdict(growth.image)}),
                }
                for growth in plan.growth
            ]
        },
        "request_budget": {
            "used_context_tokens": plan.request.used_context_tokens,
            "requested_completion_tokens": plan.request.completion_tokens,
            **asdict(plan.completion),
            "remaining_context_tokens": plan.remaining_tokens,
        },
        "verdict": {
            "fits": verdict.fits,
            "status": verdict.status.value,
            "outcome": verdict.outcome.value,
            "limited_by": verdict.limited_by.value,
            "limiting_pool": plan.limiting_pool.id,
            "granted_tokens": verdict.granted_tokens,
        },
        "why": {
            "headline": headline(plan),
            "explanation": explanation(plan),
            "log_lines": log_lines(plan),
            "largest": largest_component(plan),
            "grows": growing_component(plan),
        },
        "advice": [_advice(item) for item in advice],
        "solutions": [_solution(item) for item in solutions],
    }
    return answer


def error_to_json(source: str, error: GgufError | ValueError) -> dict[str, Any]:
    """A source that could not be planned, as an object."""
    if isinstance(error, GgufError):
        kind, offset, detail = type(error).__name__, error.offset, error.detail
    else:
        kind, offset, detail = type(error).__name__, None, str(error)
    return {
        "schema": ERROR_SCHEMA,
        "source": public_address(source),
        "error": kind,
        "offset": offset,
        "detail": detail,
    }


def _model(model: Model, plan: Plan) -> dict[str, Any]:
    return {
        "name": model.name,
        "architecture": model.architecture,
        "source": public_address(model.source),
        "quantisation": model.quantisation,
        "file_bytes": model.file_bytes,
        "complete_bytes": model.complete_bytes,
        "complete": model.complete,
        "weights_bytes": model.weights_bytes,
        "tensor_count": len(model.tensors),
        "context_length": model.dimensions.context_tokens,
        "config": asdict(model.config),
        "notices": [notice_text(notice, plan.request.engine) for notice in plan.notices],
    }


def _start(start: Start) -> dict[str, Any]:
    """What the engine starts with, and the command that gives the same start, for each shell."""
    lines = {shell.value: command_line(start.command, shell) for shell in Shell}
    return {**asdict(start), "command": list(start.command), "command_lines": lines}


def _advice(advice: Advice) -> dict[str, Any]:
    """An advice; its first step under ``change`` and ``to``, all of them under ``steps``."""
    first = advice.steps[0]
    return {
        "change": first.change.name,
        "to": first.to,
        "steps": [{"change": step.change.name, "to": step.to} for step in advice.steps],
        "arguments": [word for step in advice.steps for word in step.arguments],
        "frees_bytes": advice.frees_bytes,
        "saves_bytes": advice.saves_bytes,
        "max_tokens": advice.max_tokens,
        "fits": advice.plan.verdict.fits,
        "estimated": advice.estimated,
        "costs": cost_text(first.change),
    }


def _solution(solution: Solution) -> dict[str, Any]:
    return {
        "question": solution.question.name,
        "context_tokens": solution.context_tokens,
        "answer": solution.answer,
        "arguments": list(solution.arguments),
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "context_tokens": usage.context_tokens,
        "components": [
            {
                "part": share.part.value,
                "kind": share.kind.value,
                "pool": share.pool,
                "where": share.where.value,
                "bytes": share.bytes,
                "exact": share.exact,
                "band_bytes": share.band_bytes,
                "budgeted": share.budgeted,
            }
            for share in usage.shares
        ],
        "pools": [_pool(pool) for pool in usage.pools],
        "device_bytes": usage.device_bytes,
        "host_bytes": usage.host_bytes,
        "budgeted_bytes": usage.budgeted_bytes,
        "headroom_bytes": usage.headroom_bytes,
    }


def _pool(usage: PoolUsage) -> dict[str, Any]:
    return {
        "id": usage.pool.id,
        "mapped_bytes": usage.mapped_bytes,
        "kind": usage.pool.kind.value,
        "name": usage.pool.name,
        "budget_bytes": usage.pool.budget_bytes,
        "bytes": usage.bytes,
        "headroom_bytes": usage.headroom_bytes,
        "fits": usage.fits,
    }
