"""The help window: topics, search, links and pages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from gui.help_acting import all_tabs, bring_to_front, opened
from memplan.accuracy import accuracy_tables
from memplan.calculation import value_of
from memplan.engines.zinc.topics import ZincTopic
from memplan.units import GIB, format_count
from memplan.wording.help.articles import article_of, every_topic
from memplan.wording.help.topics import HelpTopic
from memplan.wording.help.workings import workings
from memplan_gui.help_desk import HelpDesk
from memplan_gui.help_pages import Page
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

# The offscreen platform says so of windows and boxes that are opened.
pytestmark = [
    pytest.mark.qt_log_ignore("does not support"),
]


def test_that_a_topic_shows_formula_source_and_the_open_models_numbers(
    planned: MainWindow, desk: HelpDesk
) -> None:
    shown = planned.session.plan
    assert shown is not None
    for topic in every_topic():
        desk.show_subject(topic)
        text = opened(desk).page.toPlainText()
        article = article_of(topic)
        assert article.title in text
        assert all(each in text for each in article.texts)
        assert all(each in text for each in article.formulas)
        assert all(source in text for source in article.all_sources)
        for working in workings(shown, topic):
            assert f"= {format_count(value_of(working.expression))}" in text


def test_that_the_numbers_follow_the_plan(planned: MainWindow, desk: HelpDesk) -> None:
    desk.show_subject(ZincTopic.SHARE)
    assert "14,602,888,806" in opened(desk).page.toPlainText()
    planned.session.change("Budget", budget_bytes=8 * GIB)
    planned.session.plan_now()
    assert format_count(8 * GIB * 85 // 100) in opened(desk).page.toPlainText()


def test_that_a_search_finds_words_in_titles_first(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    desk.show_subject(HelpTopic.CHART)
    shown = opened(desk)
    bring_to_front(shown, qtbot)
    shown.search.setFocus()
    qtbot.keyClicks(shown.search, "wired limit")
    assert shown.subject() is HelpTopic.WIRED_LIMIT
    rows = range(shown.contents.count())
    seen = [shown.contents.item(r).text() for r in rows if not shown.contents.isRowHidden(r)]
    assert seen[:1] == ["Verdict and budget"]
    assert 2 <= len(seen) <= 5
    qtbot.keyClick(shown.search, Qt.Key.Key_Down)
    assert shown.contents.hasFocus()
    shown.search.setText("there is no such word")
    assert all(shown.contents.isRowHidden(r) for r in rows)
    shown.search.clear()
    assert not any(shown.contents.isRowHidden(r) for r in rows)


def test_that_the_arrow_keys_go_through_topics_and_pass_headings(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    desk.show_subject(HelpTopic.LOG_LINES)
    shown = opened(desk)
    shown.contents.setFocus()
    qtbot.keyClick(shown.contents, Qt.Key.Key_Down)
    assert shown.subject() is HelpTopic.CONTEXT


def test_that_links_lead_to_topics_and_alt_left_leads_back(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    for topic in every_topic():
        desk.show_subject(topic)
        html = opened(desk).page.toHtml()
        targets = set(re.findall(r'href="topic:([\w-]+)"', html))
        assert targets == {other.value for other in article_of(topic).all_related}
    shown = opened(desk)
    desk.show_subject(HelpTopic.FLOOR)
    shown.page.anchorClicked.emit(QUrl("topic:ceiling"))
    assert shown.subject() is HelpTopic.CEILING
    bring_to_front(shown, qtbot)
    qtbot.keyClick(shown, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: shown.subject() is HelpTopic.FLOOR)
    current = shown.contents.currentItem()
    assert current is not None
    assert current.text() == "Floor"
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_that_the_page_about_accuracy_shows_the_readmes_figures(
    planned: MainWindow, desk: HelpDesk
) -> None:
    (action,) = [a for a in planned.findChildren(QAction) if a.text() == "A&ccuracy"]
    action.trigger()
    shown = opened(desk)
    assert shown.subject() is Page.ACCURACY
    html = unescape(shown.page.toHtml()).replace("\N{NO-BREAK SPACE}", " ")
    cells = [re.sub(r"<[^>]*>|\n", "", c) for c in re.findall(r"<td.*?</td>", html, re.DOTALL)]
    rows = [tuple(cells[i : i + 8]) for i in range(0, len(cells), 8)]
    expected = [row for table in accuracy_tables() for row in (table.headers, *table.rows)]
    assert rows == [tuple(row) for row in expected]


def keys_shown(desk: HelpDesk) -> str:
    desk.show_subject(Page.KEYS)
    return opened(desk).page.toPlainText()


def test_that_the_page_of_keys_has_every_key_of_the_window(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    all_tabs(planned, qtbot)
    text = keys_shown(desk)
    lines = text.splitlines()
    native = QKeySequence.SequenceFormat.NativeText
    ends = {line.rsplit(" – ", 1)[-1] for line in lines}
    actions = [a for a in planned.findChildren(QAction) if a.shortcuts()]
    assert len(actions) > 15
    for action in actions:
        assert ", ".join(k.toString(native) for k in action.shortcuts()) in lines
        assert action.text().replace("&", "").rstrip("…") in ends
    for shortcut in planned.findChildren(QShortcut):
        if shortcut.parent() is not None and shortcut.parent().window() is planned:
            assert shortcut.key().toString(native) in lines


def test_that_the_help_is_made_anew_with_the_window(planned: MainWindow, desk: HelpDesk) -> None:
    desk.show_subject(HelpTopic.FLOOR)
    old = opened(desk)
    planned.rebuild()
    made = opened(desk)
    assert made is not old
    assert made.subject() is HelpTopic.FLOOR


def test_that_the_help_closes_with_the_window(planned: MainWindow, desk: HelpDesk) -> None:
    desk.show_subject(HelpTopic.FLOOR)
    shown = opened(desk)
    planned.close()
    assert not shown.isVisible()
