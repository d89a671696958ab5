"""The memories of a machine, in the order in which an engine counts its devices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self

from memplan.memory.backend import UNIFIED_BACKENDS, Backend
from memplan.unsigned import check_u64

HOST_ID: Final = "host"
UNIFIED_ID: Final = "unified"


class PoolKind(StrEnum):
    """Who uses a memory."""

    DEVICE = "device"
    """One device has it for itself."""
    HOST = "host"
    """The processor has it for itself."""
    UNIFIED = "unified"
    """A device and the processor share it: Macs, APUs, and boards with one memory."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One memory of a machine.

    Attributes:
        id: its name within the machine: ``gpu0``, ``gpu1`` …, ``host`` or ``unified``.
        kind: who uses it.
        backend: the interface through which its device is reached; ``None`` for the host's.
        budget_bytes: memory that an engine may use; ``None``: not limited, or not known, which
            only the host's may be. In a unified memory the working set of its device.
        name: what its device is called; may be empty.
        total_bytes: all of the memory; ``None``: not known.
        free_bytes: what was free when the machine was looked at; ``None``: not known.
        largest_allocation_bytes: the largest single buffer; ``None``: no limit is known.
        bytes_per_second: its bandwidth; ``None``: not known.

    Raises:
        ValueError: an amount is outside 64 bits, or a device has no budget.
    """

    id: str
    kind: PoolKind
    backend: Backend | None
    budget_bytes: int | None
    name: str = ""
    total_bytes: int | None = None
    free_bytes: int | None = None
    largest_allocation_bytes: int | None = None
    bytes_per_second: int | None = None

    def __post_init__(self) -> None:
        for name in ("budget_bytes", "total_bytes", "free_bytes", "largest_allocation_bytes"):
            amount = getattr(self, name)
            if amount is not None:
                check_u64("total_memory_bytes" if name == "total_bytes" else name, amount)
        if self.kind is PoolKind.HOST:
            return
        if self.backend is None or self.budget_bytes is None:
            raise ValueError(f"the device {self.id} needs a backend and a budget")

    @property
    def limit_bytes(self) -> int | None:
        """The most that can be taken at all; ``None``: not limited, or not known.

        A unified memory gives more than its device's working set; the system then slows down.
        """
        if self.kind is PoolKind.UNIFIED:
            return self.total_bytes or self.budget_bytes
        return self.budget_bytes


@dataclass(frozen=True, slots=True)
class Machine:
    """All memories of a machine.

    Attributes:
        pools: the memories; those of devices in the order in which the engine counts them.
        devices: those that a device reaches, in this order.
        host: the one that the processor uses.

    Raises:
        ValueError: two memories have one id, or none or several of them are the processor's.
    """

    pools: tuple[Pool, ...]
    devices: tuple[Pool, ...] = field(init=False, repr=False, compare=False)
    host: Pool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len({pool.id for pool in self.pools}) < len(self.pools):
            raise ValueError("two memories of a machine have the same id")
        hosts = [pool for pool in self.pools if pool.kind is not PoolKind.DEVICE]
        if len(hosts) != 1:
            raise ValueError("a machine has one memory that its processor uses")
        devices = tuple(pool for pool in self.pools if pool.kind is not PoolKind.HOST)
        if not devices:
            raise ValueError("a machine without a device cannot be planned for")
        # Every plan asks for them several times.
        object.__setattr__(self, "devices", devices)
        object.__setattr__(self, "host", hosts[0])

    @classmethod
    def of_devices(cls, devices: Iterable[Pool], host: Pool | None = None) -> Self:
        """A machine of devices, numbered in this order.

        ``host`` is the processor's memory, where it has one for itself; not limited if not given.
        """
        numbered = (
            replace(device, id=f"gpu{number}") if device.kind is PoolKind.DEVICE else device
            for number, device in enumerate(devices)
        )
        pools = tuple(numbered)
        if any(pool.kind is PoolKind.UNIFIED for pool in pools):
            return cls(pools)
        if host is None or host.kind is not PoolKind.HOST:
            host = Pool(HOST_ID, PoolKind.HOST, None, None)
        return cls((*pools, host))

    @classmethod
    def of_one(
        cls, backend: Backend, budget_bytes: int, total_bytes: int | None = None, name: str = ""
    ) -> Self:
        """A machine with one device; on Metal its memory is the processor's, too."""
        if backend in UNIFIED_BACKENDS:
            kind, id_ = PoolKind.UNIFIED, UNIFIED_ID
        else:
            kind, id_ = PoolKind.DEVICE, "gpu0"
        return cls.of_devices([Pool(id_, kind, backend, budget_bytes, name, total_bytes)])

    @property
    def backend(self) -> Backend:
        """The backend of the first device."""
        backend = self.devices[0].backend
        assert backend is not None  # noqa: S101  (a pool of a device has one)
        return backend

    @property
    def budget_bytes(self) -> int:
        """The budgets of all devices together."""
        return sum(pool.budget_bytes or 0 for pool in self.devices)

    def pool(self, pool_id: str) -> Pool:
        """The memory of this id.

        Raises:
            KeyError: the machine has none.
        """
        for pool in self.pools:
            if pool.id == pool_id:
                return pool
        raise KeyError(pool_id)

    def has(self, pool_id: str) -> bool:
        """Whether there is a memory of this id."""
        return any(pool.id == pool_id for pool in self.pools)

    def without_amounts(self) -> Machine:
        """The machine as far as it matters for what is where, not for whether it fits."""
        return Machine(
            tuple(
                Pool(pool.id, pool.kind, pool.backend, 0 if pool.backend else None)
                for pool in self.pools
            )
        )

    def with_pool(self, changed: Pool) -> Machine:
        """The machine with another memory in the place of the one with this id."""
        self.pool(changed.id)
        return Machine(tuple(changed if pool.id == changed.id else pool for pool in self.pools))

    def with_devices(self, devices: Iterable[Pool]) -> Machine:
        """Other devices in this order, beside the same host."""
        return Machine.of_devices(devices, self.host)

    def with_one_device(self, budget_bytes: int, total_bytes: int | None = None) -> Machine:
        """One device of this memory in place of these, reached as the first of them is."""
        return self.with_devices(Machine.of_one(self.backend, budget_bytes, total_bytes).devices)

    def reached_by(self, backend: Backend) -> Machine:
        """The same devices, reached through another backend.

        Where a backend has one memory for device and host and the other has not, the first
        device's budget stays, and what is known of the memories is dropped.
        """
        if backend is self.backend:
            return self
        if (backend in UNIFIED_BACKENDS) != (self.backend in UNIFIED_BACKENDS):
            return Machine.of_one(backend, self.devices[0].budget_bytes or 0)
        return Machine(
            tuple(
                pool if pool.kind is PoolKind.HOST else replace(pool, backend=backend)
                for pool in self.pools
            )
        )
