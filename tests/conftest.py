"""Fixtures that every test may use."""

from __future__ import annotations

import os

# Before any import of Qt: no screen, and one pixel a pixel.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")
# The system's language is English, wherever the tests run.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine: what a run says depends on the code alone.
settings.register_profile("memplan", derandomize=True, deadline=None)
settings.load_profile("memplan")

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the tests' data."""
    return DATA


@pytest.fixture(scope="session")
def model_paths(data_folder: Path) -> list[Path]:
    """The 64 model headers."""
    return sorted((data_folder / "models").glob("*.gguf"))
