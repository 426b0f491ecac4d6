//! The way back: a port of this machine, for as long as a sign-in lasts.

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::LoginError;

/// More browsers than this do not come back at once.
const MOST_CONNECTIONS: usize = 16;

/// How long a browser may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a page waits to be told how the sign-in came out.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How a sign-in came out, for the page that the user looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in, as this user where known.
    Done(Option<String>),
    /// It did not come to a login, for this reason.
    Failed(String),
}

/// A browser that came back: what stood in its address, and where to tell it how it came out.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) query: String,
    pub(super) answer: oneshot::Sender<Outcome>,
}

/// Where browsers come back to.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) port: u16,
    arrivals: mpsc::Receiver<Arrival>,
    /// Dropped, it ends all connections.
    _tasks: JoinSet<()>,
}

/// What the pages say.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    pub(super) vendor: String,
    /// The dashboard, for the way back into the app.
    pub(super) app: Option<String>,
}

impl Listener {
    /// Opens the port: the vendor's fixed one, or any.
    pub(super) async fn open(
        port: Option<u16>,
        path: String,
        pages: Pages,
    ) -> Result<Self, LoginError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
        let listener = TcpListener::bind(wanted).await.map_err(|error| match port {
            Some(port) => LoginError::PortTaken { vendor: pages.vendor.clone(), port },
            None => LoginError::Listen(error.to_string()),
        })?;
        let port =
            listener.local_addr().map_err(|error| LoginError::Listen(error.to_string()))?.port();
        // Where the address says `localhost`, some browsers try IPv6 first; not every machine has it.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        let (sender, arrivals) = mpsc::channel(MOST_CONNECTIONS);
        let room = Room { path, pages, sender };
        let mut tasks = JoinSet::new();
        for listener in [Some(listener), second].into_iter().flatten() {
            tasks.spawn(accept(listener, Arc::new(room.clone())));
        }
        Ok(Self { port, arrivals, _tasks: tasks })
    }

    /// The next browser that comes back.
    pub(super) async fn arrival(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }

    /// Lets pages that were just answered reach their browsers.
    pub(super) async fn linger(self) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[derive(Clone, Debug)]
struct Room {
    path: String,
    pages: Pages,
    sender: mpsc::Sender<Arrival>,
}

async fn accept(listener: TcpListener, room: Arc<Room>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let room = Arc::clone(&room);
                    connections.spawn(async move {
                        serve(stream, room).await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, room: Arc<Room>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let room = Arc::clone(&room);
        async move { Ok::<_, Infallible>(room.answer(&request).await) }
    });
    // A browser that leaves is no error.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl Room {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() != self.path {
            return page(StatusCode::NOT_FOUND, "There is nothing here", "", None);
        }
        if *request.method() != Method::GET {
            return page(StatusCode::METHOD_NOT_ALLOWED, "There is nothing here", "", None);
        }
        let query = request.uri().query().unwrap_or_default().to_owned();
        let (answer, told) = oneshot::channel();
        if self.sender.send(Arrival { query, answer }).await.is_err() {
            return self.failed("the sign-in has ended; begin again");
        }
        match tokio::time::timeout(LONGEST_WAIT, told).await {
            Ok(Ok(Outcome::Done(identity))) => self.done(identity.as_deref()),
            Ok(Ok(Outcome::Failed(reason))) => self.failed(&reason),
            Ok(Err(_)) | Err(_) => self.failed("the sign-in has ended; begin again"),
        }
    }

    fn done(&self, identity: Option<&str>) -> Response<Full<Bytes>> {
        let who = identity.map_or_else(String::new, |who| format!(" as {who}"));
        let title = format!("Signed in to {}{who}", self.pages.vendor);
        page(StatusCode::OK, &title, "You can close this page.", self.pages.app.as_deref())
    }

    fn failed(&self, reason: &str) -> Response<Full<Bytes>> {
        let title = format!("Not signed in to {}", self.pages.vendor);
        page(StatusCode::OK, &title, reason, self.pages.app.as_deref())
    }
}

fn page(status: StatusCode, title: &str, text: &str, app: Option<&str>) -> Response<Full<Bytes>> {
    let back = app.map_or_else(String::new, |app| {
        format!("<p><a href=\"{}\">Back to Switchyard</a></p>", escaped(app))
    });
    let (title, text) = (escaped(title), escaped(text));
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;\
         padding:0 1rem;color-scheme:light dark}}</style><h1>{title}</h1><p>{text}</p>{back}</html>"
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ] {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    response
}

/// What others wrote stands in a page as text only.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stands_in_a_page_as_text() {
        assert_eq!(escaped("<a href='\"'>&"), "&lt;a href=&#39;&quot;&#39;&gt;&amp;");
    }
}
