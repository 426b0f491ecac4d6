use std::time::Duration;

use http::HeaderMap;

use crate::address::{Reach, VettedResolver};
use crate::answer::{Answer, Fault};
use crate::shipment::Shipment;

/// What we call ourselves towards vendors.
pub const USER_AGENT: &str = concat!("switchyard/", env!("CARGO_PKG_VERSION"));

/// How long each silence may last. None of them limits a stream that moves.
#[derive(Clone, Copy, Debug)]
pub struct Timers {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From the request's end to the first content of a streamed answer.
    pub first_byte: Duration,
    /// From the request's end to a whole answer's head: a long answer that is not streamed
    /// shows nothing before it is complete.
    pub whole_answer: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// How long the client may hear nothing before it gets its dialect's keep-alive.
    pub keep_alive: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(3),
            whole_answer: Duration::from_mins(10),
            idle: Duration::from_mins(2),
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// The connections to vendors: one pool for public addresses, one for those that the user allowed
/// to be private.
#[derive(Clone, Debug)]
pub struct Pool {
    public: reqwest::Client,
    private: reqwest::Client,
}

/// The pool could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("setting up the connections to vendors: {0}")]
pub struct PoolError(#[from] reqwest::Error);

impl Pool {
    /// Builds the pool; no connection is made yet.
    pub fn new(timers: &Timers) -> Result<Self, PoolError> {
        name_crypto_provider();
        Ok(Self {
            public: client(timers, Reach::Public).build()?,
            // A proxy that the environment names is for the way out, not for the own network.
            private: client(timers, Reach::Private).no_proxy().build()?,
        })
    }

    /// Sends a request and waits for the answer's head.
    pub async fn send(&self, shipment: Shipment) -> Result<Answer, Fault> {
        let client = if shipment.allow_private { &self.private } else { &self.public };
        let mut request = client.request(shipment.method, shipment.url);
        let mut headers = HeaderMap::with_capacity(shipment.headers.len());
        headers.extend(shipment.headers);
        request = request.headers(headers);
        if let Some(body) = shipment.body {
            request = request.body(body);
        }
        request.send().await.map(Answer::new).map_err(|error| Fault::from_reqwest(&error))
    }
}

/// A client for the program's own server on this machine.
pub fn own_server_client() -> Result<reqwest::Client, PoolError> {
    name_crypto_provider();
    Ok(reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()?)
}

fn name_crypto_provider() {
    // An error means that it is installed already, by an earlier call or the host program.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn client(timers: &Timers, reach: Reach) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(timers.connect)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(30))
        .pool_idle_timeout(Duration::from_secs(90))
        .pool_max_idle_per_host(64)
        .dns_resolver(VettedResolver(reach))
}
