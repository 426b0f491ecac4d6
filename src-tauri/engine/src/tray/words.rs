//! What the desktop says of notices, decided without any desktop.

use switchyard_types::{AccountId, Limit, Millis, Notice, Place};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// Names and vendors' words can be long; a notification is read at a glance. In characters.
const LONGEST: usize = 120;

/// A notice as a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What happened.
    pub title: String,
    /// The rest of it.
    pub body: String,
    /// The dashboard's page with more.
    pub page: &'static str,
    /// Whether another combo may be the answer to it.
    pub remedy: Remedy,
}

/// What a user may do about a notice besides reading on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Make another combo the active one.
    SwitchCombo,
    /// Nothing here.
    None,
}

impl Card {
    /// The card of a notice; `name` knows what accounts are called.
    pub fn new(notice: &Notice, now: Millis, name: impl Fn(&AccountId) -> String) -> Self {
        let at = |place: &Place| format!("{} via {}", place.model, name(&place.account));
        let (title, body) = match notice {
            Notice::QuotaLow { account, window, used, resets_at } => (
                format!("{} runs low", name(account)),
                format!(
                    "Window {window}: {} used{}.",
                    percent(used.hundredths()),
                    back(*resets_at, now)
                ),
            ),
            Notice::QuotaSpent { account, window, resets_at } => (
                format!("{} is spent", name(account)),
                format!("Window {window}{}.", back(*resets_at, now)),
            ),
            Notice::QuotaReset { account, window } => {
                (format!("{} has quota again", name(account)), format!("Window {window}."))
            }
            Notice::FellOver { from, to, until, .. } => (
                format!("Fell over to {}", to.model),
                format!(
                    "{} serves in place of {}{}.",
                    at(to),
                    at(from),
                    which_is_back(*until, now)
                ),
            ),
            Notice::Recovered { place } => {
                (format!("{} is back", place.model), format!("{} serves again.", at(place)))
            }
            Notice::BudgetLow { budget, spent } => (
                format!("The budget {budget} runs low"),
                format!("{} of it is spent.", percent(spent.hundredths())),
            ),
            Notice::BudgetSpent { budget, limit, until } => (
                format!("The budget {budget} is spent"),
                format!("Its limit is {}{}.", amount(*limit), back(Some(*until), now)),
            ),
            Notice::SignInNeeded { account, message } => {
                (format!("{} must be signed in again", name(account)), message.clone())
            }
        };
        let (page, remedy) = match notice {
            Notice::QuotaLow { .. } | Notice::QuotaSpent { .. } => ("/quota", Remedy::SwitchCombo),
            Notice::QuotaReset { .. } => ("/quota", Remedy::None),
            Notice::BudgetSpent { .. } => ("/", Remedy::SwitchCombo),
            Notice::FellOver { .. } | Notice::Recovered { .. } | Notice::BudgetLow { .. } => {
                ("/", Remedy::None)
            }
            Notice::SignInNeeded { .. } => ("/providers", Remedy::None),
        };
        Self {
            title: shortened(&title, LONGEST),
            body: shortened(&body, 2 * LONGEST),
            page,
            remedy,
        }
    }
}

/// Hundredths of a percent, as people read them.
pub(super) fn percent(hundredths: u32) -> String {
    format!("{} %", hundredths / 100)
}

/// A span in words with two parts at most.
pub(super) fn span(millis: Millis) -> String {
    let left = millis.max(0);
    match (left / DAY, left / HOUR % 24, (left + MINUTE - 1) / MINUTE) {
        (0, _, minutes) if minutes < 60 => format!("{minutes} min"),
        (0, _, minutes) if minutes % 60 == 0 => format!("{} h", minutes / 60),
        (0, _, minutes) => format!("{} h {} min", minutes / 60, minutes % 60),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// How long ago, counted in whole minutes.
pub(super) fn ago(millis: Millis) -> String {
    match millis / MINUTE * MINUTE {
        ..MINUTE => "just now".to_owned(),
        past => format!("{} ago", span(past)),
    }
}

/// No longer than that many characters.
pub fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

/// When something is back, where that is known.
pub(super) fn back(at: Option<Millis>, now: Millis) -> String {
    at.filter(|at| *at > now).map_or_else(String::new, |at| format!(", back in {}", span(at - now)))
}

/// As above, of the last of those that were named.
fn which_is_back(at: Option<Millis>, now: Millis) -> String {
    at.filter(|at| *at > now)
        .map_or_else(String::new, |at| format!(", which is back in {}", span(at - now)))
}

fn amount(limit: Limit) -> String {
    match limit {
        Limit::Money(nanos) => {
            format!("${}.{:02}", nanos / 1_000_000_000, nanos / 10_000_000 % 100)
        }
        Limit::Tokens(tokens) => format!("{tokens} tokens"),
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::Share;

    use super::*;

    const NOW: Millis = 1_800_000_000_000;

    fn card(notice: &Notice) -> (String, String) {
        let card = Card::new(notice, NOW, |id| format!("Account {id}"));
        (card.title, card.body)
    }

    fn words(title: &str, body: &str) -> (String, String) {
        (title.to_owned(), body.to_owned())
    }

    fn place(account: &str, model: &str) -> Place {
        Place { account: AccountId::new(account), model: model.to_owned() }
    }

    #[test]
    fn every_notice_says_who_what_and_until_when() {
        let (account, window) = (AccountId::new("a"), "5h".to_owned());
        let until = Some(NOW + 2 * HOUR + 5 * MINUTE);
        assert_eq!(
            card(&Notice::QuotaLow {
                account: account.clone(),
                window: window.clone(),
                used: Share::of(8_150),
                resets_at: until,
            }),
            words("Account a runs low", "Window 5h: 81 % used, back in 2 h 5 min.")
        );
        assert_eq!(
            card(&Notice::QuotaSpent {
                account: account.clone(),
                window: window.clone(),
                resets_at: None
            }),
            words("Account a is spent", "Window 5h.")
        );
        assert_eq!(
            card(&Notice::QuotaReset { account: account.clone(), window }),
            words("Account a has quota again", "Window 5h.")
        );
        assert_eq!(
            card(&Notice::FellOver {
                combo: None,
                from: place("a", "m"),
                to: place("b", "n"),
                until
            }),
            words(
                "Fell over to n",
                "n via Account b serves in place of m via Account a, which is back in 2 h 5 min."
            )
        );
        assert_eq!(
            card(&Notice::Recovered { place: place("a", "m") }),
            words("m is back", "m via Account a serves again.")
        );
        assert_eq!(
            card(&Notice::BudgetLow { budget: "month".to_owned(), spent: Share::of(9_000) }),
            words("The budget month runs low", "90 % of it is spent.")
        );
        assert_eq!(
            card(&Notice::BudgetSpent {
                budget: "month".to_owned(),
                limit: Limit::Money(20_500_000_000),
                until: NOW + 3 * DAY
            }),
            words("The budget month is spent", "Its limit is $20.50, back in 3 d.")
        );
        assert_eq!(
            card(&Notice::SignInNeeded { account, message: "expired".to_owned() }),
            words("Account a must be signed in again", "expired")
        );
    }

    #[test]
    fn what_a_vendor_says_does_not_fill_the_screen() {
        let message = "é".repeat(5_000);
        let (_, body) = card(&Notice::SignInNeeded { account: AccountId::new("a"), message });
        assert_eq!(body.chars().count(), 2 * LONGEST);
        assert!(body.ends_with('…'));
    }

    #[test]
    fn spans_have_two_parts_at_most() {
        let spans = [(-5, "0 min"), (1, "1 min"), (59 * MINUTE + 1, "1 h"), (DAY, "1 d")];
        for (millis, words) in spans {
            assert_eq!(span(millis), words);
        }
        assert_eq!(
            [ago(-5), ago(MINUTE - 1), ago(MINUTE * 2 - 1)],
            ["just now", "just now", "1 min ago"]
        );
        assert_eq!(span(6 * DAY + 23 * HOUR + 59 * MINUTE), "6 d 23 h");
    }
}
