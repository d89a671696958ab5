"""Writes what winget, Homebrew and Flathub are sent for a release, from its SHA256SUMS.

python packaging/store_manifests.py dist/SHA256SUMS OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template

from memplan.version import __version__

HOME = "https://github.com/memplan/memplan"
RELEASE = f"{HOME}/releases/download/v{__version__}"
SUMMARY = "See how much memory a GGUF model needs at every context length"
WINGET = "1.9.0"
"""The version of winget's schema."""

WINDOWS = f"memplan-{__version__}-windows-setup.exe"
MACOS = f"memplan-{__version__}-macos-arm64.zip"
LINUX = f"memplan-{__version__}-linux-x86_64.tar.gz"

MANIFESTS = {
    "winget/Memplan.Memplan.yaml": """\
# yaml-language-server: $$schema=https://aka.ms/winget-manifest.version.$winget.schema.json
PackageIdentifier: Memplan.Memplan
PackageVersion: $version
DefaultLocale: en-US
ManifestType: version
ManifestVersion: $winget
""",
    "winget/Memplan.Memplan.installer.yaml": """\
# yaml-language-server: $$schema=https://aka.ms/winget-manifest.installer.$winget.schema.json
PackageIdentifier: Memplan.Memplan
PackageVersion: $version
InstallerType: inno
Scope: user
FileExtensions:
- gguf
Installers:
- Architecture: x64
  InstallerUrl: $release/$windows
  InstallerSha256: $windows_sum
ManifestType: installer
ManifestVersion: $winget
""",
    "winget/Memplan.Memplan.locale.en-US.yaml": """\
# yaml-language-server: $$schema=https://aka.ms/winget-manifest.defaultLocale.$winget.schema.json
PackageIdentifier: Memplan.Memplan
PackageVersion: $version
PackageLocale: en-US
Publisher: The Memplan developers
PublisherUrl: $home
PackageName: Memplan
PackageUrl: $home
License: MIT
LicenseUrl: $home/blob/main/LICENSE
ShortDescription: $summary
Moniker: memplan
Tags:
- gguf
- llama-cpp
- memory
ManifestType: defaultLocale
ManifestVersion: $winget
""",
    "homebrew/memplan.rb": """\
cask "memplan" do
  version "$version"
  sha256 "$macos_sum"

  url "$home/releases/download/v#{version}/memplan-#{version}-macos-arm64.zip"
  name "Memplan"
  desc "Memory that a GGUF model needs at every context length"
  homepage "$home"

  depends_on arch: :arm64
  depends_on macos: ">= :ventura"

  app "Memplan.app"
  binary "#{appdir}/Memplan.app/Contents/MacOS/memplan"

  zap trash: [
    "~/Library/Application Support/memplan",
    "~/Library/Caches/memplan",
  ]
end
""",
    "flatpak/org.memplan.Memplan.yml": """\
app-id: org.memplan.Memplan
runtime: org.freedesktop.Platform
runtime-version: "24.08"
sdk: org.freedesktop.Sdk
command: memplan
finish-args:
  - --share=ipc
  - --share=network
  - --socket=wayland
  - --socket=fallback-x11
  - --device=dri
  # Models lie anywhere.
  - --filesystem=host:ro
modules:
  - name: memplan
    buildsystem: simple
    build-commands:
      - mkdir -p /app/bin /app/lib
      - cp -r . /app/lib/memplan
      - ln -s ../lib/memplan/memplan /app/bin/memplan
      - install -Dm644 -t /app/share/applications share/org.memplan.Memplan.desktop
      - install -Dm644 -t /app/share/metainfo share/org.memplan.Memplan.metainfo.xml
      - install -Dm644 share/$app.mime.xml /app/share/mime/packages/$app.xml
      - install -Dm644 share/memplan.svg /app/share/icons/hicolor/scalable/apps/$app.svg
      - install -Dm644 share/memplan.1 /app/share/man/man1/memplan.1
    sources:
      - type: archive
        url: $release/$linux
        sha256: $linux_sum
""",
}


def write_manifests(sums: str, folder: Path) -> None:
    """Write every manifest below ``folder``; raise ``KeyError`` for a file without a checksum."""
    by_name = {name.lstrip("*"): digest for digest, name in map(str.split, sums.splitlines())}
    values = {
        "app": "org.memplan.Memplan",
        "home": HOME,
        "linux": LINUX,
        "linux_sum": by_name[LINUX],
        "macos_sum": by_name[MACOS],
        "release": RELEASE,
        "summary": SUMMARY,
        "version": __version__,
        "windows": WINDOWS,
        "windows_sum": by_name[WINDOWS].upper(),
        "winget": WINGET,
    }
    for name, text in MANIFESTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(values), "utf-8", newline="\n")


def main() -> int:
    """Write them; return the exit code."""
    sums, folder = map(Path, sys.argv[1:])
    write_manifests(sums.read_text("utf-8"), folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
