"""Goes with the engine of docs/extending.md through every command and every part of the window.

Run in a process of its own, as the registry is filled before anything else is imported:
``python tests/new_engine.py core|window FOLDER``. Nothing may raise, and no other engine's words
may be said.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memplan.engines.registry import ENGINES

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "tests" / "data" / "models" / "llama-3.2-1b.Q4_K_M.gguf"
OTHERS = re.compile(r"ZINC|llama\.cpp|--fit|llama-server", re.IGNORECASE)


def register() -> None:
    """Do what the document says: put an object of the class into the table."""
    text = (ROOT / "docs" / "extending.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    made: dict[str, Any] = {"__name__": "abacus"}
    sys.modules["abacus"] = type(sys)("abacus")
    exec(compile(code, "abacus.py", "exec"), made)
    sys.modules["abacus"].__dict__.update(made)
    ENGINES["abacus"] = made["Abacus"]()


def said(*words: str) -> str:
    """What a command prints; it must not end with a fault or as a wrong use."""
    from memplan.cli import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(words)
    assert code in (0, 1), (words, code)
    return out.getvalue()


def walk_core(folder: Path) -> None:
    """Plan, words, help, reports, saved plans, comparison, logs."""
    from memplan import Backend, Request, plan, read_model
    from memplan.devices import load_catalogue
    from memplan.planning.advice import advise
    from memplan.planning.comparison import compare
    from memplan.planning.crossings import crossings
    from memplan.planning.solve import solve
    from memplan.reports.saved_plan import open_saved_plan
    from memplan.wording.help.articles import article_of, contents
    from memplan.wording.help.lookup import component_topic
    from memplan.wording.help.workings import workings
    from memplan.wording.solutions import answer_text, question_text
    from memplan.wording.why import reasons

    engine = ("--engine", "abacus")
    for budget in ("4GiB", "600MiB"):
        printed = said("check", str(MODEL), *engine, "--budget", budget, "--rows", "4096")
        assert "Abacus" in printed
        assert not OTHERS.search(printed), printed
    found = json.loads(said("check", str(MODEL), *engine, "--rows", "4096", "--json"))
    assert found["engine"] == {"name": "abacus", "version": "2026"}
    assert found["options"] == {"rows": 4096}
    said("check", str(MODEL), str(MODEL), *engine, "--budget", "1GiB", "--budget", "8GiB")
    for ending in ("md", "html", "json"):
        report = folder / f"plan.{ending}"
        said("check", str(MODEL), *engine, "--rows", "2048", "--report", str(report))
        assert "bacus" in report.read_text("utf-8")
    _, request = open_saved_plan(folder / "plan.json")
    assert (request.engine, request.abacus.rows) == ("abacus", 2048)

    model = read_model(MODEL)
    own = plan(model, Request("abacus", Backend.VULKAN, budget_bytes=2**30))
    for advice in advise(own, load_catalogue()):
        assert advice.plan.request.engine == "abacus"
    for solution in solve(own):
        assert question_text(solution, own) + answer_text(solution)
    assert not OTHERS.search(" ".join(reason.text for reason in reasons(own)))
    for name in ENGINES:
        other = plan(model, Request(name))
        compare(own, other)
        crossings(own, other)
    for share in own.at.shares:
        topic = component_topic("abacus", share.kind, share.where)
        assert article_of(topic).title == "Rows of beads"
        assert list(workings(own, topic)) == []
    assert "Abacus" in [title for title, _ in contents()]

    log = folder / "abacus.log"
    log.write_text("beads on the frame: 1.00 GiB\n", "utf-8")
    assert "Abacus" in said("explain", str(log))
    assert json.loads(said("explain", str(log), "--json"))["engine"] == "abacus"


def texts_of_window(window: Any) -> Iterator[str]:
    """Every text of the controls that the engine's options and verdict are in."""
    from memplan_gui.panels.verdict_banner import VerdictBanner
    from PySide6.QtWidgets import QAbstractButton, QLabel

    for widget in (window.findChild(VerdictBanner), *window.view.late.options.values()):
        for label in widget.findChildren(QLabel):
            if label.isVisible():
                yield label.text()
        for button in widget.findChildren(QAbstractButton):
            if button.isVisible():
                yield button.text()


def walk_window(folder: Path) -> None:
    """Open the window with the engine, show each tab, and speak German."""
    from memplan_gui.app import prepare
    from memplan_gui.appearance import ThemeChoice, ThemeSwitch
    from memplan_gui.dialogs import Dialogs
    from memplan_gui.settings import SettingsFile
    from memplan_gui.translating import LanguageChoice, Translation
    from memplan_gui.window import MainWindow
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    def wait_for(condition: Any) -> None:
        for _ in range(2000):
            if condition():
                return
            QTest.qWait(10)
        raise AssertionError("nothing came")

    faults: list[object] = []
    # What a slot raises comes here, and nowhere else.
    sys.excepthook = lambda _kind, fault, _trace: faults.append(repr(fault))
    app = QApplication.instance() or QApplication([])
    prepare(app)
    translation = Translation(app)
    themes = ThemeSwitch(app, ThemeChoice.LIGHT)
    window = MainWindow(SettingsFile(folder / "settings.json"), themes, translation, Dialogs())
    window.show()
    window.open_source(str(MODEL))
    wait_for(lambda: window.session.plan is not None)
    window.session.change("Engine", engine="abacus")
    window.session.plan_now()
    for _ in range(2):
        late = window.view.late
        for tab in range(window.view.tabs.tabs.count()):
            window.view.tabs.tabs.setCurrentIndex(tab)
            QTest.qWait(20)
        wait_for(lambda late=late: late.why.widget().solved_plan() is window.session.plan)
        card = late.options["abacus"].widget()
        card.control("rows").setValue(2048)
        wait_for(lambda: window.session.request.abacus.rows == 2048)
        window.session.plan_now()
        window.comparison.draw_other(True)
        window.comparison.pin()
        shown = " ".join(texts_of_window(window))
        assert "Abacus" in shown, shown
        assert not OTHERS.search(shown), shown
        desk = window.help_desk()
        desk.show_subject(next(iter(ENGINES["abacus"].articles())))
        translation.set_choice(LanguageChoice.GERMAN)
        window.rebuild()
        QTest.qWait(50)
    window.close()
    window.loader.drain()
    assert faults == [], faults


if __name__ == "__main__":
    register()
    {"core": walk_core, "window": walk_window}[sys.argv[1]](Path(sys.argv[2]))
