# Sourced by every script: where things are, how to say them, how to run as root.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# What is built or fetched once is kept outside the checkout, so that a fresh clone starts warm.
export SWITCHYARD_CACHE=${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$SWITCHYARD_CACHE/target}
mkdir -p "$SWITCHYARD_CACHE"

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

# What every build needs: cargo, and a C compiler for SQLite and the cryptography.
need_compilers() {
    need_tool cargo "Install Rust 1.95 or newer from https://rustup.rs, then run this again."
    have cc || need_packages "Compiling" build-essential
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
