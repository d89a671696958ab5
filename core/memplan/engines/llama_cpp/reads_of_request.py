"""The bytes that a token reads from each memory of a request's machine."""

from __future__ import annotations

from memplan.engines.llama_cpp.engine import footprint_of_request, pool_ids
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.token_reads import token_reads
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
    ids = pool_ids(model, request)
    reads = token_reads(
        model, footprint.settings, footprint.placement, context_tokens, depth_tokens
    )
    found: dict[str, int] = {}
    for memory, read in reads.items():
        pool = ids.host if memory == HOST else ids.devices[memory]
        # A unified memory is the device's and the host's.
        found[pool] = found.get(pool, 0) + read.total
    return found
