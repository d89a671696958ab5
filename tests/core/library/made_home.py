"""A home with the stores of several programs, laid out as these programs do it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from core.reader.gguf_bytes import Gguf, TensorInfo, model_values, scalar, text
from memplan.library.places import Place, System, library_places

Q4_0, Q8_0 = 2, 7
"""Values of ``general.file_type``."""


def model(name: str = "Tiny", file_type: int = Q8_0) -> Gguf:
    values = [
        *model_values(),
        text("general.name", name),
        scalar("general.file_type", 4, file_type),
    ]
    return Gguf(values, [TensorInfo()])


def projector() -> Gguf:
    return Gguf([text("general.architecture", "clip")], [TensorInfo()])


def system(home: Path, **environment: str) -> System:
    return System(home, environment, "linux")


def places(home: Path, *added: Path, **environment: str) -> tuple[Place, ...]:
    """The places below a home: this machine's own are nobody's business in a test."""
    found = library_places(system(home, **environment), added)
    return tuple(place for place in found if place.folder.is_relative_to(home))


def write(path: Path, content: bytes | Gguf) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.content() if isinstance(content, Gguf) else content)
    return path


def put_in_lm_studio(home: Path) -> Path:
    folder = home / ".lmstudio" / "models" / "bartowski" / "Tiny-GGUF"
    write(folder / "Tiny-Q8_0.gguf", model())
    write(folder / "Tiny-Q4_0.gguf", model(file_type=Q4_0))
    write(folder / "mmproj-Tiny-F16.gguf", projector())
    write(folder / "downloading_Tiny-F16.gguf.part", b"GG")
    write(folder / "._Tiny-Q8_0.gguf", b"\0\5\x16\7")
    write(folder / "Damaged-Q8_0.gguf", b"Dear diary, today I bought a GPU.")
    write(folder / "README.md", b"# Tiny")
    return folder


def put_in_ollama(home: Path, name: str = "tiny", tag: str = "1b") -> Path:
    folder = home / ".ollama" / "models"
    digest = f"{len(name):02x}" * 32
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest = folder / "manifests" / "registry.ollama.ai" / "library" / name / tag
    write(manifest, json.dumps({"schemaVersion": 2, "layers": [layer]}).encode())
    write(folder / "blobs" / f"sha256-{digest}", model("Tiny of Ollama"))
    write(folder / "blobs" / f"sha256-{'cd' * 32}-partial", b"GGUF")
    return folder


def put_in_hugging_face(home: Path) -> Path:
    """Two snapshots of one file: names are links to what is kept once."""
    folder = home / ".cache" / "huggingface" / "hub" / "models--unsloth--Tiny-GGUF"
    blob = write(folder / "blobs" / ("12" * 32), model("Tiny of the hub"))
    write(folder / "blobs" / f"{'34' * 32}.incomplete", b"GGUF" * 9)
    for commit in ("a" * 40, "b" * 40):
        link = folder / "snapshots" / commit / "Tiny-Q8_0.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    gone = folder / "snapshots" / ("b" * 40) / "Gone-Q8_0.gguf"
    gone.symlink_to("../../blobs/none")
    return folder
