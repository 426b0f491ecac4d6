//! Framing: where one message of a byte stream ends and the next begins. One owner for each kind.

mod sse;

pub use sse::{Frame, FrameError, SseSplitter};
