//! What the proxies here have in common: a port, and a list of what they were asked to lead to.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::live::hold;

/// The names and ports that a proxy was asked for, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    pub(crate) fn note(&self, place: String) {
        hold(&self.0).push(place);
    }
}

/// How a kind of proxy serves one connection.
pub(crate) trait Lead: Clone + Send + 'static {
    fn lead(&self, client: TcpStream, asked: &Asked)
    -> impl Future<Output = io::Result<()>> + Send;
}

/// A port at which connections are led on. Dropped, it closes.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    asked: Asked,
    server: JoinHandle<()>,
}

impl Port {
    /// Opens one on loopback.
    pub(crate) async fn open(way: impl Lead) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let asked = Asked::default();
        let noted = asked.clone();
        let server = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (way, noted) = (way.clone(), noted.clone());
                // How a connection ended is its two ends' matter.
                connections.spawn(async move { way.lead(stream, &noted).await.is_ok() });
            }
        });
        Ok(Self { address, asked, server })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        hold(&self.asked.0).clone()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.server.abort();
    }
}
