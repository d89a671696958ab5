"""Laws that hold for every model: what more of something can and cannot do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_cpp_rows import context_bytes, model_of
from memplan import Backend, EngineName, Request
from memplan.engines.llama_cpp.options import CacheType, GpuLayers, LlamaCppOptions, Program
from memplan.estimate import UnsupportedRequestError
from memplan.memory.component import ComponentKind, Place
from memplan.planning.planner import Plan, plan
from spread import QUICK

NAMES = [path.stem for path in QUICK]
EXACT = (
    ComponentKind.WEIGHTS,
    ComponentKind.KV_CACHE,
    ComponentKind.RECURRENT_STATE,
    ComponentKind.OUTPUT,
)
BY_WIDTH = (CacheType.Q4_0, CacheType.Q5_1, CacheType.Q8_0, CacheType.F16, CacheType.F32)

names = st.sampled_from(NAMES)
contexts = st.integers(1, 300_000)
backends = st.sampled_from(Backend)
options = st.builds(
    LlamaCppOptions,
    program=st.sampled_from(Program),
    flash_attn=st.sampled_from([None, False]),
    ubatch_size=st.sampled_from([None, 64, 512, 2048]),
    parallel=st.one_of(st.none(), st.integers(1, 9)),
    kv_unified=st.sampled_from([None, True, False]),
    # What is placed by itself follows no such law.
    n_gpu_layers=st.one_of(st.just(GpuLayers.ALL), st.integers(0, 60)),
    n_cpu_moe=st.integers(0, 60),
    kv_offload=st.booleans(),
    swa_full=st.booleans(),
)


def planned(name: str, context: int, backend: Backend, chosen: LlamaCppOptions) -> Plan:
    request = Request(
        engine=EngineName.LLAMA_CPP, backend=backend, context_tokens=context, llama_cpp=chosen
    )
    return plan(model_of(name), request)


def exact_bytes(found: Plan, context: int | None = None) -> dict[ComponentKind, int]:
    usage = found.at if context is None else found.usage_at(context)
    return {
        kind: sum(share.bytes for share in usage.shares if share.kind is kind) for kind in EXACT
    }


def never_less(more: dict[ComponentKind, int], less: dict[ComponentKind, int]) -> bool:
    return all(more[kind] >= less[kind] for kind in EXACT)


@settings(max_examples=15, deadline=None)
@given(names, contexts, contexts, backends, options)
def test_that_a_longer_context_never_takes_less(
    name: str, one: int, other: int, backend: Backend, chosen: LlamaCppOptions
) -> None:
    found = planned(name, one, backend, chosen)
    shorter, longer = sorted((one, other))
    assert never_less(exact_bytes(found, longer), exact_bytes(found, shorter))


@settings(max_examples=15, deadline=None)
@given(names, contexts, backends, options, st.integers(1, 8))
def test_that_more_sequences_never_take_less(
    name: str, context: int, backend: Backend, chosen: LlamaCppOptions, sequences: int
) -> None:
    chosen = replace(chosen, kv_unified=True, parallel=sequences)
    few = planned(name, context, backend, chosen)
    many = planned(name, context, backend, replace(chosen, parallel=sequences + 1))
    assert never_less(exact_bytes(many), exact_bytes(few))


@settings(max_examples=15, deadline=None)
@given(names, contexts, backends, options, st.integers(0, len(BY_WIDTH) - 2))
def test_that_a_wider_type_never_takes_less(
    name: str, context: int, backend: Backend, chosen: LlamaCppOptions, index: int
) -> None:
    totals = []
    for cache_type in BY_WIDTH[index : index + 2]:
        typed = replace(chosen, cache_type_k=cache_type, cache_type_v=cache_type, flash_attn=None)
        try:
            totals.append(exact_bytes(planned(name, context, backend, typed)))
        except UnsupportedRequestError:
            return
    narrow, wide = totals
    assert never_less(wide, narrow)


@settings(max_examples=15, deadline=None)
@given(names, contexts, backends, options)
def test_that_unified_and_split_caches_agree_for_one_sequence(
    name: str, context: int, backend: Backend, chosen: LlamaCppOptions
) -> None:
    alone = replace(chosen, parallel=1)
    unified = planned(name, context, backend, replace(alone, kv_unified=True))
    split = planned(name, context, backend, replace(alone, kv_unified=False))
    assert exact_bytes(unified) == exact_bytes(split)


@settings(max_examples=15, deadline=None)
@given(names, contexts, st.sampled_from([Backend.VULKAN, Backend.METAL]), options)
def test_that_splitting_layers_neither_loses_nor_adds_a_byte_of_kv_cache(
    name: str, context: int, backend: Backend, chosen: LlamaCppOptions
) -> None:
    whole = planned(name, context, backend, replace(chosen, n_gpu_layers=None, kv_offload=True))
    split = planned(name, context, backend, chosen)
    kinds = (ComponentKind.KV_CACHE,)
    totals = [
        sum(share.bytes for share in found.at.shares if share.kind in kinds)
        for found in (whole, split)
    ]
    assert totals[0] == totals[1]


@pytest.mark.parametrize("name", NAMES)
def test_that_any_number_of_layers_on_the_device_keeps_cache_and_state(name: str) -> None:
    layers = model_of(name).config.n_layers
    whole = context_bytes(planned(name, 8192, Backend.VULKAN, LlamaCppOptions(fit=False)))
    device = [
        planned(name, 8192, Backend.VULKAN, LlamaCppOptions(n_gpu_layers=count))
        for count in (0, 1, layers // 2, layers, layers + 1)
    ]
    on_device = [context_bytes(found, Place.DEVICE) for found in device]
    assert on_device == sorted(on_device)
    for found, there in zip(device, on_device, strict=True):
        # State tensors that are smaller than the alignment are padded more on the host.
        assert abs(there + context_bytes(found, Place.HOST) - whole) <= 64 * layers


@settings(max_examples=10, deadline=None)
@given(names, backends, options)
def test_that_a_curve_has_at_each_context_what_the_plan_has_there(
    name: str, backend: Backend, chosen: LlamaCppOptions
) -> None:
    found = planned(name, 4096, backend, chosen)
    points = np.array([1, 255, 256, 257, 511, 4096, 16_897, 131_072, 300_000])
    for component in found.components:
        expected = [component.bytes_at(int(point)) for point in points]
        assert component.curve(points).tolist() == expected


# Vulkan computes stored scores on the host from 4 GiB on, so without flash attention the device's
# share falls there.
FUSED = names
fused_options = options.map(lambda chosen: replace(chosen, flash_attn=None))
long_contexts = st.integers(512, 300_000)


def total(found: Plan, context: int) -> int:
    return found.usage_at(context).device_bytes


@settings(max_examples=15, deadline=None)
@given(FUSED, long_contexts, long_contexts, backends, fused_options)
def test_that_with_flash_attention_the_device_never_needs_less_for_a_longer_context(
    name: str, one: int, other: int, backend: Backend, chosen: LlamaCppOptions
) -> None:
    found = planned(name, 4096, backend, chosen)
    shorter, longer = sorted((one, other))
    assert total(found, longer) >= total(found, shorter)


@settings(max_examples=15, deadline=None)
@given(FUSED, long_contexts, backends, st.sampled_from([1, 2, 4, 8]))
def test_that_a_server_with_twice_the_slots_never_needs_less(
    name: str, context: int, backend: Backend, slots: int
) -> None:
    # Twice as many: for three slots a batch is made longer, so that they divide it, for four not.
    few, many = (
        planned(name, context, backend, LlamaCppOptions(parallel=count, kv_unified=True, fit=False))
        for count in (slots, 2 * slots)
    )
    assert total(many, context) >= total(few, context)
