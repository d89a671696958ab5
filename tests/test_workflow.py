"""The workflow: which steps of others it takes, and what its jobs may do."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def test_that_each_step_of_others_is_one_commit_with_its_version_beside() -> None:
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert len(used) > 10
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")
    assert [step for step in used if pinned.fullmatch(step) is None] == []


def test_that_no_job_may_write_but_those_that_release() -> None:
    head, _, jobs = WORKFLOW.partition("\njobs:\n")
    assert "permissions:\n  contents: read\n" in head
    by_name = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", jobs, flags=re.M))
    assert {"checks", "tests", "encodings", "frozen", "bare", "release", "pypi"} <= set(by_name)
    writing = {name for name, job in by_name.items() if ": write" in job}
    assert writing == {"release", "pypi"}


def test_that_every_python_of_the_matrix_is_among_the_classifiers() -> None:
    (matrix,) = re.findall(r"python: \[(.*)\]", WORKFLOW)
    versions = re.findall(r'"(3\.\d+)"', matrix)
    assert versions == re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PROJECT)


def test_that_a_bare_debian_gets_what_the_window_needs() -> None:
    from memplan_gui.libraries import missing_text

    (line,) = re.findall(r"^sudo apt-get install python3-venv (.*)$", README, flags=re.M)
    wanted = missing_text(["libglib-2.0.so.0", "libxcb-cursor.so.0", "libEGL.so.1"])
    (packages,) = re.findall(r"apt-get install (.*)", wanted)
    assert set(packages.split()) <= set(line.split())
