//! Reading a request's body: no larger and no slower than allowed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use switchyard_engine::Limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

/// Room that a request gets on its word alone; what it sends beyond makes its own.
const ON_TRUST: u64 = 1024 * 1024;

/// Why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untaken {
    /// It is, or says to be, larger than this.
    TooLarge(usize),
    /// It came slower than anybody sends who means it.
    TooSlow,
    /// It is JSON that nests deeper than anything can read.
    TooDeep,
    /// Bodies of other requests take all the room, and none of them went in time.
    Crowded,
    /// The connection broke, or what came was not HTTP.
    Broken,
}

/// Bodies shorter than this are not counted: five hundred of them take less than a long one.
const SHORT: usize = 32 * 1024;

/// A body whose length was not told is counted in steps of this.
const STEP: usize = 1024 * 1024;

/// How long a body waits for others to go. A sender holds what was read of it meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// Room for the bodies of all requests under way together, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    whole: usize,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        let whole = bytes.clamp(SHORT, Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(whole)), whole }
    }

    /// Makes a place as large as `bytes`, once there is room for that.
    async fn widen(&self, place: &mut Place, bytes: usize) -> Result<(), Untaken> {
        // What is larger than the room goes alone.
        let wanted = bytes.min(self.whole).saturating_sub(place.bytes);
        if bytes < SHORT || wanted == 0 {
            return Ok(());
        }
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.free).acquire_many_owned(wanted);
        let more = timeout(PATIENCE, more).await.ok().and_then(Result::ok);
        let more = more.ok_or(Untaken::Crowded)?;
        match &mut place.permit {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
        place.bytes += wanted as usize;
        Ok(())
    }
}

/// A body's place in the room; dropping it gives it back.
#[derive(Debug, Default)]
struct Place {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Place {
    /// The same bytes, which hold the place until the last of them is let go.
    fn hold(self, body: Bytes) -> Bytes {
        match self.permit {
            Some(permit) => Bytes::from_owner(Kept { body, _permit: permit }),
            None => body,
        }
    }
}

struct Kept {
    body: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// The whole body, once there is room for it.
pub(crate) async fn take(
    mut body: Body,
    largest: usize,
    limits: &Limits,
    room: &Room,
) -> Result<Bytes, Untaken> {
    let claimed = body.size_hint().lower();
    if claimed > largest as u64 {
        return Err(Untaken::TooLarge(largest));
    }
    let end = Instant::now() + limits.body_whole;
    let mut place = Place::default();
    room.widen(&mut place, usize::try_from(claimed).unwrap_or(largest)).await?;
    let Some(first) = piece(&mut body, limits.body_pause, end).await? else {
        return Ok(Bytes::new());
    };
    let mut taken = Gathered::One(first);
    loop {
        if taken.len() > largest {
            return Err(Untaken::TooLarge(largest));
        }
        if taken.len() >= SHORT && taken.len() > place.bytes {
            room.widen(&mut place, taken.len().next_multiple_of(STEP)).await?;
        }
        if body.is_end_stream() {
            return Ok(place.hold(taken.freeze()));
        }
        match piece(&mut body, limits.body_pause, end).await? {
            Some(more) => taken.push(&more, claimed.min(ON_TRUST)),
            None => return Ok(place.hold(taken.freeze())),
        }
    }
}

/// How deep JSON may nest: serde's own limit.
const DEEPEST: usize = 127;

/// Whether JSON nests deeper than anybody writes who means it.
pub(crate) fn nests_too_deep(json: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

/// What has come: a body in one piece is never copied.
enum Gathered {
    One(Bytes),
    Many(BytesMut),
}

impl Gathered {
    fn len(&self) -> usize {
        match self {
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, more: &Bytes, room: u64) {
        if let Self::One(first) = self {
            let room = usize::try_from(room).unwrap_or_default().max(first.len() + more.len());
            let mut gathered = BytesMut::with_capacity(room);
            gathered.extend_from_slice(first);
            *self = Self::Many(gathered);
        }
        if let Self::Many(gathered) = self {
            gathered.extend_from_slice(more);
        }
    }

    fn freeze(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}

async fn piece(body: &mut Body, pause: Duration, end: Instant) -> Result<Option<Bytes>, Untaken> {
    loop {
        let until = end.min(Instant::now() + pause);
        match timeout_at(until, body.frame()).await {
            Err(_) => return Err(Untaken::TooSlow),
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Err(Untaken::Broken),
            // Trailers say nothing that anybody here reads.
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn room() -> Room {
        Room::new(usize::MAX)
    }

    fn pieces(each: &'static [u8], count: usize) -> Body {
        let all = (0..count).map(move |_| Ok::<_, Infallible>(Bytes::from_static(each)));
        Body::from_stream(futures_util::stream::iter(all))
    }

    #[tokio::test]
    async fn a_body_is_the_same_in_one_piece_and_in_many() {
        let limits = Limits::default();
        assert_eq!(take(Body::empty(), 9, &limits, &room()).await.unwrap(), "");
        assert_eq!(take(Body::from("abcabcabc"), 9, &limits, &room()).await.unwrap(), "abcabcabc");
        assert_eq!(take(pieces(b"abc", 3), 9, &limits, &room()).await.unwrap(), "abcabcabc");
    }

    #[test]
    fn depth_is_counted_outside_of_strings() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(!nests_too_deep(nested(DEEPEST).as_bytes()));
        assert!(nests_too_deep(nested(DEEPEST + 1).as_bytes()));
        assert!(nests_too_deep("{\"a\":".repeat(DEEPEST + 1).as_bytes()));
        let text = format!("[\"\\\"{}\"]", "[".repeat(500));
        assert!(!nests_too_deep(text.as_bytes()), "{text}");
        assert!(!nests_too_deep("[],".repeat(500).as_bytes()));
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
        let limits = Limits::default();
        let refused = Err(Untaken::TooLarge(8));
        assert_eq!(take(Body::from("abcabcabc"), 8, &limits, &room()).await, refused);
        assert_eq!(take(pieces(b"abc", 3), 8, &limits, &room()).await, refused);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_and_one_that_drips_are_refused() {
        let limits = Limits::default();
        let stopped =
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
        assert_eq!(take(stopped, 8, &limits, &room()).await, Err(Untaken::TooSlow));
        let pause = limits.body_pause / 2;
        let dripping = async_stream::stream! {
            loop {
                tokio::time::sleep(pause).await;
                yield Ok::<_, Infallible>(Bytes::from_static(b"a"));
            }
        };
        let begun = Instant::now();
        assert_eq!(
            take(Body::from_stream(dripping), 9_999, &limits, &room()).await,
            Err(Untaken::TooSlow)
        );
        assert_eq!((Instant::now() - begun), limits.body_whole);
    }

    const LONG: usize = 4 * SHORT;

    fn long() -> Body {
        Body::from(vec![b'a'; LONG])
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_waits_until_others_have_gone_and_is_refused_when_they_stay() {
        let (limits, room) = (Limits::default(), Room::new(LONG));
        let first = take(long(), LONG, &limits, &room).await.unwrap();
        let (begun, part) = (Instant::now(), first.slice(..9));
        drop(first);
        assert_eq!(take(long(), LONG, &limits, &room).await, Err(Untaken::Crowded));
        assert_eq!(begun.elapsed(), PATIENCE, "a part of it holds the whole");
        let (second, ()) = tokio::join!(take(long(), LONG, &limits, &room), async {
            tokio::time::sleep(PATIENCE / 2).await;
            drop(part);
        });
        assert_eq!(second.unwrap().len(), LONG);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_tell_its_length_is_counted_as_it_comes() {
        let (limits, room) = (Limits::default(), Room::new(2 * STEP));
        let piece: &'static [u8] = vec![b'a'; SHORT].leak();
        let _first = take(pieces(piece, 33), 3 * STEP, &limits, &room).await.unwrap();
        assert_eq!(room.free.available_permits(), 0, "of two steps both");
        assert_eq!(take(pieces(piece, 2), STEP, &limits, &room).await, Err(Untaken::Crowded));
        let short = take(pieces(b"abc", 3), STEP, &limits, &room).await;
        assert_eq!(short.unwrap(), "abcabcabc", "short ones need no room");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_larger_than_the_room_goes_alone() {
        let (limits, room) = (Limits::default(), Room::new(SHORT));
        assert_eq!(take(long(), LONG, &limits, &room).await.unwrap().len(), LONG);
        assert_eq!(room.free.available_permits(), SHORT, "and gives it back");
    }
}
