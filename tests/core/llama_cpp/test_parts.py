"""What is loaded beside a model: in the plan, on the command line, in a saved plan."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from core.reader.file_server import COMMIT, running
from llama_cpp_rows import DATA, model_of
from memplan import cli
from memplan.cli import check as cli_check
from memplan.engines.llama_cpp.ladders import MMPROJ_OFFLOAD, SPEC_TYPE, ladders
from memplan.engines.llama_cpp.options import LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.parts.projector import resolve_projector
from memplan.engines.llama_cpp.parts.projector_memory import projector_memory
from memplan.estimate import Growth, GrowthKind, Image, UnsupportedRequestError
from memplan.memory.component import ComponentKind, Part, Place
from memplan.model import Model
from memplan.model.facts import model_from_facts, model_to_facts
from memplan.model.parts import (
    PartFile,
    read_part,
    resolve_part,
    with_part,
    with_parts,
    without_part,
)
from memplan.planning.advice import Change, Rung
from memplan.planning.planner import Plan, plan
from memplan.reader import transfer
from memplan.reader.header import Tensor, Value, ValueType
from memplan.reports.content import command, fact_rows
from memplan.request import Backend, EngineName, Request
from memplan.units import GIB, format_bytes
from memplan.wording.terminal import plan_text
from memplan.wording.verdicts import growing_component

GEMMA = "gemma-3-12b"
QWEN_PROJECTOR = DATA / "projectors" / "mmproj-qwen3-vl-8b.gguf"
PROJECTOR = DATA / "projectors" / "mmproj-gemma-3-12b.gguf"


@cache
def projector() -> PartFile:
    return read_part(PROJECTOR)


def draft_of(name: str) -> PartFile:
    (path,) = (DATA / "models").glob(f"{name}.*gguf")
    return read_part(path)


def planned(model: Model, context: int = 8192, **options: object) -> Plan:
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=Backend.VULKAN,
        budget_bytes=64 * GIB,
        context_tokens=context,
        options=(LlamaCppOptions(**options),),  # type: ignore[arg-type]
    )
    return plan(model, request)


def bytes_of(found: Plan, part: Part, kind: ComponentKind, where: Place = Place.DEVICE) -> int:
    return sum(
        share.bytes
        for share in found.at.shares
        if (share.part, share.kind, share.where) == (part, kind, where)
    )


def test_that_a_projector_counts_against_the_budget_with_its_weights_and_its_buffer() -> None:
    alone, beside = planned(model_of(GEMMA)), planned(with_part(model_of(GEMMA), projector()))
    memory = projector_memory(resolve_projector(projector().header), Backend.VULKAN)
    added = beside.at.budgeted_bytes - alone.at.budgeted_bytes
    assert added == memory.weights_bytes + memory.device_bytes
    assert beside.at.host_bytes - alone.at.host_bytes == memory.host_bytes
    assert bytes_of(beside, Part.PROJECTOR, ComponentKind.WEIGHTS) == memory.weights_bytes


def test_that_a_projector_on_the_host_takes_nothing_of_the_device() -> None:
    model = model_of(GEMMA)
    alone = planned(model)
    beside = planned(with_part(model, projector()), mmproj_offload=False)
    assert beside.at.budgeted_bytes == alone.at.budgeted_bytes
    assert beside.at.host_bytes > alone.at.host_bytes + projector().header.weights_bytes


def test_that_fit_leaves_the_projector_free_beside_its_margin() -> None:
    model = model_of(GEMMA)
    memory = projector_memory(resolve_projector(projector().header), Backend.CUDA)
    request = Request(engine=EngineName.LLAMA_CPP, backend=Backend.CUDA, budget_bytes=12 * GIB)
    smaller_bytes = 12 * GIB - memory.weights_bytes - memory.device_bytes
    beside = plan(with_part(model, projector()), request)
    alone = plan(model, replace(request, budget_bytes=smaller_bytes))
    assert beside.markers.auto_tokens == alone.markers.auto_tokens
    assert beside.markers.auto_tokens < plan(model, request).markers.auto_tokens


def test_that_a_projector_of_another_width_is_refused_in_the_words_of_llama_cpp() -> None:
    other = read_part(DATA / "projectors" / "mmproj-gemma-3-4b.gguf")
    with pytest.raises(UnsupportedRequestError, match="mismatch between text model"):
        planned(with_part(model_of(GEMMA), other))


def test_that_a_draft_model_is_a_second_plan_at_the_same_context() -> None:
    model, draft = model_of(GEMMA), draft_of("gemma-3-270m")
    beside = planned(with_part(model, draft), 16384)
    assert draft.model is not None
    own = planned(draft.model, 16384)
    for kind in (ComponentKind.WEIGHTS, ComponentKind.KV_CACHE, ComponentKind.COMPUTE):
        assert bytes_of(beside, Part.DRAFT, kind) == bytes_of(own, Part.MODEL, kind)


def test_that_what_grows_is_summed_over_the_parts() -> None:
    found = planned(with_part(model_of(GEMMA), draft_of("gemma-3-270m")))
    first, last = found.usage_at(4096), found.usage_at(131_072)
    caches = [
        sum(share.bytes for share in usage.shares if share.kind is ComponentKind.KV_CACHE)
        for usage in (first, last)
    ]
    size = format_bytes(caches[1] - caches[0])
    assert growing_component(found).startswith(f"KV cache grows the most: by {size} from 4,096")


def test_that_the_cache_of_a_draft_has_a_type_of_its_own() -> None:
    model = with_part(model_of(GEMMA), draft_of("gemma-3-270m"))
    usual, smaller = planned(model), planned(model, cache_type_k_draft="q8_0")
    of_model = planned(model, cache_type_k="q8_0")
    cache_bytes = [
        bytes_of(found, Part.DRAFT, ComponentKind.KV_CACHE) for found in (usual, smaller, of_model)
    ]
    assert cache_bytes[1] < cache_bytes[0] == cache_bytes[2]


def test_that_a_draft_model_of_other_words_is_refused() -> None:
    with pytest.raises(UnsupportedRequestError, match="draft model vocab type must match"):
        planned(with_part(model_of(GEMMA), draft_of("llama-3.2-1b")))


def test_that_next_token_layers_bring_weights_a_cache_and_states_to_go_back_to() -> None:
    model = model_of("qwen3.5-35b-a3b-mtp")
    alone = planned(model, 32768)
    drafting = planned(model, 32768, spec_type=SpecType.DRAFT_MTP)
    assert bytes_of(drafting, Part.MTP, ComponentKind.WEIGHTS) == 1_118_832_640
    assert bytes_of(drafting, Part.MTP, ComponentKind.KV_CACHE) == 64 * 2**20
    states = [
        bytes_of(found, Part.MODEL, ComponentKind.RECURRENT_STATE) for found in (alone, drafting)
    ]
    assert states[1] == 4 * states[0]
    assert all(share.exact for share in drafting.at.shares)


def test_that_a_model_without_next_token_layers_cannot_draft_with_them() -> None:
    with pytest.raises(UnsupportedRequestError, match="no next-token layers"):
        planned(model_of("qwen3-8b"), spec_type=SpecType.DRAFT_MTP)


def adapter(model: Model, *names: str) -> PartFile:
    """An adapter of rank 16 to the tensors of these names."""
    by_name = {tensor.name: tensor for tensor in model.tensors}
    tensors = []
    for name in names:
        columns, rows = (*by_name[name].dimensions, 1)[:2] if name in by_name else (64, 64)
        for ending, shape in ((".lora_a", (columns, 16)), (".lora_b", (16, rows))):
            size = 4 * shape[0] * shape[1]
            tensors.append(Tensor(name + ending, shape, "F32", size, 0))
    values = {
        "general.architecture": Value(ValueType.STRING, model.architecture),
        "general.type": Value(ValueType.STRING, "adapter"),
    }
    header = draft_of("gemma-3-270m").header
    return resolve_part(replace(header, metadata=values, tensors=tuple(tensors)))


def test_that_an_adapter_lies_where_the_tensors_lie_that_it_changes() -> None:
    model = model_of("qwen3-8b")
    part = adapter(model, "blk.0.attn_q.weight", "blk.35.ffn_down.weight")
    found = planned(with_part(model, part), n_gpu_layers=1 + 1)
    sizes = [tensor.bytes for tensor in part.header.tensors]
    assert bytes_of(found, Part.ADAPTER, ComponentKind.WEIGHTS, Place.HOST) == sum(sizes[:2])
    assert bytes_of(found, Part.ADAPTER, ComponentKind.WEIGHTS) == sum(sizes[2:])


def test_that_an_adapter_to_another_model_is_refused() -> None:
    model = model_of("qwen3-8b")
    with pytest.raises(UnsupportedRequestError, match="does not exist in base model"):
        planned(with_part(model, adapter(model, "blk.99.attn_q.weight")))
    with pytest.raises(UnsupportedRequestError, match="arch mismatch"):
        planned(with_part(model, adapter(model_of(GEMMA), "blk.0.attn_q.weight")))


def test_that_a_second_projector_takes_the_place_of_the_first_and_adapters_add_up() -> None:
    model = model_of("qwen3-8b")
    first, second = (adapter(model, f"blk.{layer}.attn_q.weight") for layer in (0, 1))
    model = with_part(with_part(with_part(model, projector()), first), second)
    model = with_part(model, read_part(PROJECTOR))
    assert [part.part for part in model.parts] == [Part.ADAPTER, Part.ADAPTER, Part.PROJECTOR]
    assert first not in without_part(model, first).parts


def test_that_facts_of_a_model_carry_its_parts() -> None:
    model = with_part(model_of(GEMMA), projector())
    facts = json.loads(json.dumps(model_to_facts(model)))
    again = planned(model_from_facts(facts, "plan.json"))
    assert again.at.budgeted_bytes == planned(model).at.budgeted_bytes


def images(found: Plan) -> Growth:
    """What images take on the device."""
    device = found.request.machine.devices[0].id
    (growth,) = (g for g in found.growth if g.kind is GrowthKind.IMAGES and g.pool == device)
    return growth


def test_that_larger_images_make_a_buffer_grow_and_take_more_of_the_context() -> None:
    model = with_part(model_of("qwen3-vl-8b"), read_part(QWEN_PROJECTOR))
    usual, small = images(planned(model)), images(planned(model, image_side=640))
    fewer = images(planned(model, image_max_tokens=1024))
    assert usual.image == Image(side_pixels=64 * 32, tokens=4096)
    assert small.image == Image(side_pixels=640, tokens=400)
    assert fewer.image == Image(side_pixels=32 * 32, tokens=1024)
    assert usual.most(8192) > 300 * 2**20
    assert small.most(8192) == fewer.most(8192) == 0
    on_host = planned(model, mmproj_offload=False)
    pools = {g.pool for g in on_host.growth if g.kind is GrowthKind.IMAGES}
    assert pools == {on_host.request.machine.host.id}


def test_that_an_image_of_a_fixed_size_makes_nothing_grow() -> None:
    growth = images(planned(with_part(model_of(GEMMA), projector()), image_side=4000))
    assert growth.image == Image(side_pixels=896, tokens=256)
    assert growth.most(8192) == 0


def control_vector(width: int, *layers: int) -> PartFile:
    """Directions for some layers."""
    tensors = tuple(Tensor(f"direction.{layer}", (width,), "F32", 4 * width, 0) for layer in layers)
    values = {"general.architecture": Value(ValueType.STRING, "controlvector")}
    header = draft_of("gemma-3-270m").header
    return resolve_part(replace(header, source="vector.gguf", metadata=values, tensors=tensors))


def test_that_control_vectors_take_one_row_a_layer_however_many_there_are() -> None:
    model = model_of("qwen3-8b")
    one = with_part(model, control_vector(4096, 1, 2))
    two = with_part(one, control_vector(4096, *range(1, 36)))
    for found in (planned(one), planned(two)):
        assert bytes_of(found, Part.ADAPTER, ComponentKind.WEIGHTS) == 4 * 4096 * 35
    split = planned(one, n_gpu_layers=11)
    assert bytes_of(split, Part.ADAPTER, ComponentKind.WEIGHTS) == 4 * 4096 * 10
    assert bytes_of(split, Part.ADAPTER, ComponentKind.WEIGHTS, Place.HOST) == 4 * 4096 * 25


def test_that_a_control_vector_of_another_width_is_refused() -> None:
    with pytest.raises(UnsupportedRequestError, match="n_embd does not match"):
        planned(with_part(model_of("qwen3-8b"), control_vector(2048, 1)))


def test_that_the_command_of_a_start_loads_what_is_beside_the_model() -> None:
    model = with_parts(
        model_of(GEMMA), [projector(), draft_of("gemma-3-270m"), control_vector(3840, 1)]
    )
    found = planned(model, mmproj_offload=False, cache_type_k_draft="q8_0")
    start = found.start
    assert start is not None
    again = shlex.split(command(found))
    assert again[again.index("--mmproj") + 1] == PROJECTOR.name
    assert "--control-vector" in again
    assert "Draft model: gemma-3-270m.Q4_K_M.gguf · 235 MiB" in plan_text(found)
    assert ("Projector", "mmproj-gemma-3-12b.gguf · 815 MiB") in fact_rows(found)
    words = list(start.command)
    after = dict(pairwise(words))
    assert after["--mmproj"] == str(PROJECTOR)
    assert after["--model-draft"].endswith("gemma-3-270m.Q4_K_M.gguf")
    assert after["--control-vector"] == "vector.gguf"
    assert after["--cache-type-k-draft"] == "q8_0"
    assert "--no-mmproj-offload" in words
    alone = planned(model_of(GEMMA)).start
    assert alone is not None
    assert not any(word.startswith(("--mmproj", "--model-draft")) for word in alone.command)


def offered(found: Plan, change: Change) -> list[Rung]:
    """The rungs with which a plan would change an option."""
    return [rung for ladder in ladders(found) for rung in ladder if rung.step.change == change]


def test_that_a_projector_on_the_host_is_offered_with_what_it_frees() -> None:
    memory = projector_memory(resolve_projector(projector().header), Backend.VULKAN)
    beside = planned(with_part(model_of(GEMMA), projector()))
    (rung,) = offered(beside, MMPROJ_OFFLOAD)
    then = plan(beside.model, rung.change(beside.request))
    freed = beside.at.budgeted_bytes - then.at.budgeted_bytes
    assert freed == memory.weights_bytes + memory.device_bytes
    assert rung.step.arguments == ("--no-mmproj-offload",)
    assert offered(then, MMPROJ_OFFLOAD) == []
    assert offered(planned(model_of(GEMMA)), MMPROJ_OFFLOAD) == []


def test_that_doing_without_next_token_layers_is_offered_where_they_are_loaded() -> None:
    model = model_of("qwen3.5-35b-a3b-mtp")
    drafting = planned(model, spec_type=SpecType.DRAFT_MTP)
    (rung,) = offered(drafting, SPEC_TYPE)
    then = plan(model, rung.change(drafting.request))
    assert then.at.budgeted_bytes == planned(model).at.budgeted_bytes
    assert offered(then, SPEC_TYPE) == []


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    (model,) = (DATA / "models").glob(f"{GEMMA}.*gguf")
    code = cli.main(["check", str(model), "--engine", "llama.cpp", "--budget", "24GiB", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_that_check_plans_a_projector(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is solved beside a plan takes longer than the plan, and has tests of its own.
    monkeypatch.setattr(cli_check, "solve", lambda _plan: ())
    code, out, _ = check(capsys, "--mmproj", str(PROJECTOR), "--json", "--context", "8192")
    parts = {share["part"] for share in json.loads(out)["at"]["components"]}
    assert (code, parts) == (0, {"model", "projector"})


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), {"model", "projector"}), (("--no-mmproj",), {"model"})],
)
def test_that_a_repositorys_projector_is_planned_unless_it_is_switched_off(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: tuple[str, ...],
    expected: set[str],
) -> None:
    monkeypatch.setattr(cli_check, "solve", lambda _plan: ())
    monkeypatch.setattr(transfer, "user_cache_path", lambda *_, **__: tmp_path)
    (model,) = (DATA / "models").glob(f"{GEMMA}.*gguf")
    names = {"model-Q4_K_M.gguf": model, "mmproj-F16.gguf": PROJECTOR}
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        server.listings["/api/models/owner/repo"] = {
            "sha": COMMIT,
            "siblings": [{"rfilename": name, "size": 1} for name in names],
        }
        for name, path in names.items():
            server.files[f"/owner/repo/resolve/{COMMIT}/{name}"] = path.read_bytes()
        arguments = ["owner/repo:Q4_K_M", "--engine", "llama.cpp", "--context", "4096"]
        cli.main(["check", *arguments, "--json", "--budget", "64GiB", *words])
    out = capsys.readouterr().out
    assert {share["part"] for share in json.loads(out)["at"]["components"]} == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--mmproj", str(next((DATA / "models").glob("gemma-3-270m.*")))), "found a model"),
        (("--model-draft", str(PROJECTOR)), "found a projector"),
        (("--lora", str(PROJECTOR)), "expected an adapter"),
        (("--mmproj", "no-such-file.gguf"), "no such file"),
    ],
)
def test_that_a_file_of_another_kind_is_named_with_what_it_is(
    capsys: pytest.CaptureFixture[str], words: tuple[str, str], expected: str
) -> None:
    code, out, err = check(capsys, *words)
    assert (code, out) == (2, "")
    assert expected in err
    assert err.count("\n") == 1


def test_that_zinc_refuses_a_projector(capsys: pytest.CaptureFixture[str]) -> None:
    (model,) = (DATA / "models").glob("qwen3-8b.*gguf")
    with pytest.raises(SystemExit):
        cli.main(["check", str(model), "--mmproj", str(PROJECTOR)])
    assert "ZINC does not load a projector" in capsys.readouterr().err


def test_that_a_truncated_header_of_a_part_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "mmproj.gguf"
    broken.write_bytes(PROJECTOR.read_bytes()[:200])
    code, _, err = check(capsys, "--mmproj", str(broken))
    assert code == 2
    assert str(broken) in err
