"""The engines: each turns a model and a request into an estimate of its memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from memplan.engines.zinc import engine as zinc
from memplan.engines.zinc.config import ModelConfig, config_of
from memplan.estimate import Estimate
from memplan.exhaustive import exhaustive
from memplan.model import Model
from memplan.request import EngineName, Request


def _estimate_llama_cpp(model: Model, request: Request) -> Estimate:
    # Many modules, which the window's start need not wait for.
    from memplan.engines.llama_cpp.engine import estimate as estimate_llama_cpp

    return estimate_llama_cpp(model, request)


__all__ = ["ModelConfig", "config_of", "estimate"]

_ENGINES: Mapping[EngineName, Callable[[Model, Request], Estimate]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: zinc.estimate,
        EngineName.LLAMA_CPP: _estimate_llama_cpp,
    },
)


def estimate(model: Model, request: Request) -> Estimate:
    """The estimate of the engine that the request names.

    Raises:
        UnsupportedRequestError: the engine does not run with these options or on this backend.
    """
    return _ENGINES[request.engine](model, request)
