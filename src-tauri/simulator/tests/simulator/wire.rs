//! A client that sees an answer as it is on the wire, its missing end included.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whether a body came to its proper end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Proper,
    Missing,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The events of a stream: name (empty where there is none) and data.
    pub(crate) fn events(&self) -> Vec<(String, String)> {
        let text = self.text().replace("\r\n", "\n");
        text.split("\n\n")
            .filter(|event| !event.is_empty())
            .map(|event| {
                let line = |prefix: &str| {
                    let found = event.lines().find_map(|line| line.strip_prefix(prefix));
                    found.unwrap_or_default().to_owned()
                };
                (line("event: "), line("data: "))
            })
            .collect()
    }

    /// The data of all events that are JSON.
    pub(crate) fn datas(&self) -> Vec<Value> {
        self.events().iter().filter_map(|(_, data)| serde_json::from_str(data).ok()).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.events().into_iter().map(|(name, _)| name).collect()
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: simulator\r\nconnection: close\r\n{}content-length: {}\r\n\r\n{body}",
        headers.concat(),
        body.len(),
    )
}

/// Sends a request and gives the open connection.
pub(crate) async fn open(at: SocketAddr, path: &str, body: &Value) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let text = request("POST", path, &[], &body.to_string());
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// The whole answer; `None` if the connection closes without one.
pub(crate) async fn ask(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Reply> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(request(method, path, headers, body).as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A torn connection may end by a reset as well as by an end of file.
    let _ = stream.read_to_end(&mut bytes).await;
    (!bytes.is_empty()).then(|| read(&bytes))
}

pub(crate) async fn post(at: SocketAddr, path: &str, body: &Value) -> Reply {
    ask(at, "POST", path, &[], &body.to_string()).await.unwrap()
}

fn read(bytes: &[u8]) -> Reply {
    let split = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&bytes[..split]).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let rest = &bytes[split + 4..];
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let (body, end) = if chunked {
        unchunk(rest)
    } else {
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.map_or(rest.len(), |(_, value)| value.parse().unwrap());
        (rest.to_vec(), if rest.len() == length { End::Proper } else { End::Missing })
    };
    Reply { status, headers, body, end }
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, End) {
    let mut body = Vec::new();
    loop {
        let Some(line) = rest.windows(2).position(|two| two == b"\r\n") else {
            return (body, End::Missing);
        };
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (body, End::Proper);
        }
        let start = line + 2;
        let have = rest.len().min(start + size);
        body.extend_from_slice(&rest[start..have]);
        let Some(next) = rest.get(start + size + 2..) else { return (body, End::Missing) };
        rest = next;
    }
}
