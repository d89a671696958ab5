"""The device's compute buffer where some layers are on the host, told from its widest stages.

Large products are computed on the device all the same: their weights are copied into its compute
buffer, one at a time. Source: ``ggml_backend_sched_split_graph`` (inputs of a split) and
``GGML_OP_OFFLOAD_MIN_BATCH``. What :mod:`.host_layers` knows is followed tensor by tensor instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from memplan.engines.llama_cpp.arithmetic import larger
from memplan.engines.llama_cpp.compute import inputs
from memplan.engines.llama_cpp.compute.graph import Graph, largest
from memplan.engines.llama_cpp.compute.stages import HALF_BYTES
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape

_CHOICES_KEPT = 16
_STREAMS_BESIDE_CACHE = 4
"""Residual stream, queries, and what the rows on their way to the host leave behind."""


@dataclass(frozen=True, slots=True)
class HostWeights:
    """The largest weights on the host, which the device takes copies of.

    Attributes:
        output_bytes: the output projection; 0 if it is on the device.
        layer_bytes: the largest tensor of a layer but for the experts; 0 if all are on the device.
        experts_bytes: the largest tensor of experts; 0 if all are on the device.
    """

    output_bytes: int
    layer_bytes: int
    experts_bytes: int

    @property
    def none(self) -> bool:
        """Whether all weights are on the device."""
        return not (self.output_bytes or self.layer_bytes or self.experts_bytes)


def host_weights(shape: Shape, settings: Settings) -> HostWeights:
    """The weights that the settings leave on the host."""
    host_layers = max(shape.block_count + 1 - settings.gpu_layers, 0)
    return _largest_weights(shape, host_layers, max(host_layers, settings.cpu_moe_layers))


@lru_cache(maxsize=_CHOICES_KEPT)
def _largest_weights(shape: Shape, host_layers: int, host_expert_layers: int) -> HostWeights:
    if not host_expert_layers:
        return HostWeights(0, 0, 0)
    layer_bytes = experts_bytes = 0
    for name, size_bytes in shape.tensor_bytes.items():
        block, _, role = name.removeprefix("blk.").partition(".")
        if not block.isdecimal():
            continue
        if "_exps" in role:
            if int(block) < host_expert_layers:
                experts_bytes = max(experts_bytes, size_bytes)
        elif int(block) < host_layers:
            layer_bytes = max(layer_bytes, size_bytes)
    embedding_bytes = shape.tensor_bytes.get("token_embd.weight", 0)
    output_bytes = shape.tensor_bytes.get("output.weight", embedding_bytes)
    return HostWeights(
        output_bytes if host_layers > shape.block_count else 0, layer_bytes, experts_bytes
    )


def split_bytes(
    graph: Graph, weights: HostWeights, device_layers: Any, logits: Any, streams: int
) -> Any:
    """Bytes of the device's buffer.

    Args:
        graph: the graph.
        weights: what is on the host.
        device_layers: bytes that the layers on the device need, the logits left out.
        logits: bytes of the logits and of what they lie above.
        streams: residual streams that they lie above where their split has no layer.
    """
    copied = _copied(graph, weights)
    if weights.output_bytes:
        below = streams if graph.widths.attends else 1
        alone = graph.logits + below * graph.residual
        return larger(alone + weights.output_bytes, copied)
    if graph.widths.recurrent and not graph.widths.attends:
        # Each split keeps what the next one takes, so that the logits find no hole.
        return device_layers + graph.logits
    return largest(logits, device_layers, copied)


def more_experts(graph: Graph, weights: HostWeights) -> Any:
    """The same of layers that have only their experts on the host; 0 if none has."""
    settings = graph.settings
    if settings.cpu_moe_layers <= graph.widths.shape.block_count + 1 - settings.gpu_layers:
        return 0
    return _copied(graph, HostWeights(0, 0, weights.experts_bytes))


def _copied(graph: Graph, weights: HostWeights) -> Any:
    """A copied weight beside what is computed with it, and the masks."""
    widths = graph.widths
    gated = (3 if widths.gated_experts else 1) * widths.experts
    experts = (gated + widths.used * widths.embedding) * graph.row
    network = max(3 * widths.dense, widths.plain) * graph.row
    stage = largest(
        (weights.layer_bytes + network) * (weights.layer_bytes > 0),
        (weights.experts_bytes + experts) * (weights.experts_bytes > 0),
    )
    # Of fused QKV a product is alive beside the cache, else streams are.
    streams = _STREAMS_BESIDE_CACHE * graph.residual * (weights.layer_bytes > 0)
    beside = stage if widths.fused_qkv else streams
    return larger(stage, _copied_cache(graph, weights) + beside) + inputs.masks(graph)


def _copied_cache(graph: Graph, weights: HostWeights) -> Any:
    """K and V of one layer on the host, which come to the device for its attention."""
    widths = graph.widths
    if not weights.layer_bytes or not graph.settings.kv_offload or widths.shape.mla:
        return 0
    cells = graph.cells if widths.has_full else graph.window_cells
    return HALF_BYTES * cells * (widths.key + widths.kv)
