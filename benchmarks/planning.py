"""How long planning takes: each model shape on each engine, and its curve at 512 contexts."""

from __future__ import annotations

import argparse
import timeit
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import memplan
from memplan import Backend, EngineName, Model, Request
from memplan.planning.planner import plan

MODELS = Path(__file__).parents[1] / "tests" / "data" / "models"
CONTEXTS = 512
LIMIT_MS = 2.0


SLOW_MS = 50.0
"""A call that takes longer is not repeated."""


def milliseconds(action: Callable[[], object], rounds: int) -> float:
    """Time of one call: the best of a few rounds, as the others measure the machine."""
    action()  # what is worked out once is not what is measured
    once_ms = 1000 * timeit.timeit(action, number=1)
    if once_ms > SLOW_MS:
        return once_ms
    return 1000 * min(timeit.repeat(action, number=10, repeat=rounds)) / 10


def measure(model: Model, request: Request, rounds: int) -> tuple[float, float, float]:
    """Milliseconds of a model's first plan, of a later one, and of that with its curve."""
    return (
        # Plans remember models by identity, so a copy is planned as a new one; once, as graphs that
        # were followed are remembered whoever they belong to.
        1000 * timeit.timeit(lambda: plan(replace(model), request), number=1),
        milliseconds(lambda: plan(model, request), rounds),
        milliseconds(lambda: plan(model, request).curve(CONTEXTS), rounds),
    )


def main() -> None:
    """Print the costliest models of each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of ten calls each")
    parser.add_argument("--show", type=int, default=5, help="models to show of each engine")
    arguments = parser.parse_args()
    models = [memplan.read_model(path) for path in sorted(MODELS.glob("*.gguf"))]
    for engine, backend in (
        (EngineName.ZINC, Backend.VULKAN),
        (EngineName.LLAMA_CPP, Backend.VULKAN),
        (EngineName.LLAMA_CPP, Backend.CUDA),
    ):
        request = Request(engine=engine, backend=backend)
        timed = sorted(
            ((*measure(model, request, arguments.rounds), model.name) for model in models),
            key=lambda row: row[2],
            reverse=True,
        )
        print(f"{engine} on {backend}, {len(models)} models")
        print(f"{'model':<24} {'first plan':>11} {'plan':>9} {f'and {CONTEXTS} contexts':>18}")
        for first_ms, plan_ms, curve_ms, name in timed[: arguments.show]:
            print(f"{name:<24} {first_ms:>8.2f} ms {plan_ms:>6.2f} ms {curve_ms:>15.2f} ms")
        verdict = "within" if timed[0][2] <= LIMIT_MS else "OVER"
        print(f"costliest: {timed[0][2]:.2f} ms, {verdict} {LIMIT_MS} ms")
        first = sorted(row[0] for row in timed)
        print(
            f"first plans: median {first[len(first) // 2]:.1f} ms, nine in ten within "
            f"{first[len(first) * 9 // 10]:.1f} ms, longest {first[-1]:.1f} ms\n"
        )


if __name__ == "__main__":
    main()
