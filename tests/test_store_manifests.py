"""What package stores are sent for a release."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from memplan.version import __version__

MAKER: dict[str, Any] = runpy.run_path(
    str(Path(__file__).parents[1] / "packaging" / "store_manifests.py")
)
NAMES = (MAKER["WINDOWS"], MAKER["MACOS"], MAKER["LINUX"])
DIGESTS = tuple(digit * 64 for digit in "abc")
SUMS = "".join(f"{digest}  {name}\n" for digest, name in zip(DIGESTS, NAMES, strict=True))


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    MAKER["write_manifests"](SUMS, tmp_path)
    return {
        path.relative_to(tmp_path).as_posix(): path.read_text("utf-8")
        for path in tmp_path.rglob("*.*")
        if path.is_file()
    }


def test_that_each_manifest_names_its_file_with_its_checksum(written: dict[str, str]) -> None:
    of_windows, of_macos, of_linux = DIGESTS
    assert of_windows.upper() in written["winget/Memplan.Memplan.installer.yaml"]
    assert of_macos in written["homebrew/memplan.rb"]
    flatpak = yaml.safe_load(written["flatpak/org.memplan.Memplan.yml"])
    (source,) = flatpak["modules"][0]["sources"]
    assert source["sha256"] == of_linux
    assert source["url"].endswith(f"/v{__version__}/{MAKER['LINUX']}")


def test_that_wingets_three_files_are_of_one_package(written: dict[str, str]) -> None:
    parts = [yaml.safe_load(text) for name, text in written.items() if name.startswith("winget/")]
    assert {part["ManifestType"] for part in parts} == {"version", "installer", "defaultLocale"}
    assert {(part["PackageIdentifier"], part["PackageVersion"]) for part in parts} == {
        ("Memplan.Memplan", __version__)
    }


def test_that_a_file_without_a_checksum_stops_the_release(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        MAKER["write_manifests"](SUMS.splitlines()[0], tmp_path)
