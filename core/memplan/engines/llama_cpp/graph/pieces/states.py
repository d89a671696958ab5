"""Recurrent states: which are read, and where they are written.

Source: ``build_rs`` in ``llama-graph.cpp``; b11434.
"""

from __future__ import annotations

from collections.abc import Callable

from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.pieces.basis import Basis, StateInputs
from memplan.engines.llama_cpp.recurrent_state import state_elements
from memplan.engines.llama_cpp.shape import Layer


class States(Basis):
    """A graph to which recurrent layers can be added."""

    def states_of(
        self,
        inputs: StateInputs,
        memory: int,
        elements: int,
        scan: Callable[[int, int], int] | None = None,
    ) -> int:
        """The states of the batch's sequences; ``scan`` reads them from the memory itself."""
        batch = self.batch
        states = self.reshape(memory, elements, self.shapes[memory][1])
        # One state is cleared, from which the others that start anew are copied.
        cleared = self.view(states, (elements,))
        self.expand(self.scale_in_place(cleared))
        if not batch.mixed_inputs:
            return self._states_apart(inputs, memory, states, scan)
        copies = inputs.copy if scan is None else inputs.tail
        first = batch.states - self.shapes[copies][0]
        gathered = self.get_rows(states, copies)
        row = self.strides[gathered][1]
        if scan is None:
            result = self.view(gathered, (elements, batch.sequences), (row,))
        else:
            result = scan(states, inputs.main)
        self.expand(result)
        extra = batch.states - batch.sequences
        kept = self.view(gathered, (elements, extra), (row,), (batch.sequences - first) * row)
        own = self.strides[memory][1]
        place = self.view(memory, (elements, extra), (own,), batch.sequences * own)
        self.expand(self.copy(kept, place))
        return result

    def state_width(self, layer: Layer) -> int:
        """Elements of the rolling part of a layer's state, for one sequence."""
        return state_elements(self.shape, layer)[0]

    def _states_apart(
        self,
        inputs: StateInputs,
        memory: int,
        states: int,
        scan: Callable[[int, int], int] | None,
    ) -> int:
        """As up to v0.5.0: states of other sequences are read by an operation of their own."""
        batch, elements = self.batch, self.shapes[states][0]
        others = batch.states - batch.sequences
        read = self.get_rows if scan is None else scan
        result = read(states, inputs.main)
        self.expand(result)
        extra = self.get_rows(states, inputs.tail)
        own = self.strides[memory][1]
        place = self.view(memory, (elements, others), (own,), batch.sequences * own)
        self.expand(self.copy(extra, place))
        return result

    def state_memory(self, side: str, layer: Layer, elements: int) -> int:
        """The tensor of a layer's recurrent memory, a row for each state."""
        key = (f"state.{side}.{layer.index}", 0)
        found = self._leaves.get(key)
        if found is None:
            rows = self.batch.states * self.batch.states_written
            found = self.tensor(F32, elements, rows, buffer=self._homes.cache(layer.index))
            self._leaves[key] = found
        return found
