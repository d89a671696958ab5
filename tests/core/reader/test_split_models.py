"""Split models on disk: any shard opens the set, and what does not fit together is named."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from gguf_bytes import Gguf, KeyValue, TensorInfo, model_values, scalar
from memplan import read_header, read_model
from memplan.model import NoticeKind
from memplan.reader.errors import (
    GgufError,
    InconsistentSplitError,
    InvalidHeaderError,
    NotAModelError,
)
from memplan.units import format_part_of_file

NAMES = [f"model-0000{number}-of-00003.gguf" for number in (1, 2, 3)]


def write(folder: Path, shards: dict[str, Gguf]) -> None:
    for name, shard in shards.items():
        (folder / name).write_bytes(shard.content())


@pytest.fixture
def folder(tmp_path: Path, shard_files: dict[str, Gguf]) -> Path:
    write(tmp_path, shard_files)
    return tmp_path


@pytest.mark.parametrize("opened", NAMES)
def test_that_any_shard_opens_the_set(folder: Path, opened: str) -> None:
    model = read_model(folder / opened)
    assert [tensor.name for tensor in model.tensors] == ["a", "b", "c"]
    assert model.weights_bytes == 3 * 128
    sizes = [(folder / name).stat().st_size for name in NAMES]
    assert model.file_bytes == model.complete_bytes == sum(sizes)
    assert [Path(shard.source).name for shard in model.shards] == NAMES
    assert [shard.file_bytes for shard in model.shards] == sizes
    assert model.source == str(folder / opened)
    assert model.name == "model"
    assert model.notices == ()
    assert model.complete


def test_that_the_header_of_one_shard_is_that_of_one_file(folder: Path) -> None:
    header = read_header(folder / NAMES[1])
    assert [tensor.name for tensor in header.tensors] == ["b"]
    assert header.shards == ()


def test_that_the_first_shard_need_not_hold_tensors(
    folder: Path, shard_files: dict[str, Gguf]
) -> None:
    first = shard_files[NAMES[0]]
    values = [v for v in first.key_values if v.key != b"split.tensors.count"]
    write(folder, {NAMES[0]: replace(first, key_values=[*values, count(2)], tensors=())})
    for name in NAMES[1:]:
        values = [v for v in shard_files[name].key_values if v.key != b"split.tensors.count"]
        write(folder, {name: replace(shard_files[name], key_values=[*values, count(2)])})
    assert [tensor.name for tensor in read_model(folder / NAMES[2]).tensors] == ["b", "c"]


def count(tensors: int) -> KeyValue:
    return scalar("split.tensors.count", 5, tensors)


@pytest.mark.parametrize("missing", NAMES[1:])
def test_that_a_missing_shard_is_named_and_the_rest_planned(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    model = read_model(folder / NAMES[0])
    assert [(notice.kind, str(notice.detail)) for notice in model.notices] == [
        (NoticeKind.SHARDS_MISSING, missing)
    ]
    assert model.weights_bytes == 2 * 128
    assert not model.complete


def test_that_a_missing_first_shard_is_asked_for(folder: Path) -> None:
    (folder / NAMES[0]).unlink()
    with pytest.raises(NotAModelError, match=NAMES[0]):
        read_model(folder / NAMES[1])


def test_that_shards_that_are_not_complete_are_told_together(folder: Path) -> None:
    whole = sum((folder / name).stat().st_size for name in NAMES)
    for name in NAMES[1:]:
        path = folder / name
        path.write_bytes(path.read_bytes()[:-100])
    (notice,) = read_model(folder / NAMES[0]).notices
    assert notice.kind is NoticeKind.DATA_MISSING
    assert str(notice.detail) == f"{format_part_of_file(whole - 200, whole)} are here"


def test_that_a_broken_shard_is_told_by_its_own_name(folder: Path) -> None:
    (folder / NAMES[2]).write_bytes(b"GGUF\x03\0\0\0")
    with pytest.raises(GgufError) as caught:
        read_model(folder / NAMES[0])
    assert caught.value.source == str(folder / NAMES[2])


@pytest.mark.parametrize(
    ("key", "type_id", "wrong"),
    [("split.no", 2, 0), ("split.count", 2, 4), ("split.tensors.count", 5, 7)],
)
def test_that_each_inconsistency_is_named(
    folder: Path, shard_files: dict[str, Gguf], key: str, type_id: int, wrong: int
) -> None:
    shard = shard_files[NAMES[1]]
    values = [v for v in shard.key_values if v.key != key.encode()]
    write(folder, {NAMES[1]: replace(shard, key_values=[*values, scalar(key, type_id, wrong)])})
    with pytest.raises(InconsistentSplitError, match=f"{key} of {NAMES[1]} is {wrong}, not"):
        read_model(folder / NAMES[0])


def test_that_a_tensor_in_two_shards_is_named(folder: Path, shard_files: dict[str, Gguf]) -> None:
    write(folder, {NAMES[2]: replace(shard_files[NAMES[2]], tensors=[TensorInfo(b"b", (32,))])})
    with pytest.raises(InconsistentSplitError, match="more than one shard has b"):
        read_model(folder / NAMES[0])


def test_that_fewer_tensors_than_announced_are_named(
    folder: Path, shard_files: dict[str, Gguf]
) -> None:
    write(folder, {NAMES[2]: replace(shard_files[NAMES[2]], tensors=())})
    with pytest.raises(InconsistentSplitError, match="2 tensors, not the 3"):
        read_model(folder / NAMES[0])


def test_that_shards_of_other_files_are_told_by_all_that_is_wrong(
    folder: Path, shard_files: dict[str, Gguf]
) -> None:
    (folder / NAMES[1]).write_bytes(shard_files[NAMES[2]].content())
    with pytest.raises(InconsistentSplitError) as caught:
        read_model(folder / NAMES[0])
    assert f"split.no of {NAMES[1]} is 2, not 1" in caught.value.found
    assert "more than one shard has c" in caught.value.found


def test_that_a_renamed_shard_is_planned_alone(folder: Path) -> None:
    renamed = (folder / NAMES[0]).rename(folder / "renamed.gguf")
    model = read_model(renamed)
    (notice,) = model.notices
    assert notice.kind is NoticeKind.SHARDS_MISSING
    assert str(notice.detail).startswith("2 of 3")
    assert not model.complete


@pytest.mark.parametrize("shards", [1025, 65_535])
def test_that_too_many_shards_are_refused_before_looking_for_them(
    tmp_path: Path, shards: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"model-00001-of-{shards:05}.gguf"
    path.write_bytes(
        Gguf([*model_values(), scalar("split.count", 2, shards)], [TensorInfo()]).content()
    )
    with pytest.raises(InvalidHeaderError, match="at most 1,024"):
        read_model(path)


def test_that_a_huge_number_in_a_name_alone_is_refused(folder: Path) -> None:
    path = (folder / NAMES[0]).rename(folder / "model-00001-of-99999.gguf")
    with pytest.raises(InvalidHeaderError, match="at most 1,024"):
        read_model(path)


def test_that_a_name_like_a_shards_does_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "model-00001-of-00002.gguf"
    path.write_bytes(Gguf(model_values(), [TensorInfo()]).content())
    assert read_model(path).notices == ()


@pytest.mark.parametrize("opened", NAMES)
@pytest.mark.parametrize("padding", [32, 64])
def test_that_shards_padded_as_only_the_first_says_are_read(
    folder: Path, shard_files: dict[str, Gguf], opened: str, padding: int
) -> None:
    first = shard_files[NAMES[0]]
    aligned = [*first.key_values, scalar("general.alignment", 4, 64)]
    write(folder, {NAMES[0]: replace(first, key_values=aligned, alignment=64)})
    second = [TensorInfo(b"b", (8,)), TensorInfo(b"d", (8,), 0, padding, 32)]
    values = {
        name: [
            *(v for v in shard_files[name].key_values if v.key != b"split.tensors.count"),
            count(4),
        ]
        for name in NAMES
    }
    write(
        folder,
        {
            NAMES[0]: replace(
                first,
                key_values=[*values[NAMES[0]], scalar("general.alignment", 4, 64)],
                alignment=64,
            ),
            NAMES[1]: replace(
                shard_files[NAMES[1]],
                key_values=values[NAMES[1]],
                tensors=second,
                alignment=padding,
            ),
            NAMES[2]: replace(shard_files[NAMES[2]], key_values=values[NAMES[2]]),
        },
    )
    model = read_model(folder / opened)
    assert [tensor.name for tensor in model.tensors] == ["a", "b", "d", "c"]
    kinds = [notice.kind for notice in model.notices]
    assert kinds == ([NoticeKind.SHARD_ALIGNMENT] if padding == 64 else [])
    assert model.complete


def test_that_names_never_come_from_metadata(folder: Path, shard_files: dict[str, Gguf]) -> None:
    name = b"../../etc/passwd"
    value = KeyValue(b"general.name", 8, struct.pack("<Q", len(name)) + name)
    first = shard_files[NAMES[0]]
    write(folder, {NAMES[0]: replace(first, key_values=[*first.key_values, value])})
    model = read_model(folder / NAMES[0])
    assert {Path(shard.source).parent for shard in model.shards} == {folder}
