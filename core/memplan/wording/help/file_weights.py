"""The bytes of a file's tensors as a sum over their types."""

from __future__ import annotations

from memplan.calculation import Expression, Number, Operator, Quantity, calculation
from memplan.planning.planner import Plan


def file_weights(plan: Plan) -> Expression:
    """The sum, for any engine that loads the file as it is."""
    by_type: dict[str, int] = {}
    for tensor in plan.model.tensors:
        by_type[tensor.type_name] = by_type.get(tensor.type_name, 0) + tensor.bytes
    parts = [Number(count, Quantity.BYTES, name) for name, count in by_type.items()]
    return calculation(Operator.SUM, *parts) if parts else Number(0, Quantity.NOTHING)
