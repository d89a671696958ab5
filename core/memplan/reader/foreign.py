"""What people take for a GGUF model and what is not: a sentence for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from memplan.language import marked

PROBE_BYTES: Final = 64
"""Bytes from the start of a file that are enough to tell."""


class Foreign(NamedTuple):
    """A kind of file that is no GGUF; its texts are marked for translation.

    Attributes:
        name: what it is.
        remedy: what to do instead.
    """

    name: str
    remedy: str


def recognise(start: bytes) -> Foreign | None:
    """What a file is that starts with ``start``, if it is one of the usual mistakes."""
    for matches, foreign in _KINDS:
        if matches(start):
            return foreign
    return None


def _begins(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(magics)


def _is_page(start: bytes) -> bool:
    return (
        start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<head"))
    )


def _is_safetensors(start: bytes) -> bool:
    # A u64 with the length of the JSON that follows it.
    return start[8:9] == b"{" and start[5:8] == b"\0\0\0"


_OLD_GGML = Foreign(
    marked("a model in ggml's format from before GGUF"),
    marked("No current engine reads it: convert it, or get the model as GGUF."),
)
_COMPRESSED = Foreign(
    marked("a compressed file"), marked("Unpack it, and open the .gguf file inside.")
)

_KINDS: Final[tuple[tuple[Callable[[bytes], bool], Foreign], ...]] = (
    (
        _begins(b"version https://git-lfs"),
        Foreign(
            marked("a git-lfs pointer, which stands for the model"),
            marked("Get the model itself with “git lfs pull”, or download it."),
        ),
    ),
    (
        _is_page,
        Foreign(
            marked("a web page (HTML)"),
            marked("The page was saved instead of the model: use the page's download link."),
        ),
    ),
    (
        _begins(b"PK\x03\x04", b"PK\x05\x06"),
        Foreign(
            marked("a ZIP archive, as PyTorch's checkpoints are"),
            marked("Unpack it if there is a .gguf file inside; convert a checkpoint to GGUF."),
        ),
    ),
    (
        _is_safetensors,
        Foreign(
            marked("a safetensors file"), marked("Convert the model to GGUF, or get it as GGUF.")
        ),
    ),
    (_begins(b"lmgg", b"fmgg", b"tjgg", b"algg"), _OLD_GGML),
    (_begins(b"\x1f\x8b", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"BZh"), _COMPRESSED),
    (
        _begins(b"{", b"<?xml"),
        Foreign(
            marked("text, as a server answers when it has no file"),
            marked("Download the model again, and look at what the server says."),
        ),
    ),
    (
        _begins(b"\0\0\0\0"),
        Foreign(
            marked("zeros, as in a download that has only reserved its place"),
            marked("Wait until the download has begun."),
        ),
    ),
)
