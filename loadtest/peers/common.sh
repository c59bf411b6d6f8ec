# What the peers' scripts share. Each is called with an empty folder for its files, says on one line where it listens and
# which processes to watch, and ends when its standard input closes.

# fail WHY: says why, and ends.
fail() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}

# free_port: a port of the loopback address that nothing listens on.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for_port PORT: until something listens there, at most 30 s.
wait_for_port() {
  for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  fail "nothing listens on port $1"
}

# announce PORT PID...: the line that the load test waits for.
announce() {
  local port=$1
  shift
  local IFS=,
  printf '{"url":"http://127.0.0.1:%s","pid":[%s]}\n' "$port" "$*"
}

# wait_for_end: until standard input closes.
wait_for_end() {
  cat >/dev/null
}
