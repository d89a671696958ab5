"""What a caller and a transfer tell each other, and what a transfer may take."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from platformdirs import user_cache_path

from memplan.language import tr
from memplan.reader.errors import CancelledError

Progress = Callable[[int], None]
"""Called with the bytes received so far, in a thread that reads; never by two at once."""

DEFAULT_ENDPOINT: Final = "https://huggingface.co"
_YES = frozenset({"1", "on", "yes", "true"})


class CancelToken:
    """A wish to stop reading, expressed from any thread, for good."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Let the reading raise :class:`CancelledError` within 100 ms."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled."""
        return self._event.is_set()

    def check(self, source: str) -> None:
        """Raise if somebody has cancelled."""
        if self.cancelled:
            raise CancelledError(
                source, None, tr("to read it to the end"), tr("that it was cancelled")
            )


def _cache_folder() -> Path:
    return user_cache_path("memplan", appauthor=False) / "headers"


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """From where, with what and how much may be fetched.

    Attributes:
        endpoint: address of Hugging Face or of a mirror, without a slash at the end.
        token: what Hugging Face knows the user by; empty for none.
        offline: whether Hugging Face must not be asked, but only the cache.
        cache_folder: where headers are kept.
        cache_bytes: size of all headers that are kept, at most.
        deadline_seconds: time for the whole of a reading.
        header_bytes: size of all headers of a reading, at most.
    """

    endpoint: str = DEFAULT_ENDPOINT
    token: str = ""
    offline: bool = False
    cache_folder: Path = field(default_factory=_cache_folder)
    cache_bytes: int = 1 << 28
    deadline_seconds: float = 120.0
    header_bytes: int = 1 << 27

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """As Hugging Face's own variables say."""
        return cls(
            endpoint=(environment.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/"),
            token=_usable_token(environment.get("HF_TOKEN", "")),
            offline=environment.get("HF_HUB_OFFLINE", "").lower() in _YES,
        )


def _usable_token(text: str) -> str:
    """A token as it can stand in a request; what cannot be one is none, and never shown."""
    token = text.strip()
    return token if token.isascii() and token.isprintable() and " " not in token else ""
