#!/usr/bin/env bash
# `./dev up`: builds the program, makes a demo data directory, and prints what can be done with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

data=.salescope/demo

show_commands() {
  local run="$1 --data-dir $data"
  cat <<TEXT

The program is $1 and the demo data directory is $data, with the organisation 'demo'.
Try, in this order:

  $run import crm docs/examples/crm --org demo
  $run kpi list
  $run kpi get bookings --org demo --from 2026-01-01 --to 2026-04-01 --group-by owner
  $run kpi series bookings --org demo --from 2026-01-01 --to 2026-07-01
  $run kpi explain bookings --org demo --from 2026-01-01 --to 2026-04-01
  $run journal stats --org demo
  $run verify --org demo

$1 --help lists the rest. To start again, remove $data.
TEXT
}

main() {
  local binary
  if [ $# -gt 0 ]; then fail "unknown argument '$1': ./dev up takes none"; fi
  need_build_tools
  cargo build --release --locked --bin salescope
  binary=$(target_folder)/release/salescope
  binary=${binary#"$PWD"/}
  if [ ! -d "$data" ]; then
    mkdir -p "$(dirname "$data")"
    # A half-made directory would be taken for a whole one the next time.
    "$binary" --data-dir "$data" admin create-org Demo || {
      rm -rf "$data"
      fail "the demo organisation could not be created"
    }
  fi
  show_commands "$binary"
}

main "$@"
