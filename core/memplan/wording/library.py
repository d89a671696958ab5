"""The library in words: what a listed file is, and what a start of it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_never

from memplan.exhaustive import exhaustive
from memplan.language import marked, ntr, tr
from memplan.library.assess import Assessment
from memplan.library.entry import Entry
from memplan.library.find import Condition
from memplan.library.places import Program
from memplan.planning.planner import Status
from memplan.units import ByteUnits, format_bytes, format_tokens
from memplan.wording.titles import engine_title

PROGRAM_TITLES: Final[Mapping[Program, str]] = exhaustive(
    Program,
    {
        Program.LM_STUDIO: "LM Studio",
        Program.OLLAMA: "Ollama",
        Program.HUGGING_FACE: "Hugging Face",
        Program.LLAMA_CPP: "llama.cpp",
        Program.JAN: "Jan",
        Program.KOBOLDCPP: "KoboldCpp",
        Program.TEXT_GENERATION_WEBUI: "text-generation-webui",
        Program.USER: marked("Folder"),
    },
)

_CONDITIONS: Final[Mapping[Condition, str]] = exhaustive(
    Condition,
    {
        Condition.FOUND: marked("Not read yet"),
        Condition.MODEL: "",
        Condition.PROJECTOR: marked("Projector, loaded beside a model"),
        Condition.ADAPTER: marked("Adapter, loaded beside a model"),
        Condition.NO_MODEL: marked("No language model"),
        Condition.UNFINISHED: marked("Download not finished"),
        Condition.CUT_OFF: "",
        Condition.SHARDS_MISSING: "",
        Condition.BROKEN: marked("Cannot be read"),
        Condition.LINK_BROKEN: marked("Link to a file that is gone"),
        Condition.HIDDEN: marked("Hidden file, not read"),
    },
)
"""What a file is; empty where it can be planned, or where the words depend on a number."""


def program_title(program: Program) -> str:
    """Whose place it is."""
    return tr(PROGRAM_TITLES[program])


def condition_text(entry: Entry) -> str:
    """What keeps an entry from being planned; empty where nothing does."""
    if entry.condition is Condition.SHARDS_MISSING:
        missing = entry.found.missing
        return ntr("{count} shard is missing", "{count} shards are missing", missing)
    text = _CONDITIONS[entry.condition]
    return tr(text) if text else ""


def size_text(entry: Entry, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The size on the disk, and what it would be where something is missing."""
    there = format_bytes(entry.found.size_bytes, units)
    if entry.condition is not Condition.CUT_OFF or entry.summary is None:
        return there
    whole = format_bytes(entry.summary.complete_bytes, units)
    return tr("{there} of {whole}").format(there=there, whole=whole)


def start_text(
    entry: Entry, answer: Assessment, engine: str, units: ByteUnits = ByteUnits.BINARY
) -> str:
    """What a start does, and whether the file is all there, in a few words."""
    text = assessment_text(answer, engine, units)
    if entry.condition is not Condition.CUT_OFF:
        return text
    return tr("{verdict} (file incomplete)").format(verdict=text)


def assessment_text(answer: Assessment, engine: str, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What a start does, in a few words."""
    if not answer.runs:
        return tr("Not run by {engine}").format(engine=engine_title(engine))
    match answer.status:
        case Status.OK | Status.TIGHT if answer.moved:
            return tr("Fits, {size} in host memory").format(
                size=format_bytes(answer.host_bytes, units)
            )
        case Status.OK:
            return tr("Fits")
        case Status.TIGHT:
            return tr("Fits tightly")
        case Status.DOES_NOT_FIT | None:
            return tr("Does not fit")
        case _:
            assert_never(answer.status)


def granted_text(answer: Assessment) -> str:
    """The context of the start."""
    return format_tokens(answer.granted_tokens) if answer.starts else "–"


def largest_text(answer: Assessment) -> str:
    """The largest context that fits with nothing moved."""
    return tokens_text(answer.largest_tokens) if answer.runs else "–"


def tokens_text(largest_tokens: int) -> str:
    """A largest context."""
    return format_tokens(largest_tokens) if largest_tokens else tr("none", "context")
