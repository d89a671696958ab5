"""No password and no signature in what is shown, copied or written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from core.odd_plans import header_of
from memplan import EngineName, Request, cli
from memplan.addresses import is_secret, public_address, without_secrets
from memplan.model import resolve_model
from memplan.model.parts import resolve_part, with_part
from memplan.plan_json import plan_to_json
from memplan.planning.planner import plan
from memplan.reader.errors import RemoteError
from memplan.reports import REPORT_WRITERS
from memplan.reports.content import command
from memplan.wording.terminal import plan_text

SECRET = "https://me:hunter2@example.org/folder/model.gguf?X-Amz-Signature=5ec2e7&e=1#part"
PUBLIC = "https://example.org/folder/model.gguf"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (SECRET, PUBLIC),
        (f"  {SECRET}", PUBLIC),
        ("https://example.org:8443/a@b/c.gguf", "https://example.org:8443/a@b/c.gguf"),
        ("hf://owner/repo@main/model.gguf", "hf://owner/repo@main/model.gguf"),
        ("file:///models/what?.gguf", "file:///models/what?.gguf"),
        ("/models/what?#.gguf", "/models/what?#.gguf"),
        ("owner/repo:Q4_K_M", "owner/repo:Q4_K_M"),
        ("", ""),
    ],
)
def test_that_a_source_is_shown_without_secrets(source: str, shown: str) -> None:
    assert public_address(source) == shown


def test_that_a_message_has_no_part_of_a_secret_address() -> None:
    message = f"Cannot parse {SECRET} (url: /folder/model.gguf?X-Amz-Signature=5ec2e7&e=1#part)"
    said = without_secrets(message, SECRET)
    assert said.startswith(f"Cannot parse {PUBLIC}")
    assert "5ec2e7" not in said
    assert "hunter2" not in without_secrets("'me:hunter2@[' is no address", SECRET)


def test_that_only_secret_addresses_are_not_remembered() -> None:
    assert is_secret(SECRET)
    assert is_secret("https://example.org/m.gguf?token=abc")
    assert not is_secret("https://huggingface.co/o/r/resolve/main/m.gguf?download=true")
    assert not is_secret("/models/m.gguf")


def test_that_the_command_of_a_start_names_no_secret() -> None:
    header = replace(header_of("gemma-3-270m.Q4_K_M.gguf"), source=SECRET)
    model = with_part(resolve_model(header), resolve_part(header))
    start = plan(model, Request(EngineName.LLAMA_CPP)).start
    assert start is not None
    assert start.command.count(PUBLIC) == 2
    assert "hunter2" not in " ".join(start.command)


def test_that_an_error_names_no_secret() -> None:
    redirect = f"one to {SECRET}"
    error = RemoteError(SECRET, 5, "a secure address", redirect, "Check the address.")
    for said in (str(error), error.detail, error.found, error.source, repr(error)):
        assert "hunter2" not in said
        assert "5ec2e7" not in said
    assert PUBLIC in str(error)


def test_that_reports_and_json_name_no_secret() -> None:
    model = resolve_model(replace(header_of("qwen3-8b.Q4_K_M.gguf"), source=SECRET))
    found = plan(model, Request())
    texts = [json.dumps(plan_to_json(found)), plan_text(found), command(found)]
    texts += [write(found, ()) for write in REPORT_WRITERS.values()]
    for text in texts:
        assert "hunter2" not in text
        assert "5ec2e7" not in text
    assert "check model.gguf " in command(found)


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_that_the_command_line_repeats_no_secret(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://me:hunter2@[::bad/model.gguf?sig=5ec2e7"
    assert cli.main(["check", address, *words]) == 2
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert "5ec2e7" not in captured.out + captured.err
