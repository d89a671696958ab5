"""Which tensors are read after the graph was computed, so that their memory is given to no other.

Source: ``llm_graph_result::set_outputs`` of ``llama-graph.cpp``: the logits, the embeddings (what
the last norm makes), and the stream before rows are chosen, where that is done last: a context for
next tokens reads it.
"""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph

_NORMS: Final = frozenset({Op.RMS_NORM, Op.NORM, Op.L2_NORM})
_WEIGHED: Final = frozenset({Op.MUL, Op.ADD})

_WITHOUT_NEXT_TOKENS: Final = frozenset({"gemma3n"})
"""Architectures that choose rows last and keep nothing for next tokens."""


def mark_outputs(graph: ModelGraph) -> None:
    """Mark the outputs of a graph whose nodes are all there."""
    last = graph.nodes[-1]
    graph.mark_output(last)
    product = next((node for node in reversed(graph.nodes) if _is_logits(graph, node)), None)
    embeddings = last if product is None else graph.sources[product][1]
    while graph.ops[embeddings] is Op.SCALE:
        embeddings = graph.sources[embeddings][0]
    graph.mark_output(embeddings)
    if graph.shape.name in _WITHOUT_NEXT_TOKENS:
        return
    for chosen in (embeddings, _normed(graph, embeddings)):
        if graph.ops[chosen] is Op.GET_ROWS:
            graph.mark_output(graph.sources[chosen][0])


def _is_logits(graph: ModelGraph, node: int) -> bool:
    """Whether a node is the projection to the vocabulary."""
    return graph.ops[node] is Op.MUL_MAT and graph.is_weight(graph.sources[node][0])


def _normed(graph: ModelGraph, embeddings: int) -> int:
    """What the last norm reads."""
    while graph.ops[embeddings] in _WEIGHED:
        embeddings = graph.sources[embeddings][0]
    return graph.sources[embeddings][0] if graph.ops[embeddings] in _NORMS else embeddings
