//! A running simulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::live::{Live, hold};
use crate::login::{LoginLog, LoginState, QuotaPage, TokenFault};
use crate::record::Request;
use crate::script::{DEFAULT_VENDOR, Script, Vendor};
use crate::serve::{Shared, serve};

/// A fake vendor server on 127.0.0.1. Dropped, it stops.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Binds the script's port and begins to answer.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub async fn start(script: Script) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, script.port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(Live::new(script)));
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, server })
    }

    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT/VENDOR`: the base of Anthropic's own clients.
    pub fn root(&self, vendor: &str) -> String {
        if vendor == DEFAULT_VENDOR {
            format!("http://{}", self.address)
        } else {
            format!("http://{}/{vendor}", self.address)
        }
    }

    /// `http://127.0.0.1:PORT/VENDOR/v1`: the base of `OpenAI`'s dialects, and of Messages where a base has its version.
    pub fn url(&self, vendor: &str) -> String {
        format!("{}/v1", self.root(vendor))
    }

    /// `http://127.0.0.1:PORT/VENDOR/v1beta`: the base of Gemini.
    pub fn gemini_url(&self, vendor: &str) -> String {
        format!("{}/v1beta", self.root(vendor))
    }

    /// What has arrived, in order.
    pub fn requests(&self) -> Vec<Arc<Request>> {
        hold(&self.shared.requests).clone()
    }

    /// What has arrived, in order, and forgets it.
    pub fn take_requests(&self) -> Vec<Arc<Request>> {
        std::mem::take(&mut *hold(&self.shared.requests))
    }

    /// How many answers are under way, delayed and silent ones among them.
    pub fn open_streams(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// Waits until just so many answers are under way; false when `within` has passed before.
    pub async fn has_open_streams(&self, count: usize, within: Duration) -> bool {
        let until = Instant::now() + within;
        while self.open_streams() != count {
            if Instant::now() >= until {
                return false;
            }
            sleep(Duration::from_millis(2)).await;
        }
        true
    }

    /// Replaces the script. All counts begin anew; answers under way go on as they were. The port stays.
    pub fn set_script(&self, script: Script) {
        self.shared.replace(|_| Live::new(script));
    }

    /// Adds or replaces one vendor, whose counts begin anew; the others keep theirs.
    pub fn set_vendor(&self, name: &str, vendor: Vendor) {
        self.shared.replace(|live| live.with(name, vendor));
    }

    /// What a vendor's login server was asked.
    pub fn login_log(&self, vendor: &str) -> LoginLog {
        self.with_login(vendor, LoginState::log).unwrap_or_default()
    }

    /// Ends every access token that a vendor's login server issued, as if their time were over.
    pub fn expire_tokens(&self, vendor: &str) {
        self.with_login(vendor, LoginState::expire);
    }

    /// Ends every login of a vendor, as if the user had signed out everywhere.
    pub fn revoke_logins(&self, vendor: &str) {
        self.with_login(vendor, LoginState::revoke);
    }

    /// Lets further faults befall a vendor's token endpoint, one a request.
    pub fn add_token_faults(&self, vendor: &str, faults: impl IntoIterator<Item = TokenFault>) {
        self.with_login(vendor, |login| login.add_faults(faults));
    }

    /// Tells something else of the quota from now on.
    pub fn set_quota(&self, vendor: &str, page: QuotaPage) {
        self.with_login(vendor, |login| login.set_quota(page));
    }

    fn with_login<T>(&self, vendor: &str, act: impl FnOnce(&LoginState) -> T) -> Option<T> {
        self.shared.live().vendors.get(vendor)?.login.as_ref().map(act)
    }

    /// Begins all counts, windows and queues anew, as if every window had passed.
    pub fn reset(&self) {
        self.shared.replace(|live| Live::new(live.script.clone()));
    }

    /// Stops, breaking off what is under way, and frees the port.
    pub async fn shutdown(mut self) {
        self.server.abort();
        // The task ends by our own abort, which is no error.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
