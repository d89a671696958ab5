"""Which backend computes what, and what is copied, worked out by hand from ``ggml-backend.cpp``."""

from __future__ import annotations

import pytest
from memplan.engines.llama_cpp.graph.backends import operations, processor
from memplan.engines.llama_cpp.graph.flat import (
    HOST_BUFFER,
    REPACKED_BUFFER,
    FlatGraph,
    Op,
)
from memplan.engines.llama_cpp.graph.scheduler import (
    PIPELINE_COPIES,
    UnsupportedGraphError,
    split_graph,
)
from small_graphs import Sketch, buffers_bytes, device, host


def _runs(sketch: Sketch, *backends, **options) -> list[tuple[int, list[str], int]]:
    """The backend of each run, its operations, and how many tensors are copied for it."""
    split = split_graph(sketch.flat(), [*backends, host()], **options)
    return [
        (run.backend, [split.graph.ops[node].name for node in run.nodes], len(run.inputs))
        for run in split.splits
    ]


def test_that_work_is_done_where_the_weights_are() -> None:
    sketch = Sketch()
    stream = sketch.node(Op.GET_ROWS, 16, sketch.weight(16, buffer=HOST_BUFFER), sketch.input(1))
    stream = sketch.node(Op.MUL_MAT, 16, sketch.weight(16), stream)
    sketch.node(Op.RMS_NORM, 16, stream)
    assert _runs(sketch, device()) == [(1, ["GET_ROWS"], 0), (0, ["MUL_MAT", "RMS_NORM"], 1)]


def test_that_a_copy_is_shared_by_all_nodes_of_a_backend() -> None:
    sketch = Sketch()
    mask = sketch.input(64)
    weight = sketch.weight(16)
    first = sketch.node(Op.MUL_MAT, 16, weight, mask)
    second = sketch.node(Op.MUL_MAT, 16, sketch.weight(16, buffer=HOST_BUFFER), first)
    third = sketch.node(Op.MUL_MAT, 16, weight, second)
    sketch.node(Op.ADD, 64, third, mask)
    assert [(backend, copied) for backend, _, copied in _runs(sketch, device())] == [
        (0, 1), (1, 1), (0, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "backend"), [(31, 1), (32, 0)])
def test_that_a_device_takes_a_product_over_from_32_rows_on(rows: int, backend: int) -> None:
    sketch = Sketch()
    weight = sketch.weight(16, 16, buffer=HOST_BUFFER)
    sketch.node(Op.MUL_MAT, 16, weight, sketch.input(16, rows), rows=rows)
    taking = device(offloads=operations.offloads)
    assert _runs(sketch, taking)[0][0] == backend


def test_that_repacked_weights_are_multiplied_by_the_processor() -> None:
    sketch = Sketch()
    weight = sketch.weight(16, 16, buffer=REPACKED_BUFFER)
    sketch.node(Op.MUL_MAT, 16, weight, sketch.input(16, 512), rows=512)
    backends = [device(offloads=operations.offloads), processor.processor()]
    split = split_graph(sketch.flat(), backends)
    assert [run.backend for run in split.splits] == [1]


def test_that_blas_takes_large_products_on_the_host() -> None:
    sketch = Sketch()
    weight = sketch.weight(64, 64, buffer=HOST_BUFFER)
    stream = sketch.node(Op.MUL_MAT, 64, weight, sketch.input(64, 32), rows=32)
    sketch.node(Op.RMS_NORM, 64, stream, rows=32)
    backends = [processor.blas(), processor.processor()]
    split = split_graph(sketch.flat(), backends)
    # Both compute in the same memory: nothing is copied, and there is one buffer.
    assert [(run.backend, run.inputs) for run in split.splits] == [(0, ()), (1, ())]
    assert split.buffer_owners == (1,)


def test_that_each_weight_of_the_host_has_a_run_of_its_own() -> None:
    sketch = Sketch()
    stream = sketch.input(16, 32)
    for _ in range(3):
        weight = sketch.weight(16, 16, buffer=HOST_BUFFER)
        stream = sketch.node(Op.MUL_MAT, 16, weight, stream, rows=32)
    backends = [device(offloads=operations.offloads), host()]
    split = split_graph(sketch.flat(), backends)
    assert [(run.backend, len(run.inputs)) for run in split.splits] == [(0, 2), (0, 1), (0, 1)]
    # One weight at a time: the input, two results, one weight.
    assert buffers_bytes(split, backends)[0] == (2048 + 2048 + 1024,)


def test_that_an_operation_which_a_device_lacks_goes_to_the_host() -> None:
    def all_but_scans(graph: FlatGraph, tensor: int) -> bool:
        return graph.ops[tensor] is not Op.SSM_SCAN

    sketch = Sketch()
    stream = sketch.node(Op.MUL_MAT, 16, sketch.weight(16), sketch.input(16))
    stream = sketch.node(Op.SSM_SCAN, 16, stream)
    sketch.node(Op.MUL_MAT, 16, sketch.weight(16), stream)
    assert _runs(sketch, device(supports=all_but_scans)) == [
        (0, ["MUL_MAT"], 1),
        (1, ["SSM_SCAN"], 1),
        (0, ["MUL_MAT"], 1),
    ]


def test_that_a_cache_in_a_device_without_the_operation_is_refused() -> None:
    def all_but_writes(graph: FlatGraph, tensor: int) -> bool:
        return graph.ops[tensor] is not Op.SET_ROWS

    sketch = Sketch()
    cache = sketch.cache(16)
    sketch.view(cache, Op.SET_ROWS, sketch.node(Op.MUL_MAT, 16, sketch.weight(16)))
    with pytest.raises(UnsupportedGraphError) as refused:
        _runs(sketch, device(supports=all_but_writes))
    assert refused.value.op is Op.SET_ROWS


def _two_layers() -> tuple[Sketch, int]:
    """Two products on two devices, with a norm between them that has no weight."""
    sketch = Sketch()
    stream = sketch.node(Op.MUL_MAT, 16, sketch.weight(16, buffer=0), sketch.input(16))
    norm = sketch.node(Op.RMS_NORM, 16, stream)
    sketch.node(Op.MUL_MAT, 16, sketch.weight(16, buffer=1), norm)
    return sketch, norm


def test_that_what_has_no_weight_follows_the_node_before() -> None:
    sketch, _ = _two_layers()
    assert [names for _, names, _ in _runs(sketch, device(0), device(1))] == [
        ["MUL_MAT", "RMS_NORM"],
        ["MUL_MAT"],
    ]


def test_that_a_pinned_node_stays_on_its_device() -> None:
    sketch, norm = _two_layers()
    assert [names for _, names, _ in _runs(sketch, device(0), device(1), pins={norm: 1})] == [
        ["MUL_MAT"],
        ["RMS_NORM", "MUL_MAT"],
    ]


def test_that_a_pipeline_has_every_input_four_times() -> None:
    def bytes_of(copies: int) -> list[tuple[int, ...]]:
        sketch, _ = _two_layers()
        backends = [device(0), device(1), host()]
        return buffers_bytes(split_graph(sketch.flat(), backends, copies=copies), backends)

    first, second, inputs = bytes_of(PIPELINE_COPIES)
    # On each device four copies of what comes in; the products as without.
    assert (first, second, inputs) == ((4 * 64 + 64,), (4 * 64 + 64,), (4 * 64,))
    assert bytes_of(1) == [(2 * 64,), (2 * 64,), (64,)]


def test_that_the_given_graph_stays_as_it_was() -> None:
    sketch, _ = _two_layers()
    graph = sketch.flat()
    before = list(graph.sources)
    split_graph(graph, [device(0), device(1), host()], copies=PIPELINE_COPIES)
    assert graph.sources == before
    assert not any(graph.is_output)
