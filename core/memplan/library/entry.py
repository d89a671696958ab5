"""What the header of a found file says, in the few values that a list of models shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from memplan.library.find import Condition, Found
from memplan.memory.component import Part
from memplan.model import resolve_model
from memplan.model.parts import part_of
from memplan.reader import read_whole_header
from memplan.reader.errors import CancelledError, GgufError, NotAModelError
from memplan.reader.header import Header, string_in
from memplan.reader.transfer import CancelToken
from memplan.unsigned import check_u64

_UNREAD: Final = frozenset(
    {Condition.UNFINISHED, Condition.HIDDEN, Condition.LINK_BROKEN, Condition.SHARDS_MISSING}
)
"""What is known without the header, which would only say the same."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a header says.

    Attributes:
        name: what the model's author calls it.
        architecture: value of ``general.architecture``.
        quantisation: name of the quantisation; empty where it is no model.
        complete_bytes: size of the files if nothing is missing.
        trained_tokens: the context that the model was trained for; 0 where it is no model.
    """

    name: str
    architecture: str
    quantisation: str
    complete_bytes: int
    trained_tokens: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A found file and what is known of it.

    Attributes:
        found: where it is.
        condition: what it is.
        summary: what its header says; ``None`` where that was not read or cannot be.
        detail: what is wrong with it, in today's language; may be empty.
    """

    found: Found
    condition: Condition
    summary: Summary | None = None
    detail: str = ""

    @property
    def name(self) -> str:
        """What to call it."""
        if self.summary is not None and self.summary.name:
            return self.summary.name
        return self.found.label

    @property
    def quantisation(self) -> str:
        """The quantisation; empty where it is not known."""
        return "" if self.summary is None else self.summary.quantisation


def unread(found: Found) -> Entry:
    """An entry before its header is read."""
    return Entry(found, found.condition)


def read_entry(found: Found, cancel: CancelToken | None = None) -> Entry:
    """An entry with what its header says.

    Raises:
        CancelledError: somebody has cancelled.
    """
    if found.condition in _UNREAD:
        return unread(found)
    try:
        header = read_whole_header(found.source, cancel=cancel)
        condition, summary = summarise(header)
    except CancelledError:
        raise
    except NotAModelError as error:
        return Entry(found, Condition.NO_MODEL, detail=error.detail)
    except GgufError as error:
        return Entry(found, Condition.BROKEN, detail=error.detail)
    return Entry(found, condition, summary)


def summarise(header: Header) -> tuple[Condition, Summary]:
    """What a header describes, and its values.

    Raises:
        GgufError: it describes no model, projector or adapter.
    """
    part = part_of(header)
    if part in _PARTS:
        name = string_in(header.metadata, "general.name")
        architecture = string_in(header.metadata, "general.architecture")
        return _PARTS[part], Summary(name, architecture, "", header.complete_bytes, 0)
    model = resolve_model(header)
    summary = Summary(
        model.name,
        model.architecture,
        model.quantisation,
        model.complete_bytes,
        model.dimensions.context_tokens,
    )
    return Condition.MODEL if model.complete else Condition.CUT_OFF, summary


_PARTS: Final[Mapping[Part | None, Condition]] = {
    Part.PROJECTOR: Condition.PROJECTOR,
    Part.ADAPTER: Condition.ADAPTER,
}


def entry_to_json(entry: Entry) -> list[Any] | None:
    """What can be kept of an entry; ``None``: nothing, as what is wrong is said in a language."""
    summary = entry.summary
    if summary is None:
        return None
    return [
        entry.condition.value,
        summary.name,
        summary.architecture,
        summary.quantisation,
        summary.complete_bytes,
        summary.trained_tokens,
    ]


def entry_from_json(found: Found, kept: Any) -> Entry:
    """The entry of which ``kept`` was kept.

    Raises:
        ValueError, TypeError: it is something else.
    """
    condition, name, architecture, quantisation, complete_bytes, trained_tokens = kept
    for text in (name, architecture, quantisation):
        if not isinstance(text, str):
            raise TypeError(text)
    summary = Summary(
        name,
        architecture,
        quantisation,
        check_u64("complete_bytes", complete_bytes),
        check_u64("trained_tokens", trained_tokens),
    )
    return Entry(found, Condition(condition), summary)
