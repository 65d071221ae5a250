#!/usr/bin/env bash
# Runs every test of the crate; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

help() {
    cat <<'HELP'
usage: tests/all.sh [--install | --help]

Installs what is missing, then runs every test with all features: unit tests, tests/ and the examples in the
documentation; the programs in examples/ are built.

On Debian and Ubuntu, as root or with a sudo that asks for no password, apt-get installs what is missing.
Elsewhere install these yourself:

  C compiler   cc, in PATH
  PostgreSQL   initdb and postgres, in PATH or in /usr/lib/postgresql/*/bin
  Chromium     chromium, in PATH
  curl         7.82 or newer, in PATH

CARGO_TARGET_DIR is respected.

  --install    installs what is missing and runs nothing
HELP
}

has() {
    command -v "$1" >/dev/null
}

has_postgres() {
    if has initdb && has postgres; then return; fi
    local bin
    for bin in /usr/lib/postgresql/*/bin; do
        if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ]; then return; fi
    done
    return 1
}

# Sets `missing` to the Debian packages of what is not here.
look() {
    missing=()
    has cc || missing+=(gcc libc6-dev)
    has_postgres || missing+=(postgresql)
    has curl || missing+=(curl)
    has chromium || missing+=(chromium)
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_missing() {
    look
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    echo "installing ${missing[*]}"
    if ! has apt-get || ! as_root true 2>/dev/null; then
        echo "tests/all.sh: this cannot be done here; tests/all.sh --help says what to install" >&2
        exit 1
    fi
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
    look
    if [ "${#missing[@]}" -gt 0 ]; then
        echo "tests/all.sh: installed, and still not found: ${missing[*]}" >&2
        exit 1
    fi
}

case "${1:-}" in
    "") ;;
    --install) install_missing; exit ;;
    --help | -h) help; exit ;;
    *) echo "tests/all.sh: there is no option $1" >&2; help >&2; exit 2 ;;
esac

install_missing
# Nothing is printed after this: the last lines are the test runner's own.
exec cargo test --quiet --locked --all-features --no-fail-fast
