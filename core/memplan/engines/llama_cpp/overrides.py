"""Tensors that llama.cpp keeps elsewhere than their layer (``--override-tensor`` and its kin).

Source: llama.cpp b11434, ``llama_model_loader::create_tensor`` (the first pattern found anywhere in
the name counts), ``common/common.h`` (experts on the CPU) and ``common/fit.cpp`` (what automatic
fitting moves).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from memplan.engines.llama_cpp.patterns import name_pattern
from memplan.language import tr

EVERY_EXPERT: Final = r"\.ffn_(up|down|gate|gate_up)_(ch|)exps"
"""The pattern of ``--cpu-moe``; ``--n-cpu-moe`` puts the layer before it."""

EXPERTS_OF_LAYERS: Final = r"blk\.\d+\.ffn_(up|down|gate_up|gate)_(ch|)exps"
"""The pattern with which automatic fitting asks for all experts on the host."""

_PATTERNS_KEPT: Final = 4096
_SHOWN: Final = 60


class MovedPart(Enum):
    """What automatic fitting moves out of one layer: the pattern behind the layer's number.

    All but the last are also found in the names of the router and of shared experts.
    """

    FEED_FORWARD = r"\.ffn_(gate|up|gate_up|down).*"
    ALL_BUT_UP = r"\.ffn_(gate|gate_up|down).*"
    DOWN = r"\.ffn_down.*"
    EXPERTS = r"\.ffn_(up|down|gate_up|gate)_(ch|)exps"


_RESTS: Final = (*(part.value for part in MovedPart), EVERY_EXPERT)
_OWN: Final = re.compile(rf"blk\\\.(\d{{1,9}})(?:{'|'.join(map(re.escape, _RESTS))})")
"""The patterns that are made here: each is about one layer, and quick to look for."""


@dataclass(frozen=True, slots=True)
class TensorOverride:
    """One pattern and where the tensors go whose names it is found in.

    Attributes:
        pattern: a regular expression as ``std::regex`` reads it.
        memory: the memory by number: a device's, or the host's.
    """

    pattern: str
    memory: int


def moved_part(layer: int, part: MovedPart, memory: int) -> TensorOverride:
    """The override by which automatic fitting moves a part of a layer."""
    return TensorOverride(rf"blk\.{layer}{part.value}", memory)


def first_experts(layers: int, memory: int) -> tuple[TensorOverride, ...]:
    """The overrides of ``--n-cpu-moe``, one for each of so many first layers."""
    return tuple(TensorOverride(rf"blk\.{layer}{EVERY_EXPERT}", memory) for layer in range(layers))


def check_overrides(text: str) -> None:
    """Look whether all of ``PATTERN=BUFFER,…`` can be followed, whatever buffers there are.

    Raises:
        ValueError: an item names no buffer, or a pattern cannot be followed.
    """
    for item in text.split(",") if text else ():
        pattern, equals, _buffer = item.partition("=")
        if not equals:
            raise ValueError(tr("{item} names no buffer").format(item=item[:_SHOWN]))
        name_pattern(pattern)


def parse_overrides(text: str, memories: Mapping[str, int]) -> tuple[TensorOverride, ...]:
    """The overrides of ``--override-tensor``: ``PATTERN=BUFFER``, with commas in between.

    Args:
        text: the option's value; empty: none.
        memories: the memory behind each buffer's name.

    Raises:
        ValueError: there is no such buffer, or a pattern cannot be followed.
    """
    overrides = []
    for item in text.split(",") if text else ():
        pattern, equals, buffer = item.partition("=")
        if not equals or buffer not in memories:
            known = ", ".join(sorted(memories))
            message = tr("{item} names no buffer; there are: {known}")
            raise ValueError(message.format(item=item[:_SHOWN], known=known))
        name_pattern(pattern)
        overrides.append(TensorOverride(pattern, memories[buffer]))
    return tuple(overrides)


@lru_cache(maxsize=_PATTERNS_KEPT)
def one_layer(pattern: str) -> int | None:
    """The only layer whose tensors a pattern can match; ``None`` if others may match, too."""
    found = _OWN.fullmatch(pattern)
    return int(found.group(1)) if found else None


def overrides_by_layer(
    overrides: Iterable[TensorOverride], layers: Iterable[int]
) -> dict[int | None, tuple[TensorOverride, ...]]:
    """The overrides that can match a tensor of each layer, in order; ``None``: of no layer."""
    of_layer: dict[int | None, list[TensorOverride]] = defaultdict(list)
    numbers = (*layers, None)
    for override in overrides:
        about = one_layer(override.pattern)
        for number in numbers if about is None else (about,):
            of_layer[number].append(override)
    return {number: tuple(found) for number, found in of_layer.items()}


def overridden(name: str, overrides: Sequence[TensorOverride]) -> int | None:
    """The memory to which the first matching override moves a tensor; ``None`` if none does.

    Raises:
        PatternError: a pattern cannot be followed.
    """
    for override in overrides:
        if _finder(override.pattern)(name):
            return override.memory
    return None


def is_expert(name: str) -> bool:
    """Whether a tensor holds the experts of a layer."""
    return _finder(EVERY_EXPERT)(name) is not None


@lru_cache(maxsize=_PATTERNS_KEPT)
def _finder(pattern: str) -> Callable[[str], object]:
    # These never backtrack far, and Python's engine is the faster one.
    ours = pattern in (EVERY_EXPERT, EXPERTS_OF_LAYERS) or _OWN.fullmatch(pattern)
    return re.compile(pattern).search if ours else name_pattern(pattern).found_in
