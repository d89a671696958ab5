"""The options of what llama.cpp loads beside the model, and of what a server keeps."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.choices import CacheType, GpuLayers, SpecType
from memplan.engines.option_spec import Choice, Count, Layers, OptionSpec, Row, Switch
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.memory.component import Part
from memplan.model import Model
from memplan.model.parts import draft_of, has_next_tokens, parts_of


def _has_projector(model: Model) -> bool:
    return bool(parts_of(model, Part.PROJECTOR))


def _has_draft(model: Model) -> bool:
    return draft_of(model) is not None


def _draft_layers_and_output(model: Model) -> int:
    draft = draft_of(model)
    return 1 + (draft.dimensions.layers if draft is not None else 0)


def _drafts(model: Model) -> bool:
    return _has_draft(model) or has_next_tokens(model)


_DRAFT_CACHE_TYPES: Final = Row(
    marked("Draft K, V cache type"),
    marked(
        "Type of the draft's KV cache, of K and of V (--cache-type-k-draft, --cache-type-v-draft); "
        "it does not follow the model's"
    ),
    has=_drafts,
)

PROJECTOR_PLACE: Final = OptionSpec(
    ("--no-mmproj-offload",),
    Switch(),
    "the projector on the host",
    marked("Projector on the device"),
    Row(
        marked("Pro&jector on the device"),
        marked(
            "Keep the projector on the device, else in host memory, where images take "
            "longer (--no-mmproj-offload)"
        ),
        has=_has_projector,
    ),
    "projector",
)
IMAGE_TOKENS: Final = OptionSpec(
    ("--image-max-tokens",),
    Count(most=65536, step=64),
    "the most tokens that an image may take",
    marked("Tokens of an image"),
    Row(
        marked("Most tokens of an image"),
        marked(
            "The most tokens that an image may take (--image-max-tokens): fewer make the "
            "projector's buffer smaller, and details lost"
        ),
        marked("tokens"),
        has=_has_projector,
    ),
    "projector",
)
IMAGE_SIDE: Final = OptionSpec(
    ("--image-side",),
    Count(metavar="PIXELS", most=8192, step=56, unit="px"),
    "pixels along each side of the largest image to plan for; llama.cpp has no such option",
    marked("Largest image"),
    Row(
        marked("Largest image"),
        marked(
            "Pixels along each side of the largest image that you will send; 0: as large as the "
            "projector takes. The buffer grows when such an image comes"
        ),
        marked("pixels"),
        has=_has_projector,
    ),
    "projector",
)
DRAFTING: Final = OptionSpec(
    ("--spec-type",),
    Choice(
        SpecType,
        exhaustive(
            SpecType, {SpecType.NONE: marked("None"), SpecType.DRAFT_MTP: marked("Own layers")}
        ),
    ),
    "draft tokens with the model's own next-token layers (draft-mtp)",
    marked("Drafting"),
    Row(
        marked("Drafting"),
        marked(
            "Draft tokens with the model's own next-token layers (--spec-type): faster, "
            "for their weights, a second cache and states to go back to"
        ),
        has=has_next_tokens,
    ),
    "drafting",
)
DRAFTED_TOKENS: Final = OptionSpec(
    ("--spec-draft-n-max",),
    Count(most=64),
    "tokens that are drafted at a time",
    marked("Drafted tokens"),
    Row(
        marked("Drafted tokens"),
        marked("Tokens that are drafted at a time (--spec-draft-n-max)"),
        marked("tokens"),
        has=_drafts,
    ),
    "drafting",
)
DRAFT_LAYERS: Final = OptionSpec(
    ("--n-gpu-layers-draft", "-ngld"),
    Layers(GpuLayers.ALL, _draft_layers_and_output),
    "layers of the draft model on the GPU",
    marked("Draft model's GPU layers"),
    Row(
        marked("Draft model's GPU layers"),
        marked("Layers of the draft model on the device (--n-gpu-layers-draft)"),
        marked("layers"),
        has=_has_draft,
    ),
    "drafting",
)
DRAFT_CACHE_K: Final = OptionSpec(
    ("--cache-type-k-draft", "-ctkd"),
    Choice(CacheType),
    "type of the draft's K cache",
    marked("Draft's K cache type"),
    _DRAFT_CACHE_TYPES,
    "drafting",
)
DRAFT_CACHE_V: Final = OptionSpec(
    ("--cache-type-v-draft", "-ctvd"),
    Choice(CacheType),
    "type of the draft's V cache",
    marked("Draft's V cache type"),
    _DRAFT_CACHE_TYPES,
    "drafting",
)
CHECKPOINTS: Final = OptionSpec(
    ("--ctx-checkpoints", "-ctxcp"),
    Count(most=1024),
    "checkpoints that each slot of a server keeps in host memory",
    marked("Checkpoints of a slot"),
    Row(
        marked("Checkpoints of a slot"),
        marked(
            "States that llama-server keeps of each slot in host memory, to go back to "
            "(--ctx-checkpoints); models with window layers or a recurrent state need them"
        ),
        behind_more=True,
    ),
    "checkpoints",
)
PROMPT_CACHE: Final = OptionSpec(
    ("--cache-ram", "-cram"),
    Count(metavar="MiB", most=2**20, step=1024, unit="MiB"),
    "limit of a server's prompt cache in host memory",
    marked("Prompt cache"),
    Row(
        marked("Prompt cache"),
        marked(
            "The most host memory that llama-server's cache of earlier prompts takes "
            "(--cache-ram); 0: there is none"
        ),
        "MiB",
        behind_more=True,
    ),
    "prompt-cache",
)
