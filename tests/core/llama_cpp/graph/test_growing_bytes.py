"""The curve's straight pieces are what the allocator says at every context that they cover."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memplan.engines.llama_cpp.graph.affine import Reach, growing_bytes
from memplan.engines.llama_cpp.graph.allocator import (
    ENDLESS_BYTES,
    GIVE_BACK,
    TAKE,
    Move,
    chunk_bytes,
)
from memplan.engines.llama_cpp.graph.repetition import PERIODS, walked

_TENSORS = st.lists(st.tuples(st.integers(0, 40), st.integers(-3, 5)), min_size=1, max_size=12)


@st.composite
def _walks(draw: st.DrawFn) -> tuple[list[Move], list[tuple[int, int]]]:
    """Tensors with bytes and slopes, taken and given back in some order."""
    tensors = draw(_TENSORS)
    moves: list[Move] = []
    held: list[int] = []
    for number in range(len(tensors)):
        moves.append(Move(TAKE, number, number, number))
        held.append(number)
        for _ in range(draw(st.integers(0, 2))):
            if held:
                given_back = held.pop(draw(st.integers(0, len(held) - 1)))
                moves.append(Move(GIVE_BACK, given_back, given_back, given_back))
    # Sizes stay positive for the steps that are looked at.
    return moves, [(16 * (size + 60), 16 * slope) for size, slope in tensors]


@given(_walks(), st.sampled_from([ENDLESS_BYTES, 2048]))
def test_that_a_piece_holds_at_every_step_of_its_reach(
    walk: tuple[list[Move], list[tuple[int, int]]], largest: int
) -> None:
    moves, tensors = walk
    reach = Reach(-12, 12)
    value, slope = growing_bytes(moves, dict(enumerate(tensors)), largest, reach)
    assert reach.low <= 0 <= reach.high
    for step in range(reach.low, reach.high + 1):
        sizes = [size + more * step for size, more in tensors]
        assert value + slope * step == sum(chunk_bytes(moves, sizes, largest))


def test_that_a_piece_ends_where_a_tensor_outgrows_a_hole() -> None:
    # Tensor 2 lies in the hole of tensor 0; with 64 bytes it fills it, which is another case.
    moves = [
        Move(TAKE, 0, 0, 0), Move(TAKE, 1, 1, 1), Move(GIVE_BACK, 0, 0, 0), Move(TAKE, 2, 2, 2),
    ]  # fmt: skip
    reach = Reach(-100, 100)
    sizes = {0: (64, 0), 1: (32, 0), 2: (16, 16)}
    assert growing_bytes(moves, sizes, ENDLESS_BYTES, reach) == (96, 0)
    assert reach.high == 2


def test_that_layers_which_differ_are_all_followed() -> None:
    assert walked(list(range(40))) == tuple(range(40))


@pytest.mark.parametrize("count", [9, 16, 32, 61, 200])
def test_that_of_layers_which_are_alike_few_are_followed(count: int) -> None:
    followed = walked(["alike"] * count)
    assert len(followed) < 2 * min(PERIODS)
    assert (followed[0], followed[-1]) == (0, count - 1)
    assert (count - len(followed)) % 4 == 0


def test_that_the_pattern_of_layers_stays() -> None:
    layers = [("window", "window", "window", "full")[number % 4] for number in range(48)]
    numbers = walked(["first", *layers, "last"])
    assert (numbers[0], numbers[-1]) == (0, len(layers) + 1)
    followed = [layers[number - 1] for number in numbers[1:-1]]
    assert followed == layers[: len(followed)]
    assert len(followed) < len(layers)


def test_that_layers_of_a_long_pattern_are_all_followed() -> None:
    pattern = [1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    assert walked(pattern * 6) == tuple(range(60))
