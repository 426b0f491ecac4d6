//! Room for what is sent. A request that is rewritten for its vendor stands in memory twice until the vendor has
//! taken it; in a rush of long conversations that doubles what they need. So they are rewritten in turns.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes that may wait to be sent at a time.
const ROOM: u32 = 32 * 1024 * 1024;

/// What is shorter needs no turn: five hundred of them take less than the room.
const SHORT: usize = 32 * 1024;

/// How long a request waits for its turn. A vendor that reads slowly keeps others waiting no longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

/// The room, for all requests together.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// A place in the room; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place(Option<OwnedSemaphorePermit>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ROOM as usize)))
    }
}

impl Room {
    /// A place for so many bytes, as soon as there is one, or without one when patience ends.
    pub(super) async fn take(&self, bytes: usize) -> Place {
        if bytes < SHORT {
            return Place(None);
        }
        // What is larger than the room goes alone.
        let bytes = u32::try_from(bytes).map_or(ROOM, |bytes| bytes.min(ROOM));
        let turn = timeout(PATIENCE, Arc::clone(&self.0).acquire_many_owned(bytes)).await;
        Place(turn.ok().and_then(Result::ok))
    }
}

impl Place {
    /// The same bytes, which hold the place until the last of them is sent or let go.
    pub(super) fn hold(self, body: Bytes) -> Bytes {
        match self.0 {
            Some(permit) => Bytes::from_owner(Held { body, _permit: permit }),
            None => body,
        }
    }
}

struct Held {
    body: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const HALF: usize = ROOM as usize / 2;

    #[tokio::test(start_paused = true)]
    async fn a_third_long_request_waits_until_one_of_two_is_sent() {
        let room = Room::default();
        let first = room.take(HALF).await.hold(Bytes::from_static(b"a conversation"));
        let _second = room.take(HALF).await;
        assert_eq!(first, "a conversation");
        let begun = Instant::now();
        let (third, ()) = tokio::join!(room.take(HALF), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(first);
        });
        assert_eq!((begun.elapsed(), third.0.is_some()), (Duration::from_secs(1), true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_vendor_that_takes_nothing_does_not_stop_the_others() {
        let room = Room::default();
        let _stuck = room.take(usize::MAX).await;
        let begun = Instant::now();
        let place = room.take(HALF).await;
        assert_eq!((begun.elapsed(), place.0.is_some()), (PATIENCE, false));
        assert_eq!(place.hold(Bytes::from_static(b"sent all the same")), "sent all the same");
    }

    #[tokio::test(start_paused = true)]
    async fn short_requests_never_wait() {
        let room = Room::default();
        let _full = room.take(usize::MAX).await;
        let begun = Instant::now();
        let _short = room.take(SHORT - 1).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
