"""How many runs of llama.cpp's own ``--fit`` end as planned: context, layers, split, overrides.

It goes through every run of the tests' data, prints those that differ, and how many agree; the
tests look at a part of them. Run it from the repository's root: ``python benchmarks/fit_runs.py``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "llama_cpp"))

from fit_rows import choice_of, chosen, devices_of, fit_rows, settings_of, task_of
from llama_cpp_rows import model_of
from memplan.engines.llama_cpp.fit import fit
from memplan.engines.llama_cpp.measure import measuring


def main() -> None:
    """Score every run."""
    rows, same, began = fit_rows(), 0, time.perf_counter()
    for row in rows:
        measure = measuring(model_of(row["model"]), settings_of(row), devices_of(row))
        found, wanted = choice_of(fit(task_of(row), measure)), chosen(row)
        same += found == wanted
        if found != wanted:
            print(f"{row['model']} {row['device_free_mib']}\n  planned {found}\n  run     {wanted}")
    print(f"{same} of {len(rows)} runs the same, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
