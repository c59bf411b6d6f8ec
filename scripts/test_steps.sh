# shellcheck shell=bash
# The steps of `./dev test` that are more than one command. Sourced by test.sh, which removes `test_logs` at its end.

test_logs=$(mktemp -d)

# Beside a checkout; not part of the repository.
real_export=../shared/data/crm

# Tests with this in their name read the real export.
reads_real_export='test(shared_data_)'

# One set of features for every step that runs code, so that they share one build: failpoints are compiled in, and armed in
# fault rounds only. The API docs build the program as it ships.
features=(--features salescope/faults)

has_cargo_deny() { cargo deny --version >/dev/null 2>&1; }

check_dependencies() {
  cargo deny --locked check --hide-inclusion-graph bans licenses sources
}

run_tests() {
  local options=(--workspace --locked "${features[@]}")
  if [ "${CI:-}" = true ]; then options+=(--profile ci); fi
  if [ -t 1 ]; then options+=(--color always); fi
  if [ ! -d "$real_export" ]; then options+=(-E "not $reads_real_export"); fi
  cargo nextest run "${options[@]}" 2>&1 | tee "$test_logs/tests"
}

# Names the tests that the run left out: those marked `ignore`, and those that read the real export.
name_skipped_tests() {
  local test
  while read -r test; do
    skip "test $test" "marked ignore"
  done < <(list_tests --run-ignored only)
  if [ -d "$real_export" ]; then return; fi
  while read -r test; do
    skip "test $test" "$real_export is absent"
  done < <(list_tests -E "$reads_real_export")
}

list_tests() {
  cargo nextest list --workspace --locked "${features[@]}" --message-format oneline --cargo-quiet "$@" 2>/dev/null || true
}

# Succeeds, and says why, when the front end cannot be checked here.
why_no_web() {
  if ! have npm; then echo "npm is not installed"; else return 1; fi
}

# The front end by itself, as it is built, and its live client against the program that the tests were built with.
check_web() {
  (
    cd web && npm ci --no-audit --no-fund && npm run check && npm run build &&
      SALESCOPE_PROGRAM="$(target_folder)/debug/salescope" npm run test:real
  )
}

# Succeeds, and says why, when there is no browser.
why_no_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if have "$name"; then return 1; fi
  done
  if apt_install chromium >/dev/null 2>&1 && have chromium; then return 1; fi
  echo "chromium is not installed"
}

check_web_in_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if have "$name"; then break; fi
  done
  (cd web && CHROME=$(command -v "$name") npm run test:browser)
}

run_doc_tests() {
  cargo test --doc --workspace --locked "${features[@]}" 2>&1 | tee "$test_logs/doc_tests"
}

check_api_docs() {
  RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --locked
}

# A few rounds of each kind of fault, and the two sabotages that are quickest to show that broken promises are seen.
check_faults() {
  local target
  target=$(target_folder)
  run_faults "$target" "$target/faults" 3 "$(date +%s)" 4000 "kill power full fsync clock poison truncate hot greedy" &&
    prove_faults "$target" "$target/faults" "$(date +%s)" "no_fsync:power no_dedup:kill"
}

# Succeeds, and says why, when the check of the real export cannot run here.
why_no_export_check() {
  if [ ! -d "$real_export" ]; then
    echo "$real_export is absent"
  elif ! have python3 && ! apt_install python3 >/dev/null 2>&1; then
    echo "python3 is not installed"
  else
    return 1
  fi
}

# With the program that the tests were built with.
check_real_export() {
  python3 scripts/check_crm_kpis.py "$(target_folder)/debug/salescope" "$real_export"
}

# One plain line over unit, integration and doc tests, from the summaries that the runners printed themselves.
count_tests() {
  cat "$test_logs"/* 2>/dev/null | sed $'s/\x1b\\[[0-9;]*m//g' | awk '
    function before(word,   parts, n) {
      n = split($0, parts, word)
      if (n < 2) return 0
      sub(/ \([^)]*\)$/, "", parts[1]); sub(/.*[^0-9]/, "", parts[1])
      return parts[1] + 0
    }
    / Summary \[/ { seen = 1; passed += before(" passed"); skipped += before(" skipped")
                    failed += before(" failed") + before(" timed out") + before(" exec failed") }
    /^test result: / { passed += before(" passed"); failed += before(" failed"); skipped += before(" ignored") }
    END { if (seen) printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; else print "the tests did not run" }'
}
