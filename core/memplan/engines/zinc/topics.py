"""The topics of the help that only ZINC has."""

from __future__ import annotations

from enum import StrEnum


class ZincTopic(StrEnum):
    """A topic; the order is that of the help's contents."""

    AUTOMATIC = "zinc-automatic"
    SHARE = "zinc-share"
    LARGEST = "zinc-largest"
    WEIGHTS = "zinc-weights"
    KV_CACHE = "zinc-kv-cache"
    STATE = "zinc-recurrent-state"
    COMPUTE = "zinc-compute-buffers"
    STAGING = "zinc-staging-buffers"
    PAGE_TABLE = "zinc-page-table"
    VERSION = "zinc-version"
    ACCOUNTING = "zinc-accounting"
    KV_TYPE = "zinc-kv-type"
    MTP = "zinc-mtp"
    SCRATCH = "zinc-prefill-scratch"
    CHECKPOINT = "zinc-checkpoint"
