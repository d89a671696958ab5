"""What an engine answers: the parts of the footprint, and the contexts that it arrives at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memplan.memory.component import Component, ComponentKind, Formula, evaluate
from memplan.model import Notice

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Outcome(StrEnum):
    """What the engine does at its start."""

    SIZED = "sized"
    FLOOR_HELD = "floor_held"
    TRIMMED = "trimmed"
    PLACED = "placed"
    """It moves layers or experts to the host, or between devices."""
    REFUSED = "refused"


class GrowthKind(StrEnum):
    """What takes memory only while an engine serves."""

    CHECKPOINTS = "checkpoints"
    """States of sequences, to go back to."""
    TURN_CHECKPOINT = "turn_checkpoint"
    """The state at the end of a turn, on the device, to go back to."""
    PROMPT_CACHE = "prompt_cache"
    """States of earlier conversations."""
    IMAGES = "images"
    """A projector's buffer for a larger image than the one that it is ready for."""


@dataclass(frozen=True, slots=True)
class Image:
    """The largest image that is planned for.

    Attributes:
        side_pixels: pixels along each side.
        tokens: tokens that it takes of the context.
    """

    side_pixels: int
    tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Memory that an engine takes while it serves, beyond what its start takes.

    Attributes:
        kind: what it is.
        pool: id of the memory.
        most: bytes that all of it takes at most, at a context.
        entry: bytes of one state, of a sequence as long as the context allows; or of one image.
        image: the image; ``None`` where it is about none.
    """

    kind: GrowthKind
    pool: str
    most: Callable[[int], int]
    entry: Callable[[int], int]
    image: Image | None = None


class LimitedBy(StrEnum):
    """What keeps the context from being longer."""

    MODEL = "model"
    BUDGET = "budget"
    REQUEST = "request"
    BACKEND = "backend"
    ALLOCATION = "allocation"
    """The largest single buffer that the device gives."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """The contexts that an engine arrives at.

    Attributes:
        ceiling_tokens: the longest context that model and backend allow.
        auto_tokens: what the engine picks when nothing is asked for.
        max_tokens: the longest context that fits the budget, 0 if none does.
        wanted_tokens: the requested context as the engine takes it, else the automatic one.
        granted_tokens: what the engine starts with; 0 if it refuses.
        outcome: what the engine does.
        limited_by: what keeps ``granted_tokens`` from being more.
        floor_tokens: the least that the engine picks where the budget is short.
    """

    ceiling_tokens: int
    auto_tokens: int
    max_tokens: int
    wanted_tokens: int
    granted_tokens: int
    outcome: Outcome
    limited_by: LimitedBy
    floor_tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """The largest tensors on the device, each of which must fit in one buffer.

    Attributes:
        kv_cache: bytes of the largest tensor of the KV cache, at a context.
        weights_bytes: bytes of the largest tensor of the weights.
        weights_tensor: its name; empty if no weights are on the device.
        limit_bytes: the largest buffer that the device gives; ``None`` if not known.
    """

    kv_cache: Formula
    weights_bytes: int
    weights_tensor: str
    limit_bytes: int | None

    def bytes_at(self, context_tokens: int) -> int:
        """Bytes of the largest tensor at a context."""
        return max(int(self.kv_cache(context_tokens)), self.weights_bytes)

    def kind_at(self, context_tokens: int) -> ComponentKind:
        """What the largest tensor belongs to."""
        if int(self.kv_cache(context_tokens)) > self.weights_bytes:
            return ComponentKind.KV_CACHE
        return ComponentKind.WEIGHTS

    def curve(self, contexts: NDArray[Any]) -> NDArray[Any]:
        """Bytes of the largest tensor at each of ``contexts``, ascending."""
        largest: NDArray[Any] = np.maximum(evaluate(self.kv_cache, contexts), self.weights_bytes)
        return largest

    def allowed_at(self, context_tokens: int) -> bool:
        """Whether the device gives a buffer for the largest tensor."""
        return self.limit_bytes is None or self.bytes_at(context_tokens) <= self.limit_bytes


@dataclass(frozen=True, slots=True)
class Start:
    """What the engine starts with, in figures, and the command that gives the same start.

    Attributes:
        outcome: what it does.
        context_tokens: the context.
        n_gpu_layers: layers on devices, the output layer one of them.
        layer_count: all layers, the output layer one of them.
        tensor_split: layers of each device, where there are several.
        override_tensor: patterns of tensors that are elsewhere, each with its buffer.
        cpu_expert_layers: layers on a device whose experts are all on the CPU.
        partial_layers: layers of which some tensors are elsewhere, but not just the experts.
        copies: how often the inputs exist.
        without_pipelining: whether pipelining over the devices had to be given up.
        command: the program and its arguments, without any automatism.
        token_read_bytes: what one token at the end of the context reads from each memory, by id.
    """

    outcome: Outcome
    context_tokens: int
    n_gpu_layers: int
    layer_count: int
    tensor_split: tuple[int, ...]
    override_tensor: tuple[str, ...]
    cpu_expert_layers: tuple[int, ...]
    partial_layers: tuple[int, ...]
    copies: int
    without_pipelining: bool
    command: tuple[str, ...]
    token_read_bytes: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_on_devices(self) -> bool:
        """Whether every layer is on a device as a whole, or in parts on two."""
        kept = any(moved.endswith("=CPU") for moved in self.override_tensor)
        return self.n_gpu_layers == self.layer_count and not kept


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """An engine's answer, from which the plan is made.

    Attributes:
        engine_version: the version that is modelled.
        components: the parts of the footprint; at most one of a kind in each place.
        sizing: the contexts.
        options: the engine's options as used, by the engine's own names.
        notices: what the user should know about this model on this engine.
        auto_share_bytes: the part of the budget that automatic sizing uses.
        profile: the dataclass of figures that the engine itself plans with; ``None`` without one.
        allocation: the largest single buffers; ``None`` for an engine that allocates otherwise.
        growth: what it takes later, while it serves.
        start: what it starts with; ``None`` for an engine that chooses nothing but the context.
        asked_components: the parts of the footprint if nothing is moved; ``None``: nothing is.
        margins: what must stay free in each memory, by id, so that nothing is moved or shortened.
    """

    engine_version: str
    components: tuple[Component, ...]
    sizing: Sizing
    options: dict[str, Any]
    notices: tuple[Notice, ...]
    auto_share_bytes: int
    profile: DataclassInstance | None = None
    allocation: Allocation | None = None
    growth: tuple[Growth, ...] = ()
    start: Start | None = None
    asked_components: tuple[Component, ...] | None = None
    margins: Mapping[str, int] = field(default_factory=dict)


class UnsupportedRequestError(ValueError):
    """The engine refuses this combination of backend and options, for the reason given."""
