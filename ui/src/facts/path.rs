//! Addresses: the dashboard's own pages, and names inside the paths of the API.

use switchyard_types::{RequestId, UsageBy};

use super::range::Range;
use super::sought::Sought;

/// A page of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// What runs now.
    Overview,
    /// The overview with one request's trace open.
    Glance(RequestId),
    /// Every request, as the reader looks for it; the one that is open, where one was chosen.
    Requests(Box<Sought>),
    /// What was used, of what time and told apart by what.
    Usage(Range, UsageBy),
    /// The accounts' quota windows.
    Quota,
    /// What can be set, by its section.
    Settings(Section),
    /// Vendors and their accounts.
    Providers,
    /// Combos; the one that is open, where one was chosen.
    Combos(Option<String>),
    /// A combo that a link offers.
    Offer(String),
    /// Client keys.
    Keys,
    /// Coding tools; the one that is open, where one was chosen.
    Tools(Option<String>),
    /// Asking any model in any dialect.
    Playground,
    /// The first steps.
    Welcome,
    /// No such page.
    Missing,
}

/// What the navigation lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Requests,
    Usage,
    Quota,
    Providers,
    Combos,
    Tools,
    Keys,
    Playground,
    Settings,
    /// Not listed: the overview and the palette lead there.
    Welcome,
}

/// A section of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Section {
    #[default]
    General,
    Network,
    Routing,
    Budgets,
    Rules,
    Notifications,
    Data,
    Security,
    About,
}

impl Section {
    /// In the order of the index.
    pub(crate) const ALL: [Self; 9] = [
        Self::General,
        Self::Network,
        Self::Routing,
        Self::Budgets,
        Self::Rules,
        Self::Notifications,
        Self::Data,
        Self::Security,
        Self::About,
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Network => "network",
            Self::Routing => "routing",
            Self::Budgets => "budgets",
            Self::Rules => "rules",
            Self::Notifications => "notifications",
            Self::Data => "data",
            Self::Security => "security",
            Self::About => "about",
        }
    }
}

impl Route {
    /// Reads a path and its query (without `?`).
    pub(crate) fn parse(path: &str, query: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (None | Some("index.html"), None, None) => match parameter(query, "request") {
                Some(id) if !id.is_empty() => Self::Glance(RequestId::new(id)),
                Some(_) | None => Self::Overview,
            },
            (Some("requests"), id, None) => {
                let open = id.map(|id| RequestId::new(decode(id)));
                Self::Requests(Box::new(Sought::parse(open, query)))
            }
            (Some("usage"), None, None) => {
                let range = parameter(query, "range").and_then(|word| Range::parse(&word));
                let by = parameter(query, "by").and_then(|word| usage_by(&word));
                Self::Usage(range.unwrap_or(Range::Week), by.unwrap_or_default())
            }
            (Some("quota"), None, None) => Self::Quota,
            (Some("settings"), None, None) => {
                let section = parameter(query, "section").and_then(|word| Section::parse(&word));
                Self::Settings(section.unwrap_or_default())
            }
            (Some("providers"), None, None) => Self::Providers,
            (Some("combos"), None, None) if parameter(query, "link").is_some() => {
                Self::Offer(parameter(query, "link").unwrap_or_default())
            }
            (Some("combos"), None, None) => {
                Self::Combos(parameter(query, "name").filter(|name| !name.is_empty()))
            }
            (Some("keys"), None, None) => Self::Keys,
            (Some("tools"), id, None) => Self::Tools(id.map(decode)),
            (Some("playground"), None, None) => Self::Playground,
            (Some("welcome"), None, None) => Self::Welcome,
            _ => Self::Missing,
        }
    }

    /// The address of the page.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Overview | Self::Missing => "/".to_owned(),
            Self::Glance(id) => format!("/?request={}", encode(id.as_str())),
            Self::Requests(sought) => {
                let id = sought.open.as_ref();
                let id = id.map_or_else(String::new, |id| format!("/{}", encode(id.as_str())));
                let query = sought.query();
                format!("/requests{id}{}{query}", if query.is_empty() { "" } else { "?" })
            }
            Self::Usage(range, by) => {
                format!("/usage?range={}&by={}", encode(&range.word()), usage_word(*by))
            }
            Self::Quota => "/quota".to_owned(),
            Self::Settings(Section::General) => "/settings".to_owned(),
            Self::Settings(section) => format!("/settings?section={}", section.word()),
            Self::Providers => "/providers".to_owned(),
            Self::Combos(None) => "/combos".to_owned(),
            Self::Combos(Some(name)) => format!("/combos?name={}", encode(name)),
            Self::Offer(link) => format!("/combos?link={}", encode(link)),
            Self::Keys => "/keys".to_owned(),
            Self::Playground => "/playground".to_owned(),
            Self::Welcome => "/welcome".to_owned(),
            Self::Tools(None) => "/tools".to_owned(),
            Self::Tools(Some(id)) => format!("/tools/{}", encode(id)),
        }
    }

    /// The request whose trace is open on the overview.
    pub(crate) fn glance(self) -> Option<RequestId> {
        if let Self::Glance(id) = self { Some(id) } else { None }
    }

    /// What the list of requests looks for; nothing on other pages.
    pub(crate) fn sought(self) -> Option<Sought> {
        if let Self::Requests(sought) = self { Some(*sought) } else { None }
    }

    /// Which section of the settings is open; nothing on other pages.
    pub(crate) fn section(self) -> Option<Section> {
        if let Self::Settings(section) = self { Some(section) } else { None }
    }

    /// Of what time usage is shown and told apart by what; nothing on other pages.
    pub(crate) fn usage(self) -> Option<(Range, UsageBy)> {
        if let Self::Usage(range, by) = self { Some((range, by)) } else { None }
    }

    /// Which entry of the navigation is lit.
    pub(crate) fn place(&self) -> Option<Place> {
        match self {
            Self::Overview | Self::Glance(_) => Some(Place::Overview),
            Self::Requests(_) => Some(Place::Requests),
            Self::Usage(..) => Some(Place::Usage),
            Self::Quota => Some(Place::Quota),
            Self::Settings(_) => Some(Place::Settings),
            Self::Providers => Some(Place::Providers),
            Self::Combos(_) | Self::Offer(_) => Some(Place::Combos),
            Self::Keys => Some(Place::Keys),
            Self::Tools(_) => Some(Place::Tools),
            Self::Playground => Some(Place::Playground),
            Self::Welcome => Some(Place::Welcome),
            Self::Missing => None,
        }
    }
}

impl Place {
    /// Where the entry leads.
    pub(crate) fn route(self) -> Route {
        match self {
            Self::Overview => Route::Overview,
            Self::Requests => Route::Requests(Box::default()),
            Self::Usage => Route::Usage(Range::Week, UsageBy::Model),
            Self::Quota => Route::Quota,
            Self::Settings => Route::Settings(Section::General),
            Self::Providers => Route::Providers,
            Self::Combos => Route::Combos(None),
            Self::Tools => Route::Tools(None),
            Self::Playground => Route::Playground,
            Self::Welcome => Route::Welcome,
            Self::Keys => Route::Keys,
        }
    }
}

/// By what usage is told apart, by its word in an address and towards the server.
pub(crate) fn usage_by(word: &str) -> Option<UsageBy> {
    USAGE_BY.into_iter().find(|by| usage_word(*by) == word)
}

/// Everything by which usage is told apart.
pub(crate) const USAGE_BY: [UsageBy; 7] = [
    UsageBy::Model,
    UsageBy::Vendor,
    UsageBy::Account,
    UsageBy::Key,
    UsageBy::Tool,
    UsageBy::Combo,
    UsageBy::Time,
];

/// The word that [`usage_by`] reads.
pub(crate) fn usage_word(by: UsageBy) -> &'static str {
    match by {
        UsageBy::Model => "model",
        UsageBy::Vendor => "vendor",
        UsageBy::Account => "account",
        UsageBy::Key => "key",
        UsageBy::Tool => "tool",
        UsageBy::Combo => "combo",
        UsageBy::Time => "time",
    }
}

/// A parameter of a query; empty where it says nothing.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decode(&value.replace('+', " ")))
}

/// Writes a name so that it is one segment of a path, whatever stands in it.
pub(crate) fn encode(name: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Undoes [`encode`]; what is no valid escape stays as it stands.
pub(crate) fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| Some((hex(*bytes.get(at + 1)?)?, hex(*bytes.get(at + 2)?)?)))
            .flatten();
        if let Some((high, low)) = escaped {
            out.push(high << 4 | low);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_reads_back_from_its_own_address() {
        for route in [
            Route::Overview,
            Route::Glance(RequestId::new("req_01/ü %")),
            Route::Requests(Box::default()),
            Route::Requests(Box::new(Sought {
                open: Some(RequestId::new("req_01/ü %")),
                text: "a & b".to_owned(),
                ..Sought::default()
            })),
            Route::Usage(Range::Month, UsageBy::Tool),
            Route::Usage(Range::Week, UsageBy::Time),
            Route::Quota,
            Route::Settings(Section::General),
            Route::Settings(Section::Budgets),
            Route::Providers,
            Route::Combos(None),
            Route::Combos(Some("coding & chat + 智 100%".to_owned())),
            Route::Offer("switchyard://combo?v=1&data=e30".to_owned()),
            Route::Keys,
            Route::Tools(None),
            Route::Tools(Some("claude-code".to_owned())),
            Route::Playground,
            Route::Welcome,
        ] {
            let href = route.href();
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            assert_eq!(Route::parse(path, query), route, "{href}");
        }
    }

    #[test]
    fn an_address_that_names_no_page_is_missing() {
        for path in
            ["/nothing", "/requests/a/b", "/quota/x", "/providers/x", "/keys/../x", "/tools/a/b"]
        {
            assert_eq!(Route::parse(path, ""), Route::Missing, "{path}");
        }
        assert_eq!(Route::parse("/providers/", ""), Route::Providers);
    }

    #[test]
    fn a_name_is_one_segment_whatever_stands_in_it() {
        assert_eq!(encode("a/b?c#d%ü"), "a%2Fb%3Fc%23d%25%C3%BC");
        assert_eq!(decode("a%2Fb%3fc%23d%25%C3%BC"), "a/b?c#d%ü");
    }

    #[test]
    fn a_broken_escape_stays_as_it_stands() {
        assert_eq!(decode("50%"), "50%");
        assert_eq!(decode("%zz%4"), "%zz%4");
        assert_eq!(decode("%ff"), "\u{fffd}");
    }
}
