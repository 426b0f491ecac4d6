//! `switchyard:` links: a combo that somebody shares, and the way back from a vendor's page.
//!
//! Anybody can write one and any web page can have it followed. So a link is a question and never an order:
//! it is small, it is read whole or not at all, it names no account, and what it offers is shown before
//! anything changes. An answer to a sign-in counts only where a sign-in waits for exactly that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use switchyard_types::{CandidateSpec, ComboTerms, Secret};
use url::Url;

/// Room for a hundred candidates; systems hand longer ones over cut. In bytes.
const LONGEST: usize = 8 * 1024;
/// The first form of shared combos.
const VERSION: &str = "1";
/// The longest name of a model, in characters.
const LONGEST_MODEL: usize = 200;
/// More candidates than this is no combo.
const MOST_CANDIDATES: usize = 100;

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Somebody shares a combo.
    Combo(SharedCombo),
    /// A vendor's page came to its end.
    Login {
        /// Which sign-in it answers.
        state: String,
        /// All of it, for that sign-in to read.
        address: Secret,
    },
}

/// A combo without whose accounts and money it used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharedCombo {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) terms: ComboTerms,
    pub(crate) candidates: Vec<CandidateSpec>,
}

/// Why a link cannot be followed. None of its text is repeated: it may hold a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkError {
    /// More than any link of ours.
    #[error("this link is too long to be one of Switchyard's")]
    TooLong,
    /// No address, or another program's.
    #[error("this is no link of Switchyard's")]
    Foreign,
    /// It asks for what this program does not know.
    #[error("this link asks for something that this version of Switchyard does not know")]
    Unknown,
    /// Cut, or written by hand.
    #[error("this link is damaged: the combo in it cannot be read")]
    Damaged,
    /// An answer that names no sign-in.
    #[error("this link answers no sign-in: it names none")]
    NoState,
    /// A combo that does not fit into one.
    #[error("this combo is too large for a link")]
    TooLarge,
}

impl Link {
    /// Reads what somebody wrote.
    pub(crate) fn read(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(LinkError::TooLong);
        }
        let url = Url::parse(text).map_err(|_| LinkError::Foreign)?;
        if url.scheme() != "switchyard" {
            return Err(LinkError::Foreign);
        }
        // Browsers write a slash behind the host.
        match (url.host_str(), url.path().trim_matches('/')) {
            (Some("combo"), "") => combo(&url).map(Self::Combo),
            (Some("login"), "" | "callback") => {
                let state = value(&url, "state").filter(|state| !state.is_empty());
                let state = state.ok_or(LinkError::NoState)?;
                Ok(Self::Login { state, address: Secret::new(text) })
            }
            _ => Err(LinkError::Unknown),
        }
    }
}

impl SharedCombo {
    /// What of a combo may be seen by others.
    pub(crate) fn new(name: &str, terms: ComboTerms, candidates: &[CandidateSpec]) -> Self {
        let mut open: Vec<CandidateSpec> = Vec::with_capacity(candidates.len());
        for spec in candidates {
            let spec = CandidateSpec { account: None, budget: None, ..spec.clone() };
            // Two that differed by their account are one now, and have the weight of both.
            match open.iter_mut().find(|other| other.takes_the_same(&spec)) {
                Some(other) => other.weight = other.weight.saturating_add(spec.weight),
                None => open.push(spec),
            }
        }
        Self { name: name.to_owned(), terms, candidates: open }
    }

    /// The link that says it.
    pub(crate) fn link(&self) -> Result<String, LinkError> {
        let text = serde_json::to_vec(self).map_err(|_| LinkError::TooLarge)?;
        let data = URL_SAFE_NO_PAD.encode(text);
        let link = format!("switchyard://combo?v={VERSION}&data={data}");
        if link.len() > LONGEST { Err(LinkError::TooLarge) } else { Ok(link) }
    }

    fn is_sound(&self) -> bool {
        let sound = |text: &str, longest| {
            !text.is_empty()
                && text == text.trim()
                && text.chars().count() <= longest
                && !text.chars().any(|c| c.is_control() || is_unseen(c))
        };
        sound(&self.name, LONGEST_MODEL)
            && (1..=MOST_CANDIDATES).contains(&self.candidates.len())
            && self.candidates.iter().all(|spec| {
                sound(&spec.model, LONGEST_MODEL) && spec.account.is_none() && spec.budget.is_none()
            })
    }
}

fn combo(url: &Url) -> Result<SharedCombo, LinkError> {
    if value(url, "v").as_deref() != Some(VERSION) {
        return Err(LinkError::Unknown);
    }
    let data = value(url, "data").ok_or(LinkError::Damaged)?;
    let text = URL_SAFE_NO_PAD.decode(data).map_err(|_| LinkError::Damaged)?;
    let shared: SharedCombo = serde_json::from_slice(&text).map_err(|_| LinkError::Damaged)?;
    if shared.is_sound() { Ok(shared) } else { Err(LinkError::Damaged) }
}

/// A value that is given once: which of two is meant is nobody's guess.
fn value(url: &Url, name: &str) -> Option<String> {
    let mut values = url.query_pairs().filter(|(given, _)| given == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

/// What turns text around or hides in it would show another name than is meant: the letters that Unicode lets a
/// screen leave out (`Default_Ignorable_Code_Point`, Unicode 17), the ends of lines, and blanks that are letters.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use switchyard_types::{AccountId, Limit, Period};

    use super::*;

    fn shared(models: &[&str]) -> SharedCombo {
        let candidates: Vec<_> = models.iter().map(|model| CandidateSpec::plain(*model)).collect();
        SharedCombo::new("work", ComboTerms::default(), &candidates)
    }

    fn written(json: &str) -> String {
        format!("switchyard://combo?v=1&data={}", URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn a_shared_combo_comes_back_as_it_was() {
        let combo = shared(&["glm/glm-5", "@free", "*/größe"]);
        let link = combo.link().unwrap();
        assert_eq!(Link::read(&link), Ok(Link::Combo(combo.clone())));
        let as_browsers_write_it = link.replace("combo?", "combo/?");
        assert_eq!(Link::read(&as_browsers_write_it), Ok(Link::Combo(combo)));
    }

    #[test]
    fn no_account_and_no_money_is_shared() {
        let mut spec = CandidateSpec::plain("glm/glm-5");
        let plain = spec.clone();
        spec.account = Some(AccountId::new("acc_secret"));
        spec.budget = Some((Period::Day, Limit::Money(5)));
        let other = Some(AccountId::new("acc_other"));
        let other = CandidateSpec { account: other, weight: 3, ..plain.clone() };
        let combo = SharedCombo::new("work", ComboTerms::default(), &[spec.clone(), other]);
        assert_eq!(combo.candidates, [CandidateSpec { weight: 4, ..plain }]);
        let named = SharedCombo { candidates: vec![spec], ..combo };
        assert_eq!(Link::read(&named.link().unwrap()), Err(LinkError::Damaged));
    }

    #[test]
    fn an_answer_of_a_vendors_page_names_its_sign_in() {
        let read = Link::read("switchyard://login?code=c&state=s").unwrap();
        let address = Secret::new("switchyard://login?code=c&state=s");
        assert_eq!(read, Link::Login { state: "s".to_owned(), address });
        for text in [
            "switchyard://login?code=c",
            "switchyard://login?code=c&state=",
            "switchyard://login?state=a&state=b",
        ] {
            assert_eq!(Link::read(text), Err(LinkError::NoState), "{text}");
        }
    }

    #[test]
    fn what_is_not_ours_is_refused_with_its_reason() {
        let long = format!("switchyard://combo?v=1&data={}", "A".repeat(LONGEST));
        let many = format!(
            r#"{{"name":"n","candidates":[{}]}}"#,
            vec![r#"{"model":"a/b"}"#; 101].join(",")
        );
        for (text, error) in [
            ("", LinkError::Foreign),
            ("https://combo?v=1", LinkError::Foreign),
            ("switchyard", LinkError::Foreign),
            ("switchyard:", LinkError::Unknown),
            ("switchyard://quit", LinkError::Unknown),
            ("switchyard://combo/../login?state=s", LinkError::Unknown),
            ("switchyard://combo?v=2&data=e30", LinkError::Unknown),
            ("switchyard://combo?v=1", LinkError::Damaged),
            ("switchyard://combo?v=1&data=%ff", LinkError::Damaged),
            (&long, LinkError::TooLong),
            (&written("{}"), LinkError::Damaged),
            (&written(r#"{"name":"n","candidates":[]}"#), LinkError::Damaged),
            (
                &written(r#"{"name":"n","candidates":[{"model":"a/b"}],"active":true}"#),
                LinkError::Damaged,
            ),
            (&written(r#"{"name":"n\u202e","candidates":[{"model":"a/b"}]}"#), LinkError::Damaged),
            (&written(r#"{"name":"n","candidates":[{"model":"a\nb"}]}"#), LinkError::Damaged),
            (&written(r#"{"name":"n ","candidates":[{"model":"a/b"}]}"#), LinkError::Damaged),
            (&written(r#"{"name":"n\u061c","candidates":[{"model":"a/b"}]}"#), LinkError::Damaged),
            (&written(r#"{"name":"n","candidates":[{"model":"a/b\ufe0f"}]}"#), LinkError::Damaged),
            (&written(&many), LinkError::Damaged),
            (&written(&"[".repeat(5_000)), LinkError::Damaged),
        ] {
            assert_eq!(Link::read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_combo_that_fits_into_no_link_says_so() {
        let models: Vec<String> =
            (0..100).map(|n| format!("vendor/{n}{}", "x".repeat(150))).collect();
        let models: Vec<&str> = models.iter().map(String::as_str).collect();
        assert_eq!(shared(&models).link(), Err(LinkError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_refused(text in any::<String>(), tail in "\\PC{0,200}") {
            let _ = Link::read(&text);
            for ours in ["switchyard://combo?v=1&data=", "switchyard://login?", "switchyard:"] {
                let _ = Link::read(&format!("{ours}{tail}"));
                let _ = Link::read(&written(&tail));
            }
        }

        #[test]
        fn a_link_that_was_tampered_with_is_refused_or_still_sound(at in 0_usize..200, byte in any::<u8>()) {
            let mut link = shared(&["glm/glm-5", "@free"]).link().unwrap().into_bytes();
            let at = at % link.len();
            link[at] = byte;
            if let Ok(Link::Combo(combo)) = Link::read(&String::from_utf8_lossy(&link)) {
                prop_assert!(combo.is_sound());
                prop_assert!(Link::read(&combo.link().unwrap()) == Ok(Link::Combo(combo)));
            }
        }

        #[test]
        fn every_sound_combo_survives_its_link(name in "[a-z]{1,20}", models in prop::collection::btree_set("[a-z]{1,8}/[a-zé.:-]{1,30}", 1..20)) {
            let models: Vec<&str> = models.iter().map(String::as_str).collect();
            let combo = SharedCombo { name, ..shared(&models) };
            prop_assert_eq!(Link::read(&combo.link().unwrap()), Ok(Link::Combo(combo)));
        }
    }
}
