"""Hugging Face: where a file of a repository is, and which models a repository has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from memplan.language import tr
from memplan.reader.errors import Choice, ChoiceNeededError, RemoteError
from memplan.reader.location import MAIN, HubFile, HubRepository
from memplan.reader.split import shard_name
from memplan.units import format_count

MOST_LISTING_BYTES: Final = 1 << 24
"""A list of files with their sizes takes some 300 bytes a file."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PROJECTOR = re.compile(r"(^|[-_.])mmproj([-_.]|$)", re.I)
_TAG = re.compile(r"[-.]([A-Za-z0-9_]+)$")
_LISTING_ERRORS: Final = (ValueError, KeyError, TypeError, RecursionError)


def file_url(endpoint: str, file: HubFile) -> str:
    """The address of a file's bytes."""
    # A name on a command line may hold bytes of no encoding: no server has such a file.
    revision, path = (
        quote(file.revision, safe="", errors="replace"),
        quote(file.path, errors="replace"),
    )
    return f"{endpoint}/{file.repository}/resolve/{revision}/{path}"


def is_pinned(file: HubFile) -> bool:
    """Whether the file is one of a commit, and so never changes."""
    return _COMMIT.fullmatch(file.revision) is not None


def listing_url(endpoint: str, repository: HubRepository) -> str:
    """The address of the list of a repository's files, with their sizes and the commit."""
    revision = quote(repository.revision, safe="", errors="replace")
    at = "" if repository.revision == MAIN else f"/revision/{revision}"
    return f"{endpoint}/api/models/{repository.repository}{at}?blobs=true"


def choose(repository: HubRepository, listing: bytes) -> HubFile:
    """The one file that is meant, of those that Hugging Face lists.

    Raises:
        ChoiceNeededError: there are several or none; it carries those to choose from.
        RemoteError: the list cannot be understood.
    """
    commit, sizes = _parsed(repository, listing)
    choices = _choices(repository, commit, sizes)
    wanted = _of_quantisation(choices, repository.quantisation)
    if len(wanted) != 1:
        raise ChoiceNeededError(
            repository.name,
            _expected(repository),
            tr("{count} of {all} there").format(
                count=format_count(len(wanted)), all=format_count(len(choices))
            ),
            _remedy(repository, choices),
            tuple(wanted or choices),
            tuple(_beside(repository, commit, sizes)),
            named=bool(repository.quantisation),
        )
    return HubFile(repository.repository, commit, wanted[0].name, repository.name)


def projector_for(file: HubFile, listing: bytes) -> str | None:
    """The projector that llama.cpp loads with a file, as an address; ``None`` if there is none.

    The one in the nearest folder at or above the file's, with the bits nearest to the file's.
    Source: ``find_best_sibling`` in ``common/download.cpp`` of llama.cpp b11434.

    Raises:
        RemoteError: the list cannot be understood.
    """
    repository = HubRepository(file.repository, file.revision, "", "", file.name)
    commit, sizes = _parsed(repository, listing)
    folder = file.path.split("/")[:-1]
    bits = _bits(file.path)
    found: list[tuple[int, int, int, str]] = []
    for path in sizes:
        above = path.split("/")[:-1]
        if path.endswith(".gguf") and "mmproj" in path and folder[: len(above)] == above:
            found.append((-len(above), abs(_bits(path) - bits), len(found), path))
    return _location(repository, commit, min(found)[-1]) if found else None


def _bits(path: str) -> int:
    """The first number in the quantisation that ends a file's name; 0: there is none."""
    shard = shard_name(path)
    stem = shard.prefix if shard else path.removesuffix(".gguf")
    tag = _TAG.search(stem)
    digits = re.search(r"\d{1,3}", tag[1]) if tag else None
    return int(digits[0]) if digits else 0


def _parsed(repository: HubRepository, listing: bytes) -> tuple[str, dict[str, int | None]]:
    """The commit, and the size of every file."""
    try:
        listed: Any = json.loads(listing)
        siblings = listed["siblings"]
        commit = listed.get("sha") or repository.revision
        sizes = {str(file["rfilename"]): file.get("size") for file in siblings}
        if not isinstance(commit, str):
            raise TypeError(commit)
        # JSON can hold halves of signs, which no address can.
        "".join([commit, *sizes]).encode()
    except _LISTING_ERRORS as error:
        raise RemoteError(
            repository.name,
            None,
            tr("the list of the repository's files"),
            tr("something else ({reason})").format(reason=repr(error)),
            tr("Check the address, and HF_ENDPOINT if you have set it."),
        ) from error
    return commit, {
        name: size if isinstance(size, int) else None for name, size in sorted(sizes.items())
    }


def _choices(repository: HubRepository, commit: str, sizes: dict[str, int | None]) -> list[Choice]:
    """Every model in the folder, a split one by its first shard."""
    choices = []
    for path, size in _gguf_files(repository, sizes):
        shard = shard_name(path)
        if _is_projector(path) or (shard and shard.number != 1):
            continue
        if shard is not None:
            shards = [sizes.get(shard.sibling(n)) for n in range(1, min(shard.total, 1024) + 1)]
            size = None if None in shards else sum(filter(None, shards))
        choices.append(Choice(_location(repository, commit, path), path, size))
    return choices


def _beside(
    repository: HubRepository, commit: str, sizes: dict[str, int | None]
) -> Iterator[Choice]:
    """Every projector in the folder."""
    for path, size in _gguf_files(repository, sizes):
        if _is_projector(path):
            yield Choice(_location(repository, commit, path), path, size)


def _gguf_files(
    repository: HubRepository, sizes: dict[str, int | None]
) -> Iterator[tuple[str, int | None]]:
    """The GGUF files in the folder, and their sizes."""
    folder = f"{repository.folder}/" if repository.folder else ""
    for path, size in sizes.items():
        if path.lower().endswith(".gguf") and path.startswith(folder):
            yield path, size


def _is_projector(path: str) -> bool:
    return _PROJECTOR.search(path.rpartition("/")[2]) is not None


def _location(repository: HubRepository, commit: str, path: str) -> str:
    return f"hf://{repository.repository}@{quote(commit, safe='')}/{path}"


def _of_quantisation(choices: Sequence[Choice], quantisation: str) -> list[Choice]:
    """Those whose name has the quantisation as a word; the plainest of them if one is."""
    if quantisation.lower() in {"", "latest"}:
        return list(choices)
    word = re.compile(rf"(?:^|[-_./])(?P<prefix>UD-)?{re.escape(quantisation)}(?=[-./]|$)", re.I)
    found = [(choice, match) for choice in choices if (match := word.search(choice.name))]
    plain = [choice for choice, match in found if not match["prefix"]]
    return plain or [choice for choice, _ in found]


def _expected(repository: HubRepository) -> str:
    if not repository.quantisation:
        return tr("one model in {repository}").format(repository=repository.repository)
    return tr("one model with {word} in its name in {repository}").format(
        word=repository.quantisation, repository=repository.repository
    )


def _remedy(repository: HubRepository, choices: Sequence[Choice]) -> str:
    if not choices:
        return tr("The repository has no GGUF files: look for one whose name ends in -GGUF.")
    names = [choice.name for choice in choices]
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    return tr("Choose one, as {example}: {names}.").format(
        example=f"hf://{repository.repository}/{names[0]}", names=shown
    )
