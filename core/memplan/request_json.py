"""A request as JSON, and back: for reports that another machine opens."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, asdict, fields
from enum import StrEnum
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from memplan.engines.registry import ENGINES
from memplan.language import tr
from memplan.memory.machine import Machine, Pool
from memplan.request import Backend, Request

_Read = TypeVar("_Read")

_MOST_POOLS: Final = 64

_PLAIN_HINTS: Final[Mapping[str, Any]] = {
    "engine": str,
    "context_tokens": int | None,
    "used_context_tokens": int,
    "completion_tokens": int,
}

_HINTS_OF_ONE_DEVICE: Final[Mapping[str, Any]] = {
    "backend": Backend,
    "budget_bytes": int,
    "total_memory_bytes": int | None,
}
"""What version 0.1 wrote of its one device."""


def request_to_json(request: Request) -> dict[str, Any]:
    """The request as an object of numbers, strings and flags.

    Beside the machine it has what stood for it in version 0.1, for programs that read that.
    """
    plain = {name: getattr(request, name) for name in _PLAIN_HINTS}
    options: dict[str, Any] = {
        engine.key: asdict(request.options_of(engine.options)) for engine in ENGINES.values()
    }
    return {
        **plain,
        "machine": machine_to_json(request.machine),
        **options,
        "backend": request.backend.value,
        "budget_bytes": request.budget_bytes,
        "total_memory_bytes": request.total_memory_bytes,
    }


def request_from_json(found: object) -> Request:
    """The request in such an object. Unknown fields are ignored, missing ones have defaults.

    Raises:
        ValueError: a value is of the wrong type or outside its range; the message names it.
    """
    if not isinstance(found, dict):
        raise ValueError(tr("{name} must be an object").format(name="Request"))
    values: dict[str, Any] = {
        engine.key: _read(engine.options, found.get(engine.key, {})) for engine in ENGINES.values()
    }
    hints: dict[str, Any] = dict(_PLAIN_HINTS)
    if "machine" in found:
        values["machine"] = machine_from_json(found["machine"])
    else:
        hints |= _HINTS_OF_ONE_DEVICE
    values |= {
        name: _convert(name, hint, found[name]) for name, hint in hints.items() if name in found
    }
    return Request(**values)


def machine_to_json(machine: Machine) -> dict[str, Any]:
    """The machine as an object of numbers and strings."""
    return {"pools": [asdict(pool) for pool in machine.pools]}


def machine_from_json(found: object) -> Machine:
    """The machine in such an object.

    Raises:
        ValueError: a value is of the wrong type or outside its range.
    """
    pools = found.get("pools") if isinstance(found, dict) else None
    if not isinstance(pools, list) or len(pools) > _MOST_POOLS:
        raise ValueError(tr("{name} must be an object").format(name="Machine"))
    return Machine(tuple(_read(Pool, pool) for pool in pools))


def _read(kind: type[_Read], found: object) -> _Read:
    if not isinstance(found, dict):
        raise ValueError(tr("{name} must be an object").format(name=kind.__name__))
    declared: Any = kind
    hints = get_type_hints(declared)
    values: dict[str, Any] = {
        field.name: _convert(field.name, hints[field.name], found.get(field.name))
        for field in fields(declared)
        if field.name in found or _is_required(field)
    }
    return kind(**values)


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _convert(name: str, hint: Any, value: object) -> object:
    """``value`` as the type that the field declares: a plain type, an enum, or one with None."""
    if get_origin(hint) is tuple:
        return _numbers(name, get_args(hint)[0], value)
    allowed = getattr(hint, "__args__", (hint,))
    if value is None and type(None) in allowed:
        return None
    for kind in allowed:
        if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(value, str):
            with suppress(ValueError):
                return kind(value)
        elif type(value) is kind:
            return value
    raise ValueError(tr("{name} cannot be {value}").format(name=name, value=reprlib.repr(value)))


def _numbers(name: str, kind: type, value: object) -> tuple[Any, ...]:
    """A list of numbers, or one number, which stands for every device."""
    found = value if isinstance(value, list) else [value]
    kinds = (int, float) if kind is float else (int,)
    if len(found) > _MOST_POOLS or any(type(number) not in kinds for number in found):
        text = tr("{name} cannot be {value}")
        raise ValueError(text.format(name=name, value=reprlib.repr(value)))
    return tuple(kind(number) for number in found)
