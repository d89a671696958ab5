"""Every error of the reader in another language: no English word is left in it."""

from __future__ import annotations

import ast
import inspect
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import file_server as serve
import memplan.reader
import pytest
from file_server import FileServer, Mode
from gguf_bytes import Gguf, KeyValue, TensorInfo, array, model_values, scalar, strings
from memplan import read_header, read_model
from memplan.language import ENGLISH, speak
from memplan.reader import CancelToken, RemoteSettings, errors
from memplan.reader.errors import (
    GgufError,
    InconsistentSplitError,
    InvalidHeaderError,
    UnreachableError,
)
from memplan.reader.header_cache import HeaderCache
from pseudo_language import speaking_it, untranslated
from test_from_servers import BAD

KEY, TENSOR = "some.key", "blk.0.weight"
NAMES = (KEY, TENSOR, "F16", "Q4_0", "float32")

Q4_0, NEWER, REMOVED, F32 = 2, 99, 4, 0


@pytest.fixture(autouse=True)
def pseudo() -> Iterator[None]:
    with speaking_it():
        yield


def tensor(*dimensions: int, name: str = TENSOR, **other: int) -> TensorInfo:
    return replace(TensorInfo(name.encode(), dimensions), **other)  # type: ignore[arg-type]


def value(type_id: int, payload: bytes) -> Gguf:
    return Gguf([KeyValue(KEY.encode(), type_id, payload)])


def length(count: int) -> bytes:
    return struct.pack("<Q", count)


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "ends in the magic": b"GG",
    "another magic": b"????",
    "ends in the version": b"GGUF\3\0",
    "version 1": Gguf(version=1).content(),
    "version 9": Gguf(version=9).content(),
    "ends in the number of tensors": Gguf().content()[:12],
    "ends in the number of key-values": Gguf().content()[:20],
    "many tensors": Gguf(tensor_count=2**30).content(),
    "tensors that do not fit": Gguf(tensor_count=5).content(),
    "tensors that do not fit one byte": Gguf(tensor_count=5, tail=b"\0").content(),
    "many key-values": Gguf(value_count=2**30).content(),
    "key-values that do not fit": Gguf(value_count=5).content(),
    "empty key": Gguf([scalar("", 4, 1)]).content(),
    "long key": Gguf([scalar("k" * 65_536, 4, 1)]).content(),
    "key twice": Gguf([scalar(KEY, 4, 1)] * 2).content(),
    "ends in a key": Gguf(value_count=1, tail=length(2000) + bytes(20)).content(),
    "unknown value type": value(13, bytes(64)).content(),
    "ends in a value type": value(4, b"").content()[:-2] + bytes(0),
    "ends in a number": value(10, bytes(5)).content(),
    "text longer than the file": value(8, length(2000)).content(),
    "ends in the length of an array": value(9, struct.pack("<I", 4) + bytes(3)).content(),
    "unknown element type": Gguf([array(KEY, 13, 1, b"")]).content(),
    "array of arrays": Gguf([array(KEY, 9, 1, bytes(64))]).content(),
    "long array": Gguf([array(KEY, 4, 2**40, b"")]).content(),
    "array longer than the file": Gguf([array(KEY, 4, 2000, b"")]).content(),
    "element longer than the file": Gguf(
        [array(KEY, 8, 2, strings([b"first"]) + length(2000))]
    ).content(),
    "ends in the elements": Gguf([array(KEY, 8, 1, bytes(8))]).content()[:-1],
    "alignment of 3": Gguf([scalar("general.alignment", 4, 3)]).content(),
    "alignment of a fraction": Gguf([scalar("general.alignment", 6, 32.0)]).content(),
    "long tensor name": Gguf((), [tensor(32, name="t" * 64)]).content(),
    "tensor twice": Gguf((), [tensor(32), tensor(32, offset=128)]).content(),
    "ends in a tensor's name": Gguf(tensor_count=1, tail=length(2000) + bytes(20)).content(),
    "ends in the number of dimensions": Gguf(tensor_count=1, tail=length(16) + bytes(16)).content(),
    "ends in a row": Gguf((), [tensor(32)], data=False, tail=b"").content()[:-14],
    "ends in an offset": Gguf((), [tensor(32)], data=False).content()[:-4],
    "5 dimensions": Gguf((), [tensor(1, 1, 1, 1, 1)]).content(),
    "negative dimension": Gguf((), [tensor(2**63)]).content(),
    "large product": Gguf((), [tensor(2**40, 2**40)]).content(),
    "removed type": Gguf((), [tensor(32, type_id=REMOVED)]).content(),
    "broken row": Gguf((), [tensor(33, type_id=Q4_0)]).content(),
    "row of one": Gguf((), [tensor(1, type_id=Q4_0)]).content(),
    "gap between tensors": Gguf((), [tensor(32, offset=2048)]).content(),
    "large tensors": Gguf(
        (),
        [
            tensor(2**61),
            *(tensor(2**61, name=f"{n}", offset=n * 2**63) for n in (1,)),
        ],
        data=False,
    ).content(),
}  # fmt: skip


def assert_translated(error: GgufError, names: Iterable[str] = NAMES) -> None:
    assert untranslated(error.detail, names) == [], error.detail


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_that_an_error_in_a_header_is_translated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(GgufError) as caught:
        read_header(path)
    shown = repr(content[:4]).removeprefix("b")
    assert_translated(caught.value, (*NAMES, shown))
    place = str(caught.value).removesuffix(caught.value.detail)
    assert untranslated(place, [str(path)]) == []


def test_that_a_text_longer_than_any_is_told_in_translation(tmp_path: Path) -> None:
    path = tmp_path / "sparse.gguf"
    path.write_bytes(value(8, length(2**30 + 1)).content())
    os.truncate(path, 2**31)
    with pytest.raises(InvalidHeaderError) as caught:
        read_header(path)
    assert_translated(caught.value)


STARTS = (
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
    b"<!DOCTYPE html><html>",
    b"PK\x03\x04" + bytes(30),
    struct.pack("<Q", 300) + b'{"__metadata__":',
    b"lmgg" + bytes(30),
    b"\x1f\x8b\x08" + bytes(30),
    b'{"error":"Repository not found"}',
    bytes(64),
)


@pytest.mark.parametrize("start", STARTS, ids=range(len(STARTS)))
def test_that_what_people_mistake_for_a_model_is_named_in_translation(
    tmp_path: Path, start: bytes
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(start)
    with pytest.raises(GgufError) as caught:
        read_header(path)
    assert_translated(caught.value)


def test_that_errors_of_files_are_translated(tmp_path: Path) -> None:
    paths = [tmp_path, tmp_path / "none.gguf"]
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        paths += [tmp_path / "pipe", Path("/dev/null")]
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.path.relpath(tmp_path / "socket"))
        paths.append(tmp_path / "socket")
    for path in paths:
        with pytest.raises(GgufError) as caught:
            read_header(path)
        assert_translated(caught.value)


def test_that_a_file_that_cannot_be_read_is_told_in_translation_but_for_the_systems_words(
    tmp_path: Path,
) -> None:
    with pytest.raises(GgufError) as caught:
        read_header(tmp_path / ("x" * 5000))
    assert_translated(caught.value, [caught.value.found])
    assert untranslated(caught.value.found)


@pytest.mark.parametrize("action", ["shrink", "replace", "delete"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of open files")
def test_that_a_file_that_changes_is_told_in_translation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    path, other = tmp_path / "model.gguf", tmp_path / "other.gguf"
    for file in (path, other):
        file.write_bytes(Gguf(model_values(), [TensorInfo()]).content())
    change: dict[str, Callable[[], object]] = {
        "shrink": lambda: os.truncate(path, 1),
        "replace": lambda: other.replace(path),
        "delete": lambda: path.unlink(missing_ok=True),
    }
    read = os.read

    def changing(descriptor: int, count: int) -> bytes:
        piece = read(descriptor, count)
        if other.exists() or action != "replace":
            change[action]()
        return piece

    monkeypatch.setattr(os, "read", changing)
    with pytest.raises(GgufError) as caught:
        read_header(path)
    assert_translated(caught.value)


@pytest.mark.parametrize("text", ["", "ftp://o/r.gguf", "hf://", "hf://only", "http://[::1/m.gguf"])
def test_that_an_address_that_is_none_is_told_in_translation(text: str) -> None:
    with pytest.raises(GgufError) as caught:
        read_header(text)
    system_says = "Invalid IPv6 URL"
    assert_translated(caught.value, ["https", "hf", "ftp", "only", system_says])
    if not text:
        assert untranslated(str(caught.value)) == []


def test_that_errors_about_ollama_are_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ollama"
    manifest = folder / "manifests" / "registry.ollama.ai" / "library" / "here" / "latest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"layers": []}), "utf-8")
    with pytest.raises(GgufError) as caught:
        read_model("ollama:missing")
    assert_translated(caught.value, [str(folder)])
    with pytest.raises(GgufError) as caught:
        read_model("ollama:here")
    assert_translated(caught.value, [str(manifest), "StopIteration"])
    monkeypatch.delenv("OLLAMA_MODELS")
    with pytest.raises(GgufError) as caught:
        read_model("ollama:missing")
    own = os.path.expanduser("~/.ollama/models")  # noqa: PTH111
    assert_translated(caught.value, [own, "/usr/share/ollama/.ollama/models"])


# Servers.


@pytest.mark.parametrize("mode", [mode for mode, _, _ in BAD], ids=[words for _, _, words in BAD])
def test_that_what_goes_wrong_with_a_server_is_told_in_translation(
    server: FileServer, settings: RemoteSettings, content: bytes, mode: Mode
) -> None:
    server.files["/m.gguf"], server.mode = content, mode
    with pytest.raises(GgufError) as caught:
        read_header(f"{server.address}/m.gguf", settings=settings)
    sent = ("gzip", "nonsense", "bytes 100-199/200", "bytes 0-99/50", "bytes 0-99/*")
    addresses = ("ftp://127.0.0.1/model.gguf", server.address.removeprefix("http://"))
    whole = f"bytes 0-{len(content) - 1}/{len(content)}"
    phrases = [status.phrase for status in HTTPStatus]
    from_library = [caught.value.found] if "RemoteDisconnected" in caught.value.found else []
    from_library += [caught.value.found] if "BadStatusLine" in caught.value.found else []
    assert_translated(caught.value, [*sent, *addresses, whole, *phrases, *from_library])


@pytest.mark.parametrize("host", ["127.0.0.1:1", "name..invalid"])
def test_that_nobody_there_is_told_in_translation(settings: RemoteSettings, host: str) -> None:
    with pytest.raises(UnreachableError) as caught:
        read_header(f"http://{host}/model.gguf", settings=settings)
    assert_translated_but_for_the_library(caught.value, host)


def test_that_a_name_that_does_not_exist_is_told_in_translation(
    settings: RemoteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(UnreachableError) as caught:
        read_header("http://name.invalid/model.gguf", settings=settings)
    assert_translated(caught.value, ["name.invalid"])


def test_that_a_proxy_that_fails_is_told_in_translation(
    settings: RemoteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with pytest.raises(UnreachableError) as caught:
        read_header("http://name.invalid/model.gguf", settings=settings)
    assert_translated_but_for_the_library(caught.value, "name.invalid")


def test_that_a_certificate_that_is_not_known_is_told_in_translation(
    settings: RemoteSettings,
) -> None:
    with serve.running("https") as server, pytest.raises(UnreachableError) as caught:
        read_header(f"{server.address}/model.gguf", settings=settings)
    assert_translated_but_for_the_library(caught.value, server.address.removeprefix("https://"))


def assert_translated_but_for_the_library(error: GgufError, host: str) -> None:
    """What the library says stands in parentheses behind what it means."""
    assert error.found.startswith("⟦")
    library_says = error.found.partition("⟧")[2].rpartition("⟦")[0]
    assert_translated(error, [host, library_says] if library_says else [host])


def test_that_limits_of_a_transfer_are_told_in_translation(
    server: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    server.files["/m.gguf"] = content
    url = f"{server.address}/m.gguf"
    cancel = CancelToken()
    cancel.cancel()
    for limit, mode, token in (
        (replace(settings, deadline_seconds=0.25), serve.hanging_midway, None),
        (replace(settings, header_bytes=100_000), serve.ranged, None),
        (settings, serve.ranged, cancel),
    ):
        server.mode = mode
        with pytest.raises(GgufError) as caught:
            read_header(url, settings=limit, cancel=token)
        assert_translated(caught.value)


@pytest.mark.parametrize("names", [[], ["a-Q4_0.gguf", "b-Q8_0.gguf"]])
@pytest.mark.parametrize("asked", ["owner/repo", "owner/repo:Q6_K"])
def test_that_a_choice_of_models_is_offered_in_translation(
    server: FileServer, settings: RemoteSettings, names: list[str], asked: str
) -> None:
    listed = {"sha": serve.COMMIT, "siblings": [{"rfilename": name, "size": 1} for name in names]}
    server.listings["/api/models/owner/repo"] = listed
    with pytest.raises(GgufError) as caught:
        read_model(asked, settings=settings)
    assert_translated(caught.value, [*names, "hf://owner/repo", "owner/repo", "Q6_K"])


def test_that_a_hub_that_cannot_be_asked_or_understood_is_told_in_translation(
    server: FileServer, settings: RemoteSettings
) -> None:
    with pytest.raises(GgufError) as caught:
        read_model("owner/repo", settings=replace(settings, offline=True))
    assert_translated(caught.value)
    server.listings["/api/models/owner/repo"] = {}
    with pytest.raises(GgufError) as caught:
        read_model("owner/repo", settings=settings)
    assert_translated(caught.value, ["KeyError('siblings')"])


def test_that_a_header_cut_off_in_the_cache_is_told_in_translation(
    server: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    server.files["/m.gguf"] = content
    url = f"{server.address}/m.gguf"
    read_header(url, settings=settings)
    cache = HeaderCache(settings.cache_folder, settings.cache_bytes)
    entry = cache.find(url)
    assert entry is not None
    with cache.opened(url, entry) as kept:
        assert kept is not None
        assert_translated(kept.cut_off(5_000))


# Split models.


def change(values: Iterable[KeyValue], *others: KeyValue) -> list[KeyValue]:
    keys = {other.key for other in others}
    return [*(item for item in values if item.key not in keys), *others]


def test_that_shards_that_do_not_belong_together_are_told_in_translation(
    tmp_path: Path, shard_files: dict[str, Gguf]
) -> None:
    first, second, third = shard_files
    shard_files[second] = shard_files[third]
    for name, shard in shard_files.items():
        (tmp_path / name).write_bytes(shard.content())
    keys = ("split.no", "split.count", "split.tensors.count", second)
    with pytest.raises(InconsistentSplitError) as caught:
        read_model(tmp_path / first)
    assert_translated(caught.value, [*keys, "c"])
    (tmp_path / third).write_bytes(replace(shard_files[third], tensors=()).content())
    with pytest.raises(InconsistentSplitError) as caught:
        read_model(tmp_path / first)
    assert_translated(caught.value, keys)


def test_that_a_shard_without_the_first_is_told_in_translation(
    tmp_path: Path, shard_files: dict[str, Gguf]
) -> None:
    first, second, _ = shard_files
    (tmp_path / second).write_bytes(shard_files[second].content())
    with pytest.raises(GgufError) as caught:
        read_model(tmp_path / second)
    assert_translated(caught.value, [first])


def test_that_too_many_shards_are_told_in_translation(tmp_path: Path) -> None:
    path = tmp_path / "model-00001-of-65535.gguf"
    values = [*model_values(), scalar("split.count", 2, 65_535)]
    path.write_bytes(Gguf(values, [TensorInfo()]).content())
    with pytest.raises(GgufError) as caught:
        read_model(path)
    assert_translated(caught.value)


# Notices.


def test_that_notices_are_written_in_the_language_of_the_moment(
    tmp_path: Path, shard_files: dict[str, Gguf]
) -> None:
    first, second, third = shard_files
    second_tensors = [TensorInfo(b"b", (8,)), TensorInfo(b"d", (8,), 0, 64, 32)]
    values = {
        name: change(shard.key_values, scalar("split.tensors.count", 5, 4))
        for name, shard in shard_files.items()
    }
    values[first].append(scalar("general.alignment", 4, 64))
    whole = {
        first: replace(shard_files[first], key_values=values[first], alignment=64),
        second: Gguf(values[second], second_tensors, alignment=64),
        third: replace(shard_files[third], key_values=values[third]),
    }
    for name, shard in whole.items():
        (tmp_path / name).write_bytes(shard.content()[:-10])
    renamed = tmp_path / "renamed.gguf"
    renamed.write_bytes(whole[first].content())
    details = [
        notice.detail for path in (tmp_path / first, renamed) for notice in read_model(path).notices
    ]
    assert len(details) == 3
    for detail in details:
        assert untranslated(str(detail), [second, renamed.name]) == [], str(detail)
    speak(ENGLISH)
    assert not any("⟦" in str(detail) for detail in details)


def test_that_long_lists_of_missing_shards_are_told_in_translation(tmp_path: Path) -> None:
    values = [*model_values(), scalar("split.no", 2, 0), scalar("split.count", 2, 9)]
    values.append(scalar("split.tensors.count", 5, 1))
    path = tmp_path / "model-00001-of-00009.gguf"
    path.write_bytes(Gguf(values, [TensorInfo()]).content())
    (notice,) = [n for n in read_model(path).notices if "model-" in str(n.detail)]
    assert untranslated(str(notice.detail), ["model-", "-of-", ".gguf"]) == []


# The code.


def reader_modules() -> list[Path]:
    return sorted(Path(inspect.getfile(memplan.reader)).parent.glob("*.py"))


ERRORS = {name for name, kind in vars(errors).items() if inspect.isclass(kind)}


@pytest.mark.parametrize("path", reader_modules(), ids=lambda path: path.stem)
def test_that_no_error_is_made_of_words_that_are_not_looked_up(path: Path) -> None:
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ERRORS]
    for call in raised:
        for argument in call.args[2:]:
            assert list(bare_words(argument)) == [], f"{path.name}:{argument.lineno}"


def bare_words(node: ast.AST) -> Iterator[str]:
    """The texts below a node that are not given to a function that looks them up."""
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Name) and called.id in {"tr", "ntr", "marked"}:
        return
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    if sum(map(str.isalpha, text)) > 1 and not text.endswith("://"):
        yield text
    for child in ast.iter_child_nodes(node):
        yield from bare_words(child)
