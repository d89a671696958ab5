"""What engines, backends, components and places are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from memplan.addresses import public_address
from memplan.engines.registry import ENGINES
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.memory.backend import Backend
from memplan.memory.component import ComponentKind, Part, Place
from memplan.model.parts import PartFile
from memplan.units import ByteUnits, format_bytes

BACKEND_TITLES: Final[Mapping[Backend, str]] = exhaustive(
    Backend,
    {
        Backend.VULKAN: "Vulkan",
        Backend.METAL: "Metal",
        Backend.CUDA: "CUDA",
        Backend.ROCM: "ROCm",
    },
)
"""Names, which are the same in every language; those below are to be translated."""

COMPONENT_TITLES: Final[Mapping[ComponentKind, str]] = exhaustive(
    ComponentKind,
    {
        ComponentKind.WEIGHTS: marked("Weights"),
        ComponentKind.KV_CACHE: marked("KV cache"),
        ComponentKind.RECURRENT_STATE: marked("Recurrent state"),
        ComponentKind.COMPUTE: marked("Compute buffers"),
        ComponentKind.STAGING: marked("Staging buffers"),
        ComponentKind.PAGE_TABLE: marked("Page table"),
        ComponentKind.OUTPUT: marked("Output buffer"),
    },
)
PLACE_TITLES: Final[Mapping[Place, str]] = exhaustive(
    Place,
    {
        Place.DEVICE: marked("Device"),
        Place.HOST: marked("Host"),
    },
)

PART_TITLES: Final[Mapping[Part, str]] = exhaustive(
    Part,
    {
        Part.MODEL: marked("Model"),
        Part.DRAFT: marked("Draft model"),
        Part.MTP: marked("Next-token layers"),
        Part.PROJECTOR: marked("Projector"),
        Part.ADAPTER: marked("Adapter"),
    },
)

_PLACED: Final[Mapping[Place, str]] = exhaustive(
    Place,
    {
        Place.DEVICE: marked("{component} (device)"),
        Place.HOST: marked("{component} (host)"),
    },
)


def engine_title(name: str) -> str:
    """What an engine is called."""
    return ENGINES[name].title


def alternatives(names: Sequence[str]) -> str:
    """Names as “A, B or C”."""
    if len(names) == 1:
        return names[0]
    return tr("{others} or {last}").format(others=", ".join(names[:-1]), last=names[-1])


def part_title(part: Part) -> str:
    """What a part of a run is called."""
    return tr(PART_TITLES[part])


def part_line(part: PartFile, units: ByteUnits = ByteUnits.BINARY) -> str:
    """A file that is loaded beside the model, with the size of its weights."""
    size = format_bytes(part.header.weights_bytes, units)
    return tr("{name} · {size}").format(name=public_address(part.name), size=size)


def component_title(kind: ComponentKind, part: Part = Part.MODEL) -> str:
    """What a component is called; those of the model are called by their kind alone."""
    title = tr(COMPONENT_TITLES[kind])
    if part is Part.MODEL:
        return title
    return tr("{part}: {component}").format(part=part_title(part), component=title)


def place_title(where: Place) -> str:
    """What a memory is called."""
    return tr(PLACE_TITLES[where])


def placed_title(kind: ComponentKind, where: Place, part: Part = Part.MODEL) -> str:
    """What a component is called where the same one is in another memory, too."""
    return tr(_PLACED[where]).format(component=component_title(kind, part))
