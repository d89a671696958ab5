"""Compute buffers from graph to bytes, against what llama.cpp itself allocates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from llama_cpp_rows import (
    DATA,
    Row,
    all_rows,
    made_up_model,
    model_of,
    options_of,
    place_layers,
    plan_of,
)  # fmt: skip
from memplan import Backend, Model
from memplan.engines.llama_cpp.graph import footprint
from memplan.engines.llama_cpp.graph.buffers import (
    ComputeBuffer,
    buffers_at,
    compute_buffers,
)
from memplan.engines.llama_cpp.graph.footprint import GraphRequest
from memplan.engines.llama_cpp.graph.version import ModelledVersion
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.memory.component import ComponentKind, Place

DEVICE = 0
_VERSIONS = {
    Backend.CUDA: ModelledVersion.V0_5_0,
    Backend.VULKAN: ModelledVersion.B11434,
    Backend.METAL: ModelledVersion.B11434,
}
DENSE = "llama-3.1-8b"
EXPERTS = "qwen3-30b-a3b"
WINDOWS = "gemma-3-12b"
LATENT = "deepseek-v2-lite"


def request_of(
    model: Model, options: LlamaCppOptions, backend: Backend = Backend.VULKAN
) -> GraphRequest:
    shape = resolve_shape(model)
    settings = resolve_settings(options, shape)
    placement = place_layers(shape, settings, backend)
    return GraphRequest(model, shape, settings, placement, _VERSIONS[backend])


def some_rows() -> list[Row]:
    """The first and the last row of each model, backend, flash attention and placement."""
    chosen: dict[tuple[str, ...], list[Row]] = {}
    for row in all_rows():
        if row["accepted"] == "1" and row["backend"] in ("vulkan", "cuda"):
            key = (row["model"], row["backend"], row["flash_attn"], row["n_gpu_layers"])
            chosen.setdefault(key, []).append(row)
    models = (DENSE, EXPERTS, WINDOWS, LATENT)
    return [
        row
        for (model, *_), rows in chosen.items()
        if model.startswith(models)
        for row in (rows[0], rows[-1])
    ]


@pytest.mark.parametrize("row", some_rows(), ids=lambda row: "-".join(list(row.values())[1:11]))
def test_that_both_buffers_are_those_of_llama_cpp(row: Row) -> None:
    request = request_of(model_of(row["model"]), options_of(row), Backend(row["backend"]))
    found = buffers_at(request, int(row["n_ctx"]))
    assert found[DEVICE] == int(row["device_compute_bytes"])
    assert found[HOST] == int(row["host_compute_bytes"])


@pytest.mark.parametrize("model", [DENSE, WINDOWS])
@pytest.mark.parametrize("flash", [True, False])
def test_that_the_curve_is_what_single_contexts_say(model: str, flash: bool) -> None:
    request = request_of(model_of(model), LlamaCppOptions(flash_attn=flash), Backend.CUDA)
    contexts = np.array([1, 300, 512, 513, 5000, 40_000, 99_999])
    for memory, buffer in compute_buffers(request).items():
        curve = buffer.formula(contexts).tolist()
        assert curve == [buffers_at(request, context)[memory] for context in contexts.tolist()]
        assert curve == [buffer.formula(context) for context in contexts.tolist()]


@pytest.mark.parametrize(
    ("model", "backend", "layers", "micro_batch"),
    [
        # Its memory settles later than that of attention does.
        ("mamba-codestral-7b", Backend.METAL, 33, 512),
        (DENSE, Backend.VULKAN, 17, 256),
        (LATENT, Backend.CUDA, 14, 512),
        (WINDOWS, Backend.METAL, 30, 512),
    ],
)
def test_that_layers_that_are_left_out_change_nothing(
    model: str, backend: Backend, layers: int, micro_batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = LlamaCppOptions(n_gpu_layers=layers, ubatch_size=micro_batch)
    some = buffers_at(request_of(model_of(model), options, backend), 16_384)
    monkeypatch.setattr(footprint, "_layers", lambda request: request.shape.trunk)
    assert buffers_at(request_of(model_of(model), options, backend), 16_384) == some


def test_that_compressed_attention_on_vulkan_lies_within_the_band_that_is_shown() -> None:
    rows = [
        row
        for row in all_rows()
        if row["model"].startswith("deepseek-v4-flash")
        and row["backend"] == "vulkan"
        and row["accepted"] == "1"
    ]
    assert rows
    for row in rows[::3]:
        context = int(row["n_ctx"])
        (found,) = [
            component
            for component in plan_of(row).components
            if component.kind is ComponentKind.COMPUTE and component.where is Place.DEVICE
        ]
        assert not found.exact
        assert found.band is not None
        away = abs(found.bytes_at(context) - int(row["device_compute_bytes"]))
        assert away <= found.band(context)


def test_that_a_straight_piece_ends_where_the_window_is_full() -> None:
    request = request_of(model_of(WINDOWS), LlamaCppOptions(swa_full=False), Backend.CUDA)
    buffer = compute_buffers(request)[DEVICE]
    # Three contexts shorter than the window draw a line, which longer ones must not follow.
    for context in (768, 1024, 1280):
        buffer.formula(context)
    contexts = np.arange(1024, 9216, 256)
    curve = buffer.formula(contexts).tolist()
    assert curve == [buffers_at(request, context)[DEVICE] for context in contexts.tolist()]


def estimated(model: Model) -> dict[int, ComputeBuffer]:
    return dict(compute_buffers(request_of(model, LlamaCppOptions())))


def without(model: Model, end: str) -> Model:
    return replace(model, tensors=tuple(t for t in model.tensors if not t.name.endswith(end)))


def test_that_a_file_without_a_needed_tensor_has_an_estimate_with_a_band() -> None:
    buffers = estimated(without(model_of(DENSE), "blk.7.attn_output.weight"))
    for buffer in buffers.values():
        assert not buffer.exact
        assert buffer.band is not None
        assert 0 < buffer.band(8192) <= buffer.formula(8192)


def test_that_the_estimate_is_near_what_the_whole_file_takes() -> None:
    whole = buffers_at(request_of(model_of(DENSE), LlamaCppOptions()), 8192)
    damaged = buffers_at(
        request_of(without(model_of(DENSE), "blk.7.attn_output.weight"), LlamaCppOptions()), 8192
    )
    assert damaged[DEVICE] == pytest.approx(whole[DEVICE], rel=0.5)


def test_that_an_architecture_that_nobody_knows_has_an_estimate() -> None:
    buffers = estimated(made_up_model("nobody-knows", {}, {}))
    assert all(not buffer.exact for buffer in buffers.values())


def test_that_a_whole_file_is_followed_exactly() -> None:
    assert all(buffer.exact for buffer in estimated(model_of(DENSE)).values())


def test_that_every_model_of_the_data_has_buffers_at_any_context() -> None:
    for path in sorted((DATA / "models").glob("*.gguf"))[::12]:
        request = request_of(model_of(path.name.split(".Q")[0]), LlamaCppOptions())
        for context in (1, 4096):
            assert min(buffers_at(request, context).values()) >= 0
