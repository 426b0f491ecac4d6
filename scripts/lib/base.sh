# Sourced by every script: where things are, how to say them, how to run as root.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# What is built or fetched once is kept outside the checkout, so that a fresh clone starts warm.
export SWITCHYARD_CACHE=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$SWITCHYARD_CACHE/target}
mkdir -p "$SWITCHYARD_CACHE" "$CARGO_TARGET_DIR"

say() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }

# Ends the script; the words say what to do next.
fail() {
    printf '\033[31m✗ %s\033[0m\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        fail "This needs root and there is no sudo here. Run as root: $*"
    fi
}

# need_tool <program> <where to get it>
need_tool() {
    have "$1" || fail "$1 is not installed. $2"
}

# Starts the calling script again as the only one that builds. The lock is not handed to the
# programs that the script starts, so that none of them can hold it for longer.
# alone <the script's arguments>
alone() {
    [ -z "${SWITCHYARD_ALONE:-}" ] || return 0
    export SWITCHYARD_ALONE=1
    if have flock; then
        local lock=$CARGO_TARGET_DIR/.switchyard-lock
        flock --nonblock "$lock" true || say "Waiting for a build of another checkout"
        exec flock --close "$lock" "$0" "$@"
    fi
}

# The compiled dependencies are shared by all checkouts; our own crates must not be. Cargo knows them
# by their place within the repository, and would take those of a checkout that was built later.
own_target() {
    local marker=$CARGO_TARGET_DIR/.switchyard-checkout
    [ "$(cat "$marker" 2>/dev/null)" != "$ROOT" ] || return 0
    # With them goes what was built of them, tests included: the cache would grow by gigabytes a checkout.
    find "$CARGO_TARGET_DIR" -maxdepth 6 \( \
        -path '*/.fingerprint/switchyard-*' -o -path '*/.fingerprint/xtask-*' \
        -o -path '*/deps/*switchyard*' -o -path '*/deps/*xtask*' -o -path '*/incremental/*' \
        -o -type f -path '*/deps/*' ! -name '*.*' \) -prune -exec rm -rf {} +
    echo "$ROOT" >"$marker"
}

# What every build needs: cargo, and a C compiler for SQLite and the cryptography.
need_compilers() {
    need_tool cargo "Install Rust 1.95 or newer from https://rustup.rs, then run this again."
    have cc || need_packages "Compiling" build-essential
    own_target
}

# Builds what soak and bench measure, in release mode, and says where it is.
build_measured() {
    need_compilers
    say "Building what is measured"
    cargo build --release --manifest-path "$ROOT/Cargo.toml" \
        --package switchyard-cli --package switchyard-simulator --package switchyard-bench
    local built=$CARGO_TARGET_DIR/release
    export SWITCHYARD_BIN=$built/switchyard
    export SIMULATOR_BIN=$built/switchyard-simulator
    export BENCH_BIN=$built/switchyard-bench
}

# Brings ui/dist up to date; CI=true makes the bundle that is shipped, and holds it to its budget.
build_dashboard() {
    "$ROOT/scripts/setup-wasm"
    say "Building the dashboard"
    if [ "${CI:-}" = true ]; then
        xtask dashboard --release
    else
        xtask dashboard
    fi
}

xtask() { cargo run --quiet --manifest-path "$ROOT/Cargo.toml" --package xtask -- "$@"; }
