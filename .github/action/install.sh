#!/usr/bin/env bash
# Puts gatecheck where the next steps find it: the prebuilt program that the table of this very revision names, or one
# that is built from the source beside it. Pinning the action by its commit pins both.
set -euo pipefail

# The table is not for users to choose: whoever pins the commit has pinned it.
table=$ACTION_PATH/.github/action/releases.txt

say() { # a fixed sentence at a level: no text of a stranger is ever printed here
  printf '::%s title=gatecheck::%s\n' "$1" "$2"
}

target() {
  case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    *) echo unknown ;;
  esac
}

digest() { # of a file; nothing where no program can tell
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  fi
}

# 0: the program lies there and has its digest. 1: it is not to be had. A digest that differs ends the action.
prebuilt() {
  local version target row_version row_target row_digest row_url found=
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$ACTION_PATH/Cargo.toml" | head -n 1)
  target=$(target)
  while read -r row_version row_target row_digest row_url; do
    if [ "$row_version" = "$version" ] && [ "$row_target" = "$target" ]; then
      found=yes
      break
    fi
  done <"$table"
  if [ -z "$found" ]; then
    echo "There is no prebuilt gatecheck $version for $target."
    return 1
  fi
  if ! [[ $row_digest =~ ^[0-9a-f]{64}$ && -n $row_url ]]; then
    say error "The table of prebuilt programs is broken: a row is version, target, SHA-256 and URL. Nothing was run."
    exit 3
  fi
  local file=$folder/download
  if ! curl --fail --location --silent --show-error --retry 2 --connect-timeout 20 --max-time 300 \
    --max-filesize 268435456 --output "$file" -- "$row_url"; then
    say warning "The prebuilt program could not be downloaded."
    return 1
  fi
  local actual
  actual=$(digest "$file")
  if [ -z "$actual" ]; then
    say warning "Nothing on this runner can compute a SHA-256, so the prebuilt program is not run."
    return 1
  fi
  if [ "$actual" != "$row_digest" ]; then
    rm -f "$file"
    say error "What was downloaded is not the program that this revision of the action names: its SHA-256 differs. Nothing was run."
    exit 3
  fi
  mv "$file" "$program"
  chmod +x "$program"
}

# In its own folder, because a `rust-toolchain.toml` of the repository that is judged could name another compiler.
from_source() {
  if ! command -v cargo >/dev/null; then
    say error "There is no prebuilt program for this runner, and no Rust toolchain to build one with."
    exit 3
  fi
  echo "Building gatecheck from source."
  (cd "$ACTION_PATH" && cargo install --locked --quiet --path . --root "$folder")
  mv "$folder/bin/$name" "$program"
}

name=gatecheck
[ "${RUNNER_OS:-}" != Windows ] || name=gatecheck.exe
# A folder of its own for each use: nothing that another step has left there is run.
folder=$(mktemp -d "$RUNNER_TEMP/gatecheck.XXXXXXXX")
program=$folder/$name

case $INSTALL in
  auto) prebuilt || from_source ;;
  prebuilt)
    if ! prebuilt; then
      say error "The input install asks for a prebuilt program, and there is none to be had."
      exit 3
    fi
    ;;
  source) from_source ;;
  *)
    say error "The input install is one of auto, prebuilt and source."
    exit 2
    ;;
esac
printf 'folder=%s\nprogram=%s\n' "$folder" "$program" >>"$GITHUB_OUTPUT"
