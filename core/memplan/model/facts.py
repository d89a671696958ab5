"""A model's facts as JSON, and back: enough to plan it again without its file.

Only what formulas need: the dimensions under the architecture's own keys, and the tensor table.
No vocabulary, no chat template, no path.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import reprlib
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

from memplan.language import tr
from memplan.model import Model, resolve_model
from memplan.model.parts import resolve_part, with_part
from memplan.reader.errors import InvalidHeaderError
from memplan.reader.header import (
    SCALAR_FORMATS,
    Array,
    ByteOrder,
    Header,
    LongText,
    Tensor,
    Value,
    ValueType,
)
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME
from memplan.unsigned import check_u64

_KEPT_KEYS: Final = frozenset(
    {"general.architecture", "general.name", "general.file_type", "general.type"}
)
_MAX_TENSORS = 2**16
_MAX_DIMENSIONS = 4
_MAX_PARTS = 64
_LONGEST_REASON: Final = 200
_WRONG_FACTS: Final = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
)
"""What a value of another type, or none that its type can hold, leads to."""


def model_to_facts(model: Model) -> dict[str, Any]:
    """The facts as an object; the same for the same header wherever it lies."""
    facts = _facts(
        model.metadata.values, model.tensors, model.file_bytes, model.complete_bytes, model.name
    )
    if model.parts:
        facts["parts"] = [
            _facts(
                part.header.metadata,
                part.header.tensors,
                part.header.file_bytes,
                part.header.complete_bytes,
                part.name,
            )
            for part in model.parts
        ]
    return facts


def _facts(
    values: Mapping[str, Value],
    tensors: Iterable[Tensor],
    file_bytes: int,
    complete_bytes: int,
    name: str,
) -> dict[str, Any]:
    architecture = values.get("general.architecture")
    prefix = f"{architecture.value}." if architecture is not None else ""
    return {
        "metadata": {
            key: _value_to_json(value)
            for key, value in values.items()
            if ((prefix and key.startswith(prefix)) or key in _KEPT_KEYS)
            and not isinstance(value.value, LongText)
        },
        "tensors": [
            [tensor.name, list(tensor.dimensions), tensor.type_name, tensor.bytes]
            for tensor in tensors
        ],
        "name": name,
        "file_bytes": file_bytes,
        "complete_bytes": complete_bytes,
    }


def header_hash(model: Model) -> str:
    """SHA-256 of metadata and tensor table, in hexadecimal: tells two files apart."""
    facts = model_to_facts(model)
    text = json.dumps([facts["metadata"], facts["tensors"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def model_from_facts(found: object, source: str) -> Model:
    """The model that such an object describes.

    Raises:
        GgufError: the object does not describe a model; ``source`` is named as the place.
    """
    try:
        model = resolve_model(_header(found, source))
        for part in _parts(found):
            model = with_part(model, resolve_part(_header(part, str(part["name"]))))
        return model
    except _WRONG_FACTS as error:
        found = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        raise InvalidHeaderError(source, None, tr("a model's facts"), found) from error


def _parts(found: Any) -> list[Any]:
    parts = found.get("parts", [])
    if len(parts) > _MAX_PARTS:
        raise ValueError(tr("too many files beside the model"))
    return list(parts)


def _header(found: Any, source: str) -> Header:
    if len(found["tensors"]) > _MAX_TENSORS:
        raise ValueError(tr("too many tensors"))
    metadata = {str(key): _value_from_json(value) for key, value in found["metadata"].items()}
    metadata.setdefault("general.name", Value(ValueType.STRING, str(found["name"])))
    return Header(
        source=source,
        version=3,
        byte_order=ByteOrder.LITTLE,
        metadata=metadata,
        tensors=tuple(_tensor(row) for row in found["tensors"]),
        alignment=32,
        data_offset=0,
        file_bytes=check_u64("file_bytes", found["file_bytes"]),
        complete_bytes=check_u64("complete_bytes", found["complete_bytes"]),
    )


def _tensor(row: Any) -> Tensor:
    name, dimensions, type_name, size = row
    if len(dimensions) > _MAX_DIMENSIONS:
        raise ValueError(tr("tensor {name} has too many dimensions").format(name=name))
    shape = tuple(check_u64("dimension", dimension) for dimension in dimensions)
    check_u64("elements", math.prod(shape))
    known = TENSOR_TYPES_BY_NAME.get(type_name)
    return Tensor(
        str(name), shape, known.name if known else str(type_name), check_u64("bytes", size), 0
    )


def _value_to_json(value: Value) -> list[Any]:
    if not isinstance(value.value, Array):
        return [value.type.name, value.value]
    raw = value.value.raw
    elements = None if raw is None else base64.b64encode(raw).decode()
    array = value.value
    return [value.type.name, array.element_type.name, array.count, array.byte_order, elements]


def _value_from_json(found: Any) -> Value:
    kind = ValueType[found[0]]
    if kind is not ValueType.ARRAY:
        scalar: Any = found[1]
        if not isinstance(scalar, str if kind is ValueType.STRING else int | float):
            raise TypeError(
                tr("{name} cannot be {value}").format(name=kind.name, value=reprlib.repr(scalar))
            )
        if kind is not ValueType.STRING:
            struct.pack(f"<{SCALAR_FORMATS[kind]}", scalar)  # raises where it has no room
        return Value(kind, scalar)
    _, element, count, order, text = found
    raw = None if text is None else base64.b64decode(text, validate=True)
    array = Array(ValueType[element], check_u64("count", count), 0, raw, ByteOrder(order))
    array.numbers()  # Raises unless count, type and bytes agree.
    return Value(kind, array)
