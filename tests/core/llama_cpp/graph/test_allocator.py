"""Where ggml lays the tensors of small graphs, worked out by hand from ``ggml-alloc.c``."""

from __future__ import annotations

import pytest
from memplan.engines.llama_cpp.graph.allocator import (
    ENDLESS_BYTES,
    MOST_CHUNKS,
    Move,
    chunk_bytes,
    lifetimes,
)
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.scheduler import split_graph
from small_graphs import Sketch, buffers_bytes, device, host

_TAKE, _GIVE_BACK = 0, 1


def _moves(text: str) -> list[Move]:
    """``+2`` takes the piece of tensor 2, ``-2`` gives it back."""
    kinds = {"+": _TAKE, "-": _GIVE_BACK}
    return [
        Move(kinds[word[0]], int(word[1:]), int(word[1:]), int(word[1:])) for word in text.split()
    ]


def _device_bytes(sketch: Sketch) -> int:
    backends = [device(), host()]
    return sum(buffers_bytes(split_graph(sketch.flat(), backends), backends)[0])


@pytest.mark.parametrize(
    ("moves", "sizes", "peak"),
    [
        ("+0 +1 -0 +2", [64, 32, 64], 96),  # the hole is taken again
        ("+0 +1 -0 +2", [64, 32, 80], 176),  # and not where it is too small
        ("+0 +1 +2 +3 -0 -2 +4 +5", [64, 16, 32, 16, 32, 64], 128),  # the smallest hole that fits
        ("+0 +1 +2 +3 -0 -2 +4", [32, 16, 32, 16, 32], 96),
        ("+0 +1 -1 -0 +2", [32, 32, 96], 96),  # neighbours are one hole again
        ("+0 +1 +2 -0 -2 -1 +3", [32, 32, 32, 96], 96),
    ],
)
def test_that_a_tensor_takes_the_smallest_hole_that_is_large_enough(
    moves: str, sizes: list[int], peak: int
) -> None:
    assert chunk_bytes(_moves(moves), sizes, ENDLESS_BYTES) == (peak,)


def test_that_of_equal_holes_the_later_one_is_taken() -> None:
    # Two holes of 32 bytes at 0 and 48; tensor 4 takes the later one, and 6 finds one of 48.
    moves = _moves("+0 +1 +2 +3 -0 -2 +4 -1 +6")
    assert chunk_bytes(moves, [32, 16, 32, 16, 32, 0, 48], ENDLESS_BYTES) == (96,)


def test_that_what_does_not_fit_into_the_largest_buffer_opens_another() -> None:
    assert chunk_bytes(_moves("+0 +1"), [64, 64], 100) == (64, 64)
    assert chunk_bytes(_moves("+0 +1"), [32, 64], 100) == (96,)


def test_that_a_tensor_larger_than_the_largest_buffer_gets_one_of_its_own() -> None:
    assert chunk_bytes(_moves("+0 +1"), [32, 500], 100) == (32, 500)


def test_that_the_chunk_which_grows_least_is_chosen() -> None:
    # Chunk 0 ends at 80, chunk 1 was 96 and is empty again: it takes 90 without growing.
    assert chunk_bytes(_moves("+0 +1 -1 +2"), [80, 96, 90], 100) == (80, 96)


def test_that_the_last_chunk_has_no_limit() -> None:
    tensors = MOST_CHUNKS + 4
    moves = _moves(" ".join(f"+{number}" for number in range(tensors)))
    chunks = chunk_bytes(moves, [64] * tensors, 64)
    assert chunks == (64,) * (MOST_CHUNKS - 1) + (64 * 5,)


def test_that_sizes_of_another_context_need_no_second_walk() -> None:
    sketch = Sketch()
    weight = sketch.weight(8)
    first = sketch.node(Op.MUL_MAT, 8, weight)
    sketch.node(Op.MUL_MAT, 8, weight, first)
    (moves, _) = lifetimes(split_graph(sketch.flat(), [device(), host()]).placed, 2)
    sizes = [16] * 8
    assert chunk_bytes(moves, sizes, ENDLESS_BYTES) == (32,)
    assert chunk_bytes(moves, [10 * size for size in sizes], ENDLESS_BYTES) == (320,)


def test_that_a_sum_is_written_over_its_last_use_of_an_operand() -> None:
    sketch = Sketch()
    weight = sketch.weight(16)
    left = sketch.node(Op.MUL_MAT, 16, weight)
    right = sketch.node(Op.MUL_MAT, 16, weight)
    total = sketch.node(Op.ADD, 16, left, right)
    sketch.node(Op.RMS_NORM, 16, total)
    assert _device_bytes(sketch) == 2 * 64


def test_that_nothing_is_written_over_what_is_still_read() -> None:
    sketch = Sketch()
    weight = sketch.weight(16)
    stream = sketch.node(Op.MUL_MAT, 16, weight)
    norm = sketch.node(Op.RMS_NORM, 16, stream)
    sketch.node(Op.ADD, 16, norm, stream)
    assert _device_bytes(sketch) == 2 * 64


def test_that_another_layout_is_not_written_over() -> None:
    sketch = Sketch()
    weight = sketch.weight(16)
    stream = sketch.node(Op.MUL_MAT, 16, weight)
    sketch.node(Op.ADD, 8, stream, stream)
    assert _device_bytes(sketch) == 64 + 32


def test_that_an_output_is_neither_given_back_nor_written_over() -> None:
    def chain(kept: bool) -> Sketch:
        sketch = Sketch()
        weight = sketch.weight(16)
        first = sketch.node(Op.MUL_MAT, 16, weight)
        if kept:
            sketch.output(first)
        second = sketch.node(Op.RMS_NORM, 16, first)
        sketch.node(Op.MUL_MAT, 16, weight, second)
        return sketch

    assert _device_bytes(chain(kept=False)) == 2 * 64
    assert _device_bytes(chain(kept=True)) == 3 * 64


def test_that_a_view_keeps_what_it_shows() -> None:
    def chain(viewed: bool) -> Sketch:
        sketch = Sketch()
        weight = sketch.weight(16)
        first = sketch.node(Op.MUL_MAT, 16, weight)
        shown = sketch.view(first) if viewed else first
        second = sketch.node(Op.MUL_MAT, 16, weight, first)
        third = sketch.node(Op.MUL_MAT, 16, weight, second)
        sketch.node(Op.MUL_MAT, 16, shown if viewed else weight, third)
        return sketch

    assert _device_bytes(chain(viewed=False)) == 2 * 64
    assert _device_bytes(chain(viewed=True)) == 3 * 64


def test_that_inputs_lie_there_before_the_first_node() -> None:
    sketch = Sketch()
    weight = sketch.weight(16, buffer=-2)
    first = sketch.node(Op.MUL_MAT, 16, weight)
    late = sketch.input(1024)
    sketch.node(Op.ADD, 16, first, late)
    backends = [device(), host()]
    split = split_graph(sketch.flat(), backends)
    assert sum(buffers_bytes(split, backends)[-1]) == 4096 + 64


def test_that_an_empty_tensor_leaves_an_empty_block_as_in_ggml() -> None:
    # Tensor 1 has no bytes and lies at 64. When it is given back, that is inside a free block, and
    # its empty block stays in the list behind blocks that lie higher. Of the holes at 80 and 112
    # the one at 112 then comes later and is taken, so that nothing joins the end of the buffer.
    moves = _moves("+0 +1 +2 +3 -0 -2 -1 +4 +5 +6 +7 -6 +8 -7 -3 +9")
    sizes = [64, 0, 64, 16, 32, 48, 16, 16, 16, 48]
    assert chunk_bytes(moves, sizes, ENDLESS_BYTES) == (176,)
