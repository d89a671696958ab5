"""A repository of a hub of our own, with real headers."""

from __future__ import annotations

from pathlib import Path

from core.reader.file_server import COMMIT, FileServer
from core.reader.gguf_bytes import Gguf, TensorInfo, model_values, scalar
from memplan.reader.transfer import RemoteSettings

REPOSITORY = "owner/repo-GGUF"
SHARDS = tuple(f"Q8_0/split-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2))
_MODELS = {"small-Q4_K_M.gguf": "llama-3.2-1b", "large-Q4_K_M.gguf": "qwen3-8b"}


def settings(server: FileServer, folder: Path, *, offline: bool = False) -> RemoteSettings:
    return RemoteSettings(
        endpoint=server.address, cache_folder=folder, deadline_seconds=10, offline=offline
    )


def put_repository(server: FileServer, data_folder: Path) -> dict[str, bytes]:
    """Two models, one in shards, and a projector."""
    files = {}
    for name, model in _MODELS.items():
        (path,) = (data_folder / "models").glob(f"{model}.*.gguf")
        files[name] = path.read_bytes()
    for number, name in enumerate(SHARDS):
        values = [
            *(model_values() if number == 0 else ()),
            scalar("split.no", 2, number),
            scalar("split.count", 2, 2),
            scalar("split.tensors.count", 5, 2),
        ]
        tensor = TensorInfo(f"{number}".encode(), (32,))
        files[name] = Gguf(values, [tensor]).content()
    files["mmproj-F16.gguf"] = b"never read"
    for name, content in files.items():
        server.files[f"/{REPOSITORY}/resolve/{COMMIT}/{name}"] = content
    server.listings[f"/api/models/{REPOSITORY}"] = {
        "sha": COMMIT,
        "siblings": [{"rfilename": name, "size": len(files[name])} for name in files],
    }
    return files


def paths_seen(server: FileServer) -> list[str]:
    """The files that were asked for, sorted."""
    asked = (seen.path.rpartition(f"{COMMIT}/")[2] for seen in server.seen)
    return sorted(path for path in asked if path.endswith(".gguf"))
