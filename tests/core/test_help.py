"""The help's articles: complete, with sources that exist, and workings that end at the plan."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from memplan import Backend, EngineName, Request, plan, read_model
from memplan.calculation import value_of
from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.engines.llama_cpp.options import (
    DEFAULT_BATCH_TOKENS,
    DEFAULT_SEQUENCES,
    DEFAULT_UBATCH_TOKENS,
    CacheType,
    LlamaCppOptions,
)
from memplan.engines.registry import ENGINES
from memplan.engines.zinc.engine import (
    METAL_CONTEXT_CAP_TOKENS,
    PAGE_ENTRY_BYTES,
    VULKAN_PAGE_TOKENS,
)
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    AUTO_CONTEXT_PERCENT,
    AUTO_CONTEXT_STEP_TOKENS,
)
from memplan.engines.zinc.options import Accounting, KvType, ZincOptions, ZincVersion
from memplan.engines.zinc.topics import ZincTopic
from memplan.estimate import UnsupportedRequestError
from memplan.memory.component import ComponentKind, Place
from memplan.model import Model
from memplan.planning.planner import TIGHT_BYTES, Plan
from memplan.units import GIB
from memplan.wording.help.article import Article
from memplan.wording.help.articles import ARTICLES, SECTION_TITLES, article_of, every_topic
from memplan.wording.help.lookup import component_topic
from memplan.wording.help.topics import HelpTopic, Topic, topics_by_section
from memplan.wording.help.workings import Working, working_text, workings
from memplan_resources.samples import SAMPLES, sample_path
from spread import QUICK

ROOT = Path(__file__).parents[2]

ZINC_OPTIONS = [
    *(ZincOptions(v, a) for v, a in product(ZincVersion, Accounting)),
    ZincOptions(ZincVersion.SEPTEMBER_12_2026, kv_type=KvType.Q8, mtp=False),
]
LLAMA_CPP_OPTIONS = [
    LlamaCppOptions(),
    LlamaCppOptions(cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0, parallel=3),
    LlamaCppOptions(n_gpu_layers=10, n_cpu_moe=20, max_allocation_bytes=4 * GIB),
    LlamaCppOptions(kv_offload=False, swa_full=True, flash_attn=False),
]
NO_WORKING = {ComponentKind.COMPUTE, ComponentKind.STAGING}
"""Their formulas have too many parts to be followed."""


def requests() -> Iterator[Request]:
    for backend, options in product((Backend.VULKAN, Backend.METAL), ZINC_OPTIONS):
        yield Request(EngineName.ZINC, backend, zinc=options)
    for backend, llama_options in product(Backend, LLAMA_CPP_OPTIONS):
        yield Request(EngineName.LLAMA_CPP, backend, llama_cpp=llama_options)


def plans(model: Model) -> Iterator[Plan]:
    for request in requests():
        for budget_bytes, tokens in ((16 * GIB, None), (6 * GIB, None), (16 * GIB, 10_000)):
            asked = replace(
                request,
                budget_bytes=budget_bytes,
                context_tokens=tokens,
                used_context_tokens=3000,
            )
            try:
                yield plan(model, asked)
            except UnsupportedRequestError:
                continue


def models(model_paths: list[Path]) -> Iterator[Model]:
    for sample in SAMPLES:
        yield read_model(sample_path(sample.id))
    for path in model_paths[::4]:
        yield read_model(path)


def every_article() -> dict[Topic, Article]:
    """All articles, the engines' own and their notes among them."""
    return {topic: article_of(topic) for topic in every_topic()}


def test_that_every_topic_has_an_article_in_a_section_with_formula_and_source() -> None:
    assert set(ARTICLES) == set(HelpTopic)
    for engine in ENGINES.values():
        assert set(engine.notes()) <= set(HelpTopic)
        assert set(engine.topics()) == set(engine.articles())
    groups = topics_by_section()
    assert [topic for topics in groups.values() for topic in topics] == list(HelpTopic)
    assert set(groups) == set(SECTION_TITLES)
    titles = [article.title for article in every_article().values()]
    assert len(titles) == len(set(titles))
    for topic, article in every_article().items():
        assert all(text.endswith(".") for text in article.texts), topic
        assert all(formula.endswith((".", ".)")) for formula in article.formulas), topic
        assert article.sources, topic
        assert all(article.all_sources), topic
        assert topic not in article.all_related
        assert len(set(article.all_related)) == len(article.all_related)


def test_that_every_source_in_the_program_is_there() -> None:
    named = [source for article in every_article().values() for source in article.all_sources]
    ours = [source for source in named if source.startswith("Memplan: ")]
    assert len(ours) >= len(HelpTopic)
    for source in ours:
        match = re.fullmatch(r"Memplan: (core/\S+\.py), (\w+)", source)
        assert match, source
        tree = ast.parse((ROOT / match[1]).read_text("utf-8"))
        names = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        names |= {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        imported = {
            alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert match[2] in names - imported, source


def expected(shown: Plan, topic: Topic) -> set[int]:
    """What the plan itself says that a topic's number is."""
    engine, markers = shown.request.engine, shown.markers
    automatic = {ZincTopic.AUTOMATIC, LlamaCppTopic.AUTOMATIC}
    known: dict[Topic, int | None] = {
        **dict.fromkeys(automatic, markers.auto_tokens),
        ZincTopic.LARGEST: markers.max_tokens,
        HelpTopic.CEILING: markers.ceiling_tokens,
        ZincTopic.SHARE: shown.auto_share_bytes,
        LlamaCppTopic.FIT_TARGET: shown.auto_share_bytes,
        HelpTopic.COUNTS: shown.at.budgeted_bytes,
        HelpTopic.LEFT: shown.at.headroom_bytes,
        HelpTopic.REMAINING: shown.remaining_tokens,
        HelpTopic.COMPLETION: shown.completion.completion_tokens,
        HelpTopic.TARGET: shown.completion.target_context_tokens,
        HelpTopic.MODEL_WEIGHTS: shown.model.weights_bytes,
    }
    if topic is HelpTopic.LARGEST_BUFFER and shown.allocation is not None:
        return {shown.allocation.bytes_at(shown.at.context_tokens)}
    if topic is HelpTopic.FLOOR:
        return {min(markers.floor_tokens, markers.ceiling_tokens)}
    if topic in known:
        return {known[topic]}
    return {s.bytes for s in shown.at.shares if component_topic(engine, s.kind, s.where) is topic}


def test_that_every_working_gives_what_the_plan_says() -> None:
    seen: set[Topic] = set()
    for model in models(QUICK):
        for shown in plans(model):
            for topic in every_article():
                found = [value_of(working.expression) for working in workings(shown, topic)]
                if found:
                    seen.add(topic)
                    place = (model.name, shown.request, topic)
                    assert set(found) == expected(shown, topic), place
    assert len(seen) >= 22


def test_that_every_part_of_a_plan_but_the_graphs_is_worked_out() -> None:
    for model in models(QUICK):
        for request in (Request(), Request(EngineName.LLAMA_CPP)):
            shown = plan(model, request)
            for share in shown.at.shares:
                topic = component_topic(request.engine, share.kind, share.where)
                assert bool(list(workings(shown, topic))) is (share.kind not in NO_WORKING)


def working_of(shown: Plan, topic: Topic) -> Working:
    (working,) = workings(shown, topic)
    return working


def test_that_a_working_can_be_followed_with_pen_and_paper() -> None:
    model = read_model(sample_path("qwen3-8b"))
    assert working_text(working_of(plan(model, Request()), ZincTopic.KV_CACHE)) == (
        "36 (layers) × 2 (K and V) × 8 (KV heads) × 128 (elements a head) × 32,256 (tokens of "
        "context) × 4 (bytes an element) = 9,512,681,472 bytes (8.86 GiB)"
    )
    gemma = plan(read_model(sample_path("gemma-3-12b")), Request(EngineName.LLAMA_CPP))
    text = working_text(working_of(gemma, LlamaCppTopic.KV_CACHE))
    assert text.startswith("40 (layers) × 4,608 (cells) × 2 (K and V) × 8 (KV heads)")
    # What is written is what is worked out.
    left, right = text.split(" = ")
    sum_text = re.sub(r" \([^()]*\)", "", left).replace(",", "").replace("×", "*")
    digits = right.split(" bytes")[0].replace(",", "")
    assert eval(sum_text) == int(digits)


@pytest.mark.parametrize("engine", list(EngineName))
def test_that_every_component_that_an_engine_may_have_has_a_topic(engine: EngineName) -> None:
    kinds = {
        EngineName.ZINC: set(ComponentKind) - {ComponentKind.OUTPUT},
        EngineName.LLAMA_CPP: set(ComponentKind)
        - {ComponentKind.STAGING, ComponentKind.PAGE_TABLE, ComponentKind.OUTPUT},
    }[engine]
    for kind, where in product(kinds, Place):
        assert component_topic(engine, kind, where) in every_article()


def test_that_the_document_of_numbers_is_made_from_the_articles() -> None:
    made = runpy.run_path(str(ROOT / "packaging" / "numbers_document.py"))["document"]()
    written = (ROOT / "docs" / "numbers.md").read_text("utf-8")
    assert written == made, "python packaging/numbers_document.py"
    for article in every_article().values():
        assert f"\n### {article.title}\n" in written


def test_that_the_constants_in_formulas_are_those_that_plan() -> None:
    paddings = {
        where: [row.padding(where).alignment_bytes for row in BACKEND_ROWS.values()]
        for where in Place
    }
    for topic, constants in (
        (HelpTopic.TIGHT, [f"{TIGHT_BYTES // GIB} GiB"]),
        (ZincTopic.SHARE, [f"{AUTO_CONTEXT_PERCENT} ÷ 100"]),
        (ZincTopic.AUTOMATIC, [f"{AUTO_CONTEXT_STEP_TOKENS};", AUTO_CONTEXT_FLOOR_TOKENS]),
        (HelpTopic.FLOOR, [AUTO_CONTEXT_FLOOR_TOKENS]),
        (HelpTopic.CEILING, [METAL_CONTEXT_CAP_TOKENS]),
        (ZincTopic.PAGE_TABLE, [PAGE_ENTRY_BYTES, VULKAN_PAGE_TOKENS]),
        (LlamaCppTopic.AUTOMATIC, [CELL_MULTIPLE]),
        (LlamaCppTopic.KV_CACHE, [CELL_MULTIPLE]),
        (LlamaCppTopic.WEIGHTS_DEVICE, paddings[Place.DEVICE]),
        (LlamaCppTopic.WEIGHTS_HOST, paddings[Place.HOST]),
        (LlamaCppTopic.MICRO_BATCH, [DEFAULT_UBATCH_TOKENS]),
        (LlamaCppTopic.BATCH, [DEFAULT_BATCH_TOKENS]),
        (LlamaCppTopic.SEQUENCES, [f"{program} {n}" for program, n in DEFAULT_SEQUENCES.items()]),
    ):
        for constant in constants:
            text = f"{constant:,}" if isinstance(constant, int) else constant
            assert text in " ".join(article_of(topic).formulas), (topic, text)
    for cache_type in CacheType:
        assert cache_type.value in article_of(LlamaCppTopic.CACHE_TYPES).formula
    (default,) = LlamaCppOptions().fit_target_mib
    assert f"{default:,} MiB" in article_of(LlamaCppTopic.FIT_TARGET).text
