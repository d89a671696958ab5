"""The window's language: Qt's translators, and the core's texts and numbers with them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Final

import memplan_resources.translations
from memplan.exhaustive import exhaustive
from memplan.language import ENGLISH, Language, speak
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator


class LanguageChoice(StrEnum):
    """What the user picks: a language, or the system's."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"


LANGUAGE_NAMES: Final[Mapping[LanguageChoice, str]] = exhaustive(
    set(LanguageChoice) - {LanguageChoice.SYSTEM},
    {
        LanguageChoice.ENGLISH: "&English",
        LanguageChoice.GERMAN: "&Deutsch",
    },
)
"""What each language calls itself: never translated, so that its speakers find it."""


def resolve_language(choice: LanguageChoice, system: QLocale) -> LanguageChoice:
    """The language for a choice, given the system's; English where there is no translation."""
    if choice is not LanguageChoice.SYSTEM:
        return choice
    codes = {name.split("-")[0] for name in system.uiLanguages()[:1]}
    return next((known for known in LANGUAGE_NAMES if known.value in codes), LanguageChoice.ENGLISH)


class Translation(QObject):
    """Keeps the application in the chosen language.

    Attributes:
        choice: what the user picked.
        language: the language that was last asked for; ``None`` before the first choice. Where
            its texts are missing, English is spoken.
    """

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._translators: list[QTranslator] = []
        self._data = b""  # of the translator, which does not copy it
        self.choice = LanguageChoice.SYSTEM
        self.language: LanguageChoice | None = None

    def set_choice(self, choice: LanguageChoice) -> bool:
        """Speak what the user picks. Returns whether this is another language than before."""
        self.choice = choice
        language = resolve_language(choice, QLocale.system())
        if language is self.language:
            return False
        self.language = language
        self.remove()
        if language is not LanguageChoice.ENGLISH:
            self._install(language.value)
        return True

    def remove(self) -> None:
        """Speak English, and let Qt do so, too."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators = []
        QLocale.setDefault(QLocale(ENGLISH.code))
        speak(ENGLISH)

    def _install(self, code: str) -> None:
        own, qt = QTranslator(), QTranslator()
        self._data = _compiled(code)
        if not own.load(self._data):
            return
        qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        self._translators = [qt, own]
        for translator in self._translators:
            QCoreApplication.installTranslator(translator)
        locale = QLocale(code)
        QLocale.setDefault(locale)
        speak(Language(code, locale.decimalPoint(), locale.groupSeparator(), _look_up))


def _compiled(code: str) -> bytes:
    """The texts of a language as they are installed; empty where they are not."""
    try:
        file = resources.files(memplan_resources.translations) / f"memplan_{code}.qm"
        return file.read_bytes()
    except OSError:
        return b""


def _look_up(source: str, comment: str, count: int) -> str:
    found = QCoreApplication.translate("", source, comment or None, count)
    # Qt gives the text itself back where it finds no translation; a plural is not such a text.
    return "" if found == source else found
