"""What is remembered, and what becomes of a broken file."""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memplan.request import Backend, EngineName
from memplan.units import ByteUnits
from memplan_gui.appearance import ThemeChoice
from memplan_gui.settings import (
    RECENT_LIMIT,
    SCHEMA,
    Settings,
    SettingsFile,
    settings_from_text,
    settings_to_text,
)
from memplan_gui.text_size import TEXT_SIZES
from memplan_gui.translating import LanguageChoice

_NAMES = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
)
"""With what Python writes for bytes of a file's name that are no UTF-8."""

_SETTINGS = st.builds(
    Settings,
    folder=_NAMES,
    recent=st.lists(_NAMES, max_size=RECENT_LIMIT).map(tuple),
    engine=st.sampled_from(EngineName),
    backend=st.sampled_from(Backend),
    budget_bytes=st.integers(0, 2**64 - 1),
    theme=st.sampled_from(ThemeChoice),
    units=st.sampled_from(ByteUnits),
    language=st.sampled_from(LanguageChoice),
    text_size=st.none() | st.sampled_from(TEXT_SIZES),
    geometry=st.binary().map(lambda saved: base64.b64encode(saved).decode("ascii")),
)


@given(_SETTINGS)
def test_that_settings_come_back_as_they_were_written(settings: Settings) -> None:
    written = settings_to_text(settings).encode("utf-8")
    assert settings_from_text(written.decode("utf-8")) == settings


def test_that_a_first_start_has_settings(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "none.json").load() == Settings()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"schema": "memplan.settings/99"}',
        json.dumps({"schema": SCHEMA, "theme": "sepia"}),
        json.dumps({"schema": SCHEMA, "budget_bytes": -1}),
        json.dumps({"schema": SCHEMA, "budget_bytes": "16"}),
        json.dumps({"schema": SCHEMA, "recent": 3}),
        json.dumps({"schema": SCHEMA, "recent": "/models/a.gguf"}),
        json.dumps({"schema": SCHEMA, "recent": [None]}),
        json.dumps({"schema": SCHEMA, "folder": None}),
        json.dumps({"schema": SCHEMA, "engine": []}),
        json.dumps({"schema": SCHEMA, "language": "xx"}),
        json.dumps({"schema": SCHEMA, "text_size": 110}),
        json.dumps({"schema": SCHEMA, "geometry": "abc"}),
        json.dumps({"schema": SCHEMA, "geometry": "ü"}),
        "[" * 100_000,
        "\x00\x01",
    ],
)
def test_that_a_broken_file_is_set_aside_and_the_program_starts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, "utf-8")
    assert SettingsFile(path).load() == Settings()
    assert not path.exists()
    assert (tmp_path / "settings.broken.json").read_text("utf-8") == text


def test_that_bytes_that_are_no_text_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\xff\xfe\xfd")
    assert SettingsFile(path).load() == Settings()
    assert (tmp_path / "settings.broken.json").read_bytes() == b"\xff\xfe\xfd"


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_that_a_pipe_in_the_place_of_the_settings_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    os.mkfifo(path)
    assert SettingsFile(path).load() == Settings()
    SettingsFile(path).save(Settings(folder="/models"))
    assert SettingsFile(path).load().folder == "/models"


def test_that_a_place_that_cannot_be_written_does_not_stop_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    SettingsFile(tmp_path / "file" / "settings.json").save(Settings())
    assert (tmp_path / "file").read_text("utf-8") == ""


def test_that_the_newest_model_comes_first_and_once() -> None:
    settings = Settings()
    for name in ("a", "b", "a"):
        settings = settings.with_recent(f"/models/{name}.gguf")
    assert settings.recent == ("/models/a.gguf", "/models/b.gguf")
    assert settings.folder == "/models"
