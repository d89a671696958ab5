"""A model at a smaller quantisation: its tensors' sizes worked out block by block."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from memplan.model import Model
from memplan.reader.header import Tensor
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME, TensorType

TARGET_TYPES: Final = ("Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K")
"""Types to which a model can be made smaller, the mildest first."""

_FALLBACK_TYPES = ("Q5_0", "Q4_0")
_OUTPUT_TENSORS = frozenset({"output.weight", "token_embd.weight"})
_LEAST_OUTPUT_TYPE = "Q6_K"


def smaller_types(model: Model) -> list[str]:
    """The target types with fewer bits than the model has a weight, the mildest first."""
    elements = sum(tensor.elements for tensor in model.tensors)
    return [
        name
        for name in TARGET_TYPES
        if _density(TENSOR_TYPES_BY_NAME[name]) * elements < model.weights_bytes
    ]


def requantise(model: Model, target_name: str) -> Model:
    """The model with every larger matrix at ``target_name``.

    An estimate of what a converter makes: mixtures such as ``Q4_K_M`` keep a few tensors larger.
    The embedding and the output stay at ``Q6_K`` or more, and a row that is no whole number of
    blocks gets the largest older type that divides it, as llama.cpp's quantiser does.
    """
    target = TENSOR_TYPES_BY_NAME[target_name]
    tensors = tuple(_smaller(tensor, target) for tensor in model.tensors)
    weights_bytes = sum(tensor.bytes for tensor in tensors)
    difference = model.weights_bytes - weights_bytes
    return replace(
        model,
        quantisation=target_name,
        tensors=tensors,
        weights_bytes=weights_bytes,
        file_bytes=max(model.file_bytes - difference, 0),
        complete_bytes=model.complete_bytes - difference,
    )


def _smaller(tensor: Tensor, target: TensorType) -> Tensor:
    if len(tensor.dimensions) < 2 or tensor.type_name.startswith(("I", "F64")):
        return tensor
    if tensor.name in _OUTPUT_TENSORS:
        target = max(target, TENSOR_TYPES_BY_NAME[_LEAST_OUTPUT_TYPE], key=_density)
    names = (target.name, *_FALLBACK_TYPES)
    for tensor_type in (TENSOR_TYPES_BY_NAME[name] for name in names):
        if tensor.dimensions[0] % tensor_type.block_elements == 0:
            size = tensor_type.row_bytes(tensor.elements)
            if size < tensor.bytes and not _is_small(tensor):
                return tensor._replace(type_name=tensor_type.name, bytes=size)
            return tensor
    return tensor


def _is_small(tensor: Tensor) -> bool:
    """Whether a converter leaves the tensor as it is: routers, convolutions and states."""
    return tensor.type_name == "F32"


def _density(tensor_type: TensorType) -> float:
    """Bytes an element, which order types as their bits do."""
    return tensor_type.block_bytes / tensor_type.block_elements
