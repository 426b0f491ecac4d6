//! Which requests a reader looks for: the filters of the list, in its address and towards the server.

use switchyard_types::{
    AccountId, KeyView, Millis, Outcome, RequestFilter, RequestId, RequestView, RunningView,
};

use super::path::{encode, parameter};
use super::range::Range;
use crate::facts::letters::in_small;

/// How a request ended, as a reader asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Answered,
    /// Answered by another candidate than the first.
    FellOver,
    Broken,
    Refused,
    Exhausted,
    Cancelled,
}

impl Ended {
    pub(crate) const ALL: [Self; 6] = [
        Self::Answered,
        Self::FellOver,
        Self::Broken,
        Self::Refused,
        Self::Exhausted,
        Self::Cancelled,
    ];

    /// Its word in an address.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::FellOver => "fell-over",
            Self::Broken => "broken",
            Self::Refused => "refused",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ended| ended.word() == word)
    }

    fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Answered => Some(Outcome::Answered),
            Self::FellOver => None,
            Self::Broken => Some(Outcome::Broken),
            Self::Refused => Some(Outcome::Refused),
            Self::Exhausted => Some(Outcome::Exhausted),
            Self::Cancelled => Some(Outcome::Cancelled),
        }
    }
}

/// What the list of requests is narrowed to, and the request that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) open: Option<RequestId>,
    pub(crate) range: Range,
    pub(crate) model: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) account: Option<String>,
    /// The name of a client key; the empty name stands for none.
    pub(crate) key: Option<String>,
    /// The name of a combo; the empty name stands for none.
    pub(crate) combo: Option<String>,
    /// The id of the coding tool that the client key was made for; the empty one stands for none.
    pub(crate) tool: Option<String>,
    pub(crate) ended: Option<Ended>,
    pub(crate) text: String,
}

impl Sought {
    /// Reads the query of an address; what it does not understand does not narrow.
    pub(crate) fn parse(open: Option<RequestId>, query: &str) -> Self {
        let named = |name: &str| parameter(query, name).filter(|value| !value.is_empty());
        Self {
            open,
            range: named("range").and_then(|word| Range::parse(&word)).unwrap_or_default(),
            model: named("model"),
            vendor: named("vendor"),
            account: named("account"),
            key: parameter(query, "key"),
            combo: parameter(query, "combo"),
            tool: parameter(query, "tool"),
            ended: named("ended").and_then(|word| Ended::parse(&word)),
            text: named("text").unwrap_or_default(),
        }
    }

    /// The query that [`Self::parse`] reads; empty where nothing narrows.
    pub(crate) fn query(&self) -> String {
        let range = (self.range != Range::All).then(|| self.range.word());
        let text = Some(&self.text).filter(|text| !text.is_empty()).cloned();
        let ended = self.ended.map(|ended| ended.word().to_owned());
        let parts = [
            ("range", range),
            ("model", self.model.clone()),
            ("vendor", self.vendor.clone()),
            ("account", self.account.clone()),
            ("key", self.key.clone()),
            ("combo", self.combo.clone()),
            ("tool", self.tool.clone()),
            ("ended", ended),
            ("text", text),
        ];
        joined(&parts)
    }

    /// The same list with another request open, or none.
    pub(crate) fn opening(&self, open: Option<RequestId>) -> Self {
        Self { open, ..self.clone() }
    }

    /// The same list, whatever request is open.
    pub(crate) fn list(&self) -> Self {
        self.opening(None)
    }

    /// Whether anything narrows the list.
    pub(crate) fn narrows(&self) -> bool {
        self.list() != Self::default()
    }

    /// What the server is asked for.
    pub(crate) fn filter(&self, (from, until): (Option<Millis>, Option<Millis>)) -> RequestFilter {
        RequestFilter {
            from,
            until,
            model: self.model.clone(),
            vendor: self.vendor.clone(),
            account: self.account.clone().map(AccountId::new),
            key: self.key.clone(),
            combo: self.combo.clone(),
            tool: self.tool.clone(),
            outcome: self.ended.and_then(Ended::outcome),
            fell_over: self.ended == Some(Ended::FellOver),
            text: Some(self.text.trim().to_owned()).filter(|text| !text.is_empty()),
        }
    }
}

fn joined(parts: &[(&str, Option<String>)]) -> String {
    let mut out = String::new();
    for (name, value) in parts {
        if let Some(value) = value {
            out.push_str(if out.is_empty() { "" } else { "&" });
            out.push_str(name);
            out.push('=');
            out.push_str(&encode(value));
        }
    }
    out
}

/// A filter as the server reads it: `&from=…&vendor=…`.
pub(crate) fn asked(filter: &RequestFilter) -> String {
    let RequestFilter {
        from,
        until,
        model,
        vendor,
        account,
        key,
        combo,
        tool,
        outcome,
        fell_over,
        text,
    } = filter;
    let outcome = outcome.map(|outcome| outcome.as_str().to_owned());
    let parts = [
        ("from", from.map(|from| from.to_string())),
        ("until", until.map(|until| until.to_string())),
        ("model", model.clone()),
        ("vendor", vendor.clone()),
        ("account", account.as_ref().map(|account| account.as_str().to_owned())),
        ("key", key.clone()),
        ("combo", combo.clone()),
        ("tool", tool.clone()),
        ("outcome", outcome),
        ("fell_over", fell_over.then(|| "true".to_owned())),
        ("text", text.clone()),
    ];
    joined(&parts)
}

/// The tool that the client key of a name was made for; empty where for none.
pub(crate) fn tool_of<'a>(keys: &'a [KeyView], name: Option<&str>) -> &'a str {
    let key = keys.iter().find(|key| Some(key.name.as_str()) == name);
    key.and_then(|key| key.tool.as_deref()).unwrap_or_default()
}

/// Whether the server's filter would let a request through that came by event.
pub(crate) fn lets_through(filter: &RequestFilter, row: &RequestView, keys: &[KeyView]) -> bool {
    let RequestFilter {
        from,
        until,
        model,
        vendor,
        account,
        key,
        combo,
        tool,
        outcome,
        fell_over,
        text,
    } = filter;
    let by = row.served_by.as_ref();
    let same = |wish: &Option<String>, is: Option<&str>| {
        wish.as_deref().is_none_or(|wish| is == Some(wish))
    };
    let fell = match (by, row.attempts.first()) {
        (Some(by), Some(first)) => (&by.account, &by.model) != (&first.to.account, &first.to.model),
        (None, _) | (_, None) => false,
    };
    let holds = |text: &String| {
        let text = in_small(text);
        let names = [
            Some(row.id.as_str()),
            Some(row.model.as_str()),
            row.combo.as_deref(),
            row.key.as_deref(),
            by.map(|by| by.account_name.as_str()),
            by.map(|by| by.model.as_str()),
            row.error.as_deref(),
        ];
        names.into_iter().flatten().any(|name| in_small(name).contains(&text))
    };
    from.is_none_or(|from| row.at >= from)
        && until.is_none_or(|until| row.at < until)
        && model
            .as_ref()
            .is_none_or(|model| row.model == *model || by.is_some_and(|by| by.model == *model))
        && same(vendor, by.map(|by| by.vendor.as_str()))
        && account.as_ref().is_none_or(|account| by.is_some_and(|by| by.account == *account))
        && key.as_deref().is_none_or(|key| row.key.as_deref().unwrap_or_default() == key)
        && combo.as_deref().is_none_or(|combo| row.combo.as_deref().unwrap_or_default() == combo)
        && tool.as_deref().is_none_or(|tool| tool_of(keys, row.key.as_deref()) == tool)
        && outcome.is_none_or(|outcome| row.outcome == outcome)
        && (!fell_over || fell)
        && text.as_ref().is_none_or(holds)
}

/// Whether a request under way would stand in the list as far as can be said before it ends.
pub(crate) fn may_pass(filter: &RequestFilter, running: &RunningView, keys: &[KeyView]) -> bool {
    let RequestFilter {
        from,
        until,
        model,
        vendor,
        account,
        key,
        combo,
        tool,
        outcome,
        fell_over,
        text,
    } = filter;
    let by = running.by.as_ref();
    let names = [
        Some(running.id.as_str()),
        Some(running.model.as_str()),
        running.combo.as_deref(),
        running.key.as_deref(),
        by.map(|by| by.model.as_str()),
    ];
    let names_hold = |text: &String| {
        let text = in_small(text);
        names.into_iter().flatten().any(|name| in_small(name).contains(&text))
    };
    outcome.is_none()
        && !fell_over
        && from.is_none_or(|from| running.at >= from)
        && until.is_none_or(|until| running.at < until)
        && model
            .as_ref()
            .is_none_or(|model| running.model == *model || by.is_some_and(|by| by.model == *model))
        && vendor.as_ref().is_none_or(|vendor| by.is_some_and(|by| by.vendor == *vendor))
        && account.as_ref().is_none_or(|account| by.is_some_and(|by| by.account == *account))
        && key.as_deref().is_none_or(|key| running.key.as_deref().unwrap_or_default() == key)
        && combo
            .as_deref()
            .is_none_or(|combo| running.combo.as_deref().unwrap_or_default() == combo)
        && tool.as_deref().is_none_or(|tool| tool_of(keys, running.key.as_deref()) == tool)
        && text.as_ref().is_none_or(names_hold)
}

#[cfg(test)]
mod tests {
    use switchyard_types::{Dialect, ServedBy};

    use super::*;

    fn row() -> RequestView {
        RequestView {
            id: RequestId::new("req_1"),
            at: 50,
            dialect: Dialect::Chat,
            model: "auto".into(),
            combo: None,
            stream: true,
            key: Some("Claude Code".into()),
            outcome: Outcome::Answered,
            status: 200,
            served_by: Some(ServedBy {
                vendor: "glm".into(),
                account: AccountId::new("acc_1"),
                account_name: "Main".into(),
                model: "glm-5".into(),
                dialect: Dialect::Chat,
            }),
            attempts: vec![],
            skipped: vec![],
            losses: vec![],
            first_content: None,
            millis: 9,
            usage: None,
            cost: None,
            saved: None,
            error: None,
            plan: None,
        }
    }

    fn full() -> Sought {
        Sought {
            open: None,
            range: Range::Week,
            model: Some("a/b & c".into()),
            vendor: Some("glm".into()),
            account: Some("acc_1".into()),
            key: Some(String::new()),
            combo: Some("daily".into()),
            tool: Some(String::new()),
            ended: Some(Ended::FellOver),
            text: "50% ü".into(),
        }
    }

    #[test]
    fn filters_read_back_from_their_own_address() {
        for sought in
            [Sought::default(), full(), Sought { key: Some("x=y".into()), ..Sought::default() }]
        {
            assert_eq!(Sought::parse(None, &sought.query()), sought);
        }
        assert_eq!(Sought::default().query(), "");
        assert!(!Sought::default().opening(Some(RequestId::new("req_1"))).narrows());
        assert!(full().narrows());
    }

    #[test]
    fn what_an_address_says_in_error_does_not_narrow() {
        let sought = Sought::parse(None, "range=8d&ended=somehow&model=&vendor&text=");
        assert_eq!(sought, Sought::default());
    }

    #[test]
    fn the_server_is_asked_for_what_is_sought() {
        let query = asked(&full().filter((Some(5), None)));
        assert_eq!(
            query,
            "from=5&model=a%2Fb%20%26%20c&vendor=glm&account=acc_1&key=&combo=daily&tool=&fell_over=true&text=50%25%20%C3%BC"
        );
        let broken = Sought { ended: Some(Ended::Broken), ..Sought::default() };
        assert_eq!(asked(&broken.filter((None, Some(9)))), "until=9&outcome=broken");
    }

    #[test]
    fn a_row_that_comes_by_event_meets_the_same_filter() {
        let key = |name: &str, tool: Option<&str>| KeyView {
            id: switchyard_types::KeyId::new(name),
            name: name.into(),
            hint: String::new(),
            created_at: 0,
            last_used_at: None,
            tool: tool.map(str::to_owned),
        };
        let keys = [key("mine", None), key("Claude Code", Some("claude-code"))];
        let through = |sought: Sought| lets_through(&sought.filter((None, None)), &row(), &keys);
        let any = Sought::default;
        assert!(through(any()));
        assert!(through(Sought { model: Some("auto".into()), ..any() }));
        assert!(through(Sought { model: Some("glm-5".into()), ..any() }));
        assert!(!through(Sought { model: Some("glm".into()), ..any() }));
        assert!(!through(Sought { vendor: Some("other".into()), ..any() }));
        assert!(!through(Sought { key: Some(String::new()), ..any() }));
        assert!(through(Sought { key: Some("Claude Code".into()), ..any() }));
        assert!(through(Sought { combo: Some(String::new()), ..any() }));
        assert!(!through(Sought { combo: Some("daily".into()), ..any() }));
        assert!(through(Sought { tool: Some("claude-code".into()), ..any() }));
        assert!(!through(Sought { tool: Some(String::new()), ..any() }));
        assert!(!through(Sought { ended: Some(Ended::FellOver), ..any() }));
        assert!(through(Sought { text: " MAIN".into(), ..any() }));
        assert!(!through(Sought { text: "kimi".into(), ..any() }));
        assert!(!lets_through(
            &RequestFilter { from: Some(51), ..RequestFilter::default() },
            &row(),
            &keys
        ));
        assert!(!lets_through(
            &RequestFilter { until: Some(50), ..RequestFilter::default() },
            &row(),
            &keys
        ));
    }
}
