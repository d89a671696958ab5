"""The plan against llama.cpp's own figures: weights, KV cache and state, to the byte."""

from __future__ import annotations

from collections import defaultdict

import pytest
from llama_cpp_rows import Row, all_rows, bytes_of, context_bytes, plan_of
from memplan.estimate import UnsupportedRequestError
from memplan.memory.component import ComponentKind, Place

ROWS: dict[str, list[Row]] = defaultdict(list)
for _row in all_rows():
    ROWS[_row["model"]].append(_row)


def accepted(name: str, backends: set[str]) -> list[Row]:
    return [row for row in ROWS[name] if row["accepted"] == "1" and row["backend"] in backends]


@pytest.mark.parametrize("name", ROWS)
def test_that_weights_and_context_are_those_of_llama_cpp_on_device_and_host(name: str) -> None:
    for row in accepted(name, {"vulkan", "cuda"}):
        planned = plan_of(row)
        for where in Place:
            weights = bytes_of(planned, (ComponentKind.WEIGHTS,), where)
            assert weights == int(row[f"{where}_weights_bytes"]), row
            assert context_bytes(planned, where) == int(row[f"{where}_context_bytes"]), row


@pytest.mark.parametrize("name", [name for name in ROWS if accepted(name, {"cpu"})])
def test_that_without_a_device_everything_is_on_the_host(name: str) -> None:
    for row in accepted(name, {"cpu"}):
        planned = plan_of(row)
        weights = bytes_of(planned, (ComponentKind.WEIGHTS,), Place.HOST)
        assert weights == int(row["host_weights_bytes"]), row
        assert context_bytes(planned, Place.HOST) == int(row["host_context_bytes"]), row
        for kind in (ComponentKind.WEIGHTS, ComponentKind.KV_CACHE):
            assert bytes_of(planned, (kind,), Place.DEVICE) == 0


def test_that_every_row_that_llama_cpp_refuses_is_refused_with_its_reason() -> None:
    refused = [row for rows in ROWS.values() for row in rows if row["accepted"] == "0"]
    assert len(refused) == 12
    for row in refused:
        with pytest.raises(UnsupportedRequestError) as error:
            plan_of(row)
        assert str(error.value) == (
            "model does not support different K (q8_0) and V (f16) cache types"
        )
