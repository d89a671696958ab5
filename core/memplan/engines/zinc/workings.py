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
    cached_element_bytes,
    cached_layer_count,
    metal_row_bytes,
    planned_profile,
)
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    AUTO_CONTEXT_PERCENT,
    AUTO_CONTEXT_STEP_TOKENS,
    attending_layer_count,
    conv_channels,
)
from memplan.engines.zinc.options import Accounting
from memplan.memory.component import ComponentKind
from memplan.planner import Plan
from memplan.request import Backend
from memplan.wording.help.file_weights import file_weights
from memplan.wording.help.topics import HelpTopic

_F32_BYTES = 4


COMPONENT_TOPICS: Final[Mapping[ComponentKind, HelpTopic]] = {
    ComponentKind.WEIGHTS: HelpTopic.ZINC_WEIGHTS,
    ComponentKind.KV_CACHE: HelpTopic.ZINC_KV_CACHE,
    ComponentKind.RECURRENT_STATE: HelpTopic.ZINC_STATE,
    ComponentKind.COMPUTE: HelpTopic.ZINC_COMPUTE,
    ComponentKind.STAGING: HelpTopic.ZINC_STAGING,
    ComponentKind.PAGE_TABLE: HelpTopic.ZINC_PAGE_TABLE,
}


def component(plan: Plan, kind: ComponentKind) -> Expression | None:
    """Bytes of a component; compute and staging buffers have no short formula."""
    match kind:
        case ComponentKind.WEIGHTS:
            return file_weights(plan)
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
        HelpTopic.ZINC_AUTOMATIC: automatic(plan),
        HelpTopic.ZINC_LARGEST: largest(plan),
        HelpTopic.FLOOR: floor(plan),
        HelpTopic.CEILING: ceiling(plan),
    }


def of_bytes(plan: Plan) -> Mapping[StrEnum, Expression]:
    """Numbers of bytes, by the topics that they are about."""
    return {HelpTopic.ZINC_SHARE: auto_share(plan)}


def kv_cache(plan: Plan) -> Expression:
    """Bytes of the KV cache at the plan's context."""
    model, request = plan.model, plan.request
    tokens = Number(plan.at.context_tokens, Quantity.TOKENS)
    sides = Number(2, Quantity.SIDES)
    if request.backend is Backend.METAL and request.zinc.accounting is Accounting.ALLOCATION:
        return calculation(
            Operator.PRODUCT,
            tokens,
            Number(attending_layer_count(config_of(model)), Quantity.LAYERS),
            sides,
            Number(metal_row_bytes(model), Quantity.ROW_BYTES),
        )
    return calculation(
        Operator.PRODUCT,
        Number(cached_layer_count(model, request), Quantity.LAYERS),
        sides,
        Number(config_of(model).n_kv_heads, Quantity.KV_HEADS),
        Number(config_of(model).head_dim, Quantity.HEAD_LENGTH),
        tokens,
        Number(cached_element_bytes(request), Quantity.ELEMENT_BYTES),
    )


def recurrent_state(plan: Plan) -> Expression:
    """Bytes of the recurrent state."""
    config = config_of(plan.model)
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
    profile = planned_profile(plan.model, plan.request)
    share = Number(plan.auto_share_bytes, Quantity.AUTO_SHARE)
    fitting = _longest(
        plan, share, profile.fixed_device_local_bytes, profile.device_local_bytes_per_token
    )
    step = Number(AUTO_CONTEXT_STEP_TOKENS, Quantity.STEP_TOKENS)
    rounded = calculation(Operator.ROUND_DOWN, fitting, step)
    return calculation(Operator.LARGEST, rounded, floor(plan))


def largest(plan: Plan) -> Expression:
    """The longest context that the budget holds, in tokens."""
    profile = planned_profile(plan.model, plan.request)
    fixed, per_token = profile.fixed_device_local_bytes, profile.device_local_bytes_per_token
    if plan.request.backend is Backend.METAL:
        fixed += profile.fixed_host_visible_bytes
        per_token += profile.host_visible_bytes_per_token
    return _longest(plan, Number(plan.request.budget_bytes, Quantity.BUDGET), fixed, per_token)


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


def _longest(plan: Plan, budget: Number, fixed_bytes: int, bytes_per_token: int) -> Expression:
    weights = Number(plan.model.weights_bytes, Quantity.WEIGHTS)
    fixed = Number(fixed_bytes, Quantity.FIXED_BYTES)
    if budget.value <= weights.value + fixed.value or plan.markers.ceiling_tokens == 0:
        return Number(0, Quantity.NOTHING)
    if bytes_per_token == 0:
        return _ceiling(plan)
    spare = calculation(Operator.DIFFERENCE, budget, weights, fixed)
    price = Number(bytes_per_token, Quantity.TOKEN_BYTES)
    tokens = calculation(Operator.QUOTIENT, spare, price)
    return calculation(Operator.LEAST, tokens, _ceiling(plan))


def _ceiling(plan: Plan) -> Number:
    return Number(plan.markers.ceiling_tokens, Quantity.CEILING)
