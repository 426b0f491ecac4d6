/// The files of `vendors/` by name.
pub(crate) const FILES: &[(&str, &str)] =
    &[("anthropic.toml", include_str!("../vendors/anthropic.toml"))];
