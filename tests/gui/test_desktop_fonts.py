"""Fonts under a desktop that has its own for menus, tables and others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from desktop import HAS_SCREEN, screen

_KDE_FONTS = """[General]
font=DejaVu Serif,8,-1,5,50,0,0,0,0,0
menuFont=DejaVu Serif,8,-1,5,50,0,0,0,0,0
toolBarFont=DejaVu Serif,8,-1,5,50,0,0,0,0,0
smallestReadableFont=DejaVu Serif,6,-1,5,50,0,0,0,0,0
"""

_TELLING = """
import json, sys
from memplan_gui import app
from memplan_gui.text_size import base_font
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMenu
def tell(window, **_):
    kinds = ("QMenu", "QMenuBar", "QTableView", "QHeaderView", "QPushButton", "QMessageBox")
    fonts = {kind: QApplication.font(kind) for kind in kinds}
    fonts["this menu bar"] = window.menuBar().font()
    fonts["this menu"] = window.menuBar().findChild(QMenu).font()
    fonts["the base"] = base_font(200)
    said = {name: [font.family(), font.pixelSize()] for name, font in fonts.items()}
    print(json.dumps(said), flush=True)
    QTimer.singleShot(0, window.close)
app.search_once_seen = tell
sys.exit(app.run(None))
"""


@pytest.mark.skipif(not HAS_SCREEN, reason="needs Xvfb, as the README names it")
def test_that_a_remembered_200_percent_holds_for_menus_and_tables_of_a_desktop_with_own_fonts(
    tmp_path: Path,
) -> None:
    (tmp_path / "kdeglobals").write_text(_KDE_FONTS, "utf-8")
    settings = tmp_path / "memplan" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"schema": "memplan.settings/1", "text_size": 200}), "utf-8")
    with screen() as shown:
        environment = {
            **os.environ,
            **shown,
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_CURRENT_DESKTOP": "KDE",
            "KDE_SESSION_VERSION": "5",
            "QT_QPA_PLATFORMTHEME": "kde",
        }
        done = subprocess.run(
            [sys.executable, "-c", _TELLING],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
    fonts = json.loads(done.stdout)
    base = fonts.pop("the base")
    assert base[1] > 20
    assert {name: font for name, font in fonts.items() if font != base} == {}
