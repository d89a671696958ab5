"""What a run keeps in memory: which part of it, in which memory, and its bytes at a context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Formula = Callable[[Any], Any]
"""Bytes as a function of context tokens, for an ``int`` and, elementwise, for an array alike."""

_INT64_SAFE = 2**62


class ComponentKind(StrEnum):
    """What a component holds."""

    WEIGHTS = "weights"
    KV_CACHE = "kv_cache"
    RECURRENT_STATE = "recurrent_state"
    COMPUTE = "compute"
    STAGING = "staging"
    PAGE_TABLE = "page_table"
    OUTPUT = "output"


class Place(StrEnum):
    """The memory in which a component lives."""

    DEVICE = "device"
    HOST = "host"


class Part(StrEnum):
    """What a run loads."""

    MODEL = "model"
    DRAFT = "draft"
    """A smaller model that proposes tokens."""
    MTP = "mtp"
    """Heads in the model's own file that predict further tokens."""
    PROJECTOR = "projector"
    """What turns pictures or sound into tokens."""
    ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class ComponentKey:
    """What a component is; no two of a plan have the same key.

    Attributes:
        part: the part of the run that it belongs to.
        kind: what it holds.
        pool: id of the memory in which it lives.
        where: whose buffer it is. In a unified memory, both sides have theirs.
    """

    part: Part
    kind: ComponentKind
    pool: str
    where: Place


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """Something about a component, with what its key says."""

    key: ComponentKey

    @property
    def part(self) -> Part:
        """The part of the run that it belongs to."""
        return self.key.part

    @property
    def kind(self) -> ComponentKind:
        """What it holds."""
        return self.key.kind

    @property
    def pool(self) -> str:
        """Id of the memory in which it lives."""
        return self.key.pool

    @property
    def where(self) -> Place:
        """Whose buffer it is."""
        return self.key.where


@dataclass(frozen=True, slots=True, eq=False)
class Component(Keyed):
    """A part of the footprint.

    Attributes:
        key: what it is, and where.
        formula: its bytes at a context.
        breaks: contexts at which its slope changes, such as the end of a sliding window.
        exact: whether the engine allocates exactly these bytes.
        band: bytes by which an estimate may be off either way, at a context; ``None`` if exact.
        mapped: whether it is a part of the file that the system may drop and read again.
    """

    formula: Formula
    breaks: tuple[int, ...] = ()
    exact: bool = True
    band: Formula | None = None
    mapped: bool = False

    def bytes_at(self, context_tokens: int) -> int:
        """Bytes at one context."""
        return int(self.formula(context_tokens))

    def band_bytes_at(self, context_tokens: int) -> int:
        """Half the width of the estimate's band at one context; 0 if exact."""
        return 0 if self.band is None else int(self.band(context_tokens))

    def curve(self, contexts: NDArray[Any]) -> NDArray[Any]:
        """Bytes at each of ``contexts``, ascending; integers, exact at any size."""
        return evaluate(self.formula, contexts)

    def band_curve(self, contexts: NDArray[Any]) -> NDArray[Any]:
        """Half the width of the band at each of ``contexts``."""
        if self.band is None:
            return np.zeros(len(contexts), dtype=np.int64)
        return evaluate(self.band, contexts)


def evaluate(formula: Formula, contexts: NDArray[Any]) -> NDArray[Any]:
    """A formula at each of ``contexts``, ascending, without overflow."""
    last = int(formula(int(contexts[-1])))
    if last < _INT64_SAFE:
        try:
            found = _evaluate(formula, contexts.astype(np.int64))
        except OverflowError:
            pass  # a step on the way does not fit, such as the square of an absurd width
        else:
            # Where a step on the way wraps around, it does so at the longest context.
            if int(found[-1]) == last:
                return found
    return _evaluate(formula, contexts.astype(object))


def _evaluate(formula: Formula, contexts: NDArray[Any]) -> NDArray[Any]:
    return np.broadcast_to(np.asarray(formula(contexts)), contexts.shape)


def constant(value: int) -> Formula:
    """A formula whose bytes do not depend on the context."""
    return lambda _context: value


def per_token(value: int) -> Formula:
    """A formula of ``value`` bytes a token."""
    return lambda context: context * value
