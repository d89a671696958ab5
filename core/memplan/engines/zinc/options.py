"""The options under which ZINC's memory is planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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

    version: ZincVersion = ZincVersion.JUNE_2026
    accounting: Accounting = Accounting.PLAN

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", ZincVersion(self.version))
        object.__setattr__(self, "accounting", Accounting(self.accounting))
