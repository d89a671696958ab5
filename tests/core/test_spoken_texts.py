"""Everything that is said of a plan is said in the spoken language, and in no other.

A language is spoken here that writes each translated text between brackets. What is then outside of
them was never looked up: only names, units and an engine's own words may be there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import memplan
import pytest
from memplan.accuracy import accuracy_tables
from memplan.detection.result import Detection, DetectionProblem
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.options import CacheType, GpuLayers, LlamaCppOptions
from memplan.estimate import Outcome, UnsupportedRequestError
from memplan.language import ENGLISH, Language, speak, speaking
from memplan.model import Model, Notice, NoticeKind
from memplan.plan_json import plan_to_json
from memplan.planning.advice import Advice, advise
from memplan.planning.comparison import compare
from memplan.planning.planner import Plan
from memplan.planning.solve import solve
from memplan.reader.errors import GgufError
from memplan.reports.content import command
from memplan.reports.html_report import html_report
from memplan.reports.markdown_report import markdown_report
from memplan.reports.saved_plan import open_saved_plan, saved_plan
from memplan.request import Backend, EngineName, Request
from memplan.units import GIB, ByteUnits
from memplan.wording.accuracy import introduction, shown_table
from memplan.wording.advice import advice_effect_text, advice_line, advice_text, cost_text
from memplan.wording.crossings import crossing_text
from memplan.wording.detection import problem_sentence
from memplan.wording.differences import difference_text
from memplan.wording.help.articles import every_topic
from memplan.wording.help.workings import working_text, workings
from memplan.wording.notices import notice_text
from memplan.wording.solutions import answer_text, margin_text, question_text
from memplan.wording.terminal import plan_text
from memplan.wording.titles import BACKEND_TITLES, component_title, engine_title, place_title
from memplan.wording.verdicts import (
    explanation,
    growing_component,
    headline,
    largest_component,
    log_lines,
)
from memplan.wording.why import reasons

MODELS = Path(__file__).parents[1] / "data" / "models"
UNITS = r"\b(?:[kKMGTPE]i?B|B)\b|(?<=\d)[KM]\b"
POINT, GROUP = "·", "'"


def _bracketed(source: str, comment: str, count: int) -> str:
    """The text between brackets, which stop where a value is put in."""
    text = comment if count not in (-1, 1) else source
    pieces = re.split(r"(\{\w+\})", text)
    return "".join(piece if piece.startswith("{") else f"⟦{piece}⟧" for piece in pieces if piece)


BRACKETS = Language("qps", POINT, GROUP, _bracketed)


@pytest.fixture(autouse=True)
def brackets() -> Iterator[None]:
    speak(BRACKETS)
    yield
    speak(ENGLISH)


@cache
def model(name: str) -> Model:
    with speaking(ENGLISH):
        return memplan.read_model(next(MODELS.glob(f"{name}.*")))


ZINC, LLAMA_CPP = EngineName.ZINC, EngineName.LLAMA_CPP
VULKAN, METAL, CUDA = Backend.VULKAN, Backend.METAL, Backend.CUDA
LONG = 1_000_000


def _request(
    engine: EngineName, backend: Backend, gib: int, context_tokens: int | None = None
) -> Request:
    """A request for which llama.cpp moves nothing to the host."""
    total_bytes = 8 * GIB if backend is METAL else None
    return Request(
        engine,
        backend,
        gib * GIB,
        context_tokens,
        total_memory_bytes=total_bytes,
        llama_cpp=LlamaCppOptions(n_gpu_layers=GpuLayers.ALL),
    )


REQUESTS: tuple[tuple[str, Request], ...] = (
    ("qwen3-8b", _request(ZINC, VULKAN, 1)),
    ("qwen3-8b", _request(ZINC, VULKAN, 6)),
    ("qwen3-8b", _request(ZINC, VULKAN, 16, 8192)),
    ("qwen3-8b", _request(ZINC, METAL, 5)),
    ("qwen3-8b", _request(ZINC, METAL, 16)),
    ("qwen3-8b", _request(ZINC, METAL, 500, LONG)),
    ("qwen3-8b", _request(LLAMA_CPP, VULKAN, 1, LONG)),
    ("qwen3-8b", _request(LLAMA_CPP, VULKAN, 6)),
    ("qwen3-8b", _request(LLAMA_CPP, VULKAN, 6, 8192)),
    ("qwen3-8b", _request(LLAMA_CPP, VULKAN, 16)),
    ("qwen3-8b", _request(LLAMA_CPP, VULKAN, 500, LONG)),
    ("gemma-3-12b", _request(LLAMA_CPP, METAL, 16)),
    ("deepseek-v3.1-mtp", _request(LLAMA_CPP, CUDA, 16)),
    ("falcon-mamba-7b", _request(LLAMA_CPP, VULKAN, 16)),
    ("qwen3.5-35b-a3b", _request(LLAMA_CPP, METAL, 16)),
    ("flan-t5-large", _request(LLAMA_CPP, VULKAN, 16)),
    ("llama-3.3-70b", Request(LLAMA_CPP, CUDA, 24 * GIB)),
    ("qwen3-30b-a3b", Request(LLAMA_CPP, CUDA, 12 * GIB, 32_768)),
    (
        "qwen3-8b",
        Request(LLAMA_CPP, llama_cpp=LlamaCppOptions(max_allocation_bytes=GIB // 4)),
    ),
)
"""They end in every way, and have each sentence said that plans have."""


@cache
def plan_of(name: str, request: Request) -> Plan:
    return memplan.plan(model(name), request)


@pytest.fixture(params=REQUESTS, ids=lambda pair: pair[0])
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(*request.param)


def left_over(texts: Iterable[str], *names: str) -> list[str]:
    """Texts with letters that are in no brackets and no name, or with English numbers."""
    known = {*map(engine_title, EngineName), *BACKEND_TITLES.values(), *names}
    words = sorted((name for name in known if re.search(r"[^\W\d_]", name)), key=len, reverse=True)
    found = []
    for text in texts:
        rest = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        for word in words:
            rest = rest.replace(word, " ")
        rest = re.sub(UNITS, " ", rest)
        if re.search(r"[^\W\d_]|\d[.,]\d", rest):
            found.append(text)
    return found


def names_of(plan: Plan) -> list[str]:
    """What a file, an engine and a command line call things."""
    found = plan.model
    values = [str(value) for value in plan.options.values()]
    arguments = [word for step in advised(plan) for word in _step_names(step)]
    cache_types = [cache_type.value for cache_type in CacheType]
    tensor_types = [tensor.type_name for tensor in found.tensors]
    return [
        found.name,
        found.architecture,
        found.quantisation,
        plan.engine_version,
        *plan.options,
        *values,
        *cache_types,
        *tensor_types,
        *arguments,
    ]


def _step_names(advice: Advice) -> list[str]:
    return [step.to for step in advice.steps if isinstance(step.to, str)]


@cache
def advised(plan: Plan) -> tuple[Advice, ...]:
    return advise(plan, load_catalogue()) if plan.request.budget_bytes < 500 * GIB else ()


def test_that_the_requests_end_in_every_way() -> None:
    ends = {(request.engine, plan_of(name, request).verdict.outcome) for name, request in REQUESTS}
    assert ends == {
        *((EngineName.ZINC, outcome) for outcome in Outcome if outcome != "placed"),
        *((EngineName.LLAMA_CPP, outcome) for outcome in Outcome if outcome != "floor_held"),
    }


@pytest.mark.parametrize("units", ByteUnits)
def test_that_verdict_and_reasons_are_translated(plan: Plan, units: ByteUnits) -> None:
    texts = [
        headline(plan, units),
        explanation(plan, units),
        largest_component(plan, units),
        growing_component(plan, units),
    ]
    for reason in reasons(plan, units):
        texts += [reason.title, reason.text, reason.exact]
    for share in plan.at.shares:
        texts += [component_title(share.kind), place_title(share.where)]
    assert left_over(texts) == []


def test_that_advice_is_translated(plan: Plan) -> None:
    texts = []
    for advice in advised(plan):
        texts += [advice_text(advice), advice_effect_text(advice), advice_line(advice)]
        texts += [cost_text(step.change) for step in advice.steps]
    assert left_over(texts, *names_of(plan)) == []


def test_that_notices_are_translated(plan: Plan) -> None:
    texts = [notice_text(notice, plan.request.engine) for notice in plan.notices]
    assert left_over(texts, *names_of(plan)) == []


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("engine", EngineName)
def test_that_there_is_a_text_for_every_notice(kind: NoticeKind, engine: EngineName) -> None:
    text = notice_text(Notice(kind, "2"), engine)
    assert "⟦" in text
    assert left_over([text]) == []


def test_that_the_figures_of_accuracy_are_translated() -> None:
    texts = introduction()
    for table in map(shown_table, accuracy_tables()):
        texts += [table.title, *table.headers, *(cell for row in table.rows for cell in row[1:])]
    assert left_over(texts) == []


def test_that_questions_and_answers_are_translated(plan: Plan) -> None:
    texts = [margin_text(plan)]
    for solution in solve(plan):
        texts += [question_text(solution, plan), answer_text(solution)]
    assert left_over(texts, *names_of(plan)) == []


def test_that_what_tells_two_plans_apart_is_translated() -> None:
    plans = [plan_of(name, request) for name, request in REQUESTS if name == "qwen3-8b"]
    texts = []
    for one in plans:
        for other in plans:
            texts += [difference_text(difference) for difference in compare(one, other)]
            texts.append(crossing_text(one, other))
    assert left_over(texts) == []
    assert len(set(texts)) > 5


class _Page(HTMLParser):
    """The texts of a page that are seen, and its language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language: str | None = None
        self.texts: list[str] = []
        self._hidden = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"
        if tag == "html":
            self.language = dict(attrs)["lang"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def names_in_reports(plan: Plan) -> list[str]:
    digest = saved_plan(plan)["model"]["header_sha256"]
    names = [*names_of(plan), *log_lines(plan), command(plan), digest]
    return [*names, f"Memplan {memplan.__version__}"]


def test_that_a_page_is_in_its_language(plan: Plan) -> None:
    page = _Page(html_report(plan, advised(plan)))
    assert page.language == "qps"
    assert left_over(page.texts, *names_in_reports(plan)) == []


def test_that_a_report_in_markdown_is_translated(plan: Plan) -> None:
    lines = re.sub(r"\\(.)", r"\1", markdown_report(plan, advised(plan))).splitlines()
    assert left_over(lines, *names_in_reports(plan)) == []


def test_that_workings_are_translated() -> None:
    seen = set()
    for name, request in REQUESTS:
        plan = plan_of(name, request)
        names = [*names_of(plan), *(tensor.name for tensor in plan.model.tensors), "min", "max"]
        for topic in every_topic():
            for working in workings(plan, topic):
                seen.add(topic)
                assert left_over([working.subject, working_text(working)], *names) == []
    assert len(seen) > 10


@pytest.mark.parametrize("problem", DetectionProblem)
def test_that_what_went_wrong_with_devices_is_translated(problem: DetectionProblem) -> None:
    found = Detection(Backend.VULKAN, problem=problem)
    assert left_over([problem_sentence(found)]) == []


def test_that_refusals_are_translated() -> None:
    cuda = Request(backend=Backend.CUDA)
    with pytest.raises(UnsupportedRequestError) as refused:
        memplan.plan(model("qwen3-8b"), cuda)
    assert left_over([str(refused.value)]) == []
    with pytest.raises(ValueError, match="⟦") as wrong:
        LlamaCppOptions(parallel=0)
    assert left_over([str(wrong.value)], "parallel") == []
    with pytest.raises(ValueError, match="⟦") as wrong:
        Request(budget_bytes=-1)
    assert left_over([str(wrong.value)], "budget_bytes") == []


@pytest.mark.parametrize("content", ["{}", "[", '{"facts": {}, "request": {"budget_bytes": "x"}}'])
def test_that_errors_of_a_report_are_translated(content: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content, "utf-8")
    with pytest.raises(GgufError) as error:
        open_saved_plan(path)
    assert (
        left_over(
            [error.value.expected, error.value.remedy], "memplan check MODEL --report", path.name
        )
        == []
    )


def test_that_a_summary_that_is_copied_is_translated(plan: Plan) -> None:
    lines = plan_text(plan, advised(plan), solutions=solve(plan)).splitlines()
    # The first line names the model; the engine's own words follow "log".
    spoken = [line for line in lines[1:] if not line.startswith("⟦log: ⟧")]
    assert left_over(spoken, *names_of(plan)) == []


def test_that_programs_are_spoken_to_in_english(plan: Plan) -> None:
    texts = [
        json.dumps(plan_to_json(plan, advised(plan), solve(plan)), ensure_ascii=False),
        json.dumps(saved_plan(plan, advised(plan)), ensure_ascii=False),
    ]
    assert not re.search(rf"[⟦⟧]|\d[{POINT}{GROUP}]\d", "".join(texts))
