"""The window in another language: no text stays English, and numbers are as it writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import memplan_gui
import pytest
from gui.acting import drop, text_of
from gui.seen_texts import texts_of
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.options import CacheType, Program
from memplan.engines.option_spec import Choice, specs_of
from memplan.engines.registry import ENGINES
from memplan.engines.zinc.options import ZincVersion
from memplan.logs.advice import advice_for
from memplan.planning.requantise import TARGET_TYPES
from memplan.quoting import Shell, command_line
from memplan.reports.content import request_arguments
from memplan.request import Backend, EngineName
from memplan.units import GIB, ByteUnits
from memplan.version import __version__
from memplan.wording.help.articles import every_topic
from memplan.wording.titles import BACKEND_TITLES
from memplan.wording.verdicts import log_lines
from memplan_gui.about import AboutWindow
from memplan_gui.appearance import ThemeSwitch
from memplan_gui.dialogs import Dialogs
from memplan_gui.help_pages import Page
from memplan_gui.plot.picture import TextRole
from memplan_gui.plot.ticks import byte_ticks
from memplan_gui.problem_window import ProblemWindow
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import LanguageChoice, Translation
from memplan_gui.versions import versions_text
from memplan_gui.window import MainWindow
from memplan_resources.samples import SAMPLES
from pseudo_language import speaking_it, untranslated
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QMenu, QWidget
from pytestqt.qtbot import QtBot

_NAMES = (
    "Memplan", "English", "Deutsch", "ZINC", "llama.cpp", "Vulkan", "Metal", "CUDA",
    "owner/repo:Q4_K_M", "rope, ffn_gate, Q6_K", "POSIX", "PowerShell", "cmd", "N0,N1,…", "px",
)  # fmt: skip
"""Names, and what can be typed as an address and as a filter."""

_ALIKE = re.compile(
    r"\b(?:(?:Ctrl|Shift|Alt)\+)+(?:[A-Z0-9]\b|Left|Right|.)|\bF\d+\b"
    r"|^(?:Left|Right|Up|Down|Home|End|PgUp|PgDown|Space|Return|Esc|Del|Tab|Alt)$"
    r"|(?<=\d)[KM]\b|\b(?:min|max)(?=\()|<[^>]+>",
    re.MULTILINE,
)
"""Keys, which Qt names, what tokens are counted in, functions, and what marks up rich text."""


def _names(window: MainWindow) -> list[str]:
    """What is the same in every language."""
    session = window.session
    names = [*_NAMES, *(sample.title for sample in SAMPLES)]
    names += [device.name for device in load_catalogue()]
    names += [device.name.split()[0] for device in load_catalogue()]
    names += TARGET_TYPES
    names += [
        choice.value for kind in (CacheType, ZincVersion, Program, Backend) for choice in kind
    ]
    names += BACKEND_TITLES.values()
    for engine in ENGINES.values():
        names += engine.starters.values()
        for spec in specs_of(engine.options).values():
            if isinstance(spec.values, Choice):
                names += [member.value for member in spec.values.members]
    if session.model is not None:
        names += [session.model.name, session.model.architecture, session.model.quantisation]
    for plan in (session.plan, window.comparison.other_plan()):
        if plan is not None:
            names += [*log_lines(plan), " ".join(request_arguments(plan.request))]
            if plan.start is not None:
                names += [command_line(plan.start.command, shell) for shell in Shell]
    return names


def _in_english(window: MainWindow, shown: QWidget, *more: str) -> str:
    """The texts with words that were not looked up, or numbers as in English, and where."""
    names, found = [*_names(window), *more], []
    for where, text in texts_of(shown):
        if "file_table" in where and "row " in where:
            continue  # what the file itself says
        if left := untranslated(_ALIKE.sub("", text), names):
            found.append(f"{where}: {text!r}, {left}")
    return "\n".join(found)


def _show_all(window: MainWindow, qtbot: QtBot) -> None:
    """Show every tab with its answer, and read the chart out."""
    late, plan = window.view.late, window.session.plan
    for tab in range(window.view.tabs.tabs.count()):
        window.view.tabs.tabs.setCurrentIndex(tab)
    window.view.tabs.tabs.setCurrentWidget(late.why)
    qtbot.waitUntil(lambda: late.why.widget().solved_plan() is plan, timeout=20_000)
    window.view.tabs.tabs.setCurrentWidget(late.changes)
    qtbot.waitUntil(lambda: late.changes.widget().shown_plan() is plan, timeout=20_000)
    window.view.tabs.tabs.setCurrentWidget(late.contexts)
    qtbot.waitUntil(lambda: len(late.contexts.widget().shown_fits()) > 0, timeout=20_000)
    chart = window.view.chart_card.make_chart()
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    qtbot.keyClick(chart, Qt.Key.Key_Space)


@pytest.fixture
def pseudo(planned: MainWindow) -> Iterator[MainWindow]:
    """The window with a model, in a language that has every text."""
    with speaking_it():
        planned.rebuild()
        yield planned


@pytest.mark.parametrize("gib", [3, 9, 90], ids=["does not fit", "tight", "fits"])
@pytest.mark.parametrize("engine", list(EngineName))
def test_that_no_text_stays_english(
    pseudo: MainWindow, engine: EngineName, gib: int, qtbot: QtBot
) -> None:
    session = pseudo.session
    session.change("", engine=engine, backend=Backend.METAL, budget_bytes=gib * 2**30)
    session.plan_now()
    pseudo.comparison.draw_other(True)
    pseudo.comparison.pin()
    _show_all(pseudo, qtbot)
    assert _in_english(pseudo, pseudo) == ""


def test_that_no_text_of_the_empty_window_stays_english(window: MainWindow) -> None:
    with speaking_it():
        window.rebuild()
        window.view.model_card.ask_address()
        assert _in_english(window, window) == ""


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_no_text_of_an_explained_log_stays_english(
    pseudo: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    path = data_folder / "logs" / "b8352-vulkan-failed-single-kv-tensor.log"
    drop(pseudo, [path])
    shown = pseudo.log_window
    assert shown is not None
    qtbot.waitUntil(lambda: shown.explanation() is not None)
    explained = shown.explanation()
    assert explained is not None
    assert explained.log is not None
    own_words = [buffer.buffer for buffer in explained.log.buffers]
    own_words += [device.description for device in explained.log.devices]
    own_words += [change.argument for change in advice_for(explained.log)]
    own_words += [path.name, "cache_k_l0", "off", "K f16, V f16"]
    assert _in_english(pseudo, shown, *own_words) == ""


def test_that_no_text_about_a_broken_file_stays_english(
    pseudo: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF\x03\x00\x00\x00\xff")
    with qtbot.waitSignal(pseudo.loader.failed):
        pseudo.open_source(str(broken))
    assert broken.name in text_of(pseudo, "model_error")
    assert _in_english(pseudo, pseudo, broken.name, str(tmp_path)) == ""


@pytest.mark.qt_log_ignore("does not support")
def test_that_no_text_about_the_program_stays_english(pseudo: MainWindow, qtbot: QtBot) -> None:
    about, problem = AboutWindow(pseudo), ProblemWindow(pseudo)
    for made in (about, problem):
        qtbot.addWidget(made)
        assert _in_english(pseudo, made, __version__, *versions_text().splitlines()) == ""


_WORDS = re.compile(r"\b[A-Z][a-z]+|[a-z]{2,},? [a-z]{2,}| [a-z]{2,}|[a-z]{2,} ")
"""A word that begins large, several words, or one that is to be joined to others."""

_SAME_IN_ALL = re.compile(
    r"Memplan|Python|PySide6|Qt|&English|&Deutsch|[KMGTPE]iB|\(\*[^)]*\)"
    r"|^(?:(?:Ctrl|Shift|Alt)\+)*(?:\S?|Left|Right|Home|End|Pg\w+|Space|Return|Esc|Del|Tab|Alt|Up"
    r"|Down|F\d+)$"  # keys, which Qt names
    r"|<[^>]*>?| align=|^; \}.*|.*color: $"  # rich text and its style
    r"|Fusion|Inter|PowerShell|sudo sysctl iogpu.wired_limit_mb=|rope, ffn_gate, Q6_K"
    r"|Total of "  # in a file of CSV
)
_ENGLISH_MODULES = {
    "main.py": "the command line",
    "libraries.py": "the terminal, where no window can be opened",
    "whole_parser.py": "the command line",
    "appearance.py": "style sheets",
    "versions.py": "what a bug report needs",
}


def _literals(module: Path) -> Iterator[tuple[int, str]]:
    """The texts in a module's code that are neither looked up nor marked, nor documentation."""
    tree = ast.parse(module.read_text("utf-8"))
    beside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    beside |= {id(node.msg) for node in ast.walk(tree) if isinstance(node, ast.Assert)}
    for call in ast.walk(tree):
        named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id
        if named in {"tr", "ntr", "marked", "TypeVar"} or isinstance(call, ast.Raise):
            beside |= {id(node) for node in ast.walk(call)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in beside
        ):
            yield node.lineno, node.value


def test_that_every_text_in_the_code_is_looked_up() -> None:
    """Also those that are seldom seen, such as errors, dialogs and what a screen reader says."""
    package = Path(memplan_gui.__file__).parent
    found = [
        f"{module.relative_to(package)}:{line}: {text!r}"
        for module in sorted(package.rglob("*.py"))
        if module.name not in _ENGLISH_MODULES
        for line, text in _literals(module)
        if _WORDS.search(_SAME_IN_ALL.sub("", text))
    ]
    assert found == []


@pytest.mark.qt_log_ignore("does not support")
def test_that_no_text_of_the_help_stays_english(pseudo: MainWindow) -> None:
    desk = pseudo.help_desk()
    found = []
    for subject in (*every_topic(), *Page):
        desk.show_subject(subject)
        assert desk.help_window is not None
        found.append(_in_english(pseudo, desk.help_window))
    assert "\n".join(filter(None, found)) == ""


@pytest.fixture
def german(planned: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with a model, after its user has chosen German."""
    old = planned.view.chart_card
    menus = planned.menuBar().findChildren(QMenu)
    actions = [action for menu in menus for action in menu.actions()]
    next(action for action in actions if action.text() == "&Deutsch").trigger()
    qtbot.waitUntil(lambda: planned.view.chart_card is not old)
    planned.activateWindow()
    return planned


def _type(qtbot: QtBot, field: QAbstractSpinBox, text: str) -> None:
    """Type a text in place of what a field says."""
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_that_numbers_are_shown_as_germans_write_them(german: MainWindow) -> None:
    german.session.change("Budget", budget_bytes=int(2.5 * GIB), context_tokens=4096)
    german.session.plan_now()
    assert german.view.runs_on.budget.text() == "2,50 GiB"
    assert german.view.runs_on.context.text() == "4.096 Token"
    table = german.view.breakdown.model()
    assert table.index(0, 3).data() == "5.021.827.072"
    assert table.headerData(0, Qt.Orientation.Horizontal) == "Bei 4.096 Token"
    chart = german.view.chart_card.make_chart().layout_shown()
    assert chart is not None
    texts = {text.role: text.text for text in chart.texts}
    assert texts[TextRole.BUDGET] == "Budget 2,50 GiB"
    assert texts[TextRole.TITLE] == "Kontextlänge (Token)"
    ticks = byte_ticks(2.2 * GIB, 10, ByteUnits.BINARY)
    assert [text for _, text in ticks.ticks][:3] == ["0,0", "0,5", "1,0"]


def test_that_bytes_can_be_typed_as_germans_write_them(german: MainWindow, qtbot: QtBot) -> None:
    meant = {"12,5": 12.5, "12,25 GiB": 12.25, "12.5": 12.5, "1.024": 1024, "512 MiB": 0.5}
    for typed, gib in meant.items():
        _type(qtbot, german.view.runs_on.budget, typed)
        assert german.session.request.budget_bytes == gib * GIB


def test_that_tokens_can_be_typed_as_germans_write_them(german: MainWindow, qtbot: QtBot) -> None:
    meant = {"32.768": 32768, "32768": 32768, "16K": 16384, "1.048.576 Token": 1048576}
    for typed, tokens in meant.items():
        _type(qtbot, german.view.runs_on.context, typed)
        assert german.session.request.context_tokens == tokens
        _type(qtbot, german.view.runs_on.context, "auto")
        assert german.session.request.context_tokens is None


def test_that_words_for_numbers_can_be_typed_in_german(german: MainWindow, qtbot: QtBot) -> None:
    german.session.change("Engine", engine=EngineName.LLAMA_CPP)
    card = german.view.late.options["llama.cpp"].widget()
    _type(qtbot, card.control("ubatch_size"), "1.024")
    _type(qtbot, card.control("n_gpu_layers"), "5")
    options = german.session.request.llama_cpp
    assert (options.ubatch_size, options.n_gpu_layers) == (1024, 5)
    _type(qtbot, card.control("ubatch_size"), "vorgabe")
    _type(qtbot, card.control("n_gpu_layers"), "alle")
    options = german.session.request.llama_cpp
    assert (options.ubatch_size, options.n_gpu_layers) == (None, "all")
    assert (card.control("ubatch_size").text(), card.control("n_gpu_layers").text()) == (
        "Vorgabe (512)",
        "Alle (37)",
    )


def test_that_a_step_names_its_change_in_german(german: MainWindow, qtbot: QtBot) -> None:
    _type(qtbot, german.view.runs_on.budget, "12,5")
    edit = german.menuBar().actions()[1].menu()
    assert isinstance(edit, QMenu)
    edit.aboutToShow.emit()
    assert [action.text() for action in edit.actions()][:2] == [
        "&Rückgängig: Budget",
        "&Wiederholen",
    ]
    edit.aboutToHide.emit()
    assert edit.actions()[0].text() == "&Rückgängig"


def test_that_a_new_window_speaks_the_language_that_was_chosen(
    german: MainWindow, themes: ThemeSwitch, translation: Translation, settings_path: Path,
    qtbot: QtBot,
) -> None:  # fmt: skip
    german.close()
    translation.set_choice(LanguageChoice.ENGLISH)
    made = MainWindow(SettingsFile(settings_path), themes, translation, Dialogs())
    qtbot.addWidget(made)
    assert made.menuBar().actions()[0].text() == "&Datei"
