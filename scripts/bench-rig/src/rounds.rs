//! The measurement: all ways in turns, round by round.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use memchr::memmem::Finder;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::ask::{Delivery, first_piece, last_piece};
use crate::judge::judge;
use crate::line::{Line, Question};
use crate::numbers::{count, micros, percentile};
use crate::plan::{CROWD, Cell, Measure, Plan, TURN, Way};
use crate::stage::{Stage, dialect};

/// What one round saw of one way.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Round {
    /// Requests.
    pub(crate) asked: usize,
    /// Microseconds on one connection; answers a second for a ceiling.
    pub(crate) middle: f64,
    /// The 99th percentile in microseconds; for a ceiling, of the requests in the crowd.
    pub(crate) tail: f64,
    /// Microseconds of processor time for a request, in the proxy (direct: in the simulator); only
    /// a ceiling is long and dense enough to tell.
    pub(crate) processor: Option<f64>,
}

/// All rounds of each way in each line of the table.
pub(crate) type Figures = BTreeMap<Cell, BTreeMap<Way, Vec<Round>>>;

pub(crate) async fn measure(plan: &Plan, stage: &Stage, many: &Handle) -> anyhow::Result<Figures> {
    let mut figures = Figures::new();
    for cell in Cell::ALL {
        figures.insert(cell, Way::ALL.map(|way| (way, Vec::new())).into());
    }
    let mut bench = Bench::open(stage, many).await?;
    // Round 0 warms up: pools fill, the allocator grows, and its figures are thrown away.
    for round in 0..=plan.rounds {
        let window = if round == 0 { plan.window / 2 } else { plan.window };
        for (cell, ways) in &mut figures {
            // Who goes first changes, so that no way always follows the same one.
            let mut order = Way::ALL;
            order.rotate_left(round % Way::ALL.len());
            let seen = match cell.measure {
                Measure::Latency | Measure::FirstToken => bench.alone(*cell, order, window).await?,
                Measure::Ceiling => bench.crowded(*cell, order, window).await?,
            };
            for (way, round_of_way) in seen.into_iter().filter(|_| round > 0) {
                ways.entry(way).or_default().push(round_of_way);
            }
        }
    }
    Ok(figures)
}

struct Bench<'a> {
    stage: &'a Stage,
    many: &'a Handle,
    lines: BTreeMap<Way, Line>,
    crowds: BTreeMap<Way, Vec<Line>>,
}

impl<'a> Bench<'a> {
    async fn open(stage: &'a Stage, many: &'a Handle) -> anyhow::Result<Self> {
        let (mut lines, mut crowds) = (BTreeMap::new(), BTreeMap::new());
        for way in Way::ALL {
            let address = stage.question(way, Delivery::Whole, crate::plan::Size::Small).address;
            lines.insert(way, Line::open(address).await?);
            let crowd = many.spawn(async move {
                let mut crowd = Vec::with_capacity(CROWD);
                for _ in 0..CROWD {
                    crowd.push(Line::open(address).await?);
                }
                anyhow::Ok(crowd)
            });
            crowds.insert(way, crowd.await??);
        }
        Ok(Self { stage, many, lines, crowds })
    }

    /// One connection for each way; a short turn for each, again and again.
    async fn alone(
        &mut self,
        cell: Cell,
        order: [Way; 4],
        window: Duration,
    ) -> anyhow::Result<BTreeMap<Way, Round>> {
        let delivery = match cell.measure {
            Measure::FirstToken => Delivery::Stream,
            Measure::Latency | Measure::Ceiling => Delivery::Whole,
        };
        let first = first_piece();
        let first = Finder::new(&first);
        let questions = order.map(|way| (way, self.stage.question(way, delivery, cell.size)));
        let mut times: BTreeMap<Way, Vec<f64>> = BTreeMap::new();
        let start = Instant::now();
        while start.elapsed() < window * 4 {
            for (way, question) in &questions {
                let line = self.lines.get_mut(way).context("every way has its line")?;
                let times = times.entry(*way).or_default();
                let turn = Instant::now();
                while turn.elapsed() < TURN {
                    let answer = line.ask_timed(question, &first).await?;
                    judge(dialect(*way), delivery, &answer)
                        .with_context(|| format!("{way:?}, {cell:?}"))?;
                    times.push(micros(match delivery {
                        Delivery::Whole => answer.whole,
                        Delivery::Stream => answer.first,
                    }));
                }
            }
        }
        let round = |mut times: Vec<f64>| Round {
            asked: times.len(),
            middle: percentile(&mut times, 50),
            tail: percentile(&mut times, 99),
            processor: None,
        };
        Ok(times.into_iter().map(|(way, times)| (way, round(times))).collect())
    }

    /// Fifty connections, each asking as soon as it has its answer; one way after the other.
    async fn crowded(
        &mut self,
        cell: Cell,
        order: [Way; 4],
        window: Duration,
    ) -> anyhow::Result<BTreeMap<Way, Round>> {
        let mut rounds = BTreeMap::new();
        for way in order {
            let question = self.stage.question(way, Delivery::Whole, cell.size);
            let crowd = self.crowds.remove(&way).context("every way has its crowd")?;
            let ticks = self.stage.ticks(way)?;
            let start = Instant::now();
            let (crowd, mut times) = rush(self.many, crowd, question, window)
                .await
                .with_context(|| format!("{way:?}, {cell:?}"))?;
            let took = start.elapsed();
            let ticks = self.stage.ticks(way)? - ticks;
            self.crowds.insert(way, crowd);
            ensure!(!times.is_empty(), "nothing was answered: {way:?}, {cell:?}");
            let asked = times.len();
            let used = Duration::from_millis(ticks * 10);
            rounds.insert(
                way,
                Round {
                    asked,
                    middle: count(asked) / took.as_secs_f64(),
                    tail: percentile(&mut times, 99),
                    processor: Some(micros(used) / count(asked)),
                },
            );
        }
        Ok(rounds)
    }
}

async fn rush(
    many: &Handle,
    crowd: Vec<Line>,
    question: Question,
    window: Duration,
) -> anyhow::Result<(Vec<Line>, Vec<f64>)> {
    let mut tasks = JoinSet::new();
    let until = Instant::now() + window;
    let mut back = Vec::with_capacity(crowd.len());
    let mut all = Vec::new();
    for line in crowd {
        tasks.spawn_on(press(line, question.clone(), until), many);
    }
    while let Some(done) = tasks.join_next().await {
        let (line, times) = done??;
        back.push(line);
        all.extend(times);
    }
    Ok((back, all))
}

/// Asks without pause until the time is over. Every answer must be good and come to its end; they
/// are read in full where one connection is measured.
async fn press(
    mut line: Line,
    question: Question,
    until: Instant,
) -> anyhow::Result<(Line, Vec<f64>)> {
    let last = last_piece();
    let last = Finder::new(&last);
    let mut times = Vec::new();
    while Instant::now() < until {
        let answer = line.ask(&question).await?;
        if !answer.status.is_success() || last.find(&answer.body).is_none() {
            let told = String::from_utf8_lossy(&answer.body).into_owned();
            bail!("status {}: {told}", answer.status);
        }
        times.push(micros(answer.whole));
    }
    Ok((line, times))
}
