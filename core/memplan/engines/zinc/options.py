"""The options under which ZINC's memory is planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from memplan.engines.option_spec import Choice, OptionSpec, Row, option
from memplan.language import marked


class ZincVersion(StrEnum):
    """Versions of ZINC whose plans differ."""

    JUNE_2026 = "2026-06"
    SEPTEMBER_2026 = "2026-09"


class Accounting(StrEnum):
    """Which of ZINC's bytes are shown: those it plans with, or those it then allocates."""

    PLAN = "plan"
    ALLOCATION = "allocation"


@dataclass(frozen=True, slots=True)
class ZincOptions:
    """Options of ZINC.

    Attributes:
        version: the version whose plan is followed.
        accounting: planned or allocated bytes.

    Raises:
        ValueError: there is no such version or accounting (their names as plain text are taken).
    """

    version: ZincVersion = option(
        ZincVersion.JUNE_2026,
        OptionSpec(
            ("--zinc-version",),
            Choice(ZincVersion),
            "the version whose plan is followed (default: 2026-06)",
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
                {Accounting.PLAN: marked("Planned"), Accounting.ALLOCATION: marked("Allocated")},
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", ZincVersion(self.version))
        object.__setattr__(self, "accounting", Accounting(self.accounting))
