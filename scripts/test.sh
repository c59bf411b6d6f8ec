#!/usr/bin/env bash
# `./dev test [--quick]`: every check in order. A failing step does not stop the later ones; the closing summary
# lists each step's outcome and names everything that was left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh
# shellcheck source=scripts/test_steps.sh
source scripts/test_steps.sh

quick=false
number=0
failed=0
outcomes=()
skipped=()

# step NAME COMMAND...: announces, runs and times one step, and remembers how it ended.
step() {
  local name=$1 started=$SECONDS outcome=passed
  shift
  number=$((number + 1))
  printf '\n== %d. %s (at %d s)\n' "$number" "$name" "$SECONDS"
  if ! "$@"; then
    outcome=FAILED
    failed=$((failed + 1))
  fi
  outcomes+=("$(printf '%-7s %4d s  %s' "$outcome" $((SECONDS - started)) "$name")")
  printf -- '-- %s: %s in %d s\n' "$name" "$outcome" $((SECONDS - started))
}

# full_step is left out by --quick.
full_step() {
  if $quick; then skip "$1" "--quick"; else step "$@"; fi
}

# skip NAME WHY: remembers what was left out; it shows in the closing summary.
skip() { skipped+=("$1 ($2)"); }

summary() {
  printf '\n== summary (%d s)\n' "$SECONDS"
  printf '%s\n' "${outcomes[@]}"
  if [ ${#skipped[@]} -gt 0 ]; then printf 'skipped: %s\n' "${skipped[@]}"; fi
  count_tests
}

main() {
  case ${1:-} in
    "") ;;
    --quick) quick=true ;;
    *) fail "unknown argument '$1': ./dev test [--quick]" ;;
  esac
  trap 'rm -rf "$test_logs"' EXIT

  step "tools" need_test_tools
  step "format" cargo fmt --all --check
  step "clippy" cargo clippy --workspace --all-targets --locked "${features[@]}" -- -D warnings
  step "tidy" cargo xtask tidy
  if has_cargo_deny; then full_step "licences and sources" check_dependencies; else
    skip "licences and sources" "cargo-deny is not installed: cargo install cargo-deny --locked"
  fi
  step "tests" run_tests
  name_skipped_tests
  step "faults" check_faults
  full_step "doc tests" run_doc_tests
  full_step "API docs" check_api_docs
  if why=$(why_no_web); then skip "web" "$why"; else
    full_step "web" check_web
    if why=$(why_no_browser); then skip "web in a browser" "$why"; else
      full_step "web in a browser" check_web_in_browser
    fi
  fi
  if why=$(why_no_export_check); then skip "KPIs of the real CRM export" "$why"; else
    full_step "KPIs of the real CRM export" check_real_export
  fi

  summary
  [ "$failed" -eq 0 ]
}

main "$@"
