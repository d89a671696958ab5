#!/bin/sh
# Puts the unpacked program into the menu of this user, and opens *.gguf with it.
#   ./install.sh            installs
#   ./install.sh --remove   takes all of that away again; the unpacked folder stays
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share="${XDG_DATA_HOME:-$HOME/.local/share}"
bin="$HOME/.local/bin"
id=org.memplan.Memplan
entry="$share/applications/$id.desktop"
mime="$share/mime/packages/$id.xml"
metainfo="$share/metainfo/$id.metainfo.xml"
small="$share/icons/hicolor/256x256/apps/$id.png"
drawn="$share/icons/hicolor/scalable/apps/$id.svg"
manual="$share/man/man1/memplan.1"
bash="$share/bash-completion/completions/memplan"
zsh="$share/zsh/site-functions/_memplan"
fish="$share/fish/vendor_completions.d/memplan.fish"

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$mime" "$metainfo" "$small" "$drawn" "$bin/memplan" \
    "$manual" "$bash" "$zsh" "$fish"
else
  mkdir -p "$bin" "$share/applications" "$share/mime/packages" "$share/metainfo" \
    "$(dirname "$small")" "$(dirname "$drawn")" "$(dirname "$manual")" \
    "$(dirname "$bash")" "$(dirname "$zsh")" "$(dirname "$fish")"
  ln -sf "$here/memplan" "$bin/memplan"
  # Desktops need not have ~/.local/bin in their path. In Exec, quotes hold spaces, and % is doubled.
  program=$(printf '%s' "$here/memplan" | sed 's/%/%%/g; s/[&\\|]/\\&/g')
  sed "s|^Exec=memplan|Exec=\"$program\"|" "$here/share/$id.desktop" >"$entry"
  cp "$here/share/$id.mime.xml" "$mime"
  cp "$here/share/$id.metainfo.xml" "$metainfo"
  cp "$here/share/memplan.png" "$small"
  cp "$here/share/memplan.svg" "$drawn"
  cp "$here/share/memplan.1" "$manual"
  "$here/memplan" completion bash >"$bash"
  "$here/memplan" completion zsh >"$zsh"
  "$here/memplan" completion fish >"$fish"
fi
# Not every system has these; menus that need none find the files by themselves.
mkdir -p "$share/mime/packages" "$share/applications"
! command -v update-mime-database >/dev/null || update-mime-database "$share/mime"
! command -v update-desktop-database >/dev/null || update-desktop-database "$share/applications"
