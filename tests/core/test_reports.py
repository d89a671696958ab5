"""Reports for a ticket."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import memplan
import pytest
from memplan import Backend, EngineName, Request
from memplan.cli import main
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.model.facts import header_hash, model_from_facts, model_to_facts
from memplan.planning.advice import advise
from memplan.planning.planner import Plan
from memplan.reader.errors import GgufError
from memplan.reports import write_report
from memplan.reports.content import command, component_rows
from memplan.reports.html_report import html_report
from memplan.reports.markdown_report import markdown_report
from memplan.reports.saved_plan import open_saved_plan
from memplan.theme import THEMES
from memplan.units import GIB, format_bytes
from memplan.wording.terminal import plan_text

MODELS = sorted((Path(__file__).parents[1] / "data" / "models").glob("*.gguf"))
(QWEN,) = [path for path in MODELS if path.name.startswith("qwen3-8b.")]

DEVICES = ((6, "GeForce <A>"), (4, ""))


@pytest.fixture
def plan() -> Plan:
    return memplan.plan(memplan.read_model(QWEN), Request(budget_bytes=5 * GIB))


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_that_the_page_fetches_nothing_and_runs_nothing(plan: Plan) -> None:
    page = _Page(html_report(plan, advise(plan, load_catalogue())))
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "url(" not in page.text


def test_that_page_and_markdown_state_the_plans_exact_bytes(plan: Plan) -> None:
    page, markdown = _Page(html_report(plan)).text, markdown_report(plan)
    for share in plan.at.shares:
        assert f"{share.bytes:,}" in page
        assert f"{share.bytes:,}" in markdown
    assert f"{plan.at.budgeted_bytes:,}" in page
    assert header_hash(plan.model) in markdown


def test_that_the_page_has_the_colours_of_each_theme(plan: Plan) -> None:
    text = html_report(plan)
    assert re.findall(r"--window: (#\w{6})", text) == [theme.window for theme in THEMES]
    assert "prefers-color-scheme: dark" in text
    assert "prefers-contrast: more" in text


def test_that_a_models_name_cannot_add_markup(plan: Plan) -> None:
    metadata = model_to_facts(plan.model)
    metadata["metadata"]["general.name"] = ["STRING", "<script>alert(1)</script>| **x**\n# y"]
    named = memplan.plan(model_from_facts(metadata, "x"), plan.request)
    assert "<script>" not in html_report(named)
    assert "\n# y" not in markdown_report(named)


def test_that_no_folder_of_the_users_is_in_a_report(plan: Plan, tmp_path: Path) -> None:
    for ending in (".html", ".md", ".json"):
        path = tmp_path / f"report{ending}"
        write_report(plan, (), path)
        assert str(QWEN.parent) not in path.read_text("utf-8")


@pytest.mark.parametrize("ending", [".html", ".md"])
def test_that_the_requested_context_is_among_the_markers(ending: str, tmp_path: Path) -> None:
    plan = memplan.plan(memplan.read_model(QWEN), Request(context_tokens=12_345))
    report = tmp_path / f"report{ending}"
    write_report(plan, (), report)
    text = report.read_text("utf-8")
    assert re.search(r"Requested\W+(?:td\W+)*(?:class=\W*\w+\W+)*12,345", text)
    assert ending != ".html" or re.search(r"<text[^>]*>Requested 12,345</text>", text)


@pytest.mark.parametrize("path", MODELS[::4], ids=lambda path: path.stem)
def test_that_a_saved_plan_opens_with_the_same_bytes_on_another_machine(
    path: Path, tmp_path: Path
) -> None:
    options = LlamaCppOptions(cache_type_k=CacheType.F16, parallel=2, swa_full=True)
    for engine in EngineName:
        request = Request(engine=engine, context_tokens=2048, llama_cpp=options)
        plan = memplan.plan(memplan.read_model(path), request)
        report = tmp_path / "plan.json"
        write_report(plan, (), report)
        model, found = open_saved_plan(report)
        assert found == request
        assert memplan.plan(model, found).at == plan.at
        assert header_hash(model) == header_hash(plan.model)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"facts": 1, "request": {}}',
        '{"facts": {}, "request": {"budget_bytes": -1}}',
        '{"facts": {}, "request": {"budget_bytes": true}}',
        '{"facts": {}, "request": {"engine": "other"}}',
        '{"facts": {}, "request": {"budget_bytes": 1e400}}',
        '{"facts": {}, "request": {"context_tokens": 1' + "0" * 400 + "}}",
        '{"facts": {}, "request": {"llama_cpp": {"n_cpu_moe": "' + "9" * 100_000 + '"}}}',
        '{"facts": 1' + "0" * 5000 + ', "request": {}}',
        '{"facts": [], "request": {}}',
        '{"facts": {"tensors": {}, "metadata": [], "name": 1}, "request": {}}',
    ],
)
def test_that_a_report_which_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, "utf-8")
    with pytest.raises(GgufError) as refusal:
        open_saved_plan(path)
    assert refusal.value.source == str(path)
    assert len(str(refusal.value)) < 1000


@pytest.mark.skipif(os.name == "nt", reason="needs named pipes")
def test_that_a_pipe_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    os.mkfifo(path)
    with pytest.raises(GgufError, match="no regular file"):
        open_saved_plan(path)


def test_that_damaged_facts_are_refused(plan: Plan) -> None:
    facts = model_to_facts(plan.model)
    for damage in (
        {"tensors": [["a", [2**70], "F32", 4]]},
        {"tensors": [["a", [2**40, 2**40], "F32", 4]]},
        {"tensors": [[1, 2]]},
        {"metadata": {"general.architecture": ["STRING", 5]}},
        {"metadata": {"a": ["ARRAY", "UINT32", 2**60, "<", "AAAA"]}},
        {"file_bytes": -1},
        {"file_bytes": 10**400},
        {"tensors": [["a", [1], [], 4]]},
        {"tensors": [[None, None, None, None]]},
        {"tensors": 5},
        {"metadata": []},
        {"metadata": {"a": ["UINT32", 2**32]}},
        {"metadata": {"a": ["UINT32", float("inf")]}},
        {"metadata": {"a": ["FLOAT32", 10**400]}},
        {"metadata": {"a": ["STRING", {}]}},
        {"metadata": {"a": None}},
    ):
        with pytest.raises(GgufError):
            model_from_facts(facts | damage, "report.json")


def test_that_the_command_in_a_report_gives_the_same_plan(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(QWEN.parent)
    options = LlamaCppOptions(cache_type_k=CacheType.Q8_0, flash_attn=True, kv_offload=False)
    request = Request(
        engine=EngineName.LLAMA_CPP, budget_bytes=7 * GIB, context_tokens=8192, llama_cpp=options
    )
    plan = memplan.plan(memplan.read_model(QWEN), request)
    words = command(plan).split()
    main([*words[1:], "--json"])
    again = json.loads(capsys.readouterr().out)
    assert again["at"]["budgeted_bytes"] == plan.at.budgeted_bytes
    assert again["options"] == plan.options


def test_that_check_writes_the_report_that_its_name_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(QWEN), "--report", str(tmp_path / "r.html")]) == 0
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(SystemExit):
        main(["check", str(QWEN), "--report", str(tmp_path / "r.pdf")])
    assert "whose name ends in" in capsys.readouterr().err


def test_that_a_report_which_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(QWEN), "--report", str(tmp_path / "no" / "r.md")]) == 2
    said = capsys.readouterr().err
    assert "No such file" in said or "cannot find" in said


def test_that_a_report_has_a_chart_and_a_place_for_each_of_several_devices() -> None:
    devices = [Pool("", PoolKind.DEVICE, Backend.CUDA, gib * GIB, name=n) for gib, n in DEVICES]
    machine = Machine.of_devices(devices)
    request = Request(engine=EngineName.LLAMA_CPP, machine=machine, context_tokens=8192)
    found = memplan.plan(memplan.read_model(QWEN), request)
    page = _Page(html_report(found))
    assert page.tags.count("svg") == 2
    assert "1: GeForce <A>" in page.text
    first, second = (format_bytes(budget * GIB) for budget, _name in DEVICES)
    assert f"Budget {first}" in page.text
    assert f"Budget {second}" in page.text
    places = {row[1] for row in component_rows(found)}
    assert {"GPU 1", "GPU 2", "Host"} <= places
    assert "GPU 2" in plan_text(found)
