use std::fmt::Write as _;

use url::Url;

/// An endpoint's address, in which the model and what is asked of it may stand as `{model}` and `{action}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    /// The same with both filled in: its host and its reach are those of every address made of it.
    sample: Url,
}

const MODEL: &str = "{model}";
const ACTION: &str = "{action}";

impl Address {
    /// Reads an address with or without places to fill. They may stand in the path only.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let sample = text.replace(MODEL, "model").replace(ACTION, "action");
        let url = Url::parse(&sample).map_err(|error| error.to_string())?;
        let places = text.matches(MODEL).count() + text.matches(ACTION).count();
        // Whatever is filled in, it must not change where the address leads.
        let path = text.splitn(4, '/').nth(3).unwrap_or_default();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if path.matches(MODEL).count() + path.matches(ACTION).count() != places {
            return Err("{model} and {action} may stand in the path only".to_owned());
        }
        if sample.contains(['{', '}']) {
            return Err("only {model} and {action} can be filled in".to_owned());
        }
        let text = if places == 0 { url.as_str().to_owned() } else { text.to_owned() };
        Ok(Self { text, sample: url })
    }

    /// The address as it is written, places included.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// One address made of it, for its scheme, host and port.
    pub fn sample(&self) -> &Url {
        &self.sample
    }

    /// Whether the model stands in it.
    pub fn names_model(&self) -> bool {
        self.text.contains(MODEL)
    }

    /// Whether what is asked stands in it.
    pub fn names_action(&self) -> bool {
        self.text.contains(ACTION)
    }

    /// The address for a request. The model's name is a single part of the path, whatever it holds.
    pub fn fill(&self, model: &str, action: &str) -> String {
        self.text.replace(ACTION, action).replace(MODEL, &encoded(model))
    }
}

impl From<Url> for Address {
    fn from(url: Url) -> Self {
        Self { text: url.as_str().to_owned(), sample: url }
    }
}

/// Everything is escaped that RFC 3986 does not call unreserved, slashes among it.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_name_cannot_lead_elsewhere() {
        let address = Address::parse("https://h.example/v1beta/models/{model}:{action}").unwrap();
        for (model, path) in [
            ("gemini-2.5-pro", "/v1beta/models/gemini-2.5-pro:go"),
            ("../../admin", "/v1beta/models/..%2F..%2Fadmin:go"),
            ("a?b#c", "/v1beta/models/a%3Fb%23c:go"),
            ("{action}", "/v1beta/models/%7Baction%7D:go"),
            ("é", "/v1beta/models/%C3%A9:go"),
            ("..", "/v1beta/models/..:go"),
        ] {
            let url = Url::parse(&address.fill(model, "go")).unwrap();
            assert_eq!((url.host_str(), url.path()), (Some("h.example"), path), "{model}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{model}");
        }
    }

    #[test]
    fn places_stand_in_the_path_only() {
        for text in [
            "https://{model}.example/v1",
            "https://h.example/v1?m={model}",
            "https://h.example/{other}",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        assert!(!Address::parse("https://h.example/v1").unwrap().names_model());
    }
}
