"""The bytes that a token reads from each memory of a request's machine."""

from __future__ import annotations

from memplan.engines.llama_cpp.engine import footprint_of_request
from memplan.engines.llama_cpp.request_start import pool_reads
from memplan.model import Model
from memplan.request import Request


def reads_of_request(
    model: Model, request: Request, context_tokens: int, depth_tokens: int
) -> dict[str, int]:
    """Bytes that a token after ``depth_tokens`` others reads, by the memory's id.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    footprint = footprint_of_request(model, request)
    return pool_reads(
        model,
        request,
        footprint.settings,
        footprint.placement,
        context_tokens,
        depth_tokens,
    )
