"""How each number of ZINC's plan comes about for one model: the plan's own factors."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.calculation import Expression, Number, Operator, Quantity, calculation
from memplan.engines.zinc.config import config_of
from memplan.engines.zinc.engine import (
    METAL_CONTEXT_CAP_TOKENS,
    PAGE_ENTRY_BYTES,
    VULKAN_PAGE_TOKENS,
    metal_row_bytes,
)
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    AUTO_CONTEXT_PERCENT,
    AUTO_CONTEXT_STEP_TOKENS,
    KV_BLOCK_ELEMENTS,
    attending_layer_count,
    conv_channels,
)
from memplan.engines.zinc.options import Accounting
from memplan.engines.zinc.setup import setup_of
from memplan.engines.zinc.start import start_of
from memplan.engines.zinc.topics import ZincTopic
from memplan.estimate import GrowthKind
from memplan.exhaustive import exhaustive
from memplan.memory.component import ComponentKind
from memplan.planning.planner import Plan
from memplan.request import Backend
from memplan.wording.help.file_weights import file_weights
from memplan.wording.help.topics import HelpTopic

_F32_BYTES = 4


GROWTH_TOPICS: Final[Mapping[GrowthKind, ZincTopic | None]] = exhaustive(
    GrowthKind,
    {
        GrowthKind.CHECKPOINTS: None,
        GrowthKind.TURN_CHECKPOINT: ZincTopic.CHECKPOINT,
        GrowthKind.PROMPT_CACHE: None,
        GrowthKind.IMAGES: None,
    },
)
COMPONENT_TOPICS: Final[Mapping[ComponentKind, ZincTopic]] = {
    ComponentKind.WEIGHTS: ZincTopic.WEIGHTS,
    ComponentKind.KV_CACHE: ZincTopic.KV_CACHE,
    ComponentKind.RECURRENT_STATE: ZincTopic.STATE,
    ComponentKind.COMPUTE: ZincTopic.COMPUTE,
    ComponentKind.STAGING: ZincTopic.STAGING,
    ComponentKind.PAGE_TABLE: ZincTopic.PAGE_TABLE,
}


def component(plan: Plan, kind: ComponentKind) -> Expression | None:
    """Bytes of a component; compute and staging buffers have no short formula."""
    match kind:
        case ComponentKind.WEIGHTS:
            return weights(plan)
        case ComponentKind.KV_CACHE:
            return kv_cache(plan)
        case ComponentKind.RECURRENT_STATE:
            return recurrent_state(plan)
        case ComponentKind.PAGE_TABLE:
            return page_table(plan)
        case _:
            return None


def of_tokens(plan: Plan) -> Mapping[StrEnum, Expression]:
    """Numbers of tokens, by the topics that they are about."""
    return {
        ZincTopic.AUTOMATIC: automatic(plan),
        ZincTopic.LARGEST: largest(plan),
        HelpTopic.FLOOR: floor(plan),
        HelpTopic.CEILING: ceiling(plan),
    }


def of_bytes(plan: Plan) -> Mapping[StrEnum, Expression]:
    """Numbers of bytes, by the topics that they are about."""
    return {ZincTopic.SHARE: auto_share(plan)}


def weights(plan: Plan) -> Expression:
    """Bytes of the tensors that are uploaded."""
    left_out_bytes = plan.model.weights_bytes - setup_of(plan.model, plan.request).weights_bytes
    if not left_out_bytes:
        return file_weights(plan)
    left_out = Number(left_out_bytes, Quantity.NEXTN_WEIGHTS)
    return calculation(Operator.DIFFERENCE, file_weights(plan), left_out)


def kv_cache(plan: Plan) -> Expression:
    """Bytes of the KV cache at the plan's context."""
    request, setup = plan.request, setup_of(plan.model, plan.request)
    tokens = Number(plan.at.context_tokens, Quantity.TOKENS)
    sides = Number(2, Quantity.SIDES)
    if request.backend is Backend.METAL and request.zinc.accounting is Accounting.ALLOCATION:
        return calculation(
            Operator.PRODUCT,
            tokens,
            Number(attending_layer_count(setup.config), Quantity.LAYERS),
            sides,
            Number(metal_row_bytes(plan.model), Quantity.ROW_BYTES),
        )
    layers = Number(setup.cached_layers, Quantity.LAYERS)
    heads, head_length = setup.config.n_kv_heads, setup.config.head_dim
    element_bytes, rest = divmod(setup.kv_block_bytes, KV_BLOCK_ELEMENTS)
    if rest:
        row_bytes = heads * head_length * setup.kv_block_bytes // KV_BLOCK_ELEMENTS
        row = Number(row_bytes, Quantity.ROW_BYTES)
        return calculation(Operator.PRODUCT, layers, sides, row, tokens)
    return calculation(
        Operator.PRODUCT,
        layers,
        sides,
        Number(heads, Quantity.KV_HEADS),
        Number(head_length, Quantity.HEAD_LENGTH),
        tokens,
        Number(element_bytes, Quantity.ELEMENT_BYTES),
    )


def recurrent_state(plan: Plan) -> Expression:
    """Bytes of the recurrent state."""
    config = setup_of(plan.model, plan.request).config
    head_length = config.ssm_d_inner // config.ssm_dt_rank
    rolling = (config.ssm_d_conv - 1) * conv_channels(config)
    return calculation(
        Operator.PRODUCT,
        Number(config.n_layers, Quantity.LAYERS),
        Number(rolling + config.ssm_dt_rank * head_length**2, Quantity.STATE_ELEMENTS),
        Number(_F32_BYTES, Quantity.ELEMENT_BYTES),
    )


def page_table(plan: Plan) -> Expression:
    """Bytes of the page table at the plan's context."""
    tokens = Number(plan.at.context_tokens, Quantity.TOKENS)
    entry = Number(PAGE_ENTRY_BYTES, Quantity.ENTRY_BYTES)
    allocated = plan.request.zinc.accounting is Accounting.ALLOCATION
    if not allocated or plan.request.backend is not Backend.VULKAN:
        return calculation(Operator.PRODUCT, tokens, entry)
    page = Number(VULKAN_PAGE_TOKENS, Quantity.PAGE_TOKENS)
    pages = calculation(Operator.QUOTIENT, calculation(Operator.ROUND_UP, tokens, page), page)
    return calculation(Operator.PRODUCT, pages, entry)


def auto_share(plan: Plan) -> Expression:
    """Bytes that automatic sizing uses."""
    budget = Number(plan.request.budget_bytes, Quantity.BUDGET)
    percent = Number(AUTO_CONTEXT_PERCENT, Quantity.PERCENT)
    product = calculation(Operator.PRODUCT, budget, percent)
    return calculation(Operator.QUOTIENT, product, Number(100, Quantity.HUNDRED))


def automatic(plan: Plan) -> Expression:
    """The context that is picked where none is asked for, in tokens."""
    profile = start_of(plan.model, plan.request).profile
    share = Number(plan.auto_share_bytes, Quantity.AUTO_SHARE)
    fixed = Number(profile.fixed_device_local_bytes, Quantity.FIXED_BYTES)
    fitting = _longest(plan, share, (fixed,), profile.device_local_bytes_per_token)
    step = Number(AUTO_CONTEXT_STEP_TOKENS, Quantity.STEP_TOKENS)
    rounded = calculation(Operator.ROUND_DOWN, fitting, step)
    return calculation(Operator.LARGEST, rounded, floor(plan))


def largest(plan: Plan) -> Expression:
    """The longest context that the budget holds, in tokens."""
    start = start_of(plan.model, plan.request)
    profile = start.profile
    fixed_bytes, per_token = profile.fixed_device_local_bytes, profile.device_local_bytes_per_token
    if plan.request.backend is Backend.METAL:
        fixed_bytes += profile.fixed_host_visible_bytes
        per_token += profile.host_visible_bytes_per_token
    held = [Number(fixed_bytes, Quantity.FIXED_BYTES)]
    reserved_bytes = start.held_bytes - start.setup.weights_bytes
    if reserved_bytes:
        held.append(Number(reserved_bytes, Quantity.RESERVED))
    budget = Number(plan.request.budget_bytes, Quantity.BUDGET)
    return _longest(plan, budget, tuple(held), per_token)


def floor(plan: Plan) -> Expression:
    """The least that automatic sizing picks, in tokens."""
    least = Number(AUTO_CONTEXT_FLOOR_TOKENS, Quantity.FLOOR)
    return calculation(Operator.LEAST, least, _ceiling(plan))


def ceiling(plan: Plan) -> Expression:
    """The longest context that model and backend allow, in tokens."""
    declared = Number(config_of(plan.model).context_length, Quantity.DECLARED)
    if plan.request.backend is not Backend.METAL:
        return declared
    cap = Number(METAL_CONTEXT_CAP_TOKENS, Quantity.BACKEND_CAP)
    return calculation(Operator.LEAST, declared, cap)


def _longest(
    plan: Plan, budget: Number, held: tuple[Number, ...], bytes_per_token: int
) -> Expression:
    weights_bytes = setup_of(plan.model, plan.request).weights_bytes
    taken = (Number(weights_bytes, Quantity.WEIGHTS), *held)
    if budget.value <= sum(each.value for each in taken) or plan.markers.ceiling_tokens == 0:
        return Number(0, Quantity.NOTHING)
    if bytes_per_token == 0:
        return _ceiling(plan)
    spare = calculation(Operator.DIFFERENCE, budget, *taken)
    price = Number(bytes_per_token, Quantity.TOKEN_BYTES)
    tokens = calculation(Operator.QUOTIENT, spare, price)
    return calculation(Operator.LEAST, tokens, _ceiling(plan))


def _ceiling(plan: Plan) -> Number:
    return Number(plan.markers.ceiling_tokens, Quantity.CEILING)
