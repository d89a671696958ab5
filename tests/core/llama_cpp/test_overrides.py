"""Which tensors an override moves, and that no pattern of a user's own can hang the program."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_cpp_rows import made_up_model
from memplan import Backend
from memplan.engines.llama_cpp.devices import Device, Layout, place
from memplan.engines.llama_cpp.overrides import (
    EVERY_EXPERT,
    MovedPart,
    TensorOverride,
    first_experts,
    moved_part,
    one_layer,
)
from memplan.engines.llama_cpp.patterns import PatternError, name_pattern
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.weights import loaded_tensors
from memplan.units import GIB

TENSORS = {
    "token_embd.weight": (256, 512),
    "output.weight": (256, 512),
    **{
        f"blk.{index}.{role}.weight": (256, 256)
        for index in range(8)
        for role in (
            "attn_q",
            "ffn_gate_inp",
            "ffn_gate_exps",
            "ffn_up_exps",
            "ffn_down_exps",
            "ffn_up_shexp",
            "ffn_down_chexps",
        )
    },
}
MODEL = made_up_model("qwen3moe", {"expert_count": 16}, TENSORS)


def moved(*overrides: TensorOverride) -> set[str]:
    """The names of the tensors that are not on the first device; the embedding never is."""
    devices = [Device(Backend.CUDA, GIB), Device(Backend.CUDA, 0)]
    layout = Layout(tensor_split=(1, 0), overrides=overrides)
    placement = place(resolve_shape(MODEL), devices, layout)
    found = {tensor.name for tensor in loaded_tensors(MODEL, placement) if tensor.memory != 0}
    return {name.removesuffix(".weight") for name in found} - {"token_embd"}


def test_that_experts_move_and_router_shared_experts_and_attention_stay() -> None:
    roles = {"ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_down_chexps"}
    assert moved(*first_experts(1, HOST)) == {f"blk.0.{role}" for role in roles}
    assert moved(TensorOverride(EVERY_EXPERT, HOST)) == moved(*first_experts(8, HOST))


@pytest.mark.parametrize(
    ("part", "roles"),
    [
        (MovedPart.DOWN, {"ffn_down_exps", "ffn_down_chexps"}),
        (
            MovedPart.ALL_BUT_UP,
            {"ffn_gate_inp", "ffn_gate_exps", "ffn_down_exps", "ffn_down_chexps"},
        ),
        (
            MovedPart.FEED_FORWARD,
            {
                "ffn_gate_inp",
                "ffn_gate_exps",
                "ffn_up_exps",
                "ffn_up_shexp",
                "ffn_down_exps",
                "ffn_down_chexps",
            },
        ),
    ],
)
def test_that_a_part_of_a_layer_moves_with_all_that_its_pattern_is_found_in(
    part: MovedPart, roles: set[str]
) -> None:
    assert moved(moved_part(3, part, 1)) == {f"blk.3.{role}" for role in roles}


def test_that_the_first_override_that_matches_counts() -> None:
    devices = [Device(Backend.CUDA, GIB), Device(Backend.CUDA, 0)]
    overrides = (TensorOverride(r"blk\.5\.ffn_up", 1), TensorOverride("ffn_up", HOST))
    layout = Layout(tensor_split=(1, 0), overrides=overrides)
    placement = place(resolve_shape(MODEL), devices, layout)
    where = {tensor.name: tensor.memory for tensor in loaded_tensors(MODEL, placement)}
    assert where["blk.5.ffn_up_exps.weight"] == 1
    assert where["blk.4.ffn_up_exps.weight"] == HOST


def test_that_the_output_and_the_embedding_can_be_moved_too() -> None:
    assert moved(TensorOverride("^output", HOST)) == {"output"}
    devices = [Device(Backend.CUDA, GIB)]
    layout = Layout(overrides=(TensorOverride("token_embd", 0),))
    placement = place(resolve_shape(MODEL), devices, layout)
    assert {tensor.memory for tensor in loaded_tensors(MODEL, placement)} == {0}


def test_that_a_pattern_is_about_one_layer_only_if_nothing_else_can_match_it() -> None:
    assert one_layer(moved_part(12, MovedPart.EXPERTS, HOST).pattern) == 12
    assert one_layer(first_experts(4, HOST)[3].pattern) == 3
    for pattern in (r"blk\.3\.ffn_up|output", "blk.3.ffn_up", r"blk\.\d+\.ffn_down.*", ".*"):
        assert one_layer(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"blk\.(1[0-9]|2[0-3])\.ffn_.*_exps",
        r"^blk\.[^1]\.attn",
        r"exps\.weight$",
        r"ffn_(?:up|down)_exps",
        r"\.\d{2}\.",
        r"blk\.\d{1,2}?\.",
        r"\bffn_up\b",
        r"attn_[qkv]",
        r"[[:digit:]]+\.[[:alpha:]]",
        r"a{0}b",
        r"(ffn|attn)_(q|up_exps)+\.weight",
        r"\w+\.\w+\.\w+\.weight",
        r"",
        r"()|x",
        r"\x62lk",
        r"[\d]\.[.]?",
        r"[a-c-]lk",
    ],
)
def test_that_what_a_pattern_finds_is_what_python_finds(pattern: str) -> None:
    same = pattern.replace("[[:digit:]]", "[0-9]").replace("[[:alpha:]]", "[a-zA-Z]")
    for name in (*TENSORS, "blk.13.ffn_gate_exps.weight", "blk.22.attn_k.bias", "", "b-lk"):
        found = re.search(same, name, re.ASCII) is not None
        assert name_pattern(pattern).found_in(name) is found, name


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "*a", "a{2", "a{3,2}", "a{,2}", "[z-a]", "\\", "a|*", "[[:nope:]]", r"\xg0"],
)
def test_that_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        name_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(?=a)b", r"(a)\1", "(" * 100 + ")" * 100, "a" * 2000, "(a{900}){900}", "a{9999}"]
)
def test_that_what_no_automaton_of_bounded_size_has_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        name_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "a*a*a*a*a*a*a*a*b", "(.*){30}x", "((a?){30})a{30}b"]
)
def test_that_patterns_that_make_other_engines_hang_take_no_time(pattern: str) -> None:
    started = time.perf_counter()
    assert not name_pattern(pattern).found_in("a" * 60 + "!")
    assert time.perf_counter() - started < 1


@given(st.text(alphabet="ab.|()*+?[]{}\\d^$1,-", max_size=12), st.text("ab.1d", max_size=8))
def test_that_any_text_is_a_pattern_or_is_refused(pattern: str, name: str) -> None:
    try:
        found = name_pattern(pattern).found_in(name)
    except PatternError:
        return
    assert isinstance(found, bool)
