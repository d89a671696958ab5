"""Colours by role: the one table from which palette, style sheet and chart are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memplan.exhaustive import exhaustive
from memplan.memory.component import ComponentKind, Part

_PART_SHARE = 0.55
"""How much of a component's hue is left in the fill of a part beside the model."""


def mixed(colour: str, other: str, share: float) -> str:
    """A colour between two, with ``share`` of the first."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(one * share + two * (1 - share)) for one, two in pairs).hex()


@dataclass(frozen=True, slots=True)
class Theme:
    """A set of colours, each as ``#rrggbb``.

    Attributes:
        name: ``light``, ``dark`` or ``high contrast``.
        window: behind the cards.
        card: surface of cards and of the plot.
        field: surface of inputs.
        border: outline of cards and inputs.
        border_pixels: width of these outlines.
        hover: surface of what the mouse or the keyboard points at.
        grid: grid lines of the plot and lines of tables.
        text: text and lines that must be read.
        text_muted: secondary text.
        text_disabled: text of what cannot be used now, or is not typed yet.
        accent: chosen segments and sliders.
        accent_text: text on the accent.
        focus: outline of what has the keyboard's focus.
        accent_focus: the same around the accent.
        ok, ok_surface: a plan that fits, and the banner behind it.
        warning, warning_surface: the same for a tight plan.
        error, error_surface: the same for one that does not fit.
        budget: the budget's line and label.
        budget_text: text on the budget's label.
        beyond: the range beyond the budget.
        components: fill of each component.
        component_text: text on each component's fill.
    """

    name: str
    window: str
    card: str
    field: str
    border: str
    border_pixels: int
    hover: str
    grid: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_text: str
    focus: str
    accent_focus: str
    ok: str
    ok_surface: str
    warning: str
    warning_surface: str
    error: str
    error_surface: str
    budget: str
    budget_text: str
    beyond: str
    components: Mapping[ComponentKind, str]
    component_text: Mapping[ComponentKind, str]

    def fill(self, kind: ComponentKind, part: Part = Part.MODEL) -> str:
        """Fill of a component: of a part beside the model, the same hue nearer to the card."""
        if part is Part.MODEL:
            return self.components[kind]
        return mixed(self.components[kind], self.card, _PART_SHARE)


# Okabe and Ito's colour-blind-safe hues, shifted in lightness for contrast with each surface.
LIGHT = Theme(
    name="light",
    window="#f5f5f3",
    card="#ffffff",
    field="#ffffff",
    border="#dcdcd8",
    border_pixels=1,
    hover="#dcdcd8",
    grid="#e6e6e3",
    text="#1a1a1a",
    text_muted="#5f5f5c",
    text_disabled="#5f5f5c",
    accent="#2d66b1",
    accent_text="#ffffff",
    focus="#2d66b1",
    accent_focus="#1a1a1a",
    ok="#1b7a34",
    ok_surface="#e8f2e9",
    warning="#8a5a00",
    warning_surface="#fbf1dc",
    error="#b3261e",
    error_surface="#fbe9e7",
    budget="#c64a0e",
    budget_text="#ffffff",
    beyond="#fbf1ec",
    components=exhaustive(
        ComponentKind,
        {
            ComponentKind.WEIGHTS: "#3d70a5",
            ComponentKind.KV_CACHE: "#e8a420",
            ComponentKind.RECURRENT_STATE: "#a65e7d",
            ComponentKind.COMPUTE: "#1d9b73",
            ComponentKind.STAGING: "#74b9e1",
            ComponentKind.PAGE_TABLE: "#999999",
            ComponentKind.OUTPUT: "#d6cd7e",
        },
    ),
    component_text=exhaustive(
        ComponentKind,
        {
            ComponentKind.WEIGHTS: "#ffffff",
            ComponentKind.KV_CACHE: "#1a1a1a",
            ComponentKind.RECURRENT_STATE: "#ffffff",
            ComponentKind.COMPUTE: "#000000",
            ComponentKind.STAGING: "#1a1a1a",
            ComponentKind.PAGE_TABLE: "#000000",
            ComponentKind.OUTPUT: "#1a1a1a",
        },
    ),
)

DARK = Theme(
    name="dark",
    window="#1d1e21",
    card="#28292c",
    field="#1d1e21",
    border="#3f4145",
    border_pixels=1,
    hover="#3f4145",
    grid="#3a3b3f",
    text="#f2f2f0",
    text_muted="#a5a6a8",
    text_disabled="#a5a6a8",
    accent="#4275be",
    accent_text="#ffffff",
    focus="#8ab4f0",
    accent_focus="#f2f2f0",
    ok="#5ab86b",
    ok_surface="#22332a",
    warning="#e0ae4a",
    warning_surface="#372f1f",
    error="#f2867c",
    error_surface="#3b2625",
    budget="#e8703a",
    budget_text="#141414",
    beyond="#332825",
    components=exhaustive(
        ComponentKind,
        {
            ComponentKind.WEIGHTS: "#3678b9",
            ComponentKind.KV_CACHE: "#da9915",
            ComponentKind.RECURRENT_STATE: "#b2789b",
            ComponentKind.COMPUTE: "#2fa583",
            ComponentKind.STAGING: "#7dbee5",
            ComponentKind.PAGE_TABLE: "#adadad",
            ComponentKind.OUTPUT: "#e3d359",
        },
    ),
    component_text=exhaustive(
        ComponentKind,
        {
            ComponentKind.WEIGHTS: "#ffffff",
            ComponentKind.KV_CACHE: "#141414",
            ComponentKind.RECURRENT_STATE: "#141414",
            ComponentKind.COMPUTE: "#141414",
            ComponentKind.STAGING: "#141414",
            ComponentKind.PAGE_TABLE: "#141414",
            ComponentKind.OUTPUT: "#141414",
        },
    ),
)

# Every text at 7 to 1 or better, and outlines that are seen from afar.
HIGH_CONTRAST = Theme(
    name="high contrast",
    window="#000000",
    card="#000000",
    field="#000000",
    border="#848484",
    border_pixels=2,
    hover="#3a3a3a",
    grid="#4d4d4d",
    text="#ffffff",
    text_muted="#dedede",
    text_disabled="#949494",
    accent="#ffee00",
    accent_text="#000000",
    focus="#ffee00",
    accent_focus="#3a6cff",
    ok="#6cf08a",
    ok_surface="#00260d",
    warning="#ffd24a",
    warning_surface="#2b2000",
    error="#ffa198",
    error_surface="#330806",
    budget="#ff9257",
    budget_text="#000000",
    beyond="#2b1408",
    components=exhaustive(
        ComponentKind,
        {
            ComponentKind.WEIGHTS: "#54a1fc",
            ComponentKind.KV_CACHE: "#ffae00",
            ComponentKind.RECURRENT_STATE: "#c286b2",
            ComponentKind.COMPUTE: "#89c08c",
            ComponentKind.STAGING: "#a6e4fe",
            ComponentKind.PAGE_TABLE: "#bdbdbd",
            ComponentKind.OUTPUT: "#fff381",
        },
    ),
    component_text=dict.fromkeys(ComponentKind, "#000000"),
)

THEMES = (LIGHT, DARK, HIGH_CONTRAST)
