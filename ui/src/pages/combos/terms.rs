//! What decides in a combo, in words: the combo's own terms, and those of its candidates.

use switchyard_types::{
    AccountOrder, CandidateSpec, ComboTerms, Conditions, Grouping, Hours, Strategy, Want,
};

use super::words;
use crate::app::App;
use crate::facts::{format, limits};
use crate::pages::limits::words as limit_words;
use crate::parts::words::list;
use crate::word::Word;

/// Something to choose: what it is called, and what it does.
pub(super) type Kind = (Word, Word);

/// The strategies, in the order of [`strategy`].
pub(super) const STRATEGIES: [Kind; 6] = [
    (
        word!("In order"),
        word!("The first that can serve answers; the next one takes over when it cannot."),
    ),
    (word!("In turn"), word!("Each is first for so many requests, then the next one.")),
    (word!("By weight"), word!("Each is first as often as its weight says.")),
    (word!("Cheapest first"), word!("The one that the request would cost least is first.")),
    (
        word!("Expiring quota first"),
        word!("The one whose quota would otherwise expire unused is first."),
    ),
    (word!("Fastest first"), word!("The one that has lately begun to answer soonest is first.")),
];

/// Which of [`STRATEGIES`] it is.
pub(super) fn nth_strategy(strategy: Strategy) -> usize {
    match strategy {
        Strategy::Fallback => 0,
        Strategy::RoundRobin { .. } => 1,
        Strategy::Weighted => 2,
        Strategy::Cheapest => 3,
        Strategy::MostQuotaLeft => 4,
        Strategy::Fastest => 5,
    }
}

/// One of [`STRATEGIES`].
pub(super) fn strategy(nth: usize) -> Strategy {
    match nth {
        1 => Strategy::RoundRobin { sticky: 1 },
        2 => Strategy::Weighted,
        3 => Strategy::Cheapest,
        4 => Strategy::MostQuotaLeft,
        5 => Strategy::Fastest,
        _ => Strategy::Fallback,
    }
}

/// Whether they are grouped first.
pub(super) const GROUPINGS: [Kind; 2] = [
    (word!("As listed"), word!("The strategy orders all of them together.")),
    (
        word!("By tier"),
        word!(
            "Subscriptions come first, then what is paid by use, then what is free; the strategy orders each group."
        ),
    ),
];

/// Which of [`GROUPINGS`] it is.
pub(super) fn nth_grouping(grouping: Grouping) -> usize {
    usize::from(grouping == Grouping::ByTier)
}

/// One of [`GROUPINGS`].
pub(super) fn grouping(nth: usize) -> Grouping {
    if nth == 1 { Grouping::ByTier } else { Grouping::AsListed }
}

/// Where the combo says nothing about accounts.
const ORDER_OF_PROVIDER: Kind = (
    word!("As set for the provider"),
    word!("The settings, under Routing, say it for each provider."),
);

/// The orders of accounts, of which the first is none.
pub(super) fn orders() -> [Kind; 5] {
    [0, 1, 2, 3, 4].map(|nth| order(nth).map_or(ORDER_OF_PROVIDER, limit_words::order))
}

/// Which of [`orders`] it is.
pub(super) fn nth_order(order: Option<AccountOrder>) -> usize {
    match order {
        None => 0,
        Some(AccountOrder::FillFirst) => 1,
        Some(AccountOrder::RoundRobin { .. }) => 2,
        Some(AccountOrder::LeastUsed) => 3,
        Some(AccountOrder::MostQuotaLeft) => 4,
    }
}

/// One of [`orders`].
pub(super) fn order(nth: usize) -> Option<AccountOrder> {
    match nth {
        1 => Some(AccountOrder::FillFirst),
        2 => Some(AccountOrder::RoundRobin { sticky: 1 }),
        3 => Some(AccountOrder::LeastUsed),
        4 => Some(AccountOrder::MostQuotaLeft),
        _ => None,
    }
}

/// How a combo chooses: what each term is of, its name and its sentence. What a new combo does anyway is left out,
/// but for the strategy.
pub(super) fn said(terms: ComboTerms) -> Vec<(Word, String, Word)> {
    let called = |(name, _): Kind, sticky: Option<u32>| match sticky {
        Some(n) => say!("{name}, {n} in a row", name = name.text(), n),
        None => name.owned(),
    };
    let (turns, account_turns) = sticky(terms);
    let strategy = STRATEGIES[nth_strategy(terms.strategy)];
    let mut all = vec![(words::STRATEGY, called(strategy, turns), strategy.1)];
    if terms.grouping != Grouping::AsListed {
        let grouping = GROUPINGS[nth_grouping(terms.grouping)];
        all.push((words::GROUPING, called(grouping, None), grouping.1));
    }
    if terms.accounts.is_some() {
        let order = orders()[nth_order(terms.accounts)];
        all.push((words::ACCOUNTS, called(order, account_turns), order.1));
    }
    all
}

/// How many requests in a row each entry, and each account, gets where they take turns.
pub(super) fn sticky(terms: ComboTerms) -> (Option<u32>, Option<u32>) {
    let entries = match terms.strategy {
        Strategy::RoundRobin { sticky } => Some(sticky.max(1)),
        _ => None,
    };
    let accounts = match terms.accounts {
        Some(AccountOrder::RoundRobin { sticky }) => Some(sticky.max(1)),
        _ => None,
    };
    (entries, accounts)
}

/// What a candidate takes and when, and what it may spend, in one line; nothing where it has no terms. `account` is
/// the name of its one account.
fn line(spec: &CandidateSpec, account: Option<String>, strategy: Strategy) -> String {
    let mut says = Vec::new();
    if strategy == Strategy::Weighted {
        says.push(match spec.weight {
            0 => word!("only when the others cannot").owned(),
            weight => say!("weight {weight}", weight),
        });
    }
    if let Some(account) = account {
        says.push(say!("only the account {account}", account));
    }
    conditions(&spec.conditions, &mut says);
    says.extend(spec.hours.map(hours));
    if let Some((period, limit)) = spec.budget {
        says.push(say!("up to {limit}", limit = limit_words::limit(limit, period)));
    }
    format::sentence(&says.join(" · "))
}

/// The line of a candidate here.
pub(super) fn line_of(app: App, spec: &CandidateSpec, strategy: Strategy) -> String {
    let account = spec.account.as_ref().map(|id| {
        let named = app.accounts.with(|accounts| {
            accounts.iter().find(|account| account.id == *id).map(|account| account.name.clone())
        });
        named.flatten().unwrap_or_else(|| id.to_string())
    });
    line(spec, account, strategy)
}

fn conditions(conditions: &Conditions, says: &mut Vec<String>) {
    let (least, most) =
        (conditions.min_tokens.map(format::count), conditions.max_tokens.map(format::count));
    match (least, most) {
        (Some(least), Some(most)) => {
            says.push(say!("prompts of {least} to {most} tokens", least, most));
        }
        (Some(least), None) => says.push(say!("prompts from {least} tokens", least)),
        (None, Some(most)) => says.push(say!("prompts up to {most} tokens", most)),
        (None, None) => {}
    }
    for (want, with, without) in [
        (conditions.images, word!("only with images"), word!("only without images")),
        (conditions.tools, word!("only with tools"), word!("only without tools")),
        (conditions.thinking, word!("only with thinking"), word!("only without thinking")),
    ] {
        match want {
            Want::Any => {}
            Want::With => says.push(with.owned()),
            Want::Without => says.push(without.owned()),
        }
    }
}

fn hours(hours: Hours) -> String {
    say!(
        "{days} {from}–{to}",
        days = days(hours.days),
        from = limits::minute_typed(hours.from),
        to = limits::minute_typed(hours.to)
    )
}

/// Days by name; three and more in a row are a span.
fn days(days: u8) -> String {
    if days == Hours::DAILY {
        return word!("daily").owned();
    }
    let held: Vec<usize> = (0..7).filter(|day| days & (1 << day) != 0).collect();
    let name = |day: usize| limit_words::DAY_NAMES[day].text();
    let mut spans = Vec::new();
    for run in held.chunk_by(|day, next| day + 1 == *next) {
        match run {
            [first, _, .., last] => spans.push(format!("{}–{}", name(*first), name(*last))),
            few => spans.extend(few.iter().map(|day| name(*day).to_owned())),
        }
    }
    list(&spans)
}

/// A name that no combo has, made of a template's id.
pub(super) fn free_name(id: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|n: u32| format!("{id}-{n}"));
    let mut names = std::iter::once(id.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use switchyard_types::{Limit, Period};

    use super::*;

    #[test]
    fn every_strategy_and_order_comes_back_by_its_place() {
        for nth in 0..STRATEGIES.len() {
            assert_eq!(nth_strategy(strategy(nth)), nth);
        }
        for nth in 0..orders().len() {
            assert_eq!(nth_order(order(nth)), nth);
        }
        for nth in 0..GROUPINGS.len() {
            assert_eq!(nth_grouping(grouping(nth)), nth);
        }
    }

    #[test]
    fn a_candidate_without_terms_says_nothing_and_its_weight_only_where_it_counts() {
        let plain = CandidateSpec::plain("a/m");
        assert_eq!(line(&plain, None, Strategy::Fallback), "");
        assert_eq!(line(&plain, None, Strategy::Weighted), "Weight 1");
        let last = CandidateSpec { weight: 0, ..plain };
        assert_eq!(line(&last, None, Strategy::Weighted), "Only when the others cannot");
        assert_eq!(line(&last, None, Strategy::Cheapest), "");
    }

    #[test]
    fn every_term_of_a_candidate_stands_in_its_line() {
        let spec = CandidateSpec {
            conditions: Conditions {
                min_tokens: Some(1_000),
                max_tokens: Some(200_000),
                images: Want::With,
                tools: Want::Without,
                thinking: Want::With,
            },
            hours: Some(Hours { days: 0b001_1111, from: 8 * 60, to: 18 * 60 + 30 }),
            budget: Some((Period::Day, Limit::Money(5_000_000_000))),
            ..CandidateSpec::plain("a/m")
        };
        assert_eq!(
            line(&spec, Some("work".to_owned()), Strategy::Fallback),
            "Only the account work · prompts of 1,000 to 200,000 tokens · only with images · \
             only without tools · only with thinking · Mon–Fri 08:00–18:30 · up to $5.00 a day"
        );
    }

    #[test]
    fn days_in_a_row_are_a_span_and_pairs_are_not() {
        assert_eq!(days(Hours::DAILY), "daily");
        assert_eq!(days(0b110_0000), "Sat, Sun");
        assert_eq!(days(0b100_0111), "Mon–Wed, Sun");
        assert_eq!(days(0b010_0101), "Mon, Wed, Sat");
    }

    #[test]
    fn a_combo_says_its_strategy_always_and_the_rest_where_it_is_set() {
        let names = |terms| said(terms).into_iter().map(|(_, name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(ComboTerms::default()), ["In order"]);
        let terms = ComboTerms {
            strategy: Strategy::RoundRobin { sticky: 0 },
            grouping: Grouping::ByTier,
            accounts: Some(AccountOrder::RoundRobin { sticky: 20 }),
        };
        assert_eq!(names(terms), ["In turn, 1 in a row", "By tier", "In turn, 20 in a row"]);
    }

    #[test]
    fn a_template_that_was_used_before_gets_a_number() {
        let taken = |name: &str| ["zero", "zero-2"].contains(&name);
        assert_eq!(free_name("zero", taken), "zero-3");
        assert_eq!(free_name("always-on", taken), "always-on");
    }
}
