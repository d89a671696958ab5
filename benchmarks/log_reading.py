"""How long the reader takes for 100 MB of log, and how much memory: a Markdown table.

The logs are made in a temporary folder: a real one repeated, a server's requests after a real
start, noise without a line end in sight, and one line that never ends.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from memplan.logs import read_log

START = Path(__file__).parents[1] / "tests" / "data" / "logs" / "vulkan-loaded.log"
REQUESTS = (
    b"0.09.119.001 I slot launch_slot_: id  0 | task 12 | processing task, is_child = 0\n"
    b"0.09.119.213 I slot update_slots: id  0 | task 12 | n_past = 9, memory_seq_rm [9, end)\n"
    b"0.09.931.377 I prompt eval time =     812.17 ms /    31 tokens (   26.20 ms per token)\n"
    b"0.09.931.401 I srv  log_server_r: request: POST /v1/chat/completions 127.0.0.1 200\n"
)


def _pieces(kind: str) -> Iterator[bytes]:
    """Bytes of a log of that kind, without end."""
    start, chance = START.read_bytes(), random.Random(1)
    if kind == "requests after a start":
        yield start
    while True:
        yield {
            "a start, repeated": start,
            "requests after a start": REQUESTS * 100,
            "noise": chance.randbytes(1 << 16),
            "one line": b"load_tensors: Vulkan0 model buffer " * 1000,
            "failures without end": b"alloc_tensor_range: failed to allocate CUDA0 buffer of "
            b"size 12\nCUDA error: out of memory\nKilled\n" * 100,
        }[kind]


KINDS = (
    "a start, repeated", "requests after a start", "noise", "one line", "failures without end",
)  # fmt: skip


def _write(path: Path, kind: str, size: int) -> None:
    written = 0
    with path.open("wb") as stream:
        for piece in _pieces(kind):
            written += stream.write(piece)
            if written >= size:
                return


def _measure(path: str) -> None:
    """Read a log in this process; print the processor's seconds and the growth in MiB."""
    read_log(START)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    read_log(path)
    seconds = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{seconds:.1f} s | {grown:.0f} MiB")


def main() -> None:
    """Measure each kind in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--measure", metavar="LOG", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        _measure(options.measure)
        return
    print(f"| {options.megabytes} MB of log | processor time | memory grows by |")
    print("| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.log"
        for kind in KINDS:
            _write(path, kind, options.megabytes * 10**6)
            command = [sys.executable, __file__, "--measure", str(path)]
            answer = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
            print(f"| {kind} | {answer.stdout.strip()} |", flush=True)


if __name__ == "__main__":
    main()
