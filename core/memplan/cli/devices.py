"""``memplan devices``: says which GPUs this machine has, and what each gives to an engine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

from memplan.cli.parser import Parser
from memplan.detection import Amount, DetectedDevice, Detection
from memplan.detection.detect import detect
from memplan.detection.metal_probe import find_metal_devices
from memplan.detection.probe_output import answer
from memplan.detection.vulkan_probe import find_vulkan_devices
from memplan.engines.registry import ENGINES
from memplan.units import format_bytes
from memplan.wording.detection import problem_sentence
from memplan.wording.titles import BACKEND_TITLES

EXIT_FOUND: Final = 0
EXIT_NONE_FOUND: Final = 1

SCHEMA: Final = "memplan.devices/1"

_PROBES: Final[Mapping[str, Callable[[], Mapping[str, Any]]]] = MappingProxyType(
    {"vulkan": find_vulkan_devices, "metal": find_metal_devices}
)


def main(arguments: Sequence[str]) -> int:
    """Print the devices of this machine; return 0 if there are any, else 1."""
    options = make_parser().parse_args(arguments)
    if options.probe is not None:
        return answer(_PROBES[options.probe])
    detection = detect()
    print(json.dumps(detection_to_json(detection)) if options.json else detection_text(detection))
    return EXIT_FOUND if detection.devices else EXIT_NONE_FOUND


def detection_to_json(detection: Detection) -> dict[str, Any]:
    """What was found, in the schema ``memplan.devices/1``. Bytes; ``null`` where nobody tells."""
    devices = [
        {
            **asdict(device),
            "budget_bytes": {
                engine: {amount: each.budget_bytes(device, amount) for amount in Amount}
                for engine, each in ENGINES.items()
            },
        }
        for device in detection.devices
    ]
    return {
        "schema": SCHEMA,
        "interface": detection.backend,
        "devices": devices,
        "problem": detection.problem,
        "detail": problem_sentence(detection),
    }


def detection_text(detection: Detection) -> str:
    """What was found, as lines for people."""
    if detection.problem is not None:
        return problem_sentence(detection)
    return "\n".join("\n".join(_lines(device)) for device in detection.devices)


def _lines(device: DetectedDevice) -> list[str]:
    backends = ", ".join(BACKEND_TITLES[backend] for backend in device.backends)
    lines = [f"{device.name} ({device.kind}, {backends})"]
    if device.driver:
        lines.append(f"  driver             {device.driver}")
    for engine in ENGINES.values():
        total, free = (engine.budget_bytes(device, amount) for amount in Amount)
        free_text = "free now not told by the driver" if free is None else f"{_size(free)} free now"
        lines.append(f"  {engine.title:<18} {_size(total)} in all, {free_text}")
    if device.total_memory_bytes is not None:
        lines.append(f"  memory             {_size(device.total_memory_bytes)}")
    if device.wired_limit_bytes is not None:
        lines.append(f"  wired limit        {_size(device.wired_limit_bytes)}")
    if device.max_allocation_bytes is not None:
        lines.append(f"  largest allocation {_size(device.max_allocation_bytes)}")
    return lines


def _size(count: int | None) -> str:
    return "unknown" if count is None else format_bytes(count)


def make_parser() -> Parser:
    """The parser of this command."""
    parser = Parser(
        prog="memplan devices",
        description="The GPUs of this machine, and the memory that each gives to an engine.",
        epilog="Exit code: 0 a GPU was found, 1 none was, 2 wrong usage.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one object of JSON")
    # How a frozen program asks a driver in a process of its own.
    parser.add_argument("--probe", choices=list(_PROBES), help=argparse.SUPPRESS)
    return parser
