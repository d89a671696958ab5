"""What one start of ZINC plans with: its version's rules, applied to a model and a request.

Sources: ZINC's ``memory_plan.zig``, ``config.zig`` and ``kv_dtype.zig``, and its authors' notes on
context windows and next-token layers of September 2026. Their code for the two reserves was not to
be had: those are estimates, derived from the limits that the notes publish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from memplan.engines.zinc.config import (
    ModelConfig,
    config_of,
    layer_counts,
    nextn_weights_bytes,
    trunk_config_of,
)
from memplan.engines.zinc.memory_plan import (
    RuntimeMemoryProfile,
    attending_layer_count,
    kv_layer_count,
    profile,
    profile_with_kv_block_bytes,
)
from memplan.engines.zinc.options import KvType, ZincVersion
from memplan.exhaustive import exhaustive
from memplan.model import Model
from memplan.request import Backend, Request
from memplan.units import MIB

KV_BLOCK_BYTES: Final[Mapping[KvType, int]] = exhaustive(
    set(KvType) - {KvType.AUTOMATIC}, {KvType.F32: 128, KvType.F16: 64, KvType.Q8: 36}
)
"""Bytes of 32 elements of the KV cache, by their type."""

CAPTURED_ROWS: Final = 32_768
"""Rows that next-token layers are primed from (``ZINC_MTP_CAPTURE_ROWS``)."""

USUAL_SCRATCH_MIB: Final = 1024
LEAST_SCRATCH_MIB: Final = 80
"""Prefill scratch: what is reserved, and what is kept where the context needs the room."""

_F32_BYTES = 4
_STATES_TO_GO_BACK_TO = 2
"""After the last token that is sure, and after the first of two drafts."""
_OTHER_ROWS = 455
"""Rows of the model's width: what is left of the reserve that follows from the published limits."""


@dataclass(frozen=True, slots=True)
class Rules:
    """In what versions of ZINC differ.

    Attributes:
        attending_only: only attending layers have a KV cache, next-token layers are counted apart.
        kv_types: types of the KV cache that there are on Vulkan, the usual one first.
        prefill_scratch: whether scratch for prefill is reserved at the start, on Vulkan.
        checkpoints: whether a server keeps the recurrent state of a turn to go back to, on Vulkan.
    """

    attending_only: bool
    kv_types: tuple[KvType, ...]
    prefill_scratch: bool
    checkpoints: bool


RULES: Final[Mapping[ZincVersion, Rules]] = exhaustive(
    ZincVersion,
    {
        ZincVersion.JUNE_2026: Rules(False, (KvType.F32,), False, False),
        ZincVersion.SEPTEMBER_8_2026: Rules(True, (KvType.F16, KvType.F32), False, False),
        ZincVersion.SEPTEMBER_12_2026: Rules(True, (KvType.F16, KvType.F32, KvType.Q8), True, True),
    },
)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a start plans with.

    Attributes:
        config: the model's dimensions, as the version counts layers.
        nextn_layers: next-token layers that have a KV cache beside the attending layers.
        attending_only: whether layers that do not attend have none.
        kv_type: how elements of the cache are planned.
        mtp: whether the next-token layers are run.
        weights_bytes: the tensors that are uploaded.
        scratch_bytes: what is reserved for prefill.
        checkpoint_bytes: one checkpoint of the recurrent state; 0 where none is kept.
    """

    config: ModelConfig
    nextn_layers: int
    attending_only: bool
    kv_type: KvType
    mtp: bool
    weights_bytes: int
    scratch_bytes: int
    checkpoint_bytes: int

    @property
    def cached_layers(self) -> int:
        """Layers and blocks for which a KV cache is planned."""
        if not self.attending_only:
            return self.config.n_layers
        return kv_layer_count(self.config, self.nextn_layers)

    @property
    def kv_block_bytes(self) -> int:
        """Bytes of 32 elements of the KV cache."""
        return KV_BLOCK_BYTES[self.kv_type]

    def profile(self) -> RuntimeMemoryProfile:
        """The profile with which the context is sized.

        Raises:
            ValueError: the engine's integers do not hold the model.
        """
        if not self.attending_only:
            return profile(self.config)
        return profile_with_kv_block_bytes(self.config, self.kv_block_bytes, self.nextn_layers)

    @property
    def least_scratch_bytes(self) -> int:
        """What is kept of the scratch where the context needs the room."""
        return min(self.scratch_bytes, LEAST_SCRATCH_MIB * MIB)

    @property
    def gives_scratch_back(self) -> bool:
        """Whether there is more scratch than is always kept."""
        return self.scratch_bytes > self.least_scratch_bytes


@dataclass(frozen=True, slots=True)
class Reserve:
    """An estimate of what the next-token layers reserve at the start.

    Attributes:
        bytes: the estimate.
        band_bytes: by how much it may be off either way.
    """

    bytes: int
    band_bytes: int


NO_RESERVE: Final = Reserve(0, 0)


def setup_of(model: Model, request: Request) -> Setup:
    """What ZINC of the request's version plans with."""
    options, rules = request.zinc, RULES[request.zinc.version]
    vulkan = request.backend is Backend.VULKAN
    nextn_layers = layer_counts(model).nextn if rules.attending_only else 0
    # Metal keeps the blocks and plans a cache for them, but does not run them.
    mtp = vulkan and nextn_layers > 0 and options.mtp is not False
    left_out = vulkan and nextn_layers > 0 and not mtp
    scratch_mib = options.prefill_scratch_mib
    if scratch_mib is None:
        scratch_mib = USUAL_SCRATCH_MIB
    config = trunk_config_of(model) if rules.attending_only else config_of(model)
    return Setup(
        config=config,
        nextn_layers=0 if left_out else nextn_layers,
        attending_only=rules.attending_only,
        kv_type=_kv_type(options.kv_type, rules) if vulkan else KvType.F32,
        mtp=mtp,
        weights_bytes=model.weights_bytes - (nextn_weights_bytes(model) if left_out else 0),
        scratch_bytes=scratch_mib * MIB if vulkan and rules.prefill_scratch else 0,
        checkpoint_bytes=_checkpoint_bytes(config) if vulkan and rules.checkpoints else 0,
    )


def mtp_reserve(setup: Setup, runtime_profile: RuntimeMemoryProfile) -> Reserve:
    """What the next-token layers reserve beside the weights: an estimate.

    The rows that they are primed from are documented: 671 MB for a width of 5,120. Drafts that are
    rejected take further states to go back to, and rows of a few tokens: these follow from the
    largest contexts that are published for Qwen3.8-27B (226,934 and 225,729 tokens of 32,624 MiB),
    1,047.9 MiB in all. Whether layers that attend have such states is not known: that is the band.
    """
    if not setup.mtp:
        return NO_RESERVE
    row_bytes = setup.config.hidden_dim * _F32_BYTES
    state_bytes = runtime_profile.gpu_ssm_bytes
    further_bytes = _STATES_TO_GO_BACK_TO * state_bytes
    attending_bytes = further_bytes * attending_layer_count(setup.config) // setup.config.n_layers
    other_bytes = _OTHER_ROWS * row_bytes
    return Reserve(
        CAPTURED_ROWS * row_bytes + further_bytes + other_bytes, attending_bytes + other_bytes
    )


def _kv_type(asked: KvType, rules: Rules) -> KvType:
    """The type that is asked for, where the version has it; else the usual one."""
    return asked if asked in rules.kv_types else rules.kv_types[0]


def _checkpoint_bytes(config: ModelConfig) -> int:
    """Convolution tail and state of every layer that recurs, in 32 bits."""
    if not config.n_layers:
        return 0
    recurring = config.n_layers - attending_layer_count(config)
    return profile(config).gpu_ssm_bytes * recurring // config.n_layers
