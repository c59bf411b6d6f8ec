#!/usr/bin/env bash
# The floor: nginx that answers 202. Needs Debian's nginx.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=loadtest/peers/common.sh
source "$here/../common.sh"

folder=$(cd "$1" && pwd)
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || fail "nginx is not installed: apt-get install nginx-light"

port=$(free_port)
sed -e "s|@FOLDER@|$folder|g" -e "s|@PORT@|$port|g" "$here/nginx.conf.in" >"$folder/nginx.conf"
nginx -c "$folder/nginx.conf" -e "$folder/error.log" >/dev/null &
nginx=$!
trap 'kill -TERM "$nginx" 2>/dev/null || true; wait "$nginx" 2>/dev/null || true' EXIT
wait_for_port "$port"
announce "$port" "$nginx"
wait_for_end
