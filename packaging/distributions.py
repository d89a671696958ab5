"""Builds sdist and wheel, checks what is in them, and tries the wheel in an empty environment.

Needs the package ``build``, and a package index for the dependencies.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
LARGEST_BYTES = {".whl": 1_250_000, ".gz": 2_500_000}
"""What comes in by mistake, a model or a recording, is larger. The sdist has the tests' data."""

SOURCE_ROOTS = ("core", "gui", "resources")


def main() -> int:
    """Build, check and try; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="keep both files there")
    output = parser.parse_args().output
    with tempfile.TemporaryDirectory(prefix="memplan-") as name:
        folder = Path(name)
        # The wheel is built from the sdist, which therefore has all that it takes.
        command = [sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(ROOT)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = (folder / "dist").glob("*.whl")
        (sdist,) = (folder / "dist").glob("*.tar.gz")
        check(wheel, sdist)
        try_out(wheel, folder)
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            for path in (wheel, sdist):
                shutil.copy2(path, output)
    return 0


def check(wheel: Path, sdist: Path) -> None:
    """Compare with the source tree, and bound the sizes."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        PurePosixPath(path).relative_to(root).as_posix()
        for path in tracked
        for root in SOURCE_ROOTS
        if path.startswith(f"{root}/")
    }
    with tarfile.open(sdist) as archive:
        in_sdist = {name.split("/", 1)[-1] for name in archive.getnames()}
    missing = sorted(wanted - in_wheel)
    missing += sorted({path for path in tracked if not path.startswith(".")} - in_sdist)
    extra = sorted(
        name for name in in_wheel - wanted if ".dist-info/" not in name and not name.endswith("/")
    )
    if missing or extra:
        raise SystemExit(f"missing: {missing}; not tracked: {extra}")
    for path in (wheel, sdist):
        size, most = path.stat().st_size, LARGEST_BYTES[path.suffix]
        print(f"{path.name}: {size / 1e6:.2f} MB of at most {most / 1e6:.1f} MB")
        if size > most:
            raise SystemExit(f"{path.name} is too large")


def try_out(wheel: Path, folder: Path) -> None:
    """Install the wheel into an empty environment, and call the program in both ways."""
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, wheel], check=True)
    (sample,) = environment.rglob("qwen3-8b.gguf")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for command in (
        [scripts / "memplan", "check", sample, "--budget", "16GiB", "--json"],
        [scripts / "memplan", "--sample", "--smoke", "--screenshot", folder / "picture.png"],
        [python, "-m", "memplan", sample, "--smoke"],
    ):
        subprocess.run(
            command,
            check=True,
            cwd=folder,
            env=kept | {"QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.DEVNULL,
        )
    if not (folder / "picture.png").stat().st_size:
        raise SystemExit("no picture was saved")
    print("the wheel runs in an empty environment")


if __name__ == "__main__":
    sys.exit(main())
