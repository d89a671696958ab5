"""The device's compute buffer on CUDA while it computes layers that are on the host.

Large products are computed on the device all the same (``GGML_OP_OFFLOAD_MIN_BATCH``). The
scheduler cuts the graph at each weight on the host, copies the weight at the start of its part and
drops it after use; K and V rows go to the cache on the host, and one layer's whole cache comes back
for the attention. Which hole takes what decides the peak, so the allocator is followed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

import numpy as np

from memplan.engines.llama_cpp.architectures import State as StateKind
from memplan.engines.llama_cpp.compute.allocator import Arena
from memplan.engines.llama_cpp.compute.families import family_of, residual_streams
from memplan.engines.llama_cpp.compute.graph import NO_LIMITS, Graph, reserved_graph
from memplan.engines.llama_cpp.compute.layer_walk import (
    ALIGNMENT_BYTES,
    FUSED_QKV,
    Kind,
    State,
    Walk,
)
from memplan.engines.llama_cpp.compute.stages import HALF_BYTES
from memplan.engines.llama_cpp.compute.widths import Widths
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape

_INTEGER_LIMIT: Final = 2.0**62
"""What a curve of absurd sizes is cut off at, so that it can be counted."""

_ROW_MULTIPLE: Final = 512
"""CUDA fills the last row of a quantised tensor up to a multiple of so many elements."""

_KNOTS: Final = (*(2**power for power in range(8, 23)), 2**32)
"""Cells at which the allocator is followed; the bytes in between lie on lines."""

_ANSWERS_KEPT: Final = 64
_SHAPES_KEPT: Final = 16

_ATTENTION_ENDS: Final = ("attn_norm.weight", "attn_output.weight")
_NORMS: Final = (("ffn_norm.weight",), ("post_attention_norm.weight",))
_SEPARATE_QKV: Final = ("attn_q.weight", "attn_k.weight", "attn_v.weight")
_LATENT_KV: Final = ("attn_kv_a_mqa.weight", "attn_k_b.weight", "attn_v_b.weight")
_LATENT: Final = ("attn_q.weight", *_LATENT_KV)
_LATENT_LOW_RANK: Final = ("attn_q_a.weight", "attn_q_b.weight", *_LATENT_KV)
_DENSE: Final = ("ffn_up.weight", "ffn_down.weight")
_EXPERTS: Final = (
    "ffn_gate_inp.weight",
    "ffn_gate_exps.weight",
    "ffn_up_exps.weight",
    "ffn_down_exps.weight",
)
_SHARED_EXPERTS: Final = ("ffn_up_shexp.weight", "ffn_down_shexp.weight")
_PARTNERS: Final = (
    ("ffn_up.weight", "ffn_down.weight"),
    ("ffn_up_exps.weight", "ffn_down_exps.weight"),
    ("ffn_gate_exps.weight", "ffn_up_exps.weight"),
    ("ffn_up_shexp.weight", "ffn_down_shexp.weight"),
    ("ssm_in.weight", "ssm_out.weight"),
)
"""Tensors that no architecture has without the other."""
_STATE_SPACE: Final = ("ssm_in.weight", "ssm_conv1d.weight", "ssm_out.weight")


@lru_cache(maxsize=_ANSWERS_KEPT)
def can_follow(widths: Widths, settings: Settings) -> bool:
    """Whether the graph of a layer is one of those that are known here."""
    shape, traits = widths.shape, widths.traits
    unusual = traits.parallel_block or traits.post_norm or traits.block_on_top
    unusual = unusual or traits.experts_on_top or widths.biased_experts
    if widths.recurrent:
        of_mamba_2 = shape.architecture.state is StateKind.MAMBA2 and not widths.attends
        return of_mamba_2 and not _lacking(shape)
    unusual = unusual or family_of(widths).persistent is not residual_streams
    if unusual or widths.within_batch or not settings.flash_attn or not settings.kv_offload:
        return False
    return not _lacking(shape)


@lru_cache(maxsize=_SHAPES_KEPT)
def incomplete_layer(shape: Shape) -> str:
    """A tensor that a layer lacks and every architecture wants there; empty if there is none.

    Where a part of a split model is not there yet, or a file is damaged.
    """
    begun = {name.split(".")[1] for name in shape.tensors if name.startswith("blk.")}
    for index in range(shape.trunk_count):
        if begun and str(index) not in begun:
            return f"blk.{index}.*"
        for role, partner in _PARTNERS:
            if _has(shape, index, role) and not _has(shape, index, partner):
                return f"blk.{index}.{partner}"
    return ""


@lru_cache(maxsize=_SHAPES_KEPT)
def _lacking(shape: Shape) -> frozenset[str]:
    """The tensors that would have to be there to follow the graph of every layer."""
    return frozenset(
        name for index in range(shape.trunk_count) for name in _lacking_in(shape, index)
    )


def _lacking_in(shape: Shape, index: int) -> Iterator[str]:
    for choice in _choices(shape, index):
        lacking = [_missing(shape, index, roles) for roles in choice]
        if all(lacking):
            yield from min(lacking, key=len)


def _choices(shape: Shape, index: int) -> Iterator[tuple[tuple[str, ...], ...]]:
    """For each part of a layer's graph, the sets of tensors of which one must be there."""
    if any(layer.recurrent for layer in shape.trunk):
        yield (("attn_norm.weight", *_STATE_SPACE),)
        return
    yield (_LATENT, _LATENT_LOW_RANK) if shape.mla else (_SEPARATE_QKV, (FUSED_QKV,))
    yield (_ATTENTION_ENDS,)
    yield _NORMS
    yield (_EXPERTS if _has(shape, index, "ffn_gate_inp.weight") else _DENSE,)
    if _has(shape, index, "ffn_up_shexp.weight"):
        yield (_SHARED_EXPERTS,)


def _missing(shape: Shape, index: int, roles: tuple[str, ...]) -> list[str]:
    return [f"blk.{index}.{role}" for role in roles if not _has(shape, index, role)]


def _has(shape: Shape, index: int, role: str) -> bool:
    return f"blk.{index}.{role}" in shape.tensors


def followed_bytes(graph: Graph) -> Any:
    """Bytes of the device's buffer while it computes layers, or all, that are on the host.

    What fits in which hole makes llama.cpp itself need less at some longer contexts. So that the
    curve does not fall, it takes at each the least that any longer one needs.
    """
    knots = _bytes_at_knots(graph.widths, graph.settings)
    found = np.interp(np.asarray(graph.cells, np.float64), _KNOTS, np.asarray(knots, np.float64))
    found = np.minimum(found, _INTEGER_LIMIT)
    return int(found) if isinstance(graph.cells, int) else found.astype(np.int64)


@lru_cache(maxsize=_ANSWERS_KEPT)
def _bytes_at_knots(widths: Widths, settings: Settings) -> tuple[int, ...]:
    streams = 1 if settings.unified else settings.sequences
    graphs = (reserved_graph(widths, settings, NO_LIMITS, cells * streams) for cells in _KNOTS)
    peaks = [_peak_bytes(graph) for graph in graphs]
    return tuple(accumulate(reversed(peaks), min))[::-1]


def _peak_bytes(graph: Graph) -> int:
    """Layer after layer; one that was met in the same state before ends as it did then."""
    shape, settings = graph.widths.shape, graph.settings
    host_layers = min(shape.block_count + 1 - settings.gpu_layers, shape.trunk_count)
    arena = Arena(ALIGNMENT_BYTES)
    stream, normed = arena.take(graph.residual), arena.take(graph.residual)
    state = State(arena.free, stream, normed)
    peak_bytes = arena.peak_bytes
    known: dict[tuple[State, int, bool, bool], tuple[State, int]] = {}
    kinds = _kinds(shape)
    last_of_masks = {kind.layer.windowed: index for index, kind in enumerate(kinds)}
    for index in range(host_layers):
        last = index == shape.trunk_count - 1
        last_of_mask = index == last_of_masks[kinds[index].layer.windowed]
        key = (state, id(kinds[index]), last, last_of_mask)
        if key not in known:
            walk = Walk(graph, kinds[index], state, last, last_of_mask)
            known[key] = (walk.layer(), walk.arena.peak_bytes)
        state, layer_bytes = known[key]
        peak_bytes = max(peak_bytes, layer_bytes)
    if settings.gpu_layers:
        return peak_bytes
    return max(peak_bytes, _output_bytes(graph, state))


def _output_bytes(graph: Graph, state: State) -> int:
    """The output projection on the host."""
    shape = graph.widths.shape
    arena = Arena(ALIGNMENT_BYTES, state.free)
    arena.drop(arena.take(_copy_bytes(shape, "output_norm.weight")))
    tied = "output.weight" not in shape.tensors
    arena.take(_copy_bytes(shape, "token_embd.weight" if tied else "output.weight"))
    arena.take(graph.logits)
    return arena.peak_bytes


@lru_cache(maxsize=_SHAPES_KEPT)
def _kinds(shape: Shape) -> tuple[Kind, ...]:
    """The kind of each layer."""
    roles: list[dict[str, tuple[int, int]]] = [{} for _ in range(shape.trunk_count)]
    for name, dimensions in shape.tensors.items():
        block, _, role = name.removeprefix("blk.").partition(".")
        if block.isdecimal() and int(block) < shape.trunk_count:
            rows = dimensions[1] if len(dimensions) > 1 else 1
            roles[int(block)][role] = (_copy_bytes(shape, name), rows)
    kinds: dict[tuple[object, ...], Kind] = {}
    found = []
    for layer, tensors in zip(shape.trunk, roles, strict=False):
        key = (layer.windowed, layer.head_count, layer.key_width, *sorted(tensors.items()))
        weights = {role: size for role, (size, _) in tensors.items()}
        widths = {role: rows for role, (_, rows) in tensors.items()}
        found.append(kinds.setdefault(key, Kind(layer, weights, widths)))
    return tuple(found)


def _copy_bytes(shape: Shape, name: str) -> int:
    """Bytes of the copy of a tensor on the device."""
    dimensions, size_bytes = shape.tensors.get(name, ()), shape.tensor_bytes.get(name, 0)
    elements = math.prod(dimensions) if dimensions else 0
    if size_bytes >= HALF_BYTES * elements:
        return size_bytes
    return size_bytes + -dimensions[0] % _ROW_MULTIPLE * size_bytes // elements
