"""A model's graph while it is built, out of the pieces that llama.cpp has for all of them."""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.pieces.attention import Attention
from memplan.engines.llama_cpp.graph.pieces.basis import (
    INPUT_LAYER,
    Batch,
    CacheInputs,
    Homes,
    MissingTensorError,
    Pins,
    StateInputs,
)
from memplan.engines.llama_cpp.graph.pieces.networks import Activation, Gating, Networks
from memplan.engines.llama_cpp.graph.pieces.states import States

__all__ = [
    "INPUT_LAYER", "Activation", "Batch", "CacheInputs", "Gating", "Homes", "MissingTensorError",
    "ModelGraph", "Pins", "StateInputs",
]  # fmt: skip


class ModelGraph(Attention, Networks, States):
    """A graph to which every piece can be added."""

    def logits(self, stream: int, *, bias: bool = True) -> int:
        """The projection to the vocabulary, with the token embedding where there is no other."""
        output = self.of_output("output.weight")
        if output is None:
            output = self.of_output("token_embd.weight")
        result = self.product(output, stream, self.of_output("output.scale"))
        added = self.of_output("output.bias") if bias else None
        return result if added is None else self.add(result, added)
