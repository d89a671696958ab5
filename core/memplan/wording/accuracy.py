"""The page about accuracy: its words, and its tables in the spoken language."""

from __future__ import annotations

from typing import Final

from memplan.accuracy import Table
from memplan.engines.registry import ENGINES
from memplan.language import in_figures, marked, tr

_TABLES: Final = marked(
    "The tables say by family of architectures how many configurations are exact, and how far off "
    "the others are, relative to what the engine reports. For the question whether a model fits, "
    "the table about all bytes on the device counts."
)


def introduction() -> list[str]:
    """How exact each engine's plan is, and what the tables say."""
    texts = [engine.accuracy for engine in ENGINES.values() if engine.accuracy]
    return [tr(text) for text in (*texts, _TABLES)]


TITLES: Final = (
    marked("Device compute buffer"),
    marked("All bytes on the device"),
    marked("Host compute buffer"),
)
HEADERS: Final = (
    marked("backend"),
    marked("attention"),
    marked("family"),
    marked("rows"),
    marked("exact"),
    marked("median"),
    marked("95 % within"),
    marked("worst"),
)
WORDS: Final = (
    marked("flash"),
    marked("all"),
    marked("embeddings"),
    marked("Gemma 3n"),
    marked("per-layer embeddings"),
    marked("deepstack"),
    marked("compressed attention"),
    marked("sparse latent attention"),
    marked("lightning attention"),
    marked("Mamba 1"),
    marked("Mamba 1 with attention"),
    marked("Mamba 2"),
    marked("RWKV 6"),
    marked("RWKV 7"),
    marked("Mamba 2 with attention"),
    marked("gated delta net"),
    marked("short convolution"),
    marked("Kimi delta attention"),
    marked("biased scores"),
    marked("latent attention"),
    marked("experts with windows"),
    marked("experts"),
    marked("dense with windows"),
    marked("dense"),
    marked("no flash"),
    marked("flash, layers split"),
)
"""Kinds of attention, and families of architectures, as the tables have them."""


def shown_table(table: Table) -> Table:
    """A table in the spoken language; backends and figures stay what they are."""
    rows = [
        (row[0], *(tr(word) for word in row[1 : table.words]), *map(in_figures, row[table.words :]))
        for row in table.rows
    ]
    return Table(tr(table.title), [tr(header) for header in table.headers], rows, table.words)
