"""The micro-batch for which llama.cpp reserves memory."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.graph.backends.layouts import TYPE_NUMBERS
from memplan.engines.llama_cpp.graph.model_graph import Batch
from memplan.engines.llama_cpp.kv_cache import cache_geometry
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape

_WITH_ENCODER: Final = frozenset({"t5", "t5encoder"})


def batch_of(shape: Shape, settings: Settings, context: int, outputs: int) -> Batch:
    """The batch at a context; its tokens are a multiple of the sequences."""
    geometry = cache_geometry(shape, settings)
    sequences = settings.sequences
    tokens = settings.micro_batch(context)
    return Batch(
        tokens=-(-tokens // sequences) * sequences,
        sequences=sequences,
        # What has an encoder may be asked for every row.
        outputs=tokens if shape.name in _WITH_ENCODER else min(outputs, tokens),
        streams=geometry.streams,
        cells=int(geometry.full_cells(context)),
        window_cells=int(geometry.window_cells(context)),
        compressed_cells=lambda ratio: int(geometry.compressed_cells(context, ratio)),
        states=sequences,
        states_written=settings.states_kept,
        key_type=TYPE_NUMBERS[settings.cache_type_k.value.upper()],
        value_type=TYPE_NUMBERS[settings.cache_type_v.value.upper()],
        flash_attention=settings.flash_attn,
        cache_offloaded=settings.kv_offload,
        mixed_inputs=True,
    )
