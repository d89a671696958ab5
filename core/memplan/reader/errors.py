"""What can be wrong with a file that should be a GGUF model."""

from __future__ import annotations

from typing import NamedTuple

from memplan.addresses import public_address, without_secrets
from memplan.language import tr
from memplan.units import format_count


class GgufError(Exception):
    """A file or address that cannot be read as a GGUF model.

    What was expected and found are phrases without a verb, in the nominative in languages that
    have one, so that each can be translated alone. All is in the language of the moment when it
    was raised.

    Attributes:
        source: the file or address, as the user gave it, but without password and query.
        offset: the byte offset at which reading stopped, or ``None`` where there is none.
        expected: what the reader needed there.
        found: what was there instead.
        remedy: what the user can do about it; may be empty.
        detail: what was expected and found, and the remedy, without the place.
    """

    def __init__(
        self, source: str, offset: int | None, expected: str, found: str, remedy: str = ""
    ) -> None:
        expected, found, remedy = (
            without_secrets(text, source) for text in (expected, found, remedy)
        )
        source = public_address(source)
        self.source = source
        self.offset = offset
        self.expected = expected
        self.found = found
        self.remedy = remedy
        sentence = tr("expected {expected}, found {found}.").format(expected=expected, found=found)
        self.detail = f"{sentence} {remedy}".rstrip()
        super().__init__(source, offset, expected, found, remedy)

    def __str__(self) -> str:
        source = self.source if self.source.strip() else tr("an empty name")
        if self.offset is not None:
            source = tr("{source} at byte {offset}").format(
                source=source, offset=format_count(self.offset)
            )
        return f"{source}: {self.detail}"


class SourceUnreadableError(GgufError):
    """The file or address cannot be opened or read at all."""


class FolderError(SourceUnreadableError):
    """The name is that of a folder."""


class MissingError(SourceUnreadableError):
    """There is nothing under that name or address."""


class SourceChangedError(SourceUnreadableError):
    """The file or address changed while it was read."""


class RemoteError(SourceUnreadableError):
    """A server did not answer, or not with what was asked of it."""


class UnreachableError(RemoteError):
    """A server cannot be reached, or does not answer in time."""


class CancelledError(SourceUnreadableError):
    """The user cancelled the reading."""


class NotGgufError(GgufError):
    """The content is something else than a GGUF file."""


class TruncatedError(GgufError):
    """The content ends inside the header."""


class InvalidHeaderError(GgufError):
    """The header breaks a rule of the format."""


class UnsupportedVersionError(GgufError):
    """A GGUF version that no current engine reads."""


class InconsistentSplitError(GgufError):
    """The shards of a split model do not belong together."""


class NotAModelError(GgufError):
    """A valid GGUF file that lacks what every model has."""


class Choice(NamedTuple):
    """One of the models that an address may mean.

    Attributes:
        location: what to read in order to choose it.
        name: its file's name within the repository.
        bytes: its size, all shards together; ``None`` where the server does not say.
    """

    location: str
    name: str
    bytes: int | None


class ChoiceNeededError(GgufError):
    """The address stands for several models, or for none under the name that was asked for.

    Attributes:
        choices: the models to choose from, in the order of their names; may be empty.
        beside: what the repository has that is loaded beside a model, such as a projector.
        named: whether the address names a quantisation, of which there are none or several.
    """

    def __init__(
        self,
        source: str,
        expected: str,
        found: str,
        remedy: str,
        choices: tuple[Choice, ...],
        beside: tuple[Choice, ...] = (),
        *,
        named: bool = False,
    ) -> None:
        super().__init__(source, None, expected, found, remedy)
        self.choices = choices
        self.beside = beside
        self.named = named
