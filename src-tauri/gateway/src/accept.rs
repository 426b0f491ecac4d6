//! Connections: taken one by one, as many as there is room for, each with its timers.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use switchyard_engine::Limits;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::head_timer::HeadTimer;
use crate::lanes::{Lanes, Weather};
use crate::serve::App;

/// The most of a request's head: long keys and cookies stay well below.
const LARGEST_HEAD: usize = 32 * 1024;

/// The most that a connection reads at once. Left alone, it makes room for 400 KB when a long request has come,
/// and keeps it while the answer is awaited.
const MOST_READ: usize = LARGEST_HEAD;

/// The most headers of a request.
const MOST_HEADERS: usize = 100;

/// How long to rest when the system gives no connection, as when no more files may be open.
const REST: Duration = Duration::from_millis(250);

/// The other end of the connection that a request came on. "Local" is read from this alone, never from
/// a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Serves until it is told to stop, and then until the last answer has ended. Dropping it drops every
/// connection.
pub(crate) async fn serve(listener: TcpListener, mut lanes: Lanes, router: Router, app: App) {
    let limits = app.engine.config().limits;
    let room = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = app.stopping.cancelled() => break,
            accepted = next(&listener, &room) => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                rest(&error).await;
                continue;
            }
        };
        let watcher = graceful.watcher();
        let router = router.clone();
        let stormy = app.gate.is_stormed_by(peer.ip());
        let weather = if stormy { Weather::Storm } else { Weather::Fair };
        let served = async move {
            // Whether the client hung up or never spoke HTTP is its own affair.
            if let Err(error) = connection(stream, peer, router, limits, watcher).await {
                tracing::debug!("a connection ended early: {error}");
            }
            drop(permit);
        };
        lanes.take(served, weather);
    }
    drop(listener);
    tokio::join!(graceful.shutdown(), lanes.emptied());
}

/// Serves one connection to its end, on the lane that runs this.
async fn connection(
    stream: std::net::TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    watcher: Watcher,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::from_std(stream)?;
    // Without this, every small event of a stream waits some 40 ms for the previous one's receipt.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY was refused: {error}");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        let router = router.clone();
        async move {
            request.extensions_mut().insert(Peer(peer.ip()));
            router.oneshot(request.map(Body::new)).await as Result<_, Infallible>
        }
    });
    let served = http1::Builder::new()
        .timer(HeadTimer::default())
        .header_read_timeout(limits.head)
        .max_headers(MOST_HEADERS)
        .max_header_size(LARGEST_HEAD)
        .max_buf_size(MOST_READ)
        .serve_connection(TokioIo::new(stream), service);
    Ok(watcher.watch(served).await?)
}

/// The next connection, once there is room for it, bound to no runtime yet. Those beyond wait in the system's
/// queue.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(std::net::TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream.into_std()?, peer, permit))
}

async fn rest(error: &io::Error) {
    let of_one_client = [
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::ConnectionRefused,
    ];
    if !of_one_client.contains(&error.kind()) {
        tracing::warn!("no connection could be taken: {error}");
        tokio::time::sleep(REST).await;
    }
}
