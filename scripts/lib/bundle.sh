# Sourced after base.sh: what goes into a package beside the tray app.

# The `switchyard` command, compiled and laid where Tauri takes programs for a package from. Prints the
# configuration that says so.
# command_beside <release | debug>
command_beside() {
    local triple folder=$CARGO_TARGET_DIR/bundled ending='' flags=()
    triple=$(rustc -vV | sed -n 's/^host: //p')
    [[ $triple != *windows* ]] || ending=.exe
    [ "$1" = debug ] || flags=(--release)
    cargo build "${flags[@]}" --package switchyard-cli >&2
    mkdir -p "$folder"
    cp "$CARGO_TARGET_DIR/$1/switchyard$ending" "$folder/switchyard-$triple$ending"
    ! have cygpath || folder=$(cygpath --mixed "$folder")
    printf '{"build":{"beforeBuildCommand":""},"bundle":{"externalBin":["%s/switchyard"]}}' "$folder"
}
