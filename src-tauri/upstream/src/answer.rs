use std::error::Error as _;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use switchyard_dialect::{Tongue, stream_type};

/// A vendor's answer: its head, and its body still on the wire. Dropping it cancels the vendor's
/// work.
#[derive(Debug)]
pub struct Answer {
    response: reqwest::Response,
}

/// Why a vendor could not be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No connection: name, address, port, TLS or its timer.
    Connect,
    /// The connection broke, or what came was not HTTP.
    Cut,
    /// The vendor closed its side and says that it read nothing of the request: it may be sent again.
    Unread,
    /// The body exceeds what we are willing to hold.
    TooLarge,
}

/// A failure below HTTP, in words for a person.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind it is.
    pub kind: FaultKind,
    /// What happened; never holds a key, since keys travel in headers only.
    pub message: String,
}

impl Answer {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response }
    }

    /// The vendor's status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The vendor's headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Whether the body says to be a stream of what the vendor speaks.
    pub fn is_stream_of(&self, tongue: impl Into<Tongue>) -> bool {
        let expected = stream_type(tongue);
        self.headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().starts_with(expected))
    }

    /// The next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        self.response.chunk().await.map_err(|error| Fault::from_reqwest(&error))
    }

    /// The whole body, refused beyond `limit` bytes.
    pub async fn whole(&mut self, limit: usize) -> Result<Bytes, Fault> {
        let within = |length: usize| {
            if length <= limit {
                return Ok(());
            }
            let message = format!("the answer is larger than {} KB", limit / 1_000);
            Err(Fault { kind: FaultKind::TooLarge, message })
        };
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        within(first.len())?;
        let Some(second) = self.chunk().await? else { return Ok(first) };
        within(first.len() + second.len())?;
        let mut body = BytesMut::with_capacity(first.len() + second.len());
        body.extend_from_slice(&first);
        body.extend_from_slice(&second);
        while let Some(more) = self.chunk().await? {
            within(body.len() + more.len())?;
            body.extend_from_slice(&more);
        }
        Ok(body.freeze())
    }
}

impl Fault {
    /// `reqwest` puts the address in front and the reason last; the reason is what helps.
    pub(crate) fn from_reqwest(error: &reqwest::Error) -> Self {
        let kind = if error.is_connect() {
            FaultKind::Connect
        } else if error.source().is_some_and(was_unread) {
            FaultKind::Unread
        } else {
            FaultKind::Cut
        };
        let host = error.url().and_then(|url| url.host_str()).unwrap_or("the vendor").to_owned();
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            reason = inner.to_string();
            source = inner.source();
        }
        let message = match kind {
            FaultKind::Connect => format!("no connection to {host}: {reason}"),
            FaultKind::Cut | FaultKind::Unread | FaultKind::TooLarge => {
                format!("{host} broke off: {reason}")
            }
        };
        Self { kind, message }
    }
}

/// Whether a vendor says that it did not look at the request: it goes away in order, or refused the stream
/// (RFC 9113, 6.8 and 8.7).
fn was_unread(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let gone = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (gone || refused);
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client hears of a request whose stream the server ends so.
    async fn heard(reason: h2::Reason) -> h2::Error {
        let (here, there) = tokio::io::duplex(16 * 1024);
        tokio::spawn(async move {
            let mut server = h2::server::handshake(there).await.unwrap();
            while let Some(Ok((_, mut respond))) = server.accept().await {
                respond.send_reset(reason);
            }
        });
        let (client, connection) = h2::client::handshake(here).await.unwrap();
        tokio::spawn(connection);
        let mut client = client.ready().await.unwrap();
        let request = http::Request::get("https://vendor.example/").body(()).unwrap();
        let (answer, _) = client.send_request(request, true).unwrap();
        answer.await.unwrap_err()
    }

    #[tokio::test]
    async fn only_a_request_that_the_vendor_never_read_may_be_sent_again() {
        assert!(was_unread(&heard(h2::Reason::REFUSED_STREAM).await));
        assert!(!was_unread(&heard(h2::Reason::INTERNAL_ERROR).await));
        assert!(!was_unread(&std::io::Error::other("cut")));
    }
}
