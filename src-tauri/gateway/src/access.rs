use std::borrow::Cow;
use std::collections::HashMap;

use switchyard_types::Dialect;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody who reaches the port: the dashboard's files, which hold no data, and the health
    /// check.
    Public,
    /// A client with a key; errors are told in this dialect.
    Client(Dialect),
    /// Anybody who may want to sign in. Tries are counted by the socket's address.
    Door,
    /// A signed-in person.
    Session,
}

impl Access {
    /// Whether the dashboard calls it, not a client of the model API.
    pub(crate) fn is_for_people(self) -> bool {
        match self {
            Self::Public | Self::Door | Self::Session => true,
            Self::Client(_) => false,
        }
    }
}

/// What the guard knows of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) access: Access,
    /// The largest body, in bytes.
    pub(crate) largest: usize,
}

/// The rule of every route, by its path pattern. What is not here is refused.
#[derive(Debug)]
pub(crate) struct AccessTable(HashMap<Cow<'static, str>, Rule>);

impl AccessTable {
    pub(crate) fn new(routes: impl Iterator<Item = (Cow<'static, str>, Rule)>) -> Self {
        Self(routes.collect())
    }

    pub(crate) fn of(&self, pattern: &str) -> Option<Rule> {
        self.0.get(pattern).copied()
    }
}
