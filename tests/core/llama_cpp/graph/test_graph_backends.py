"""What backends have, allocate and order, by hand from their sources."""

from __future__ import annotations

import pytest
from memplan.engines.llama_cpp.graph.backends import cuda, metal, operations, processor, vulkan
from memplan.engines.llama_cpp.graph.backends.layouts import F16, TYPE_NUMBERS
from memplan.engines.llama_cpp.graph.flat import HOST_BUFFER, FlatGraph, Op
from small_graphs import Sketch

TOKENS, HEAD, HEADS, CELLS = 64, 128, 8, 4096


def _attention(kind: str, value_kind: str | None = None) -> tuple[FlatGraph, int]:
    """Flash attention of a micro-batch over a cache of these types, one KV head for two."""
    sketch = Sketch()
    queries = sketch.node(Op.MUL_MAT, HEAD, sketch.weight(HEAD))
    keys = sketch.cache(HEAD)
    values = sketch.cache(HEAD)
    mask = sketch.input(CELLS)
    node = sketch.node(Op.FLASH_ATTN_EXT, HEAD, queries, keys, values, mask)
    graph = sketch.flat()
    for tensor, name in ((keys, kind), (values, value_kind or kind), (mask, "F16")):
        graph.types[tensor] = TYPE_NUMBERS[name]
    graph.shapes[queries] = (HEAD, TOKENS, HEADS, 1)
    graph.shapes[node] = (HEAD, HEADS, TOKENS, 1)
    graph.strides[node] = (4, 512, 512 * HEADS, 512 * HEADS * TOKENS)
    for tensor in (keys, values):
        graph.shapes[tensor] = (HEAD, CELLS, HEADS // 2, 1)
        graph.strides[tensor] = (2, 1024, 256, 1024 * CELLS)
    graph.shapes[mask] = (CELLS, TOKENS, 1, 1)
    graph.strides[mask] = (2, 2 * CELLS, 2 * CELLS * TOKENS, 2 * CELLS * TOKENS)
    return graph, node


OUTPUT_BYTES = 4 * HEAD * HEADS * TOKENS
COPY_BYTES = 2 * HEAD * CELLS * HEADS // 2


@pytest.mark.parametrize(
    ("kind", "value_kind", "copies"),
    [("F16", "F16", 0), ("Q8_0", "Q8_0", 2), ("BF16", "BF16", 2), ("Q8_0", "F16", 1)],
)
def test_that_cuda_keeps_16_bit_copies_behind_attention(
    kind: str, value_kind: str, copies: int
) -> None:
    graph, node = _attention(kind, value_kind)
    assert cuda.allocated_bytes(graph, node) == OUTPUT_BYTES + copies * COPY_BYTES


def test_that_metal_always_keeps_them_and_its_partial_results() -> None:
    graph, node = _attention("F16")
    tail = 64 * (2 * 1024 * HEADS // 2 + 2 * TOKENS)
    blocks = CELLS // 64 * TOKENS // 8
    partial = 4 * 32 * HEADS * 32 * (HEAD + 2)
    assert metal.allocated_bytes(graph, node) == (
        OUTPUT_BYTES + tail + blocks + partial + 2 * COPY_BYTES
    )


def test_that_vulkan_keeps_nothing() -> None:
    graph, node = _attention("Q8_0")
    assert vulkan.device(0).allocated_bytes(graph, node) == OUTPUT_BYTES


@pytest.mark.parametrize(
    ("kind", "value_kind", "on"),
    [
        ("F16", "F16", {"cuda", "vulkan", "metal"}),
        ("Q8_0", "F16", {"cuda", "vulkan"}),
        ("IQ4_NL", "IQ4_NL", {"vulkan"}),
        ("BF16", "F16", {"cuda"}),
    ],
)
def test_that_attention_depends_on_the_types_of_the_cache(
    kind: str, value_kind: str, on: set[str]
) -> None:
    graph, node = _attention(kind, value_kind)
    devices = {"cuda": cuda.device(0), "vulkan": vulkan.device(0), "metal": metal.device(0, 2**40)}
    assert {name for name, each in devices.items() if each.supports(graph, node)} == on


def test_that_vulkan_refuses_operands_beyond_its_storage_range() -> None:
    sketch = Sketch()
    node = sketch.node(Op.RMS_NORM, 2**30, sketch.input(2**30))
    graph = sketch.flat()
    assert not vulkan.device(0).supports(graph, node)
    assert vulkan.device(0, largest_operand_bytes=2**33).supports(graph, node)


def test_that_cuda_pads_the_last_row_of_packed_weights() -> None:
    sketch = Sketch()
    weight = sketch.weight(768, 2)
    graph = sketch.flat()
    graph.types[weight] = TYPE_NUMBERS["Q4_K"]
    graph.strides[weight] = (144, 432, 864, 864)
    # Three blocks of 256 are filled up to four: one block more behind the last row.
    assert cuda.allocated_bytes(graph, weight) == 864 + 144


def test_that_cuda_reads_no_memory_of_another_card() -> None:
    sketch = Sketch()
    node = sketch.node(Op.MUL, 16, sketch.input(16), sketch.weight(16, buffer=1))
    graph = sketch.flat()
    assert not cuda.device(0).supports(graph, node)
    assert cuda.device(1).supports(graph, node)


def test_that_experts_of_metal_have_room_for_the_rows_of_each_expert() -> None:
    sketch = Sketch()
    experts, ids = sketch.weight(64, 32), sketch.input(2, TOKENS)
    node = sketch.node(Op.MUL_MAT_ID, 32, experts, sketch.input(64), ids)
    graph = sketch.flat()
    graph.shapes[experts] = (64, 32, 16, 1)
    assert metal.allocated_bytes(graph, node) == 4 * 32 + 4 * 16 + 4 * 16 * TOKENS + 1032


@pytest.mark.parametrize("right", [F16, TYPE_NUMBERS["F32"]])
def test_that_the_processor_multiplies_packed_weights_by_single_numbers_only(right: int) -> None:
    sketch = Sketch()
    weight, operand = sketch.weight(256, buffer=HOST_BUFFER), sketch.input(256)
    node = sketch.node(Op.MUL_MAT, 1, weight, operand)
    graph = sketch.flat()
    graph.types[weight], graph.types[operand] = TYPE_NUMBERS["Q4_K"], right
    assert processor.processor().supports(graph, node) is (right != F16)


def test_that_a_table_without_an_operation_is_refused() -> None:
    with pytest.raises(TypeError, match="ROPE"):
        operations.supports({op: True for op in Op if op is not Op.ROPE})


def _branches() -> tuple[FlatGraph, list[str]]:
    """Two branches that do not depend on each other, one behind the other."""
    sketch = Sketch()
    stream = sketch.input(16)
    for _ in range(2):
        first = sketch.node(Op.MUL_MAT, 16, sketch.weight(16), stream)
        sketch.node(Op.SOFT_MAX, 16, first)
    graph = sketch.flat()
    return graph, [graph.ops[node].name for node in graph.nodes]


def test_that_vulkan_brings_together_what_does_not_depend_on_each_other() -> None:
    graph, before = _branches()
    assert before == ["MUL_MAT", "SOFT_MAX", "MUL_MAT", "SOFT_MAX"]
    order, kept = vulkan.device(0).arrange(graph, graph.nodes)
    assert [graph.ops[node].name for node in order] == [
        "MUL_MAT", "MUL_MAT", "SOFT_MAX", "SOFT_MAX",
    ]  # fmt: skip
    assert not kept


def test_that_metal_moves_nothing_across_an_operation_that_must_not_be_moved() -> None:
    sketch = Sketch()
    stream = sketch.input(16)
    product = sketch.node(Op.MUL_MAT, 16, sketch.weight(16), stream)
    sketch.node(Op.RMS_NORM, 16, product)
    sketch.node(Op.SOFT_MAX, 16, stream)
    sketch.node(Op.MUL_MAT, 16, sketch.weight(16), stream)
    graph = sketch.flat()
    order, _ = metal.device(0, 2**40).arrange(graph, graph.nodes)
    # The norm waits for the first product; the second one is behind the softmax.
    assert list(order) == list(graph.nodes)


def test_that_metal_keeps_a_residual_until_it_is_added() -> None:
    sketch = Sketch()
    residual = sketch.node(Op.MUL_MAT, 16, sketch.weight(16))
    product = sketch.node(Op.MUL_MAT, 16, sketch.weight(16), residual)
    total = sketch.node(Op.ADD, 16, product, residual)
    graph = sketch.flat()
    _, kept = metal.device(0, 2**40).arrange(graph, graph.nodes)
    assert residual in kept[total]
