#!/usr/bin/env bash
# `./dev up`: builds the program, starts the server with the organisation 'demo', and keeps its figures moving until Ctrl-C.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

data=.salescope/demo
listen=${SALESCOPE_LISTEN:-127.0.0.1:8080}
server=

stop() {
  if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null; fi
}

main() {
  local program key
  if [ $# -gt 0 ]; then fail "unknown argument '$1': ./dev up takes none"; fi
  need_build_tools
  echo "building the program (a few minutes the first time)"
  cargo build --release --locked --bin salescope
  program=$(target_folder)/release/salescope
  if [ ! -d "$data" ]; then
    mkdir -p "$(dirname "$data")"
    "$program" --data-dir "$data" admin create-org Demo >/dev/null || {
      # A half-made directory would be taken for a whole one the next time.
      rm -rf "$data"
      fail "the demo organisation could not be created"
    }
  fi
  key=$("$program" --data-dir "$data" admin create-key --org demo --name 'dev up' --json | sed 's/.*"key":"\([^"]*\)".*/\1/')
  trap stop EXIT
  "$program" --data-dir "$data" up --listen "$listen" &
  server=$!
  until (exec 3<>"/dev/tcp/${listen%:*}/${listen##*:}") 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "the server ended; what it said stands above"
    sleep 0.2
  done
  cat <<TEXT

The server is at http://$listen, its API reference at http://$listen/api/docs.
The key of the organisation 'demo', shown this once: $key

  curl -H "Authorization: Bearer $key" "http://$listen/api/v1/kpis/bookings?group_by=owner"
  $program --data-dir $data verify --org demo

Two years of deals are being told now, then live changes follow. Ctrl-C ends both; remove $data to start again.
TEXT
  "$program" demo --url "http://$listen" --key "$key"
}

main "$@"
