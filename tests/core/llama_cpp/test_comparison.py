"""Why two plans of one model differ, term by term."""

from __future__ import annotations

from dataclasses import replace

import pytest
from llama_cpp_rows import model_of
from memplan import Backend, EngineName, Request
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.engines.zinc.options import Accounting, ZincOptions, ZincVersion
from memplan.memory.component import ComponentKind, Part, Place
from memplan.planning.comparison import Difference, DifferenceReason, compare
from memplan.planning.planner import Plan, plan
from memplan.wording.differences import difference_text

CONTEXT = 8192
LLAMA_CPP = Request(
    engine=EngineName.LLAMA_CPP, context_tokens=CONTEXT, llama_cpp=LlamaCppOptions(fit=False)
)
ZINC = Request(context_tokens=CONTEXT)


def with_options(**options: object) -> Request:
    return replace(LLAMA_CPP, llama_cpp=LlamaCppOptions(fit=False, **options))  # type: ignore[arg-type]


def terms(
    name: str, one: Request, other: Request, context: int | None = None
) -> dict[tuple[ComponentKind, Place], Difference]:
    model = model_of(name)
    found = compare(plan(model, one), plan(model, other), context)
    return {(term.kind, term.where): term for term in found}


def reasons(name: str, one: Request, other: Request, kind: ComponentKind) -> set[DifferenceReason]:
    return set(terms(name, one, other)[kind, Place.DEVICE].reasons)


def total(found: Plan, where: Place) -> int:
    return found.at.device_bytes if where is Place.DEVICE else found.at.host_bytes


@pytest.mark.parametrize("name", ["qwen3-8b", "gemma-3-12b", "qwen3.5-9b", "glm-5"])
def test_that_the_terms_add_up_to_both_totals(name: str) -> None:
    model = model_of(name)
    one, other = plan(model, ZINC), plan(model, LLAMA_CPP)
    found = compare(one, other)
    for where in Place:
        there = [term for term in found if term.where is where]
        assert sum(term.one_bytes for term in there) == total(one, where)
        assert sum(term.other_bytes for term in there) == total(other, where)
        difference = sum(term.difference_bytes for term in there)
        assert difference == total(other, where) - total(one, where)


def test_that_a_plan_does_not_differ_from_itself() -> None:
    found = terms("gemma-3-12b", LLAMA_CPP, LLAMA_CPP)
    assert all(term.reasons == (DifferenceReason.SAME,) for term in found.values())
    assert all(term.difference_bytes == 0 for term in found.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qwen3-8b", {DifferenceReason.CACHE_TYPE}),
        ("gemma-3-12b", {DifferenceReason.CACHE_TYPE, DifferenceReason.WINDOWS}),
        ("qwen3.5-9b", {DifferenceReason.CACHE_TYPE, DifferenceReason.CACHED_LAYERS}),
        ("deepseek-v2-lite", {DifferenceReason.CACHE_TYPE, DifferenceReason.LATENT}),
        (
            "glm-5",
            {
                DifferenceReason.CACHE_TYPE,
                DifferenceReason.LATENT,
                DifferenceReason.INDEXER,
                DifferenceReason.CACHED_LAYERS,
            },
        ),
    ],
)
def test_that_the_caches_of_the_engines_differ_for_the_models_reasons(
    name: str, expected: set[DifferenceReason]
) -> None:
    assert reasons(name, ZINC, LLAMA_CPP, ComponentKind.KV_CACHE) == expected


def test_that_later_versions_of_zinc_share_llama_cpps_type_and_layers() -> None:
    later = replace(ZINC, zinc=ZincOptions(version=ZincVersion.SEPTEMBER_8_2026))
    found = terms("qwen3-8b", later, LLAMA_CPP)[ComponentKind.KV_CACHE, Place.DEVICE]
    assert (found.one_bytes, found.reasons) == (found.other_bytes, (DifferenceReason.SAME,))


def test_that_whole_cells_are_a_reason_where_the_context_is_not_whole() -> None:
    found = terms("qwen3-8b", ZINC, LLAMA_CPP, 8000)[ComponentKind.KV_CACHE, Place.DEVICE]
    assert found.reasons == (DifferenceReason.CACHE_TYPE, DifferenceReason.WHOLE_CELLS)


def test_that_a_term_of_one_engine_alone_says_so() -> None:
    found = terms("qwen3-8b", ZINC, LLAMA_CPP)
    for kind in (ComponentKind.STAGING, ComponentKind.PAGE_TABLE, ComponentKind.OUTPUT):
        assert found[kind, Place.HOST].reasons == (DifferenceReason.ONLY_IN_ONE,)


def test_that_weights_differ_by_the_embedding_and_by_layers_that_are_not_loaded() -> None:
    weights = ComponentKind.WEIGHTS
    assert reasons("qwen3-8b", ZINC, LLAMA_CPP, weights) == {DifferenceReason.EMBEDDING_ON_HOST}
    assert reasons("glm-4.5-air", ZINC, LLAMA_CPP, weights) == {
        DifferenceReason.EMBEDDING_ON_HOST,
        DifferenceReason.NEXTN_NOT_LOADED,
    }


@pytest.mark.parametrize(
    ("options", "kind", "reason"),
    [
        ({"cache_type_k": CacheType.Q8_0}, ComponentKind.KV_CACHE, DifferenceReason.CACHE_TYPE),
        ({"swa_full": True}, ComponentKind.KV_CACHE, DifferenceReason.WINDOWS),
        ({"parallel": 1}, ComponentKind.KV_CACHE, DifferenceReason.SEQUENCES),
        ({"ubatch_size": 2048}, ComponentKind.KV_CACHE, DifferenceReason.MICRO_BATCH),
        ({"n_gpu_layers": 9}, ComponentKind.WEIGHTS, DifferenceReason.LAYERS_ON_HOST),
        ({"kv_offload": False}, ComponentKind.KV_CACHE, DifferenceReason.LAYERS_ON_HOST),
    ],
)
def test_that_an_option_that_differs_is_the_reason(
    options: dict[str, object], kind: ComponentKind, reason: DifferenceReason
) -> None:
    assert reasons("gemma-3-12b", LLAMA_CPP, with_options(**options), kind) == {reason}


def test_that_states_differ_by_sequences_and_a_backend_by_its_padding() -> None:
    state = ComponentKind.RECURRENT_STATE
    assert DifferenceReason.SEQUENCES in reasons("qwen3.5-9b", ZINC, LLAMA_CPP, state)
    cuda = replace(LLAMA_CPP, backend=Backend.CUDA)
    assert DifferenceReason.BACKEND in reasons(
        "gemma-3-12b", LLAMA_CPP, cuda, ComponentKind.WEIGHTS
    )


def test_that_planned_and_allocated_bytes_of_zinc_differ_by_accounting() -> None:
    metal = replace(ZINC, backend=Backend.METAL)
    allocated = replace(metal, zinc=ZincOptions(accounting=Accounting.ALLOCATION))
    cache = ComponentKind.KV_CACHE
    # Planned are rows of 32 bits; Metal stores blocks of 8.
    expected = {DifferenceReason.ACCOUNTING, DifferenceReason.CACHE_TYPE}
    assert reasons("qwen3-8b", metal, allocated, cache) == expected


def test_that_every_reason_has_words() -> None:
    for reason in DifferenceReason:
        difference = Difference(Part.MODEL, ComponentKind.KV_CACHE, Place.DEVICE, 1, 2, (reason,))
        text = difference_text(difference)
        assert text
        assert not text.endswith(".")


def test_that_several_reasons_make_one_line() -> None:
    found = terms("gemma-3-12b", ZINC, LLAMA_CPP)[ComponentKind.KV_CACHE, Place.DEVICE]
    assert difference_text(found) == (
        "Window layers cache their window only; the cache's elements have another type"
    )
