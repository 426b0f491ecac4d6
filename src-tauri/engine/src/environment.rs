//! Words of the environment that are more than text.

use crate::ConfigError;

/// Whether a variable is said to this program alone, as secrets are: no program that it starts gets it.
pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with("SWITCHYARD_") || name == "INITIAL_PASSWORD"
}

/// Where browsers find the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    /// As a browser's `Origin` header has it: `https://models.example`.
    pub origin: String,
    /// Its name, without a port.
    pub host: String,
}

impl PublicAddress {
    pub(crate) fn read(text: &str) -> Result<Self, ConfigError> {
        let refused = || ConfigError::BaseUrl(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let origin = lower.strip_suffix('/').unwrap_or(&lower);
        let (_, rest) = origin
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(refused)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            Some(_) | None => (rest, None),
        };
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':');
        let known = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if host.is_empty() || !host.chars().all(sound) || !known {
            return Err(refused());
        }
        Ok(Self { origin: origin.to_owned(), host: host.to_owned() })
    }
}

/// Secrets that programs shipped with or printed in their guides, and what to do instead.
const PUBLISHED: [(&str, &[&str], &str); 4] = [
    (
        "JWT_SECRET",
        &["9router-default-secret-change-me", "change-me-to-a-long-random-secret"],
        "nothing is needed here, since Switchyard's sessions are random",
    ),
    (
        "API_KEY_SECRET",
        &["endpoint-proxy-api-key-secret"],
        "nothing is needed here, since Switchyard's keys are random",
    ),
    (
        "MACHINE_ID_SALT",
        &["endpoint-proxy-salt"],
        "nothing is needed here, since Switchyard's keys are random",
    ),
    (
        "INITIAL_PASSWORD",
        &["123456", "CHANGEME", "changeme", "change-me"],
        "choose one of your own",
    ),
];

pub(crate) fn refuse_published(get: &impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
    for (name, values, instead) in PUBLISHED {
        if get(name).is_some_and(|value| values.contains(&value.as_str())) {
            return Err(ConfigError::Published { name, instead });
        }
    }
    Ok(())
}

pub(crate) fn switch(
    get: &impl Fn(&str) -> Option<String>,
    name: &'static str,
) -> Result<Option<bool>, ConfigError> {
    let Some(text) = get(name) else { return Ok(None) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Some(true)),
        "false" | "0" | "no" | "off" => Ok(Some(false)),
        _ => Err(ConfigError::Switch { name, text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_server_is_taken_apart_and_nothing_else_is_taken() {
        let read = |text: &str| PublicAddress::read(text).map(|it| (it.origin, it.host));
        let pair = |origin: &str, host: &str| Ok((origin.to_owned(), host.to_owned()));
        assert_eq!(
            read("https://Models.example/"),
            pair("https://models.example", "models.example")
        );
        assert_eq!(read("http://box:20128"), pair("http://box:20128", "box"));
        assert_eq!(read("http://[::1]:8"), pair("http://[::1]:8", "[::1]"));
        for text in [
            "",
            "models.example",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://u@a",
            "http://a:b",
        ] {
            assert_eq!(read(text), Err(ConfigError::BaseUrl(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn secrets_that_everybody_knows_are_refused_and_others_are_not() {
        for (name, values, _) in PUBLISHED {
            for value in values {
                let refused =
                    refuse_published(&|asked| (asked == name).then(|| (*value).to_owned()));
                let error = refused.unwrap_err().to_string();
                assert!(error.contains(name) && !error.contains(value), "{error}");
            }
            let own = |asked: &str| (asked == name).then(|| "one of my own".to_owned());
            assert_eq!(refuse_published(&own), Ok(()));
        }
    }

    #[test]
    fn a_switch_is_on_or_off_or_refused() {
        let read = |text: &'static str| switch(&move |_| Some(text.to_owned()), "REQUIRE_API_KEY");
        assert_eq!(read("TRUE"), Ok(Some(true)));
        assert_eq!(read("0"), Ok(Some(false)));
        assert!(read("maybe").is_err());
        assert_eq!(switch(&|_| None, "REQUIRE_API_KEY"), Ok(None));
    }
}
