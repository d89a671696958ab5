"""The components of what llama.cpp loads beside the model's own layers.

Source: llama.cpp b11434, ``tools/server/server-context.cpp`` (what is loaded, in which order),
``common/speculative.cpp`` and ``src/llama-adapter.cpp``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from memplan.engines.llama_cpp.backends import version_of
from memplan.engines.llama_cpp.graph.buffers import compute_buffers
from memplan.engines.llama_cpp.graph.footprint import GraphRequest
from memplan.engines.llama_cpp.kv_cache import cache_breaks, cache_formula, cache_geometry
from memplan.engines.llama_cpp.options import GpuLayers, LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.output import output_bytes
from memplan.engines.llama_cpp.parts.next_tokens import (
    next_token_caches,
    runs_next_tokens,
    states_kept,
)
from memplan.engines.llama_cpp.parts.projector import Projector, resolve_projector
from memplan.engines.llama_cpp.parts.projector_memory import ProjectorMemory, projector_memory
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.unmeasured import with_bands
from memplan.engines.llama_cpp.weights import bytes_in, memory_of, next_token_bytes
from memplan.estimate import UnsupportedRequestError
from memplan.language import tr
from memplan.memory.backend import Backend
from memplan.memory.component import Component, ComponentKey, ComponentKind, Part, constant
from memplan.model import Model
from memplan.model.parts import PartFile, is_control_vector, parts_of
from memplan.reader.header import Tensor

KeyOf = Callable[[Part, ComponentKind, int], ComponentKey]
"""The key of what a part has in a memory, by llama.cpp's number."""

_DEVICE: Final = 0
_PARTS_KEPT: Final = 8
_TOKENIZER: Final = "tokenizer.ggml.model"
_MOST_OTHER_TOKENS: Final = 128
"""By how many tokens two vocabularies may differ (``SPEC_VOCAB_MAX_SIZE_DIFFERENCE``)."""

_DRAFT_LAYERS_OF_THE_MODEL: Final = frozenset({"eagle3", "dflash", "dspark"})
"""Draft models that read the model's own states, and so need those to go back to."""

_DIRECTION_BYTES: Final = 4
"""Bytes of an element of a control vector."""

_ADAPTER_ENDINGS: Final = (".lora_a", ".lora_b")
_SKIPPED_ENDING: Final = "_norm.weight"


def projector_components(
    model: Model, options: LlamaCppOptions, backend: Backend, key_of: KeyOf
) -> Iterator[Component]:
    """A projector's weights and buffers: whole on the first device, or on the host.

    Raises:
        UnsupportedRequestError: it was made for another model.
    """
    for part in parts_of(model, Part.PROJECTOR):
        _refuse_other_width(model, projector_of(part))
        loaded = projector_as_loaded(part, options, backend)
        home = _DEVICE if options.mmproj_offload else HOST
        yield Component(
            key_of(Part.PROJECTOR, ComponentKind.WEIGHTS, home), constant(loaded.weights_bytes)
        )
        for memory, size_bytes in ((_DEVICE, loaded.device_bytes), (HOST, loaded.host_bytes)):
            if size_bytes:
                band = None if loaded.exact else constant(min(loaded.band_bytes, size_bytes))
                key = key_of(Part.PROJECTOR, ComponentKind.COMPUTE, memory)
                yield Component(key, constant(size_bytes), exact=loaded.exact, band=band)


def projector_as_loaded(
    part: PartFile, options: LlamaCppOptions, backend: Backend, side: int | None = None
) -> ProjectorMemory:
    """What a projector takes with these options, ready for an image of ``side`` pixels."""
    return _projector_memory(
        part,
        backend if options.mmproj_offload else None,
        options.flash_attn is not False,
        options.image_max_tokens or None,
        side,
    )


@lru_cache(maxsize=_PARTS_KEPT)
def projector_of(part: PartFile) -> Projector:
    """What a projector's header says."""
    return resolve_projector(part.header)


@lru_cache(maxsize=_PARTS_KEPT)
def _projector_memory(
    part: PartFile, backend: Backend | None, fused: bool, max_tokens: int | None, side: int | None
) -> ProjectorMemory:
    return projector_memory(
        projector_of(part), backend, flash_attention=fused, max_tokens=max_tokens, side=side
    )


def _refuse_other_width(model: Model, projector: Projector) -> None:
    """Refuse a projector that was made for another model, in llama.cpp's words."""
    text, made_for = model.dimensions.width, projector.text_width
    if text and made_for and text != made_for:
        raise UnsupportedRequestError(
            f"mismatch between text model (n_embd = {text}) and mmproj (n_embd = {made_for})"
        )


def settings_with_parts(model: Model, options: LlamaCppOptions) -> Settings:
    """The settings of the model's context, which checks tokens where some are drafted.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination, or cannot draft for this model.
    """
    shape = resolve_shape(model)
    settings = resolve_settings(options, shape)
    drafts = parts_of(model, Part.DRAFT)
    for draft in drafts:
        if draft.architecture not in _DRAFT_LAYERS_OF_THE_MODEL:
            _refuse_other_vocabulary(model, draft)
    if not drafts and options.spec_type is SpecType.NONE:
        return settings
    if not drafts and not runs_next_tokens(shape):
        raise UnsupportedRequestError(tr("the file has no next-token layers that llama.cpp runs"))
    goes_back = not drafts or drafts[0].architecture in _DRAFT_LAYERS_OF_THE_MODEL
    count = options.spec_draft_n_max
    return replace(
        settings,
        drafted_tokens=count,
        states_kept=states_kept(shape, count) if goes_back else 1,
        loads_next_tokens=not drafts,
    )


def _refuse_other_vocabulary(model: Model, draft: PartFile) -> None:
    """Refuse a draft model whose tokens are others (``common_speculative_are_compatible``)."""
    if draft.model is None:
        return
    kinds = {
        value.value
        for value in (
            model.metadata.values.get(_TOKENIZER),
            draft.model.metadata.values.get(_TOKENIZER),
        )
        if value is not None
    }
    sizes = [resolve_shape(each).vocabulary for each in (model, draft.model)]
    if len(kinds) > 1 or (all(sizes) and abs(sizes[0] - sizes[1]) > _MOST_OTHER_TOKENS):
        raise UnsupportedRequestError(
            "draft model vocab type must match target model to use speculation"
        )


def draft_options(options: LlamaCppOptions) -> LlamaCppOptions:
    """The options of a draft model's own context."""
    return replace(
        options,
        cache_type_k=options.cache_type_k_draft,
        cache_type_v=options.cache_type_v_draft,
        n_gpu_layers=(
            GpuLayers.ALL if options.n_gpu_layers_draft is None else options.n_gpu_layers_draft
        ),
        n_cpu_moe=0,
        cpu_moe=False,
        spec_type=SpecType.NONE,
    )


def next_token_components(
    model: Model,
    options: LlamaCppOptions,
    shape: Shape,
    settings: Settings,
    placement: Placement,
    key_of: KeyOf,
) -> Iterator[Component]:
    """Next-token layers: weights, a KV cache of their own, and the buffers of a second context.

    Args:
        model: the model.
        options: the options as asked for.
        shape: the model as llama.cpp sees it.
        settings: the options as used.
        placement: where the layers are.
        key_of: names the memories.
    """
    for memory, size_bytes in next_token_bytes(model, placement).items():
        if size_bytes:
            yield Component(key_of(Part.MTP, ComponentKind.WEIGHTS, memory), constant(size_bytes))
    own = replace(
        settings,
        cache_type_k=options.cache_type_k_draft,
        cache_type_v=options.cache_type_v_draft,
        drafted_tokens=0,
        states_kept=1,
    )
    geometry = cache_geometry(shape, own)
    caches = next_token_caches(shape, own, placement)
    for memory in sorted({tensor.memory for tensor in caches}):
        held = tuple(tensor for tensor in caches if tensor.memory == memory)
        yield Component(
            key_of(Part.MTP, ComponentKind.KV_CACHE, memory),
            cache_formula(held, geometry),
            cache_breaks(held, geometry),
        )
    version = version_of(placement.devices)
    graph = GraphRequest(model, shape, own, placement, version, next_tokens=True)
    for memory, buffer in with_bands(
        compute_buffers(graph), placement.devices, graph.shape.name
    ).items():
        key = key_of(Part.MTP, ComponentKind.COMPUTE, memory)
        yield Component(key, buffer.formula, exact=buffer.exact, band=buffer.band)
    output = key_of(Part.MTP, ComponentKind.OUTPUT, HOST)
    yield Component(output, constant(output_bytes(shape, own)))


def adapter_components(
    model: Model, shape: Shape, placement: Placement, key_of: KeyOf
) -> Iterator[Component]:
    """Adapters: each tensor lies where the tensor lies that it changes.

    Control vectors are added up when they are read, to one row for each layer but the first.

    Raises:
        UnsupportedRequestError: llama.cpp refuses an adapter; the message is its reason.
    """
    totals: dict[int, int] = defaultdict(int)
    vectors = [p for p in parts_of(model, Part.ADAPTER) if is_control_vector(p.header)]
    if vectors:
        _refuse_other_directions(vectors, shape)
        width = shape.embedding_length
        row = Tensor("direction", (width,), "F32", _DIRECTION_BYTES * width, 0)
        for layer in shape.trunk[1:]:
            memory = placement.of_layer(layer.index)
            totals[memory] += bytes_in(row, placement, memory)
    for part in parts_of(model, Part.ADAPTER):
        if is_control_vector(part.header):
            continue
        if part.architecture != shape.name:
            raise UnsupportedRequestError("model arch and LoRA arch mismatch")
        for tensor in part.header.tensors:
            if tensor.name.endswith(_SKIPPED_ENDING):
                continue
            base = tensor.name
            for ending in _ADAPTER_ENDINGS:
                base = base.removesuffix(ending)
            if base == tensor.name:
                raise UnsupportedRequestError(f"LoRA tensor '{base}' has unexpected suffix")
            if base not in shape.tensors:
                raise UnsupportedRequestError(
                    f"LoRA tensor '{base}' does not exist in base model"
                    " (hint: maybe wrong base model?)"
                )
            memory = _memory_of_base(model, shape, placement, base)
            totals[memory] += bytes_in(tensor, placement, memory)
    for memory, size_bytes in totals.items():
        yield Component(key_of(Part.ADAPTER, ComponentKind.WEIGHTS, memory), constant(size_bytes))


def _refuse_other_directions(vectors: Iterable[PartFile], shape: Shape) -> None:
    """Refuse control vectors that were made for a model of another width."""
    for part in vectors:
        for tensor in part.header.tensors:
            if tensor.dimensions != (shape.embedding_length,):
                raise UnsupportedRequestError("control vector n_embd does not match model")


def _memory_of_base(model: Model, shape: Shape, placement: Placement, name: str) -> int:
    words = name.split(".")
    layer = int(words[1]) if words[0] == "blk" and words[1].isdecimal() else shape.block_count
    return memory_of(model, placement, name, min(layer, shape.block_count), output=False)
