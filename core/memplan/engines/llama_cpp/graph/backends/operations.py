"""Tables of which operations a backend has, complete or refused at import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.flat import FlatGraph, Op
from memplan.exhaustive import exhaustive

Question = Callable[[FlatGraph, int], bool]
"""Whether a backend has the operation of this tensor for its operands."""

Rules = Mapping[Op, bool | Question]


def supports(rules: Rules) -> Question:
    """The question that a table of rules answers.

    Raises:
        TypeError: if the table leaves an operation out.
    """
    complete = exhaustive(Op, rules)
    answers = [complete[op] for op in Op]

    def has_operation(graph: FlatGraph, tensor: int) -> bool:
        answer = answers[graph.ops[tensor]]
        return answer if isinstance(answer, bool) else answer(graph, tensor)

    return has_operation


def same(answer: bool | Question, *ops: Op) -> dict[Op, bool | Question]:
    """Rows of a table for operations with the same rule."""
    return dict.fromkeys(ops, answer)


def batch_rows(graph: FlatGraph, tensor: int) -> int:
    """How many rows an operation works on at a time (``get_op_batch_size`` of CUDA and Vulkan)."""
    _, rows, third, fourth = graph.shapes[tensor]
    match graph.ops[tensor]:
        case Op.GET_ROWS:
            return 0
        case Op.MUL_MAT:
            return rows
        case Op.MUL_MAT_ID | Op.ROPE | Op.ROPE_BACK:
            return third
        case _:
            return rows * third * fourth


OFFLOAD_ROWS: Final = 32
"""From so many rows on a device takes over work with weights in host memory
(``GGML_OP_OFFLOAD_MIN_BATCH``)."""


def offloads(graph: FlatGraph, tensor: int) -> bool:
    """Whether CUDA and Vulkan take over an operation with weights in host memory."""
    return batch_rows(graph, tensor) >= OFFLOAD_ROWS
