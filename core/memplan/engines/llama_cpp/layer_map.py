"""Where the layers of a model went: the memory of each, and that of its experts."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.overrides import is_expert, overrides_by_layer
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.weights import next_token_tensors, tensors_by_layer
from memplan.model import Model


@dataclass(frozen=True, slots=True)
class PlacedLayer:
    """One layer with its place.

    Attributes:
        index: its number; that of the output layer is the count of layers.
        memory: the memory of the layer and its cache.
        expert_memories: the memories of its experts; empty if it has none.
        in_part: whether some of its tensors are elsewhere, but not just its experts.
    """

    index: int
    memory: int
    expert_memories: frozenset[int]
    in_part: bool


def placed_layers(
    model: Model, placement: Placement, *, next_tokens: bool = False
) -> tuple[PlacedLayer, ...]:
    """Every loaded layer in order, the output layer last.

    ``next_tokens`` says that those are loaded, too, which draft tokens.
    """
    loaded = dict(tensors_by_layer(model, placement))
    if next_tokens:
        loaded |= {n: tuple(found) for n, found in next_token_tensors(model, placement).items()}
    by_layer = sorted(loaded.items())
    overrides = overrides_by_layer(placement.overrides, (index for index, _tensors in by_layer))
    found = []
    for index, tensors in by_layer:
        home = placement.of_layer(index)
        experts = frozenset(tensor.memory for tensor in tensors if is_expert(tensor.name))
        others = {tensor.memory for tensor in tensors if not is_expert(tensor.name)}
        in_part = len(experts) > 1 or (index in overrides and not others <= {home})
        found.append(PlacedLayer(index, home, experts, in_part))
    output = PlacedLayer(len(placement.layers) - 1, placement.of_output(), frozenset(), False)
    return (*found, output)
