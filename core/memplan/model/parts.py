"""What a run loads beside the model: projectors, draft models and adapters, from their headers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, assert_never

from memplan.language import tr
from memplan.memory.component import Part
from memplan.model import Model, resolve_model
from memplan.reader import read_whole_header
from memplan.reader.errors import NotAModelError
from memplan.reader.header import Header, string_in
from memplan.reader.location import HubFile, HubRepository, parse_location
from memplan.reader.transfer import CancelToken, Progress, RemoteSettings

_MOST_OFFERED: Final = 3
_CONTROL_VECTOR: Final = "controlvector"


@dataclass(frozen=True, slots=True, eq=False)
class PartFile:
    """A file that is loaded beside the model. Two are equal only if they are the same object.

    Attributes:
        part: what it is to the run.
        header: what the file says.
        model: a draft model, resolved; ``None`` for other parts.
    """

    part: Part
    header: Header
    model: Model | None = None

    @property
    def source(self) -> str:
        """The file or address."""
        return self.header.source

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.header.source.rsplit("/", 1)[-1]

    @property
    def flag(self) -> str:
        """The option of a command line that names such a file."""
        match self.part:
            case Part.PROJECTOR:
                return "--mmproj"
            case Part.DRAFT:
                return "--model-draft"
            case Part.ADAPTER:
                return "--control-vector" if is_control_vector(self.header) else "--lora"
            case Part.MODEL | Part.MTP:
                raise ValueError(f"{self.part} has no file of its own")
            case _:
                assert_never(self.part)

    @property
    def architecture(self) -> str:
        """The architecture that the file states, as a text; empty: none."""
        return string_in(self.header.metadata, "general.architecture")


def read_part(
    path_or_url: str | Path,
    *,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
    settings: RemoteSettings | None = None,
) -> PartFile:
    """What a file is to a run, told from its header.

    Raises:
        ChoiceNeededError: the address stands for several models; it carries them.
        GgufError: the source cannot be read, is no GGUF file, or no part of a run.
    """
    header = read_whole_header(path_or_url, progress=progress, cancel=cancel, settings=settings)
    return resolve_part(header)


def resolve_part(header: Header) -> PartFile:
    """What a header is to a run.

    Raises:
        NotAModelError: it is no part of a run.
        InvalidHeaderError: it describes a model that cannot be.
    """
    kind = part_of(header)
    if kind is Part.DRAFT:
        return PartFile(kind, header, resolve_model(header))
    if kind is None:
        raise NotAModelError(
            header.source,
            None,
            tr("a projector, a draft model or an adapter"),
            tr("a file of another kind"),
            tr("Choose a file that is loaded beside a model, such as mmproj-….gguf."),
        )
    return PartFile(kind, header)


def part_of(header: Header) -> Part | None:
    """Which part of a run a file may be; ``None``: none."""
    architecture = string_in(header.metadata, "general.architecture")
    kind = string_in(header.metadata, "general.type")
    if architecture == "clip" or kind == "mmproj":
        return Part.PROJECTOR
    if kind == "adapter" or is_control_vector(header):
        return Part.ADAPTER
    return None if kind == "imatrix" or not architecture else Part.DRAFT


def is_control_vector(header: Header) -> bool:
    """Whether a file has directions that are added to the stream between layers."""
    return string_in(header.metadata, "general.architecture") == _CONTROL_VECTOR


def parts_of(model: Model, kind: Part) -> tuple[PartFile, ...]:
    """The files of a kind that are loaded beside a model."""
    return tuple(part for part in model.parts if part.part is kind)


def draft_of(model: Model) -> Model | None:
    """The model that drafts tokens for another; ``None``: none is loaded."""
    return next((part.model for part in parts_of(model, Part.DRAFT)), None)


def has_next_tokens(model: Model) -> bool:
    """Whether a file has layers behind its model that predict further tokens."""
    return model.metadata.u32("nextn_predict_layers") not in {None, 0}


def with_part(model: Model, part: PartFile) -> Model:
    """The model with a further part; an adapter joins the others, all else has one place."""
    kept = tuple(
        other for other in model.parts if other.part is Part.ADAPTER or other.part is not part.part
    )
    return replace(model, parts=(*kept, part))


def with_parts(model: Model, parts: Iterable[PartFile]) -> Model:
    """The model and all that is loaded beside it."""
    for part in parts:
        model = with_part(model, part)
    return model


def without_part(model: Model, part: PartFile) -> Model:
    """The model without a part."""
    return replace(model, parts=tuple(other for other in model.parts if other is not part))


def projectors_beside(source: str) -> tuple[str, ...]:
    """The projectors in the folder of a model's file, by their names; none is read."""
    opened = Path(source)
    try:
        found = sorted(str(path) for path in opened.parent.iterdir() if names_projector(path.name))
    except OSError:
        return ()
    return tuple(found[:_MOST_OFFERED])


def automatic_projector(
    path_or_url: str | Path,
    *,
    cancel: CancelToken | None = None,
    settings: RemoteSettings | None = None,
) -> str | None:
    """The projector that llama.cpp loads by itself with a model that it takes from Hugging Face.

    ``None`` where the repository has none, and for all other models.

    Raises:
        GgufError: the repository cannot be asked.
    """
    settings = settings or RemoteSettings.from_environment()
    location = parse_location(path_or_url, settings.endpoint)
    if not isinstance(location, HubFile | HubRepository):
        return None
    from memplan.reader.remote import Remote  # an HTTP client takes long to import

    return Remote(settings, None, cancel or CancelToken()).projector_for(location)


def names_projector(source: str) -> bool:
    """Whether a file is a projector by its name."""
    lower = source.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return lower.startswith("mmproj") and lower.endswith(".gguf")
