"""Rules of reading a log: kinds of lines, wrapped lines, retries, sums, and what is left over."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest
from memplan.engines.log_row import LineKind
from memplan.logs import Cause, Failure, LogOutcome, LogUnreadableError, parse_log, read_log
from memplan.logs.rows import ANCHORS, LINE_KINDS, kinds_with
from memplan.memory.component import ComponentKind
from memplan.reader.errors import CancelledError
from memplan.reader.transfer import CancelToken

LOGS = Path(__file__).parents[2] / "data" / "logs"
MIB = 2**20


def sizes(text: str) -> dict[tuple[str, str], float]:
    return {(b.kind.value, b.buffer): b.mib for b in parse_log(text).buffers}


@pytest.mark.parametrize("kind", LINE_KINDS, ids=lambda kind: f"{kind.key}-{kind.effect.name}")
def test_that_each_row_understands_its_own_example_and_comes_first(kind: LineKind) -> None:
    held = tuple(i for i, anchor in enumerate(ANCHORS) if anchor in kind.example)
    rows = [k for k in kinds_with(held) if k.key in kind.example and k.pattern.search(kind.example)]

    assert rows[0] is kind


def test_that_reading_a_log_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_bytes(b"llama_model_load: loaded\n" * 100)
    cancel = CancelToken()
    assert read_log(path, cancel).not_understood == 0
    cancel.cancel()
    with pytest.raises(CancelledError):
        read_log(path, cancel)


def test_that_several_lines_about_one_buffer_add_up() -> None:
    text = (
        "load_tensors:      Vulkan0 model buffer size =   100.25 MiB\n"
        "load_tensors:      Vulkan0 model buffer size =    50.50 MiB\n"
        "llama_kv_cache:    Vulkan0 KV buffer size =    24.00 MiB\n"
        "llama_kv_cache:    Vulkan0 KV buffer size =    37.50 MiB\n"
    )

    assert sizes(text) == {("weights", "Vulkan0"): 150.75, ("kv_cache", "Vulkan0"): 61.5}


def test_that_a_later_compute_buffer_replaces_the_one_before() -> None:
    text = (
        "sched_reserve:    Vulkan0 compute buffer size =    27.02 MiB\n"
        "sched_reserve:    Vulkan0 compute buffer size =    30.00 MiB\n"
    )

    assert sizes(text) == {("compute", "Vulkan0"): 30.0}


def test_that_a_dry_run_is_superseded_by_the_load_that_follows() -> None:
    dry = (
        "llama_model_loader: loaded meta data with 33 key-value pairs and 236 tensors from x\n"
        "load_tensors:          CPU model buffer size =     0.00 MiB\n"
        "load_tensors:      Vulkan0 model buffer size =     0.00 MiB\n"
        "llama_context: constructing llama_context\n"
        "llama_kv_cache:    Vulkan0 KV buffer size =     0.00 MiB\n"
        "sched_reserve:    Vulkan0 compute buffer size =    99.00 MiB\n"
    )
    real = (
        "llama_model_loader: loaded meta data with 33 key-value pairs and 236 tensors from x\n"
        "load_tensors:      Vulkan0 model buffer size =    65.16 MiB\n"
        "llama_context: constructing llama_context\n"
        "llama_kv_cache:    Vulkan0 KV buffer size =    24.00 MiB\n"
        "sched_reserve:    Vulkan0 compute buffer size =    27.02 MiB\n"
    )

    assert sizes(dry + real) == sizes(real)
    assert ("compute", "Vulkan0") in sizes(real)


def test_that_a_second_attempt_counts_and_not_the_first() -> None:
    failed = (LOGS / "vulkan-failed-weights.log").read_text("utf-8")
    loaded = (LOGS / "vulkan-loaded.log").read_text("utf-8")

    assert parse_log(failed + loaded).outcome is LogOutcome.LOADED
    assert parse_log(failed + loaded).failed is None
    assert parse_log(loaded + failed).outcome is LogOutcome.FAILED_TO_LOAD
    assert parse_log(loaded + failed).cause is Cause.TOTAL_MEMORY


def test_that_what_is_given_up_for_a_smaller_request_is_no_failure() -> None:
    text = (
        "ggml_gallocr_reserve_n_impl: failed to allocate CUDA1 buffer of size 54262464512\n"
        "graph_reserve: failed to allocate compute buffers\n"
    )

    assert parse_log(text).outcome is LogOutcome.FAILED_TO_LOAD
    for made_good in (
        "sched_reserve: compute buffer allocation failed, retrying without pipeline parallelism\n"
        "sched_reserve:      CUDA1 compute buffer size =  1612.00 MiB\n",
        "srv    load_model: initializing, n_slots = 1, n_ctx_slot = 50176, kv_unified = 'false'\n",
    ):
        assert parse_log(text + made_good).outcome is LogOutcome.LOADED
        assert parse_log(text + made_good).cause is None


def test_that_pinned_memory_that_could_not_be_had_is_no_failure() -> None:
    text = (
        "ggml_vulkan: Failed to allocate pinned memory "
        "(vk::Device::allocateMemory: ErrorOutOfDeviceMemory)\n"
        "sched_reserve: Vulkan_Host compute buffer size =    13.02 MiB\n"
    )

    assert parse_log(text).outcome is LogOutcome.LOADED


@pytest.mark.parametrize(
    ("next_line", "kind"),
    [
        ("llama_model_load: error loading model: unable to allocate CUDA0 buffer", "weights"),
        ("x: failed to initialize the context: failed to allocate buffer for kv cache", "kv_cache"),
        (
            "x: failed to initialize the context: failed to allocate buffer for rs cache",
            "recurrent_state",
        ),
    ],
)
def test_that_the_line_after_tells_what_a_buffer_was_for(next_line: str, kind: str) -> None:
    text = f"alloc_tensor_range: failed to allocate CUDA0 buffer of size 1234\n{next_line}\n"

    assert parse_log(text).failed == Failure(ComponentKind(kind), "CUDA0", 1234)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("vk::Device::allocateMemory: ErrorOutOfDeviceMemory", Cause.TOTAL_MEMORY),
        ("vk::Device::allocateMemory: ErrorOutOfHostMemory", Cause.HOST_MEMORY),
        (
            "Requested buffer size exceeds device memory allocation limit: ErrorOutOfDeviceMemory",
            Cause.SINGLE_ALLOCATION_LIMIT,
        ),
        (
            "Requested buffer size exceeds device buffer size limit: ErrorOutOfDeviceMemory",
            Cause.SINGLE_ALLOCATION_LIMIT,
        ),
    ],
)
def test_that_vulkan_names_the_cause(reason: str, cause: Cause) -> None:
    text = (
        "ggml_vulkan: Device memory allocation of size 5000000000 failed.\n"
        f"ggml_vulkan: {reason}\n"
        "alloc_tensor_range: failed to allocate Vulkan0 buffer of size 6000000000\n"
    )

    log = parse_log(text)
    assert log.cause is cause
    assert log.failed is not None
    assert (log.failed.bytes, log.failed.allocation_bytes) == (6000000000, 5000000000)


@pytest.mark.parametrize(
    ("running", "outcome"),
    [("", LogOutcome.FAILED_TO_LOAD), ("model loaded\n", LogOutcome.FAILED_WHILE_RUNNING)],
)
def test_that_a_server_runs_only_once_it_says_so(running: str, outcome: LogOutcome) -> None:
    text = (
        "srv    load_model: loading model 'x'\n"
        "sched_reserve:      CUDA0 compute buffer size =   304.75 MiB\n"
        f"{running and 'srv  llama_server: ' + running}"
        "CUDA error: out of memory\n"
    )

    assert parse_log(text).outcome is outcome


def test_that_warming_up_is_a_part_of_loading() -> None:
    text = (
        "llama_context:      CUDA0 compute buffer size =   304.75 MiB\n"
        "common_init_from_params: warming up the model with an empty run - please wait ...\n"
        "CUDA error: out of memory\n"
    )

    assert parse_log(text).outcome is LogOutcome.FAILED_TO_LOAD


def test_that_a_log_of_something_else_names_no_engine() -> None:
    log = parse_log("Traceback (most recent call last):\n  File 'x.py', line 3\nValueError: no\n")

    assert (log.engine, log.outcome, log.buffers) == (None, None, ())
    assert parse_log(b"").engine is None


def test_that_lines_about_memory_that_nobody_knows_are_counted() -> None:
    text = "foo: the frobnicator took 12.5 GiB\nllama: unable to allocate enough memory for x\n"

    assert parse_log(text).not_understood == 2


def test_that_a_file_that_is_not_there_is_an_error_of_the_readers_own(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadableError, match="cannot be read"):
        read_log(tmp_path / "missing.log")
    with pytest.raises(LogUnreadableError, match="cannot be read"):
        read_log(tmp_path)
    with pytest.raises(LogUnreadableError, match="cannot be read"):
        read_log("null\0byte")


def _broken_at(text: str, width: int) -> str:
    lines = (line[i : i + width] for line in text.splitlines() for i in range(0, len(line), width))
    return "\n".join(lines)


def _broken_between_words(text: str, width: int) -> str:
    return "\n".join(
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
    )


FAILED_LINES = (
    "0.01.065.624 I load_tensors:   CPU_Mapped model buffer size =   170.00 MiB\n"
    "0.01.065.626 I load_tensors:      Vulkan0 model buffer size =  1765.16 MiB\n"
    "0.01.067.169 I llama_context: n_ctx                 = 98304\n"
    "0.01.067.389 I llama_kv_cache:    Vulkan0 KV buffer size =    24.00 MiB\n"
    "0.01.079.557 I llama_kv_cache: size =   24.00 MiB (  8192 cells,   3 layers,  4/1 seqs), "
    "K (q8_0):   12.00 MiB, V (q8_0):   12.00 MiB\n"
    "ggml_vulkan: Device memory allocation of size 1006632960 failed.\n"
    "ggml_vulkan: Requested buffer size exceeds device memory allocation limit: "
    "ErrorOutOfDeviceMemory\n"
    "0.01.850.497 E ggml_gallocr_reserve_n_impl: failed to allocate Vulkan0 buffer of size "
    "1006632960\n"
)


@pytest.mark.parametrize("width", range(60, 100))
@pytest.mark.parametrize("wrap", [_broken_at, _broken_between_words])
def test_that_wrapped_lines_are_read_as_if_they_were_not(wrap: object, width: int) -> None:
    assert callable(wrap)
    found, expected = parse_log(wrap(FAILED_LINES, width)), parse_log(FAILED_LINES)

    assert found.buffers == expected.buffers
    assert (found.outcome, found.cause) == (expected.outcome, expected.cause)
    assert found.failed == expected.failed


def test_that_times_paths_and_the_logs_own_text_are_in_no_answer() -> None:
    for path in LOGS.glob("*.log"):
        answer = json.dumps(json.loads(path.with_suffix(".json").read_text("utf-8")))
        assert "/" not in answer.replace("memplan.log/1", "")
        assert not re.search(r"\d\d:\d\d|\d\.\d\d\.\d\d\d\.", answer)
        assert "blobs" not in answer
        assert "gguf" not in answer
