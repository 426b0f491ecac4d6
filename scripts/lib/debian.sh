# Debian packages, installed only when missing. Source after base.sh.

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages <why> <package>...
need_packages() {
    local why=$1 package missing=()
    shift
    have apt-get || fail "$why needs $* (Debian's names); install what your system calls them, then run this again."
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "$why: installing ${missing[*]}"
    refresh_package_lists
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || fail "apt-get could not install ${missing[*]}; its words above say why."
}

refresh_package_lists() {
    [ -z "${LISTS_FRESH:-}" ] || return 0
    as_root apt-get update -qq || fail "apt-get update failed; is the package mirror reachable?"
    LISTS_FRESH=1
}
