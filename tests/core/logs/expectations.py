"""Holds what a log says against expectations such as those of ``tests/data/logs2``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from memplan.logs import Log
from memplan.logs.log_json import log_to_json
from memplan.logs.wording import log_text

_ABOUT_THE_CASE = frozenset({"kind", "severity"})


def differences(log: Log, expected: Mapping[str, Any]) -> list[str]:
    """What in a log's answer is not as expected, one line each."""
    return [
        f"{name}: {found!r}, expected {wanted!r}"
        for name, found, wanted in _checked(log, expected)
        if found not in (wanted if isinstance(wanted, list) else [wanted])
    ]


def _checked(log: Log, expected: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    answer = log_to_json(log)
    failed = answer["failed"] or {}
    for name, wanted in expected.items():
        if name in _ABOUT_THE_CASE:
            continue
        if name == "failed_kind_not":
            yield name, failed.get("kind") in wanted, False
        elif name == "failed_allocation_bytes":
            sizes = {failed.get("allocation_bytes"), failed.get("bytes")}
            yield name, wanted if wanted in sizes else sizes, wanted
        elif name.startswith("failed_"):
            yield name, failed.get(name.removeprefix("failed_")), wanted
        elif name == "text_lacks":
            yield name, wanted in log_text(log), False
        elif name == "version_contains":
            yield name, wanted if wanted in log.version else log.version, wanted
        elif name == "devices":
            found = {device.name: [device.total_mib, device.free_mib] for device in log.devices}
            yield name, {key: found.get(key) for key in wanted}, wanted
        elif name == "buffers_mib":
            yield from _buffers(answer["buffers"], wanted)
        elif name in answer["options"]:
            yield name, answer["options"][name], wanted
        else:
            yield name, answer[name], wanted


def _buffers(
    buffers: list[dict[str, Any]], wanted: Mapping[str, Mapping[str, float]]
) -> Iterator[tuple[str, Any, Any]]:
    found = {(buffer["kind"], buffer["buffer"]): buffer["mib"] for buffer in buffers}
    for kind, sizes in wanted.items():
        for name, mib in sizes.items():
            yield f"{kind} {name}", found.get((kind, name)), mib
