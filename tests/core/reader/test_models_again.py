"""Models that are read again, and models beside one another."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from file_server import FileServer
from gguf_bytes import Gguf, TensorInfo, model_values, scalar
from memplan.model import Model, read_model
from memplan.model import cache as model_cache
from memplan.model.cache import ModelCache
from memplan.model.siblings import sibling_models
from memplan.reader import RemoteSettings
from memplan.reader.errors import GgufError

MODEL = Gguf(model_values(), [TensorInfo()])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(MODEL.content())
    return path


def touch(path: Path) -> None:
    now = path.stat().st_mtime_ns
    # NTFS counts in hundreds of nanoseconds, and others in more.
    os.utime(path, ns=(now, now + 2_000_000_000))


def test_that_what_has_not_changed_is_not_read_again(path: Path) -> None:
    cache = ModelCache()
    first = cache.read(path)
    assert cache.read(path) is first
    assert cache.read(str(path)) is first
    assert ModelCache().read(path) is not first


def test_that_what_has_changed_is_read_again(path: Path) -> None:
    cache = ModelCache()
    first = cache.read(path)
    touch(path)
    second = cache.read(path)
    assert second is not first
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    third = cache.read(path)
    assert third is not second
    path.unlink()
    with pytest.raises(GgufError):
        cache.read(path)


def test_that_what_changes_while_it_is_read_is_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(*arguments: object, **options: object) -> Model:
        model = read_model(path)
        touch(path)
        return model

    monkeypatch.setattr(model_cache, "read_model", read_slowly)
    cache = ModelCache()
    assert cache.read(path) is not cache.read(path)


def test_that_an_incomplete_model_is_read_again(path: Path) -> None:
    path.write_bytes(MODEL.content()[:-1])
    cache = ModelCache()
    assert cache.read(path) is not cache.read(path)


def test_that_a_change_of_any_shard_is_seen(tmp_path: Path, shards: dict[str, bytes]) -> None:
    for name, content in shards.items():
        (tmp_path / name).write_bytes(content)
    first, *_, last = sorted(tmp_path.glob("*.gguf"))
    cache = ModelCache()
    model = cache.read(first)
    assert cache.read(first) is model
    touch(last)
    assert cache.read(first) is not model
    last.rename(tmp_path / "elsewhere")
    assert not cache.read(first).complete


def test_that_a_model_on_a_server_is_asked_for_each_time(
    server: FileServer, settings: RemoteSettings
) -> None:
    server.files["/x/model.gguf"] = MODEL.content()
    cache = ModelCache()
    for _ in range(2):
        cache.read(f"{server.address}/x/model.gguf", settings=settings)
    assert len(server.seen) == 2


def test_that_only_so_many_models_are_kept(tmp_path: Path) -> None:
    cache = ModelCache()
    models = []
    for number in range(33):
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(MODEL.content())
        models.append(cache.read(path))
    assert cache.read(tmp_path / "32.gguf") is models[32]
    assert cache.read(tmp_path / "0.gguf") is not models[0]


def write(folder: Path, file: Gguf, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(file.content())


def names(found: tuple[object, ...]) -> list[str]:
    return [Path(getattr(model, "source")).name for model in found]  # noqa: B009


def test_that_quantisations_of_a_model_are_found(tmp_path: Path) -> None:
    small = replace(MODEL, tensors=[TensorInfo(type_id=2, data_bytes=18)])
    write(tmp_path, MODEL, "Model-7B-F32.gguf")
    write(tmp_path, small, "model-7b.Q4_0.gguf", "Model-7B-UD-IQ2_XXS.gguf")
    other_size = [*model_values()[:2], scalar("llama.embedding_length", 4, 64)]
    write(tmp_path, replace(MODEL, key_values=other_size), "Model-7B-Q8_0.gguf")
    write(
        tmp_path,
        MODEL,
        "Model-7B-Instruct-Q8_0.gguf",
        "Model-8B-Q8_0.gguf",
        "mmproj-Model-7B-F16.gguf",
        "Model-7B-F16.txt",
    )
    (tmp_path / "Model-7B-Q5_K_M.gguf").write_bytes(b"broken")
    expected = {"Model-7B-F32.gguf", "model-7b.Q4_0.gguf", "Model-7B-UD-IQ2_XXS.gguf"}
    for name in expected:
        found = sibling_models(tmp_path / name)
        assert set(names(found)) == expected
        assert found[-1].source == str(tmp_path / "Model-7B-F32.gguf")


@pytest.mark.parametrize(
    "quantisation",
    [
        "Q4_0", "Q4_K_M", "Q2_K", "Q3_K_XL", "IQ4_NL", "IQ1_S", "TQ1_0", "BF16", "F16", "f32",
        "MXFP4", "MXFP4_MOE", "NVFP4", "UD-Q4_K_XL", "i1-IQ3_XXS", "Q8_0", "q4_k_m", "Q6_K_L",
    ],
)  # fmt: skip
def test_that_a_quantisation_is_known_by_its_name(tmp_path: Path, quantisation: str) -> None:
    write(tmp_path, MODEL, f"model-{quantisation}.gguf", "model-Q5_1.gguf", "model.gguf")
    assert len(sibling_models(tmp_path / "model-Q5_1.gguf")) == 3


def test_that_a_split_quantisation_counts_once(tmp_path: Path, shards: dict[str, bytes]) -> None:
    for name, content in shards.items():
        (tmp_path / name.replace("model", "model-Q8_0")).write_bytes(content)
    write(tmp_path, MODEL, "model-Q4_0.gguf")
    for opened in ("model-Q4_0.gguf", "model-Q8_0-00002-of-00003.gguf"):
        assert len(sibling_models(tmp_path / opened)) == 2


def test_that_a_cache_spares_reading_siblings_again(tmp_path: Path) -> None:
    write(tmp_path, MODEL, "model-Q4_0.gguf", "model-Q8_0.gguf")
    cache = ModelCache()
    first = sibling_models(tmp_path / "model-Q4_0.gguf", cache.read)
    again = sibling_models(tmp_path / "model-Q8_0.gguf", cache.read)
    assert {id(model) for model in first} == {id(model) for model in again}
