"""What one request of a chat is granted within a context, as servers of models work it out."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.unsigned import U32_MAX, check_u32


def remaining_context_tokens(used_context_tokens: int, context_capacity_tokens: int) -> int:
    """Tokens left in the context, never below 0."""
    check_u32("used_context_tokens", used_context_tokens)
    check_u32("context_capacity_tokens", context_capacity_tokens)
    return max(context_capacity_tokens - used_context_tokens, 0)


def clamped_completion_tokens(
    used_context_tokens: int, requested_completion_tokens: int, context_capacity_tokens: int
) -> int:
    """The completion asked for, or what remains if that is less."""
    check_u32("requested_completion_tokens", requested_completion_tokens)
    return min(
        requested_completion_tokens,
        remaining_context_tokens(used_context_tokens, context_capacity_tokens),
    )


def request_context_target(
    used_context_tokens: int, requested_completion_tokens: int, context_capacity_tokens: int
) -> int:
    """Context that prompt and granted completion need together, within the capacity."""
    completion_tokens = clamped_completion_tokens(
        used_context_tokens, requested_completion_tokens, context_capacity_tokens
    )
    saturated_sum = min(used_context_tokens + completion_tokens, U32_MAX)
    return min(context_capacity_tokens, saturated_sum)


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """What one request is granted.

    Attributes:
        completion_tokens: the completion that is granted.
        target_context_tokens: the context that prompt and completion need.
    """

    completion_tokens: int
    target_context_tokens: int


def request_budget(
    used_context_tokens: int, requested_completion_tokens: int, context_capacity_tokens: int
) -> RequestBudget:
    """Granted completion and context target of one request."""
    arguments = (used_context_tokens, requested_completion_tokens, context_capacity_tokens)
    return RequestBudget(clamped_completion_tokens(*arguments), request_context_target(*arguments))
