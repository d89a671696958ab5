"""The stages of a layer: what is alive at once at each wide point of the graph.

The graph allocator reuses every tensor's bytes once it is dead, so a graph needs what lives all
through it and, above that, its widest stage. Layers repeat: how many there are does not matter.
Source: what llama.cpp's graph allocator (``ggml-alloc.c``) holds at its peak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from memplan.engines.llama_cpp.architectures import State
from memplan.engines.llama_cpp.compute.graph import F32_BYTES, Graph
from memplan.engines.llama_cpp.compute.widths import Widths
from memplan.engines.llama_cpp.options import CacheType

HALF_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """A wide point of the graph.

    Attributes:
        name: what is computed there.
        applies: whether a model's graph has it.
        bytes: what is alive there above the persistent part.
    """

    name: str
    applies: Callable[[Widths], bool]
    bytes: Callable[[Graph], Any]


def block_on_top(widths: Widths) -> bool:
    """Whether a block's output lies above the feed-forward network.

    It takes the hole that the queries leave, unless that is too narrow, or closed by K and V.
    """
    between = widths.embedding < widths.query <= 3 * widths.embedding
    closed = widths.query + 2 * widths.kv > 3 * widths.embedding
    return (
        widths.traits.block_on_top
        or (widths.attends and widths.query < widths.embedding)
        or (between and closed)
    )


def dense(graph: Graph) -> Any:
    """Gate, up and their product, all alive: the product is not in place.

    Where they are narrow, the first of them fit in holes of the attention.
    Source: ``llm_graph_context::build_ffn``.
    """
    widths = graph.widths
    on_top = block_on_top(widths)
    times = 3
    if not widths.traits.post_norm and not widths.traits.parallel_block:
        if widths.dense <= widths.embedding:
            times = 1
        elif widths.dense <= (3 if on_top else 2) * widths.embedding:
            times = 2
    elements = times * widths.dense
    if widths.traits.parallel_block:
        elements += widths.query + 2 * widths.kv
    elif on_top:
        elements += widths.embedding
    return elements * graph.row


def plain(graph: Graph) -> Any:
    """A feed-forward network without a gate (``build_ffn``): its activation is in place."""
    widths = graph.widths
    beside = widths.query + 2 * widths.kv if widths.traits.parallel_block else 0
    return (widths.plain + beside) * graph.row


def experts(graph: Graph) -> Any:
    """Gate, up and product of every expert used; beside the product then the experts' outputs.

    The outputs fit in the hole of gate and up unless they are wider; the shared expert is
    alive, too, where its own pair is wider than the residual stream. Experts without a gate
    work in place and leave no hole. Source: ``llm_graph_context::build_moe_ffn``.
    """
    widths = graph.widths
    elements = (3 if widths.gated_experts else 1) * widths.experts
    if widths.embedding > 2 * widths.expert or not widths.gated_experts:
        elements += widths.used * widths.embedding
        if 2 * widths.shared > widths.embedding:
            elements += widths.shared
    if (
        widths.traits.experts_on_top
        or widths.traits.block_on_top
        or widths.query < widths.embedding
    ):
        elements += widths.embedding
    return elements * graph.row


def latent_attention(graph: Graph) -> Any:
    """Queries in the latent space beside the halves that they are joined from.

    Source: ``src/models/deepseek2.cpp``, the absorbed form.
    """
    widths = graph.widths
    a_head = widths.latent_key + 2 * widths.latent + 2 * widths.latent_rope
    return widths.heads * a_head * graph.row


def latent_attention_after_experts(graph: Graph) -> Any:
    """The same in a layer above the outputs of the experts of the layer before."""
    widths = graph.widths
    a_head = 2 * widths.latent + widths.latent_rope
    outputs = (widths.used + 1) * widths.embedding
    return (outputs + widths.heads * a_head) * graph.row


def halved_cache(graph: Graph) -> Any:
    """A 16-bit copy of one layer's 32-bit K and V beside its queries, as flash attention takes.

    Source: ``llm_graph_context::build_attn_mha``.
    """
    widths, settings = graph.widths, graph.settings
    wide_key = settings.cache_type_k is CacheType.F32
    wide_value = settings.cache_type_v is CacheType.F32
    if not settings.flash_attn or not graph.masked_cells or not (wide_key or wide_value):
        return 0
    cells = graph.cells if widths.has_full else graph.window_cells
    copied = HALF_BYTES * cells * (widths.key * wide_key + widths.kv * wide_value)
    beside = widths.key + widths.kv if widths.fused_qkv else 0
    return copied + (widths.query + beside) * graph.row


def gated_delta_net(graph: Graph) -> Any:
    """The convolution's output beside its input, padded by what the state keeps, and QKV.

    Source: ``src/models/delta-net-base.cpp``.
    """
    kernel = graph.widths.shape.ssm_conv_kernel
    rows = 3 * graph.tokens + (kernel - 1) * graph.sequences
    return F32_BYTES * graph.widths.convolved * rows


def state_space(graph: Graph) -> Any:
    """A Mamba-2 block: projection, convolution and the scan with the states of all sequences.

    Source: ``build_mamba2_layer``.
    """
    shape, widths = graph.widths.shape, graph.widths
    inner = shape.ssm_inner_size * graph.row
    kept = F32_BYTES * (shape.ssm_conv_kernel - 1) * widths.convolved * graph.sequences
    return (
        widths.state_projection * graph.row
        + (widths.convolved * graph.row + kept)
        + _other_states(graph)
        + widths.convolved * graph.row
        + inner
        + (scan_states(graph) if scan_is_wider(graph) else 0)
        + widths.traits.scan_on_top * graph.residual
    )


def scan_states(graph: Graph) -> int:
    """The states of all sequences that a scan puts out beside its product."""
    shape = graph.widths.shape
    return F32_BYTES * shape.ssm_state_size * shape.ssm_inner_size * graph.sequences


def scan_is_wider(graph: Graph) -> bool:
    """Whether a scan's output does not fit in the hole of the convolution's input.

    Told for a full micro-batch, lest a short context need more than a long one.
    """
    shape, widths = graph.widths.shape, graph.widths
    tokens = graph.settings.full_micro_batch
    kept = (shape.ssm_conv_kernel - 1) * graph.sequences
    scan = F32_BYTES * shape.ssm_inner_size * tokens + scan_states(graph)
    return scan > F32_BYTES * widths.convolved * (tokens + kept)


def _other_states(graph: Graph) -> int:
    """States of all sequences but one, where the hole of the residual streams is too narrow."""
    others = scan_states(graph) // graph.sequences * (graph.sequences - 1)
    streams = 2 if graph.widths.traits.scan_on_top else 1
    hole = F32_BYTES * streams * graph.widths.embedding * graph.settings.full_micro_batch
    return others if others > hole else 0


def rwkv6(graph: Graph) -> Any:
    """Time mixing of RWKV 6: ten residual streams (``src/models/rwkv6-base.cpp``)."""
    return 10 * graph.residual


def rwkv7(graph: Graph) -> Any:
    """Time mixing of RWKV 7: fifteen residual streams and the states (``rwkv7-base.cpp``)."""
    head = graph.widths.shape.wkv_head_size
    return 15 * graph.residual + F32_BYTES * graph.widths.embedding * (
        graph.tokens + head * graph.sequences
    )


def rwkv7_hybrid(graph: Graph) -> Any:
    """Time mixing of RWKV 7 above the gated feed-forward network of the layer before."""
    return 13 * graph.residual + 2 * graph.widths.dense * graph.row


def _is(state: State) -> Callable[[Widths], bool]:
    return lambda widths: widths.recurrent and widths.shape.architecture.state is state


def _is_rwkv(*names: str) -> Callable[[Widths], bool]:
    return lambda widths: widths.shape.name in names


DENSE: Final = Stage("dense feed-forward network", lambda widths: widths.dense > 0, dense)
EXPERTS: Final = Stage("experts", lambda widths: widths.used > 0, experts)

STAGES: Final = (
    DENSE,
    Stage("plain feed-forward network", lambda widths: widths.plain > 0, plain),
    EXPERTS,
    Stage("32-bit cache", lambda widths: widths.attends and not widths.within_batch, halved_cache),
    Stage("latent attention", lambda widths: widths.shape.mla, latent_attention),
    Stage(
        "latent attention after experts",
        lambda widths: widths.shape.mla and widths.embedding < 2 * widths.expert,
        latent_attention_after_experts,
    ),
    Stage("gated delta net", _is(State.GATED_DELTA), gated_delta_net),
    Stage("state-space block", _is(State.MAMBA2), state_space),
    Stage("RWKV 6 time mixing", _is_rwkv("rwkv6", "rwkv6qwen2"), rwkv6),
    Stage("RWKV 7 time mixing", _is_rwkv("rwkv7"), rwkv7),
    Stage("RWKV 7 in a transformer's shell", _is_rwkv("arwkv7"), rwkv7_hybrid),
)
"""The stages of a layer; a model has those that apply to its widths."""
