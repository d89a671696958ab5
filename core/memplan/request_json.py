"""A request as JSON, and back: for reports that another machine opens."""

from __future__ import annotations

import reprlib
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.zinc.options import ZincOptions
from memplan.language import tr
from memplan.request import Request

_Options = TypeVar("_Options", Request, LlamaCppOptions, ZincOptions)


def request_to_json(request: Request) -> dict[str, Any]:
    """The request as an object of numbers, strings and flags."""
    return asdict(request)


def request_from_json(found: object) -> Request:
    """The request in such an object. Unknown fields are ignored, missing ones have defaults.

    Raises:
        ValueError: a value is of the wrong type or outside its range; the message names it.
    """
    if not isinstance(found, dict):
        raise ValueError(tr("{name} must be an object").format(name="Request"))
    nested = {
        "zinc": _read(ZincOptions, found.get("zinc", {})),
        "llama_cpp": _read(LlamaCppOptions, found.get("llama_cpp", {})),
    }
    return _read(Request, {**found, **nested})


def _read(kind: type[_Options], found: object) -> _Options:
    if not isinstance(found, dict):
        raise ValueError(tr("{name} must be an object").format(name=kind.__name__))
    hints = get_type_hints(kind)
    values: dict[str, Any] = {
        field.name: _convert(field.name, hints[field.name], found[field.name])
        for field in fields(kind)
        if field.name in found
    }
    return kind(**values)


def _convert(name: str, hint: Any, value: object) -> object:
    """``value`` as the type that the field declares: a plain type, an enum, or one with None."""
    allowed = getattr(hint, "__args__", (hint,))
    if value is None and type(None) in allowed:
        return None
    for kind in allowed:
        if isinstance(kind, type) and issubclass(kind, StrEnum) and value in list(kind):
            return kind(str(value))
        if type(value) is kind:
            return value
    raise ValueError(tr("{name} cannot be {value}").format(name=name, value=reprlib.repr(value)))
