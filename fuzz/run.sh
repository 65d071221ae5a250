#!/usr/bin/env bash
# Fuzzes every target, or those named, for a stated time each; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

help() {
    cat <<'HELP'
usage: fuzz/run.sh SECONDS [TARGET…]

Runs each target for so many seconds, from the seeds in tests/fixtures and from what earlier runs found (fuzz/corpus).
Stops at the first input that breaks a promise and says where it lies (fuzz/artifacts). What each target promises is in
tests/it/webhook/checks.rs.

Needs a nightly toolchain (rustup toolchain install nightly) and cargo-fuzz (cargo install cargo-fuzz). CARGO_TARGET_DIR is
respected. Without them, `cargo test fuzzed` runs the same checks on fewer inputs.
HELP
}

die() {
    echo "fuzz/run.sh: $1" >&2
    exit 2
}

case "${1:-}" in
    -h | --help) help; exit 0 ;;
    '' | *[!0-9]*) help >&2; exit 2 ;;
esac
seconds="$1"
shift

command -v cargo-fuzz >/dev/null || die "cargo-fuzz is missing: cargo install cargo-fuzz"
cargo +nightly --version >/dev/null 2>&1 || die "a nightly toolchain is missing: rustup toolchain install nightly"

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    for file in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

for target in "${targets[@]}"; do
    [ -e "fuzz/fuzz_targets/$target.rs" ] || die "there is no target $target"
    corpus="fuzz/corpus/$target"
    mkdir -p "$corpus"
    # A seed in a line; bodies are whole files.
    if [ "$target" = envelope ]; then
        cp tests/fixtures/webhooks/*.json "$corpus"
    else
        number=0
        while IFS= read -r seed; do
            number=$((number + 1))
            printf '%s' "$seed" >"$corpus/seed-$number"
        done <"tests/fixtures/fuzz/$target.txt"
    fi
    echo "== $target for $seconds s"
    cargo +nightly fuzz run "$target" "$corpus" -- \
        -max_total_time="$seconds" -dict=fuzz/webhook.dict -max_len=8192 \
        -rss_limit_mb=512 -timeout=5 -print_final_stats=1
done
echo "every promise held"
