"""Tooltips with names from files, servers and drivers, which Qt may take for markup."""

from __future__ import annotations

from PySide6.QtGui import Qt


def as_written(text: str) -> str:
    """A tooltip that shows a text as it is, and fetches nothing that the text may name."""
    if not Qt.mightBeRichText(text):
        return text
    return Qt.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)
