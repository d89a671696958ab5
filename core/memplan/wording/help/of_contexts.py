"""Articles about contexts, and about what the next answer is granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_REQUEST_BUDGET = "Memplan: core/memplan/request_budget.py"

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.CONTEXT: Article(
        marked("Context"),
        marked(
            "How many tokens the engine keeps in memory at a time: prompt, chat and answer "
            "together. 128K is written for 131,072 tokens: K is 1,024."
        ),
        marked("Planned for: the requested context; without a request the automatic one."),
        ("Memplan: core/memplan/planning/planner.py, plan",),
        (HelpTopic.REQUESTED,),
    ),
    HelpTopic.REQUESTED: Article(
        marked("Requested context"),
        marked("The context that you ask for."),
        marked("As it is asked for; 0 leaves the choice to the engine."),
        ("Memplan: core/memplan/request.py, Request",),
        (HelpTopic.CEILING, HelpTopic.CONTEXT),
    ),
    HelpTopic.FLOOR: Article(
        marked("Floor"),
        marked(
            "Automatic sizing never picks fewer tokens, unless the model declares fewer. It is no "
            "promise that so long a context fits."
        ),
        marked("4,096 tokens."),
        ("Memplan: core/memplan/estimate.py, Sizing",),
    ),
    HelpTopic.CEILING: Article(
        marked("Ceiling"),
        marked(
            "The longest context that model and backend allow: what the model's header declares, "
            "4,096 where it declares nothing."
        ),
        marked("The context length that the header declares."),
        (
            marked("GGUF: context_length of the architecture"),
            "Memplan: core/memplan/model/dimensions.py, Dimensions",
        ),
        (HelpTopic.MODEL_TOKENS,),
    ),
    HelpTopic.USED: Article(
        marked("Used tokens"),
        marked(
            "Tokens that the chat already holds. They take no memory beyond that of the context, "
            "but leave less of it for the next answer."
        ),
        marked("Chosen by you, from 0."),
        (f"{_REQUEST_BUDGET}, request_budget",),
        (HelpTopic.COMPLETION, HelpTopic.REMAINING),
    ),
    HelpTopic.COMPLETION: Article(
        marked("Granted completion"),
        marked(
            "What the engine lets the next answer take of the context with which it started: what "
            "is asked for, or what is left if that is less."
        ),
        marked("min(completion asked for, remaining tokens)."),
        (f"{_REQUEST_BUDGET}, clamped_completion_tokens",),
        (HelpTopic.REMAINING, HelpTopic.TARGET),
    ),
    HelpTopic.TARGET: Article(
        marked("Target"),
        marked("The context that the used tokens and the granted answer need together."),
        marked("min(context at the start, used tokens + granted completion)."),
        (f"{_REQUEST_BUDGET}, request_context_target",),
        (HelpTopic.COMPLETION, HelpTopic.USED),
    ),
    HelpTopic.REMAINING: Article(
        marked("Remaining tokens"),
        marked("What the context has left beside the used tokens."),
        marked("context at the start − used tokens, never below 0."),
        (f"{_REQUEST_BUDGET}, remaining_context_tokens",),
        (HelpTopic.USED, HelpTopic.COMPLETION),
    ),
}
