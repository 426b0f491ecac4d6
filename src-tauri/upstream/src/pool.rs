use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Request, Url};
use switchyard_catalog::check_url;
use switchyard_types::Secret;

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

/// The connections to vendors. Each runtime has its own: an answer that came on another one's connection would be
/// handed over between threads, event by event.
#[derive(Clone, Debug)]
pub struct Pool {
    timers: Timers,
    /// What the environment says of ways out, where it says something.
    rules: Option<Arc<Matcher>>,
    by_runtime: Arc<Mutex<HashMap<tokio::runtime::Id, Arc<Clients>>>>,
}

/// The connections of one runtime: those to public addresses, and those to addresses that the user allowed to
/// be private.
#[derive(Debug)]
struct Clients {
    public: reqwest::Client,
    private: reqwest::Client,
    /// The way out that the environment names for public addresses, where it names one.
    outward: Option<Outward>,
    timers: Timers,
    /// One client for each way out that an account has of its own.
    by_way: Mutex<HashMap<WayOut, reqwest::Client>>,
    /// The addresses that were asked, as read: few are asked again and again.
    addresses: Mutex<HashMap<String, Url>>,
}

/// More addresses are not remembered at a time.
const MOST_ADDRESSES: usize = 256;

/// The proxies of the environment. They are the user's own and may stand anywhere, so their client resolves names
/// of private addresses too; it is used for nothing that does not go by a proxy, whose matter other names are.
#[derive(Debug)]
struct Outward {
    rules: Arc<Matcher>,
    client: reqwest::Client,
}

impl Outward {
    fn new(rules: Arc<Matcher>, timers: &Timers) -> Result<Self, reqwest::Error> {
        let own = Arc::clone(&rules);
        let proxy = reqwest::Proxy::custom(move |url| proxy_for(&own, url.as_str()));
        let client = client(timers, Reach::Private).no_proxy().proxy(proxy).build()?;
        Ok(Self { rules, client })
    }

    /// Whether this address is reached by a proxy, and may be reached at all.
    fn takes(&self, url: &str) -> bool {
        let allowed = || Url::parse(url).is_ok_and(|url| check_url(&url, false).is_ok());
        proxy_for(&self.rules, url).is_some() && allowed()
    }
}

fn proxy_for(rules: &Matcher, url: &str) -> Option<Url> {
    let found = rules.intercept(&url.parse().ok()?)?;
    let mut proxy = Url::parse(&found.uri().to_string()).ok()?;
    let raw = found.raw_auth().map(|(user, word)| (user.to_owned(), word.to_owned()));
    if let Some((user, word)) = raw.or_else(|| read_basic(found.basic_auth()?)) {
        proxy.set_username(&user).ok()?;
        proxy.set_password(Some(&word)).ok()?;
    }
    Some(proxy)
}

/// User and password of a header that is made already.
fn read_basic(header: &http::HeaderValue) -> Option<(String, String)> {
    use base64::Engine as _;
    let text = header.to_str().ok()?.strip_prefix("Basic ")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let (user, word) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((user.to_owned(), word.to_owned()))
}

/// The rules of the environment; `None` where it names no proxy.
fn rules_of_environment() -> Option<Matcher> {
    const NAMES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let some = NAMES.iter().any(|name| set(name) || set(&name.to_ascii_lowercase()));
    some.then(Matcher::from_env)
}

/// How requests leave this machine: by a proxy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WayOut(String);

/// What is no proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proxy is written http://host:port, https://host:port or socks5://host:port")]
pub struct WayOutError;

impl WayOut {
    /// Reads a proxy's address. Names are resolved by the proxy.
    pub fn parse(text: &Secret) -> Result<Self, WayOutError> {
        let text = text.expose().trim();
        let url = Url::parse(text).map_err(|_| WayOutError)?;
        let known = ["http", "https", "socks5", "socks5h"].contains(&url.scheme());
        if !known || url.host_str().is_none_or(str::is_empty) {
            return Err(WayOutError);
        }
        // The proxy resolves the vendor's name: ours may know nothing of the world outside.
        let text = match text.strip_prefix("socks5://") {
            Some(rest) => format!("socks5h://{rest}"),
            None => text.to_owned(),
        };
        reqwest::Proxy::all(&text).map_err(|_| WayOutError)?;
        Ok(Self(text))
    }
}

/// A password may stand in it.
impl std::fmt::Debug for WayOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WayOut(…)")
    }
}

/// The pool could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("setting up the connections to vendors: {0}")]
pub struct PoolError(#[from] reqwest::Error);

impl Pool {
    /// Builds the pool; no connection is made yet.
    pub fn new(timers: &Timers) -> Result<Self, PoolError> {
        Self::with_rules(timers, rules_of_environment())
    }

    fn with_rules(timers: &Timers, rules: Option<Matcher>) -> Result<Self, PoolError> {
        name_crypto_provider();
        let pool = Self { timers: *timers, rules: rules.map(Arc::new), by_runtime: Arc::default() };
        // What cannot be built shall be known at the start.
        pool.clients()?;
        Ok(pool)
    }

    /// The clients of the runtime that asks.
    fn clients(&self) -> Result<Arc<Clients>, reqwest::Error> {
        let here = tokio::runtime::Handle::current().id();
        let mut by_runtime = self.by_runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = by_runtime.get(&here) {
            return Ok(Arc::clone(clients));
        }
        let clients = Arc::new(Clients::new(&self.timers, self.rules.as_ref())?);
        by_runtime.insert(here, Arc::clone(&clients));
        Ok(clients)
    }

    /// Sends a request and waits for the answer's head.
    pub async fn send(&self, shipment: Shipment) -> Result<Answer, Fault> {
        let answer = async {
            let clients = self.clients()?;
            let client = clients.that_reaches(&shipment)?;
            let mut request = clients.request(&client, &shipment)?;
            request.headers_mut().extend(shipment.headers);
            // Handed out once: what has been sent is not kept while the vendor thinks.
            *request.body_mut() = shipment.body.map(|body| reqwest::Body::wrap(Full::new(body)));
            client.execute(request).await
        };
        answer.await.map(Answer::new).map_err(|error| Fault::from_reqwest(&error))
    }

    /// Sends JSON to an address of the user's own, under the same rules, and says what status came back.
    pub async fn post_json(
        &self,
        url: Url,
        allow_private: bool,
        body: Bytes,
    ) -> Result<http::StatusCode, Fault> {
        let clients = self.clients().map_err(|error| Fault::from_reqwest(&error))?;
        let client =
            if allow_private { &clients.private } else { clients.public_client(url.as_str()) };
        let request =
            client.post(url).header(http::header::CONTENT_TYPE, "application/json").body(body);
        let answer = request.send().await.map_err(|error| Fault::from_reqwest(&error))?;
        Ok(answer.status())
    }
}

impl Clients {
    fn new(timers: &Timers, rules: Option<&Arc<Matcher>>) -> Result<Self, reqwest::Error> {
        let outward = rules.map(|rules| Outward::new(Arc::clone(rules), timers)).transpose()?;
        Ok(Self {
            public: client(timers, Reach::Public).no_proxy().build()?,
            outward,
            // A proxy that the environment names is for the way out, not for the own network.
            private: client(timers, Reach::Private).no_proxy().build()?,
            timers: *timers,
            by_way: Mutex::default(),
            addresses: Mutex::default(),
        })
    }

    fn that_reaches(&self, shipment: &Shipment) -> Result<reqwest::Client, reqwest::Error> {
        match (&shipment.way_out, shipment.allow_private) {
            (Some(way), _) => self.client_by(way),
            (None, true) => Ok(self.private.clone()),
            (None, false) => Ok(self.public_client(&shipment.url).clone()),
        }
    }

    /// An empty request to a shipment's address.
    fn request(
        &self,
        client: &reqwest::Client,
        shipment: &Shipment,
    ) -> Result<Request, reqwest::Error> {
        let known = || self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = known().get(&shipment.url) {
            return Ok(Request::new(shipment.method.clone(), url.clone()));
        }
        let request = client.request(shipment.method.clone(), &shipment.url).build()?;
        // A name and a password in an address have become a header.
        if request.headers().is_empty() {
            let mut known = known();
            if known.len() >= MOST_ADDRESSES {
                known.clear();
            }
            known.insert(shipment.url.clone(), request.url().clone());
        }
        Ok(request)
    }

    fn public_client(&self, url: &str) -> &reqwest::Client {
        match &self.outward {
            Some(outward) if outward.takes(url) => &outward.client,
            Some(_) | None => &self.public,
        }
    }

    /// The user named this proxy, which may well stand in their own network.
    fn client_by(&self, way: &WayOut) -> Result<reqwest::Client, reqwest::Error> {
        let mut by_way = self.by_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = by_way.get(way) {
            return Ok(client.clone());
        }
        let proxy = reqwest::Proxy::all(&way.0)?;
        let made = client(&self.timers, Reach::Private).no_proxy().proxy(proxy).build()?;
        by_way.insert(way.clone(), made.clone());
        Ok(made)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::{Method, StatusCode};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::FaultKind;

    /// A server that answers everything with these bytes; its port, and how often it was asked.
    async fn server(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        (port, asked)
    }

    async fn get(url: String, allow_private: bool) -> Result<Answer, Fault> {
        let pool = Pool::new(&Timers::default()).unwrap();
        let shipment = Shipment {
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: None,
            allow_private,
            way_out: None,
        };
        pool.send(shipment).await
    }

    fn whole(head: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_connected_to() {
        let (port, asked) = server(whole("200 OK", b"{}")).await;
        let url = format!("http://localhost:{port}/v1");
        let fault = get(url.clone(), false).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Connect);
        assert_eq!(asked.load(Ordering::SeqCst), 0, "no byte of the request left");
        assert_eq!(get(url, true).await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn the_environments_proxy_may_stand_at_home_and_what_goes_by_none_may_not() {
        let (proxy, asked) = server(whole("200 OK", b"{}")).await;
        let rules = Matcher::builder()
            .all(format!("http://user:word@localhost:{proxy}"))
            .no("direct.localhost,127.0.0.1");
        let rules = rules.build();
        let way = proxy_for(&rules, "https://vendor.invalid/v1").unwrap();
        assert_eq!((way.username(), way.password()), ("user", Some("word")));
        let pool = Pool::with_rules(&Timers::default(), Some(rules)).unwrap();
        let send = async |url: String| {
            let shipment = Shipment {
                method: Method::GET,
                url,
                headers: Vec::new(),
                body: None,
                allow_private: false,
                way_out: None,
            };
            pool.send(shipment).await.map(|answer| answer.status())
        };
        let far = send("http://vendor.invalid/v1".to_owned()).await;
        assert_eq!(far.unwrap(), StatusCode::OK);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        for url in [
            format!("http://direct.localhost:{proxy}/"),
            format!("http://localhost:{proxy}/"),
            "http://10.0.0.1/".to_owned(),
            "http://169.254.169.254/latest".to_owned(),
        ] {
            assert!(!pool.clients().unwrap().outward.as_ref().unwrap().takes(&url), "{url}");
        }
        for url in
            [format!("http://direct.localhost:{proxy}/"), format!("http://localhost:{proxy}/")]
        {
            assert_eq!(send(url.clone()).await.unwrap_err().kind, FaultKind::Connect, "{url}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1, "nothing else was sent");
    }

    /// The environment is read when the pool is made, so that processes of their own try it.
    #[tokio::test]
    async fn the_environments_proxies_are_taken_by_scheme_and_what_it_excepts_goes_without() {
        const NAME: &str = "pool::tests::the_environments_proxies_are_taken_by_scheme_and_what_it_excepts_goes_without";
        const ADDRESS: &str = "SWITCHYARD_TEST_ADDRESS";
        if let Ok(address) = std::env::var(ADDRESS) {
            let heard = get(address, false).await;
            assert_eq!(heard.unwrap().status(), StatusCode::OK);
            return;
        }
        let passes = async |variables: &[(&str, String)], address: &str| {
            let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
            for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
                child.env_remove(name).env_remove(name.to_lowercase());
            }
            child.args(["--exact", NAME]).env(ADDRESS, address);
            child.envs(variables.iter().map(|(name, value)| (name, value)));
            child.output().await.unwrap().status.success()
        };
        let (port, asked) = server(whole("200 OK", b"{}")).await;
        let proxy = format!("http://localhost:{port}");
        let no = |names: &str| ("NO_PROXY", names.to_owned());
        let far = "http://vendor.invalid/v1";
        for (variables, expected) in [
            (vec![("ALL_PROXY", proxy.clone())], true),
            (vec![("HTTP_PROXY", proxy.clone())], true),
            (vec![("all_proxy", proxy.clone())], true),
            (vec![("HTTPS_PROXY", proxy.clone())], false),
            (vec![("ALL_PROXY", proxy.clone()), no("other.invalid")], true),
            (vec![("ALL_PROXY", proxy.clone()), no("vendor.invalid")], false),
            (vec![("ALL_PROXY", proxy.clone()), no(".invalid")], false),
            (vec![("ALL_PROXY", proxy.clone()), no("*")], false),
            (vec![], false),
        ] {
            let before = asked.load(Ordering::SeqCst);
            assert_eq!(passes(&variables, far).await, expected, "{variables:?}");
            let heard = asked.load(Ordering::SeqCst) - before;
            assert_eq!(heard, usize::from(expected), "{variables:?}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (elsewhere, asked) = server(whole("200 OK", b"{}")).await;
        let head = format!("307 Temporary Redirect\r\nlocation: http://127.0.0.1:{elsewhere}/");
        let (port, _) = server(whole(&head, b"")).await;
        let answer = get(format!("http://127.0.0.1:{port}/v1"), true).await.unwrap();
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(asked.load(Ordering::SeqCst), 0, "no key goes where a vendor points");
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_given_up() {
        for length in [1_001, 100_000, 3_000_000] {
            let (port, _) = server(whole("200 OK", &vec![b'a'; length])).await;
            let mut answer = get(format!("http://127.0.0.1:{port}/"), true).await.unwrap();
            let fault = answer.whole(1_000).await.unwrap_err();
            assert_eq!(fault.kind, FaultKind::TooLarge, "{length}");
        }
        let (port, _) = server(whole("200 OK", &[b'a'; 1_000])).await;
        let mut answer = get(format!("http://127.0.0.1:{port}/"), true).await.unwrap();
        assert_eq!(answer.whole(1_000).await.unwrap().len(), 1_000);
    }

    #[tokio::test]
    async fn what_comes_compressed_is_not_unpacked() {
        // Whatever it would become, it is no larger here than on the wire.
        let bomb = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].repeat(50);
        let (port, _) = server(whole("200 OK\r\ncontent-encoding: gzip", &bomb)).await;
        let mut answer = get(format!("http://127.0.0.1:{port}/"), true).await.unwrap();
        assert_eq!(answer.whole(1_000).await.unwrap(), bomb);
    }
}
