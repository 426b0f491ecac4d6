//! How much is let in at once: requests under way, requests of one key, keys and passwords that are wrong.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use switchyard_engine::Limits;
use switchyard_types::KeyId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::intake::Room;
use crate::pace::{Pace, Paces, neighbourhood};

/// Wrong keys that one address may show at once; then one a second is answered without a pause.
const WRONG_KEYS: Pace = Pace { interval: Duration::from_secs(1), burst: 20 };

/// How many answers may wait so at a time; beyond, the connection is closed at once.
const PAUSING: usize = 256;

/// Passwords that one address may try at once; then one in half a minute.
const PASSWORDS: Pace = Pace { interval: Duration::from_secs(30), burst: 5 };

/// How many passwords are hashed at a time: each takes a core and 19 MiB for a moment.
const HASHING: usize = 2;

#[derive(Debug)]
pub(crate) struct Gate {
    calls: Arc<Semaphore>,
    bodies: Room,
    calls_of_keys: Option<Paces<Option<KeyId>>>,
    wrong_keys: Paces<IpAddr>,
    pause: Duration,
    pausing: Semaphore,
    passwords: Paces<IpAddr>,
    hashing: Semaphore,
}

/// Why a call has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// As many calls are under way as this program takes.
    Calls,
    /// This key's calls come too fast.
    Key(Duration),
}

/// How the answer to a wrong key is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// As any other.
    Answer,
    /// And the connection is closed, since too many others wait for theirs.
    Close,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let a_second = limits.calls_per_second;
        let pace = (a_second > 0).then(|| Pace {
            interval: Duration::from_secs(1) / a_second,
            burst: a_second.saturating_mul(4),
        });
        Self {
            calls: Arc::new(Semaphore::new(limits.calls_at_once)),
            bodies: Room::new(limits.body_bytes),
            calls_of_keys: pace.map(Paces::new),
            wrong_keys: Paces::new(WRONG_KEYS),
            pause: limits.wrong_key_pause,
            pausing: Semaphore::new(PAUSING),
            passwords: Paces::new(PASSWORDS),
            hashing: Semaphore::new(HASHING),
        }
    }

    /// Room for the bodies of all requests under way.
    pub(crate) fn bodies(&self) -> &Room {
        &self.bodies
    }

    /// Lets a call in; it is out again when the permit is dropped.
    pub(crate) fn call(&self, key: Option<&KeyId>) -> Result<OwnedSemaphorePermit, Full> {
        if let Some(paces) = &self.calls_of_keys {
            paces.take(&key.cloned(), Instant::now().into_std()).map_err(Full::Key)?;
        }
        Arc::clone(&self.calls).try_acquire_owned().map_err(|_| Full::Calls)
    }

    /// Counts a wrong key of this address, and waits where there were many. Only whoever shows a wrong
    /// one waits: a good key from the same address is not asked about any of this.
    pub(crate) async fn wrong_key(&self, from: IpAddr) -> Wrong {
        if self.wrong_keys.take(&neighbourhood(from), Instant::now().into_std()).is_ok() {
            return Wrong::Answer;
        }
        let Ok(_waiting) = self.pausing.try_acquire() else { return Wrong::Close };
        tokio::time::sleep(self.pause).await;
        Wrong::Answer
    }

    /// Whether this address shows wrong keys faster than they can be answered.
    pub(crate) fn is_stormed_by(&self, from: IpAddr) -> bool {
        let full = self.pausing.available_permits() == 0;
        full && self.wrong_keys.is_spent(&neighbourhood(from), Instant::now().into_std())
    }

    /// Tries a password of this address with `fits`, or says when it may try the next. Right ones cost
    /// nothing, so that nobody locks out themselves.
    pub(crate) async fn password(
        &self,
        from: IpAddr,
        fits: impl Future<Output = bool>,
    ) -> Result<bool, Duration> {
        let from = neighbourhood(from);
        self.passwords.take(&from, Instant::now().into_std())?;
        let turn = self.hashing.acquire().await;
        let right = fits.await;
        drop(turn);
        if right {
            self.passwords.give_back(&from);
        }
        Ok(right)
    }
}

/// Holds a call's permit until its answer has been sent or dropped.
pub(crate) fn held(response: Response, permit: OwnedSemaphorePermit) -> Response {
    response.map(|body| Body::new(Held { body, _permit: permit }))
}

struct Held {
    body: Body,
    _permit: OwnedSemaphorePermit,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_call_is_under_way_until_its_answer_is_gone() {
        let gate = Gate::new(&Limits { calls_at_once: 1, ..Limits::default() });
        let answer = held(Response::new(Body::from("x")), gate.call(None).unwrap());
        assert_eq!(gate.call(None).unwrap_err(), Full::Calls);
        drop(answer);
        assert!(gate.call(None).is_ok());
    }

    #[tokio::test]
    async fn one_key_in_a_loop_leaves_room_for_the_others() {
        let gate = Gate::new(&Limits { calls_per_second: 1, ..Limits::default() });
        let (looping, other) = (KeyId::new("a"), KeyId::new("b"));
        let passed = (0..50).filter(|_| gate.call(Some(&looping)).is_ok()).count();
        assert_eq!(passed, 4);
        assert!(matches!(gate.call(Some(&looping)), Err(Full::Key(_))));
        assert!(gate.call(Some(&other)).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn wrong_passwords_are_few_and_right_ones_are_not_counted() {
        let gate = Gate::new(&Limits::default());
        for _ in 0..20 {
            assert_eq!(gate.password(HERE, async { true }).await, Ok(true));
        }
        for _ in 0..PASSWORDS.burst {
            assert_eq!(gate.password(HERE, async { false }).await, Ok(false));
        }
        let refused = gate.password(HERE, async { true }).await;
        assert_eq!(refused, Err(PASSWORDS.interval), "not even the right one is tried");
        let elsewhere = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(gate.password(elsewhere, async { true }).await, Ok(true));
        tokio::time::advance(PASSWORDS.interval).await;
        assert_eq!(gate.password(HERE, async { true }).await, Ok(true));
    }

    #[tokio::test(start_paused = true)]
    async fn many_wrong_keys_are_answered_slowly_and_too_many_not_at_all() {
        let gate = Arc::new(Gate::new(&Limits::default()));
        for _ in 0..WRONG_KEYS.burst {
            assert_eq!(gate.wrong_key(HERE).await, Wrong::Answer);
        }
        let waiting: Vec<_> = (0..PAUSING)
            .map(|_| {
                let gate = Arc::clone(&gate);
                tokio::spawn(async move { gate.wrong_key(HERE).await })
            })
            .collect();
        assert!(!gate.is_stormed_by(HERE));
        while gate.pausing.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(gate.is_stormed_by(HERE));
        assert!(
            !gate.is_stormed_by(IpAddr::from([192, 0, 2, 1])),
            "others have nothing to do with it"
        );
        assert_eq!(gate.wrong_key(HERE).await, Wrong::Close);
        let begun = tokio::time::Instant::now();
        for one in waiting {
            assert_eq!(one.await.unwrap(), Wrong::Answer);
        }
        assert_eq!(begun.elapsed(), gate.pause);
        assert!(!gate.is_stormed_by(HERE));
    }
}
