"""The options under which ZINC's memory is planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memplan.engines.option_spec import Automatic, Choice, Count, OptionSpec, Row, option
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.memory.backend import Backend
from memplan.model.parts import has_next_tokens
from memplan.unsigned import check_u32

BACKENDS: Final = (Backend.VULKAN, Backend.METAL)
"""The backends on which its plan is published, the usual one first."""

_OLD_NAME = "2026-09"
"""What the version of 8 September 2026 was called while no other of that month was known."""


class ZincVersion(StrEnum):
    """Versions of ZINC whose plans differ, by the day from which a plan holds."""

    JUNE_2026 = "2026-06"
    SEPTEMBER_8_2026 = "2026-09-08"
    """Commits 28f417f0 and 30c0f9b4."""
    SEPTEMBER_12_2026 = "2026-09-12"
    """Commit 7db40a1b."""

    @classmethod
    def _missing_(cls, value: object) -> ZincVersion | None:
        return cls.SEPTEMBER_8_2026 if value == _OLD_NAME else None


class Accounting(StrEnum):
    """Which of ZINC's bytes are shown: those it plans with, or those it then allocates."""

    PLAN = "plan"
    ALLOCATION = "allocation"


class KvType(StrEnum):
    """How elements of the KV cache are stored."""

    AUTOMATIC = "auto"
    F32 = "f32"
    F16 = "f16"
    Q8 = "q8"
    """Blocks of 32 elements."""


@dataclass(frozen=True, slots=True)
class ZincOptions:
    """Options of ZINC.

    What a version or backend does not have is ignored, as ZINC ignores what its environment says
    of it.

    Attributes:
        version: the version whose plan is followed.
        accounting: planned or allocated bytes.
        kv_type: how elements of the KV cache are stored.
        mtp: whether further tokens are predicted; ``None``: where the file has layers for it.
        prefill_scratch_mib: what is reserved for prefill; ``None``: as much as usual.

    Raises:
        ValueError: there is no such version, accounting or type (names as plain text are taken).
    """

    version: ZincVersion = option(
        ZincVersion.JUNE_2026,
        OptionSpec(
            ("--zinc-version",),
            Choice(
                ZincVersion,
                {
                    ZincVersion.SEPTEMBER_8_2026: marked("2026-09-08 (30c0f9b4)"),
                    ZincVersion.SEPTEMBER_12_2026: marked("2026-09-12 (7db40a1b)"),
                },
            ),
            "the version whose plan is followed, by its day: 2026-09-08 is commit 30c0f9b4, "
            "2026-09-12 is 7db40a1b (default: 2026-06)",
            marked("ZINC's version"),
            Row(
                marked("Vers&ion"),
                marked(
                    "The ZINC whose plan is followed: from September 2026 on it caches attending "
                    "layers only"
                ),
            ),
            "zinc-version",
        ),
    )
    accounting: Accounting = option(
        Accounting.PLAN,
        OptionSpec(
            ("--accounting",),
            Choice(
                Accounting,
                exhaustive(
                    Accounting,
                    {
                        Accounting.PLAN: marked("Planned"),
                        Accounting.ALLOCATION: marked("Allocated"),
                    },
                ),
            ),
            "bytes that ZINC plans with, or that it then allocates (default: plan)",
            marked("ZINC's accounting"),
            Row(
                marked("Accountin&g"),
                marked("The bytes that ZINC plans with, or those that it then allocates"),
            ),
            "zinc-accounting",
        ),
    )
    kv_type: KvType = option(
        KvType.AUTOMATIC,
        OptionSpec(
            ("--zinc-kv-type",),
            Choice(KvType, {KvType.AUTOMATIC: marked("Automatic")}),
            "type of the KV cache on Vulkan from September 2026 on: f32 is ZINC_KV_F16=0, q8 is "
            "ZINC_KV_Q8=1 of 2026-09-12 (default: auto, which is f16)",
            marked("ZINC's KV cache type"),
            Row(
                marked("KV cache type"),
                marked(
                    "Type of the KV cache on Vulkan, from September 2026 on (ZINC_KV_F16, "
                    "ZINC_KV_Q8)"
                ),
                behind_more=True,
            ),
            "zinc-kv-type",
        ),
    )
    mtp: bool | None = option(
        None,
        OptionSpec(
            ("--zinc-mtp",),
            Automatic(worded=True),
            "predict further tokens with the file's own layers on Vulkan, from September 2026 on: "
            "off is ZINC_MTP=0 (default: auto, which is on)",
            marked("ZINC's next-token layers"),
            Row(
                marked("Next-token layers"),
                marked(
                    "Predict further tokens with the file's own layers on Vulkan, from September "
                    "2026 on (ZINC_MTP): faster, for their weights, a cache and a reserve"
                ),
                behind_more=True,
                has=has_next_tokens,
            ),
            "zinc-mtp",
        ),
    )
    prefill_scratch_mib: int | None = option(
        None,
        OptionSpec(
            ("--zinc-prefill-scratch",),
            Count(metavar="MB", most=65536, step=64, unit="MB", usual=lambda _options: 1024),
            "MB that ZINC of 2026-09-12 reserves for prefill on Vulkan "
            "(ZINC_PREFILL_SCRATCH_MB; default: 1024)",
            marked("ZINC's prefill scratch"),
            Row(
                marked("Prefill scratch"),
                marked(
                    "What ZINC of 12 September 2026 reserves for prefill on Vulkan "
                    "(ZINC_PREFILL_SCRATCH_MB)"
                ),
                marked("MB"),
                behind_more=True,
            ),
            "zinc-prefill-scratch",
        ),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", ZincVersion(self.version))
        object.__setattr__(self, "accounting", Accounting(self.accounting))
        object.__setattr__(self, "kv_type", KvType(self.kv_type))
        if self.prefill_scratch_mib is not None:
            check_u32("prefill_scratch_mib", self.prefill_scratch_mib)
