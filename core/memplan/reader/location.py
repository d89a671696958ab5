"""What the text that stands for a model means: a file, an address, a name in a hub or Ollama.

==============================  ==========================================================
``…`` that is there             a file on disk, before anything else that it could mean
``file:///…``                   a file on disk
``https://…``                   a file on a server; of Hugging Face's pages, what they show
``hf://owner/repo/file.gguf``   a file in a repository of Hugging Face
``hf://owner/repo``             the only model of a repository, or the choice of them
``owner/repo``                  the same
``owner/repo:Q4_K_M``           the model of that quantisation
``owner/repo@revision``         … at another revision than ``main``, in all of these
``hf.co/owner/repo…``           the same, as Ollama writes it
``ollama:name:tag``             a model that Ollama has here
``name:tag``                    the same, if Ollama has it
==============================  ==========================================================
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from memplan.language import tr
from memplan.reader.errors import MissingError, SourceUnreadableError
from memplan.reader.ollama import find_blob

MAIN: Final = "main"

_HUB_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_HUB_PREFIXES: Final = ("hf.co/", "huggingface.co/")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_REPOSITORY = re.compile(
    rf"(?P<repository>{_PART}/{_PART})"
    r"(?:@(?P<revision>[^/:]+))?(?:/(?P<path>[^:]+))?(?::(?P<quantisation>[^/:]+))?"
)
_PAGE_KINDS: Final = frozenset({"blob", "resolve", "raw", "tree"})


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on disk, and the text that stood for it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file on a server."""

    url: str

    @property
    def name(self) -> str:
        """The address, as the user gave it."""
        return self.url


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository of Hugging Face, and the text that stood for it."""

    repository: str
    revision: str
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class HubRepository:
    """The models in a repository of Hugging Face, and the text that stood for them.

    Attributes:
        repository: owner and name, with a slash between.
        revision: branch, tag or commit.
        folder: the folder in it that is meant; empty for all.
        quantisation: the quantisation that is meant; empty for any.
        name: the text, as the user gave it.
    """

    repository: str
    revision: str
    folder: str
    quantisation: str
    name: str


Location = LocalFile | WebFile | HubFile | HubRepository


def parse_location(path_or_url: str | Path, endpoint: str) -> Location:
    """What ``path_or_url`` means; ``endpoint`` is the address of Hugging Face or its mirror.

    Raises:
        SourceUnreadableError: it has a scheme that Memplan does not know.
    """
    if isinstance(path_or_url, Path):
        return LocalFile(path_or_url, str(path_or_url))
    text = path_or_url.strip()
    if not text:
        raise MissingError(
            path_or_url, None, tr("a file or an address"), tr("nothing"), tr("Choose a model.")
        )
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme == "ollama" and colon:
        return LocalFile(find_blob(rest.removeprefix("//"), text), text)
    if _SCHEME.match(text):
        return _from_scheme(scheme, text, endpoint)
    if os.path.lexists(path_or_url):
        return LocalFile(Path(path_or_url), path_or_url)
    for prefix in _HUB_PREFIXES:
        if text.lower().startswith(prefix):
            return _from_hub_name(text[len(prefix) :], text)
    if _could_be_a_name(text):
        blob = find_blob(text)
        if blob is not None:
            return LocalFile(blob, text)
        if "/" in text:
            return _from_hub_name(text, text)
    return LocalFile(Path(path_or_url), path_or_url)


def _from_scheme(scheme: str, text: str, endpoint: str) -> Location:
    if scheme == "hf":
        return _from_hub_name(text.partition("://")[2], text)
    if scheme == "file":
        from urllib.request import url2pathname  # as slow to import as it is rare to need

        return LocalFile(Path(url2pathname(urlsplit(text).path)), text)
    if scheme not in {"http", "https"}:
        raise SourceUnreadableError(
            text,
            None,
            tr("a file, or an address that begins with {first} or {second}").format(
                first="https://", second="hf://"
            ),
            tr("one that begins with {scheme}").format(scheme=f"{scheme}://"),
            tr("Download the file, and open it from the disk."),
        )
    try:
        host = urlsplit(text).hostname
    except ValueError as error:
        raise SourceUnreadableError(
            text, None, tr("an address"), str(error), tr("Check the address.")
        ) from error
    if host in _HUB_HOSTS or text.startswith(f"{endpoint}/"):
        return _from_hub_page(text, endpoint)
    return WebFile(text)


def _from_hub_page(text: str, endpoint: str) -> Location:
    """What a page or a download link of Hugging Face shows."""
    prefix = urlsplit(endpoint).path if text.startswith(f"{endpoint}/") else ""
    parts = [unquote(p) for p in urlsplit(text).path.removeprefix(prefix).strip("/").split("/")]
    owner, name, kind, revision, *rest = [*parts, "", "", "", ""]
    repository, below = f"{owner}/{name}", "/".join(rest).strip("/")
    is_file = name.lower().endswith(".gguf")
    if not kind and not is_file and re.fullmatch(f"{_PART}/{_PART}", repository):
        # The address while the page shows what is in a file.
        shown = parse_qs(urlsplit(text).query).get("show_file_info", [""])[0]
        if shown.lower().endswith(".gguf"):
            return HubFile(repository, MAIN, shown, text)
        return HubRepository(repository, MAIN, "", "", text)
    if kind == "tree":
        return HubRepository(repository, revision or MAIN, below, "", text)
    if kind in _PAGE_KINDS and below:
        return HubFile(repository, revision, below, text)
    return WebFile(text)


def _from_hub_name(reference: str, text: str) -> Location:
    match = _REPOSITORY.fullmatch(reference.strip("/"))
    if match is None:
        raise SourceUnreadableError(
            text,
            None,
            tr("hf://owner/repository, with /file.gguf or :quantisation if you like"),
            reference or tr("nothing"),
            tr("Check the name."),
        )
    revision = unquote(match["revision"] or MAIN)
    path, quantisation = match["path"] or "", match["quantisation"] or ""
    if path.lower().endswith(".gguf"):
        return HubFile(match["repository"], revision, path, text)
    return HubRepository(match["repository"], revision, path, quantisation, text)


def _could_be_a_name(text: str) -> bool:
    """Whether a text that is no file's name can be one of a repository or of Ollama."""
    return re.fullmatch(
        rf"({_PART}/)?{_PART}(@[^/:]+)?(:[\w.-]+)?", text
    ) is not None and not text.lower().endswith(".gguf")
