"""What the memories of a machine are called, and how full they are."""

from __future__ import annotations

from memplan.language import tr
from memplan.memory.component import Place
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.planning.planner import PoolUsage, Share
from memplan.units import ByteUnits, format_bytes, format_percent
from memplan.wording.titles import place_title


def pool_title(pool: Pool, machine: Machine) -> str:
    """A memory's name: its device's where that is known, with a number where there are several."""
    if pool.kind is PoolKind.HOST:
        return tr("Host memory")
    devices = machine.devices
    if len(devices) == 1:
        unnamed = tr("Unified memory") if pool.kind is PoolKind.UNIFIED else tr("GPU")
        return pool.name or unnamed
    number = devices.index(pool) + 1
    if pool.name:
        return tr("{number}: {device}").format(number=number, device=pool.name)
    return tr("GPU {number}").format(number=number)


def counted_title(pool: Pool, machine: Machine) -> str:
    """A memory's name in a table of what is taken; that of a single device is all that counts."""
    return tr("Counts") if machine.devices == (pool,) else pool_title(pool, machine)


def share_of_budget(usage: PoolUsage) -> str:
    """What is taken of a memory as a share of its budget."""
    budget_bytes = usage.pool.budget_bytes
    if budget_bytes is None:
        return tr("not limited")
    return format_percent(usage.bytes, budget_bytes)


def share_place(share: Share, machine: Machine) -> str:
    """Where a component lives, in a word or two: which device, where there are several."""
    if share.where is Place.HOST or len(machine.devices) == 1:
        return place_title(share.where)
    number = machine.devices.index(machine.pool(share.pool)) + 1
    return tr("GPU {number}").format(number=number)


def pool_use(usage: PoolUsage, units: ByteUnits) -> str:
    """What is taken of a memory, and of how much; the unit once where it is the same."""
    used = format_bytes(usage.bytes, units)
    budget_bytes = usage.pool.budget_bytes
    if budget_bytes is None:
        return tr("{used}, not limited").format(used=used)
    budget = format_bytes(budget_bytes, units)
    number, _, unit = used.rpartition(" ")
    if budget.rpartition(" ")[2] == unit:
        used = number
    return tr("{used} of {budget}").format(used=used, budget=budget)
