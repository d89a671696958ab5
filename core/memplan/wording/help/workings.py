"""The way to a number for the model at hand, written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from memplan.calculation import (
    Calculation,
    Expression,
    Number,
    Operator,
    Quantity,
    calculation,
    value_of,
)
from memplan.engines.registry import ENGINES
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.memory.component import Part
from memplan.planning.planner import Plan
from memplan.units import format_bytes, format_count, format_exact_bytes
from memplan.wording.help.file_weights import file_weights
from memplan.wording.help.lookup import component_topic
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.titles import component_title, place_title


@dataclass(frozen=True, slots=True)
class Working:
    """A number of the plan, and how it comes about.

    Attributes:
        subject: what tells it from others of the same topic; may be empty.
        expression: the calculation.
        in_tokens: whether the result is tokens; else it is bytes.
    """

    subject: str
    expression: Expression
    in_tokens: bool = False


_OfPlan = Callable[[Plan], Expression]


def _counts(plan: Plan) -> Expression:
    parts = [
        Number(share.bytes, Quantity.BYTES, component_title(share.kind, share.part))
        for share in plan.at.shares
        if share.budgeted
    ]
    return calculation(Operator.SUM, *parts)


def _left(plan: Plan) -> Expression:
    needed = Number(plan.at.budgeted_bytes, Quantity.NEEDED)
    budget = Number(plan.request.budget_bytes, Quantity.BUDGET)
    return calculation(Operator.DIFFERENCE, budget, needed)


def _remaining(plan: Plan) -> Expression:
    granted = Number(plan.verdict.granted_tokens, Quantity.GRANTED_CONTEXT)
    used = Number(plan.request.used_context_tokens, Quantity.USED)
    spare = calculation(Operator.DIFFERENCE, granted, used)
    return calculation(Operator.LARGEST, spare, Number(0, Quantity.NOTHING))


def _completion(plan: Plan) -> Expression:
    asked = Number(plan.request.completion_tokens, Quantity.ASKED)
    return calculation(Operator.LEAST, asked, Number(plan.remaining_tokens, Quantity.REMAINING))


def _target(plan: Plan) -> Expression:
    granted = Number(plan.verdict.granted_tokens, Quantity.GRANTED_CONTEXT)
    used = Number(plan.request.used_context_tokens, Quantity.USED)
    completion = Number(plan.completion.completion_tokens, Quantity.COMPLETION)
    return calculation(Operator.LEAST, granted, calculation(Operator.SUM, used, completion))


_BYTES_OF_ANY: Final[Mapping[Topic, _OfPlan]] = {
    HelpTopic.COUNTS: _counts,
    HelpTopic.LEFT: _left,
    HelpTopic.MODEL_WEIGHTS: file_weights,
}
_TOKENS_OF_ANY: Final[Mapping[Topic, _OfPlan]] = {
    HelpTopic.REMAINING: _remaining,
    HelpTopic.COMPLETION: _completion,
    HelpTopic.TARGET: _target,
}


def workings(plan: Plan, topic: Topic) -> Iterator[Working]:
    """How the plan's numbers come about that a topic is about; nothing where there are none."""
    engine = ENGINES[plan.request.engine]
    for share in plan.at.shares:
        if component_topic(engine.name, share.kind, share.where, share.part) is not topic:
            continue
        if share.part is not Part.MODEL:
            continue  # what is beside the model has no short formula
        expression = engine.component_working(plan, share.kind, share.where)
        if expression is not None:
            title = tr("{component} ({place})").format(
                component=component_title(share.kind, share.part), place=place_title(share.where)
            )
            yield Working(title, expression)
    for found, in_tokens in (
        (engine.token_workings(plan), True),
        (engine.byte_workings(plan), False),
    ):
        if topic in found:
            yield Working("", found[topic], in_tokens)
    for table, in_tokens in ((_TOKENS_OF_ANY, True), (_BYTES_OF_ANY, False)):
        if topic in table:
            yield Working("", table[topic](plan), in_tokens)


_QUANTITIES: Final[Mapping[Quantity, str]] = exhaustive(
    Quantity,
    {
        Quantity.TOKENS: marked("tokens of context"),
        Quantity.CELLS: marked("cells"),
        Quantity.LAYERS: marked("layers"),
        Quantity.KV_HEADS: marked("KV heads"),
        Quantity.HEAD_LENGTH: marked("elements a head"),
        Quantity.SIDES: marked("K and V"),
        Quantity.ELEMENT_BYTES: marked("bytes an element"),
        Quantity.ROW_BYTES: marked("bytes a row"),
        Quantity.KEY_ROW_BYTES: marked("bytes of a K row"),
        Quantity.VALUE_ROW_BYTES: marked("bytes of a V row"),
        Quantity.OTHER_ROW_BYTES: marked("bytes of a further row"),
        Quantity.PADDING_BYTES: marked("bytes of padding"),
        Quantity.STATE_ELEMENTS: marked("elements of the state"),
        Quantity.SEQUENCES: marked("sequences"),
        Quantity.LOGITS: marked("elements a row"),
        Quantity.PAGE_TOKENS: marked("tokens a page"),
        Quantity.ENTRY_BYTES: marked("bytes an entry"),
        Quantity.BUDGET: marked("budget"),
        Quantity.PERCENT: marked("percent"),
        Quantity.HUNDRED: "",
        Quantity.AUTO_SHARE: marked("what automatic sizing uses"),
        Quantity.WEIGHTS: marked("weights"),
        Quantity.NEXTN_WEIGHTS: marked("weights of next-token layers"),
        Quantity.FIXED_BYTES: marked("fixed bytes"),
        Quantity.RESERVED: marked("reserved at the start"),
        Quantity.TOKEN_BYTES: marked("bytes per token"),
        Quantity.STEP_TOKENS: "",
        Quantity.FLOOR: marked("floor"),
        Quantity.CEILING: marked("ceiling"),
        Quantity.DECLARED: marked("declared by the model"),
        Quantity.BACKEND_CAP: marked("limit of the backend"),
        Quantity.MARGIN_MIB: marked("MiB left free"),
        Quantity.MIB_BYTES: marked("bytes a MiB"),
        Quantity.BYTES_AT_FLOOR: marked("bytes at the floor"),
        Quantity.BYTES_AT_CEILING: marked("bytes at the ceiling"),
        Quantity.BYTES: marked("bytes"),
        Quantity.NEEDED: marked("bytes that count"),
        Quantity.ASKED: marked("asked for"),
        Quantity.GRANTED_CONTEXT: marked("context at the start"),
        Quantity.USED: marked("used"),
        Quantity.REMAINING: marked("remaining"),
        Quantity.COMPLETION: marked("granted completion"),
        Quantity.TENSOR: marked("largest tensor of the weights"),
        Quantity.CACHE_TENSOR: marked("largest tensor of the KV cache"),
        Quantity.NOTHING: "",
    },
)

_SIGNS: Final[Mapping[Operator, str]] = {
    Operator.SUM: " + ",
    Operator.DIFFERENCE: " − ",
    Operator.PRODUCT: " × ",
}


def working_text(working: Working) -> str:
    """A calculation and its result on one line."""
    value = value_of(working.expression)
    if working.in_tokens:
        result = tr("{count} tokens").format(count=format_count(value))
    else:
        result = f"{format_exact_bytes(value)} ({format_bytes(value)})"
    return f"{_text(working.expression)} = {result}"


def _text(expression: Expression) -> str:
    if isinstance(expression, Number):
        name = expression.name or tr(_QUANTITIES[expression.what] or "")
        count = format_count(expression.value)
        return f"{count} ({name})" if name else count
    parts = [_text(part) for part in expression.parts]
    match expression.operator:
        case Operator.QUOTIENT:
            one, other = (_grouped(part) for part in expression.parts)
            return f"⌊{one} ÷ {other}⌋"
        case Operator.ROUND_DOWN:
            return tr("({number}, down to a multiple of {step})").format(
                number=parts[0], step=parts[1]
            )
        case Operator.ROUND_UP:
            return tr("({number}, up to a multiple of {step})").format(
                number=parts[0], step=parts[1]
            )
        case Operator.LEAST | Operator.LARGEST:
            return f"{expression.operator.value}({'; '.join(parts)})"
        case _:
            sign = _SIGNS[expression.operator]
            kept = [_grouped(part, inside=expression.operator) for part in expression.parts]
            return sign.join(kept)


def _grouped(expression: Expression, inside: Operator = Operator.PRODUCT) -> str:
    """A part in parentheses where it would be read otherwise without."""
    text = _text(expression)
    if isinstance(expression, Calculation):
        sums = (Operator.SUM, Operator.DIFFERENCE)
        if expression.operator in sums and inside is not Operator.SUM:
            return f"({text})"
    return text
