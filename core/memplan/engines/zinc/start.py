"""A start of ZINC: what it holds on the device, and how far its context then reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from memplan.engines.zinc.memory_plan import RuntimeMemoryProfile
from memplan.engines.zinc.setup import Reserve, Setup, mtp_reserve, setup_of
from memplan.model import Model
from memplan.request import Backend, Request


@dataclass(frozen=True, slots=True, eq=False)
class ZincStart:
    """A start of ZINC.

    Attributes:
        model: the model.
        request: what is asked for.
        setup: what it plans with.
        profile: the profile with which it sizes the context.
        reserve: what next-token layers reserve.
    """

    model: Model
    request: Request
    setup: Setup
    profile: RuntimeMemoryProfile
    reserve: Reserve

    @property
    def held_bytes(self) -> int:
        """What is on the device beside the profile, at the least."""
        return self.setup.weights_bytes + self.reserve.bytes + self.setup.least_scratch_bytes

    def max_tokens(self, ceiling: int) -> int:
        """The longest context with which it starts; 0 if it refuses."""
        find = (
            self.profile.max_context_tokens_for_unified_budget
            if self.request.backend is Backend.METAL
            else self.profile.max_context_tokens_for_device_local_budget
        )
        return find(self.held_bytes, self.request.budget_bytes, ceiling)

    def scratch(self, context_tokens: Any) -> Any:
        """Bytes of prefill scratch: all, or what the context leaves, or the least that is kept."""
        room = self._room_bytes - self.profile.device_local_bytes_per_token * context_tokens
        spare = self.setup.scratch_bytes - self.setup.least_scratch_bytes
        if isinstance(context_tokens, np.ndarray):
            return self.setup.least_scratch_bytes + np.clip(room, 0, spare)
        return self.setup.least_scratch_bytes + min(max(room, 0), spare)

    def scratch_band(self, context_tokens: Any) -> Any:
        """By how much the scratch may be off, which is nothing where all of it stays.

        Published is what is kept of it for Qwen3.8-27B; not for other models, nor whether more is
        given back than the context needs.
        """
        kept = self.scratch(context_tokens)
        least = self.setup.least_scratch_bytes
        return (kept - least + least // 2) * (kept < self.setup.scratch_bytes)

    def scratch_breaks(self) -> tuple[int, ...]:
        """The contexts from which on scratch is given back, and has all been given back."""
        price = self.profile.device_local_bytes_per_token
        if not self.setup.gives_scratch_back or not price:
            return ()
        spare = self.setup.scratch_bytes - self.setup.least_scratch_bytes
        rooms = (self._room_bytes - spare, self._room_bytes)
        return tuple(room // price for room in rooms if room > 0)

    @property
    def _room_bytes(self) -> int:
        """What is left for a context, the least scratch kept."""
        fixed_bytes = self.profile.fixed_device_local_bytes
        return self.request.budget_bytes - self.held_bytes - fixed_bytes


def start_of(model: Model, request: Request) -> ZincStart:
    """What ZINC starts with.

    Raises:
        ValueError: the engine's integers do not hold the model.
    """
    setup = setup_of(model, request)
    runtime_profile = setup.profile()
    return ZincStart(model, request, setup, runtime_profile, mtp_reserve(setup, runtime_profile))
