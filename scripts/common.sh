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

# What a build needs: cargo, a C compiler for the bundled SQLite, and make for jemalloc.
need_build_tools() {
  have cargo || fail "cargo is missing: install Rust from https://rustup.rs"
  { have cc && have make; } || apt_install build-essential ||
    fail "a C compiler or make is missing: install them (Debian: build-essential)"
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

# fault_round TARGET REPORTS NAME ARGUMENT...: one run of the fault harness; its report is kept as NAME.json.
fault_round() {
  local target=$1 reports=$2 name=$3 work
  shift 3
  mkdir -p "$reports"
  work=$(mktemp -d)
  "$target/debug/e2e" faults --binary "$target/debug/salescope" --work-dir "$work/run" --json "$reports/$name.json" "$@" &&
    rm -rf "$work"
}

# run_faults TARGET REPORTS ROUNDS SEED EVENTS KINDS: rounds of each kind; fails when a promise was broken.
run_faults() {
  local target=$1 reports=$2 rounds=$3 seed=$4 events=$5 kind failed=0
  for kind in $6; do
    fault_round "$target" "$reports" "$kind" --kind "$kind" --rounds "$rounds" --seed "$seed" --events "$events" ||
      failed=1
  done
  return "$failed"
}

# prove_faults TARGET REPORTS SEED SABOTAGES: each sabotage (NAME:KIND) has to be caught within 20 rounds.
prove_faults() {
  local target=$1 reports=$2 seed=$3 sabotage failed=0
  for sabotage in $4; do
    fault_round "$target" "$reports" "sabotage-${sabotage%:*}" --kind "${sabotage#*:}" --sabotage "${sabotage%:*}" \
      --rounds 20 --seed "$seed" || failed=1
  done
  return "$failed"
}
