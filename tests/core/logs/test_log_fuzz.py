"""A log is untrusted: any bytes, any size, no error but the reader's own, in linear time."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_mutants import mutants, read_fully, sample_lines
from memplan.engines.llama_cpp.logs import requests
from memplan.logs import lines, options, parse_log, reading, rows, state
from memplan.logs.effects import failures
from memplan.logs.finding import Finder

LOGS = Path(__file__).parents[2] / "data" / "logs"
MUTANTS = 1500
KEYS = sorted({kind.key for kind in rows.LINE_KINDS})


def test_that_a_damaged_log_is_read_without_an_error() -> None:
    for log in islice(mutants(20_26, sample_lines()), MUTANTS):
        read_fully(log)


@given(st.binary(max_size=400))
def test_that_any_bytes_are_a_log(log: bytes) -> None:
    assert read_fully(log).not_understood >= 0


fragments = st.sampled_from([*KEYS, "\n", "\\n", "\r", " = ", ": ", " 12.50 MiB", "9" * 20, "("])


@given(st.lists(fragments | st.text(max_size=8), max_size=40))
def test_that_any_text_with_the_keys_in_it_is_a_log(parts: list[str]) -> None:
    assert read_fully("".join(parts).encode("utf-8", "replace")).not_understood >= 0


@given(st.sampled_from(sorted(LOGS.glob("*.log"))), st.integers(1, 200))
def test_that_a_log_reads_the_same_in_blocks_of_any_size(path: Path, size: int) -> None:
    class Dribble(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(size * 37)

    content = path.read_bytes()
    assert parse_log(Dribble(content)) == parse_log(content)


def _repeats(parsed: object) -> Iterator[object]:
    """The upper bounds of all repetitions in a parsed pattern."""
    if isinstance(parsed, tuple) and len(parsed) == 2 and str(parsed[0]).endswith("_REPEAT"):
        yield parsed[1][1]
    if isinstance(parsed, (tuple, list)) or hasattr(parsed, "data"):
        for part in getattr(parsed, "data", parsed):
            yield from _repeats(part)


def _patterns() -> list[re.Pattern[str]]:
    patterns = [kind.pattern for kind in rows.LINE_KINDS]
    patterns += [*requests.SIGNS.values(), *requests._BACKENDS.values()]
    for module in (failures, lines, options, reading, requests, rows, state):
        patterns += [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    return patterns


def test_that_no_pattern_repeats_without_a_bound() -> None:
    parser = re._parser  # type: ignore[attr-defined]
    for pattern in _patterns():
        bounds = list(_repeats(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
        assert all(bound is not parser.MAXREPEAT for bound in bounds), pattern.pattern
    assert len(_patterns()) > 100
    assert list(_repeats(parser.parse("(?:ab*)"))) == [parser.MAXREPEAT]


def _calls(log: bytes) -> int:
    """Calls of Python and C functions while a log is read."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        parse_log(log)
    finally:
        sys.setprofile(None)
    return count


HOSTILE = {
    "one key for ever": b"buffer size",
    "half a line for ever": b"load_tensors: Vulkan0 model buffer ",
    "no line end": b"x" * 64,
    "line ends alone": b"\n",
    "spelt-out line ends": b"failed to allocate\\n",
    "carriage returns": b"12 MiB\r",
    "what is not understood": b"12.5 GiB of something\n",
    "wrapped lines": b"alloc_tensor_range: failed to allocate Vulkan0 buffer of\nsize 12\n",
    "failures": b"CUDA error: out of memory\n",
    "new buffers": b"load_tensors: B%d model buffer size = 1.00 MiB\n",
}


def _repeated(unit: bytes, times: int) -> bytes:
    return b"".join(unit % n for n in range(times)) if b"%d" in unit else unit * times


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_that_four_times_the_log_takes_no_more_than_four_times_the_steps(unit: bytes) -> None:
    once, four_times = _calls(_repeated(unit, 1000)), _calls(_repeated(unit, 4000))

    assert four_times <= 4 * once + 2000


@pytest.mark.parametrize("unit", [b"failed: MiB alloc ", b"iB ", b"buffer size"])
def test_that_a_line_without_an_end_is_looked_through_in_linear_time(unit: bytes) -> None:
    def seconds(count: int) -> float:
        block = unit * (count // len(unit))
        started = time.process_time()
        Finder(rows.ANCHORS).lines(block, 0, len(block))
        return time.process_time() - started

    assert seconds(1 << 20) < 12 * min(seconds(1 << 18) for _ in range(3)) + 0.05


def test_that_lines_are_found_where_they_start() -> None:
    block = b"x\nMiB a\nb\n MiB buffer size\nlast MiB"
    found = Finder(("MiB", "buffer size", "b\u00e4r")).lines(block, 2, len(block))

    assert found == {2: [0], 10: [0, 1], 27: [0]}


def test_that_what_is_kept_of_a_log_does_not_grow_with_it() -> None:
    log = b"".join(b"load_tensors: B%d model buffer size = 1.00 MiB\n" % n for n in range(5000))
    log += b"".join(b"using device D%d (x) - 12 MiB free\n" % n for n in range(5000))

    found = parse_log(log)
    assert len(found.buffers) <= 512
    assert len(found.devices) <= 64
