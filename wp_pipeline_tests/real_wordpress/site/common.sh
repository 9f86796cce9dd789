# What up.sh and down.sh share: where the instances live, and how a process of ours is told from others.
PATH="$PATH:/usr/sbin:/sbin"  # Where Debian keeps daemons; not on everybody's path.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# Outside the repository; short, since a socket's path may have 107 characters; every parent readable by www-data.
sites="${WP_RIG_RUN:-/tmp/wp-pipeline-wordpress}"

say() { echo "wordpress: $*" >&2; }
fail() { say "$*"; exit 1; }

# logged COMMAND...: runs it silently, and shows the end of what it said if it fails.
logged() {
  local log
  log=$(mktemp)  # A file, not $(...): a daemon would keep the pipe open, and we would wait for it.
  "$@" </dev/null >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "$1 failed"; }
  rm "$log"
}

# wait_for WHAT LOG COMMAND...: until the command succeeds, for at most 30 seconds.
wait_for() {
  local what=$1 log=$2
  shift 2
  for _ in $(seq 300); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  tail -n 5 "$log" >&2
  fail "$what did not start"
}

# is_ours PID_FILE: it names a living process whose command line names the pid file's instance (a pid may have been reused).
is_ours() {
  [ -s "$1" ] && tr '\0' ' ' <"/proc/$(cat "$1")/cmdline" 2>/dev/null | grep -qF "$(dirname "$1")/"
}
