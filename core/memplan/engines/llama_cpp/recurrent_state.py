"""The recurrent state of llama.cpp's layers: always F32, one for each sequence, exact.

Source: llama.cpp b11434, ``llama_hparams::n_embd_r`` and ``n_embd_s`` with each architecture's
own reading of them, ``llama-memory-recurrent.cpp`` and ``llama-kv-cache-dsv4.cpp``.
"""

from __future__ import annotations

from typing import assert_never

from memplan.engines.llama_cpp.architectures import State
from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.backends import Padding
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.resolving import DENSER_RATIO
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Layer, Shape

_F32_BYTES = 4


def state_bytes(shape: Shape, settings: Settings, placement: Placement) -> dict[int, int]:
    """Bytes of the states of all sequences in each memory."""
    totals = dict.fromkeys(placement.memories(), 0)
    for layer in shape.layers:
        memory = placement.of_cache(layer.index)
        totals[memory] += layer_state_bytes(shape, settings, layer, placement.padding(memory))
    return totals


def layer_state_bytes(shape: Shape, settings: Settings, layer: Layer, padding: Padding) -> int:
    """Bytes of the states of all sequences in one layer."""
    states = settings.sequences * settings.states_kept
    return sum(
        int(padded(elements * _F32_BYTES * states, padding.alignment_bytes))
        for elements in state_elements(shape, layer)
    )


def state_elements(shape: Shape, layer: Layer) -> tuple[int, ...]:
    """Elements of each state tensor of a layer, for one sequence."""
    if layer.compress_ratio:
        return _compressor_elements(layer)
    if not layer.recurrent:
        return ()
    rolling, state = _recurrent_elements(shape)
    return rolling + _token_conv_elements(shape, layer), state


def _recurrent_elements(shape: Shape) -> tuple[int, int]:
    """Elements of the rolling part (convolution, token shift) and of the state proper."""
    conv_tokens = max(shape.ssm_conv_kernel - 1, 0)
    inner, state = shape.ssm_inner_size, shape.ssm_state_size
    match shape.architecture.state:
        case State.MAMBA1:
            return conv_tokens * inner, state * inner
        case State.MAMBA2 | State.GATED_DELTA:
            return conv_tokens * (inner + 2 * shape.ssm_group_count * state), state * inner
        case State.SHORT_CONV:
            return shape.embedding_length * max(shape.shortconv_cache_length - 1, 0), 0
        case State.RWKV:
            width = shape.embedding_length
            return shape.token_shift_count * width, width * shape.wkv_head_size
        case State.KDA:
            width = shape.head_count * shape.kda_head_length
            return 3 * conv_tokens * width, width * shape.kda_head_length
        case State.LIGHTNING:
            return 0, shape.key_length**2 * shape.head_count
        case State.NONE:
            return 0, 0
        case _:
            assert_never(shape.architecture.state)


def _token_conv_elements(shape: Shape, layer: Layer) -> int:
    """The convolution over token n-grams, a part of the rolling state of its layers."""
    if not shape.architecture.token_conv:
        return 0
    if layer.index not in (shape.metadata.integers("ple.layers") or ()):
        return 0
    conv_tokens = max((shape.metadata.integer("ple.conv_kernel") or 0) - 1, 0)
    ngram_tokens = shape.metadata.integer("ple.ngram_size") or 0
    width = shape.hyper_connection_count * shape.embedding_length
    return conv_tokens * ngram_tokens * width


def _compressor_elements(layer: Layer) -> tuple[int, ...]:
    """Keys and scores of the tokens that the next compressed row is made of.

    Rows of four tokens overlap, which doubles the tokens that are kept and their width.
    """
    overlap = 2 if layer.compress_ratio == DENSER_RATIO else 1
    rows = 2 * overlap * layer.compress_ratio
    elements: tuple[int, ...] = (rows * overlap * layer.key_length,)
    if overlap == 2:
        elements += (rows * overlap * layer.indexer_key_width,)
    return elements
