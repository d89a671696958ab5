"""An engine's options from what a log says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from memplan.engines.option_spec import (
    Automatic,
    Choice,
    Count,
    Layers,
    Numbers,
    Size,
    Switch,
    Text,
    Values,
    specs_of,
)
from memplan.unsigned import U32_MAX

if TYPE_CHECKING:
    from memplan.logs.log import LogOptions

_SWITCHED: Final = {"on": True, "off": False}


def logged_values(options: type, logged: LogOptions) -> dict[str, Any]:
    """The values that a log gives of the options of a dataclass, by the names of its fields.

    What an option cannot be is left out, as the log is not to be trusted.
    """
    found = {}
    for name, spec in specs_of(options).items():
        value = getattr(logged, spec.logged) if spec.logged else None
        if value is not None and (meant := _meant(spec.values, value)) is not None:
            found[name] = meant
    return found


def _meant(values: Values, value: Any) -> Any:
    match values:
        case Choice():
            names = {member.value: member for member in values.members}
            return names.get(value)
        case Automatic():
            return value if isinstance(value, bool) else _SWITCHED.get(value)
        case Switch():
            return bool(value)
        case Count():
            return value if values.least <= value <= values.most else None
        case Layers():
            return value if 0 <= value <= U32_MAX else None
        case Size() | Numbers() | Text():
            return None
        case _:
            assert_never(values)
