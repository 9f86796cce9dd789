#!/usr/bin/env bash
# down.sh --port PORT [--purge]: stops an instance by its pid files; --purge also deletes it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

port= purge=
while [ $# -gt 0 ]; do
  case "$1" in
    --port) port=$2; shift 2 ;;
    --purge) purge=yes; shift ;;
    *) fail "unknown option $1" ;;
  esac
done
[[ "$port" =~ ^[0-9]+$ ]] || fail "which --port?"

# A process that has ended may stay a zombie for seconds, until its parent looks; its command line is empty at once.
is_alive() { grep -q . "/proc/$1/cmdline" 2>/dev/null; }

pids=()
for daemon in nginx php-fpm mariadb; do
  pid_file="$sites/$port/$daemon.pid"
  ! is_ours "$pid_file" || pids+=("$(cat "$pid_file")")
done
for pid in "${pids[@]}"; do
  kill "$pid"
done
for pid in "${pids[@]}"; do
  for _ in $(seq 200); do
    is_alive "$pid" || continue 2
    sleep 0.05
  done
  kill -KILL "$pid"
done
[ -z "$purge" ] || rm -rf "${sites:?}/$port"
