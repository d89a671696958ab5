"""Fixtures of the tests that read from servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from file_server import FileServer, running
from gguf_bytes import Gguf, Read, Refuse, TensorInfo, array, model_values, scalar, strings
from memplan import read_header
from memplan.reader import RemoteSettings, transfer
from memplan.reader.errors import GgufError
from memplan.reader.header import Header


@pytest.fixture(autouse=True)
def no_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's takes part, and nothing is written outside the test's folder."""
    for name in (
        "HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE",
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    # No variable tells Windows and macOS where.
    monkeypatch.setattr(
        transfer, "user_cache_path", lambda *_, **__: tmp_path / "cache" / "memplan"
    )


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running() as server:
        yield server


@pytest.fixture
def store() -> Iterator[FileServer]:
    """A second server, which is another host as far as credentials go."""
    with running() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, server: FileServer) -> RemoteSettings:
    """Everything from the test's own server, in little time."""
    return RemoteSettings(
        endpoint=server.address,
        token="hf_secret",
        cache_folder=tmp_path / "cache" / "memplan" / "headers",
        deadline_seconds=10.0,
    )


@pytest.fixture(scope="session")
def content() -> bytes:
    """A model with a header of 1.3 MB, and 4 MB of data."""
    tokens = array("tokenizer.ggml.tokens", 8, 100_000, strings([b"token"] * 100_000))
    tensors = [TensorInfo(dimensions=(1 << 20,), data_bytes=1 << 22)]
    return Gguf([*model_values(), tokens], tensors).content()


@pytest.fixture
def shard_files() -> dict[str, Gguf]:
    """A split model of three shards with a tensor each, by their names."""
    files = {}
    for index, name in enumerate((b"a", b"b", b"c")):
        values = [
            *(model_values() if index == 0 else ()),
            scalar("split.no", 2, index),
            scalar("split.count", 2, 3),
            scalar("split.tensors.count", 5, 3),
        ]
        files[f"model-0000{index + 1}-of-00003.gguf"] = Gguf(values, [TensorInfo(name, (32,))])
    return files


@pytest.fixture
def shards(shard_files: dict[str, Gguf]) -> dict[str, bytes]:
    """The same as bytes."""
    return {name: file.content() for name, file in shard_files.items()}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(file: Gguf) -> Header:
        path = tmp_path / "model.gguf"
        path.write_bytes(file.content())
        return read_header(path)

    return read


@pytest.fixture
def refuse(read: Read) -> Refuse:
    def refuse(file: Gguf) -> GgufError:
        with pytest.raises(GgufError) as caught:
            read(file)
        return caught.value

    return refuse
