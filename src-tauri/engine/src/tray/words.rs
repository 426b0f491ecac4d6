//! What the desktop says of notices, decided without any desktop.

use switchyard_locale::{Voice, Word, say, word};
use switchyard_types::{AccountId, Limit, Millis, Notice, Place, UpdateView};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// Names and vendors' words can be long; a notification is read at a glance. In characters.
const LONGEST: usize = 120;

/// The dashboard's page on which a newer version is shown and put in place.
pub const UPDATES: &str = "/settings?section=about";

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
    pub fn new(
        voice: Voice,
        notice: &Notice,
        now: Millis,
        name: impl Fn(&AccountId) -> String,
    ) -> Self {
        let at = |at: &Place| place(voice, &at.model, &name(&at.account));
        let (title, body) = match notice {
            Notice::QuotaLow { account, window, used, resets_at } => {
                let window = window_name(voice, window);
                let used = percent(voice, used.hundredths());
                let body = match back_in(voice, *resets_at, now) {
                    Some(span) => {
                        say!(
                            voice,
                            "Window {window}: {used} used, back in {span}.",
                            window,
                            used,
                            span
                        )
                    }
                    None => say!(voice, "Window {window}: {used} used.", window, used),
                };
                (say!(voice, "{name} runs low", name = name(account)), body)
            }
            Notice::QuotaSpent { account, window, resets_at } => {
                let window = window_name(voice, window);
                let body = match back_in(voice, *resets_at, now) {
                    Some(span) => say!(voice, "Window {window}, back in {span}.", window, span),
                    None => say!(voice, "Window {window}.", window),
                };
                (say!(voice, "{name} is spent", name = name(account)), body)
            }
            Notice::QuotaReset { account, window } => (
                say!(voice, "{name} has quota again", name = name(account)),
                say!(voice, "Window {window}.", window = window_name(voice, window)),
            ),
            Notice::FellOver { from, to, until, .. } => {
                let (title, from) =
                    (say!(voice, "Fell over to {model}", model = to.model), at(from));
                let body = match back_in(voice, *until, now) {
                    Some(span) => say!(
                        voice,
                        "{to} serves in place of {from}, which is back in {span}.",
                        to = at(to),
                        from,
                        span
                    ),
                    None => say!(voice, "{to} serves in place of {from}.", to = at(to), from),
                };
                (title, body)
            }
            Notice::Recovered { place } => (
                say!(voice, "{model} is back", model = place.model),
                say!(voice, "{place} serves again.", place = at(place)),
            ),
            Notice::BudgetLow { budget, spent } => (
                say!(voice, "The budget {budget} runs low", budget),
                say!(voice, "{spent} of it is spent.", spent = percent(voice, spent.hundredths())),
            ),
            Notice::BudgetSpent { budget, limit, until } => {
                let limit = amount(voice, *limit);
                let body = match back_in(voice, Some(*until), now) {
                    Some(span) => say!(voice, "Its limit is {limit}, back in {span}.", limit, span),
                    None => say!(voice, "Its limit is {limit}.", limit),
                };
                (say!(voice, "The budget {budget} is spent", budget), body)
            }
            Notice::SignInNeeded { account, message } => (
                say!(voice, "{name} must be signed in again", name = name(account)),
                message.clone(),
            ),
            Notice::Update { version } => (
                say!(voice, "Version {version} of Switchyard is there", version),
                voice
                    .word(word!(
                        "The tray app’s settings show what is new in it and put it in place."
                    ))
                    .to_owned(),
            ),
        };
        let (page, remedy) = match notice {
            Notice::QuotaLow { .. } | Notice::QuotaSpent { .. } => ("/quota", Remedy::SwitchCombo),
            Notice::QuotaReset { .. } => ("/quota", Remedy::None),
            Notice::BudgetSpent { .. } => ("/", Remedy::SwitchCombo),
            Notice::FellOver { .. } | Notice::Recovered { .. } | Notice::BudgetLow { .. } => {
                ("/", Remedy::None)
            }
            Notice::SignInNeeded { .. } => ("/providers", Remedy::None),
            Notice::Update { .. } => (UPDATES, Remedy::None),
        };
        Self {
            title: shortened(&title, LONGEST),
            body: shortened(&body, 2 * LONGEST),
            page,
            remedy,
        }
    }
}

/// One account's use of one model.
pub(super) fn place(voice: Voice, model: &str, account: &str) -> String {
    say!(voice, "{model} via {account}", model, account)
}

/// Hundredths of a percent, as people read them.
pub(super) fn percent(voice: Voice, hundredths: u32) -> String {
    say!(voice, "{n} %", n = hundredths / 100)
}

/// A span in words with two parts at most.
pub(super) fn span(voice: Voice, millis: Millis) -> String {
    let left = millis.max(0);
    match (left / DAY, left / HOUR % 24, (left + MINUTE - 1) / MINUTE) {
        (0, _, minutes) if minutes < 60 => say!(voice, "{minutes} min", minutes),
        (0, _, minutes) if minutes % 60 == 0 => say!(voice, "{hours} h", hours = minutes / 60),
        (0, _, minutes) => {
            say!(voice, "{hours} h {minutes} min", hours = minutes / 60, minutes = minutes % 60)
        }
        (days, 0, _) => say!(voice, "{days} d", days),
        (days, hours, _) => say!(voice, "{days} d {hours} h", days, hours),
    }
}

/// How long ago, counted in whole minutes; `None` within the first.
pub(super) fn ago(voice: Voice, millis: Millis) -> Option<String> {
    let past = millis / MINUTE * MINUTE;
    (past >= MINUTE).then(|| span(voice, past))
}

/// A window's name: vendors name them by their length, `5h` or `7d opus`, or as they like.
pub(super) fn window_name(voice: Voice, name: &str) -> String {
    let (length, rest) = name.split_once(' ').unwrap_or((name, ""));
    let (number, unit) =
        length.split_at(length.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0));
    let length = match unit {
        "h" if !number.is_empty() => say!(voice, "{number}h", number),
        "d" if !number.is_empty() => say!(voice, "{number}d", number),
        "day" if number.is_empty() => voice.word(word!("day")).to_owned(),
        "month" if number.is_empty() => voice.word(word!("month")).to_owned(),
        _ => length.to_owned(),
    };
    if rest.is_empty() { length } else { format!("{length} {rest}") }
}

/// No longer than that many characters.
pub fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

/// How long it takes until something is back, where that is known.
pub(super) fn back_in(voice: Voice, at: Option<Millis>, now: Millis) -> Option<String> {
    at.filter(|at| *at > now).map(|at| span(voice, at - now))
}

fn amount(voice: Voice, limit: Limit) -> String {
    match limit {
        Limit::Money(nanos) => {
            format!("${}.{:02}", nanos / 1_000_000_000, nanos / 10_000_000 % 100)
        }
        Limit::Tokens(tokens) => say!(voice, "{tokens} tokens", tokens),
    }
}

/// How newer versions are come by, in a line of a menu.
pub(super) fn update_line(voice: Voice, view: &UpdateView) -> String {
    let word = |word: Word| voice.word(word).to_owned();
    match view {
        UpdateView::NotSetUp => word(word!("This build takes no updates")),
        UpdateView::Managed { by: Some(by), .. } => say!(voice, "Updated by {by}", by),
        UpdateView::Managed { by: None, .. } => word(word!("Updated the way it was installed")),
        UpdateView::Unknown { .. } => word(word!("Check for updates")),
        UpdateView::Looking => word(word!("Looking for updates…")),
        UpdateView::Newest { version, .. } => {
            say!(voice, "{version} is the newest version", version)
        }
        UpdateView::Offered { version, .. } => say!(voice, "Version {version} is there…", version),
        UpdateView::Installing { version } => say!(voice, "Updating to {version}…", version),
        UpdateView::Failed { .. } => word(word!("No update: check again")),
    }
}

#[cfg(test)]
mod tests {
    use switchyard_locale::Language;
    use switchyard_types::Share;

    use super::*;
    use crate::tray::voice;

    const NOW: Millis = 1_800_000_000_000;

    fn card(notice: &Notice) -> (String, String) {
        let card = Card::new(Voice::ENGLISH, notice, NOW, |id| format!("Account {id}"));
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
        assert_eq!(
            card(&Notice::Update { version: "9.9.9".to_owned() }),
            words(
                "Version 9.9.9 of Switchyard is there",
                "The tray app’s settings show what is new in it and put it in place."
            )
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
    fn a_notice_is_told_in_the_language_that_is_spoken() {
        let spent = Notice::QuotaSpent {
            account: AccountId::new("a"),
            window: "5h".to_owned(),
            resets_at: Some(NOW + 2 * HOUR + 5 * MINUTE),
        };
        let told = |language| {
            let card = Card::new(voice(language), &spent, NOW, |id| format!("R&D {id}"));
            (card.title, card.body)
        };
        assert_eq!(
            told(Language::Chinese),
            words("R&D a 的配额已用尽", "窗口：5 小时，2 小时 5 分钟后恢复。")
        );
        assert_eq!(
            told(Language::Vietnamese),
            words("R&D a đã dùng hết hạn mức", "Chu kỳ 5 giờ, có lại sau 2 giờ 5 phút.")
        );
    }

    #[test]
    fn windows_are_named_by_their_length_where_they_have_one() {
        let names = ["5h", "7d opus", "day", "credit", "h", "5hours", "", "日"];
        let said = |language| names.map(|name| window_name(voice(language), name));
        assert_eq!(said(Language::English), names);
        assert_eq!(
            said(Language::Chinese),
            ["5 小时", "7 天 opus", "每日", "credit", "h", "5hours", "", "日"]
        );
    }

    #[test]
    fn spans_have_two_parts_at_most() {
        let spans = [(-5, "0 min"), (1, "1 min"), (59 * MINUTE + 1, "1 h"), (DAY, "1 d")];
        for (millis, words) in spans {
            assert_eq!(span(Voice::ENGLISH, millis), words);
        }
        let past = [-5, MINUTE - 1, MINUTE * 2 - 1].map(|millis| ago(Voice::ENGLISH, millis));
        assert_eq!(past, [None, None, Some("1 min".to_owned())]);
        assert_eq!(span(Voice::ENGLISH, 6 * DAY + 23 * HOUR + 59 * MINUTE), "6 d 23 h");
    }
}
