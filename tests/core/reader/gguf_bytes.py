"""Headers byte by byte, right or wrong, as no writer would write them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from memplan.reader.errors import GgufError
from memplan.reader.header import Header

CODES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


@dataclass(frozen=True)
class KeyValue:
    """A key-value; ``payload`` is what follows the type id, ready made."""

    key: bytes
    type_id: int
    payload: bytes


@dataclass(frozen=True)
class TensorInfo:
    name: bytes = b"token_embd.weight"
    dimensions: Sequence[int] = (32,)
    type_id: int = 0
    offset: int = 0
    data_bytes: int = 128
    dimension_count: int | None = None


@dataclass(frozen=True)
class Gguf:
    """A file: everything that its bytes say, and a way to make them lie."""

    key_values: Sequence[KeyValue] = ()
    tensors: Sequence[TensorInfo] = ()
    version: int = 3
    order: str = "<"
    magic: bytes = b"GGUF"
    tensor_count: int | None = None
    value_count: int | None = None
    alignment: int = 32
    data: bool = True
    tail: bytes = field(default=b"")

    def pack(self, code: str, *numbers: float) -> bytes:
        return struct.pack(self.order + code, *numbers)

    def string(self, raw: bytes) -> bytes:
        return self.pack("Q", len(raw)) + raw

    def header(self) -> bytes:
        parts = [self.magic, self.pack("I", self.version)]
        tensor_count = len(self.tensors) if self.tensor_count is None else self.tensor_count
        value_count = len(self.key_values) if self.value_count is None else self.value_count
        parts.append(self.pack("QQ", tensor_count, value_count))
        for item in self.key_values:
            parts += [self.string(item.key), self.pack("I", item.type_id), item.payload]
        for tensor in self.tensors:
            count = tensor.dimension_count
            parts.append(self.string(tensor.name))
            parts.append(self.pack("I", len(tensor.dimensions) if count is None else count))
            parts.append(self.pack(f"{len(tensor.dimensions)}Q", *tensor.dimensions))
            parts.append(self.pack("IQ", tensor.type_id, tensor.offset))
        return b"".join(parts)

    def content(self) -> bytes:
        content = self.header()
        if self.tensors and self.data:
            content += bytes(-len(content) % self.alignment)
            last = self.tensors[-1]
            content += bytes(last.offset + last.data_bytes)
        return content + self.tail


def scalar(key: str, type_id: int, number: float, order: str = "<") -> KeyValue:
    return KeyValue(key.encode(), type_id, struct.pack(order + CODES[type_id], number))


def text(key: str, value: str | bytes, order: str = "<") -> KeyValue:
    raw = value.encode() if isinstance(value, str) else value
    return KeyValue(key.encode(), 8, struct.pack(f"{order}Q", len(raw)) + raw)


def array(key: str, element_type: int, count: int, elements: bytes, order: str = "<") -> KeyValue:
    head = struct.pack(f"{order}IQ", element_type, count)
    return KeyValue(key.encode(), 9, head + elements)


def strings(values: Sequence[bytes], order: str = "<") -> bytes:
    return b"".join(struct.pack(f"{order}Q", len(value)) + value for value in values)


def model_values(architecture: str = "llama") -> list[KeyValue]:
    """The key-values of the smallest model."""
    return [
        text("general.architecture", architecture),
        scalar(f"{architecture}.block_count", 4, 1),
        scalar(f"{architecture}.embedding_length", 4, 32),
        scalar(f"{architecture}.context_length", 4, 512),
        scalar(f"{architecture}.attention.head_count", 4, 1),
    ]


Read = Callable[[Gguf], Header]
"""Reads a file of these bytes."""

Refuse = Callable[[Gguf], GgufError]
"""Reads a file of these bytes, which must be refused; returns how."""
