//! The owner of the commit point: a vendor's events are held until the first one that bears
//! content, so that an answer that is refused, empty, an error inside a 200 or a web page can
//! still fall over unseen.

use bytes::Bytes;
use http::HeaderMap;
use switchyard_dialect::{
    Seen, Splitter, VendorFault, looks_streamed, read_fault, undress, unfold,
};
use switchyard_routing::{Candidate, TransportFault};
use switchyard_types::{Accent, Secret};
use switchyard_upstream::{Answer, reply_headers};
use tokio::time::{Instant, timeout_at};

use super::attempt::{Bad, Target};
use super::path::{Outgoing, Path};
use super::run::Job;
use super::stream_headers;

/// A handshake larger than this is content by another name.
const LARGEST_HANDSHAKE: usize = 256 * 1024;

/// The largest answer in one piece that is told as a stream.
const LARGEST_WHOLE: usize = 64 * 1024 * 1024;

/// A streamed answer at its commit point.
pub(super) struct Opened {
    pub(super) answer: Answer,
    pub(super) splitter: Splitter,
    pub(super) path: Path,
    /// Handshake and first content, not yet sent.
    pub(super) held: Outgoing,
    pub(super) headers: HeaderMap,
    /// The vendor ended its answer legally without any content.
    pub(super) empty: bool,
    pub(super) losses: Vec<String>,
    pub(super) candidate: Option<Candidate>,
    /// What the vendor was asked with, which it may quote.
    pub(super) key: Option<Secret>,
    /// In whose name proofs of reasoning are kept.
    pub(super) whose: String,
}

pub(super) async fn hold(
    job: &Job,
    target: &Target<'_>,
    mut answer: Answer,
    mut path: Path,
    deadline: Instant,
) -> Result<Opened, Box<Bad>> {
    let (status, tongue) = (answer.status(), target.tongue());
    let mut splitter = Splitter::of(tongue);
    if !answer.is_stream_of(tongue) {
        splitter.push(as_events(job, target, &mut answer, deadline).await?);
    }
    let mut held = Outgoing::default();
    loop {
        let chunk = match timeout_at(deadline, answer.chunk()).await {
            Err(_) => return Err(job.broken(Some(status), TransportFault::FirstByteTimeout, "")),
            Ok(Err(fault)) => return Err(job.unheard(Some(status), &fault)),
            Ok(Ok(chunk)) => chunk,
        };
        let at_end = chunk.is_none();
        if let Some(chunk) = chunk {
            job.ledger.heard(&chunk);
            splitter.push(chunk);
        }
        loop {
            let frame = match splitter.next_frame() {
                Ok(Some(frame)) => frame,
                // An event that lacks only its blank line is whole all the same.
                Ok(None) if at_end => match splitter.finish() {
                    Some(frame) => frame,
                    None => break,
                },
                Ok(None) => break,
                Err(error) => {
                    return Err(job.broken(Some(status), TransportFault::Cut, &error.to_string()));
                }
            };
            let data = frame.data.clone();
            // A fault here goes elsewhere, and nothing that is held to the client.
            let committed = match path.see(frame, &mut held, |raw| raw) {
                Seen::Content => true,
                Seen::Handshake | Seen::Silence | Seen::Other => held.len() > LARGEST_HANDSHAKE,
                Seen::Fault(fault) => return Err(job.faulty(target, &answer, &fault, &data)),
                Seen::End => return Ok(opened(job, answer, splitter, path, held).empty()),
            };
            if committed {
                return Ok(opened(job, answer, splitter, path, held));
            }
        }
        if at_end {
            // A dialect without a terminal event is whole only now.
            path.finish(&mut held);
            if path.ended() {
                return Ok(opened(job, answer, splitter, path, held).empty());
            }
            let fault = VendorFault {
                status: None,
                kind: None,
                code: None,
                message: "the answer ended before it said anything".to_owned(),
            };
            return Err(job.faulty_ending(target, &answer, &fault));
        }
    }
}

fn opened(job: &Job, answer: Answer, splitter: Splitter, path: Path, held: Outgoing) -> Opened {
    let mut headers: HeaderMap = match &path {
        Path::Same(_) => reply_headers(answer.headers()).collect(),
        Path::Translated(_) => HeaderMap::new(),
    };
    headers.extend(stream_headers(job.call.dialect));
    Opened {
        answer,
        splitter,
        path,
        held,
        headers,
        empty: false,
        losses: Vec::new(),
        candidate: None,
        key: None,
        whose: String::new(),
    }
}

impl Opened {
    fn empty(mut self) -> Self {
        self.empty = true;
        self
    }
}

/// A stream was asked for and something else came: a stream under another name, a whole answer, which is
/// then told as a stream, or no answer at all.
async fn as_events(
    job: &Job,
    target: &Target<'_>,
    answer: &mut Answer,
    deadline: Instant,
) -> Result<Bytes, Box<Bad>> {
    let (status, tongue) = (answer.status(), target.tongue());
    let body = match timeout_at(deadline, answer.whole(LARGEST_WHOLE)).await {
        Err(_) => return Err(job.broken(Some(status), TransportFault::FirstByteTimeout, "")),
        Ok(Err(fault)) => return Err(job.unheard(Some(status), &fault)),
        Ok(Ok(body)) => body,
    };
    job.ledger.heard(&body);
    if tongue.accent == Some(Accent::Kiro) {
        // Its events are binary and begin with a length; text is an error or a page.
        if body.first() == Some(&0) {
            return Ok(body);
        }
        let fault = VendorFault { status: None, ..read_fault(status.as_u16(), &body) };
        return Err(job.faulty(target, answer, &fault, &body));
    }
    if looks_streamed(&body) {
        return Ok(body);
    }
    let body = undress(tongue, body);
    unfold(tongue.dialect, &body)
        .map(Bytes::from)
        .map_err(|fault| job.faulty(target, answer, &fault, &body))
}

impl Job {
    /// A 200 that holds nothing is a failure of the vendor, whatever its status claims.
    fn faulty_ending(&self, target: &Target<'_>, answer: &Answer, fault: &VendorFault) -> Box<Bad> {
        let mut bad = self.faulty(target, answer, fault, &[]);
        bad.failure.class = switchyard_types::FailureClass::Transient;
        bad
    }
}
