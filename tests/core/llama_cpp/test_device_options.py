"""The options that spread a model over devices: read, kept, refused, and what they change."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from llama_cpp_rows import model_of
from memplan import Backend, EngineName, Request
from memplan.cli.check import make_parser
from memplan.cli.request import request_from
from memplan.engines.llama_cpp.options import LlamaCppOptions, SplitMode
from memplan.engines.option_spec import changed_words
from memplan.estimate import LimitedBy, Outcome, UnsupportedRequestError
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.planning.planner import Plan, plan
from memplan.request_json import request_from_json, request_to_json
from memplan.units import GIB

NAME = "llama-3.1-8b"


def planned(*gib: int, context: int | None = 8192, **options: object) -> Plan:
    machine = Machine.of_devices(
        Pool("", PoolKind.DEVICE, Backend.CUDA, size * GIB) for size in gib
    )
    request = Request(
        engine=EngineName.LLAMA_CPP,
        machine=machine,
        context_tokens=context,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model_of(NAME), request)


def read(*words: str) -> Request:
    options = make_parser().parse_args(["model.gguf", "--engine", "llama.cpp", *words])
    return request_from(options, GIB)


def test_that_the_command_line_takes_them_as_llama_cpp_writes_them() -> None:
    words = ("-sm", "none", "-mg", "1", "-ts", "3/1.5", "-fitt", "512,2048")
    options = read("--gpu", "8GiB", "--gpu", "8GiB", *words).llama_cpp
    assert (options.split_mode, options.main_gpu) == (SplitMode.NONE, 1)
    assert (options.tensor_split, options.fit_target_mib) == ((3, 1.5), (512, 2048))


def test_that_they_are_written_as_they_are_read() -> None:
    options = LlamaCppOptions(
        split_mode=SplitMode.NONE, main_gpu=1, tensor_split=(27, 0.125), fit_target_mib=(0, 700)
    )
    assert read(*changed_words(options)).llama_cpp == options


def test_that_a_saved_request_keeps_them() -> None:
    options = LlamaCppOptions(tensor_split=(27, 22.5), fit_target_mib=(512, 1024), main_gpu=3)
    request = Request(engine=EngineName.LLAMA_CPP, llama_cpp=options)
    saved = json.loads(json.dumps(request_to_json(request)))
    assert request_from_json(saved) == request


def test_that_one_saved_number_is_for_all_devices() -> None:
    options = request_from_json({"llama_cpp": {"fit_target_mib": 512}}).llama_cpp
    assert options.fit_target_mib == (512,)
    assert options.targets_mib(3) == (512, 512, 512)


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("-ts", "3,x"),
        ("-ts", "-1"),
        ("-ts", "nan"),
        ("-ts", "1,,2"),
        ("-ts", ",".join("1" * 16)),
        ("-fitt", "1.5"),
        ("-sm", "row"),
        ("-mg", "-1"),
    ],
)
def test_that_what_llama_cpp_would_not_take_is_wrong_usage(flag: str, value: str) -> None:
    with pytest.raises(SystemExit):
        read(f"{flag}={value}" if flag == "-mg" else flag, value)


def test_that_devices_left_out_of_a_list_of_margins_have_the_usual_one() -> None:
    assert LlamaCppOptions(fit_target_mib=(512, 256)).targets_mib(3) == (512, 256, 1024)


def test_that_a_device_that_is_to_leave_more_free_gets_fewer_layers() -> None:
    def split(*targets: int) -> tuple[int, ...]:
        found = planned(6, 6, context=16_384, fit_target_mib=targets)
        assert found.start is not None
        assert found.verdict.outcome is Outcome.PLACED
        return found.start.tensor_split

    first, second = split(512, 3584), split(3584, 512)
    assert first[0] > second[0]
    assert first[1] < second[1]


def test_that_without_a_split_the_main_gpu_has_everything() -> None:
    found = planned(4, 16, split_mode=SplitMode.NONE, main_gpu=1)
    assert found.verdict.outcome is Outcome.SIZED
    assert found.at.pool("gpu0").bytes == 0
    alone = planned(16)
    assert found.at.pool("gpu1").bytes == alone.at.pool("gpu0").bytes
    assert found.start is not None
    values = dict(pairwise(found.start.command))
    assert (values["-sm"], values["-mg"]) == ("none", "1")


def test_that_a_main_gpu_that_there_is_not_is_refused_in_llama_cpps_words() -> None:
    with pytest.raises(UnsupportedRequestError, match="invalid value for main_gpu: 2"):
        planned(8, 8, split_mode=SplitMode.NONE, main_gpu=2)


def test_that_shares_put_layers_where_they_say_and_keep_fit_from_moving_them() -> None:
    found = planned(8, 8, tensor_split=(3, 1))
    assert found.start is not None
    assert found.start.tensor_split == (25, 8)
    over = planned(4, 8, context=32_768, tensor_split=(3, 1))
    assert (over.verdict.outcome, over.verdict.limited_by) == (Outcome.REFUSED, LimitedBy.BUDGET)
    assert planned(4, 8, context=32_768).verdict.fits


def test_that_shares_mean_nothing_to_one_device() -> None:
    assert planned(4, context=32_768, tensor_split=(3, 1)).verdict.outcome is Outcome.PLACED


@pytest.mark.parametrize("share", [-1.0, float("nan"), float("inf")])
def test_that_a_share_is_a_number_from_0(share: float) -> None:
    with pytest.raises(ValueError, match="tensor_split"):
        LlamaCppOptions(tensor_split=(share,))


def test_that_an_override_names_a_device_as_llama_cpp_counts_it() -> None:
    options = LlamaCppOptions(
        split_mode=SplitMode.NONE, main_gpu=1, override_tensor=r"blk\.3\.ffn_up=CUDA1"
    )
    request = replace(planned(8, 8).request, llama_cpp=options)
    assert plan(model_of(NAME), request).at.pool("gpu1").bytes
    with pytest.raises(UnsupportedRequestError, match="CUDA0"):
        plan(
            model_of(NAME),
            replace(request, llama_cpp=replace(options, override_tensor="output=CUDA0")),
        )
