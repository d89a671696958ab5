"""The rules of a valid header, in llama.cpp's order: one test a rule, and each exception."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from gguf_bytes import (
    CODES,
    Gguf,
    KeyValue,
    Read,
    Refuse,
    TensorInfo,
    array,
    model_values,
    scalar,
    strings,
    text,
)
from memplan import read_header, read_model
from memplan.reader.errors import (
    InvalidHeaderError,
    NotGgufError,
    TruncatedError,
    UnsupportedVersionError,
)
from memplan.reader.header import Array, ByteOrder, HeaderNotice, LongText, ValueType
from memplan.reader.window import WINDOW_BYTES

# Rule 1: magic, version, byte order.


def test_that_the_smallest_file_is_read(read: Read) -> None:
    header = read(Gguf())
    assert (header.version, header.tensors, dict(header.metadata)) == (3, (), {})
    assert header.complete
    assert header.data_offset == 24


def test_that_another_magic_is_refused(refuse: Refuse) -> None:
    error = refuse(Gguf(magic=b"GGUX"))
    assert isinstance(error, NotGgufError)
    assert (error.offset, error.expected, error.found) == (0, "the bytes GGUF", "'GGUX'")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git-lfs"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\n <HTML>", "web page"),
        (b"PK\x03\x04" + bytes(30), "ZIP"),
        (struct.pack("<Q", 300) + b'{"__metadata__":', "safetensors"),
        (b"lmgg" + bytes(30), "before GGUF"),
        (b"fmgg" + bytes(30), "before GGUF"),
        (b"tjgg" + bytes(30), "before GGUF"),
        (b"\x1f\x8b\x08" + bytes(30), "compressed"),
        (b'{"error":"Repository not found"}', "server"),
        (bytes(64), "zeros"),
        (b"", "empty"),
    ],
)
def test_that_what_people_mistake_for_a_model_is_named(
    tmp_path: Path, start: bytes, words: str
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(start)
    with pytest.raises(NotGgufError, match=words) as caught:
        read_header(path)
    assert caught.value.remedy


@pytest.mark.parametrize("version", [0, 1, 4, 0x0300, 0x00030000, 0xFFFFFFFF])
def test_that_only_versions_2_and_3_are_read(refuse: Refuse, version: int) -> None:
    error = refuse(Gguf(version=version))
    assert isinstance(error, UnsupportedVersionError)
    assert error.offset == 4


def test_that_version_1_is_told_to_be_too_old(refuse: Refuse) -> None:
    assert "2023" in refuse(Gguf(version=1)).remedy


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_that_both_versions_are_read_in_both_byte_orders(
    read: Read, version: int, order: str
) -> None:
    values = [
        scalar("a", 4, 7, order),
        text("b", "x", order),
        array("c", 5, 2, struct.pack(f"{order}2i", -1, 2), order),
        array("d", 8, 2, strings([b"one", b"two"], order), order),
    ]
    header = read(Gguf(values, [TensorInfo()], version=version, order=order))
    assert header.byte_order is ByteOrder(order)
    assert header.metadata["a"].value == 7
    assert header.metadata["b"].value == "x"
    numbers = header.metadata["c"].value
    assert isinstance(numbers, Array)
    assert numbers.numbers() == (-1, 2)
    assert header.tensors[0].dimensions == (32,)


# Rule 2: counts and lengths fit what remains.


@pytest.mark.parametrize("count", [1, 2**20 + 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1])
def test_that_more_key_values_than_fit_are_refused(refuse: Refuse, count: int) -> None:
    assert refuse(Gguf(value_count=count)).offset == 16


@pytest.mark.parametrize("count", [1, 2**22 + 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1])
def test_that_more_tensors_than_fit_are_refused(refuse: Refuse, count: int) -> None:
    assert refuse(Gguf(tensor_count=count)).offset == 8


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (Gguf(tensor_count=2**22 + 1), "at most 4,194,304 tensors"),
        (Gguf(value_count=2**20 + 1), "at most 1,048,576 key-values"),
    ],
)
def test_that_more_than_any_model_has_is_refused_where_it_fits(
    tmp_path: Path, file: Gguf, words: str
) -> None:
    path = tmp_path / "sparse.gguf"
    path.write_bytes(file.content())
    with path.open("r+b") as sparse:
        sparse.truncate(2**30)
    with pytest.raises(InvalidHeaderError, match=words):
        read_header(path)


def test_that_2_to_40_tensors_over_zeros_are_refused(refuse: Refuse) -> None:
    error = refuse(Gguf(tensor_count=2**40, tail=bytes(2**20)))
    assert isinstance(error, InvalidHeaderError)


def test_that_tensors_over_zeros_are_refused_at_the_second_empty_name(refuse: Refuse) -> None:
    error = refuse(Gguf(tensor_count=40_000, tail=bytes(2**20)))
    assert isinstance(error, InvalidHeaderError)
    assert error.offset == 24 + 24


@pytest.mark.parametrize("length", [5, 2**31, 2**40, 2**63 - 1, 2**63, 2**64 - 1])
def test_that_a_string_longer_than_the_file_is_refused(refuse: Refuse, length: int) -> None:
    error = refuse(Gguf([KeyValue(b"k", 8, struct.pack("<Q", length) + b"text")]))
    assert isinstance(error, TruncatedError)
    assert error.offset == 24 + 8 + 1 + 4


def test_that_a_string_over_one_gib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sparse.gguf"
    content = Gguf([KeyValue(b"k", 8, struct.pack("<Q", 2**30 + 1))]).content()
    path.write_bytes(content)
    with path.open("r+b") as file:
        file.truncate(2**31)
    with pytest.raises(InvalidHeaderError, match=r"at most 1,073,741,824 bytes"):
        read_header(path)


def test_that_an_element_over_one_gib_is_refused_at_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "sparse.gguf"
    elements = strings([b"first"]) + struct.pack("<Q", 2**30 + 1)
    path.write_bytes(Gguf([array("k", 8, 3, elements)]).content())
    with path.open("r+b") as file:
        file.truncate(2**31)
    with pytest.raises(InvalidHeaderError, match=r"at most 1,073,741,824 bytes") as caught:
        read_header(path)
    assert caught.value.offset == 24 + 8 + 1 + 4 + 4 + 8 + 8 + 5


@pytest.mark.parametrize("length", [6, 2**31, 2**63 - 1, 2**64 - 1])
def test_that_an_element_longer_than_the_file_is_refused_at_its_own_place(
    refuse: Refuse, length: int
) -> None:
    elements = strings([b"first"]) + struct.pack("<Q", length) + b"short"
    error = refuse(Gguf([array("k", 8, 2, elements)]))
    assert isinstance(error, TruncatedError)
    assert error.offset == 24 + 8 + 1 + 4 + 4 + 8 + 8 + 5


# Rule 3: keys and values.


def test_that_an_empty_key_is_refused(refuse: Refuse) -> None:
    assert isinstance(refuse(Gguf([scalar("", 4, 1)])), InvalidHeaderError)


def test_that_a_key_over_65535_bytes_is_refused(refuse: Refuse, read: Read) -> None:
    assert "k" * 65_535 in read(Gguf([scalar("k" * 65_535, 4, 1)])).metadata
    assert isinstance(refuse(Gguf([scalar("k" * 65_536, 4, 1)])), InvalidHeaderError)


def test_that_a_key_twice_is_refused(refuse: Refuse) -> None:
    error = refuse(Gguf([scalar("k", 4, 1), scalar("k", 4, 1)]))
    assert error.found == "k again"


@pytest.mark.parametrize("type_id", [13, 255, 2**31, 2**32 - 1])
def test_that_an_unknown_value_type_is_refused(refuse: Refuse, type_id: int) -> None:
    error = refuse(Gguf([KeyValue(b"k", type_id, bytes(64))]))
    assert isinstance(error, InvalidHeaderError)
    assert error.offset == 24 + 8 + 1


@pytest.mark.parametrize("type_id", [13, 255, 2**31, 2**32 - 1])
def test_that_an_unknown_element_type_is_refused(refuse: Refuse, type_id: int) -> None:
    assert isinstance(refuse(Gguf([array("k", type_id, 1, bytes(64))])), InvalidHeaderError)


def test_that_an_array_of_arrays_is_refused(refuse: Refuse) -> None:
    inner = struct.pack("<IQ", 4, 1) + bytes(4)
    error = refuse(Gguf([array("k", 9, 1, inner)]))
    assert error.found == "an array of arrays"


@pytest.mark.parametrize("element_type", [*CODES, 8])
@pytest.mark.parametrize("count", [1, 2**30, 2**30 + 1, 2**31, 2**61, 2**63, 2**64 - 1])
def test_that_an_array_longer_than_the_file_is_refused(
    refuse: Refuse, element_type: int, count: int
) -> None:
    error = refuse(Gguf([array("k", element_type, count, b"")]))
    assert isinstance(error, TruncatedError if count <= 2**30 else InvalidHeaderError)


@pytest.mark.parametrize("element_type", [*CODES, 8])
def test_that_an_empty_array_is_read(read: Read, element_type: int) -> None:
    value = read(Gguf([array("k", element_type, 0, b"")])).metadata["k"].value
    assert isinstance(value, Array)
    assert (value.element_type, value.count) == (ValueType(element_type), 0)


def test_that_text_need_not_be_utf_8_and_may_hold_nul(read: Read) -> None:
    assert read(Gguf([text("k", b"\xff\0x")])).metadata["k"].value == "\\xff\0x"


def test_that_a_flag_of_any_byte_but_zero_is_true(read: Read) -> None:
    assert read(Gguf([KeyValue(b"k", 7, b"\x02")])).metadata["k"].value is True


def test_that_a_50_mb_template_is_passed_over_and_its_place_kept(
    read: Read, tmp_path: Path
) -> None:
    template = b"t" * 50_000_000
    values = [text("tokenizer.chat_template", template), scalar("after", 4, 9)]
    header = read(Gguf(values))
    offset = 24 + 8 + len("tokenizer.chat_template") + 4 + 8
    assert header.metadata["tokenizer.chat_template"].value == LongText(50_000_000, offset)
    assert header.metadata["after"].value == 9


def test_that_only_so_much_text_is_kept(read: Read) -> None:
    header = read(Gguf([text(f"{number}", "t" * 900_000) for number in range(5)]))
    kept = [isinstance(value.value, str) for value in header.metadata.values()]
    assert kept == [True, True, False, False, False]


def test_that_long_arrays_of_numbers_are_passed_over(read: Read) -> None:
    values = [array("short", 4, 16_384, bytes(65_536)), array("long", 4, 16_385, bytes(65_540))]
    short, long = (value.value for value in read(Gguf(values)).metadata.values())
    assert isinstance(short, Array)
    assert isinstance(long, Array)
    assert short.numbers() == (0,) * 16_384
    assert (long.count, long.numbers()) == (16_385, None)


def test_that_strings_across_the_edges_of_the_window_are_passed_over(read: Read) -> None:
    for length in (1, 7, 250, 4000, WINDOW_BYTES - 1, WINDOW_BYTES, 3 * WINDOW_BYTES):
        count = max(2, 3 * WINDOW_BYTES // (length + 8))
        for shift in range(9):
            values = [
                text("shift", b"s" * shift),
                array("k", 8, count, strings([b"e" * length] * count)),
                scalar("after", 4, 9),
            ]
            assert read(Gguf(values)).metadata["after"].value == 9


# Rule 4: the alignment.


@pytest.mark.parametrize("alignment", [1, 8, 32, 64, 4096])
def test_that_a_power_of_two_is_an_alignment(read: Read, alignment: int) -> None:
    values = [scalar("general.alignment", 4, alignment)]
    second = TensorInfo(b"b", (8,), 0, max(alignment, 32), 32)
    header = read(Gguf(values, [TensorInfo(b"a", (8,)), second], alignment=alignment))
    assert header.alignment == alignment
    assert header.data_offset % alignment == 0
    assert header.notices == ()
    assert header.complete


@pytest.mark.parametrize("alignment", [0, 3, 33, 2**32 - 1])
def test_that_another_number_is_no_alignment(refuse: Refuse, alignment: int) -> None:
    error = refuse(Gguf([scalar("general.alignment", 4, alignment)]))
    assert isinstance(error, InvalidHeaderError)


@pytest.mark.parametrize("type_id", [0, 1, 2, 3, 5, 10, 11])
def test_that_an_alignment_of_another_integer_type_is_noticed(read: Read, type_id: int) -> None:
    header = read(Gguf([scalar("general.alignment", type_id, 64)], [TensorInfo()], alignment=64))
    assert header.alignment == 64
    assert [kind for kind, _ in header.notices] == [HeaderNotice.ALIGNMENT_TYPE]


@pytest.mark.parametrize(
    "value",
    [
        scalar("general.alignment", 6, 32.0),
        scalar("general.alignment", 7, True),
        scalar("general.alignment", 12, 32.0),
        scalar("general.alignment", 5, -32),
        scalar("general.alignment", 10, 2**40),
        text("general.alignment", "32"),
        array("general.alignment", 4, 1, struct.pack("<I", 32)),
    ],
)
def test_that_an_alignment_of_another_kind_is_refused(refuse: Refuse, value: KeyValue) -> None:
    assert isinstance(refuse(Gguf([value])), InvalidHeaderError)


# Caps before anything is multiplied.


@pytest.mark.parametrize(("key", "most"), [("block_count", 512), ("expert_count", 1024)])
def test_that_more_layers_or_experts_than_any_engine_has_are_refused(
    tmp_path: Path, key: str, most: int
) -> None:
    path = tmp_path / "model.gguf"
    values = [value for value in model_values() if value.key != f"llama.{key}".encode()]
    path.write_bytes(Gguf([*values, scalar(f"llama.{key}", 4, most)]).content())
    read_model(path)
    path.write_bytes(Gguf([*values, scalar(f"llama.{key}", 4, most + 1)]).content())
    with pytest.raises(InvalidHeaderError, match=f"at most {most:,}"):
        read_model(path)
