"""llama.cpp's compute buffer on a Vulkan device, b11434."""

from __future__ import annotations

from typing import Any, Final

from memplan.engines.llama_cpp.arithmetic import larger, smaller
from memplan.engines.llama_cpp.compute import inputs
from memplan.engines.llama_cpp.compute.families import compressed_masks, family_of, widest
from memplan.engines.llama_cpp.compute.graph import Graph
from memplan.engines.llama_cpp.compute.host_layers import can_follow, followed_bytes
from memplan.engines.llama_cpp.compute.scores import (
    scores_are_on_the_host,
    scores_are_stored,
    scores_stage,
)
from memplan.engines.llama_cpp.compute.split import host_weights, split_bytes

_STREAMS: Final = 4
"""Residual streams below the logits of a split, whose mask is dead by then."""


def device_bytes(graph: Graph) -> Any:
    """Bytes of the device's compute buffer.

    The logits come last. They take the hole that the mask and two streams leave, if it is large
    enough; if it is not, and the first chunk has no room, they get a chunk of their own.
    """
    weights = host_weights(graph.widths.shape, graph.settings)
    if not weights.none:
        logits = graph.logits + _STREAMS * graph.residual
        total = split_bytes(graph, weights, _layers(graph), logits, _STREAMS)
        if weights.layer_bytes and can_follow(graph.widths, graph.settings):
            # The same scheduler and allocator, but some products change places: no less than this.
            return larger(total, followed_bytes(graph))
        return total
    if graph.widths.attends and scores_are_stored(graph):
        return _with_scores(graph)
    return _with_logits(graph, family_of(graph.widths).persistent(graph), 0)


def _layers(graph: Graph) -> Any:
    """Bytes of the layers without the logits."""
    family = family_of(graph.widths)
    persistent, stage = family.persistent(graph), widest(graph, family.stages)
    if graph.widths.attends and scores_are_stored(graph):
        on_device = 1 - scores_are_on_the_host(graph)
        stage = larger(stage, scores_stage(graph, persistent, stage) * on_device)
    return persistent + stage


def _with_logits(graph: Graph, persistent: Any, scores: Any) -> Any:
    family = family_of(graph.widths)
    stage = larger(widest(graph, family.stages), scores)
    logits = graph.logits + family.logits_extra * graph.residual
    if family.logits_above is not None:
        return larger(persistent + stage, family.logits_above(graph) + logits)
    kept = 2 * graph.residual
    if graph.widths.recurrent:
        # The layers without attention break up the hole.
        kept = persistent - inputs.masks(graph) - inputs.rotations(graph)
    # Where the hole is wide enough the buffer shrinks by what the logits took. So that the curve
    # does not fall as the context grows, it stays level from there until the bytes are needed.
    level_from = logits + kept
    level = level_from + _above(graph, level_from, stage, logits)
    if graph.widths.recurrent:
        # Whether the broken hole is wide enough hung on a few KiB: midway between the two.
        level = (level + level_from + stage) // 2
    topped = smaller(persistent + _above(graph, persistent, stage, logits), level)
    return larger(persistent + stage, topped)


def _above(graph: Graph, persistent: Any, stage: Any, logits: Any) -> Any:
    """Stage and logits in one place, or one after the other in two chunks."""
    second_chunk = persistent + logits > graph.limits.chunk_bytes
    return larger(stage, logits) * (1 - second_chunk) + (stage + logits) * second_chunk


def _with_scores(graph: Graph) -> Any:
    """Scores are stored; those of 4 GiB and more are computed on the host, masks and all."""
    persistent = family_of(graph.widths).persistent(graph)
    on_host = scores_are_on_the_host(graph)
    stage = widest(graph, family_of(graph.widths).stages)
    on_device = _with_logits(graph, persistent, scores_stage(graph, persistent, stage))
    if graph.widths.shape.architecture.compressed:
        remaining = persistent - compressed_masks(graph)
    else:
        remaining = persistent - inputs.masks(graph) - inputs.cache_rows(graph) * graph.tokens
    if graph.widths.traits.score_bias and not inputs.quantises_key(graph.settings):
        remaining = remaining + graph.cells * graph.row
    return on_device * (1 - on_host) + _with_logits(graph, remaining, 0) * on_host
