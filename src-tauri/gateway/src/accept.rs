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
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::crowd::{Crowd, Place};
use crate::guard;
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

/// Connections with a good key that wait to leave the storm at a time; beyond, they are served where they are.
const SHELTERED: usize = 64;

/// As much of a connection's first bytes as is looked through for a good key: agents' heads are shorter.
const LOOKED_THROUGH: usize = 4096;

/// The other end of the connection that a request came on. "Local" is read from this alone, never from
/// a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A connection of which nothing was read yet, bound to no runtime.
struct Taken {
    stream: std::net::TcpStream,
    peer: SocketAddr,
    watcher: Watcher,
    room: OwnedSemaphorePermit,
    place: Place,
}

/// Serves until it is told to stop, and then until the last answer has ended. Dropping it drops every
/// connection.
pub(crate) async fn serve(listener: TcpListener, mut lanes: Lanes, router: Router, app: App) {
    let limits = app.engine.config().limits;
    let room = Arc::new(Semaphore::new(limits.connections));
    // Four neighbours at least have to join in to shut the others out.
    let crowd = Crowd::new(limits.connections / 4);
    let graceful = GracefulShutdown::new();
    let (shelter, mut sheltered) = mpsc::channel(SHELTERED);
    loop {
        let accepted = tokio::select! {
            () = app.stopping.cancelled() => break,
            Some(taken) = sheltered.recv() => {
                lanes.take(connection(taken, router.clone(), limits), Weather::Fair);
                continue;
            }
            accepted = next(&listener, &room) => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                rest(&error).await;
                continue;
            }
        };
        let Some(place) = crowd.enter(peer.ip()) else {
            tracing::debug!("{} has as many connections as one neighbour gets", peer.ip());
            continue;
        };
        let watcher = graceful.watcher();
        let taken = Taken { stream, peer, watcher, room: permit, place };
        if app.gate.is_stormed_by(peer.ip()) {
            let stormed = in_storm(taken, router.clone(), Arc::clone(&app), shelter.clone());
            lanes.take(stormed, Weather::Storm);
        } else {
            lanes.take(connection(taken, router.clone(), limits), Weather::Fair);
        }
    }
    drop(listener);
    // Who was on the way out of the storm is served like all that were taken.
    sheltered.close();
    while let Ok(taken) = sheltered.try_recv() {
        lanes.take(connection(taken, router.clone(), limits), Weather::Fair);
    }
    tokio::join!(graceful.shutdown(), lanes.emptied());
}

/// Serves a connection from where a storm comes from: on this lane, unless its first bytes show a good key. Those
/// bytes stay unread, so that it can be served anywhere.
async fn in_storm(taken: Taken, router: Router, app: App, shelter: mpsc::Sender<Taken>) {
    let limits = app.engine.config().limits;
    let Taken { stream, peer, watcher, room, place } = taken;
    let looked = async {
        let stream = TcpStream::from_std(stream)?;
        let mut first = vec![0; LOOKED_THROUGH];
        let there = tokio::time::timeout(limits.head, stream.peek(&mut first)).await??;
        first.truncate(there);
        Ok::<_, io::Error>((stream.into_std()?, first))
    };
    // Who says nothing in the time for a head, or hung up, has nothing to be served.
    let Ok((stream, first)) = looked.await else { return };
    let taken = Taken { stream, peer, watcher, room, place };
    let left = if guard::shows_a_good_key(&app, &first) {
        match shelter.try_send(taken) {
            Ok(()) => return,
            Err(TrySendError::Full(taken) | TrySendError::Closed(taken)) => taken,
        }
    } else {
        taken
    };
    connection(left, router, limits).await;
}

/// Serves one connection to its end, on the lane that runs this.
async fn connection(taken: Taken, router: Router, limits: Limits) {
    // Whether the client hung up or never spoke HTTP is its own affair.
    if let Err(error) = spoken(taken, router, limits).await {
        tracing::debug!("a connection ended early: {error}");
    }
}

async fn spoken(
    taken: Taken,
    router: Router,
    limits: Limits,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    // What it took of the room is given back with its end.
    let Taken { stream, peer, watcher, room: _room, place: _place } = taken;
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use http::StatusCode;
    use switchyard_engine::{Config, Engine};
    use switchyard_types::NewKey;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;

    use super::*;
    use crate::access::Access;
    use crate::gate::Wrong;
    use crate::routes::Route;

    /// A gateway with one route, which tells the thread that it is served on.
    struct Scene {
        app: App,
        at: SocketAddr,
        key: String,
        session: String,
        served: JoinHandle<()>,
        _folder: tempfile::TempDir,
    }

    async fn thread() -> (StatusCode, String) {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        (StatusCode::OK, name)
    }

    impl Scene {
        async fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut config = Config::new(folder.path());
            config.limits.wrong_key_pause = Duration::from_mins(10);
            let engine = Engine::open(config).await.unwrap();
            let key = engine.add_key(&NewKey::named("good")).await.unwrap().text;
            let route = Route {
                path: "/thread".into(),
                access: Access::Public,
                largest: 0,
                methods: get(thread),
            };
            let table = vec![route];
            let app = crate::serve::tests::shared(engine, &table);
            let session = app.sessions.begin(app.now()).unwrap();
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let at = listener.local_addr().unwrap();
            let router = crate::serve::router(&app, table);
            let lanes = Lanes::open().unwrap();
            let served = tokio::spawn(serve(listener, lanes, router, Arc::clone(&app)));
            Self { app, at, key, session, served, _folder: folder }
        }

        /// Wrong keys from this machine, more than are answered.
        async fn storm(&self) -> Vec<JoinHandle<Wrong>> {
            let here = self.at.ip();
            let mut waiting = Vec::new();
            while !self.app.gate.is_stormed_by(here) {
                let app = Arc::clone(&self.app);
                waiting.push(tokio::spawn(async move { app.gate.wrong_key(here).await }));
                tokio::task::yield_now().await;
            }
            waiting
        }

        async fn ask(&self, header: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.at).await.unwrap();
            let head = format!("GET /thread HTTP/1.1\r\nhost: localhost\r\n{header}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            stream
        }

        /// The name of the thread that a new connection with this header is served on.
        async fn thread_of(&self, header: &str) -> String {
            let mut stream = self.ask(&format!("{header}\r\nconnection: close")).await;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer.rsplit("\r\n").next().unwrap().to_owned()
        }
    }

    #[tokio::test]
    async fn who_shows_a_good_key_does_not_stay_in_the_storm_that_comes_from_the_same_address() {
        let scene = Scene::start().await;
        let wrong = "authorization: Bearer sy-0123456789abcdef0123456789abcdef";
        assert_eq!(scene.thread_of(wrong).await, "lane", "there is no storm yet");
        let waiting = scene.storm().await;
        assert_eq!(scene.thread_of(wrong).await, "storm");
        assert_eq!(scene.thread_of("x-other: 1").await, "storm");
        let (key, session) = (&scene.key, &scene.session);
        let program = scene.app.sessions.program().expose();
        for good in [
            format!("authorization: Bearer {key}"),
            format!("x-api-key: {key}"),
            format!("cookie: a=b; switchyard_1={session}"),
            format!("authorization: Bearer {program}"),
        ] {
            assert_eq!(scene.thread_of(&good).await, "lane", "{good}");
        }
        waiting.iter().for_each(JoinHandle::abort);
    }

    #[tokio::test]
    async fn a_stop_ends_storm_and_shelter_alike() {
        let scene = Scene::start().await;
        let waiting = scene.storm().await;
        let mut kept = scene.ask(&format!("x-api-key: {}", scene.key)).await;
        let mut first = [0; 12];
        kept.read_exact(&mut first).await.unwrap();
        scene.app.stopping.cancel();
        drop(kept);
        scene.served.await.unwrap();
        waiting.iter().for_each(JoinHandle::abort);
    }
}
