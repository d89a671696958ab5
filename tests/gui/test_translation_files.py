"""What the program loads is what translators wrote."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import pytest
from memplan.language import ENGLISH, ntr, spoken, tr
from memplan_gui.translating import LANGUAGE_NAMES, LanguageChoice, Translation
from memplan_resources import translations
from PySide6.QtCore import QCoreApplication, QLocale

TRANSLATED = [choice for choice in LANGUAGE_NAMES if choice is not LanguageChoice.ENGLISH]


@pytest.mark.parametrize("choice", TRANSLATED)
def test_that_every_text_is_spoken_as_it_was_translated(
    choice: LanguageChoice, translation: Translation
) -> None:
    translation.set_choice(choice)
    files = [
        file
        for file in resources.files(translations).iterdir()
        if file.name.endswith(f"_{choice.value}.ts")
    ]
    wrong = []
    for file in files:
        for message in ElementTree.fromstring(file.read_text("utf-8")).iter("message"):
            source, comment = (message.findtext(name) or "" for name in ("source", "comment"))
            forms = [form.text or "" for form in message.iter("numerusform")]
            if forms:
                counts = (1, 2)
                spoken = [ntr(source, comment, count) for count in counts]
                meant = [
                    form.replace("{count}", str(count))
                    for form, count in zip(forms, counts, strict=True)
                ]
            else:
                spoken, meant = [tr(source, comment)], [message.findtext("translation") or ""]
            if spoken != meant:
                wrong.append((file.name, source, spoken))
    assert len(files) == 3
    assert wrong == []


def test_that_qts_own_dialogs_speak_german(translation: Translation) -> None:
    translation.set_choice(LanguageChoice.GERMAN)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


@pytest.mark.parametrize("content", [None, b"", b"no translation"])
def test_that_without_its_texts_a_language_is_english(
    translation: Translation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "memplan_de.qm").write_bytes(content)
    monkeypatch.setattr(resources, "files", lambda _package: tmp_path)
    translation.set_choice(LanguageChoice.GERMAN)
    assert spoken() is ENGLISH
    assert QLocale().language() == QLocale.Language.English
    assert tr("Budget") == "Budget"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_that_languages_can_be_changed_back_and_forth(translation: Translation) -> None:
    for _ in range(3):
        assert translation.set_choice(LanguageChoice.GERMAN)
        assert tr("Breakdown") == "Aufteilung"
        assert translation.set_choice(LanguageChoice.ENGLISH)
        assert tr("Breakdown") == "Breakdown"
    assert translation.children() == []
