#!/usr/bin/env bash
# `./dev faults`: breaks a server from outside, in rounds of every kind of fault, and shows that each sabotage is caught.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

kinds="kill power full fsync clock poison truncate hot greedy"

# What the program is made to do wrong, and the kind of fault that brings it to light.
sabotages="ack_before_commit:kill no_fsync:power no_dedup:kill apply_before_commit:kill torn_tail_accepted:truncate \
lost_quarantine:poison"

usage() {
  cat <<TEXT
Usage: ./dev faults [--rounds N] [--seed S] [--events N] [--kind KIND]... [--every-byte] [--no-sabotage]

  --rounds N      rounds of each kind [default: 3]
  --seed S        repeats the plans of a run [default: the time, and printed]
  --events N      most events of a round [default: 5000]
  --kind KIND     only this kind; may be repeated. Kinds: $kinds
  --every-byte    cut the journal's log at every byte, too (minutes)
  --no-sabotage   leave out the proof that broken promises are seen

Reports go to target/faults; docs/reliability.md says how to read them.
TEXT
}

main() {
  local rounds=3 seed events=5000 chosen="" sabotage=true every_byte=false target
  seed=$(date +%s)
  while [ $# -gt 0 ]; do
    case $1 in
      --rounds) rounds=${2:?--rounds needs a number} && shift 2 ;;
      --seed) seed=${2:?--seed needs a number} && shift 2 ;;
      --events) events=${2:?--events needs a number} && shift 2 ;;
      --kind) chosen="$chosen ${2:?--kind needs a name}" && shift 2 ;;
      --every-byte) every_byte=true && shift ;;
      --no-sabotage) sabotage=false && shift ;;
      --help | -h) usage && exit 0 ;;
      *) usage >&2 && fail "unknown argument '$1'" ;;
    esac
  done
  need_build_tools
  echo "building the program with its failpoints"
  cargo build --locked -p salescope -p salescope-e2e --features salescope/faults
  target=$(target_folder)
  run_faults "$target" "$target/faults" "$rounds" "$seed" "$events" "${chosen:-$kinds}"
  if $every_byte; then
    SALESCOPE_CUT_STEP=1 cargo nextest run --locked -p salescope-store -E 'test(a_log_that_is_cut_anywhere)'
  fi
  if $sabotage; then prove_faults "$target" "$target/faults" "$seed" "$sabotages"; fi
}

main "$@"
