#!/usr/bin/env bash
# Express over PostgreSQL. Needs Node.js, npm and Debian's postgresql; the packages of package-lock.json are installed at
# the first start. PostgreSQL runs as it is shipped: fsync and synchronous_commit are on.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=loadtest/peers/common.sh
source "$here/../common.sh"

folder=$(cd "$1" && pwd)
binaries=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
[ -n "$binaries" ] || fail "PostgreSQL is not installed: apt-get install postgresql"
[ -d "$here/node_modules" ] || (cd "$here" && npm ci --no-audit --no-fund >/dev/null) || fail "npm ci failed"

# PostgreSQL refuses to run as root: there it runs as the account that its package made.
owner=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || fail "there is no account postgres to run PostgreSQL as"
  chown postgres: "$folder"
  owner=(setpriv --reuid postgres --regid postgres --clear-groups --)
fi
# The path of a socket is bounded, so it does not lie in the folder.
sockets=$("${owner[@]}" mktemp -d /tmp/salescope-peer.XXXXXX)
postgres='' node=''
# shellcheck disable=SC2329  # called by the trap
end() {
  [ -z "$node" ] || kill -TERM "$node" 2>/dev/null || true
  [ -z "$postgres" ] || kill -INT "$postgres" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$sockets"
}
trap end EXIT

cd "$folder"
"${owner[@]}" "$binaries/initdb" -D "$folder/data" -U postgres --auth=trust >/dev/null
"${owner[@]}" "$binaries/postgres" -D "$folder/data" -k "$sockets" -c listen_addresses= -c shared_buffers=512MB \
  -c max_wal_size=4GB -c log_min_messages=warning >"$folder/postgres.log" 2>&1 &
postgres=$!
for _ in $(seq 300); do
  if "$binaries/pg_isready" -q -h "$sockets" -U postgres; then break; fi
  sleep 0.1
done
port=$(free_port)
NODE_ENV=production PEER_SOCKET_DIR=$sockets PEER_PORT=$port node "$here/server.js" >"$folder/node.log" 2>&1 &
node=$!
wait_for_port "$port"
announce "$port" "$node" "$postgres"
wait_for_end
