"""The command-line options that name files to be loaded beside the model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from memplan.language import tr
from memplan.memory.component import Part
from memplan.model import Model
from memplan.model.parts import PartFile, automatic_projector, parts_of, read_part, with_part
from memplan.reader.errors import GgufError, NotAModelError


def add_part_options(parser: argparse.ArgumentParser) -> None:
    """Add the files: a projector, a draft model, and adapters."""
    group = parser.add_argument_group("beside the model")
    group.add_argument("--mmproj", metavar="FILE", help="a projector: for images or sound")
    group.add_argument(
        "--no-mmproj",
        action="store_true",
        help="without the projector that the engine loads by itself with a model of Hugging Face",
    )
    group.add_argument(
        "--model-draft", "-md", metavar="FILE", help="a smaller model that drafts tokens"
    )
    group.add_argument(
        "--lora", metavar="FILE", action="append", help="an adapter; may be given more than once"
    )
    group.add_argument(
        "--control-vector",
        metavar="FILE",
        action="append",
        help="a control vector; may be given more than once",
    )


def parts_from(arguments: argparse.Namespace) -> tuple[PartFile, ...]:
    """The files that the parsed arguments name.

    Raises:
        GgufError: one cannot be read, or is something else than its option says.
    """
    return tuple(_read(source, part) for source, part in _named(arguments))


def with_automatic_parts(model: Model, arguments: argparse.Namespace) -> Model:
    """The model with the projector that the engine loads by itself.

    Raises:
        GgufError: the projector's header cannot be read.
    """
    if arguments.no_mmproj or parts_of(model, Part.PROJECTOR):
        return model
    try:
        source = automatic_projector(model.source)
    except GgufError:
        return model  # the model's own notices say what could not be asked
    return model if source is None else with_part(model, read_part(source))


def _named(arguments: argparse.Namespace) -> Iterator[tuple[str, Part]]:
    for source, part in ((arguments.mmproj, Part.PROJECTOR), (arguments.model_draft, Part.DRAFT)):
        if source is not None:
            yield source, part
    for source in (*(arguments.lora or ()), *(arguments.control_vector or ())):
        yield source, Part.ADAPTER


def _read(source: str, wanted: Part) -> PartFile:
    found = read_part(source)
    if found.part is not wanted:
        raise NotAModelError(
            source,
            None,
            _phrase(wanted),
            _phrase(found.part),
            tr("Give each file to the option of its kind: --mmproj, --model-draft or --lora."),
        )
    return found


def _phrase(part: Part) -> str:
    match part:
        case Part.PROJECTOR:
            return tr("a projector (mmproj)")
        case Part.ADAPTER:
            return tr("an adapter (LoRA)")
        case _:
            return tr("a model")
