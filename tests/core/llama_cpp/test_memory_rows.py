"""The plan against llama.cpp's own figures: weights, KV cache and state, to the byte."""

from __future__ import annotations

from collections import defaultdict

import pytest
from llama_cpp_rows import (
    Row,
    all_rows,
    bytes_of,
    context_bytes,
    model_of,
    options_of,
    place_layers,
    plan_of,
)
from memplan.engines.llama_cpp.measure import context_bytes as measured_context
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.weights import weight_bytes
from memplan.estimate import UnsupportedRequestError
from memplan.memory.component import ComponentKind, Place
from memplan.request import Backend

ROWS: dict[str, list[Row]] = defaultdict(list)
for _row in all_rows():
    ROWS[_row["model"]].append(_row)


def accepted(name: str, backends: set[str]) -> list[Row]:
    return [row for row in ROWS[name] if row["accepted"] == "1" and row["backend"] in backends]


@pytest.mark.parametrize("name", ROWS)
def test_that_weights_and_context_are_those_of_llama_cpp_on_device_and_host(name: str) -> None:
    # A plan has its graph followed, too: of each model every sixth is one.
    for row in accepted(name, {"vulkan", "cuda"})[::6]:
        planned = plan_of(row)
        for where in Place:
            weights = bytes_of(planned, (ComponentKind.WEIGHTS,), where)
            assert weights == int(row[f"{where}_weights_bytes"]), row
            assert context_bytes(planned, where) == int(row[f"{where}_context_bytes"]), row


@pytest.mark.parametrize("name", ROWS)
def test_that_every_row_has_weights_and_context_of_llama_cpp(name: str) -> None:
    for row in accepted(name, {"vulkan", "cuda"}):
        model, options = model_of(name), options_of(row)
        shape = resolve_shape(model)
        settings = resolve_settings(options, shape)
        placement = place_layers(shape, settings, Backend(row["backend"]))
        weights = weight_bytes(model, placement)
        context = measured_context(shape, settings, placement, int(row["n_ctx"]))
        for where, memory in ((Place.DEVICE, 0), (Place.HOST, HOST)):
            assert weights[memory] == int(row[f"{where}_weights_bytes"]), row
            assert context[memory] == int(row[f"{where}_context_bytes"]), row


@pytest.mark.parametrize("name", [name for name in ROWS if accepted(name, {"cpu"})])
def test_that_without_a_device_everything_is_on_the_host(name: str) -> None:
    for row in accepted(name, {"cpu"})[::3]:
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
