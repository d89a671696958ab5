"""The cache of headers when several programs use it at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from memplan.reader.download import Answer
from memplan.reader.header_cache import HeaderCache

URL = "https://example.org/model.gguf"
WRITER = """
import sys
from pathlib import Path
from memplan.reader.download import Answer
from memplan.reader.header_cache import HeaderCache
cache = HeaderCache(Path(sys.argv[1]), 1 << 20)
for turn in range(200):
    letter = sys.argv[2].encode()
    cache.keep(sys.argv[3], Answer(turn, letter.decode(), ""), letter * 50_000)
"""


def test_that_two_writers_never_leave_half_of_each(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter, URL])
        for letter in "ab"
    ]
    cache = HeaderCache(tmp_path, 1 << 20)
    seen = set()
    while any(writer.poll() is None for writer in writers):
        entry = cache.find(URL)
        if entry is None:
            continue
        with cache.opened("model", entry) as source:
            if source is not None:
                content = source.read(100_000)
                assert source.is_intact()
                assert set(content) == {ord(entry.answer.etag)}
                seen.add(content[:1])
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen
    assert [path.suffix for path in tmp_path.iterdir()] == [".header"]


@pytest.mark.parametrize("damage", ["infinity", "deep", "pipe", "minus", "text"])
def test_that_an_odd_entry_is_none(tmp_path: Path, damage: str) -> None:
    if damage == "pipe" and os.name == "nt":
        damage = "infinity"
    cache = HeaderCache(tmp_path, 1 << 20)
    cache.keep(URL, Answer(4, "e", ""), b"GGUF")
    (path,) = tmp_path.iterdir()
    kept = path.read_bytes()
    assert b"example.org" not in kept
    path.unlink()
    if damage == "pipe":
        os.mkfifo(path)
    elif damage == "deep":
        path.write_bytes(b"[" * 60_000 + b"\n")
    else:
        odd = {"infinity": b"Infinity", "minus": b"-4", "text": b'"4"'}[damage]
        path.write_bytes(kept.replace(b'"header_bytes": 4', b'"header_bytes": ' + odd))
    assert cache.find(URL) is None
    cache.keep(URL, Answer(4, "e", ""), b"GGUF")
    assert cache.find(URL) is not None


def test_that_what_was_used_last_is_kept_longest(tmp_path: Path) -> None:
    cache = HeaderCache(tmp_path, 2_500)
    answer = Answer(1, "e", "")
    for number in range(2):
        cache.keep(f"{URL}{number}", answer, bytes(1000))
    first, second = cache.find(f"{URL}0"), cache.find(f"{URL}1")
    assert first is not None
    assert second is not None
    os.utime(first.path, (1, 1))
    os.utime(second.path, (2, 2))
    with cache.opened("model", first):
        pass
    cache.keep(f"{URL}2", answer, bytes(1000))
    assert cache.find(f"{URL}0") is not None
    assert cache.find(f"{URL}1") is None


def test_that_what_a_killed_program_left_is_removed(tmp_path: Path) -> None:
    left, fresh = tmp_path / "left.part", tmp_path / "fresh.part"
    left.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(left, (time.time() - 7200,) * 2)
    HeaderCache(tmp_path, 1 << 20).keep(URL, Answer(1, "e", ""), b"header")
    assert not left.exists()
    assert fresh.exists()
