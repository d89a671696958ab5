"""By how much memory a load fell short, where a log has both what was asked and what was free."""

from __future__ import annotations

from memplan.logs.log import Cause, Log
from memplan.logs.names import is_host
from memplan.units import MIB


def short_by_bytes(log: Log) -> int | None:
    """What was missing, in bytes; ``None`` where the log does not tell.

    Asked, and allocated there before it, less what was free at the start. Drivers take some memory
    of their own: it may have been a little more.
    """
    failed = log.failed
    if failed is None or failed.bytes is None or log.cause is Cause.SINGLE_ALLOCATION_LIMIT:
        return None
    host = failed.buffer is not None and is_host(failed.buffer)
    free_mib = log.host_free_mib if host else failed.device_free_mib
    if free_mib is None:
        return None
    allocated_mib = sum(
        buffer.mib
        for buffer in log.buffers
        if failed.buffer is not None
        and "_Mapped" not in buffer.buffer
        and (is_host(buffer.buffer) if host else buffer.buffer == failed.buffer)
    )
    short = failed.bytes + round((allocated_mib - free_mib) * MIB)
    return short if short > 0 else None
