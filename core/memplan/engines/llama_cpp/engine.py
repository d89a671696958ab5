"""The engine llama.cpp: the parts of its memory, and the context with which it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from memplan.engines.llama_cpp.architectures import Role
from memplan.engines.llama_cpp.backends import source_of, version_of
from memplan.engines.llama_cpp.beside import NOTHING_BESIDE, Beside
from memplan.engines.llama_cpp.completeness import incomplete_layer
from memplan.engines.llama_cpp.graph.buffers import compute_buffers
from memplan.engines.llama_cpp.graph.footprint import GraphRequest
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
from memplan.engines.llama_cpp.parts.images import image_growth
from memplan.engines.llama_cpp.parts.server_memory import server_growth
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.recurrent_state import state_bytes
from memplan.engines.llama_cpp.request_start import (
    asked_placement,
    described,
    draft_placement,
    moves_layers,
    pools_in_use,
    start_of,
)
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.sizing import (
    FIT_FLOOR_TOKENS,
    Demand,
    demand_of,
    placed_sizing,
    size_context,
    size_over_devices,
)
from memplan.engines.llama_cpp.start import LlamaCppStart
from memplan.engines.llama_cpp.unmeasured import with_bands
from memplan.engines.llama_cpp.weights import largest_tensor, weight_bytes
from memplan.estimate import (
    Allocation,
    Estimate,
    Growth,
    GrowthKind,
    LimitedBy,
    Sizing,
    UnsupportedRequestError,
)
from memplan.language import DeferredText, tr
from memplan.memory.component import (
    Component,
    ComponentKey,
    ComponentKind,
    Part,
    Place,
    constant,
)
from memplan.model import Model, Notice, NoticeKind
from memplan.model.parts import draft_of
from memplan.request import Backend, Request
from memplan.units import MIB, format_bytes, format_tokens
from memplan.unsigned import I64_MAX

_FOOTPRINTS_KEPT: Final = 32


class PoolIds(NamedTuple):
    """Memories of a machine: of the devices in use, and of the host.

    Attributes:
        devices: ids of the devices' memories.
        host: id of the host's; the same where they share it.
        draft: where the layers of a draft model are; ``None`` without one.
    """

    devices: tuple[str, ...]
    host: str
    draft: Placement | None = None


def pool_ids(model: Model, request: Request) -> PoolIds:
    """The memories of the devices in use and of the host."""
    draft = draft_of(model)
    return PoolIds(
        tuple(pool.id for pool in pools_in_use(request)),
        request.machine.host.id,
        draft_placement(draft, request) if draft is not None else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """What a model takes with these options, whatever the budget and the context.

    Attributes:
        shape: the model as llama.cpp sees it.
        settings: the options as used.
        components: the parts of the footprint.
        demand: their sums.
        placement: where the layers are.
        beside: what is loaded beside the model.
    """

    shape: Shape
    settings: Settings
    components: tuple[Component, ...]
    demand: Demand
    placement: Placement
    beside: Beside


def estimate(model: Model, request: Request) -> Estimate:
    """llama.cpp's components and the context with which it starts.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    trained_tokens = model.dimensions.context_tokens
    if not (resolve_shape(model).context_length or request.context_tokens):
        raise UnsupportedRequestError("n_ctx and model->hparams.n_ctx_train cannot both be zero")
    asked = asked_footprint(model, request)
    _refuse_what_no_integer_holds(asked, max(trained_tokens, request.context_tokens or 0))
    found = _found(model, request)
    footprint = footprint_of_request(model, request)
    settings = footprint.settings
    sizing = _sizing(model, request, asked, found, trained_tokens)
    options = request.options_of(LlamaCppOptions)
    pools = pools_in_use(request)
    targets = tuple(mib * MIB for mib in options.targets_mib(len(pools)))
    named = pool_ids(model, request)
    growth = (
        *server_growth(footprint.shape, settings, options, named.host),
        *image_growth(model, options, request.backend, named.devices[0], named.host),
    )
    notices = (
        *_notices(footprint.shape, request, sizing),
        *_growth_notices(footprint, request, sizing.wanted_tokens, growth),
    )
    return Estimate(
        engine_version=version_of((request.backend,)).value,
        components=footprint.components,
        sizing=sizing,
        options=settings.as_options() | options.placing(),
        notices=notices,
        auto_share_bytes=max(sum(pool.budget_bytes or 0 for pool in pools) - sum(targets), 0),
        allocation=footprint.demand.allocation,
        start=described(model, request, settings, found),
        asked_components=asked.components,
        margins={
            pool.id: target + device.state_bytes
            for pool, target, device in zip(pools, targets, asked.demand.devices, strict=True)
            if options.fits_start
        },
        growth=growth,
    )


def _found(model: Model, request: Request) -> LlamaCppStart:
    """The start, with what is loaded beside the model."""
    return start_of(model, request, asked_footprint(model, request).beside)


def _sizing(
    model: Model,
    request: Request,
    asked: Footprint,
    found: LlamaCppStart,
    trained_tokens: int,
) -> Sizing:
    pools = pools_in_use(request)
    if len(pools) > 1:
        automatic = _found(model, replace(request, context_tokens=None)).context_tokens
        return size_over_devices(
            asked.demand,
            request,
            pools,
            asked.settings,
            trained_tokens,
            found=found,
            automatic_tokens=automatic,
        )
    sizing = size_context(
        asked.demand,
        request,
        pools[0],
        asked.settings,
        trained_tokens,
        moves_layers=moves_layers(model, request),
    )
    return placed_sizing(sizing, found) if found.places else sizing


def _refuse_what_no_integer_holds(footprint: Footprint, longest_tokens: int) -> None:
    total_bytes = sum(part.bytes_at(longest_tokens) for part in footprint.components)
    if total_bytes > I64_MAX:
        text = tr("{context} tokens would take more bytes than 64 bits can count")
        raise UnsupportedRequestError(text.format(context=format_tokens(longest_tokens)))


def footprint_of_request(model: Model, request: Request) -> Footprint:
    """The footprint of the placement with which llama.cpp starts, or fails to.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    found = _found(model, request)
    if found.placement is None:
        return asked_footprint(model, request)
    pools = pool_ids(model, request)
    return _footprint(model, request.options_of(LlamaCppOptions), found.placement, pools)


def asked_footprint(model: Model, request: Request) -> Footprint:
    """The footprint if automatic fitting moves nothing.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    placement = asked_placement(model, request)
    return _footprint(
        model, request.options_of(LlamaCppOptions), placement, pool_ids(model, request)
    )


# A budget or a context that is dragged asks for the same footprint at every step.
@lru_cache(maxsize=_FOOTPRINTS_KEPT)
def _footprint(
    model: Model, options: LlamaCppOptions, placement: Placement, pools: PoolIds
) -> Footprint:
    """What a model takes in these memories. Models are told apart by identity."""
    shape = resolve_shape(model)
    asked = settings_with_parts(model, options)
    on_devices = len(placement.layers) - placement.layers.count(HOST)
    settings = replace(asked, gpu_layers=on_devices)
    weights = weight_bytes(model, placement)
    caches = cache_tensors(shape, settings, placement)
    components = tuple(_components(model, shape, asked, placement, pools, weights, caches))
    beside = NOTHING_BESIDE
    if model.parts or options.spec_type is not SpecType.NONE:
        memories = {pool: memory for memory, pool in enumerate(pools.devices)}
        parts = tuple(_beside(model, options, shape, settings, placement, pools))
        beside = Beside(parts, memories)
        # The devices' first, as the model's own are.
        components = tuple(
            sorted((*components, *parts), key=lambda found: found.where is Place.HOST)
        )
    allocation = _allocation(shape, settings, model, placement, caches)
    demand = demand_of(components, pools.devices, settings, allocation)
    return Footprint(shape, settings, components, demand, placement, beside)


def _components(
    model: Model,
    shape: Shape,
    settings: Settings,
    placement: Placement,
    pools: PoolIds,
    weights: Mapping[int, int],
    caches: tuple[CacheTensor, ...],
) -> Iterator[Component]:
    """The parts of the footprint, the devices' first; what is always empty is left out."""
    states = state_bytes(shape, settings, placement)
    version = version_of(placement.devices)
    graph = GraphRequest(model, shape, settings, placement, version)
    compute = with_bands(compute_buffers(graph), placement.devices, shape.name)
    geometry = cache_geometry(shape, settings)
    for memory in placement.memories():
        where = Place.HOST if memory == HOST else Place.DEVICE
        pool = pools.host if memory == HOST else pools.devices[memory]

        def key(kind: ComponentKind, where: Place = where, pool: str = pool) -> ComponentKey:
            return ComponentKey(Part.MODEL, kind, pool, where)

        if weights[memory]:
            yield Component(
                key(ComponentKind.WEIGHTS), constant(weights[memory]), mapped=memory == HOST
            )
        held = tuple(tensor for tensor in caches if tensor.memory == memory)
        if held:
            breaks = cache_breaks(held, geometry)
            yield Component(key(ComponentKind.KV_CACHE), cache_formula(held, geometry), breaks)
        if states[memory]:
            yield Component(key(ComponentKind.RECURRENT_STATE), constant(states[memory]))
        buffer = compute[memory]
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
) -> Iterator[Component]:
    """What is loaded beside the model's own layers."""
    backend = placement.devices[0]

    def key_of(part: Part, kind: ComponentKind, memory: int) -> ComponentKey:
        if memory == HOST:
            return ComponentKey(part, kind, pools.host, Place.HOST)
        return ComponentKey(part, kind, pools.devices[memory], Place.DEVICE)

    draft = draft_of(model)
    if draft is not None and pools.draft is not None:
        own = _footprint(draft, draft_options(options), pools.draft, pools._replace(draft=None))
        for component in own.components:
            yield replace(component, key=replace(component.key, part=Part.DRAFT))
    if options.spec_type is SpecType.DRAFT_MTP and draft is None:
        yield from next_token_components(model, options, shape, settings, placement, key_of)
    yield from adapter_components(model, shape, placement, key_of)
    yield from projector_components(model, options, backend, key_of)


def _allocation(
    shape: Shape,
    settings: Settings,
    model: Model,
    placement: Placement,
    caches: tuple[CacheTensor, ...],
) -> Allocation:
    held = tuple(tensor for tensor in caches if tensor.memory != HOST)
    found = (largest_tensor(model, placement, n) for n in range(len(placement.devices)))
    largest = max(filter(None, found), key=lambda tensor: tensor.bytes, default=None)
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
    if source_of(request.backend) is Backend.CUDA:
        yield Notice(NoticeKind.DRIVER_LEFT_OUT)
    if not request.context_tokens and _fit_overshoots(sizing):
        yield Notice(NoticeKind.FIT_OVERSHOOTS, DeferredText(format_tokens, (sizing.auto_tokens,)))


def _growth_notices(
    footprint: Footprint, request: Request, context: int, growth: tuple[Growth, ...]
) -> Iterator[Notice]:
    """A warning where all checkpoints together are more than the host has left."""
    host = request.machine.host
    if host.limit_bytes is None:
        return
    taken_bytes = sum(c.bytes_at(context) for c in footprint.components if c.pool == host.id)
    for grown in growth:
        most_bytes = grown.most(context)
        if grown.kind is GrowthKind.CHECKPOINTS and taken_bytes + most_bytes > host.limit_bytes:
            yield Notice(
                NoticeKind.CHECKPOINTS_OVER_HOST, DeferredText(format_bytes, (most_bytes,))
            )


def _fit_overshoots(sizing: Sizing) -> bool:
    """Whether automatic fitting picks a context that does not fit where a shorter one would."""
    refused = sizing.granted_tokens == 0 and sizing.limited_by is LimitedBy.BUDGET
    return refused and sizing.auto_tokens > sizing.max_tokens >= FIT_FLOOR_TOKENS
