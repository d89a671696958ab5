"""What the program loads is what translators wrote."""

from __future__ import annotations

from importlib import resources
from xml.etree import ElementTree

import pytest
from memplan.language import ntr, tr
from memplan_gui.translating import LANGUAGE_NAMES, LanguageChoice, Translation
from memplan_resources import translations
from PySide6.QtCore import QCoreApplication

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
