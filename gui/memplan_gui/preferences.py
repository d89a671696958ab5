"""What the user chose once and finds again: looks, units, recent models, the last request."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from pathlib import Path

from memplan.request import Request
from memplan.units import ByteUnits
from PySide6.QtCore import QByteArray, QObject, QTimer, Signal

from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.menus import Menus
from memplan_gui.settings import SettingsFile
from memplan_gui.text_size import suggested_percent
from memplan_gui.translating import LanguageChoice, Translation
from memplan_gui.view import View


class Preferences(QObject):
    """Takes the user's choices from the menus, applies them, and keeps them.

    Attributes:
        settings: what is remembered.

    Signals:
        rebuild_requested(): every text or width is another, so that panels are to be made again.
        recent_changed(tuple[str, ...]): the last models, the newest first.
    """

    rebuild_requested = Signal()
    recent_changed = Signal(object)

    def __init__(
        self, settings_file: SettingsFile, themes: ThemeSwitch, translation: Translation
    ) -> None:
        super().__init__()
        self.settings = settings_file.load()
        self._file = settings_file
        self._themes = themes
        self._translation = translation
        self._linear = False
        themes.set_text_size(self._text_size)
        translation.set_choice(self.settings.language)

    @property
    def folder(self) -> str:
        """Where a dialog starts."""
        return self.settings.folder or str(Path.home())

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size as they were; empty: none is known."""
        return QByteArray(base64.b64decode(self.settings.geometry, validate=False))

    def request(self) -> Request:
        """What was asked last."""
        known = self.settings
        if known.machine is not None:
            return Request(known.engine, machine=known.machine)
        return Request(known.engine, known.backend, known.budget_bytes)

    def show_in(self, menus: Menus, view: View) -> None:
        """Take choices from these menus, and apply them to these panels, from now on."""
        menus.theme_chosen.connect(partial(self._choose_theme, menus))
        menus.units_chosen.connect(partial(self._choose_units, menus, view))
        menus.language_chosen.connect(self.choose_language)
        menus.text_size_chosen.connect(partial(self._choose_text_size, menus))
        menus.axis_chosen.connect(partial(self._choose_axis, menus, view))
        menus.forget_requested.connect(self._forget_recent)
        self.recent_changed.connect(menus.set_recent)
        self._themes.theme_changed.connect(view.set_theme)
        menus.set_theme(self._themes.choice)
        menus.set_language(self._translation.choice)
        menus.set_text_size(self._text_size)
        menus.set_recent(self.settings.recent)
        self._choose_units(menus, view, self.settings.units)
        self._choose_axis(menus, view, self._linear)

    def add_recent(self, source: str) -> None:
        """Remember a model that was opened."""
        self.settings = self.settings.with_recent(source)
        self._file.save(self.settings)
        self.recent_changed.emit(self.settings.recent)

    def keep_library_folder(self, folder: str, *, kept: bool) -> None:
        """Remember a folder that is looked into for models, or forget it."""
        self.settings = self.settings.with_library_folder(folder, kept=kept)
        self._file.save(self.settings)

    def keep(self, request: Request, geometry: bytes) -> None:
        """Write everything, with what is asked last and where the window was."""
        self.settings = replace(
            self.settings,
            engine=request.engine,
            backend=request.backend,
            budget_bytes=request.budget_bytes,
            machine=request.machine,
            geometry=base64.b64encode(geometry).decode("ascii"),
        )
        self._file.save(self.settings)

    @property
    def _text_size(self) -> int:
        return self.settings.text_size or suggested_percent()

    def choose_language(self, code: str) -> None:
        """Speak another language."""
        choice = LanguageChoice(code)
        self.settings = replace(self.settings, language=choice)
        if self._translation.set_choice(choice):
            self._rebuild()

    def _choose_theme(self, menus: Menus, choice: ThemeChoice) -> None:
        self.settings = replace(self.settings, theme=choice)
        self._themes.set_choice(choice)
        menus.set_theme(choice)

    def _choose_text_size(self, menus: Menus, percent: int) -> None:
        changed = percent != self._text_size
        self.settings = replace(self.settings, text_size=percent)
        menus.set_text_size(percent)
        if changed:
            self._themes.set_text_size(percent)
            self._rebuild()

    def _rebuild(self) -> None:
        # The menu that was chosen from is still at work.
        QTimer.singleShot(0, self, self.rebuild_requested.emit)

    def _choose_axis(self, menus: Menus, view: View, linear: bool) -> None:
        self._linear = linear
        menus.set_linear(linear)
        view.chart_card.set_linear(linear)

    def _choose_units(self, menus: Menus, view: View, units: ByteUnits) -> None:
        self.settings = replace(self.settings, units=units)
        menus.set_units(units)
        view.set_units(units)

    def _forget_recent(self) -> None:
        self.settings = self.settings.without_recent()
        self.recent_changed.emit(())
