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
    /// A signed-in person.
    Session,
}

/// The access of every route, by its path pattern. What is not here is refused.
#[derive(Debug)]
pub(crate) struct AccessTable(HashMap<&'static str, Access>);

impl AccessTable {
    pub(crate) fn new(routes: impl Iterator<Item = (&'static str, Access)>) -> Self {
        Self(routes.collect())
    }

    pub(crate) fn of(&self, pattern: &str) -> Option<Access> {
        self.0.get(pattern).copied()
    }
}
