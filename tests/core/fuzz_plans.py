"""The long run of odd plans, by hand: ``PYTHONPATH=tests python tests/core/fuzz_plans.py``.

Tells how many were plans and refusals of which kind, the slowest of them, and by how much the
process grew. Exits with 1 at the first that is neither a plan that can be nor a refusal.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import collections
import resource
import sys
import time
import traceback
import warnings

from core.odd_plans import broken_laws, odd_plan
from memplan.planning.planner import Plan

WARM_UP = 1000


def peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plans", type=int, default=1_000_000)
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    kinds: collections.Counter[str] = collections.Counter()
    slowest: list[tuple[float, int]] = []
    for seed in range(WARM_UP):
        odd_plan(seed)
    before = peak_kib()
    for seed in range(arguments.first, arguments.first + arguments.plans):
        start = time.thread_time()
        try:
            found = odd_plan(seed)
            spent = time.thread_time() - start
            broken = list(broken_laws(found)) if isinstance(found, Plan) else []
        except Exception:
            traceback.print_exc()
            broken = ["an exception"]
        if broken:
            print(f"plan {seed}: {'; '.join(broken)}")
            return 1
        slowest = sorted([*slowest, (spent, seed)])[-3:]
        kinds[type(found).__name__] += 1
    print(dict(kinds.most_common()))
    print("slowest:", ", ".join(f"{1000 * spent:.1f} ms (plan {s})" for spent, s in slowest))
    print(f"grew by {(peak_kib() - before) / 1024:.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
