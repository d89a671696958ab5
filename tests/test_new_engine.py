"""An engine that is added as docs/extending.md says works everywhere, in its own words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("where", ["core", "window"])
def test_that_the_engine_of_the_document_works_in_every_part(where: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("new_engine.py")
    ended = subprocess.run(
        [sys.executable, str(script), where, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
