use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use switchyard_engine::{Engine, EngineError};
use switchyard_types::OneTimeLink;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::AccessTable;
use crate::control::ControlFile;
use crate::gate::Gate;
use crate::lanes::Lanes;
use crate::session::{LINK_LIFE, NoRandomness, Sessions};
use crate::{ControlError, accept, guard, routes};

/// How long the endings of answers that were cut may take to reach their clients.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How the gateway is served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The tray app's window may call, with its own session.
    pub desktop: bool,
}

/// What every handler reaches.
pub(crate) type App = Arc<Shared>;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) sessions: Sessions,
    pub(crate) access: AccessTable,
    pub(crate) gate: Gate,
    pub(crate) desktop: bool,
    pub(crate) host: IpAddr,
    pub(crate) address: String,
    /// Cookies do not know ports: the name keeps two servers on one machine apart.
    pub(crate) cookie_name: String,
    pub(crate) stopping: CancellationToken,
}

/// Why the gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another program listens there.
    #[error(
        "port {port} on {host} is taken by another program. If Switchyard already runs, \
         `switchyard link` opens its dashboard; otherwise stop that program, or start on another \
         port: PORT={} switchyard serve",
        port.wrapping_add(1)
    )]
    PortTaken {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
    },
    /// The system does not let us listen there.
    #[error("listening on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The system gives no thread to serve on.
    #[error("starting the thread that serves connections: {0}")]
    Threads(#[source] io::Error),
    /// It may not be served there as it is.
    #[error(transparent)]
    Unfit(#[from] EngineError),
    /// No sign-in can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The file by which the command line finds this server could not be written.
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// A running gateway.
#[derive(Debug)]
pub struct Server {
    app: App,
    socket: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<()>,
    /// Removed when the server goes away.
    _control: Option<ControlFile>,
}

/// How the tray app's window reaches the gateway.
#[derive(Clone, Debug)]
pub struct DesktopSession {
    /// The address, without a slash at its end.
    pub base: String,
    /// The session's token, sent as a bearer.
    pub token: String,
}

/// Starts the gateway on the address that the engine was configured with.
pub async fn serve(engine: Engine, options: Options) -> Result<Server, ServeError> {
    engine.may_listen()?;
    let config = engine.config();
    let wanted = SocketAddr::new(config.host, config.port);
    let listener = TcpListener::bind(wanted).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortTaken { host: config.host, port: config.port },
        _ => ServeError::Listen { address: wanted, source },
    })?;
    let lanes = Lanes::open().map_err(ServeError::Threads)?;
    let socket =
        listener.local_addr().map_err(|source| ServeError::Listen { address: wanted, source })?;
    let sessions = Sessions::new()?;
    let control = match ControlFile::write(&config.data_dir, socket, sessions.program()) {
        Ok(control) => Some(control),
        // What serves from a copy must not fail for want of a file that the command line reads.
        Err(error) if engine.is_in_safe_mode() => {
            tracing::warn!("the command line will not find this server: {error}");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let stopping = CancellationToken::new();
    let host = config.host;
    let table = routes::table();
    let app = Arc::new(Shared {
        sessions,
        access: AccessTable::new(table.iter().map(|route| (route.path.clone(), route.rule()))),
        gate: Gate::new(&config.limits),
        desktop: options.desktop,
        host,
        address: format!("http://{}", reachable(socket)),
        cookie_name: format!("switchyard_{}", socket.port()),
        stopping: stopping.clone(),
        engine,
    });
    let router = router(&app, table);
    let task = tokio::spawn(accept::serve(listener, lanes, router, Arc::clone(&app)));
    Ok(Server { app, socket, stopping, task, _control: control })
}

pub(crate) fn router(app: &App, table: Vec<routes::Route>) -> Router {
    table
        .into_iter()
        .fold(Router::new(), |router, route| router.route(&route.path, route.methods))
        .fallback(|| async { http::StatusCode::NOT_FOUND })
        // One around the other, since each that is put on by itself is another step of every request. The guard
        // has read the body, with each route's own limit.
        .layer((
            axum::middleware::from_fn_with_state(Arc::clone(app), guard::guard),
            DefaultBodyLimit::disable(),
        ))
        .with_state(Arc::clone(app))
}

/// Whether a name always leads to whoever calls it.
fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An address that a program on this machine can call.
fn reachable(socket: SocketAddr) -> SocketAddr {
    match socket {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => ([127, 0, 0, 1], v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
            (std::net::Ipv6Addr::LOCALHOST, v6.port()).into()
        }
        other => other,
    }
}

impl Server {
    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// What agents are pointed at: `http://127.0.0.1:20128`.
    pub fn address(&self) -> &str {
        &self.app.address
    }

    /// An address that signs a browser in, once.
    pub fn one_time_link(&self) -> Result<OneTimeLink, ServeError> {
        Ok(self.app.one_time_link()?)
    }

    /// The program's own session, for the tray app's window: the same each time.
    pub fn desktop_session(&self) -> Result<DesktopSession, ServeError> {
        let token = self.app.sessions.program().expose().to_owned();
        Ok(DesktopSession { base: self.app.address.clone(), token })
    }

    /// Stops accepting, lets answers end until the patience is over, and ends the rest legally.
    pub async fn shutdown(mut self) {
        self.stopping.cancel();
        let patience = self.app.engine.config().limits.drain;
        if tokio::time::timeout(patience, &mut self.task).await.is_ok() {
            return;
        }
        tracing::warn!("answers that were still under way were ended");
        self.app.engine.cut_answers();
        if tokio::time::timeout(LAST_WORDS, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Shared {
    pub(crate) fn now(&self) -> i64 {
        self.engine.config().clock.now()
    }

    /// Where browsers find the dashboard.
    fn browsers_address(&self) -> &str {
        match &self.engine.config().public {
            Some(public) if !is_this_machine(&public.host) => &public.origin,
            Some(_) | None => &self.address,
        }
    }

    pub(crate) fn one_time_link(&self) -> Result<OneTimeLink, NoRandomness> {
        let now = self.now();
        let token = self.sessions.make_link(now)?;
        Ok(OneTimeLink {
            url: format!("{}/enter?token={token}", self.browsers_address()),
            expires_at: now + LINK_LIFE,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use http::{Request, StatusCode};
    use switchyard_engine::Config;
    use switchyard_types::Dialect;
    use tower::ServiceExt as _;

    use super::*;
    use crate::access::Access;
    use crate::routes::Route;

    /// What the handlers of these routes reach, without a socket.
    pub(crate) fn shared(engine: Engine, table: &[Route]) -> App {
        let rules = table.iter().map(|route| (route.path.clone(), route.rule()));
        Arc::new(Shared {
            sessions: Sessions::new().unwrap(),
            access: AccessTable::new(rules),
            gate: Gate::new(&engine.config().limits),
            desktop: false,
            host: IpAddr::from([127, 0, 0, 1]),
            address: String::new(),
            cookie_name: "switchyard_1".to_owned(),
            stopping: CancellationToken::new(),
            engine,
        })
    }

    async fn fails() -> StatusCode {
        panic!("no way on with sk-ant-api03-0123456789abcdef")
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_request_only_and_is_reported_without_the_secret_it_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        config.keys_required = Some(false);
        config.data_key = None;
        switchyard_engine::keep_crash_reports(&config);
        let engine = Engine::open(config).await.unwrap();
        let mut table = routes::table();
        table.push(Route {
            path: "/v1/panics".into(),
            access: Access::Client(Dialect::Messages),
            largest: 0,
            methods: get(fails),
        });
        let app = shared(engine.clone(), &table);
        let router = router(&app, table);
        let ask = |path: &str| {
            let request = Request::get(path).header("host", "localhost").body(Body::empty());
            router.clone().oneshot(request.unwrap())
        };
        let answer = ask("/v1/panics").await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(told["error"]["type"], "api_error", "in the client's own dialect");
        assert_eq!(ask("/v1/models").await.unwrap().status(), StatusCode::OK);
        let _ = std::panic::take_hook();
        let report = std::fs::read_dir(folder.path().join("crashes")).unwrap().next().unwrap();
        let text = std::fs::read_to_string(report.unwrap().path()).unwrap();
        assert!(text.contains("no way on") && text.contains("serve.rs"), "{text}");
        assert!(!text.contains("sk-ant"), "{text}");
        engine.close().await;
    }
}
