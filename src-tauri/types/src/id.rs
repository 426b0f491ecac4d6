use serde::{Deserialize, Serialize};

/// UTC milliseconds since the epoch.
pub type Millis = i64;

/// Money in billionths of a US dollar: `$3 per million tokens` is 3,000 of these a token.
pub type NanoDollars = i64;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an id that was made or stored before.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// One login or key at one vendor: `acc_…`.
    AccountId
}
text_id! {
    /// One key that a client uses towards Switchyard: `key_…`.
    KeyId
}
text_id! {
    /// One request of a client: `req_…`; later ids sort after earlier ones.
    RequestId
}
