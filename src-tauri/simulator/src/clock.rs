//! Wall-clock time, for the headers that tell a date.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Where the simulator reads the date from.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the simulator stands below the engine and its clock; scripts can replace this one"
        )]
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

pub(crate) fn unix(at: SystemTime) -> Duration {
    at.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// RFC 3339 with whole seconds, rounded up, as in `anthropic-ratelimit-*-reset`.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    let seconds = i64::try_from(unix_ceil(at)).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|date| date.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// Seconds since 1970, rounded up: a client that waits for them must never come too early.
pub(crate) fn unix_ceil(at: SystemTime) -> u64 {
    crate::span::whole_seconds(unix(at))
}

/// An HTTP date of the whole second at or after `at`.
pub(crate) fn http_date(at: SystemTime) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix_ceil(at)))
}
