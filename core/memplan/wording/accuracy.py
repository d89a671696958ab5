"""The page about accuracy: its words, and its tables in the spoken language."""

from __future__ import annotations

from typing import Final

from memplan.accuracy import Table
from memplan.language import in_figures, marked, tr

INTRODUCTION: Final = (
    marked(
        "ZINC's plan is its own arithmetic: 400 random cases and 64 model files agree with what "
        "ZINC itself gives, in every field and to the byte. The largest contexts that its authors "
        "publish of September 2026 come out; the reserves of that time are derived from them, and "
        "are estimates for other models."
    ),
    marked(
        "Of llama.cpp, weights, KV cache, recurrent state and output agree to the byte with what "
        "its dry run reports, in every configuration that was measured. Compute buffers follow "
        "from the model's graph; where they are not exact, they are estimates with a band."
    ),
    marked(
        "The tables say by family of architectures how many configurations are exact, and how far "
        "off the others are, relative to what llama.cpp reports. For the question whether a model "
        "fits, the table about all bytes on the device counts. Metal was not measured."
    ),
)

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
