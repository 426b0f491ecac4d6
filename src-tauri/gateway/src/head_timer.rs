//! How long the head of a request may take: a time that is set anew at each request and hardly ever runs out.
//!
//! To set a timer earlier than all others wakes the thread that serves, and to take it away again costs as
//! much: at each request, for nothing. So a connection has one timer that stays where it is while requests
//! pass; only when it runs out is it looked whether the time of the present one is over.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// The timer of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadTimer {
    standing: Standing,
}

/// Empty until somebody waits.
type Standing = Arc<Mutex<Option<Pin<Box<tokio::time::Sleep>>>>>;

/// Ends at its time, however early the timer was set.
struct Wait {
    until: tokio::time::Instant,
    standing: Standing,
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Wait { until: deadline.into(), standing: Arc::clone(&self.standing) })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until;
        // The timer holds no invariant that a panic elsewhere could have broken.
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let timer = standing.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if timer.deadline() > until {
            timer.as_mut().reset(until);
        }
        loop {
            ready!(timer.as_mut().poll(context));
            if timer.deadline() >= until {
                return Poll::Ready(());
            }
            timer.as_mut().reset(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, timeout};

    use super::*;

    const LONG: Duration = Duration::from_mins(1);
    const SHORT: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn each_wait_lasts_as_long_as_it_was_set_whatever_went_before() {
        let timer = HeadTimer::default();
        // A head that came in time: its wait is dropped, and the timer stays where it was.
        assert!(timeout(SHORT, timer.sleep(LONG)).await.is_err());
        for span in [LONG, SHORT, LONG] {
            let begun = tokio::time::Instant::now();
            timer.sleep(span).await;
            assert_eq!(begun.elapsed(), span);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_is_over_is_over_at_once() {
        let timer = HeadTimer::default();
        assert!(timeout(SHORT, timer.sleep(LONG)).await.is_err());
        let begun = tokio::time::Instant::now();
        timer.sleep_until(timer.now()).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
