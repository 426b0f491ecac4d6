//! An HTTPS proxy on loopback, for those who test that requests leave by one: `CONNECT` inside TLS (RFC 9110 §9.3.6),
//! and behind it a vendor that speaks TLS too.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::leading::{Asked, Lead, Port};

/// A head of a request is no longer than this.
const LONGEST_HEAD: usize = 16 * 1024;

/// Who issues certificates here, and the certificate of the proxy and the vendor behind it.
#[derive(Debug)]
pub struct Issuer {
    root: String,
    leaf: CertificateDer<'static>,
    key: Vec<u8>,
}

/// A proxy that is spoken to by TLS, leads every name to one server, and notes what it was asked for. Dropped, it
/// stops.
#[derive(Debug)]
pub struct TlsProxy(Port);

/// What a proxy knows.
#[derive(Clone)]
struct Gate {
    tls: TlsAcceptor,
    pass: String,
    to: SocketAddr,
}

impl Issuer {
    /// Issues a certificate for these names.
    ///
    /// # Errors
    /// A key cannot be made, or a name cannot stand in a certificate.
    pub fn of(names: &[&str]) -> io::Result<Self> {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().map_err(other)?);
        let root = root.map_err(other)?;
        let key = KeyPair::generate().map_err(other)?;
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let leaf = CertificateParams::new(names).map_err(other)?;
        let leaf = leaf.signed_by(&key, &root).map_err(other)?;
        Ok(Self { root: root.pem(), leaf: leaf.der().clone(), key: key.serialize_der() })
    }

    /// What another process needs to speak for the same names; the root's key is not among it.
    pub fn keep(&self) -> Vec<u8> {
        let parts = [self.root.as_bytes(), self.leaf.as_ref(), self.key.as_slice()];
        parts.map(|part| STANDARD.encode(part)).join("\n").into_bytes()
    }

    /// What [`Issuer::keep`] gave.
    ///
    /// # Errors
    /// It is something else.
    pub fn kept(bytes: &[u8]) -> io::Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(other)?;
        let parts: Vec<Vec<u8>> = text
            .lines()
            .map(|part| STANDARD.decode(part).map_err(other))
            .collect::<Result<_, _>>()?;
        let [root, leaf, key] = <[Vec<u8>; 3]>::try_from(parts)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(Self { root: String::from_utf8(root).map_err(other)?, leaf: leaf.into(), key })
    }

    /// The certificate to trust, as PEM.
    pub fn root(&self) -> &str {
        &self.root
    }

    fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let key = PrivateKeyDer::try_from(self.key.clone()).map_err(other)?;
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(other)?
            .with_no_client_auth()
            .with_single_cert(vec![self.leaf.clone()], key)
            .map_err(other)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl TlsProxy {
    /// Opens a port for one user; all that is asked for is found at `to`, which speaks without TLS.
    ///
    /// # Errors
    /// No port can be bound, or the certificate is of no use.
    pub async fn start(
        issuer: &Issuer,
        user: &str,
        word: &str,
        to: SocketAddr,
    ) -> io::Result<Self> {
        let pass = format!("Basic {}", STANDARD.encode(format!("{user}:{word}")));
        Port::open(Gate { tls: issuer.acceptor()?, pass, to }).await.map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The names and ports that it led to, in order.
    pub fn asked(&self) -> Vec<String> {
        self.0.asked()
    }
}

impl Lead for Gate {
    async fn lead(&self, client: TcpStream, asked: &Asked) -> io::Result<()> {
        let mut client = self.tls.accept(client).await?;
        let head = head(&mut client).await?;
        let mut lines = head.lines();
        let place = lines.next().and_then(|line| line.strip_prefix("CONNECT "));
        let place = place.and_then(|line| line.strip_suffix(" HTTP/1.1"));
        let Some(place) = place else {
            return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await;
        };
        let known = lines.filter_map(|line| line.split_once(": ")).any(|(name, value)| {
            name.eq_ignore_ascii_case("proxy-authorization") && value == self.pass
        });
        if !known {
            let refusal =
                b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n";
            return client.write_all(refusal).await;
        }
        asked.note(place.to_owned());
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        let mut inner = self.tls.accept(client).await?;
        let mut server = TcpStream::connect(self.to).await?;
        copy_bidirectional(&mut inner, &mut server).await?;
        Ok(())
    }
}

/// The head of a request up to its blank line.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(stream.read_u8().await?);
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
