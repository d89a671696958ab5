"""Models that Ollama has on this machine, by their names.

Ollama keeps a model's GGUF file as ``blobs/sha256-…``, and beside it
``manifests/<registry>/<namespace>/<name>/<tag>``, a JSON file whose layers say which blob is what.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, overload

from memplan.language import tr
from memplan.reader.errors import MissingError, SourceUnreadableError

_SERVICE_FOLDER: Final = Path("/usr/share/ollama/.ollama/models")
"""Where Ollama keeps models on Linux when it runs as a service under its own name."""

_REGISTRY: Final = "registry.ollama.ai"
_LIBRARY: Final = "library"
_LATEST: Final = "latest"
_MODEL_LAYER: Final = "application/vnd.ollama.image.model"
_MOST_MANIFEST_BYTES: Final = 1 << 20
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_NAME = re.compile(
    rf"(?:(?:(?P<registry>{_PART})/)?(?P<namespace>{_PART})/)?(?P<name>{_PART})(?::(?P<tag>{_PART}))?"
)
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")


@overload
def find_blob(name: str, source: str) -> Path: ...


@overload
def find_blob(name: str) -> Path | None: ...


def find_blob(name: str, source: str | None = None) -> Path | None:
    """The GGUF file of Ollama's model ``name``.

    Without ``source``, the text that the user gave, ``None`` if there is no such model.

    Raises:
        SourceUnreadableError: there is none, or what Ollama keeps of it cannot be understood.
    """
    match = _NAME.fullmatch(name)
    folders = models_folders()
    if match is not None:
        manifest = Path(
            "manifests",
            match["registry"] or _REGISTRY,
            match["namespace"] or _LIBRARY,
            match["name"],
            match["tag"] or _LATEST,
        )
        for folder in folders:
            if _is_file(folder / manifest):
                return blob_of(folder / manifest, folder, source or name)
    if source is None:
        return None
    raise MissingError(
        source,
        None,
        _expected(folders),
        tr("none", "a model"),
        tr("“ollama list” shows the names; OLLAMA_MODELS names another folder."),
    )


def _expected(folders: Sequence[Path]) -> str:
    if len(folders) == 1:
        return tr("a model of that name in {folder}").format(folder=folders[0])
    return tr("a model of that name in {folder} or {other}").format(
        folder=folders[0], other=folders[1]
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A name that is too long for the system, say.
        return False


def models_folders(
    home: Path | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """Where Ollama keeps models; ``home`` is the user's folder, this user's if not given."""
    named = environment.get("OLLAMA_MODELS", "").strip()
    if named:
        return (Path(named),)
    # Unlike pathlib's, this one does without a home where there is none.
    own = Path(os.path.expanduser("~")) if home is None else home  # noqa: PTH111
    return own / ".ollama" / "models", _SERVICE_FOLDER


def manifest_names(folder: Path) -> Iterator[tuple[str, Path]]:
    """The names of the models in a folder of Ollama's, and the manifest of each.

    A name is as ``ollama list`` writes it, without what it has by default.
    """
    manifests = folder / "manifests"
    for path in manifests.glob("*/*/*/*"):
        registry, namespace, name, tag = path.relative_to(manifests).parts
        prefix = "" if namespace == _LIBRARY else f"{namespace}/"
        if registry != _REGISTRY:
            prefix = f"{registry}/{namespace}/"
        yield f"{prefix}{name}:{tag}", path


def blob_of(manifest: Path, folder: Path, source: str) -> Path:
    """The GGUF file that a manifest names.

    Raises:
        SourceUnreadableError: the manifest cannot be understood; ``source`` is named as the place.
    """
    return folder / "blobs" / f"sha256-{_model_digest(manifest, source)}"


def _model_digest(manifest: Path, source: str) -> str:
    try:
        with manifest.open("rb") as file:
            layers = json.loads(file.read(_MOST_MANIFEST_BYTES))["layers"]
        digest = next(layer["digest"] for layer in layers if layer["mediaType"] == _MODEL_LAYER)
        match = _DIGEST.fullmatch(digest)
    except (OSError, ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
        match, reason = None, error
    else:
        reason = ValueError(digest)
    if match is None:
        raise SourceUnreadableError(
            source,
            None,
            tr("a manifest that names the model's file ({manifest})").format(manifest=manifest),
            tr("another ({reason})").format(reason=repr(reason)),
            tr("Pull the model again."),
        ) from reason
    return match[1]
