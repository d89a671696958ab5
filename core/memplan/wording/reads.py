"""What a token reads from each memory, and the speed that no reading can beat."""

from __future__ import annotations

from memplan.language import tr
from memplan.memory.machine import PoolKind
from memplan.planning.planner import Plan
from memplan.units import ByteUnits, format_bytes, format_tokens
from memplan.wording.pools import pool_title


def reads_text(plan: Plan, units: ByteUnits) -> str:
    """The bytes from each memory, and the limit where a bandwidth is known; empty: not known."""
    if plan.start is None or not plan.start.token_read_bytes:
        return ""
    machine = plan.request.machine
    parts = []
    for pool_id, size_bytes in plan.start.token_read_bytes.items():
        pool = machine.pool(pool_id)
        name = tr("host memory") if pool.kind is PoolKind.HOST else pool_title(pool, machine)
        size = format_bytes(size_bytes, units)
        parts.append(tr("{size} from {memory}").format(size=size, memory=name))
    text = ", ".join(parts)
    most = most_tokens_per_second(plan)
    if most is None:
        return text
    return tr("{reads}: at most {count} tokens a second").format(
        reads=text, count=format_tokens(max(int(most), 1))
    )


def most_tokens_per_second(plan: Plan) -> float | None:
    """The speed at which reading alone takes all the time; a limit, not a forecast.

    Layers follow one another, so the times of the memories add up. A memory whose bandwidth is not
    known adds nothing, and the limit stays one. ``None``: none is known.
    """
    if plan.start is None:
        return None
    seconds = 0.0
    for pool_id, size_bytes in plan.start.token_read_bytes.items():
        speed = plan.request.machine.pool(pool_id).bytes_per_second
        seconds += size_bytes / speed if speed else 0.0
    return 1 / seconds if seconds else None
