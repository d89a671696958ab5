"""Texts and numbers in another language than English."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memplan.language import (
    ENGLISH,
    DeferredText,
    Language,
    from_figures,
    in_figures,
    ntr,
    speak,
    speaking,
    spoken,
    tr,
)
from memplan.units import (
    format_bytes,
    format_exact_bytes,
    format_percent,
    format_tokens,
    format_tokens_short,
)

_TEXTS = {
    ("Fits", ""): "Passt",
    ("Free", "memory"): "Frei",
    ("{count} byte", "{count} bytes"): "{count} Byte",
}
GERMAN = Language("de", ",", ".", lambda source, comment, _count: _TEXTS.get((source, comment), ""))


@pytest.fixture
def german() -> Iterator[None]:
    speak(GERMAN)
    yield
    speak(ENGLISH)


def test_that_a_process_speaks_english_unless_it_is_told() -> None:
    assert spoken() is ENGLISH
    assert tr("Fits") == "Fits"
    assert ntr("{count} layer", "{count} layers", 1) == "1 layer"
    assert ntr("{count} layer", "{count} layers", 1_024) == "1,024 layers"


@pytest.mark.usefixtures("german")
def test_that_texts_are_looked_up_and_stay_where_there_is_no_translation() -> None:
    assert tr("Fits") == "Passt"
    assert tr("Free", "memory") == "Frei"
    assert tr("Free") == "Free"
    assert ntr("{count} layer", "{count} layers", 2) == "2 layers"


@pytest.mark.usefixtures("german")
def test_that_what_is_kept_is_written_in_the_language_of_the_moment() -> None:
    kept = DeferredText(format_exact_bytes, (5_000,))
    assert f"{kept}" == "5.000 Byte"
    speak(ENGLISH)
    assert f"{kept}" == "5,000 bytes"
    assert kept == DeferredText(format_exact_bytes, (5_000,))


@pytest.mark.usefixtures("german")
def test_that_another_language_is_spoken_for_a_while_and_in_one_thread_only() -> None:
    with speaking(ENGLISH):
        assert spoken() is ENGLISH
        assert tr("Fits") == "Fits"
        assert format_tokens(32_256) == "32,256"
        with ThreadPoolExecutor(1) as others:
            assert others.submit(tr, "Fits").result() == "Passt"
    assert tr("Fits") == "Passt"


@pytest.mark.usefixtures("german")
def test_that_the_language_is_back_after_an_error() -> None:
    with pytest.raises(KeyError), speaking(ENGLISH):
        raise KeyError
    assert tr("Fits") == "Passt"


@pytest.mark.usefixtures("german")
def test_that_numbers_are_written_as_the_language_does() -> None:
    assert format_bytes(5_021_827_072) == "4,68 GiB"
    assert format_bytes(1_000 * 1024**6 * 9) == "9.000 EiB"
    assert format_exact_bytes(5_021_827_072) == "5.021.827.072 Byte"
    assert format_tokens(32_256) == "32.256"
    assert format_tokens_short(131_072) == "128K"
    assert format_percent(554, 1000) == "55,4 %"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("16,5 GiB", "16.5 GiB"),
        ("1.024", "1024"),
        ("1.024,25", "1024.25"),
        ("16.5", "16.5"),
        ("16.25GiB", "16.25GiB"),
        ("1.048.576", "1048576"),
    ],
)
def test_that_numbers_are_read_as_the_language_writes_them(written: str, meant: str) -> None:
    assert from_figures(written) == meant


@pytest.mark.usefixtures("german")
@given(st.integers(0, 2**63))
def test_that_what_is_written_is_read_again(count: int) -> None:
    assert int(from_figures(in_figures(f"{count:,}"))) == count
