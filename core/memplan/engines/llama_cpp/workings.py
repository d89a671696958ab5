"""How each number of llama.cpp's plan comes about for one model: the plan's own factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from memplan.calculation import Expression, Number, Operator, Quantity, calculation
from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE, CacheGeometry
from memplan.engines.llama_cpp.engine import Footprint, footprint_of_request
from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.engines.llama_cpp.kv_cache import (
    CacheTensor,
    Side,
    cache_geometry,
    cache_tensors,
    cells_of,
)
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.output import output_width
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.recurrent_state import state_elements
from memplan.engines.llama_cpp.request_start import pools_in_use
from memplan.engines.llama_cpp.settings import Settings, cache_tensor_type
from memplan.engines.llama_cpp.shape import Layer
from memplan.engines.llama_cpp.weights import loaded_tensors
from memplan.estimate import GrowthKind
from memplan.exhaustive import exhaustive
from memplan.memory.component import ComponentKind, Part, Place
from memplan.planning.planner import Plan
from memplan.units import MIB
from memplan.unsigned import U32_MAX
from memplan.wording.help.topics import HelpTopic

_F32_BYTES = 4
_MEMORIES = exhaustive(Place, {Place.DEVICE: 0, Place.HOST: HOST})
_ROWS = {Side.KEY: Quantity.KEY_ROW_BYTES, Side.VALUE: Quantity.VALUE_ROW_BYTES}


PART_TOPICS: Final[Mapping[Part, LlamaCppTopic | None]] = exhaustive(
    Part,
    {
        Part.MODEL: None,
        Part.DRAFT: LlamaCppTopic.DRAFTING,
        Part.MTP: LlamaCppTopic.DRAFTING,
        Part.PROJECTOR: LlamaCppTopic.PROJECTOR,
        Part.ADAPTER: LlamaCppTopic.ADAPTERS,
    },
)
GROWTH_TOPICS: Final[Mapping[GrowthKind, LlamaCppTopic | None]] = exhaustive(
    GrowthKind,
    {
        GrowthKind.CHECKPOINTS: LlamaCppTopic.CHECKPOINTS,
        GrowthKind.TURN_CHECKPOINT: None,
        GrowthKind.PROMPT_CACHE: LlamaCppTopic.PROMPT_CACHE,
        GrowthKind.IMAGES: LlamaCppTopic.PROJECTOR,
    },
)
COMPONENT_TOPICS: Final[Mapping[tuple[ComponentKind, Place], LlamaCppTopic]] = {
    (ComponentKind.WEIGHTS, Place.DEVICE): LlamaCppTopic.WEIGHTS_DEVICE,
    (ComponentKind.WEIGHTS, Place.HOST): LlamaCppTopic.WEIGHTS_HOST,
    (ComponentKind.KV_CACHE, Place.DEVICE): LlamaCppTopic.KV_CACHE,
    (ComponentKind.KV_CACHE, Place.HOST): LlamaCppTopic.KV_CACHE,
    (ComponentKind.RECURRENT_STATE, Place.DEVICE): LlamaCppTopic.STATE,
    (ComponentKind.RECURRENT_STATE, Place.HOST): LlamaCppTopic.STATE,
    (ComponentKind.COMPUTE, Place.DEVICE): LlamaCppTopic.COMPUTE_DEVICE,
    (ComponentKind.COMPUTE, Place.HOST): LlamaCppTopic.COMPUTE_HOST,
    (ComponentKind.OUTPUT, Place.HOST): LlamaCppTopic.OUTPUT,
}


def component(plan: Plan, kind: ComponentKind, where: Place) -> Expression | None:
    """Bytes of a component; compute buffers follow from graphs that have no short formula."""
    match kind:
        case ComponentKind.WEIGHTS:
            return weights(plan, where)
        case ComponentKind.KV_CACHE:
            return kv_cache(plan, where)
        case ComponentKind.RECURRENT_STATE:
            return recurrent_state(plan, where)
        case ComponentKind.OUTPUT:
            return output(plan)
        case _:
            return None


def of_tokens(plan: Plan) -> Mapping[StrEnum, Expression]:
    """Numbers of tokens, by the topics that they are about."""
    return {
        LlamaCppTopic.AUTOMATIC: automatic(plan),
        HelpTopic.FLOOR: floor(plan),
        HelpTopic.CEILING: ceiling(plan),
    }


def of_bytes(plan: Plan) -> Mapping[StrEnum, Expression]:
    """Numbers of bytes, by the topics that they are about."""
    return {
        LlamaCppTopic.FIT_TARGET: auto_share(plan),
        HelpTopic.LARGEST_BUFFER: largest_buffer(plan),
    }


def _placement(plan: Plan) -> Placement:
    return _footprint(plan).placement


def weights(plan: Plan, where: Place) -> Expression:
    """Bytes of the weights in one memory, by the tensors' types."""
    placement = _placement(plan)
    types = {tensor.name: tensor.type_name for tensor in plan.model.tensors}
    by_type: dict[str, int] = {}
    for tensor in loaded_tensors(plan.model, placement):
        if tensor.memory == _MEMORIES[where]:
            name = types[tensor.name]
            by_type[name] = by_type.get(name, 0) + tensor.bytes
    return _sum(Number(count, Quantity.BYTES, name) for name, count in by_type.items())


def kv_cache(plan: Plan, where: Place) -> Expression:
    """Bytes of the KV cache in one memory at the plan's context, layers that are alike together."""
    footprint = _footprint(plan)
    shape, settings = footprint.shape, footprint.settings
    geometry = cache_geometry(shape, settings)
    tensors: dict[int, list[CacheTensor]] = {}
    for tensor in cache_tensors(shape, settings, _placement(plan)):
        if tensor.memory == _MEMORIES[where]:
            tensors.setdefault(tensor.layer, []).append(tensor)
    layers = {layer.index: layer for layer in reversed(shape.layers)}
    alike = Counter(
        _layer_cache(footprint.settings, geometry, layers[index], found, plan.at.context_tokens)
        for index, found in tensors.items()
    )
    return _sum(
        calculation(Operator.PRODUCT, Number(count, Quantity.LAYERS), of_layer)
        for of_layer, count in alike.items()
    )


def _layer_cache(
    settings: Settings,
    geometry: CacheGeometry,
    layer: Layer,
    tensors: Sequence[CacheTensor],
    context_tokens: int,
) -> Expression:
    """Bytes of one layer's caches: cells times rows, and padding."""
    rows: dict[int, list[Expression]] = {}
    for tensor in tensors:
        cells = int(cells_of(geometry, tensor.reach, tensor.ratio, context_tokens))
        rows.setdefault(cells, []).append(_row(settings, geometry, layer, tensor))
    parts = [
        calculation(Operator.PRODUCT, Number(cells, Quantity.CELLS), _both(found))
        for cells, found in rows.items()
    ]
    padding = sum(tensor.tail_bytes for tensor in tensors)
    return _sum([*parts, *([Number(padding, Quantity.PADDING_BYTES)] if padding else [])])


def _both(rows: Sequence[Expression]) -> Expression:
    if len(rows) == 2 and rows[0] == rows[1]:
        return calculation(Operator.PRODUCT, Number(2, Quantity.SIDES), rows[0])
    return _sum(rows)


def _row(
    settings: Settings, geometry: CacheGeometry, layer: Layer, tensor: CacheTensor
) -> Expression:
    """Bytes of one cell of a tensor; of keys and values by heads where that is how they are."""
    row = Number(tensor.row_bytes, _ROWS.get(tensor.side, Quantity.OTHER_ROW_BYTES))
    if tensor.side not in _ROWS:
        return row
    is_key = tensor.side is Side.KEY
    cache_type = settings.cache_type_k if is_key else settings.cache_type_v
    tensor_type = cache_tensor_type(cache_type)
    length = layer.key_length if is_key else layer.value_length
    if tensor_type.block_elements > 1 or geometry.streams > 1:
        return row
    heads = Number(layer.head_count_kv, Quantity.KV_HEADS)
    element = Number(tensor_type.block_bytes, Quantity.ELEMENT_BYTES)
    by_heads = (heads, Number(length, Quantity.HEAD_LENGTH), element)
    same = layer.head_count_kv * length * tensor_type.block_bytes == tensor.row_bytes
    return calculation(Operator.PRODUCT, *by_heads) if same else row


def recurrent_state(plan: Plan, where: Place) -> Expression:
    """Bytes of the recurrent states in one memory."""
    footprint = _footprint(plan)
    settings = footprint.settings
    placement, memory = _placement(plan), _MEMORIES[where]
    alignment = placement.padding(memory).alignment_bytes
    alike = Counter(
        (elements, int(padded(elements * _F32_BYTES * settings.sequences, alignment)))
        for layer in footprint.shape.layers
        if placement.of_cache(layer.index) == memory
        for elements in state_elements(footprint.shape, layer)
        if elements
    )
    return _sum(
        _states(settings, count, elements, size_bytes)
        for (elements, size_bytes), count in alike.items()
    )


def _states(settings: Settings, count: int, elements: int, size_bytes: int) -> Expression:
    layers = Number(count, Quantity.LAYERS)
    factors = (
        Number(elements, Quantity.STATE_ELEMENTS),
        Number(_F32_BYTES, Quantity.ELEMENT_BYTES),
        Number(settings.sequences, Quantity.SEQUENCES),
    )
    one = calculation(Operator.PRODUCT, *factors)
    padding = size_bytes - elements * _F32_BYTES * settings.sequences
    if padding:
        one = calculation(Operator.SUM, one, Number(padding, Quantity.PADDING_BYTES))
    return calculation(Operator.PRODUCT, layers, one)


def output(plan: Plan) -> Expression:
    """Bytes of the output buffer."""
    shape, settings = _footprint(plan).shape, _footprint(plan).settings
    return calculation(
        Operator.PRODUCT,
        Number(output_width(shape), Quantity.LOGITS),
        Number(settings.sequences, Quantity.SEQUENCES),
        Number(_F32_BYTES, Quantity.ELEMENT_BYTES),
    )


def auto_share(plan: Plan) -> Expression:
    """Bytes that automatic sizing uses."""
    pools = pools_in_use(plan.request)
    targets = plan.request.options_of(LlamaCppOptions).targets_mib(len(pools))
    margin = calculation(
        Operator.PRODUCT,
        Number(sum(targets), Quantity.MARGIN_MIB),
        Number(MIB, Quantity.MIB_BYTES),
    )
    budget = Number(sum(pool.budget_bytes or 0 for pool in pools), Quantity.BUDGET)
    spare = calculation(Operator.DIFFERENCE, budget, margin)
    return calculation(Operator.LARGEST, spare, Number(0, Quantity.NOTHING))


def automatic(plan: Plan) -> Expression:
    """The context that ``--fit`` picks, in tokens."""
    ceiling = Number(plan.markers.ceiling_tokens, Quantity.CEILING)
    floor = Number(plan.markers.floor_tokens, Quantity.FLOOR)
    if not plan.request.options_of(LlamaCppOptions).fits_start:
        return Number(plan.markers.auto_tokens, Quantity.CEILING)
    most, least = (plan.asked_usage_at(n.value).device_bytes for n in (ceiling, floor))
    target = plan.request.budget_bytes - plan.margin_bytes
    if most <= target or ceiling.value <= floor.value:
        return ceiling
    if target <= least or most <= least:
        return floor
    at_floor = Number(least, Quantity.BYTES_AT_FLOOR)
    share = calculation(
        Operator.QUOTIENT,
        calculation(
            Operator.PRODUCT,
            calculation(Operator.DIFFERENCE, ceiling, floor),
            calculation(Operator.DIFFERENCE, Number(target, Quantity.AUTO_SHARE), at_floor),
        ),
        calculation(Operator.DIFFERENCE, Number(most, Quantity.BYTES_AT_CEILING), at_floor),
    )
    step = Number(CELL_MULTIPLE * _streams(plan), Quantity.STEP_TOKENS)
    tokens = calculation(Operator.SUM, floor, share)
    rounded = calculation(Operator.ROUND_DOWN, tokens, step)
    return calculation(Operator.LARGEST, rounded, floor)


def floor(plan: Plan) -> Expression:
    """The least that automatic sizing picks, in tokens."""
    least = Number(plan.request.options_of(LlamaCppOptions).fit_ctx, Quantity.FLOOR)
    ceiling = Number(plan.markers.ceiling_tokens, Quantity.CEILING)
    return calculation(Operator.LEAST, _for_each_stream(plan, least), ceiling)


def ceiling(plan: Plan) -> Expression:
    """The longest context that the model allows, in tokens."""
    declared = Number(plan.model.dimensions.context_tokens, Quantity.DECLARED)
    allowed = _for_each_stream(plan, declared)
    if declared.value * _streams(plan) <= U32_MAX:
        return allowed
    return calculation(Operator.LEAST, allowed, Number(U32_MAX, Quantity.BACKEND_CAP))


def largest_buffer(plan: Plan) -> Expression:
    """Bytes of the largest tensor on the device at the plan's context."""
    allocation = _footprint(plan).demand.allocation
    cache = int(allocation.kv_cache(plan.at.context_tokens))
    weight = Number(allocation.weights_bytes, Quantity.TENSOR, allocation.weights_tensor)
    return calculation(Operator.LARGEST, weight, Number(cache, Quantity.CACHE_TENSOR))


def _for_each_stream(plan: Plan, tokens: Number) -> Expression:
    """Tokens of all sequences together where each has a cache of its own."""
    streams = _streams(plan)
    if streams == 1:
        return tokens
    return calculation(Operator.PRODUCT, tokens, Number(streams, Quantity.SEQUENCES))


def _streams(plan: Plan) -> int:
    return _footprint(plan).settings.streams


def _footprint(plan: Plan) -> Footprint:
    return footprint_of_request(plan.model, plan.request)


def _sum(parts: Iterable[Expression]) -> Expression:
    found = tuple(parts)
    return calculation(Operator.SUM, *found) if found else Number(0, Quantity.NOTHING)
