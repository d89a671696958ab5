"""Bytes of a projector in each memory: its weights, and the buffer for the image it is ready for.

Source: ``tools/mtmd/clip.cpp`` of llama.cpp b11434: one encoder is on one device, whole, and its
buffer is reserved for one image when it is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES, chunk_bytes, lifetimes
from memplan.engines.llama_cpp.graph.backends import cuda, metal, processor, vulkan
from memplan.engines.llama_cpp.graph.backends.backend import Backend as Computing
from memplan.engines.llama_cpp.graph.flat import HOST_BUFFER
from memplan.engines.llama_cpp.graph.reservation import sizes_in
from memplan.engines.llama_cpp.graph.scheduler import UnsupportedGraphError, split_graph
from memplan.engines.llama_cpp.parts.projector import Projector
from memplan.engines.llama_cpp.parts.projector_graph import BUILDERS, ProjectorGraph
from memplan.request import Backend

_DEVICE: Final = 0
_F32_BYTES: Final = 4
_MOST_PATCHES: Final = 2**22
"""Beyond this no image is worked out: what a file states of its size is not trusted."""


@dataclass(frozen=True, slots=True)
class ProjectorMemory:
    """What a projector takes beside the model.

    Attributes:
        weights_bytes: its weights, on the device or, without one, on the host.
        device_bytes: its compute buffer on the device.
        host_bytes: its compute buffer on the host.
        band_bytes: by how much the compute buffers may be off either way; 0: exact.
        side: pixels along each side of the image that the buffer is for.
        tokens: tokens that such an image takes of the context.
    """

    weights_bytes: int
    device_bytes: int
    host_bytes: int
    band_bytes: int
    side: int
    tokens: int

    @property
    def exact(self) -> bool:
        """Whether the kind's graph is followed."""
        return self.band_bytes == 0


def projector_memory(
    projector: Projector,
    backend: Backend | None,
    *,
    flash_attention: bool = True,
    max_tokens: int | None = None,
    side: int | None = None,
) -> ProjectorMemory:
    """What a projector takes.

    Args:
        projector: the projector.
        backend: the device's backend; ``None``: it is on the host.
        flash_attention: whether attention is one operation.
        max_tokens: limit on the tokens of an image (``--image-max-tokens``).
        side: pixels along each side of an image; as llama.cpp reserves at the start if not given.
    """
    pixels = projector.warmup_side(max_tokens) if side is None else side
    tokens = projector.tokens_of(pixels)
    found = _followed(projector, backend, pixels, fused=flash_attention)
    if found is None:
        guess = _guess(projector, pixels)
        device, host = (guess, 0) if backend is not None else (0, guess)
        return ProjectorMemory(projector.weights_bytes, device, host, guess, pixels, tokens)
    device, host = found
    share = 0.0 if backend is None else BACKEND_ROWS[backend].unmeasured_share
    band = round(device * share)
    return ProjectorMemory(projector.weights_bytes, device, host, band, pixels, tokens)


def _followed(
    projector: Projector, backend: Backend | None, side: int, *, fused: bool
) -> tuple[int, int] | None:
    """Bytes on the device and on the host; ``None`` where the graph cannot be followed."""
    builder = BUILDERS.get(projector.name)
    patch = projector.patch_size
    if builder is None or not patch or not projector.heads or not projector.width:
        return None
    if not patch <= side or (side // patch) ** 2 > _MOST_PATCHES:
        return None
    graph = ProjectorGraph(
        projector, side, HOST_BUFFER if backend is None else _DEVICE, fused=fused
    )
    backends = _backends(backend)
    try:
        builder(graph)
        split = split_graph(graph.flat(), backends, None, 1)
    except (KeyError, IndexError, ZeroDivisionError, ValueError, UnsupportedGraphError):
        return None  # a file that lacks tensors, or states what cannot be
    moves = lifetimes(split.placed, len(split.buffer_owners))
    totals = [0, 0]
    for buffer, owner in enumerate(split.buffer_owners):
        computing = backends[owner]
        sizes = sizes_in(split, moves[buffer], computing)
        chunks = chunk_bytes(moves[buffer], sizes, computing.largest_buffer_bytes)
        totals[computing.buffer == HOST_BUFFER] += sum(chunks)
    return totals[0], totals[1]


def _backends(backend: Backend | None) -> list[Computing]:
    host = processor.processor()
    match backend:
        case None:
            return [host]
        case Backend.VULKAN:
            return [vulkan.device(_DEVICE), host]
        case Backend.CUDA | Backend.ROCM:
            return [cuda.device(_DEVICE, groups_shared_experts=True), host]
        case Backend.METAL:
            return [metal.device(_DEVICE, ENDLESS_BYTES), host]
        case _:
            assert_never(backend)


def _guess(projector: Projector, side: int) -> int:
    """A middle among the kinds that are known: the network's width and three streams a patch."""
    patches = (side // projector.patch_size) ** 2 if projector.patch_size else 0
    row = projector.feed_forward + 3 * projector.width
    return _F32_BYTES * min(patches, _MOST_PATCHES) * row
