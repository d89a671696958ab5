"""Recurrent states: which rows are read, and where they are written.

Source: llama.cpp b11434, ``build_rs`` in ``llama-graph.cpp``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import F32, I32, Tensor

ReadStates = Callable[[Tensor, Tensor], Tensor]
"""An operation that reads rows of the states itself, given the states and which rows."""


@dataclass(frozen=True, slots=True)
class StateInputs:
    """Which states the sequences of the micro-batch continue.

    Attributes:
        ids: the state of every sequence.
        main: of the sequences in the micro-batch.
        tail: of all but the first.
    """

    ids: Tensor
    main: Tensor
    tail: Tensor


def state_inputs(b: Building) -> StateInputs:
    """The inputs of every recurrent layer."""
    count = b.batch.states
    ids = b.input("rs_s_copy", I32, count)
    main = op.view(ids, (b.batch.sequences,))
    return StateInputs(ids, main, op.view(ids, (count - 1,), offset=ids.nb[0]))


def rolling_state(b: Building, index: int, elements: int) -> Tensor:
    """The states that roll with the tokens (convolution, token shift), a row a sequence."""
    return b.cache("cache_r", index, F32, (elements, _rows(b), 1, 1))


def scanned_state(b: Building, index: int, elements: int) -> Tensor:
    """The states proper, a row a sequence."""
    return b.cache("cache_s", index, F32, (elements, _rows(b), 1, 1))


def _rows(b: Building) -> int:
    return b.batch.states * b.batch.kept_states


def read_states(
    b: Building, inputs: StateInputs, states: Tensor, reader: ReadStates | None = None
) -> Tensor:
    """The states of the micro-batch's sequences; those of others move up in the cache.

    Without a ``reader`` the rows are copied out.
    """
    size, count, sequences = states.ne[0], b.batch.states, b.batch.sequences
    rows = op.reshape(states, size, states.ne[1])
    b.expand(op.scale_in_place(op.view(rows, (size,))))
    ids = inputs.ids if reader is None else inputs.tail
    skipped = count - ids.ne[0]
    everything = op.get_rows(rows, ids)
    if reader is None:
        result = op.view(everything, (size, sequences), (everything.nb[1],))
    else:
        result = reader(rows, inputs.main)
    b.expand(result)
    others = count - sequences
    stride = everything.nb[1]
    further = op.view(everything, (size, others), (stride,), (sequences - skipped) * stride)
    target = op.view(states, (size, others), (states.nb[1],), sequences * states.nb[1])
    b.expand(op.copy_into(further, target))
    return result
