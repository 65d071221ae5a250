#!/usr/bin/env bash
# Lets a storm rage over two workers on one PostgreSQL; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

help() {
    cat <<'HELP'
usage: tests/storm.sh [--messages N | --minutes N | --help]

Two worker processes share a PostgreSQL of their own. The simulator of Meta loses answers, refuses, doubles and delays;
customers write and the host sends; every few seconds a worker is killed with SIGKILL or stands still. Then all is
brought to its end, and the database is held against what the simulator saw: it prints what was counted, or says
what is wrong and fails. In release mode; PostgreSQL must be installed (tests/all.sh --install does it).

  --messages N  until N messages went both ways; 100000 unless something else is said
  --minutes N   for N minutes

CARGO_TARGET_DIR, PG_BIN and DATABASE_URL are respected.
HELP
}

fail() {
    echo "tests/storm.sh: $1" >&2
    help >&2
    exit 2
}

what=WHATSAPP_BUSINESS_STORM_MESSAGES
count=100000
case "${1:-}" in
    "") ;;
    --messages) count="${2:-}" ;;
    --minutes) what=WHATSAPP_BUSINESS_STORM_MINUTES count="${2:-}" ;;
    --help | -h) help; exit ;;
    *) fail "there is no option $1" ;;
esac
[ "$#" -le 2 ] || fail "that is too much"
[[ "$count" =~ ^[1-9][0-9]*$ ]] || fail "how many must be a number above 0"

exec env "$what=$count" cargo test --quiet --locked --release \
    --no-default-features --features "axum conformance desk postgres simulator" --test it \
    storm::a_storm_of_any_length_loses_nothing_and_doubles_nothing -- --exact --nocapture
