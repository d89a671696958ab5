"""Every theme can be read, and its components told apart, by people who see colours differently.

Contrast is that of WCAG 2.1, distance CIEDE2000, colour blindness as coloraide simulates it.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import pytest
from coloraide import Color
from memplan.memory.component import ComponentKind
from memplan.theme import HIGH_CONTRAST, THEMES, Theme

READABLE: Final = 4.5
"""Contrast of text (WCAG 2.1, 1.4.3)."""

SEEN: Final = 3.0
"""Contrast of lines, signs and outlines (WCAG 2.1, 1.4.11)."""

APART: Final = 10.0
"""CIEDE2000; 2 can be seen beside one another, 10 at a glance."""

SURFACES: Final = ("window", "card", "field")
BANNERS: Final = ("ok_surface", "warning_surface", "error_surface")

TEXTS: Final = {
    "text": (*SURFACES, *BANNERS, "beyond", "hover"),
    "text_muted": (*SURFACES, *BANNERS, "beyond"),
    "text_disabled": SURFACES,
    "accent_text": ("accent",),
    "ok": ("card",),
    "error": ("error_surface",),
    "budget_text": ("budget",),
    "budget": ("card",),
}
"""Each colour in which something is written, and what is behind it."""

GRAPHICS: Final = {
    "text": ("card", "beyond"),
    "text_muted": SURFACES,
    "accent": SURFACES,
    "focus": (*SURFACES, "border"),
    "accent_focus": ("accent", "card"),
    "ok": ("card", "ok_surface"),
    "warning": ("warning_surface",),
    "error": ("error_surface",),
    "budget": ("card", "beyond"),
}
"""Each colour of lines, signs and outlines, and what they must be told from."""

VISIONS: Final = (None, "protan", "deutan", "tritan")

each_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


def contrast(one: str, other: str) -> float:
    return float(Color(one).contrast(other, method="wcag21"))


def seen(colour: str, vision: str | None) -> Color:
    return Color(colour) if vision is None else Color(colour).filter(vision).clip()


def too_low(theme: Theme, pairs: dict[str, tuple[str, ...]], least: float) -> dict[str, float]:
    found = {
        f"{role} on {surface}": contrast(getattr(theme, role), getattr(theme, surface))
        for role, surfaces in pairs.items()
        for surface in surfaces
    }
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


@each_theme
def test_that_every_text_can_be_read_on_each_surface(theme: Theme) -> None:
    assert too_low(theme, TEXTS, READABLE) == {}


@each_theme
def test_that_lines_signs_and_outlines_can_be_seen(theme: Theme) -> None:
    assert too_low(theme, GRAPHICS, SEEN) == {}


@each_theme
def test_that_a_components_name_can_be_read_on_its_area(theme: Theme) -> None:
    ratios = {
        kind: contrast(theme.component_text[kind], theme.components[kind]) for kind in ComponentKind
    }
    assert {kind: ratio for kind, ratio in ratios.items() if ratio < READABLE} == {}


@each_theme
@pytest.mark.parametrize("vision", VISIONS)
def test_that_components_can_be_told_apart(theme: Theme, vision: str | None) -> None:
    colours = {kind: seen(theme.components[kind], vision) for kind in ComponentKind}
    distances = {
        (one.value, other.value): colours[one].delta_e(colours[other], method="2000")
        for one, other in combinations(ComponentKind, 2)
    }
    assert {pair: round(d, 1) for pair, d in distances.items() if d < APART} == {}


def test_that_high_contrast_is_that_of_the_highest_level() -> None:
    """WCAG 2.1, 1.4.6: 7 to 1 for text."""
    used = {role: surfaces for role, surfaces in TEXTS.items() if role != "text_disabled"}
    assert too_low(HIGH_CONTRAST, used, 7.0) == {}
    ratios = [contrast(HIGH_CONTRAST.components[kind], "#000000") for kind in ComponentKind]
    assert min(ratios) > 7.0
    assert contrast(HIGH_CONTRAST.border, HIGH_CONTRAST.card) >= READABLE
