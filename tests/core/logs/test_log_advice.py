"""What to change after a failure: how much was short, what each change frees, in whose words."""

from __future__ import annotations

from pathlib import Path

import pytest
from memplan import EngineName, read_model
from memplan.engines.log_app import LogChange
from memplan.logs import Log, parse_log
from memplan.logs.advice import LogAdvice, advice_for
from memplan.logs.against import Stranger, failing_tensor, hold_against, stranger_to
from memplan.logs.apps import PROGRAMS, argument
from memplan.logs.log_json import log_to_json
from memplan.logs.rows import DIALECTS
from memplan.logs.shortfall import short_by_bytes
from memplan.logs.wording import log_text

MODELS = Path(__file__).parents[2] / "data" / "models"
MIB = 2**20
CACHE_FAILED = (
    "llama_prepare_model_devices: using device CUDA0 (RTX) (0000:01:00.0) - 8000 MiB free\n"
    "load_tensors: offloaded 33/33 layers to GPU\n"
    "load_tensors:        CUDA0 model buffer size =  4000.00 MiB\n"
    "llama_context: n_seq_max             = 1\n"
    "llama_context: n_ctx                 = 65536\n"
    "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 8192.00 MiB on device 0: cudaMalloc "
    "failed: out of memory\n"
    "alloc_tensor_range: failed to allocate CUDA0 buffer of size 8589934592\n"
    "llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv "
    "cache\n"
)


def by_change(log: Log) -> dict[LogChange, LogAdvice]:
    return {advice.change: advice for advice in advice_for(log)}


def test_that_what_is_short_is_what_was_asked_and_allocated_less_what_was_free() -> None:
    log = parse_log(CACHE_FAILED)

    assert short_by_bytes(log) == (4000 + 8192 - 8000) * MIB
    assert log.failed is not None
    assert log.failed.device_free_mib == 8000
    answer = log_to_json(log)
    assert answer["short_by_bytes"] == 4192 * MIB
    assert answer["failed"]["device_free_mib"] == 8000


def test_that_a_context_that_would_do_follows_from_the_cache_and_what_is_short() -> None:
    context = by_change(parse_log(CACHE_FAILED))[LogChange.CONTEXT]

    # 8192 MiB hold 65,536 tokens; 4000 MiB are left, which hold 32,000: 125 steps of 256.
    assert (context.to, context.argument) == (32_000, "--ctx-size 32000")
    assert context.fits is True
    assert context.frees_bytes == 4192 * MIB


def test_that_a_narrower_cache_frees_15_of_32_and_says_whether_that_is_enough() -> None:
    cache = by_change(parse_log(CACHE_FAILED))[LogChange.CACHE_TYPE]

    assert (cache.to, cache.frees_bytes, cache.fits) == ("q8_0", 8192 * MIB * 15 // 32, False)
    assert "is not enough by itself" in log_text(parse_log(CACHE_FAILED))


def test_that_what_is_enough_comes_first() -> None:
    fits = [advice.fits for advice in advice_for(parse_log(CACHE_FAILED))]

    assert fits[0] is True
    assert fits == sorted(fits, key=lambda value: not value)


@pytest.mark.parametrize(
    ("wrapper", "change", "to", "words"),
    [
        ("", LogChange.N_GPU_LAYERS, 20, "--n-gpu-layers 20"),
        ("ollama", LogChange.CONTEXT, 32768, "num_ctx 8192"),
        ("ollama", LogChange.N_GPU_LAYERS, 20, "num_gpu 20"),
        ("ollama", LogChange.PARALLEL, 1, "OLLAMA_NUM_PARALLEL=1"),
        ("lm-studio", LogChange.CONTEXT, 8192, "Context Length: 8192"),
        ("koboldcpp", LogChange.CACHE_TYPE, "q8_0", "--quantkv 1 --flashattention"),
        ("koboldcpp", LogChange.CONTEXT, 8192, "--contextsize 8192"),
        ("koboldcpp", LogChange.PARALLEL, 1, ""),
        ("localai", LogChange.N_GPU_LAYERS, 20, "gpu_layers: 20"),
        ("llama-cpp-python", LogChange.CONTEXT, 8192, "n_ctx=8192"),
    ],
)
def test_that_a_change_is_in_the_words_of_the_program_that_was_run(
    wrapper: str, change: LogChange, to: int | str, words: str
) -> None:
    app = PROGRAMS.get(wrapper) or DIALECTS[EngineName.LLAMA_CPP].apps[""]
    assert argument(app, change, to, sequences=4) == words


def test_that_every_program_says_where_its_log_is() -> None:
    assert all(app.title and app.log_place for app in PROGRAMS.values())


def test_that_nothing_is_advised_where_nothing_failed_for_memory() -> None:
    assert advice_for(parse_log("main: model loaded\n")) == ()
    assert advice_for(parse_log("error loading model: tensor 'x' not found\n")) == ()


def test_that_without_an_engines_line_the_right_log_is_asked_for() -> None:
    assert "journalctl -u ollama" in log_text(parse_log("Dear diary\n"))
    guardrail = "Error: Model loading aborted due to insufficient system resources.\n"
    text = log_text(parse_log(guardrail))

    assert text.startswith("LM Studio. The model was not loaded.")
    assert "guardrail" in text
    assert "developer log" in text
    assert "journalctl" not in text


def test_that_the_tensor_with_the_bytes_that_failed_is_named() -> None:
    model = read_model(MODELS / "qwen3-8b.Q4_K_M.gguf")
    sizes = [tensor.bytes for tensor in model.tensors]
    wanted = next(tensor for tensor in model.tensors if sizes.count(tensor.bytes) == 1)
    log = parse_log(f"alloc_tensor_range: failed to allocate CUDA0 buffer of size {wanted.bytes}\n")

    assert failing_tensor(log, model) == wanted
    against = hold_against(log, model)
    assert log_to_json(log, against)["failed"]["tensor"] == wanted.name
    assert f"{wanted.name} ({wanted.type_name})" in log_text(log, against)


def test_that_a_size_that_several_tensors_have_names_none() -> None:
    model = read_model(MODELS / "qwen3-8b.Q4_K_M.gguf")
    sizes = [tensor.bytes for tensor in model.tensors]
    shared = next(size for size in sizes if sizes.count(size) > 1)
    log = parse_log(f"alloc_tensor_range: failed to allocate CUDA0 buffer of size {shared}\n")

    assert failing_tensor(log, model) is None


@pytest.mark.parametrize(
    ("line", "stranger"),
    [
        ("load_tensors: offloaded 49/49 layers to GPU", Stranger.LAYERS),
        ("load_tensors:        CUDA0 model buffer size = 16000.00 MiB", Stranger.WEIGHTS),
        ("load_tensors: offloaded 37/37 layers to GPU", None),
        ("load_tensors:        CUDA0 model buffer size =  2000.00 MiB", None),
    ],
)
def test_that_a_log_that_cannot_be_of_the_model_is_not_compared(
    line: str, stranger: Stranger | None
) -> None:
    model = read_model(MODELS / "qwen3-8b.Q4_K_M.gguf")
    log = parse_log(line + "\n")

    assert stranger_to(log, model) is stranger
    if stranger is not None:
        assert hold_against(log, model).comparisons == ()
