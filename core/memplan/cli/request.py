"""The command-line options that make up a request."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from memplan.cli.machine import add_machine_options, machine_from
from memplan.cli.readers import (
    byte_size,
    count,
    layers,
    on_off_auto,
    reader,
    text_that_passes,
    token_count,
)
from memplan.engines.engine import Engine
from memplan.engines.option_spec import (
    Automatic,
    Choice,
    Count,
    Layers,
    Numbers,
    OptionSpec,
    Size,
    Switch,
    Text,
    default_of,
    specs_of,
)
from memplan.engines.registry import ENGINES, default_engine, engine_named
from memplan.model import Model
from memplan.request import (
    DEFAULT_BUDGET_BYTES,
    DEFAULT_COMPLETION_TOKENS,
    Backend,
    Request,
)
from memplan.units import format_bytes


def add_request_options(parser: argparse.ArgumentParser) -> None:
    """Add everything that a request consists of, the budget excepted."""
    parser.add_argument(
        "--engine",
        choices=list(ENGINES),
        default=default_engine().name,
        help="the engine that runs the model (default: %(default)s)",
    )
    parser.add_argument(
        "--backend",
        type=Backend,
        choices=list(Backend),
        default=Backend.VULKAN,
        help=f"the interface to the GPU (default: %(default)s; {_backends_of_engines()})",
    )
    parser.add_argument(
        "--context",
        metavar="TOKENS",
        type=token_count("context"),
        help="context to plan for, such as 32768 or 32K (0, the default: what the engine picks)",
    )
    parser.add_argument(
        "--used",
        metavar="TOKENS",
        type=token_count("used"),
        default=0,
        help="tokens that a chat already holds (default: %(default)s)",
    )
    parser.add_argument(
        "--completion",
        metavar="TOKENS",
        type=token_count("completion"),
        default=DEFAULT_COMPLETION_TOKENS,
        help="tokens that its next answer may take (default: %(default)s)",
    )
    parser.add_argument(
        "--total-memory",
        metavar="SIZE",
        type=byte_size("total memory"),
        help="on Metal all memory of the machine, where the budget is its working set",
    )
    add_machine_options(parser)
    parser.add_argument(
        "--started-by",
        choices=sorted({app for engine in ENGINES.values() for app in engine.starters}),
        help="the app that starts the engine: the context, requests at a time and cache type that "
        "it picks by itself",
    )
    for engine in ENGINES.values():
        group = parser.add_argument_group(engine.title)
        for name, spec in specs_of(engine.options).items():
            _add_option(group, _destination(engine, name), spec, default_of(engine.options, name))


def _backends_of_engines() -> str:
    return "; ".join(f"{each.title}: {', '.join(each.backends)}" for each in ENGINES.values())


def _destination(engine: Engine, name: str) -> str:
    """The attribute of the parsed arguments that holds an option; ``None``: it is not given."""
    return f"{engine.key}_{name}"


def _add_option(
    group: argparse._ArgumentGroup, destination: str, spec: OptionSpec, default: Any
) -> None:
    """An option under the engine's own names."""
    add = partial(group.add_argument, *spec.flags, dest=destination, help=spec.help)
    name = spec.flag.removeprefix("--").replace("-", " ")
    match spec.values:
        case Choice(members=members):
            add(type=members, choices=list(members))
        case Switch():
            add(action="store_false" if default else "store_true", default=None)
        case Automatic(worded=True):
            add(type=on_off_auto, metavar="{on,off,auto}")
        case Automatic():
            add(action=argparse.BooleanOptionalAction)
        case Count(metavar=metavar, least=least):
            add(type=count(name, least=least), metavar=metavar)
        case Layers(all_of_them=all_of_them):
            add(type=layers(name, all_of_them), metavar="N")
        case Size(least=least):
            add(type=byte_size(name, least=least), metavar="SIZE")
        case Text(metavar=metavar, check=check):
            add(type=text_that_passes(check), metavar=metavar)
        case Numbers(metavar=metavar) as numbers:
            add(type=reader(numbers.read), metavar=metavar)
        case _:
            assert_never(spec.values)


def add_budget_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--budget``, which may be given more than once."""
    parser.add_argument(
        "--budget",
        metavar="SIZE",
        type=byte_size("budget"),
        action="append",
        help="memory to plan for, such as 16GiB or 24GB "
        f"(default: {format_bytes(DEFAULT_BUDGET_BYTES)}); more than once for a table",
    )


def request_from(arguments: argparse.Namespace, budget_bytes: int) -> Request:
    """The request that the parsed arguments describe.

    Raises:
        ValueError: an option belongs to another engine or backend than the one that is asked for.
    """
    for engine in ENGINES.values():
        for name, spec in specs_of(engine.options).items():
            given = getattr(arguments, _destination(engine, name))
            if engine.name != arguments.engine and given is not None:
                raise ValueError(f"{spec.flag} is an option of {engine.title}")
    if arguments.total_memory is not None and arguments.backend is not Backend.METAL:
        raise ValueError(
            "--total-memory is for --backend metal, where device and host share their memory"
        )
    engine = engine_named(arguments.engine)
    if arguments.started_by is not None and arguments.started_by not in engine.starters:
        raise ValueError(f"--started-by: {arguments.started_by} does not run {engine.title}")
    if arguments.gpu and arguments.budget:
        raise ValueError("--gpu has a budget for each device: --budget is for one without a name")
    machine = machine_from(arguments.backend, budget_bytes, arguments.gpu, arguments.host_memory)
    if arguments.total_memory is not None:
        machine = machine.with_pool(replace(machine.devices[0], total_bytes=arguments.total_memory))
    request = Request(
        engine=arguments.engine,
        machine=machine,
        context_tokens=arguments.context or None,
        used_context_tokens=arguments.used,
        completion_tokens=arguments.completion,
    )
    return request.with_options(_options(engine, arguments))


def as_started(app: str | None, request: Request, model: Model) -> Request:
    """The request as the app makes it that starts the engine; a context that is given stays."""
    if app is None:
        return request
    engine, tokens = engine_named(request.engine), model.dimensions.context_tokens
    started = engine.started_by(app, request, tokens, os.environ)
    if request.context_tokens is None:
        return started
    return replace(started, context_tokens=request.context_tokens)


def _options(engine: Engine, arguments: argparse.Namespace) -> object:
    given = {
        name: getattr(arguments, _destination(engine, name)) for name in specs_of(engine.options)
    }
    return engine.options(**{name: value for name, value in given.items() if value is not None})
