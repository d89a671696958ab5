"""How much memory a GGUF model needs at every context length, before it is loaded.

The core: no Qt, no global state. ``read_model`` and ``plan`` are the two steps; the names of
ZINC's own memory plan are here too, with exactly its arithmetic.
"""

from memplan.engines.zinc.config import ModelConfig
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    RequestBudget,
    RuntimeMemoryProfile,
    apply_requested_context_limit,
    auto_context_tokens_for_device_budget,
    clamped_completion_tokens,
    effective_context_ceiling,
    kv_layer_count,
    profile,
    profile_with_kv_block_bytes,
    profile_with_kv_bytes,
    remaining_context_tokens,
    request_budget,
    request_context_target,
    requested_context_tokens,
)
from memplan.model import Model, read_model
from memplan.planning.planner import Plan, plan
from memplan.reader import read_header
from memplan.reader.errors import GgufError
from memplan.request import Backend, EngineName, Request
from memplan.version import __version__

__all__ = [
    "AUTO_CONTEXT_FLOOR_TOKENS",
    "Backend",
    "EngineName",
    "GgufError",
    "Model",
    "ModelConfig",
    "Plan",
    "Request",
    "RequestBudget",
    "RuntimeMemoryProfile",
    "__version__",
    "apply_requested_context_limit",
    "auto_context_tokens_for_device_budget",
    "clamped_completion_tokens",
    "effective_context_ceiling",
    "kv_layer_count",
    "plan",
    "profile",
    "profile_with_kv_block_bytes",
    "profile_with_kv_bytes",
    "read_header",
    "read_model",
    "remaining_context_tokens",
    "request_budget",
    "request_context_target",
    "requested_context_tokens",
]
