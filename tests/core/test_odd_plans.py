"""Plans of odd models for odd requests: a plan that can be, or a sentence, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from core.odd_plans import DATA, broken_laws, header_of, odd_plan
from memplan import Backend, EngineName, GgufError, Request, read_model
from memplan.engines.llama_cpp.options import GpuLayers, LlamaCppOptions
from memplan.estimate import UnsupportedRequestError
from memplan.model import NoticeKind, resolve_model
from memplan.plan_json import plan_to_json
from memplan.planning.advice import advise
from memplan.planning.planner import Plan, plan
from memplan.planning.solve import solve
from memplan.reader.header import Value, ValueType
from memplan.request_json import request_from_json
from memplan.wording.notices import notice_text
from memplan.wording.terminal import plan_text

HOSTILE = sorted((DATA / "hostile").glob("*.gguf"))
ODD_PLANS = 1000
A_CHUNK = 250


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_that_a_hostile_file_has_a_plan_that_can_be_or_a_sentence(path: Path) -> None:
    request = request_from_json(json.loads(path.with_suffix(".json").read_text("utf-8")))
    try:
        found = plan(read_model(path), request)
    except UnsupportedRequestError as error:
        said = str(error)
    else:
        assert list(broken_laws(found)) == []
        said = plan_text(found, advise(found), solutions=solve(found))
    assert said


@pytest.mark.parametrize("first", range(0, ODD_PLANS, A_CHUNK))
def test_that_odd_models_and_requests_have_plans_that_can_be_or_a_sentence(first: int) -> None:
    plans = 0
    for seed in range(first, first + A_CHUNK):
        found = odd_plan(seed)
        if isinstance(found, Plan):
            plans += 1
            assert list(broken_laws(found)) == [], seed
        else:
            assert found is None or isinstance(found, GgufError | UnsupportedRequestError), seed
    assert plans > A_CHUNK // 3


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_that_an_odd_plan_can_be_put_into_words(seed: int) -> None:
    found = odd_plan(seed)
    if isinstance(found, Plan):
        advice, solutions = advise(found), solve(found)
        assert plan_text(found, advice, solutions=solutions)
        assert json.dumps(plan_to_json(found, advice, solutions))


@pytest.mark.parametrize("backend", Backend)
@pytest.mark.parametrize(
    "name",
    [
        "mamba2-2.7b.Q4_K_M.gguf",
        "qwen3-8b.Q4_K_M.gguf",
        "gemma-4-26b-a4b.Q4_K_M.gguf",
        "gpt-oss-20b.MXFP4_MOE.gguf",
        "deepseek-v2-lite.Q4_K_M.gguf",
    ],
)
def test_that_a_model_of_which_one_part_of_six_is_missing_is_planned(
    name: str, backend: Backend
) -> None:
    header = header_of(name)
    size = len(header.tensors) // 6
    request = Request(
        engine=EngineName.LLAMA_CPP, backend=backend, llama_cpp=LlamaCppOptions(n_gpu_layers=10)
    )
    for part in range(6):
        kept = header.tensors[: part * size] + header.tensors[(part + 1) * size :]
        found = plan(resolve_model(replace(header, tensors=kept)), request)
        assert list(broken_laws(found)) == []


def test_that_a_layer_without_a_tensor_is_named_and_its_estimate_has_a_wide_band() -> None:
    header = header_of("gpt-oss-20b.MXFP4_MOE.gguf")
    gone = "blk.3.ffn_down_exps.weight"
    kept = tuple(tensor for tensor in header.tensors if tensor.name != gone)
    request = Request(engine=EngineName.LLAMA_CPP, llama_cpp=LlamaCppOptions(n_gpu_layers=10))
    found = plan(resolve_model(replace(header, tensors=kept)), request)
    (notice,) = [n for n in found.notices if n.kind is NoticeKind.LAYER_INCOMPLETE]
    assert gone in notice_text(notice, EngineName.LLAMA_CPP)
    whole = plan(resolve_model(header), request)
    assert found.at.band_bytes > whole.at.band_bytes


@pytest.mark.parametrize("engine", EngineName)
def test_that_a_model_with_a_context_of_0_is_refused_with_a_sentence(engine: EngineName) -> None:
    header = header_of("qwen3-8b.Q4_K_M.gguf")
    none = Value(ValueType.UINT32, 0)
    model = resolve_model(
        replace(header, metadata={**header.metadata, "qwen3.context_length": none})
    )
    with pytest.raises(UnsupportedRequestError, match=r"0\.|zero"):
        plan(model, Request(engine=engine))


def test_that_what_64_bits_cannot_count_is_refused_with_a_sentence() -> None:
    header = header_of("qwen3-8b.Q4_K_M.gguf")
    wide = Value(ValueType.UINT32, 2**31)
    model = resolve_model(
        replace(header, metadata={**header.metadata, "qwen3.attention.key_length": wide})
    )
    request = Request(
        engine=EngineName.LLAMA_CPP, context_tokens=2**32 - 1, llama_cpp=LlamaCppOptions(parallel=9)
    )
    with pytest.raises(UnsupportedRequestError, match="64 bits"):
        plan(model, request)


@pytest.mark.parametrize("budget_bytes", [1, 2**33])
def test_that_what_starts_beyond_its_budget_has_a_longest_context(budget_bytes: int) -> None:
    model = resolve_model(header_of("qwen3-8b.Q4_K_M.gguf"))
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=Backend.METAL,
        budget_bytes=budget_bytes,
        total_memory_bytes=2**40,
        llama_cpp=LlamaCppOptions(n_gpu_layers=GpuLayers.ALL),
    )
    found = plan(model, request)
    assert found.verdict.fits
    assert found.verdict.granted_tokens > 0
    assert found.markers.max_tokens > 0


def test_that_a_context_of_0_leaves_the_choice_to_the_engine() -> None:
    assert Request(context_tokens=0) == Request()
