//! A flood of wrong keys, as one who does not wait for answers makes it, and what it costs those who ask with a good
//! key meanwhile.
//!
//! Each wrong key comes on a connection of its own. What was asked is left open for as long as the server needs to
//! read it, then reset: a reset connection waits for nothing and keeps no port.
//!
//! The flood and the server share a machine here, which they would not outside. What the flood alone takes is seen
//! where it is shown to the barest server there can be instead, while the same good requests are asked.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use http::Method;

use crate::line::{Line, Question};
use crate::numbers::{median, micros};
use crate::report;

/// How many asked connections are open at a time.
const OPEN: usize = 512;
/// How long good requests are measured, each time.
const WINDOW: Duration = Duration::from_secs(2);
/// How often calm and storm take turns: a shared machine's speed changes from second to second.
const TURNS: usize = 12;

/// What was seen.
#[derive(Debug, serde::Serialize)]
struct Seen {
    /// Median time of a good request without a flood, microseconds.
    calm_us: f64,
    /// With a flood that is shown to somebody else on the same machine.
    beside_us: f64,
    /// With the flood.
    flooded_us: f64,
    /// Wrong keys a second that somebody else was shown.
    beside_a_second: f64,
    /// Wrong keys a second that the server was shown.
    wrong_keys_a_second: f64,
}

/// Asks `address` for its models with `key`, again and again, in calm and under `rate` wrong keys a second.
pub(crate) async fn measure(address: SocketAddr, key: String, rate: u32) -> Result<()> {
    let question = Question {
        address,
        method: Method::GET,
        path: "/v1/models".to_owned(),
        bearer: Some(key),
        body: bytes::Bytes::new(),
    };
    let mut line = Line::open(address).await?;
    let bare = bare_server()?;
    let mut calm = Vec::new();
    let (mut beside, mut flooded) = (Storm::default(), Storm::default());
    for _ in 0..TURNS {
        calm.extend(good(&mut line, &question).await?);
        beside.blow(bare, rate, &mut line, &question).await?;
        flooded.blow(address, rate, &mut line, &question).await?;
    }
    let seen = Seen {
        calm_us: median(&calm),
        beside_us: median(&beside.took),
        flooded_us: median(&flooded.took),
        beside_a_second: median(&beside.rates),
        wrong_keys_a_second: median(&flooded.rates),
    };
    report::say(&serde_json::to_string(&seen)?);
    Ok(())
}

/// What good requests took under floods, and how heavy those were.
#[derive(Default)]
struct Storm {
    took: Vec<f64>,
    rates: Vec<f64>,
}

impl Storm {
    /// Asks for a window while another thread shows wrong keys to `target`.
    async fn blow(
        &mut self,
        target: SocketAddr,
        rate: u32,
        line: &mut Line,
        question: &Question,
    ) -> Result<()> {
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let shower = thread::spawn(move || show(target, rate, &end));
        let asked = good(line, question).await;
        over.store(true, Ordering::Relaxed);
        self.rates.push(shower.join().map_err(|_| anyhow!("the flood broke off"))??);
        self.took.extend(asked?);
        // What still waits for its slow answer is none of the calm.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        Ok(())
    }
}

/// Answers whatever comes with the same few bytes.
fn bare_server() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let mut asked = [0; 1024];
        for mut one in listener.incoming().flatten() {
            // One that is gone already has nothing to be told.
            if one.read(&mut asked).is_ok() {
                let _ = one.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
            }
        }
    });
    Ok(address)
}

/// How long each of the good requests of a window took, in microseconds.
async fn good(line: &mut Line, question: &Question) -> Result<Vec<f64>> {
    let begun = Instant::now();
    let mut took = Vec::new();
    while begun.elapsed() < WINDOW {
        let answer = line.ask(question).await?;
        anyhow::ensure!(answer.status.is_success(), "a good key was answered {}", answer.status);
        took.push(micros(answer.whole));
        // As people ask, not as fast as can be.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(took)
}

/// Shows wrong keys until it is over; returns how many a second. A flood comes from elsewhere and takes no time from
/// the server's own machine, so this thread has only what nobody else wants.
fn show(address: SocketAddr, rate: u32, over: &AtomicBool) -> Result<f64> {
    // On Linux, of this thread alone.
    rustix::process::setpriority_process(None, 19)?;
    let asked = format!(
        "GET /v1/models HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer sy-wrong\r\n\r\n"
    );
    let begun = Instant::now();
    let mut open = VecDeque::with_capacity(OPEN);
    let mut shown = 0_u32;
    while !over.load(Ordering::Relaxed) {
        let due = begun.elapsed().as_secs_f64() * f64::from(rate);
        if f64::from(shown) >= due {
            thread::sleep(Duration::from_micros(200));
            continue;
        }
        if open.len() == OPEN {
            open.pop_front();
        }
        let mut one = TcpStream::connect(address).context("the server took no connection")?;
        rustix::net::sockopt::set_socket_linger(&one, Some(Duration::ZERO))?;
        one.write_all(asked.as_bytes()).context("a connection was closed before it asked")?;
        open.push_back(one);
        shown += 1;
    }
    Ok(f64::from(shown) / begun.elapsed().as_secs_f64())
}
