//! Files at addresses that a request names, for vendors that do not fetch them themselves.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use reqwest::Url;
use switchyard_catalog::{AddressError, check_url};

use crate::address::Reach;
use crate::answer::{Answer, Fault};
use crate::pool::Pool;
use crate::shipment::Shipment;

/// The largest file: vendors take images of 5 to 20 MB.
const LARGEST: usize = 20 * 1024 * 1024;

/// How long a file may take, redirects included.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a server may point elsewhere.
const REDIRECTS: usize = 3;

/// A file, and what it is by its own first bytes: a server's word on that is often wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// `image/…` or `application/pdf`.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Why a file could not be had; names the host, never the path, which may hold a token.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is no address that is contacted.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// The address cannot be read.
    #[error("the address is not one of the web")]
    NotAnAddress,
    /// The server could not be heard.
    #[error("{0}")]
    Unheard(#[from] Fault),
    /// It took too long.
    #[error("{host} did not send it within {} seconds", PATIENCE.as_secs())]
    TooSlow {
        /// The server.
        host: String,
    },
    /// It answered with something else than the file.
    #[error("{host} answered with status {status}")]
    Status {
        /// The server.
        host: String,
        /// Its HTTP status.
        status: u16,
    },
    /// It pointed elsewhere once too often.
    #[error("{host} pointed elsewhere more than {REDIRECTS} times")]
    Redirects {
        /// The last server.
        host: String,
    },
    /// What came is of no kind that a model takes.
    #[error("what {host} sent is neither an image nor a PDF")]
    Kind {
        /// The server.
        host: String,
    },
}

impl Pool {
    /// Fetches an image or a PDF. Every address on the way is vetted as a vendor's own would be.
    pub async fn fetch(&self, address: &str, reach: Reach) -> Result<File, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::NotAnAddress)?;
        let host = host_of(&url);
        match tokio::time::timeout(PATIENCE, self.follow(url, reach)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(FetchError::TooSlow { host }),
        }
    }

    async fn follow(&self, mut url: Url, reach: Reach) -> Result<File, FetchError> {
        for _ in 0..=REDIRECTS {
            let mut answer = self.get(&url, reach).await?;
            if !answer.status().is_redirection() {
                return file(&mut answer, &url).await;
            }
            url = next(&answer, &url)?;
        }
        Err(FetchError::Redirects { host: host_of(&url) })
    }

    async fn get(&self, url: &Url, reach: Reach) -> Result<Answer, FetchError> {
        let allow_private = reach == Reach::Private;
        check_url(url, allow_private)?;
        let accept = HeaderValue::from_static("image/*, application/pdf");
        let shipment = Shipment {
            method: Method::GET,
            url: url.to_string(),
            headers: vec![(header::ACCEPT, accept)],
            body: None,
            way_out: None,
            allow_private,
        };
        Ok(self.send(shipment).await?)
    }
}

async fn file(answer: &mut Answer, url: &Url) -> Result<File, FetchError> {
    let (host, status) = (host_of(url), answer.status());
    if !status.is_success() {
        return Err(FetchError::Status { host, status: status.as_u16() });
    }
    let bytes = answer.whole(LARGEST).await?;
    match kind(&bytes) {
        Some(media_type) => Ok(File { media_type, bytes }),
        None => Err(FetchError::Kind { host }),
    }
}

fn next(answer: &Answer, url: &Url) -> Result<Url, FetchError> {
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let status = answer.status().as_u16();
    let location = location.ok_or_else(|| FetchError::Status { host: host_of(url), status })?;
    url.join(location).map_err(|_| FetchError::NotAnAddress)
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or("the server").to_owned()
}

/// The kind of a file by its first bytes.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', b'c' | b'x', ..] => "image/heic",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(kind(b"GIF89a"), Some("image/gif"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"%PDF-1.7"), Some("application/pdf"));
        assert_eq!(kind(b"<!doctype html>"), None);
        assert_eq!(kind(b""), None);
    }
}
