"""``memplan check --best TOKENS``: the starts with so much context that no other beats."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from tqdm import tqdm

from memplan.best_settings import Answer, best_settings
from memplan.cli.sources import read_source
from memplan.model import Model
from memplan.model.siblings import sibling_models
from memplan.quoting import Shell, command_line
from memplan.reader.errors import GgufError
from memplan.request import Request
from memplan.units import format_bytes, format_tokens
from memplan.wording.one_line import one_line

EXIT_FOUND: Final = 0
EXIT_NONE: Final = 1
EXIT_UNREADABLE: Final = 2


def print_best_of(sources: Sequence[str], request: Request, wish_tokens: int) -> int:
    """As :func:`print_best`, for the quantisations that the sources name.

    One file stands for all quantisations of its model in the same folder.
    """
    models: list[Model] = []
    try:
        if len(sources) == 1 and os.path.isfile(sources[0]):  # noqa: PTH113 (never raises)
            models += sibling_models(sources[0])
        else:
            models += map(read_source, sources)
    except GgufError as error:
        print(f"memplan: {one_line(str(error))}", file=sys.stderr)
        return EXIT_UNREADABLE
    if len({(model.architecture, model.dimensions) for model in models}) > 1:
        print("memplan: --best compares quantisations of one model", file=sys.stderr)
        return EXIT_UNREADABLE
    return print_best(models, request, wish_tokens)


def print_best(models: Sequence[Model], request: Request, wish_tokens: int) -> int:
    """Print a line for each answer, and the command of each; return the exit code."""
    with tqdm(desc="trying", unit=" plans", leave=False, disable=None) as progress:

        def go_on(done: int, count: int) -> bool:
            progress.total = count
            progress.update(done - progress.n)
            return True

        answers = best_settings(models, request, wish_tokens, go_on)
    if not answers:
        print(
            f"memplan: none starts with {format_tokens(wish_tokens)} tokens on this machine",
            file=sys.stderr,
        )
        return EXIT_NONE
    print(f"{'Model':<34}{'Bits/weight':>12}{'Cache':>8}{'Context':>12}{'Reads/token':>13}  of RAM")
    for answer in answers:
        print(_row(answer))
    commands = [answer.plan.start.command for answer in answers if answer.plan.start is not None]
    for number, command in enumerate(commands, 1):
        print(f"{number}. {command_line(command, Shell.POSIX)}")
    return EXIT_FOUND


def _row(answer: Answer) -> str:
    model = answer.plan.model
    name = one_line(f"{model.name} {model.quantisation}")[:32]
    reads = format_bytes(answer.read_bytes) if answer.read_bytes else "–"
    host = format_bytes(answer.host_bytes) if answer.host_bytes else "–"
    tokens = format_tokens(answer.context_tokens)
    return (
        f"{name:<34}{answer.weight_bits:>12.2f}{answer.cache or '–':>8}{tokens:>12}"
        f"{reads:>13}  {host}"
    )
