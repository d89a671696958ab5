"""Questions that backends ask before they treat several operations as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memplan.engines.llama_cpp.graph.flat import FlatGraph


class Keeping:
    """What must live until a node has been computed, each tensor once (``add_alloc_dep``)."""

    def __init__(self) -> None:
        self._kept: dict[int, list[int]] = {}

    def keep(self, tensor: int, until: int) -> None:
        """Keep a tensor alive until a node."""
        alive = self._kept.setdefault(until, [])
        if tensor not in alive:
            alive.append(tensor)

    def keep_operands(self, graph: FlatGraph, nodes: Sequence[int], until: int) -> None:
        """Keep what a group of nodes reads from outside the group."""
        seen: set[int] = set()
        for node in nodes:
            for source in graph.sources[node]:
                if source not in seen:
                    seen.add(source)
                    self.keep(source, until)
            seen.add(node)

    @property
    def kept(self) -> Mapping[int, Sequence[int]]:
        """For each node what lives until then."""
        return self._kept


def is_closed(
    graph: FlatGraph, group: Sequence[int], outputs: Sequence[int], uses: Mapping[int, int]
) -> bool:
    """Whether nobody outside a group reads what is none of its outputs.

    Source: ``ggml_can_fuse_subgraph_ext``, whose operations have been compared before.
    """
    inside = set(group)
    for place, node in enumerate(group):
        if node in outputs:
            continue
        if graph.is_output[node]:
            return False
        reads = sum(graph.sources[later].count(node) for later in group[place + 1 :])
        if reads != uses[node]:
            return False
        base = graph.view_of[node]
        if base != node and base not in inside and not graph.is_weight[base]:
            return False
    return True
