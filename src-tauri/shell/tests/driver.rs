//! The real window, driven as a user's hand and eye: `WebKit`'s own driver starts the program.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::{Ended, PATIENCE, free_port};

/// A window under a driver.
pub(crate) struct Driver {
    port: u16,
    session: String,
    _process: Ended,
}

impl Driver {
    /// Has a driver start this program.
    pub(crate) fn start(mut program: Command) -> Self {
        let port = free_port();
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => driver.env(name, value),
                None => driver.env_remove(name),
            };
        }
        program.stdout(Stdio::null());
        let driver = driver
            .spawn()
            .unwrap_or_else(|error| panic!("WebKitWebDriver: {error}; scripts/test installs it"));
        let mut started = Self { port, session: String::new(), _process: Ended(driver) };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "the driver does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let options = json!({ "binary": program.get_program().to_str().unwrap(), "args": [] });
        let wanted = json!({ "alwaysMatch": { "webkitgtk:browserOptions": options } });
        let answer = started.call("POST", "/session", &json!({ "capabilities": wanted }));
        started.session = answer["sessionId"].as_str().expect("a session").to_owned();
        started.post("/timeouts", &json!({ "script": 60_000 }));
        started
    }

    /// What this script hands to `done`, run in the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// What a command of the program answers: `{ "ok": … }` or `{ "refused": … }`.
    pub(crate) fn invoke(&self, command: &str, arguments: &Value) -> Value {
        self.run(&format!(
            "window.__TAURI__.core.invoke('{command}', {arguments})\
             .then((ok) => done({{ ok }}), (refused) => done({{ refused }}))"
        ))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let (port, body) = (self.port, body.to_string());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let mut answer: Value = serde_json::from_str(body).unwrap_or_else(|_| json!(answer));
        answer["value"].take()
    }
}
