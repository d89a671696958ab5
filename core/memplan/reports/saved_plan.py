"""A plan that another machine can open without the model's file."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any, Final

from memplan.files import read_regular
from memplan.language import tr
from memplan.model import Model
from memplan.model.facts import header_hash, model_from_facts, model_to_facts
from memplan.plan_json import plan_to_json
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan
from memplan.reader.errors import InvalidHeaderError, NotAModelError, SourceUnreadableError
from memplan.request import Request
from memplan.request_json import request_from_json, request_to_json
from memplan.units import MIB
from memplan.version import __version__

_LARGEST_BYTES: Final = 64 * MIB


def saved_plan(plan: Plan, advice: tuple[Advice, ...] = ()) -> dict[str, Any]:
    """The plan's JSON, with the request and the model's facts, and without any path."""
    answer = plan_to_json(plan, advice)
    answer["model"] |= {"source": plan.model.name, "header_sha256": header_hash(plan.model)}
    return answer | {
        "memplan": __version__,
        "request": request_to_json(plan.request),
        "facts": model_to_facts(plan.model),
    }


def open_saved_plan(path: Path) -> tuple[Model, Request]:
    """The model and the request in a JSON report.

    Raises:
        GgufError: the file cannot be read or holds no such report.
    """
    source = str(path)
    try:
        found = json.loads(read_regular(path, _LARGEST_BYTES))
    except OSError as error:
        if error.errno == errno.EFBIG:
            expected = tr("a report of at most 64 MiB")
            raise NotAModelError(source, None, expected, tr("a larger file")) from error
        message = error.strerror or str(error)
        raise SourceUnreadableError(source, None, tr("a file that can be read"), message) from error
    except (ValueError, RecursionError) as error:
        raise NotAModelError(source, None, tr("a report in JSON"), str(error)) from error
    if not isinstance(found, dict) or "facts" not in found or "request" not in found:
        raise NotAModelError(
            source, None, tr("a report with a model's facts"), tr("another file"),
            tr("Write one with: {command}").format(
                command="memplan check MODEL --report plan.json"
            ),
        )  # fmt: skip
    try:
        request = request_from_json(found["request"])
    except ValueError as error:
        raise InvalidHeaderError(source, None, tr("a request"), str(error)) from error
    return model_from_facts(found["facts"], source), request
