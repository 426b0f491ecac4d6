//! One answer: its faults, its turn, and the body that comes of both.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response};
use tokio::time::sleep;

use crate::body::{Step, Steps};
use crate::clock::{rfc3339, unix};
use crate::compose::{Broken, Last, break_off, bytes_before, paced};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::fault::refuse::Spoken;
use crate::fault::{Fault, ModelName, Refusal, read_model_name};
use crate::live::Standing;
use crate::record::{How, UnderWay};
use crate::role::{Role, dress_event, dress_reply};
use crate::route::Manner;
use crate::seen::Seen;
use crate::serve::{Answer, HungUp, JSON, plain, respond, set};
use crate::span::go_span;
use crate::wire::{self, Framing, Saying};

const SSE: &str = "text/event-stream; charset=utf-8";
const NDJSON: &str = "application/x-ndjson";
const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";
const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head>\
                    <body><h1>Bad gateway</h1></body></html>\n";
/// Between the keep-alives of a stream that says nothing.
const COMMENT_PAUSE: Duration = Duration::from_millis(50);

/// One request for an answer, at its vendor's desk.
pub(crate) struct Talk<'a> {
    pub(crate) desk: &'a Desk<'a>,
    pub(crate) seen: Seen,
    pub(crate) manner: Manner,
    pub(crate) framing: Framing,
    pub(crate) role: Role,
    pub(crate) key: Option<String>,
}

/// The faults of one answer, put together: pauses add up, and the first other fault decides.
#[derive(Default)]
struct Trouble {
    before_headers: Duration,
    before_body: Duration,
    fault: Option<Fault>,
}

impl Trouble {
    fn of(faults: Vec<Fault>) -> Self {
        let mut trouble = Self::default();
        for fault in faults {
            match fault {
                Fault::Slow(span) => {
                    trouble.before_headers = trouble.before_headers.saturating_add(span);
                }
                Fault::SlowBody(span) => {
                    trouble.before_body = trouble.before_body.saturating_add(span);
                }
                Fault::Refuse(_)
                | Fault::RefuseInStream { .. }
                | Fault::RefuseInBody(_)
                | Fault::Stall(_)
                | Fault::Cut(_)
                | Fault::HangUp
                | Fault::Empty
                | Fault::CommentsOnly
                | Fault::Html(_) => {
                    trouble.fault.get_or_insert(fault);
                }
            }
        }
        trouble
    }
}

impl Talk<'_> {
    pub(crate) async fn answer(&self, under_way: UnderWay) -> Answer {
        let vendor = self.desk.vendor;
        let (base, mut faults) = match read_model_name(&self.seen.model) {
            Ok(ModelName { base, faults }) => (base, faults),
            Err(error) => {
                let words = error.to_string();
                let spoken = self.speak(&Refusal::Invalid, Some(&words));
                return Ok(self.desk.refused(self.seen.dialect, &spoken, under_way));
            }
        };
        let listed = &vendor.vendor.models;
        if !listed.is_empty()
            && !["fault", "ok"].contains(&base)
            && listed.iter().all(|name| name != base)
        {
            faults.push(Fault::Refuse(Refusal::ModelMissing));
        }
        faults.extend(vendor.faults(base));
        let trouble = Trouble::of(faults);
        if !trouble.before_headers.is_zero() {
            sleep(trouble.before_headers).await;
        }
        // A refused request takes nothing from a quota.
        let standing = if matches!(trouble.fault, Some(Fault::Refuse(_) | Fault::HangUp)) {
            None
        } else {
            match vendor.spend(self.key.as_deref(), base) {
                Ok(standing) => standing,
                Err(limited) => return Ok(self.refuse(&limited, under_way)),
            }
        };
        let mut response = match trouble.fault {
            None => self.say(base, None, trouble.before_body, under_way),
            Some(fault) => self.fail(fault, base, trouble.before_body, under_way)?,
        };
        self.dress(&mut response, standing);
        Ok(response)
    }

    fn fail(&self, fault: Fault, base: &str, pause: Duration, under_way: UnderWay) -> Answer {
        Ok(match fault {
            Fault::Slow(_) | Fault::SlowBody(_) => self.say(base, None, pause, under_way),
            Fault::Refuse(refusal) => self.refuse(&refusal, under_way),
            Fault::RefuseInStream { refusal, .. } if self.manner == Manner::Whole => {
                self.refuse_in_body(&refusal, under_way)
            }
            Fault::RefuseInBody(refusal) => self.refuse_in_body(&refusal, under_way),
            Fault::RefuseInStream { refusal, at } => {
                let body = self.speak(&refusal, None).body;
                self.say(base, Some(Broken { at, last: Last::Error(body) }), pause, under_way)
            }
            Fault::Stall(at) => {
                self.say(base, Some(Broken { at, last: Last::Silence }), pause, under_way)
            }
            Fault::Cut(at) => {
                self.say(base, Some(Broken { at, last: Last::Tear }), pause, under_way)
            }
            Fault::HangUp => {
                let mut under_way = under_way;
                under_way.will_have(How::Torn);
                return Err(HungUp);
            }
            Fault::Empty => plain(200, self.content_type(), Bytes::new(), under_way),
            Fault::CommentsOnly => {
                let comments = self.content_type() == SSE;
                let comment: &'static [u8] = if comments { b": keep-alive\n\n" } else { b"\n" };
                let steps = [Step::Send(Bytes::from_static(comment)), Step::Wait(COMMENT_PAUSE)];
                let body =
                    Steps::stream(steps.into_iter().cycle().take(6).collect::<Vec<_>>(), under_way);
                respond(200, self.content_type(), body)
            }
            Fault::Html(status) => {
                plain(status, HTML, Bytes::from_static(PAGE.as_bytes()), under_way)
            }
        })
    }

    fn speak(&self, refusal: &Refusal, words: Option<&str>) -> Spoken {
        self.desk.speak(refusal, self.seen.dialect, &self.seen.model, words)
    }

    fn refuse(&self, refusal: &Refusal, under_way: UnderWay) -> Response<Steps> {
        let spoken = self.speak(refusal, None);
        // Gemini blocks a prompt by an answer without candidates, so it comes in the answer's own form.
        if spoken.status == 200 && self.manner != Manner::Whole {
            let text = match self.manner {
                Manner::Whole | Manner::Events => {
                    let body = dress_reply(self.role, self.seen.dialect, spoken.body);
                    format!("data: {body}\r\n\r\n")
                }
                Manner::Array => format!("[{}\n]", spoken.body),
            };
            return plain(200, self.content_type(), Bytes::from(text), under_way);
        }
        self.desk.refused(self.seen.dialect, &spoken, under_way)
    }

    fn refuse_in_body(&self, refusal: &Refusal, under_way: UnderWay) -> Response<Steps> {
        self.desk.good_json(self.seen.dialect, &self.speak(refusal, None).body, under_way)
    }

    fn content_type(&self) -> &'static str {
        match (self.manner, self.seen.dialect) {
            (Manner::Events, Dialect::Ollama) => NDJSON,
            (Manner::Events, Dialect::Kiro) => EVENT_STREAM,
            (Manner::Events, _) => SSE,
            (Manner::Whole | Manner::Array, _) => JSON,
        }
    }

    /// Headers that go with a good answer.
    fn dress(&self, response: &mut Response<Steps>, standing: Option<Standing>) {
        self.desk.name_request(self.seen.dialect, response);
        if let Some(Standing { limit, remaining, reset }) = standing {
            let clock = &self.desk.live.script.clock;
            for (word, value) in [
                ("limit", limit.to_string()),
                ("remaining", remaining.to_string()),
                (
                    "reset",
                    match self.seen.dialect {
                        Dialect::Messages => rfc3339(clock.now() + reset),
                        Dialect::Chat
                        | Dialect::Responses
                        | Dialect::Gemini
                        | Dialect::Ollama
                        | Dialect::Kiro => go_span(reset),
                    },
                ),
            ] {
                let name = match self.seen.dialect {
                    Dialect::Messages => format!("anthropic-ratelimit-requests-{word}"),
                    Dialect::Chat
                    | Dialect::Responses
                    | Dialect::Gemini
                    | Dialect::Ollama
                    | Dialect::Kiro => {
                        format!("x-ratelimit-{word}-requests")
                    }
                };
                set(response, &name, &value);
            }
        }
        for (name, value) in &self.desk.vendor.vendor.headers {
            set(response, name, value);
        }
    }

    fn say(
        &self,
        base: &str,
        broken: Option<Broken>,
        pause: Duration,
        under_way: UnderWay,
    ) -> Response<Steps> {
        let (vendor, dialect) = (&self.desk.vendor.vendor, self.seen.dialect);
        let turn = self.desk.vendor.turn(&self.seen, base);
        let saying = Saying {
            turn: &turn,
            model: &self.seen.model,
            number: self.desk.number,
            created: unix(self.desk.live.script.clock.now()).as_secs(),
            usage: turn.usage_or_estimate(self.seen.body.len()),
            chunking: turn.chunking.unwrap_or(vendor.chunking),
            framing: self.framing,
        };
        if self.manner == Manner::Whole {
            let reply = dress_reply(self.role, dialect, wire::reply(dialect, &saying));
            let body = Bytes::from(reply.to_string());
            return whole(body, broken, pause, under_way);
        }
        let mut events = wire::events(dialect, &saying);
        if self.role != Role::Plain {
            for event in &mut events {
                event.bytes = dress_event(self.role, dialect, &event.bytes);
            }
        }
        let last = broken.map(|Broken { at, last }| {
            let sent = break_off(&mut events, at);
            match last {
                Last::Silence => Step::Stall,
                Last::Tear => Step::Tear,
                Last::Error(body) => Step::Send(wire::error_event(dialect, &saying, &body, sent)),
            }
        });
        let mut steps = Vec::new();
        if !pause.is_zero() {
            steps.push(Step::Wait(pause));
        }
        steps.extend(paced(events, turn.pace.unwrap_or(vendor.pace)));
        steps.extend(last);
        respond(200, self.content_type(), Steps::stream(steps, under_way))
    }
}

/// An unstreamed answer. A broken one still promises its full length, so that its end is missed.
fn whole(
    body: Bytes,
    broken: Option<Broken>,
    pause: Duration,
    under_way: UnderWay,
) -> Response<Steps> {
    let length = body.len();
    let mut steps = Vec::new();
    if !pause.is_zero() {
        steps.push(Step::Wait(pause));
    }
    match broken {
        None if pause.is_zero() => return plain(200, JSON, body, under_way),
        None => steps.push(Step::Send(body)),
        Some(Broken { at, last }) => {
            steps.push(Step::Send(body.slice(..bytes_before(length, at))));
            steps.push(match last {
                Last::Silence => Step::Stall,
                Last::Tear | Last::Error(_) => Step::Tear,
            });
        }
    }
    let mut response = respond(200, JSON, Steps::stream(steps, under_way));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}
