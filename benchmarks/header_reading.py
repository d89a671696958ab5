"""How fast headers are read, beside other readers, on files written here.

Run ``python benchmarks/header_reading.py``; it takes some minutes, most of them in gguf-py.
``pip install gguf-inspect`` adds its column, ``--node-modules FOLDER`` that of @huggingface/gguf,
and a C compiler that of the least that any reader must do.

Every figure is the median of its runs in a process of its own, which reads the file once before.
Readers in Python are measured in processor time, which other programs disturb least and which for
them is the time it takes; the others by the clock. Memory is by how much the process grew, at most.

What was tried to come closer to C, and gained under a quarter of the walk's time: numpy to find
lengths of one byte in a window, and a table to walk by them. mmap is no faster than plain reads,
and would let a file that shrinks kill the program.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from memplan import read_header

MEASURE = """
import gc, statistics, sys, time
{setup}
def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key))
path, runs = sys.argv[1], int(sys.argv[2])
before = status("VmRSS")
read(path)
grown = status("VmHWM") - before
times = []
for _ in range(runs):
    gc.collect()
    start = time.process_time()
    read(path)
    times.append(time.process_time() - start)
print(statistics.median(times), grown * 1024)
"""
SETUPS = {
    "Memplan": "from memplan import read_header as read; read(sys.argv[3])",
    "gguf-inspect": (
        "from gguf_inspect import parse_gguf\n"
        "def read(path): return parse_gguf(path, array_limit=0)\n"
        "read(sys.argv[3])"
    ),
    "gguf.GGUFReader": "from gguf import GGUFReader as read; read(sys.argv[3])",
}
RUNS = {"Memplan": 15, "gguf-inspect": 7, "gguf.GGUFReader": 3}
SLOWEST_RUNS = 1

NODE = """
import {{ gguf }} from "{modules}/@huggingface/gguf/dist/index.mjs";
const times = [];
for (let run = 0; run < 5; run++) {{
  const start = performance.now();
  await gguf(process.argv[2], {{ allowLocalFile: true }});
  times.push(performance.now() - start);
}}
console.log(times.sort((a, b) => a - b)[2] / 1000);
"""

# Only the walk over a header that is known to be right: no checks, nothing kept.
C_WALK = r"""
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
static unsigned char *at;
static uint64_t number(int bytes) {
  uint64_t n = 0; memcpy(&n, at, bytes); at += bytes; return n;
}
static void string(void) { uint64_t n = number(8); at += n; }
static const int sizes[13] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
static void value(uint64_t type) {
  if (type == 8) { string(); return; }
  if (type != 9) { at += sizes[type]; return; }
  uint64_t element = number(4), count = number(8);
  if (element != 8) { at += count * sizes[element]; return; }
  while (count--) string();
}
static double once(const char *path, unsigned char *buffer, size_t most) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  FILE *file = fopen(path, "rb");
  if (!file || !fread(buffer, 1, most, file)) exit(1);
  fclose(file);
  at = buffer + 8;
  uint64_t tensors = number(8), values = number(8);
  while (values--) { string(); value(number(4)); }
  while (tensors--) { string(); uint64_t n = number(4); at += 8 * n + 12; }
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (end.tv_sec - start.tv_sec) + 1e-9 * (end.tv_nsec - start.tv_nsec);
}
static int ascending(const void *a, const void *b) {
  return *(double *)a < *(double *)b ? -1 : 1;
}
int main(int count, char **arguments) {
  size_t most = strtoull(arguments[2], 0, 10);
  unsigned char *buffer = malloc(most);
  double times[15];
  for (int run = 0; run < 15; run++) times[run] = once(arguments[1], buffer, most);
  qsort(times, 15, sizeof *times, ascending);
  printf("%.9f\n", times[7]);
}
"""


class Case(NamedTuple):
    """A header to read.

    Attributes:
        tokens: size of the vocabulary.
        merges: number of merges of its tokenizer.
        tensors: number of tensors.
    """

    tokens: int
    merges: int
    tensors: int

    @property
    def title(self) -> str:
        """What the table calls it."""
        vocabulary = f"{self.tokens:,} and {self.merges:,} merges" if self.tokens else "none"
        return f"{vocabulary}; {self.tensors:,} tensors"


CASES = [
    Case(tokens, merges, tensors)
    for tokens, merges in ((0, 0), (151_936, 151_387), (262_144, 514_906))
    for tensors in (400, 2_000)
]


class Figure(NamedTuple):
    """Seconds, and bytes by which the process grew."""

    seconds: float
    grown_bytes: int


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node-modules", type=Path)
    parser.add_argument("--without-gguf-py", action="store_true", help="spare the longest part")
    arguments = parser.parse_args()
    readers = list(SETUPS)[: 2 if arguments.without_gguf_py else 3]
    readers = [reader for reader in readers if can_run(reader)]
    with tempfile.TemporaryDirectory() as folder:
        c_walk = compile_c_walk(Path(folder))
        warm_up = write(Path(folder) / "warm-up.gguf", Case(0, 0, 1))
        print_head(readers, arguments.node_modules, c_walk)
        for case in CASES:
            path = write(Path(folder) / "model.gguf", case)
            figures = {reader: measure(reader, path, warm_up, case) for reader in readers}
            cells = [case.title, *own_cells(figures, readers)]
            own_seconds = figures["Memplan"].seconds
            if arguments.node_modules:
                cells.append(times(node_seconds(path, arguments.node_modules), own_seconds))
            if c_walk:
                seconds = float(run([c_walk, path, read_header(path).data_offset]))
                cells.append(f"{seconds * 1000:.2f} ms (1/{own_seconds / seconds:.0f})")
            print("| " + " | ".join(cells) + " |", flush=True)
        whole = write(Path(folder) / "model.gguf", CASES[2])
        print()
        print_cpu_of_check(whole)


def can_run(reader: str) -> bool:
    """Whether a reader is installed."""
    imports = SETUPS[reader].partition("read(sys")[0].partition("def ")[0]
    command = [sys.executable, "-c", f"import sys\n{imports}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def print_head(readers: list[str], node_modules: Path | None, c_walk: Path | None) -> None:
    """Print the table's first lines."""
    heads = ["Vocabulary; tensors", "Memplan", "grown", *readers[1:]]
    heads += ["@huggingface/gguf"] * bool(node_modules) + ["a walk in C"] * bool(c_walk)
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " ---: |" * (len(heads) - 1))


def own_cells(figures: dict[str, Figure], readers: list[str]) -> list[str]:
    """Memplan's time and growth, and the other readers' with their ratios."""
    own = figures["Memplan"]
    cells = [f"{own.seconds * 1000:.1f} ms", mebibytes(own.grown_bytes)]
    for reader in readers[1:]:
        figure = figures[reader]
        cells.append(f"{times(figure.seconds, own.seconds)}, {mebibytes(figure.grown_bytes)}")
    return cells


def times(seconds: float, own_seconds: float) -> str:
    """A time, and how many times Memplan's it is."""
    return f"{seconds * 1000:,.0f} ms ({seconds / own_seconds:.1f}×)"


def mebibytes(count: int) -> str:
    """Bytes in MiB."""
    return f"{count / 2**20:.1f} MiB"


def measure(reader: str, path: Path, warm_up: Path, case: Case) -> Figure:
    """A reader's figures for a file."""
    slow = reader == "gguf.GGUFReader" and case.tokens > 200_000
    script = MEASURE.format(setup=SETUPS[reader])
    runs = SLOWEST_RUNS if slow else RUNS[reader]
    seconds, grown = run([sys.executable, "-c", script, path, runs, warm_up]).split()
    return Figure(float(seconds), int(grown))


def node_seconds(path: Path, modules: Path) -> float:
    """The median of @huggingface/gguf."""
    script = path.with_name("read.mjs")
    script.write_text(NODE.format(modules=modules.resolve()), "utf-8")
    return float(run(["node", script, path]))


def run(command: list[object]) -> str:
    """What a command prints."""
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, encoding="utf-8"
    ).stdout


def compile_c_walk(folder: Path) -> Path | None:
    """The walk in C, where there is a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, program = folder / "walk.c", folder / "walk"
    source.write_text(C_WALK, "utf-8")
    run([compiler, "-O2", "-o", program, source])
    return program


def print_cpu_of_check(path: Path) -> None:
    """Print the processor time of ``memplan check --json``, and where it goes."""
    parts = {
        "Python itself": "pass",
        "… and importing gguf's constants with numpy": "import gguf.constants",
        "… and importing Memplan": "import memplan.cli",
        "the whole of `memplan check --json`": (
            f"import memplan.cli; memplan.cli.main(['check', {str(path)!r}, '--json'])"
        ),
    }
    print("| CPU time, 152k vocabulary | median |")
    print("| --- | ---: |")
    for title, code in parts.items():
        seconds = statistics.median(cpu_seconds(code) for _ in range(7))
        print(f"| {title} | {seconds * 1000:.0f} ms |")


def cpu_seconds(code: str) -> float:
    """Processor time of a Python program from its start to its end, with the system's part."""
    timed = f"import time\n{code}\nprint()\nprint(time.process_time())"
    return float(run([sys.executable, "-c", timed]).split()[-1])


def write(path: Path, case: Case) -> Path:
    """A model as large as real ones, whose data are a hole in the file."""
    with path.open("wb") as file:
        values = list(key_values(case))
        file.write(b"GGUF" + struct.pack("<IQQ", 3, case.tensors, len(values)))
        file.writelines(values)
        file.writelines(tensor(index) for index in range(case.tensors))
        start = -(-file.tell() // 32) * 32
        file.truncate(start + case.tensors * TENSOR_BYTES)
    return path


TENSOR_BYTES = 4096 * 256 // 256 * 144


def tensor(index: int) -> bytes:
    """A row of the tensor table."""
    layer, kind = divmod(index, 10)
    name = string(f"blk.{layer}.attn_output_{kind}.weight".encode())
    return name + struct.pack("<IQQIQ", 2, 4096, 256, 12, index * TENSOR_BYTES)


def key_values(case: Case) -> Iterator[bytes]:
    """Key-values as a converter writes them, the tokenizer among them."""
    yield entry("general.architecture", 8, string(b"llama"))
    yield entry("general.name", 8, string(b"Benchmark"))
    for key, number in (
        ("block_count", case.tensors // 10 or 1),
        ("context_length", 131_072),
        ("embedding_length", 4096),
        ("feed_forward_length", 14_336),
        ("attention.head_count", 32),
        ("attention.head_count_kv", 8),
        ("vocab_size", case.tokens),
    ):
        yield entry(f"llama.{key}", 4, struct.pack("<I", number))
    if case.tokens:
        tokens = [b"token"[: 1 + n % 5] + b"%x" % (n % 65_536) for n in range(case.tokens)]
        merges = [b"%x %x" % (n % 4096, n % 65_536) for n in range(case.merges)]
        yield entry("tokenizer.ggml.tokens", 9, array(tokens))
        types = struct.pack("<IQ", 5, case.tokens) + bytes(4 * case.tokens)
        yield entry("tokenizer.ggml.token_type", 9, types)
        yield entry("tokenizer.ggml.merges", 9, array(merges))
        yield entry("tokenizer.chat_template", 8, string(b"{{ message }}" * 500))


def entry(key: str, type_id: int, payload: bytes) -> bytes:
    """A key-value."""
    return string(key.encode()) + struct.pack("<I", type_id) + payload


def string(raw: bytes) -> bytes:
    """A string."""
    return struct.pack("<Q", len(raw)) + raw


def array(values: list[bytes]) -> bytes:
    """An array of strings."""
    return struct.pack("<IQ", 8, len(values)) + b"".join(map(string, values))


if __name__ == "__main__":
    main()
