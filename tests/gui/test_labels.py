"""Labels: where their lines may be broken."""

from __future__ import annotations

import pytest
from memplan_gui.widgets.labels import label
from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("needs 18.6 GB", "18.6 GB"),
        ("braucht 18,6 GiB", "18,6 GiB"),
        ("ein Puffer von 512 MiB", "512 MiB"),
        ("davon 85 % nutzen", "85 %"),
        ("of the model's 40,960 tokens", "40,960 tokens"),
        ("48 Schichten · 4 KV-Köpfe", "4 KV-Köpfe"),
    ],
)
def test_that_a_line_is_not_broken_within_a_quantity(
    qtbot: QtBot, text: str, together: str
) -> None:
    made = label("muted", text, wrap=True)
    qtbot.addWidget(made)
    assert made.text() == text
    alone = label("muted", together, wrap=True)
    qtbot.addWidget(alone)
    half = made.fontMetrics().horizontalAdvance(together) // 2
    assert alone.heightForWidth(half) < 2 * made.fontMetrics().lineSpacing()


def test_that_a_file_name_is_broken_where_it_must(qtbot: QtBot) -> None:
    made = label("muted", "some-model-with-a-long-name-Q4_K_M.gguf", wrap=True)
    qtbot.addWidget(made)
    width = made.fontMetrics().horizontalAdvance(made.text()) // 2
    assert made.heightForWidth(width) >= 2 * made.fontMetrics().lineSpacing()
