//! Lanes: each a thread with a runtime of its own that serves a connection from its first byte to its last.
//!
//! A request that is handed from processor to processor on its way pays for every handing over, and finds
//! each memory cold. The connections to vendors stand per lane as well, and a new one costs a user more than
//! a short wait: so the first lane takes whatever comes until it is busy, and the next is opened only then.
//!
//! New connections from where a storm comes from stand apart, on a lane that gives way to the others: those who
//! were there before are served as if there were none.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

/// Connections that a lane takes before the next lane is opened.
const BUSY: usize = 16;

/// How nice the lane for storms is: the others get ten times its share of a busy processor.
#[cfg(target_os = "linux")]
const WAY_GIVEN: i32 = 10;

/// The lanes that are open, one at least, and at most as many as the machine has processors.
#[derive(Debug)]
pub(crate) struct Lanes {
    open: Vec<Lane>,
    most: usize,
    /// Opened with the first storm.
    apart: Option<Lane>,
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    Fair,
    /// More wrong keys come from there than are answered.
    Storm,
}

/// One thread, and the connections that it serves. Dropping it drops them.
#[derive(Debug)]
struct Lane {
    connections: JoinSet<()>,
    runtime: Option<Runtime>,
}

impl Lanes {
    /// Opens the first.
    pub(crate) fn open() -> io::Result<Self> {
        let most = available_parallelism().map_or(1, NonZero::get);
        Ok(Self { open: vec![Lane::open()?], most, apart: None })
    }

    /// Serves a connection on the lane that has room for it, and forgets those that have ended.
    pub(crate) fn take(
        &mut self,
        connection: impl Future<Output = ()> + Send + 'static,
        weather: Weather,
    ) {
        for lane in self.open.iter_mut().chain(&mut self.apart) {
            while lane.connections.try_join_next().is_some() {}
        }
        let lane = match weather {
            Weather::Fair => {
                let lane = self.lane_with_room();
                self.open.get_mut(lane)
            }
            Weather::Storm => self.apart(),
        };
        let Some(lane) = lane else { return };
        if let Some(handle) = lane.handle() {
            lane.connections.spawn_on(connection, &handle);
        }
    }

    /// The lane for storms, else the first.
    fn apart(&mut self) -> Option<&mut Lane> {
        if self.apart.is_none() {
            self.apart = Lane::open_apart()
                .inspect_err(|error| tracing::warn!("a storm is not held apart: {error}"))
                .ok();
        }
        self.apart.as_mut().or(self.open.first_mut())
    }

    /// The first that is not busy, else a new one, else the one with the fewest connections.
    fn lane_with_room(&mut self) -> usize {
        let is_free = |lane: &Lane| lane.connections.len() < BUSY;
        if let Some(free) = self.open.iter().position(is_free) {
            return free;
        }
        if self.open.len() < self.most {
            match Lane::open() {
                Ok(lane) => {
                    self.open.push(lane);
                    return self.open.len() - 1;
                }
                Err(error) => {
                    tracing::warn!("no thread for more connections could be started: {error}");
                    self.most = self.open.len();
                }
            }
        }
        let all = self.open.iter().enumerate();
        all.min_by_key(|(_, lane)| lane.connections.len()).map_or(0, |(number, _)| number)
    }

    /// Waits until every connection has ended.
    pub(crate) async fn emptied(&mut self) {
        for lane in self.open.iter_mut().chain(&mut self.apart) {
            while lane.connections.join_next().await.is_some() {}
        }
    }
}

impl Lane {
    fn open() -> io::Result<Self> {
        Self::named("lane", || {})
    }

    fn open_apart() -> io::Result<Self> {
        Self::named("storm", give_way)
    }

    fn named(name: &str, begin: fn()) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .on_thread_start(begin)
            .enable_all()
            .build()?;
        Ok(Self { connections: JoinSet::new(), runtime: Some(runtime) })
    }

    fn handle(&self) -> Option<Handle> {
        self.runtime.as_ref().map(|runtime| runtime.handle().clone())
    }
}

/// This thread works when the others rest. (Only on Linux has each thread a standing of its own.)
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, WAY_GIVEN) {
        tracing::debug!("the lane for storms does not give way: {error}");
    }
}

impl Drop for Lane {
    /// Lanes are dropped by a task, which must not wait for threads.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread::{ThreadId, current};

    use tokio::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    fn lanes(most: usize) -> Lanes {
        Lanes { open: vec![Lane::open().unwrap()], most, apart: None }
    }

    /// A connection that tells where it is served and stays until its client leaves.
    fn stay(lanes: &mut Lanes, said: &Sender<ThreadId>, weather: Weather) {
        let said = said.clone();
        let connection = async move {
            said.send(current().id()).await.unwrap();
            std::future::pending::<()>().await;
        };
        lanes.take(connection, weather);
    }

    async fn threads_of(count: usize, said: &mut Receiver<ThreadId>) -> Vec<ThreadId> {
        let mut threads = Vec::new();
        while threads.len() < count {
            threads.push(said.recv().await.unwrap());
        }
        threads
    }

    fn different<'a>(threads: impl IntoIterator<Item = &'a ThreadId>) -> usize {
        threads.into_iter().collect::<HashSet<_>>().len()
    }

    #[tokio::test]
    async fn a_few_connections_share_one_thread_and_more_get_another() {
        let (say, mut said) = channel(4 * BUSY);
        let mut lanes = lanes(2);
        for _ in 0..BUSY {
            stay(&mut lanes, &say, Weather::Fair);
        }
        let first = threads_of(BUSY, &mut said).await;
        assert_eq!(different(&first), 1);
        for _ in 0..3 * BUSY {
            stay(&mut lanes, &say, Weather::Fair);
        }
        let rest = threads_of(3 * BUSY, &mut said).await;
        let also_first = rest.iter().filter(|thread| first.contains(thread)).count();
        assert_eq!(also_first, BUSY, "both lanes serve the same number in the end");
        assert_eq!(different(first.iter().chain(&rest)), 2);
    }

    #[tokio::test]
    async fn a_storm_is_served_apart_and_takes_no_room_from_others() {
        let (say, mut said) = channel(4 * BUSY);
        let mut lanes = lanes(2);
        stay(&mut lanes, &say, Weather::Fair);
        let before = threads_of(1, &mut said).await;
        for _ in 0..2 * BUSY {
            stay(&mut lanes, &say, Weather::Storm);
        }
        let apart = threads_of(2 * BUSY, &mut said).await;
        assert_eq!(different(&apart), 1);
        assert_ne!(before[0], apart[0]);
        stay(&mut lanes, &say, Weather::Fair);
        assert_eq!(threads_of(1, &mut said).await, before);
    }

    #[tokio::test]
    async fn what_has_ended_makes_room_again() {
        let (say, mut said) = channel(4 * BUSY);
        let mut lanes = lanes(2);
        for _ in 0..4 * BUSY {
            let say = say.clone();
            lanes.take(async move { say.send(current().id()).await.unwrap() }, Weather::Fair);
            said.recv().await.unwrap();
            // It ended with its word; the join is awaited so that the next one finds it gone.
            lanes.emptied().await;
        }
        assert_eq!(lanes.open.len(), 1);
    }

    #[tokio::test]
    async fn dropping_the_lanes_drops_their_connections() {
        let (say, mut said) = channel(4 * BUSY);
        let mut lanes = lanes(1);
        stay(&mut lanes, &say, Weather::Fair);
        threads_of(1, &mut said).await;
        drop((lanes, say));
        assert_eq!(said.recv().await, None, "the last sender went with its connection");
    }
}
