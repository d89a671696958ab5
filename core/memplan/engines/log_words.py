"""What the values in lines of logs mean, whoever wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FLASH_ATTN: Final[Mapping[str, str]] = {
    "0": "off", "disabled": "off", "off": "off", "false": "off",
    "1": "on", "enabled": "on", "on": "on", "true": "on", "-1": "auto", "auto": "auto",
}  # fmt: skip
