"""The main window: puts the panels together and opens models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from memplan.addresses import is_secret
from memplan.language import tr
from memplan.model import Model
from memplan.reader.errors import ChoiceNeededError, FolderError, MissingError
from memplan.request import Request
from memplan.units import format_count
from memplan.wording.help.topics import HelpTopic, Topic
from memplan_resources.samples import sample_path
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenuBar

from memplan_gui.appearance import ThemeSwitch
from memplan_gui.applying import apply_difference
from memplan_gui.beside import Beside
from memplan_gui.comparison import Comparison
from memplan_gui.detecting import Detector
from memplan_gui.dialogs import Dialogs
from memplan_gui.exporting import FileExport, Shown, export
from memplan_gui.incoming import sources_in
from memplan_gui.library import Library
from memplan_gui.menus import Menus
from memplan_gui.opening import Opening
from memplan_gui.panels.empty_state import DropOverlay
from memplan_gui.preferences import Preferences
from memplan_gui.presenter import error_text, source_name
from memplan_gui.session import Session
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.view import View

if TYPE_CHECKING:
    from memplan_gui.help_desk import HelpDesk
    from memplan_gui.log_window import LogWindow
    from memplan_gui.plot.chart import Chart

LOG_ENDINGS = (".log", ".txt")
"""Files with such names are taken for logs."""

_FIRST_SIZE = (1280, 800)
_LEAST_SIZE = (880, 560)


class MainWindow(QMainWindow):
    """Shows one model's plan.

    Attributes:
        session: the model and the request.
        preferences: what is remembered.
        opening: reads models, and what belongs to them.
        beside: reads what is loaded beside the model.
        library: lists the models on this machine, or of a repository.
        loader: reads the model that the user opens.
        detector: looks for this machine's devices.
        comparison: what the plan is compared with.
        view: all panels; another one after :meth:`rebuild`.

    Signals:
        settled(): the empty state, a model's first plan, or an error can be seen.
    """

    settled = Signal()

    def __init__(
        self,
        settings_file: SettingsFile,
        themes: ThemeSwitch,
        translation: Translation,
        dialogs: Dialogs,
        request: Request | None = None,
    ) -> None:
        # Before there is a window, which takes the font that the application has then.
        preferences = Preferences(settings_file, themes, translation)
        super().__init__()
        self.preferences = preferences
        preferences.setParent(self)
        self._themes = themes
        self._dialogs = dialogs
        self.setWindowTitle("Memplan")
        self.setAcceptDrops(True)
        self.setMinimumSize(*_LEAST_SIZE)
        self.session = Session(request or preferences.request(), self)
        self.opening = Opening(self)
        self.loader = self.opening.loader
        self.beside = Beside(self.session, self)
        self.library = Library(self.session, preferences, dialogs, self)
        self.detector = Detector(self)
        self.comparison = Comparison(self.session)
        self.log_window: LogWindow | None = None
        self._help_desk: HelpDesk | None = None
        self._unread: tuple[str, Exception] | None = None
        self._connect()
        self._build()
        themes.set_choice(preferences.settings.theme)
        self.resize(*_FIRST_SIZE)
        self.restoreGeometry(preferences.geometry)
        self.setFocus()  # no control looks chosen before the user starts

    # Putting it together

    def _build(self) -> None:
        """Make menus and panels for what the session holds."""
        self._menus = Menus(self.menuBar(), self.session.undo_stack)
        self.view = View(
            self.session,
            self.comparison,
            self._themes.theme,
            self._menus.samples,
        )
        self.setCentralWidget(self.view.body)
        self._drop_overlay = DropOverlay(self)
        self._connect_view()
        self._connect_menus()
        self.preferences.show_in(self._menus, self.view)

    def rebuild(self) -> None:
        """Make menus and panels anew, as in another language each text and each width is another.

        The model, the request, what can be undone, what is pinned and what is looked at stay.
        """
        arrangement = self.view.arrangement()
        self.view.late.drain()
        self.setMenuBar(QMenuBar())
        for part in (self._drop_overlay, self.takeCentralWidget()):
            if part is not None:
                shiboken6.delete(part)
        self._build()
        self.view.body.show()  # what is added to a window in sight is hidden at first
        self._show_again()
        self._rebuild_log_window()
        if self._help_desk is not None:
            self._help_desk.rebuild()
        self.setFocus()
        self.view.arrange(arrangement)

    def _show_again(self) -> None:
        """Show in new panels what was shown in the old ones."""
        if self.detector.latest is not None:
            self.view.runs_on.show_detection(self.detector.latest)
        if self.session.model is not None:
            self._show_model(self.session.model)
            self.opening.look_again()
            self.session.plan_now()
        if self._unread is not None:
            self._show_error(*self._unread)
        if self.loader.source:
            self.view.model_card.show_reading(self.loader.source)

    def _rebuild_log_window(self) -> None:
        old, self.log_window = self.log_window, None
        if old is None:
            return
        old.drain()
        if old.isVisible():
            self.show_log_window().take_over(old)
        old.close()
        old.deleteLater()

    def _show_card(self) -> None:
        """Scroll to the model card, where there is something to say or to ask."""
        self.view.body.show_top()

    def _connect(self) -> None:
        """Connect what outlives the view with the window."""
        session, loader, opening = self.session, self.loader, self.opening
        self.preferences.rebuild_requested.connect(self.rebuild)
        session.model_changed.connect(self._show_model)
        session.plan_changed.connect(self._note_plan)
        session.plan_failed.connect(self._note_no_plan)
        loader.started.connect(self._show_card)
        loader.loaded.connect(self._take_model)
        loader.restored.connect(self._restore)
        loader.failed.connect(self._take_part)
        self.beside.failed.connect(self._show_error)
        self.beside.changed.connect(opening.look_again)
        self.library.chosen.connect(self.open_all)
        self.library.listed.connect(self.settled)
        opening.others_read.connect(self._pin_others)
        opening.watch.changed.connect(self._take_changed)
        opening.watch.lost.connect(self._show_lost)

    def _connect_view(self) -> None:
        view, card, loader = self.view, self.view.model_card, self.loader
        self.detector.started.connect(view.runs_on.show_search)
        self.detector.detected.connect(view.runs_on.show_detection)
        view.chart_card.painted.connect(self.settled)
        view.chart_card.chart_made.connect(self._explain_chart)
        view.library.open_requested.connect(self.choose_model)
        view.library.address_requested.connect(self._ask_address)
        self.library.show_in(view.library)
        card.open_requested.connect(self.choose_model)
        card.error_closed.connect(self._forget_error)
        card.source_requested.connect(self.open_source)
        card.cancel_requested.connect(loader.cancel)
        loader.started.connect(card.show_reading)
        loader.received.connect(card.show_received)
        for ended in (loader.loaded, loader.cancelled, loader.failed):
            ended.connect(card.reading.end)
        loader.cancelled.connect(card.show_cancelled)
        self.opening.siblings_found.connect(card.show_siblings)
        self.beside.show_in(card.parts)

    def _connect_menus(self) -> None:
        menus = self._menus
        menus.open_requested.connect(self.choose_model)
        menus.address_requested.connect(self._ask_address)
        menus.library_requested.connect(self._show_library)
        menus.part_requested.connect(self._choose_part)
        menus.paste_requested.connect(self._open_clipboard)
        menus.log_requested.connect(self.show_log_window)
        menus.source_requested.connect(self.open_source)
        menus.sample_requested.connect(self.open_sample)
        menus.copy_requested.connect(self._copy)
        menus.export_requested.connect(self._export)
        menus.zoom_requested.connect(self.view.chart_card.zoom)
        menus.read_out_requested.connect(self.view.chart_card.read_out)
        menus.devices_requested.connect(self.detector.start)
        menus.help_requested.connect(lambda: self.help_desk().show_help())
        menus.whats_this_requested.connect(lambda: self.help_desk().enter_whats_this())
        menus.page_requested.connect(lambda name: self.help_desk().show_page(name))
        menus.about_requested.connect(self._show_about)
        menus.quit_requested.connect(self.close)

    # Opening models

    def choose_model(self) -> None:
        """Let the user choose a file, and open it."""
        source = self._dialogs.choose_model(self, self.preferences.folder)
        if source:
            self.open_source(source)

    def _ask_address(self) -> None:
        self._show_card()
        self.view.model_card.ask_address()

    def open_source(self, source: str) -> None:
        """Open a file or address; a log is explained."""
        if source.lower().endswith(LOG_ENDINGS) and "://" not in source:
            self.show_log_window().open_log(source)
            return
        self.loader.load(source)

    def open_all(self, sources: Sequence[str]) -> None:
        """Open the first of several models, and pin the others to compare with it.

        A projector among them is loaded beside the first.
        """
        models = self.beside.set_aside(sources)
        self.open_source(models[0])
        others = [source for source in models[1:] if not source.lower().endswith(LOG_ENDINGS)]
        if others:
            self.opening.read_others(others)

    def _open_clipboard(self) -> None:
        sources = sources_in(QGuiApplication.clipboard().mimeData())
        if sources:
            self.open_all(sources)
        else:
            self.view.model_card.show_note(
                tr("There is no file or address of a model on the clipboard.")
            )

    def show_log_window(self) -> LogWindow:
        """Show the window that explains logs."""
        if self.log_window is None:
            from memplan_gui.log_window import LogWindow

            self.log_window = LogWindow(self.session, self)
            self.log_window.open_requested.connect(self._choose_log)
            self.log_window.help_requested.connect(self._explain_log_lines)
        self.log_window.show()
        self.log_window.activateWindow()
        return self.log_window

    def _choose_log(self) -> None:
        path = self._dialogs.choose_log(self, self.preferences.folder)
        if path:
            self.show_log_window().open_log(path)

    def _show_library(self) -> None:
        self.view.show_library()
        self.library.start()

    def _choose_part(self) -> None:
        if not self.beside.wanted:
            self.view.model_card.show_note(tr("This engine loads nothing beside the model."))
        elif path := self._dialogs.choose_part(self, self.preferences.folder):
            self.beside.read(path)

    def open_sample(self, sample_id: str) -> None:
        """Open a model that comes with the program."""
        self.loader.load(str(sample_path(sample_id)))

    def _take_model(self, source: str, model: Model) -> None:
        self._unread = None
        self.session.set_model(self.beside.kept_for(model))
        self.view.body.show_pages()
        if _is_sample(source):
            self.opening.unfollow()
            return
        self.opening.follow(source, model)
        if is_secret(source):
            return
        self.preferences.add_recent(source)

    def _restore(self, request: Request) -> None:
        """Ask what a saved plan asked. What was asked before can be had back."""
        apply_difference(self.session, tr("Open saved plan"), self.session.request, request)

    def _take_changed(self, model: Model) -> None:
        """Show what the open file says now."""
        self.session.set_model(self.beside.kept_for(model))
        self.opening.follow(model.source, model)
        self.view.model_card.show_note(tr("The file has changed and was read again."))

    def _pin_others(self, models: Sequence[Model], unread: int) -> None:
        pinned = self.comparison.pin_models(models)
        left_out = unread + len(models) - pinned
        note = tr("Pinned to compare: {count}.").format(count=format_count(pinned))
        if left_out:
            failed = tr("Cannot be planned: {count}.").format(count=format_count(left_out))
            note = f"{note} {failed}"
        self.view.model_card.show_note(note)

    def _take_part(self, source: str, error: Exception) -> None:
        """What is no model may belong to the open one, such as a projector."""
        if isinstance(error, FolderError):
            self.view.show_library()
            self.library.look_into(source)
        elif self.beside.takes(error):
            self.beside.read(source)
        else:
            self._show_error(source, error)

    def _show_error(self, source: str, error: Exception) -> None:
        self._unread = source, error
        if isinstance(error, ChoiceNeededError) and error.choices:
            self.view.model_card.ask_choice(source, error.choices)
            if not error.named:
                self.view.show_library()
                self.library.repository.show(error)
        else:
            self.view.model_card.show_error(error_text(source, error))
        self.settled.emit()

    def _forget_error(self) -> None:
        self._unread = None
        self.library.repository.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes an error, where nothing else has use for the key."""
        if event.key() != Qt.Key.Key_Escape or not self.view.model_card.close_error():
            super().keyPressEvent(event)

    def _show_lost(self, source: str, error: Exception) -> None:
        """The open file cannot be read any more; its plan stays."""
        if isinstance(error, MissingError):
            name = source_name(source)
            gone = tr("{source} is gone. This is the plan for what it was.")
            self.view.model_card.show_note(gone.format(source=name))
        else:
            self._show_error(source, error)

    # Help

    def help_desk(self) -> HelpDesk:
        """What answers questions about the window, made when the first is asked."""
        if self._help_desk is None:
            from memplan_gui.help_desk import HelpDesk

            self._help_desk = HelpDesk(self, self.session, lambda: self.view.tabs.tabs)
        return self._help_desk

    def _explain_log_lines(self) -> None:
        self.help_desk().show_subject(HelpTopic.LOG_LINES)

    def _explain_chart(self, chart: Chart) -> None:
        chart.place_asked.connect(self._explain_place)

    def _explain_place(self, topic: Topic, place: QPoint) -> None:
        self.help_desk().show_text(topic, place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to explain what is there."""
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        widget = self.focusWidget() if by_keyboard else self.childAt(event.pos())
        menu = self.help_desk().menu_for(widget, event.globalPos())
        if menu is not None:
            menu.popup(event.globalPos())

    # What the session says

    def _show_model(self, model: Model) -> None:
        self.view.show_model(model, sample=_is_sample(model.source))
        self.setWindowTitle(tr("{model} – Memplan").format(model=model.name))

    def _note_plan(self) -> None:
        self._menus.set_plan_shown(True)

    def _note_no_plan(self) -> None:
        self._menus.set_plan_shown(False)
        # No chart will be painted: the refusal is all that there is to see.
        self.settled.emit()

    # Copies and exports

    def _shown(self) -> Shown | None:
        plan, usage = self.session.plan, self.view.breakdown.shown_usage()
        if plan is None or usage is None:
            return None
        return Shown(
            plan, usage, self.view.chart_card.make_chart(), self.preferences.settings.units
        )

    def _copy(self, copy: Callable[[Shown], None]) -> None:
        shown = self._shown()
        if shown is not None:
            copy(shown)

    def _export(self, kind: FileExport) -> None:
        shown = self._shown()
        if shown is not None:
            folder = self.preferences.folder
            export(self, self._dialogs, shown, kind, folder)

    def _show_about(self) -> None:
        self._dialogs.show_about(self)

    # The end

    def end(self, code: int) -> None:
        """Close, whatever dialog is open, and let the program end with this exit code."""
        # The loop may not have begun yet.
        QTimer.singleShot(0, self, partial(self._leave, code))

    def _leave(self, code: int) -> None:
        self.close()
        QApplication.exit(code)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember what a person would expect, and end the reading."""
        # Nobody looks at a window that is to be closed while a slow disk is waited for.
        geometry = bytes(self.saveGeometry().data())
        self.hide()
        self.preferences.keep(self.session.request, geometry)
        self.opening.drain()
        self.beside.drain()
        self.library.drain()
        self.detector.drain()
        self.view.late.drain()
        if self.log_window is not None:
            self.log_window.drain()
            self.log_window.close()
        if self._help_desk is not None:
            self._help_desk.close()
        super().closeEvent(event)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and addresses."""
        if sources_in(event.mimeData()):
            event.acceptProposedAction()
            self._drop_overlay.cover(self.view.body.geometry())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Stop showing that a file could be dropped."""
        super().dragLeaveEvent(event)
        self._drop_overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first, and compare it with the others."""
        self._drop_overlay.hide()
        sources = sources_in(event.mimeData())
        if sources:
            event.acceptProposedAction()
            self.open_all(sources)


def _is_sample(source: str) -> bool:
    """Whether a source is one of the program's own files, which are no recent models."""
    return Path(source).parent == sample_path("qwen3-8b").parent
