"""llama.cpp's compute buffers: what its graph takes on the device and on the host.

The graph allocator reuses the bytes of every tensor that is dead, so a buffer holds three parts:
what lives all through the graph (:mod:`.inputs`, and the streams of :mod:`.families`), above it the
widest stage of a layer (:mod:`.stages`, :mod:`.scores`), and the logits, which may take a hole that
the mask leaves or, on Vulkan, a chunk of their own (:mod:`.vulkan`, :mod:`.cuda`). Layers on the
host bring copies of their weights, for which the allocator is followed (:mod:`.host_layers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

from memplan.component import Formula, Place
from memplan.engines.llama_cpp.arithmetic import larger
from memplan.engines.llama_cpp.compute import cuda, vulkan
from memplan.engines.llama_cpp.compute.bands import Band, band_of
from memplan.engines.llama_cpp.compute.graph import (
    NO_LIMITS,
    VULKAN_LIMITS,
    Graph,
    reserved_graph,
)
from memplan.engines.llama_cpp.compute.host import host_bytes
from memplan.engines.llama_cpp.compute.host_layers import incomplete_layer
from memplan.engines.llama_cpp.compute.widths import resolve_widths
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.request import Backend

__all__ = ["ComputeBuffer", "compute_buffers", "incomplete_layer"]


@dataclass(frozen=True, slots=True, eq=False)
class ComputeBuffer:
    """One of the two compute buffers.

    Attributes:
        where: the memory in which it lives.
        formula: its bytes at a context.
        exact: whether all figures that were measured of such a model and options are the same.
        band: bytes by which it may be off either way, at a context; ``None`` if exact.
    """

    where: Place
    formula: Formula
    exact: bool
    band: Formula | None


def compute_buffers(
    shape: Shape, settings: Settings, backend: Backend
) -> tuple[ComputeBuffer, ComputeBuffer]:
    """The compute buffer on the device and the one on the host.

    With flash attention neither shrinks as the context grows. Without it the device's does on
    Vulkan where the scores of a layer reach 4 GiB: from there they are computed on the host.
    Metal was never measured: it is taken to be as Vulkan, but for the limits of an allocation.
    """
    widths = resolve_widths(shape)
    match backend:
        case Backend.CUDA:
            device_bytes = cuda.device_bytes
        case Backend.VULKAN | Backend.METAL:
            device_bytes = vulkan.device_bytes
        case _:
            assert_never(backend)
    limits = VULKAN_LIMITS if backend is Backend.VULKAN else NO_LIMITS

    def graph(context: Any) -> Graph:
        return reserved_graph(widths, settings, limits, context)

    return (
        _buffer(
            Place.DEVICE,
            lambda context: device_bytes(graph(context)),
            band_of(Place.DEVICE, widths, settings, backend),
        ),
        _buffer(
            Place.HOST,
            lambda context: host_bytes(graph(context), backend),
            band_of(Place.HOST, widths, settings, backend),
        ),
    )


def _buffer(where: Place, formula: Formula, band: Band) -> ComputeBuffer:
    formula = _remembering(formula)
    if band.exact:
        return ComputeBuffer(where, formula, exact=True, band=None)
    return ComputeBuffer(where, formula, exact=False, band=lambda x: band.half_width(formula(x)))


def _remembering(formula: Formula) -> Formula:
    """The same formula, never negative; it remembers what it gave at a few single contexts.

    Verdict, markers, advice and tables ask for the same ones again and again.
    """

    def nothing_less(context: Any) -> Any:
        return larger(formula(context), 0)

    at_context = lru_cache(maxsize=32)(nothing_less)
    return lambda context: (
        at_context(context) if isinstance(context, int) else nothing_less(context)
    )
