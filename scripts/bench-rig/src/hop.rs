//! The raw hop: the least that a proxy can do and still be one. It reads nothing and keeps nothing.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use http::{Request, Response, StatusCode, Uri};
use http_body_util::{Either, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::report;

type Pool = Client<HttpConnector, Incoming>;

/// Serves until standard input ends: the rig holds its other end.
pub(crate) async fn serve(to: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    report::say(&format!("hop {}", listener.local_addr()?));
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let pool: Pool =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(64).build(connector);
    let mut rig = tokio::io::stdin();
    let mut word = [0; 1];
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                tokio::spawn(connection(accepted?.0, to, pool.clone()));
            }
            _ = rig.read(&mut word) => return Ok(()),
        }
    }
}

async fn connection(stream: TcpStream, to: SocketAddr, pool: Pool) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request| pass(request, to, &pool));
    // A client that left is no error.
    let _ended = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

type Body = Either<Incoming, Empty<Bytes>>;

async fn pass(
    mut request: Request<Incoming>,
    to: SocketAddr,
    pool: &Pool,
) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://{to}{path}").parse::<Uri>() else {
        return Ok(failed(StatusCode::BAD_REQUEST));
    };
    *request.uri_mut() = uri;
    Ok(match pool.request(request).await {
        Ok(response) => response.map(Either::Left),
        Err(_) => failed(StatusCode::BAD_GATEWAY),
    })
}

fn failed(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Either::Right(Empty::new()));
    *response.status_mut() = status;
    response
}
