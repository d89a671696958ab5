"""The command-line options that make up a request."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from memplan.cli_machine import add_machine_options, machine_from
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.zinc.options import Accounting, ZincOptions, ZincVersion
from memplan.exhaustive import exhaustive
from memplan.request import DEFAULT_BUDGET_BYTES, Backend, EngineName, Request
from memplan.units import format_bytes, parse_bytes, parse_tokens
from memplan.unsigned import check_u32, check_u64
from memplan.wording.titles import ENGINE_TITLES

_ZINC_OPTIONS = ("zinc_version", "accounting")
_LLAMA_CPP_OPTIONS = tuple(field.name for field in fields(LlamaCppOptions))

ENGINE_OPTIONS: Mapping[EngineName, tuple[str, ...]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: _ZINC_OPTIONS,
        EngineName.LLAMA_CPP: _LLAMA_CPP_OPTIONS,
    },
)
"""Options that only one engine has, as attributes of the parsed arguments; ``None``: not given."""


def add_request_options(parser: argparse.ArgumentParser) -> None:
    """Add everything that a request consists of, the budget excepted."""
    parser.add_argument(
        "--engine",
        type=EngineName,
        choices=list(EngineName),
        default=EngineName.ZINC,
        help="the engine that runs the model (default: %(default)s)",
    )
    parser.add_argument(
        "--backend",
        type=Backend,
        choices=list(Backend),
        default=Backend.VULKAN,
        help="the interface to the GPU (default: %(default)s; cuda: llama.cpp only)",
    )
    parser.add_argument(
        "--context",
        metavar="TOKENS",
        type=_checked(parse_tokens, check_u32, "context"),
        help="context to plan for, such as 32768 or 32K (0, the default: what the engine picks)",
    )
    parser.add_argument(
        "--total-memory",
        metavar="SIZE",
        type=byte_size("total memory"),
        help="on Metal all memory of the machine, where the budget is its working set",
    )
    add_machine_options(parser)
    _add_zinc_options(parser.add_argument_group("ZINC"))
    _add_llama_cpp_options(parser.add_argument_group("llama.cpp"))


def _add_zinc_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--zinc-version",
        choices=[version.value for version in ZincVersion],
        help="the version whose plan is followed (default: 2026-06)",
    )
    group.add_argument(
        "--accounting",
        choices=[accounting.value for accounting in Accounting],
        help="bytes that ZINC plans with, or that it then allocates (default: plan)",
    )


def _add_llama_cpp_options(group: argparse._ArgumentGroup) -> None:
    """Options under llama.cpp's own names; each is ``None`` unless it is given."""
    add = group.add_argument
    add("--program", type=Program, choices=list(Program), help="whose defaults apply")
    for side in "kv":
        flag, short = f"--cache-type-{side}", f"-ct{side}"
        add(
            flag,
            short,
            type=CacheType,
            choices=list(CacheType),
            help=f"type of the {side.upper()} cache",
        )
    add("--flash-attn", "-fa", type=_flash_attn, metavar="{on,off,auto}", help="flash attention")
    add("--batch-size", "-b", type=_count("batch size", least=1), metavar="N", help="logical batch")
    add(
        "--ubatch-size", "-ub", type=_count("ubatch size", least=1), metavar="N", help="micro-batch"
    )
    add("--parallel", "-np", type=_count("parallel", least=1), metavar="N", help="sequences")
    add("--kv-unified", action=argparse.BooleanOptionalAction, help="one KV cache for all")
    add("--n-gpu-layers", "-ngl", type=_gpu_layers, metavar="N", help="layers on the GPU, or all")
    add("--cpu-moe", action="store_true", default=None, help="all experts on the host")
    add("--n-cpu-moe", type=_count("n-cpu-moe"), metavar="N", help="experts of N layers there")
    add(
        "--no-kv-offload",
        dest="kv_offload",
        action="store_false",
        default=None,
        help="KV cache on the host",
    )
    add("--swa-full", action="store_true", default=None, help="window layers cache everything")
    add(
        "--fit-target",
        dest="fit_target_mib",
        type=_count("fit target"),
        metavar="MiB",
        help="what automatic fitting leaves free (default: 1024)",
    )
    add(
        "--max-allocation",
        dest="max_allocation_bytes",
        type=byte_size("max allocation", least=1),
        metavar="SIZE",
        help="the largest single buffer that the device gives, such as 4GiB",
    )


def _flash_attn(text: str) -> bool | None:
    """``on``, ``off`` or ``auto`` as the option's value."""
    values = {"on": True, "1": True, "off": False, "0": False, "auto": None}
    if text not in values:
        raise argparse.ArgumentTypeError(f"{text!r} is none of on, off, auto")
    return values[text]


def _gpu_layers(text: str) -> int | None:
    """A number of layers; ``all``, ``auto`` and negative numbers are every layer, as there."""
    if text in {"all", "auto"} or re.fullmatch(r"-\d{1,9}", text):
        return None
    return _count("n-gpu-layers")(text)


def _count(name: str, *, least: int = 0) -> Callable[[str], int]:
    return _checked(_parse_count, check_u32, name, least=least)


def _parse_count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,20}", text) is None:
        raise ValueError(f"{text[:40]!r} is no whole number from 0")
    return int(text)


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
    for engine, names in ENGINE_OPTIONS.items():
        for name in names:
            if engine is not arguments.engine and getattr(arguments, name) is not None:
                flag = "--" + name.replace("_", "-")
                raise ValueError(f"{flag} is an option of {ENGINE_TITLES[engine]}")
    if arguments.total_memory is not None and arguments.backend is not Backend.METAL:
        raise ValueError(
            "--total-memory is for --backend metal, where device and host share their memory"
        )
    if arguments.gpu and arguments.budget:
        raise ValueError("--gpu has a budget for each device: --budget is for one without a name")
    machine = machine_from(arguments.backend, budget_bytes, arguments.gpu, arguments.host_memory)
    if arguments.total_memory is not None:
        machine = machine.with_pool(replace(machine.devices[0], total_bytes=arguments.total_memory))
    request = Request(
        engine=arguments.engine, machine=machine, context_tokens=arguments.context or None
    )
    return replace(request, zinc=_zinc(arguments), llama_cpp=_llama_cpp(arguments))


def _zinc(arguments: argparse.Namespace) -> ZincOptions:
    return ZincOptions(
        ZincVersion(arguments.zinc_version or ZincOptions().version),
        Accounting(arguments.accounting or ZincOptions().accounting),
    )


def _llama_cpp(arguments: argparse.Namespace) -> LlamaCppOptions:
    given = {name: getattr(arguments, name) for name in _LLAMA_CPP_OPTIONS}
    return LlamaCppOptions(**{name: value for name, value in given.items() if value is not None})


def byte_size(name: str, *, least: int = 0) -> Callable[[str], int]:
    """A reader of sizes for :mod:`argparse`."""
    return _checked(parse_bytes, check_u64, name, least=least)


def _checked(
    parse: Callable[[str], int], check: Callable[[str, int], int], name: str, *, least: int = 0
) -> Callable[[str], int]:
    def convert(text: str) -> int:
        try:
            value = check(name, parse(text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is too little: at least {least}")
        return value

    return convert
