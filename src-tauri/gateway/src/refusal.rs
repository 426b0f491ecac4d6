//! What the guard answers when it lets a request not through, in the words of whoever asked.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use switchyard_dialect::{ClientError, ErrorKind, write_fault};
use switchyard_types::{Dialect, ErrorCode};

use crate::access::Access;
use crate::admin::Failure;
use crate::gate::Full;
use crate::intake::Untaken;

/// Why a request is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A body that a web page can send without asking first.
    NotJson,
    /// No key, or none that is known.
    Key,
    /// No session, or one that has ended.
    Session,
    /// Too much at once.
    Full(Full),
    /// The body was not taken.
    Untaken(Untaken),
    /// A fault of ours.
    Panicked,
}

impl Refusal {
    pub(crate) fn respond(self, access: Access) -> Response {
        let mut response = match access {
            Access::Client(dialect) => self.to_client(dialect),
            Access::Session | Access::Door | Access::Public => self.to_person(),
        };
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::Untaken(_) = self {
            // What is left of the body would be read as the next request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn to_client(self, dialect: Dialect) -> Response {
        let status = self.status();
        let error = ClientError {
            status: status.as_u16(),
            kind: self.kind(),
            message: self.message(),
            retry_after: self.retry_after(),
        };
        let json = [(header::CONTENT_TYPE, "application/json")];
        (status, json, write_fault(dialect, &error)).into_response()
    }

    pub(crate) fn to_person(self) -> Response {
        let code = match self {
            Self::Session | Self::Key => ErrorCode::SignInNeeded,
            Self::NotJson | Self::Full(_) | Self::Untaken(_) => ErrorCode::Invalid,
            Self::Panicked => ErrorCode::Internal,
        };
        let mut failure = Failure::new(self.status(), code, &self.message());
        if let Self::Session = self {
            failure.0.hint =
                Some("run `switchyard link` and open the address that it prints".to_owned());
        }
        failure.into_response()
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Key | Self::Session => StatusCode::UNAUTHORIZED,
            Self::Full(Full::Calls) | Self::Untaken(Untaken::Crowded) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Full(Full::Key(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Untaken(Untaken::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Untaken(Untaken::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Self::Untaken(Untaken::Broken | Untaken::TooDeep) => StatusCode::BAD_REQUEST,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::NotJson | Self::Untaken(Untaken::Broken | Untaken::TooDeep) => {
                ErrorKind::InvalidRequest
            }
            Self::Key | Self::Session => ErrorKind::Authentication,
            Self::Full(Full::Calls) | Self::Untaken(Untaken::Crowded) => ErrorKind::Overloaded,
            Self::Full(Full::Key(_)) => ErrorKind::RateLimit,
            Self::Untaken(Untaken::TooLarge(_)) => ErrorKind::TooLarge,
            Self::Untaken(Untaken::TooSlow) => ErrorKind::Timeout,
            Self::Panicked => ErrorKind::Server,
        }
    }

    fn message(self) -> String {
        match self {
            Self::NotJson => "send the body with the header Content-Type: application/json".into(),
            Self::Key => {
                "Switchyard does not know this key; make one on the dashboard's Keys page \
                          and give it to this tool"
                    .into()
            }
            Self::Session => "you are not signed in, or your session has ended".into(),
            Self::Full(Full::Calls) => "Switchyard has as many requests under way as it takes at \
                                        once; try again in a moment"
                .into(),
            Self::Full(Full::Key(_)) => "this key's requests come faster than Switchyard takes \
                                         them; SWITCHYARD_CALLS_PER_SECOND says how fast that is"
                .into(),
            Self::Untaken(Untaken::TooLarge(most)) => {
                let (size, unit) = match most / (1024 * 1024) {
                    0 => (most / 1024, "KB"),
                    megabytes => (megabytes, "MB"),
                };
                format!("the request is larger than {size} {unit}")
            }
            Self::Untaken(Untaken::Crowded) => {
                "other requests' bodies take all the room there is; \
                                                try again in a moment"
                    .into()
            }
            Self::Untaken(Untaken::TooSlow) => "the request's body did not come in time".into(),
            Self::Untaken(Untaken::TooDeep) => "the request's JSON nests too deep".into(),
            Self::Untaken(Untaken::Broken) => "the request's body broke off".into(),
            Self::Panicked => "Switchyard failed on this request; the crashes folder of its data \
                               folder says where"
                .into(),
        }
    }

    fn retry_after(self) -> Option<u64> {
        match self {
            Self::Full(Full::Key(wait)) => Some(wait.as_secs().max(1)),
            Self::Full(Full::Calls) | Self::Untaken(Untaken::Crowded) => Some(1),
            Self::NotJson | Self::Key | Self::Session | Self::Untaken(_) | Self::Panicked => None,
        }
    }
}
