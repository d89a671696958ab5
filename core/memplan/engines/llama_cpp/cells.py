"""How many cells llama.cpp's caches hold at a context.

Source: llama.cpp b11434, ``llama_context`` (context of a sequence), ``llama-kv-cache-iswa.cpp``
(window cache) and ``llama-kv-cache-dsv4.cpp`` (compressed caches).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from memplan.engines.llama_cpp.arithmetic import padded, smaller
from memplan.engines.llama_cpp.settings import Settings

CELL_MULTIPLE: Final = 256
"""Every cache holds a multiple of so many cells."""


@dataclass(frozen=True, slots=True)
class CacheGeometry:
    """Cells of each kind of cache. Contexts are an ``int`` or an array, as are the answers.

    Attributes:
        settings: sequences, whether their caches are unified, and the micro-batch.
        window_tokens: tokens that window layers see; 0 without such layers.
        always_split: each sequence has a stream of its own even where unified (DeepSeek V4).
    """

    settings: Settings
    window_tokens: int
    always_split: bool = False

    @property
    def streams(self) -> int:
        """Separate caches that each layer has."""
        return self.settings.sequences if self.always_split else self.settings.streams

    def full_cells(self, context: Any) -> Any:
        """Cells of one stream of a layer that sees the whole context."""
        cells = padded(context, CELL_MULTIPLE)
        if self.settings.unified:
            return cells
        return padded(cells // self.settings.sequences, CELL_MULTIPLE)

    def window_cells(self, context: Any) -> Any:
        """Cells of one stream of a window layer."""
        cells = self.full_cells(context)
        if self.settings.swa_full:
            return cells
        needed = self._window_tokens_of_stream() + self.settings.micro_batch(context)
        return padded(smaller(cells, needed), CELL_MULTIPLE)

    def compressed_cells(self, context: Any, ratio: int) -> Any:
        """Cells of one stream of a cache with one row for every ``ratio`` tokens."""
        return padded(-(-self.full_cells(context) // ratio), CELL_MULTIPLE)

    def window_end(self) -> int:
        """The context, in tokens, from which a window layer's cells no longer grow."""
        settings = self.settings
        needed = self._window_tokens_of_stream() + settings.full_micro_batch
        return int(padded(needed, CELL_MULTIPLE)) * settings.streams

    def _window_tokens_of_stream(self) -> int:
        return self.window_tokens * (self.settings.sequences if self.streams == 1 else 1)
