# shellcheck shell=bash
# What `dev` and its parts share: messages and the tools that they need. Sourced, never run.

if [ "${CI:-}" = true ]; then
  export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never NO_COLOR=1 NEXTEST_SHOW_PROGRESS=none
  export CARGO_INCREMENTAL=0
fi

fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Installs a Debian package when this account may; fails quietly otherwise.
apt_install() {
  local as_root=()
  if ! have apt-get; then return 1; fi
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo)
  fi
  ${as_root[@]+"${as_root[@]}"} apt-get install -y "$1" && return 0
  ${as_root[@]+"${as_root[@]}"} apt-get update && ${as_root[@]+"${as_root[@]}"} apt-get install -y "$1"
}

# What a build needs: cargo, and a C compiler for the bundled SQLite.
need_build_tools() {
  have cargo || fail "cargo is missing: install Rust from https://rustup.rs"
  have cc || apt_install build-essential || fail "a C compiler is missing: install one (Debian: build-essential)"
}

# What the checks need beyond that.
need_test_tools() {
  need_build_tools
  cargo fmt --version || fail "rustfmt is missing: rustup component add rustfmt"
  cargo clippy --version || fail "clippy is missing: rustup component add clippy"
  cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked ||
    fail "cargo-nextest is missing and could not be installed"
  cargo nextest --version | head -n 1
}

# The folder that cargo builds into, wherever a developer's own configuration puts it.
target_folder() {
  cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}
