"""The engine llama.cpp: the parts of its memory, and the context with which it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from memplan.engines.llama_cpp.architectures import Role
from memplan.engines.llama_cpp.compute import compute_buffers, incomplete_layer
from memplan.engines.llama_cpp.kv_cache import (
    CacheTensor,
    cache_breaks,
    cache_formula,
    cache_geometry,
    cache_tensors,
    largest_tensor_formula,
)
from memplan.engines.llama_cpp.options import LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.output import output_bytes
from memplan.engines.llama_cpp.parts.components import (
    adapter_components,
    draft_options,
    next_token_components,
    projector_components,
    settings_with_parts,
)
from memplan.engines.llama_cpp.parts.server_memory import server_growth
from memplan.engines.llama_cpp.placement import HOST, Placement, place_layers
from memplan.engines.llama_cpp.recurrent_state import state_bytes
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape, resolve_shape
from memplan.engines.llama_cpp.sizing import FIT_FLOOR_TOKENS, Demand, demand_of, size_context
from memplan.engines.llama_cpp.weights import LoadedTensor, largest_tensor, weight_bytes
from memplan.estimate import Allocation, Estimate, LimitedBy, Sizing, UnsupportedRequestError
from memplan.exhaustive import exhaustive
from memplan.language import DeferredText, tr
from memplan.memory.component import (
    Component,
    ComponentKey,
    ComponentKind,
    Part,
    Place,
    constant,
)
from memplan.memory.machine import Machine
from memplan.model import Model, Notice, NoticeKind
from memplan.model_parts import parts_of
from memplan.request import Backend, Request
from memplan.units import format_tokens
from memplan.unsigned import I64_MAX

VERSIONS: Final = exhaustive(
    Backend,
    {
        Backend.VULKAN: "b11434",
        Backend.METAL: "b11434",
        Backend.CUDA: "v0.5.0",
    },
)
"""The version whose figures each backend's formulas were held against."""


_FOOTPRINTS_KEPT: Final = 32
_DEVICE: Final = 0


class PoolIds(NamedTuple):
    """The memories of a machine that llama.cpp uses, by id."""

    device: str
    host: str


def pool_ids(machine: Machine) -> PoolIds:
    """The first device's memory and the host's: one and the same where they share it."""
    return PoolIds(machine.devices[0].id, machine.host.id)


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """What a model takes with these options, whatever the budget and the context.

    Attributes:
        shape: the model as llama.cpp sees it.
        settings: the options as used.
        components: the parts of the footprint.
        demand: their sums.
    """

    shape: Shape
    settings: Settings
    components: tuple[Component, ...]
    demand: Demand


def estimate(model: Model, request: Request) -> Estimate:
    """llama.cpp's components and the context with which it starts.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    trained_tokens = model.dimensions.context_tokens
    if not (trained_tokens or request.context_tokens):
        raise UnsupportedRequestError("n_ctx and model->hparams.n_ctx_train cannot both be zero")
    footprint = footprint_of(model, request.llama_cpp, request.backend, pool_ids(request.machine))
    settings = footprint.settings
    _refuse_what_no_integer_holds(footprint, max(trained_tokens, request.context_tokens or 0))
    sizing = size_context(footprint.demand, request, settings, trained_tokens)
    return Estimate(
        engine_version=VERSIONS[request.backend],
        components=footprint.components,
        sizing=sizing,
        options=settings.as_options(),
        notices=tuple(_notices(footprint.shape, request, sizing)),
        auto_share_bytes=max(request.budget_bytes - settings.fit_target_bytes, 0),
        allocation=footprint.demand.allocation,
        growth=tuple(
            server_growth(
                footprint.shape, settings, request.llama_cpp, pool_ids(request.machine).host
            )
        ),
    )


def _refuse_what_no_integer_holds(footprint: Footprint, longest_tokens: int) -> None:
    total_bytes = sum(part.bytes_at(longest_tokens) for part in footprint.components)
    if total_bytes > I64_MAX:
        text = tr("{context} tokens would take more bytes than 64 bits can count")
        raise UnsupportedRequestError(text.format(context=format_tokens(longest_tokens)))


# A budget or a context that is dragged asks for the same footprint at every step.
@lru_cache(maxsize=_FOOTPRINTS_KEPT)
def footprint_of(
    model: Model, options: LlamaCppOptions, backend: Backend, pools: PoolIds
) -> Footprint:
    """What a model takes in these memories. Models are told apart by identity.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    shape = resolve_shape(model)
    settings = settings_with_parts(model, options, shape, resolve_settings(options, shape))
    placement = place_layers(shape, settings, backend)
    weights = weight_bytes(model, placement)
    caches = cache_tensors(shape, settings, placement)
    components = tuple(_components(shape, settings, placement, backend, pools, weights, caches))
    if model.parts or options.spec_type is not SpecType.NONE:
        beside = _beside(model, options, shape, settings, placement, pools, components)
        # The device's first, as the model's own are.
        components = tuple(
            sorted((*components, *beside), key=lambda found: found.where is Place.HOST)
        )
    allocation = _allocation(shape, settings, largest_tensor(model, placement, _DEVICE), caches)
    return Footprint(
        shape, settings, components, demand_of(components, pools.device, settings, allocation)
    )


def _components(
    shape: Shape,
    settings: Settings,
    placement: Placement,
    backend: Backend,
    pools: PoolIds,
    weights: Mapping[int, int],
    caches: tuple[CacheTensor, ...],
) -> Iterator[Component]:
    """The parts of the footprint, the device's first; what is always empty is left out."""
    states = state_bytes(shape, settings, placement)
    compute = {buffer.where: buffer for buffer in compute_buffers(shape, settings, backend)}
    geometry = cache_geometry(shape, settings)
    for memory, where, pool in (
        (_DEVICE, Place.DEVICE, pools.device),
        (HOST, Place.HOST, pools.host),
    ):

        def key(kind: ComponentKind, where: Place = where, pool: str = pool) -> ComponentKey:
            return ComponentKey(Part.MODEL, kind, pool, where)

        if weights[memory]:
            yield Component(key(ComponentKind.WEIGHTS), constant(weights[memory]))
        held = tuple(tensor for tensor in caches if tensor.memory == memory)
        if held:
            breaks = cache_breaks(held, geometry)
            yield Component(key(ComponentKind.KV_CACHE), cache_formula(held, geometry), breaks)
        if states[memory]:
            yield Component(key(ComponentKind.RECURRENT_STATE), constant(states[memory]))
        buffer = compute[where]
        yield Component(
            key(ComponentKind.COMPUTE), buffer.formula, exact=buffer.exact, band=buffer.band
        )
    output = ComponentKey(Part.MODEL, ComponentKind.OUTPUT, pools.host, Place.HOST)
    yield Component(output, constant(output_bytes(shape, settings)))


def _beside(
    model: Model,
    options: LlamaCppOptions,
    shape: Shape,
    settings: Settings,
    placement: Placement,
    pools: PoolIds,
    components: tuple[Component, ...],
) -> Iterator[Component]:
    """What is loaded beside the model's own layers."""
    backend = placement.devices[0]

    def key_of(part: Part, kind: ComponentKind, memory: int) -> ComponentKey:
        if memory == HOST:
            return ComponentKey(part, kind, pools.host, Place.HOST)
        return ComponentKey(part, kind, pools.device, Place.DEVICE)

    drafts = parts_of(model, Part.DRAFT)
    for draft in drafts:
        if draft.model is not None:
            own = footprint_of(draft.model, draft_options(options), backend, pools)
            for component in own.components:
                yield replace(component, key=replace(component.key, part=Part.DRAFT))
    if options.spec_type is SpecType.DRAFT_MTP and not drafts:
        compute = tuple(c for c in components if c.kind is ComponentKind.COMPUTE)
        yield from next_token_components(
            model, options, shape, settings, placement, compute, key_of
        )
    yield from adapter_components(model, shape, placement, key_of)
    yield from projector_components(model, options, backend, key_of)


def _allocation(
    shape: Shape,
    settings: Settings,
    largest: LoadedTensor | None,
    caches: tuple[CacheTensor, ...],
) -> Allocation:
    held = tuple(tensor for tensor in caches if tensor.memory == _DEVICE)
    return Allocation(
        largest_tensor_formula(held, cache_geometry(shape, settings)),
        largest.bytes if largest else 0,
        largest.name if largest else "",
        settings.max_allocation_bytes,
    )


def _notices(shape: Shape, request: Request, sizing: Sizing) -> Iterator[Notice]:
    if not shape.known:
        yield Notice(NoticeKind.ARCHITECTURE_NOT_KNOWN, shape.name)
    elif shape.architecture.role is Role.NOT_LOADABLE:
        yield Notice(NoticeKind.ARCHITECTURE_NOT_RUN, shape.name)
    elif shape.architecture.role is Role.DRAFT:
        yield Notice(NoticeKind.DRAFT_MODEL, shape.name)
    incomplete = incomplete_layer(shape)
    if incomplete:
        yield Notice(NoticeKind.LAYER_INCOMPLETE, incomplete)
    nextn_count = shape.block_count - shape.trunk_count
    if nextn_count and request.llama_cpp.spec_type is SpecType.NONE:
        yield Notice(NoticeKind.NEXTN_NOT_LOADED, str(nextn_count))
    if request.backend is Backend.METAL:
        yield Notice(NoticeKind.COMPUTE_NOT_MEASURED, "Metal")
    if request.backend is Backend.CUDA:
        yield Notice(NoticeKind.DRIVER_LEFT_OUT)
    if not request.context_tokens and _fit_overshoots(sizing):
        yield Notice(NoticeKind.FIT_OVERSHOOTS, DeferredText(format_tokens, (sizing.auto_tokens,)))


def _fit_overshoots(sizing: Sizing) -> bool:
    """Whether automatic fitting picks a context that does not fit where a shorter one would."""
    refused = sizing.granted_tokens == 0 and sizing.limited_by is LimitedBy.BUDGET
    return refused and sizing.auto_tokens > sizing.max_tokens >= FIT_FLOOR_TOKENS
