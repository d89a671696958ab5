"""Addresses as they may be shown: without passwords, and without queries, which may sign."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")
_WITHOUT_QUERIES: Final = frozenset({"file", "hf", "ollama"})
"""Schemes in which a question mark is a part of a name."""

_HARMLESS: Final = re.compile(r"(download=\w*|show_file_info=[^&]*)?", re.ASCII)
_SHORTEST_SECRET: Final = 3


def public_address(source: str) -> str:
    """A model's source without user, password, query and fragment; a file's name as it is."""
    scheme, colon, rest = source.strip().partition("://")
    if not colon or not _ADDRESS.match(f"{scheme}://x") or scheme.lower() in _WITHOUT_QUERIES:
        return source
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = place.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def is_secret(source: str) -> bool:
    """Whether an address holds a password, or a query that may be a signature."""
    if public_address(source) == source:
        return False
    try:
        parts = urlsplit(source.strip())
    except ValueError:
        return True
    return "@" in parts.netloc or _HARMLESS.fullmatch(parts.query) is None


def without_secrets(text: str, source: str = "") -> str:
    """A message with every address in it as it may be shown, and without the secrets of one.

    Args:
        text: the message.
        source: an address of which a part may stand in the message by itself.
    """
    if public_address(source) != source:
        text = text.replace(source, public_address(source))
        _, _, rest = source.partition("://")
        place, _, query = rest.partition("?")
        user = place.partition("/")[0].rpartition("@")[0]
        for secret in (user, user.partition(":")[2], query):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "…")
    return _ADDRESS.sub(lambda match: public_address(match[0]), text)
