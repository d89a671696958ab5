"""The rules of a valid tensor table and of its data, in llama.cpp's order."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from gguf_bytes import (
    Gguf,
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
)
from memplan.reader.header import HeaderNotice

# Rule 5: the tensor table.


def test_that_a_name_of_63_bytes_is_read_and_of_64_refused(read: Read, refuse: Refuse) -> None:
    assert read(Gguf((), [TensorInfo(b"n" * 63)])).tensors[0].name == "n" * 63
    assert isinstance(refuse(Gguf((), [TensorInfo(b"n" * 64)])), InvalidHeaderError)


@pytest.mark.parametrize("name", [b"a", b"a\0b"])
def test_that_a_name_twice_is_refused(refuse: Refuse, name: bytes) -> None:
    tensors = [TensorInfo(name), TensorInfo(name, offset=128)]
    assert refuse(Gguf((), tensors)).found == "a again"


def test_that_names_which_differ_after_a_nul_are_two(read: Read) -> None:
    tensors = [TensorInfo(b"a"), TensorInfo(b"a\0b", offset=128)]
    assert [tensor.name for tensor in read(Gguf((), tensors)).tensors] == ["a", "a"]


def test_that_keys_of_more_than_32_mib_together_are_refused(refuse: Refuse) -> None:
    keys = [scalar(f"{number:0>60000}", 0, 1) for number in range(600)]
    assert refuse(Gguf(keys)).expected == "keys of at most 33,554,432 bytes together"


def test_that_a_model_of_more_tensors_than_any_has_is_refused(tmp_path: Path) -> None:
    tensors = [TensorInfo(f"{n}".encode(), (0,), data_bytes=0) for n in range(2**16 + 1)]
    path = tmp_path / "model.gguf"
    path.write_bytes(Gguf(model_values(), tensors).content())
    assert len(read_header(path).tensors) == 2**16 + 1
    with pytest.raises(InvalidHeaderError, match="at most 65,536 tensors"):
        read_model(path)


@pytest.mark.parametrize("count", [5, 2**31, 2**32 - 1])
def test_that_more_than_4_dimensions_are_refused(refuse: Refuse, count: int) -> None:
    tensor = TensorInfo(dimensions=(1,) * 5, dimension_count=count)
    assert isinstance(refuse(Gguf((), [tensor])), InvalidHeaderError)


def test_that_a_tensor_without_dimensions_has_one_element(read: Read) -> None:
    tensor = read(Gguf((), [TensorInfo(dimensions=(), data_bytes=4)])).tensors[0]
    assert (tensor.dimensions, tensor.elements, tensor.bytes) == ((), 1, 4)


def test_that_a_tensor_may_be_empty(read: Read) -> None:
    tensor = TensorInfo(dimensions=(32, 0, 2**62, 2**62), data_bytes=0)
    assert read(Gguf((), [tensor])).tensors[0].bytes == 0


@pytest.mark.parametrize(
    "dimensions",
    [
        (2**63,),
        (2**64 - 1, 0),
        (2**63 - 1,),
        (2**32, 2**31),
        (2**16, 2**16, 2**16, 2**15),
        (1, 1, 2**62, 2),
        (2**62, 2**62, 2**62, 2**62),
    ],
)
def test_that_dimensions_beyond_63_bits_are_refused(
    refuse: Refuse, dimensions: tuple[int, ...]
) -> None:
    tensor = TensorInfo(dimensions=dimensions, type_id=24, data_bytes=0)
    assert "product" in refuse(Gguf((), [tensor])).expected


@pytest.mark.parametrize("type_id", [4, 5, 31, 32, 33, 36, 37, 38, 2**31, 2**32 - 1])
def test_that_a_removed_or_negative_type_is_refused(refuse: Refuse, type_id: int) -> None:
    error = refuse(Gguf((), [TensorInfo(type_id=type_id)]))
    assert error.found == f"type {type_id}"


@pytest.mark.parametrize(("type_id", "block"), [(2, 32), (12, 256), (40, 64), (41, 128)])
def test_that_a_row_of_broken_blocks_is_refused(
    read: Read, refuse: Refuse, type_id: int, block: int
) -> None:
    whole = TensorInfo(dimensions=(block, 3), type_id=type_id, data_bytes=1000)
    assert read(Gguf((), [whole])).tensors[0].elements == 3 * block
    broken = replace(whole, dimensions=(block + block // 2, 2))
    assert "whole blocks" in refuse(Gguf((), [broken])).expected
    assert isinstance(refuse(Gguf((), [replace(whole, dimensions=())])), InvalidHeaderError)


@pytest.mark.parametrize("type_id", [43, 99, 2**31 - 1])
def test_that_a_newer_type_is_sized_by_the_distance_to_the_next(read: Read, type_id: int) -> None:
    tensors = [
        TensorInfo(b"a", (100,), type_id, 0),
        TensorInfo(b"b", (8,), 0, 96),
        TensorInfo(b"c", (100,), type_id, 128, 50),
    ]
    header = read(Gguf((), tensors))
    assert [tensor.bytes for tensor in header.tensors] == [96, 32, 50]
    assert header.tensors[0].type_name == f"type {type_id}"
    assert header.notices == ((HeaderNotice.UNKNOWN_TENSOR_TYPE, f"type {type_id}"),)


@pytest.mark.parametrize("offset", [16, 33, 2**64 - 32])
def test_that_a_newer_type_needs_a_place_that_can_be(refuse: Refuse, offset: int) -> None:
    tensors = [TensorInfo(b"a", (100,), 99), TensorInfo(b"b", (8,), 0, offset, 0)]
    assert isinstance(refuse(Gguf((), tensors, data=False)), InvalidHeaderError)


# Rule 6: sizes and places of the data.


def test_that_a_size_beyond_64_bits_is_refused(refuse: Refuse) -> None:
    tensor = TensorInfo(dimensions=(2**61, 2), type_id=28, data_bytes=0)
    assert "64 bits" in refuse(Gguf((), [tensor])).expected


def test_that_sizes_that_add_up_beyond_64_bits_are_refused(refuse: Refuse) -> None:
    size = 2**62 - 1
    padded = 2**62
    tensors = [TensorInfo(b"%d" % i, (size,), 24, i * padded, 0) for i in range(4)]
    assert "64 bits" in refuse(Gguf((), tensors, data=False)).expected


@pytest.mark.parametrize("offset", [0, 64, 96, 127, 129, 160, 2**63, 2**64 - 1])
def test_that_data_must_follow_one_another_without_gap_or_overlap(
    refuse: Refuse, offset: int
) -> None:
    tensors = [TensorInfo(b"a"), TensorInfo(b"b", offset=offset, data_bytes=0)]
    error = refuse(Gguf((), tensors, data=False))
    assert error.found == f"offset {offset:,}"


def test_that_a_first_tensor_away_from_the_start_is_refused(refuse: Refuse) -> None:
    assert "offset 0" in refuse(Gguf((), [TensorInfo(offset=32)])).expected


# Rule 7: the data are within the file, or their lack is noticed.


def test_that_missing_data_are_noticed_with_both_sizes(read: Read, tmp_path: Path) -> None:
    file = Gguf(model_values(), [TensorInfo()])
    whole = file.content()
    header = read(file)
    assert header.notices == ()
    path = tmp_path / "part.gguf"
    path.write_bytes(whole[:-1])
    part = read_header(path)
    detail = f"{len(whole) - 1:,} of {len(whole):,} bytes are here"
    assert [(kind, str(said)) for kind, said in part.notices] == [
        (HeaderNotice.DATA_MISSING, detail)
    ]
    assert (part.file_bytes, part.complete_bytes) == (len(whole) - 1, len(whole))
    assert not read_model(path).complete


def test_that_padding_may_miss_at_the_end_and_bytes_may_trail(read: Read) -> None:
    odd = TensorInfo(dimensions=(1,), data_bytes=4)
    assert read(Gguf((), [odd])).notices == ()
    assert read(Gguf((), [odd], tail=b"trailing")).notices == ()


def test_that_every_truncation_is_an_error_or_a_notice(tmp_path: Path) -> None:
    values = [
        *model_values(),
        text("general.name", "Cut"),
        array("tokenizer.ggml.tokens", 8, 3, strings([b"a", b"bb", b"ccc"])),
        array("tokenizer.ggml.scores", 6, 3, struct.pack("<3f", 1, 2, 3)),
    ]
    tensors = [TensorInfo(), TensorInfo(b"output.weight", (8, 2), 1, 128, 32)]
    file = Gguf(values, tensors)
    whole = file.content()
    header_bytes = len(file.header())
    path = tmp_path / "cut.gguf"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        if length < header_bytes:
            with pytest.raises((TruncatedError, NotGgufError)):
                read_header(path)
        else:
            header = read_header(path)
            assert [kind for kind, _ in header.notices] == [HeaderNotice.DATA_MISSING]
            assert header.complete_bytes == len(whole)
    path.write_bytes(whole)
    assert read_header(path).notices == ()
