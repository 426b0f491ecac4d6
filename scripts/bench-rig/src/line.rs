//! One connection to a server, kept alive, and one question at a time on it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use memchr::memmem::Finder;
use tokio::net::TcpStream;

/// No single answer may take longer: the rig would hang instead of failing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A question that is asked again and again.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) address: SocketAddr,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Bytes,
}

impl Question {
    fn request(&self) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(self.path.as_str())
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

/// What came back, and when.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// Until the first content had come; where none was looked for or came, until the body's end.
    pub(crate) first: Duration,
    /// Until the body's end.
    pub(crate) whole: Duration,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Line {
    sender: SendRequest<Full<Bytes>>,
}

impl Line {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // A connection that broke shows at its sender.
            let _ended = connection.await;
        });
        Ok(Self { sender })
    }

    /// Asks, and reads the answer to its end.
    pub(crate) async fn ask(&mut self, question: &Question) -> anyhow::Result<Answer> {
        self.ask_in_time(question, None).await
    }

    /// Asks, reads the answer to its end, and notes when `first` had come of it.
    pub(crate) async fn ask_timed(
        &mut self,
        question: &Question,
        first: &Finder<'_>,
    ) -> anyhow::Result<Answer> {
        self.ask_in_time(question, Some(first)).await
    }

    async fn ask_in_time(
        &mut self,
        question: &Question,
        first: Option<&Finder<'_>>,
    ) -> anyhow::Result<Answer> {
        let asked = tokio::time::timeout(PATIENCE, self.ask_patiently(question, first)).await;
        asked
            .unwrap_or_else(|_| Err(anyhow::anyhow!("no answer within {PATIENCE:?}")))
            .with_context(|| format!("{} at {}", question.path, question.address))
    }

    async fn ask_patiently(
        &mut self,
        question: &Question,
        first: Option<&Finder<'_>>,
    ) -> anyhow::Result<Answer> {
        let request = question.request()?;
        let start = Instant::now();
        let mut response = self.sender.send_request(request).await?;
        let status = response.status();
        let mut body = BytesMut::new();
        let mut found = None;
        while let Some(frame) = response.body_mut().frame().await {
            if let Ok(data) = frame?.into_data() {
                body.extend_from_slice(&data);
            }
            if found.is_none() && first.is_some_and(|first| first.find(&body).is_some()) {
                found = Some(start.elapsed());
            }
        }
        let whole = start.elapsed();
        // The connection's own task must see the end of the body before it takes the next request.
        self.sender.ready().await?;
        Ok(Answer { status, body: body.freeze(), first: found.unwrap_or(whole), whole })
    }
}
