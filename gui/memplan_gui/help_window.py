"""The help: a list of topics that can be searched, and the page of the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from memplan.language import tr
from memplan.wording.help.articles import article_of, contents
from memplan.wording.help.lookup import topic_named
from memplan.wording.help.topics import HelpTopic, Topic
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QShortcut, QShowEvent, QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.help_pages import (
    SCHEME,
    Page,
    accuracy_html,
    article_html,
    keys_html,
    style_sheet,
)
from memplan_gui.keys import KeyGroup
from memplan_gui.session import Session
from memplan_gui.text_size import scaled, scaled_margins, scaled_size
from memplan_gui.widgets.form import describe

Subject = Topic | Page

_FIRST_SIZE = (900, 640)
_CONTENTS_WIDTH = 280
_CONTENTS_MOST = 0.4
"""Of the window's width, so that large texts leave the page the most of it."""
_SUBJECT: Final = Qt.ItemDataRole.UserRole
_WORDS: Final = Qt.ItemDataRole.UserRole + 1
"""What a search looks through."""


class HelpWindow(QWidget):
    """Shows topics and pages. Alt and Left goes back, Escape closes.

    Attributes:
        search: the words that topics must have.
        contents: the topics that have them.
        page: the page of the chosen topic.
    """

    def __init__(
        self, session: Session, key_groups: Callable[[], Iterable[KeyGroup]], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("body")
        self.setWindowTitle(tr("Help – Memplan"))
        self.resize(scaled_size(*_FIRST_SIZE, self.screen()))
        self._session = session
        self._key_groups = key_groups
        self._subject: Subject = HelpTopic.VERDICT
        self._before: list[Subject] = []
        self.search = QLineEdit()
        self.contents = QListWidget()
        self.page = QTextBrowser()
        self.back = QPushButton(tr("&Back"))
        self._fill()
        self._lay_out()
        self._connect()
        self.show_subject(HelpTopic.VERDICT)

    def subject(self) -> Subject:
        """What is shown."""
        return self._subject

    def show_subject(self, subject: Subject) -> None:
        """Show a topic or page, and mark it in the contents."""
        if subject is not self._subject:
            self._before.append(self._subject)
        self._open(subject)

    def take_over(self, old: HelpWindow) -> None:
        """Show what another help window shows."""
        self.setGeometry(old.geometry())
        self._open(old.subject())

    # Putting it together

    def _fill(self) -> None:
        for heading, topics in contents():
            self._add_heading(tr(heading))
            for topic in topics:
                article = article_of(topic)
                title = tr(article.title)
                words = " ".join(
                    (
                        title,
                        *map(tr, article.texts),
                        *map(tr, article.formulas),
                        *map(tr, article.all_sources),
                    )
                )
                self._add(topic, title, words)
        self._add_heading(tr("The program"))
        self._add(Page.ACCURACY, tr("Accuracy"), tr("Accuracy"))
        self._add(Page.KEYS, tr("Keys"), tr("Keys"))

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        item.setFont(font)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.contents.addItem(item)

    def _add(self, subject: Subject, title: str, words: str) -> None:
        item = QListWidgetItem(title)
        item.setData(_SUBJECT, subject.value)
        item.setData(_WORDS, words.casefold())
        item.setToolTip(title)
        self.contents.addItem(item)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(tr("such as KV cache, window, 85 %"))
        self.search.setClearButtonEnabled(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.setSpacing(scaled(1))
        self.page.setOpenLinks(False)
        self.page.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.page.document().setDocumentMargin(scaled(14))
        describe(self.search, tr("Search"), tr("Show only topics with these words (Ctrl+F)"))
        describe(self.contents, tr("Topics"), tr("The arrow keys choose a topic"))
        describe(self.page, tr("Page"), tr("What the chosen topic says"))
        describe(self.back, tr("Back"), tr("Show the topic before (Alt+Left)"))
        self.page.setToolTip("")  # links have their own
        caption = QLabel(tr("&Search"))
        caption.setBuddy(self.search)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(caption)
        top.addWidget(self.search, 1)
        column.addLayout(top)
        column.addWidget(self.contents, 1)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        halves = QSplitter()
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(scaled(10))
        halves.addWidget(left)
        halves.addWidget(self.page)
        halves.setStretchFactor(1, 1)
        contents_width = min(scaled(_CONTENTS_WIDTH), round(_CONTENTS_MOST * self.width()))
        halves.setSizes([contents_width, self.width() - contents_width])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(14, 14, 14, 14))
        layout.addWidget(halves)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.contents.setFocus)
        self.contents.currentItemChanged.connect(self._choose)
        self.page.anchorClicked.connect(self._follow)
        self.back.clicked.connect(self._go_back)
        self._session.plan_changed.connect(self._work_out_again)
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.search.setFocus),
            (QKeySequence("Alt+Left"), self._go_back),
        ):
            QShortcut(keys, self).activated.connect(act)

    # What the user asks for

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape; Down goes from the search to what it found."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_Down and self.focusWidget() is self.search:
            self.contents.setFocus()
        else:
            super().keyPressEvent(event)

    def _filter(self, text: str) -> None:
        """Show topics with all these words, and open the first if the chosen one is not among them.

        A heading stays as long as there is a topic below it.
        """
        words = text.casefold().split()
        heading: QListWidgetItem | None = None
        for item in self._items():
            haystack = item.data(_WORDS)
            if haystack is None:
                heading = item
                heading.setHidden(True)
                continue
            found = all(word in haystack for word in words)
            item.setHidden(not found)
            if found and heading is not None:
                heading.setHidden(False)
        current = self.contents.currentItem()
        if words and (current is None or current.isHidden()):
            shown = [i for i in self._items() if not i.isHidden() and i.data(_SUBJECT)]
            # Words in a title count more than those in a text.
            titled = [i for i in shown if all(word in i.text().casefold() for word in words)]
            for item in (titled or shown)[:1]:
                self.contents.setCurrentItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.contents.item(row) for row in range(self.contents.count())]

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_SUBJECT):
            self.show_subject(_subject_named(item.data(_SUBJECT)))

    def _follow(self, link: QUrl) -> None:
        self.search.clear()
        self.show_subject(_subject_named(link.toString().removeprefix(SCHEME)))

    def _go_back(self) -> None:
        if self._before:
            self._open(self._before.pop())

    # What is shown

    def _open(self, subject: Subject) -> None:
        self._subject = subject
        self.back.setEnabled(bool(self._before))
        for item in self._items():
            if item.data(_SUBJECT) == subject.value:
                with QSignalBlocker(self.contents):
                    self.contents.setCurrentItem(item)
        self._show_page()

    def _show_page(self) -> None:
        self.page.document().setDefaultStyleSheet(style_sheet(self.palette()))
        self.page.setHtml(self._html())

    def _html(self) -> str:
        if not isinstance(self._subject, Page):
            return article_html(self._subject, self._session.plan)
        if self._subject is Page.ACCURACY:
            return accuracy_html()
        return keys_html(self._key_groups())

    def _work_out_again(self) -> None:
        """Show the numbers of another plan, without scrolling."""
        if self.isVisible() and not isinstance(self._subject, Page):
            bar = self.page.verticalScrollBar()
            position = bar.value()
            self._show_page()
            bar.setValue(position)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the numbers of the plan as it is now."""
        super().showEvent(event)
        self._show_page()

    def changeEvent(self, event: QEvent) -> None:
        """Write in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.isVisible():
            self._show_page()


def _subject_named(name: str) -> Subject:
    return Page(name) if name in set(Page) else topic_named(name)
