"""The engines, in the order in which they are offered: the only list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from memplan.engines.engine import Engine
from memplan.engines.llama_cpp.face import LlamaCpp
from memplan.engines.zinc.face import Zinc

if TYPE_CHECKING:
    from memplan.engines.zinc.config import ModelConfig as ModelConfig
    from memplan.model import Model

ENGINES: Final[dict[str, Engine]] = {engine.name: engine for engine in (Zinc(), LlamaCpp())}
"""Every engine by its name; the first one is the usual one."""


def default_engine() -> Engine:
    """The engine where none is named."""
    return next(iter(ENGINES.values()))


def engine_named(name: str) -> Engine:
    """The engine with this name.

    Raises:
        ValueError: there is none.
    """
    if name not in ENGINES:
        raise ValueError(f"{name!r} is not a valid engine")
    return ENGINES[name]


def engine_with_key(key: str) -> Engine:
    """The engine whose options have this name in a request.

    Raises:
        TypeError: there is none.
    """
    for engine in ENGINES.values():
        if engine.key == key:
            return engine
    raise TypeError(f"no engine's options are called {key!r}")


def config_of(model: Model) -> ModelConfig:
    """A model's dimensions under the names that version 0.1 gave them."""
    from memplan.engines.zinc.config import config_of as find

    return find(model)
