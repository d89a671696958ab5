"""Freezes the program, tries it, bounds its size, and packs it if ``--output`` says where to.

Needs PyInstaller and argparse-manpage in the environment where Memplan is installed, and leaves
nothing in the source tree. Beside the archive it writes the archive's checksum.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from manual import manual
from memplan.version import __version__
from program_icon import png

PACKAGING = Path(__file__).parent
LARGEST_BYTES = 230 * 10**6
PROBE_FAILED = ("not_started", "crashed", "unreadable")
if sys.platform == "darwin":
    # Metal comes with the system: where its module is not found, it was not frozen.
    PROBE_FAILED += ("no_library",)
STRICT_SIGNING = {
    "PYINSTALLER_STRICT_BUNDLE_CODESIGN_ERROR": "1",
    "PYINSTALLER_VERIFY_BUNDLE_SIGNATURE": "1",
}
"""With these a bundle that cannot be signed, or whose signature is wrong, is an error."""
_DEADLINE_SECONDS = 120


def main() -> int:
    """Freeze, try, measure and pack; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write the archive there")
    output = parser.parse_args().output
    with tempfile.TemporaryDirectory(prefix="memplan-") as name:
        folder = Path(name)
        built = freeze(folder)
        size = sum(path.lstat().st_size for path in built.rglob("*") if path.is_file())
        print(f"frozen: {size / 1e6:.1f} MB of at most {LARGEST_BYTES / 1e6:.0f} MB")
        if size > LARGEST_BYTES:
            return 1
        try_out(program_in(built), folder)
        if sys.platform == "linux":
            add_metadata(built)
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            pack(built, output)
    return 0


def freeze(folder: Path) -> Path:
    """Run PyInstaller in ``folder``; return the folder or bundle that it made."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--workpath", str(folder / "work"), "--distpath", str(folder / "made")]
    subprocess.run(
        [*command, *places, str(PACKAGING / "memplan.spec")],
        check=True,
        env={**os.environ, **STRICT_SIGNING},
    )
    return folder / "made" / ("Memplan.app" if sys.platform == "darwin" else "memplan")


def program_in(built: Path) -> Path:
    """The executable whose output can be read."""
    if sys.platform == "darwin":
        return built / "Contents" / "MacOS" / "memplan"
    return built / ("memplan-console.exe" if sys.platform == "win32" else "memplan")


def try_out(program: Path, folder: Path) -> None:
    """Call each command once, away from the source tree and from this Python's own settings."""
    keep = {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"}
    environment = {name: value for name, value in os.environ.items() if name.upper() in keep}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}

    def call(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=_DEADLINE_SECONDS,
        )
        if done.returncode not in codes:
            raise SystemExit(f"{arguments} ended with {done.returncode}:\n{done.stderr}")
        print("tried:", program.stem, *arguments[:1])
        return done.stdout

    if __version__ not in call("--version"):
        raise SystemExit("the frozen program is of another version")
    picture = folder / "picture.png"
    call("--sample", "--smoke", "--screenshot", str(picture))
    if not picture.read_bytes().startswith(b"\x89PNG"):
        raise SystemExit("no picture was saved")
    sample = next(program.parent.parent.rglob("qwen3-8b.gguf"))
    plan = json.loads(call("check", str(sample), "--budget", "16GiB", "--json"))
    if plan["schema"] != "memplan.plan/1" or not plan["verdict"]["fits"]:
        raise SystemExit(f"an unexpected plan: {plan}")
    call(str(sample), "--smoke")
    log = folder / "server.log"
    log.write_text("llama_kv_cache:    Vulkan0 KV buffer size =  1152.00 MiB\n", "utf-8")
    if json.loads(call("explain", str(log), "--json"))["buffers"][0]["mib"] != 1152:
        raise SystemExit("a log was not understood")
    # Whether there is a GPU or not, the driver's own process has to answer.
    found = json.loads(call("devices", "--json", codes=(0, 1)))
    print("devices:", json.dumps(found)[:200])
    if found["problem"] in PROBE_FAILED:
        raise SystemExit("the driver's own process did not answer")


def add_metadata(built: Path) -> None:
    """Put beside the program what ``linux/install.sh`` installs."""
    share = built / "share"
    share.mkdir()
    (share / "memplan.png").write_bytes(png(256))
    (share / "memplan.1").write_text(manual(), "utf-8")
    icons = PACKAGING.parent / "resources" / "memplan_resources" / "icons"
    shutil.copy2(icons / "memplan.svg", share)
    for path in (PACKAGING / "linux").glob("org.memplan.*"):
        shutil.copy2(path, share)
    shutil.copy2(PACKAGING / "linux" / "install.sh", built)
    shutil.copy2(PACKAGING.parent / "LICENSE", built)


def pack(built: Path, output: Path) -> None:
    """Write the archive and its checksum, in the form that ``sha256sum --check`` reads."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    name = f"memplan-{__version__}-{system}-{platform.machine().lower()}"
    if sys.platform == "darwin":
        # Plain ZIP loses the links inside the bundle, and with them its signature.
        archive = output / f"{name}.zip"
        subprocess.run(["ditto", "-c", "-k", "--keepParent", built, archive], check=True)
    else:
        kind = "zip" if sys.platform == "win32" else "gztar"
        archive = Path(shutil.make_archive(str(output / name), kind, built.parent, built.name))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    checksum = archive.with_name(f"{archive.name}.sha256")
    checksum.write_text(f"{digest}  {archive.name}\n", "utf-8")
    print(f"archive: {archive.name}, {archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
