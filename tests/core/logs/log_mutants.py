"""Damaged logs without end, made from the samples: for the tests, and for a long run by hand.

``python tests/core/logs/log_mutants.py 1000000`` reads that many, and prints how it went.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from memplan.logs import Log, LogError, parse_log
from memplan.logs.log_json import log_to_json
from memplan.logs.planned import request_from_log
from memplan.logs.rows import LINE_KINDS
from memplan.logs.wording import log_text

LOGS = Path(__file__).parents[2] / "data" / "logs"
_MOST_LINES = 40
_ODD = (
    b"\x00", b"\xff\xfe", b"\x1b[31m", b"\r", b"\\n", b"\\u001b[0m", b"9" * 24, b"-1", b"0", b"1e9",
    b" " * 300, b"(" * 200, b"\xe2\x80\xa8", b"nan", b"=", b":", b"MiB", b"GiB", b'"', b"\t",
)  # fmt: skip


def sample_lines() -> list[bytes]:
    """The distinct lines of all samples, and the example of each kind of line."""
    lines = {line for path in LOGS.glob("*.log") for line in path.read_bytes().splitlines()}
    lines |= {kind.example.encode() for kind in LINE_KINDS}
    return sorted(lines)


def mutants(seed: int, lines: list[bytes]) -> Iterator[bytes]:
    """Logs of some of the lines, most of them damaged."""
    choice = random.Random(seed)
    telling = [line for line in lines if any(kind.key.encode() in line for kind in LINE_KINDS)]
    while True:
        pool = telling if choice.random() < 0.8 else lines
        log = choice.choices(pool, k=choice.randrange(1, _MOST_LINES))
        joined = choice.choice((b"\n", b"\n", b"\r\n", b"\\n", b"")).join(log)
        for _ in range(choice.randrange(6)):
            joined = _damaged(joined, choice)
        yield joined


def _damaged(log: bytes, choice: random.Random) -> bytes:
    at = choice.randrange(len(log) + 1)
    until = min(len(log), at + choice.randrange(1, 30))
    match choice.randrange(5):
        case 0:
            return log[:at] + log[until:]
        case 1:
            return log[:at] + choice.choice(_ODD) + log[at:]
        case 2:
            return log[:at] + choice.choice(_ODD) + log[until:]
        case 3:
            return log[:at] + log[at:until] * 3 + log[until:]
        case _:
            return log[:at] + choice.randbytes(until - at) + log[until:]


def read_fully(log: bytes) -> Log:
    """Read a log, and do all that may be done with one."""
    found = parse_log(log)
    log_to_json(found)
    log_text(found)
    request_from_log(found)
    return found


def main() -> None:
    """Read as many damaged logs as the first argument says."""
    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    generator = mutants(seed, sample_lines())
    outcomes: dict[str, int] = {}
    started, longest_seconds = time.perf_counter(), 0.0
    for _ in range(count):
        log = next(generator)
        before = time.perf_counter()
        try:
            found = read_fully(log)
        except LogError as error:
            outcome = type(error).__name__
        except Exception:
            sys.stderr.write(f"{log!r}\n")
            raise
        else:
            outcome = str(found.outcome)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        longest_seconds = max(longest_seconds, time.perf_counter() - before)
    seconds = time.perf_counter() - started
    sys.stdout.write(
        f"{count:,} logs in {seconds:.0f} s, longest {longest_seconds * 1000:.1f} ms\n"
    )
    for outcome, times in sorted(outcomes.items()):
        sys.stdout.write(f"{outcome}: {times:,}\n")


if __name__ == "__main__":
    main()
