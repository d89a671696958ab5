"""Reads headers from servers, from Hugging Face and from the copies kept of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from memplan.language import ntr, tr
from memplan.reader import hub
from memplan.reader.download import Answer, Budget, Download, Target
from memplan.reader.errors import GgufError, MissingError, RemoteError, UnreachableError
from memplan.reader.header import HeaderNotice
from memplan.reader.header_cache import HeaderCache
from memplan.reader.location import HubFile, HubRepository, WebFile
from memplan.reader.opening import Opened
from memplan.reader.split import ReadSiblings
from memplan.reader.transfer import CancelToken, Progress, RemoteSettings
from memplan.reader.walk import Contents, read_contents
from memplan.reader.window import Window

_NOT_CHECKED: Final = (HeaderNotice.NOT_CHECKED_ONLINE, "")

_MOST_AT_ONCE: Final = 8
"""Shards that are fetched at the same time: with more, a server may take it amiss."""


class _Fetched(NamedTuple):
    """A header, and what the server said of its file."""

    contents: Contents
    answer: Answer


class Remote:
    """One reading from servers, with all its requests."""

    def __init__(
        self, settings: RemoteSettings, progress: Progress | None, cancel: CancelToken
    ) -> None:
        self._settings = settings
        self._budget = Budget(settings.deadline_seconds, settings.header_bytes, cancel, progress)
        self._cache = HeaderCache(settings.cache_folder, settings.cache_bytes)

    def open(self, location: WebFile | HubFile | HubRepository) -> Opened:
        """The file that ``location`` stands for.

        Raises:
            ChoiceNeededError: it is a repository with several models.
            GgufError: it cannot be read or is no valid GGUF file.
        """
        if isinstance(location, WebFile):
            return self._open_on_web(location)
        if isinstance(location, HubFile):
            return self._open_in_hub(location)
        return self._open_repository(location)

    def _open_on_web(self, file: WebFile) -> Opened:
        parts = urlsplit(file.url)
        folder, _, file_name = parts.path.rpartition("/")
        contents, _ = self._fetch(file.name, file.url, self._kept(file.name, file.url))

        def read(name: str) -> Contents:
            url = parts._replace(path=f"{folder}/{quote(name, errors='replace')}").geturl()
            return self._fetch(url, url, self._kept(url, url)).contents

        return Opened(contents, unquote(file_name), self._several(read))

    def _open_in_hub(self, file: HubFile) -> Opened:
        contents, answer = self._fetch_from_hub(file)
        folder, slash, file_name = file.path.rpartition("/")
        # All shards come from one commit, whatever is pushed in the meantime.
        revision = answer.commit or file.revision

        def read(name: str) -> Contents:
            path = f"{folder}{slash}{name}"
            text = f"hf://{file.repository}@{quote(revision, safe='', errors='replace')}/{path}"
            return self._fetch_from_hub(HubFile(file.repository, revision, path, text)).contents

        return Opened(contents, file_name, self._several(read))

    def _several(self, read: Callable[[str], Contents]) -> ReadSiblings:
        """Reads several files at once, since each of them is mostly waiting for a server.

        Of several errors it raises that of the first file in order, whichever came first.
        """

        def read_siblings(names: Sequence[str]) -> Mapping[str, Contents | None]:
            with ThreadPoolExecutor(_MOST_AT_ONCE, "memplan shard") as pool:
                asked = [pool.submit(_read_if_there, read, name) for name in names]
                try:
                    return dict(zip(names, [future.result() for future in asked], strict=True))
                except BaseException:
                    # What is under way must not keep the user waiting for this.
                    self._budget.stop()
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise

        return read_siblings

    def projector_for(self, location: HubFile | HubRepository) -> str | None:
        """The projector that llama.cpp loads with a model of Hugging Face, as an address."""
        if isinstance(location, HubFile):
            whole = HubRepository(location.repository, location.revision, "", "", location.name)
            return hub.projector_for(location, self._list(whole)[0])
        listing, _ = self._list(location)
        return hub.projector_for(hub.choose(location, listing), listing)

    def _open_repository(self, repository: HubRepository) -> Opened:
        listing, checked = self._list(repository)
        opened = self._open_in_hub(hub.choose(repository, listing))
        if checked:
            return opened
        return replace(opened, contents=_with_notice(opened.contents))

    def _fetch_from_hub(self, file: HubFile) -> _Fetched:
        url = hub.file_url(self._settings.endpoint, file)
        kept = self._kept(file.name, url)
        if kept is not None and hub.is_pinned(file):
            return kept
        if not self._settings.offline:
            return self._fetch(file.name, url, kept, self._settings.token)
        if kept is None:
            raise _offline(file.name)
        return kept._replace(contents=_with_notice(kept.contents))

    def _fetch(self, name: str, url: str, kept: _Fetched | None, token: str = "") -> _Fetched:
        """The header at ``url``; the kept one if it is still that, or if nobody can be asked."""
        is_kept = _is_same_as(kept.answer if kept else None)
        try:
            download = Download(Target(name, url, token, is_kept), self._budget)
        except UnreachableError:
            if kept is None:
                raise
            return kept._replace(contents=_with_notice(kept.contents))
        with download:
            if kept is not None and is_kept(download.answer):
                return kept
            pieces: list[bytes] = []
            download.keep = pieces.append
            contents = read_contents(Window(download))
        if download.answer.etag or download.answer.commit:
            self._cache.keep(url, download.answer, b"".join(pieces)[: contents.end])
        return _Fetched(contents, download.answer)

    def _kept(self, name: str, url: str) -> _Fetched | None:
        """The header that is kept of the file at ``url``; a damaged one is removed."""
        entry = self._cache.find(url)
        if entry is None:
            return None
        with self._cache.opened(name, entry) as source:
            if source is None:
                return None
            try:
                contents = read_contents(Window(source))
                if source.is_intact():
                    return _Fetched(contents, entry.answer)
            except GgufError:
                pass
        self._cache.remove(entry)
        return None

    def _list(self, repository: HubRepository) -> tuple[bytes, bool]:
        """The list of a repository's files, and whether it is Hugging Face's latest."""
        url = hub.listing_url(self._settings.endpoint, repository)
        target = Target(repository.name, url, self._settings.token, _is_same_as(None), False)
        if self._settings.offline:
            return self._kept_list(repository, url, _offline(repository.name)), False
        try:
            download = Download(target, self._budget)
        except UnreachableError as error:
            return self._kept_list(repository, url, error), False
        with download:
            listing = _whole_listing(repository, download)
        if download.size is not None and len(listing) != download.size:
            raise download.cut_off(len(listing))
        self._cache.keep(url, download.answer, listing)
        return listing, True

    def _kept_list(self, repository: HubRepository, url: str, error: GgufError) -> bytes:
        entry = self._cache.find(url)
        if entry is not None:
            with self._cache.opened(repository.name, entry) as source:
                if source is not None:
                    listing = source.read(entry.header_bytes)
                    if source.is_intact():
                        return listing
        raise error


def _whole_listing(repository: HubRepository, download: Download) -> bytes:
    """All of a listing, which is far shorter than what headers may take.

    Raises:
        RemoteError: it is longer than any real one.
    """
    listing = bytearray()
    while piece := download.read(0):
        listing += piece
        if len(listing) > hub.MOST_LISTING_BYTES:
            raise RemoteError(
                repository.name,
                None,
                ntr(
                    "a list of at most {count} byte",
                    "a list of at most {count} bytes",
                    hub.MOST_LISTING_BYTES,
                ),
                tr("more"),
                tr("Name one file of it, such as hf://owner/repo/file.gguf."),
            )
    return bytes(listing)


def _read_if_there(read: Callable[[str], Contents], name: str) -> Contents | None:
    try:
        return read(name)
    except MissingError:
        return None


def _is_same_as(kept: Answer | None) -> Callable[[Answer], bool]:
    """Whether an answer is about the very file of which a header is kept."""

    def is_same(answer: Answer) -> bool:
        if kept is None:
            return False
        if answer.etag and kept.etag:
            return answer.etag == kept.etag
        return bool(answer.commit) and answer.commit == kept.commit

    return is_same


def _with_notice(contents: Contents) -> Contents:
    return replace(contents, notices=(*contents.notices, _NOT_CHECKED))


def _offline(name: str) -> UnreachableError:
    return UnreachableError(
        name,
        None,
        tr("Hugging Face, or a copy of the header on this computer"),
        tr("that HF_HUB_OFFLINE forbids to ask, and no copy"),
        tr("Unset HF_HUB_OFFLINE, or open a file on the disk."),
    )
