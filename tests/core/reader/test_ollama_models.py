"""Models that Ollama has, by the names under which it has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gguf_bytes import Gguf, TensorInfo, model_values
from memplan import read_model
from memplan.reader import ollama
from memplan.reader.errors import GgufError, MissingError

DIGEST = "ab" * 32

HOMES = ("HOME", "USERPROFILE")
"""What tells the home folder, on one system or another."""


def manifest(digest: str = f"sha256:{DIGEST}") -> str:
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "cd" * 32},
        {"mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": 1},
    ]
    return json.dumps({"schemaVersion": 2, "layers": layers})


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder as Ollama keeps it; the fixture of all tests here points OLLAMA_MODELS to it."""
    folder = tmp_path / "ollama"
    blob = folder / "blobs" / f"sha256-{DIGEST}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(Gguf(model_values(), [TensorInfo()]).content())
    for name in (
        "registry.ollama.ai/library/llama3.2/1b",
        "registry.ollama.ai/library/llama3.2/latest",
        "registry.ollama.ai/someone/model/v2",
        "hf.co/owner/repo-GGUF/Q4_K_M",
    ):
        path = folder / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manifest(), "utf-8")
    return folder


@pytest.mark.parametrize("prefix", ["", "ollama:", "ollama://"])
@pytest.mark.parametrize("name", ["llama3.2:1b", "llama3.2", "someone/model:v2"])
def test_that_a_name_leads_to_the_models_file(models: Path, prefix: str, name: str) -> None:
    model = read_model(prefix + name)
    assert model.architecture == "llama"
    assert model.source == prefix + name


def test_that_a_name_without_a_tag_means_the_latest(models: Path) -> None:
    (models / "manifests/registry.ollama.ai/library/llama3.2/1b").unlink()
    assert read_model("llama3.2").architecture == "llama"
    with pytest.raises(GgufError):
        read_model("llama3.2:1b")


def test_that_a_model_from_hugging_face_is_found(models: Path) -> None:
    assert read_model("ollama:hf.co/owner/repo-GGUF:Q4_K_M").complete


def test_that_a_blob_is_read_by_its_path(models: Path) -> None:
    assert read_model(models / "blobs" / f"sha256-{DIGEST}").architecture == "llama"


def test_that_the_folder_in_the_home_is_the_default(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = models.parent / "home"
    (home / ".ollama").mkdir(parents=True)
    models.rename(home / ".ollama" / "models")
    monkeypatch.delenv("OLLAMA_MODELS")
    for variable in HOMES:
        monkeypatch.setenv(variable, str(home))
    assert read_model("ollama:llama3.2:1b").architecture == "llama"


def test_that_the_folder_of_the_service_is_looked_into_too(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OLLAMA_MODELS")
    for variable in HOMES:
        monkeypatch.setenv(variable, str(models.parent / "home"))
    monkeypatch.setattr(ollama, "_SERVICE_FOLDER", models)
    assert read_model("llama3.2:1b").architecture == "llama"


@pytest.mark.parametrize(
    "name", ["ollama:nothing", "ollama:llama3.2:7b", "ollama:", "ollama:../../etc/passwd"]
)
def test_that_a_name_that_ollama_does_not_have_is_told(models: Path, name: str) -> None:
    with pytest.raises(MissingError, match="ollama list") as caught:
        read_model(name)
    assert caught.value.source == name


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        '{"layers": 1}',
        '{"layers": [{}]}',
        '{"layers": []}',
        manifest("sha256:../../../etc/passwd"),
        manifest("md5:" + "0" * 32),
        "[" * 100_000,
    ],
)
def test_that_a_broken_manifest_is_told(models: Path, broken: str) -> None:
    (models / "manifests/registry.ollama.ai/library/llama3.2/1b").write_text(broken, "utf-8")
    with pytest.raises(GgufError, match="Pull the model again"):
        read_model("ollama:llama3.2:1b")


def test_that_a_missing_blob_is_told(models: Path) -> None:
    (models / "blobs" / f"sha256-{DIGEST}").unlink()
    with pytest.raises(MissingError):
        read_model("llama3.2:1b")
