"""llama.cpp as the rest of the program knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from memplan.engines.engine import Engine
from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.names import EngineName
from memplan.language import marked, tr
from memplan.memory.backend import Backend
from memplan.memory.component import Part
from memplan.units import ByteUnits

if TYPE_CHECKING:
    from memplan.calculation import Expression
    from memplan.detection.device import Amount, DetectedDevice
    from memplan.engines.log_dialect import LogDialect
    from memplan.estimate import Estimate, GrowthKind
    from memplan.logs.log import Log
    from memplan.memory.component import ComponentKind, Place
    from memplan.model import Model
    from memplan.planning.advice import Ladder
    from memplan.planning.comparison import Trait
    from memplan.planning.planner import Plan
    from memplan.planning.solve import Solution
    from memplan.request import Request
    from memplan.wording.help.article import Article, Note
    from memplan.wording.help.topics import HelpTopic


class LlamaCpp(Engine):
    """llama.cpp (github.com/ggml-org/llama.cpp)."""

    name = EngineName.LLAMA_CPP
    key = "llama_cpp"
    title = "llama.cpp"
    options = LlamaCppOptions
    backends = (Backend.VULKAN, Backend.METAL, Backend.CUDA, Backend.ROCM)
    several_devices = True
    starters = {"ollama": "Ollama", "lm-studio": "LM Studio", "koboldcpp": "KoboldCpp"}
    parts = frozenset({Part.PROJECTOR, Part.DRAFT, Part.MTP, Part.ADAPTER})
    versions = {"b11434": (Backend.VULKAN, Backend.METAL, Backend.ROCM), "v0.5.0": (Backend.CUDA,)}
    accuracy = marked(
        "Of llama.cpp, weights, KV cache, recurrent state and output agree to the byte with what "
        "its dry run reports, in every configuration that was measured. Compute buffers follow "
        "from the model's graph; where they are not exact, they are estimates with a band. Metal "
        "and ROCm were not measured."
    )

    def estimate(self, model: Model, request: Request) -> Estimate:
        from memplan.engines.llama_cpp.engine import estimate

        return estimate(model, request)

    def budget_bytes(self, device: DetectedDevice, amount: Amount) -> int | None:
        from memplan.detection.device import DeviceKind

        # ggml_backend_vk_get_device_memory of ggml-vulkan.cpp: every heap of an integrated GPU.
        if device.kind is DeviceKind.INTEGRATED:
            return device.all_bytes(amount)
        return device.local_bytes(amount)

    def on_device(self, options: object, max_allocation_bytes: int | None) -> object:
        return replace(cast(LlamaCppOptions, options), max_allocation_bytes=max_allocation_bytes)

    def max_allocation_bytes(self, request: Request) -> int | None:
        return request.options_of(LlamaCppOptions).max_allocation_bytes

    def variants(self, request: Request) -> tuple[tuple[str, float, Request], ...]:
        from memplan.engines.llama_cpp.choices import CacheType
        from memplan.engines.llama_cpp.settings import cache_tensor_type

        given = request.options_of(LlamaCppOptions)
        found = []
        for kind in (CacheType.F16, CacheType.Q8_0, CacheType.Q4_0):
            block = cache_tensor_type(kind)
            asked = request.with_options(given.with_cache_type(kind))
            found.append((kind.value, 8 * block.block_bytes / block.block_elements, asked))
        return tuple(found)

    def token_reads(self, plan: Plan, depth_tokens: int) -> Mapping[str, int]:
        from memplan.engines.llama_cpp.reads_of_request import reads_of_request

        return reads_of_request(plan.model, plan.request, plan.at.context_tokens, depth_tokens)

    def started_by(
        self,
        app: str,
        request: Request,
        trained_tokens: int | None,
        environment: Mapping[str, str],
    ) -> Request:
        from memplan.engines.llama_cpp.apps.defaults import Starter, started_by

        return started_by(Starter(app), request, trained_tokens, environment)

    def starter_note(self, app: str) -> str:
        from memplan.engines.llama_cpp.apps.defaults import NOTES, Starter

        return tr(NOTES[Starter(app)])

    def cache_requests(self, request: Request) -> tuple[tuple[str, Request], ...]:
        from memplan.engines.llama_cpp.choices import CacheType

        given = request.options_of(LlamaCppOptions)
        return tuple(
            (kind.value, request.with_options(given.with_cache_type(kind)))
            for kind in (CacheType.F16, CacheType.Q8_0)
        )

    def surely_moves(self, model: Model, request: Request) -> bool:
        from memplan.engines.llama_cpp.request_start import surely_moves

        return surely_moves(model, request)

    def ladders(self, plan: Plan) -> Iterator[Ladder]:
        from memplan.engines.llama_cpp.ladders import ladders

        return ladders(plan)

    def solutions(self, plan: Plan) -> Iterator[Solution]:
        from memplan.engines.llama_cpp.questions import solutions

        return solutions(plan)

    def traits(self, plan: Plan, contexts: tuple[int, int]) -> Iterator[Trait]:
        from memplan.engines.llama_cpp.traits import traits

        return traits(plan, contexts)

    def log_dialect(self) -> LogDialect:
        from memplan.engines.llama_cpp.logs.dialect import DIALECT

        return DIALECT

    def options_from_log(self, log: Log, model: Model | None) -> LlamaCppOptions:
        from memplan.engines.llama_cpp.logs.meaning import options_from_log

        return options_from_log(log, model)

    def plans_as_logged(self, log: Log, model: Model, kind: ComponentKind) -> bool:
        from memplan.engines.llama_cpp.logs.meaning import plans_as_logged

        return plans_as_logged(log, model, kind)

    def explain(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.llama_cpp.wording import explain

        return explain(plan, units)

    def log_lines(self, plan: Plan) -> list[str]:
        from memplan.engines.llama_cpp.wording import log_lines

        return log_lines(plan)

    def budget_text(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.llama_cpp.wording import budget_text

        return budget_text(plan, units)

    def share_text(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.llama_cpp.wording import share_text

        return share_text(plan, units)

    def margin_text(self, plan: Plan, units: ByteUnits) -> str:
        from memplan.engines.llama_cpp.wording import margin_text

        return margin_text(plan, units)

    def articles(self) -> Mapping[StrEnum, Article]:
        from memplan.engines.llama_cpp.help.articles import ARTICLES

        return ARTICLES

    def topics(self) -> Iterable[StrEnum]:
        return LlamaCppTopic

    def notes(self) -> Mapping[HelpTopic, Note]:
        from memplan.engines.llama_cpp.help.notes import NOTES

        return NOTES

    def part_topic(self, part: Part) -> StrEnum | None:
        from memplan.engines.llama_cpp.workings import PART_TOPICS

        return PART_TOPICS[part]

    def growth_topic(self, kind: GrowthKind) -> StrEnum | None:
        from memplan.engines.llama_cpp.workings import GROWTH_TOPICS

        return GROWTH_TOPICS[kind]

    def component_topic(self, kind: ComponentKind, where: Place) -> StrEnum | None:
        from memplan.engines.llama_cpp.workings import COMPONENT_TOPICS

        return COMPONENT_TOPICS.get((kind, where))

    def automatic_topic(self) -> StrEnum:
        return LlamaCppTopic.AUTOMATIC

    def largest_topic(self) -> StrEnum:
        return LlamaCppTopic.LARGEST

    def share_topic(self) -> StrEnum:
        return LlamaCppTopic.FIT_TARGET

    def component_working(self, plan: Plan, kind: ComponentKind, where: Place) -> Expression | None:
        from memplan.engines.llama_cpp.workings import component

        return component(plan, kind, where)

    def token_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        from memplan.engines.llama_cpp.workings import of_tokens

        return of_tokens(plan)

    def byte_workings(self, plan: Plan) -> Mapping[StrEnum, Expression]:
        from memplan.engines.llama_cpp.workings import of_bytes

        return of_bytes(plan)
