"""A multimodal projector: what its header says, and which image llama.cpp reserves memory for.

Source: ``tools/mtmd/clip.cpp`` and ``clip-model.h`` of llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.reader.header import Header, Tensor, Value, string_in

_PREFIX: Final = "clip"

_MOST_SIDE: Final = 8192
"""llama.cpp refuses an image size beyond."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of projector sizes images.

    Attributes:
        merge: patches along each side that become one token, where the file does not say.
        merge_key: the key under which the file says it; empty: it does not.
        warmup_tokens: tokens along each side of the image for which memory is reserved; 0: the
            image has the size that the file states.
        most_tokens: tokens of the largest image; 0: a fixed size.
        limited: whether a limit on tokens sets the size for which memory is reserved, too.
        last: the tensor that ends the projector.
        last_axis: which of its lengths is the width of the text model.
    """

    merge: int = 1
    merge_key: str = ""
    warmup_tokens: int = 0
    most_tokens: int = 0
    limited: bool = False
    last: str = "mm.2.weight"
    last_axis: int = 1


_SCALE: Final = "vision.projector.scale_factor"
_SPATIAL: Final = "vision.spatial_merge_size"

KINDS: Final[Mapping[str, Kind]] = {
    "gemma3": Kind(merge=4, merge_key=_SCALE, last="mm.input_projection.weight", last_axis=0),
    "idefics3": Kind(merge_key=_SCALE, last="mm.model.fc.weight"),
    "lfm2": Kind(merge_key=_SCALE, most_tokens=256, limited=True),
    "janus_pro": Kind(last="mm.1.bias", last_axis=0),
    "internvl": Kind(merge_key=_SCALE, last="mm.model.mlp.3.weight"),
    "mlp": Kind(),
    "pixtral": Kind(merge_key=_SPATIAL, warmup_tokens=16, most_tokens=1024),
    "lightonocr": Kind(merge_key=_SPATIAL, warmup_tokens=16),
    "qwen2vl_merger": Kind(merge=2, warmup_tokens=46, most_tokens=4096),
    "qwen2.5vl_merger": Kind(merge=2, warmup_tokens=46, most_tokens=4096),
    "qwen3vl_merger": Kind(merge=2, merge_key=_SPATIAL, warmup_tokens=46, most_tokens=4096),
}
"""The kinds whose graph is followed; of others only the weights are known."""


@dataclass(frozen=True, slots=True, eq=False)
class Projector:
    """What a projector's header says of its vision encoder. Lengths are in elements.

    Attributes:
        source: the file or address.
        name: the kind's name in the file.
        kind: how it sizes images; ``None``: not known to this program.
        tensors: the tensors of the encoder, by name.
        weights_bytes: bytes of all its tensors.
        width: width of the residual stream.
        feed_forward: width of the network.
        layers: layers of the encoder.
        heads: attention heads.
        projection: width of the text model that it projects to.
        image_size: pixels along each side, as the file states them.
        patch_size: pixels along each side of a patch.
        merge: patches along each side that become one token.
        window_pattern: one layer in so many sees the whole image; 0: all do.
    """

    source: str
    name: str
    kind: Kind | None
    tensors: Mapping[str, Tensor]
    weights_bytes: int
    width: int
    feed_forward: int
    layers: int
    heads: int
    projection: int
    image_size: int
    patch_size: int
    merge: int
    window_pattern: int

    @property
    def text_width(self) -> int:
        """Width of the text model that it was made for; 0: not known."""
        last = self.tensors.get(self.kind.last) if self.kind is not None else None
        if self.kind is None or last is None or len(last.dimensions) <= self.kind.last_axis:
            return 0
        return last.dimensions[self.kind.last_axis]

    @property
    def pixels_a_token(self) -> int:
        """Pixels along each side of what becomes one token."""
        return self.patch_size * self.merge

    def warmup_side(self, max_tokens: int | None = None) -> int:
        """Pixels along each side of the image for which memory is reserved at the start."""
        kind = self.kind
        if kind is None or not (kind.warmup_tokens or kind.limited):
            return self.image_size
        if kind.limited:
            most = max_tokens or kind.most_tokens
            return isqrt(most * self.pixels_a_token**2)
        side = kind.warmup_tokens
        if max_tokens is not None and max_tokens < side * side:
            side = max(1, isqrt(max_tokens))
        return side * self.pixels_a_token

    def largest_side(self, max_tokens: int | None = None) -> int:
        """Pixels along each side of the largest square image that a user may send."""
        if self.kind is None or not self.kind.most_tokens:
            return self.image_size
        most = max_tokens or self.kind.most_tokens
        return max(1, isqrt(most)) * self.pixels_a_token

    def tokens_of(self, side: int) -> int:
        """Tokens that a square image of ``side`` pixels takes of the context."""
        each = max(self.pixels_a_token, 1)
        return int(padded(side, each) // each) ** 2


def resolve_projector(header: Header) -> Projector:
    """What a projector's header means."""
    facts = _Facts(header.metadata)
    name = facts.text("projector_type") or facts.text("vision.projector_type")
    kind = KINDS.get(name)
    merge = facts.integer(kind.merge_key) if kind is not None and kind.merge_key else 0
    return Projector(
        source=header.source,
        name=name,
        kind=kind,
        tensors={tensor.name: tensor for tensor in header.tensors},
        weights_bytes=header.weights_bytes,
        width=facts.integer("vision.embedding_length"),
        feed_forward=facts.integer("vision.feed_forward_length"),
        layers=facts.integer("vision.block_count"),
        heads=facts.integer("vision.attention.head_count"),
        projection=facts.integer("vision.projection_dim"),
        image_size=min(facts.integer("vision.image_size"), _MOST_SIDE),
        patch_size=facts.integer("vision.patch_size"),
        merge=merge or (kind.merge if kind is not None else 1),
        window_pattern=facts.integer("vision.n_wa_pattern"),
    )


class _Facts:
    """Key-values of the encoder, without their prefix."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def integer(self, key: str) -> int:
        found = self._values.get(f"{_PREFIX}.{key}")
        if found is None or not isinstance(found.value, int) or isinstance(found.value, bool):
            return 0
        return max(found.value, 0)

    def text(self, key: str) -> str:
        return string_in(self._values, f"{_PREFIX}.{key}")
