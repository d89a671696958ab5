"""What llama.cpp's ``--fit`` chooses, and the laws that its search keeps."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

import pytest
from fit_rows import (
    SPREAD,
    Choice,
    choice_of,
    chosen,
    devices_of,
    fit_rows,
    settings_of,
    task_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_cpp_rows import Row, model_of
from memplan import Backend
from memplan.engines.llama_cpp.devices import Device, Layout, place
from memplan.engines.llama_cpp.fit import Change, FitTask, Fitted, Held, Measure, Measured, fit
from memplan.engines.llama_cpp.measure import context_bytes, measuring
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.overrides import MovedPart, moved_part
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.weights import weight_bytes
from memplan.units import GIB, MIB

ROWS = fit_rows()
SOME_ROWS = ROWS[::SPREAD]
MOST_OFF_TOKENS = 256
DENSE, MIXTURE = "llama-3.1-8b", "qwen3-30b-a3b"
COMPUTE_BYTES = 200 * MIB


def measure_of(row: Row) -> Measure:
    return measuring(model_of(row["model"]), settings_of(row), devices_of(row))


def test_that_the_table_has_every_run() -> None:
    assert len(ROWS) == 134
    assert len({row["model"] for row in SOME_ROWS}) >= 10


@pytest.mark.parametrize(
    "row", SOME_ROWS, ids=lambda row: f"{row['model']}-{row['device_free_mib']}"
)
def test_that_runs_end_with_llama_cpps_own_context_layers_split_and_overrides(row: Row) -> None:
    """gemma-3 on two devices is one step of the context off."""
    found, wanted = choice_of(fit(task_of(row), measure_of(row))), chosen(row)
    off = abs(found.context_tokens - wanted.context_tokens)
    assert off <= (MOST_OFF_TOKENS if row["model"].startswith("gemma-3-12b") else 0)
    assert found._replace(context_tokens=wanted.context_tokens) == wanted


@pytest.mark.parametrize(
    "row", SOME_ROWS, ids=lambda row: f"{row['model']}-{row['device_free_mib']}"
)
def test_that_what_is_chosen_takes_the_bytes_that_llama_cpp_measured(row: Row) -> None:
    measure = measure_of(row)
    layout = fit(task_of(row), measure).layout
    found = measure(int(row["n_ctx"]), layout)
    used = [int(row[f"d{device}_used"]) for device in range(len(found.devices))]
    assert [*found.devices, found.host] == [*used, int(row["host_used"])]


@lru_cache(maxsize=64)
def measured_on(name: str, count: int) -> Measure:
    """Weights and caches to the byte, and compute buffers of one size on each device."""
    model, devices = model_of(name), [Device(Backend.CUDA, GIB)] * count
    shape = resolve_shape(model)
    options = resolve_settings(LlamaCppOptions(), shape)

    @cache
    def measure(context: int, layout: Layout) -> Measured:
        placement = place(shape, devices, layout)
        weights = weight_bytes(model, placement)
        cached = context_bytes(shape, options, placement, context)
        return Measured(
            tuple(weights[number] + cached[number] + COMPUTE_BYTES for number in range(count)),
            tuple(weights[number] for number in range(count)),
            (0,) * count,
            weights[HOST] + cached[HOST],
        )

    return measure


def task(name: str, *free_mib: int, context: int | None = None, target_mib: int = 1024) -> FitTask:
    shape = resolve_shape(model_of(name))
    return FitTask(
        free_bytes=tuple(mib * MIB for mib in free_mib),
        target_bytes=(target_mib * MIB,) * max(len(free_mib), 1),
        host_bytes=64 * GIB,
        context_tokens=context,
        floor_tokens=4096,
        trained_tokens=shape.context_length,
        streams=1,
        layer_count=shape.trunk_count,
        has_experts=shape.expert_count > 0,
        layout=Layout(),
    )


def answer(asked: FitTask, name: str) -> Fitted:
    return fit(asked, measured_on(name, len(asked.free_bytes)))


def test_that_nothing_changes_where_every_device_keeps_its_margin() -> None:
    found = answer(task(DENSE, 65_536), DENSE)
    assert found == Fitted(Change.NOTHING, 131_072, Layout())


def test_that_the_context_is_shortened_before_any_layer_moves() -> None:
    found = answer(task(DENSE, 8192), DENSE)
    assert found.change is Change.CONTEXT
    assert found.layout == Layout()
    assert 4096 < found.context_tokens < 131_072
    assert found.context_tokens % 256 == 0


def test_that_a_context_that_is_asked_for_stays_and_layers_move() -> None:
    found = answer(task(DENSE, 8192, context=65_536), DENSE)
    assert (found.change, found.context_tokens) == (Change.LAYERS, 65_536)
    assert 0 < (found.layout.gpu_layers or 0) < 33


def test_that_no_floor_keeps_the_whole_context() -> None:
    found = answer(replace(task(DENSE, 8192), floor_tokens=None), DENSE)
    assert (found.change, found.context_tokens) == (Change.LAYERS, 131_072)


@pytest.mark.parametrize("held", [Held.GPU_LAYERS, Held.TENSOR_SPLIT, Held.OVERRIDES])
def test_that_a_set_option_ends_the_search_after_the_context(held: Held) -> None:
    found = answer(replace(task(DENSE, 3072), held=held), DENSE)
    assert found == Fitted(Change.GIVEN_UP, 4096, Layout(), held)


def test_that_without_a_device_the_host_is_to_have_room() -> None:
    asked = task(DENSE)
    assert answer(asked, DENSE).change is Change.NOTHING
    held = replace(asked, held=Held.NO_DEVICE)
    assert answer(replace(held, host_bytes=12 * GIB), DENSE).change is Change.CONTEXT
    assert answer(replace(held, host_bytes=4 * GIB), DENSE).change is Change.GIVEN_UP


def test_that_where_one_device_alone_is_short_only_layers_move() -> None:
    found = answer(task(DENSE, 40_000, 2048), DENSE)
    assert (found.change, found.context_tokens) == (Change.LAYERS, 131_072)


def test_that_sequences_with_caches_of_their_own_each_have_the_floor() -> None:
    found = answer(replace(task(DENSE, 2048), streams=4), DENSE)
    assert found.context_tokens == 4 * 4096


FREE = st.integers(1536, 16_000)
"""No device takes all of the mixture: what happens then has a test of its own."""

CONTEXTS = st.sampled_from([4096, 16_384, 32_768])


@settings(max_examples=60, deadline=None)
@given(st.lists(FREE, min_size=1, max_size=3), CONTEXTS, st.sampled_from([DENSE, MIXTURE]))
def test_that_what_is_placed_leaves_the_margin_by_fits_own_measure(
    free: list[int], context: int, name: str
) -> None:
    """Where the margin is not left without any layer, nothing can leave it."""
    asked = task(name, *free, context=context)
    measure = measured_on(name, len(free))
    found = fit(asked, measure)
    empty = measure(context, Layout(gpu_layers=0)).devices
    used = measure(context, found.layout).devices
    for number, free_bytes in enumerate(asked.free_bytes):
        limit = free_bytes - asked.target_bytes[number]
        assert used[number] <= max(limit, empty[number])


@settings(max_examples=60, deadline=None)
@given(FREE, CONTEXTS)
def test_that_one_more_layer_would_not_fit(free: int, context: int) -> None:
    asked = task(DENSE, free, context=context)
    measure = measured_on(DENSE, 1)
    found = fit(asked, measure)
    if found.layout.gpu_layers is None:
        return
    more = replace(found.layout, gpu_layers=found.layout.gpu_layers + 1)
    assert measure(context, more).devices[0] > asked.free_bytes[0] - asked.target_bytes[0]


@settings(max_examples=60, deadline=None)
@given(FREE, CONTEXTS)
def test_that_the_next_whole_layer_of_experts_would_not_fit(free: int, context: int) -> None:
    asked = task(MIXTURE, free, context=context)
    measure = measured_on(MIXTURE, 1)
    layout = fit(asked, measure).layout
    if len(layout.overrides) < 2 or layout.gpu_layers != 49:
        return
    more = replace(layout, overrides=layout.overrides[1:])
    assert measure(context, more).devices[0] > asked.free_bytes[0] - asked.target_bytes[0]


def experts_on_devices(layout: Layout) -> int:
    """Whole layers with their experts, and parts of one as less than one."""
    return -sum(3 if o.pattern.endswith(MovedPart.EXPERTS.value) else 1 for o in layout.overrides)


@settings(max_examples=60, deadline=None)
@given(st.integers(1536, 26_000), st.integers(1, 4096), CONTEXTS, st.sampled_from([DENSE, MIXTURE]))
def test_that_more_free_memory_never_puts_fewer_layers_or_experts_on_one_device(
    free: int, more: int, context: int, name: str
) -> None:
    measure = measured_on(name, 1)
    less = fit(task(name, free, context=context), measure).layout
    more_free = fit(task(name, free + more, context=context), measure).layout
    if more_free.gpu_layers is None:
        return
    assert less.gpu_layers is not None
    assert more_free.gpu_layers >= less.gpu_layers
    if more_free.gpu_layers == less.gpu_layers:
        assert experts_on_devices(more_free) >= experts_on_devices(less)


def test_that_the_list_of_the_last_device_names_a_layer_that_there_is_not() -> None:
    """The output layer counts as one in part, so one layer fewer moves than the list says."""
    layout = answer(task(MIXTURE, 12_288, context=32_768), MIXTURE).layout
    assert layout.overrides[-1] == moved_part(48, MovedPart.EXPERTS, HOST)
    assert resolve_shape(model_of(MIXTURE)).block_count == 48


def test_that_counts_below_zero_end_the_search_with_what_was_written_by_then() -> None:
    """The first device takes all layers and the output; the next one is then offered -1 layers."""
    found = answer(task(MIXTURE, 20_000, 1536, 1536, context=4096), MIXTURE)
    assert found.change is Change.FAILED
    assert found.layout.gpu_layers is None
    assert max(found.layout.tensor_split) > 2**31


def test_that_states_are_held_while_llama_cpp_asks_what_is_free() -> None:
    """A recurrent state is allocated even where the rest is only measured."""
    asked = task(DENSE, 8192)
    plain = measured_on(DENSE, 1)

    def holding(context: int, layout: Layout) -> Measured:
        return plain(context, layout)._replace(device_states=(GIB,))

    less_free = replace(asked, free_bytes=(asked.free_bytes[0] - GIB,))
    assert fit(asked, holding) == fit(less_free, plain)


def test_that_choices_are_compared_in_the_tables_words() -> None:
    layout = Layout(
        gpu_layers=28,
        tensor_split=(10, 18),
        overrides=(
            moved_part(9, MovedPart.ALL_BUT_UP, 1),
            moved_part(26, MovedPart.EXPERTS, HOST),
            moved_part(27, MovedPart.EXPERTS, HOST),
        ),
    )
    words = choice_of(Fitted(Change.LAYERS, 4096, layout))
    part = "9:ffn_(gate|gate_up|down).*>CUDA1"
    assert words == Choice(4096, 28, "10:18", "26-27", part)
