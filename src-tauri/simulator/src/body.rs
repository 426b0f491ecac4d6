//! Bodies of answers: bytes, pauses, silence, and a torn end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::record::{How, UnderWay};

/// One step of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Send(Bytes),
    Wait(Duration),
    /// Nothing more, and no end.
    Stall,
    /// The connection is torn here.
    Tear,
}

/// A torn body. hyper closes the connection without the body's end when it meets one.
#[derive(Debug, thiserror::Error)]
#[error("the script tears this answer here")]
pub(crate) struct Torn;

/// A body that takes its steps one after the other.
#[derive(Debug)]
pub(crate) struct Steps {
    left: VecDeque<Step>,
    sleep: Option<Pin<Box<Sleep>>>,
    /// The length, where it is known and the body is sent whole.
    length: Option<u64>,
    under_way: UnderWay,
}

/// Before a connection is torn hyper must have written what came before: an error ends it unflushed.
const FLUSH: Duration = Duration::from_millis(20);

impl Steps {
    pub(crate) fn stream(steps: impl Into<VecDeque<Step>>, under_way: UnderWay) -> Self {
        let mut body = Self { left: VecDeque::new(), sleep: None, length: None, under_way };
        for step in steps.into() {
            if step == Step::Tear {
                body.left.push_back(Step::Wait(FLUSH));
            }
            body.left.push_back(step);
        }
        body.note_if_done();
        body
    }

    pub(crate) fn whole(bytes: Bytes, under_way: UnderWay) -> Self {
        let length = bytes.len() as u64;
        let mut body = Self::stream([Step::Send(bytes)], under_way);
        body.length = Some(length);
        if length == 0 {
            body.left.clear();
            body.note_if_done();
        }
        body
    }

    fn note_if_done(&mut self) {
        if self.left.is_empty() {
            self.under_way.will_have(How::Whole);
        }
    }
}

impl Body for Steps {
    type Data = Bytes;
    type Error = Torn;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Torn>>> {
        loop {
            if let Some(sleep) = self.sleep.as_mut() {
                ready!(sleep.as_mut().poll(context));
                self.sleep = None;
                self.note_if_done();
            }
            match self.left.front() {
                // hyper watches the socket meanwhile, so a client that leaves is noticed.
                Some(Step::Stall) => return Poll::Pending,
                None | Some(Step::Send(_) | Step::Wait(_) | Step::Tear) => {}
            }
            match self.left.pop_front() {
                None | Some(Step::Stall) => return Poll::Ready(None),
                Some(Step::Send(bytes)) => {
                    self.note_if_done();
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Wait(span)) => self.sleep = Some(Box::pin(sleep(span))),
                Some(Step::Tear) => {
                    self.under_way.will_have(How::Torn);
                    return Poll::Ready(Some(Err(Torn)));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.sleep.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
