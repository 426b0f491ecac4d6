//! Memory while very many long conversations are under way at once, and after them.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use memchr::memmem::Finder;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::ask::{first_piece, last_piece};
use crate::child::Memory;
use crate::line::{Line, Question};
use crate::stage::Stage;

/// Requests that are under way at once.
pub(crate) const CRUSH: usize = 500;

/// Memory has to fall within this time.
const FALL: Duration = Duration::from_mins(1);

/// What Switchyard may hold when the crush is over, in kilobytes.
pub(crate) const FALLEN: u32 = 80_000;

/// What the crush did to Switchyard's memory.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Crush {
    /// In kilobytes: at most during it, and when it had fallen or the time was over.
    pub(crate) memory: Memory,
    /// Seconds until it had fallen below [`FALLEN`], or all the time there was.
    pub(crate) fell_within: f64,
}

/// Sends all requests at once to a vendor that reads them and lets them wait, so that none is answered before all
/// are there; then watches memory fall.
pub(crate) async fn crush(
    stage: &mut Stage,
    many: &tokio::runtime::Handle,
) -> anyhow::Result<Crush> {
    let question = stage.waiting_question();
    let mut lines = Vec::with_capacity(CRUSH);
    for _ in 0..CRUSH {
        lines.push(Line::open(question.address).await?);
    }
    stage.forget_most()?;
    let mut tasks = JoinSet::new();
    for line in lines {
        tasks.spawn_on(once(line, question.clone()), many);
    }
    while let Some(done) = tasks.join_next().await {
        done?.context("in a crush")?;
    }
    let (over, most) = (Instant::now(), stage.memory()?.most);
    loop {
        let now = stage.memory()?.now;
        let took = over.elapsed();
        if now < FALLEN || took > FALL {
            return Ok(Crush { memory: Memory { now, most }, fell_within: took.as_secs_f64() });
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn once(mut line: Line, question: Question) -> anyhow::Result<()> {
    let (first, last) = (first_piece(), last_piece());
    let answer = line.ask_timed(&question, &Finder::new(&first)).await?;
    if !answer.status.is_success() || Finder::new(&last).find(&answer.body).is_none() {
        bail!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    ensure!(answer.first >= Stage::WAIT, "it was answered before all were there");
    Ok(())
}
