//! A fault of ours in the middle of an answer: that answer ends, and its ending is one that clients know.

use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures_util::StreamExt;
use switchyard_dialect::{ClientError, ErrorKind, write_fault_event};
use switchyard_types::Dialect;

use super::{Reply, ReplyBody};

/// The same reply; where making its stream panics, the client's dialect says that it broke off.
pub(super) fn ended_legally(reply: Reply, dialect: Dialect) -> Reply {
    let Reply { status, headers, body } = reply;
    let body = match body {
        ReplyBody::Whole(body) => ReplyBody::Whole(body),
        ReplyBody::Stream(stream) => {
            let told = move |_panic| Bytes::from(write_fault_event(dialect, &fault()));
            let caught = AssertUnwindSafe(stream).catch_unwind();
            ReplyBody::Stream(Box::pin(caught.map(move |piece| piece.unwrap_or_else(told))))
        }
    };
    Reply { status, headers, body }
}

fn fault() -> ClientError {
    ClientError {
        status: 500,
        kind: ErrorKind::Server,
        message: "Switchyard failed in the middle of this answer; the crashes folder of its data \
                  folder says where"
            .to_owned(),
        retry_after: None,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[tokio::test]
    async fn an_answer_that_panics_ends_with_its_dialects_error_and_nothing_after_it() {
        for dialect in Dialect::ALL {
            let broken = async_stream::stream! {
                yield Bytes::from_static(b"said so far");
                panic!("a codec that is at its wits' end");
            };
            let body = ReplyBody::Stream(Box::pin(broken));
            let reply = Reply { status: StatusCode::OK, headers: HeaderMap::new(), body };
            let ReplyBody::Stream(ended) = ended_legally(reply, dialect).body else {
                panic!("it was a stream");
            };
            let pieces: Vec<Bytes> = ended.collect().await;
            let error = write_fault_event(dialect, &fault());
            assert_eq!(pieces, [Bytes::from_static(b"said so far"), error.into()], "{dialect:?}");
        }
    }
}
