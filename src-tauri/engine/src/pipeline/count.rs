use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use switchyard_catalog::{Endpoint, Vendor};
use switchyard_dialect::{
    Addressee, Asks, ClientError, ErrorKind, Glance, Occasion, Tongue, as_count_request,
    counted_inner, counts_turns_only, dress, estimate_input_tokens, letters, read_count,
    translate_request_to, write_count,
};
use switchyard_routing::{Ask as PlanAsk, Candidate};
use switchyard_types::{Accent, Dialect};
use switchyard_upstream::{Form, ForwardedHeaders, Purpose, Question, reply_headers, shipment};

use super::exhaustion::unplannable;
use super::known::known;
use super::run::{served_as, speaks};
use super::{Call, Reply, ReplyBody, error_reply};
use crate::Engine;

/// A count is a small object; anything larger is not one.
const LARGEST_COUNT: usize = 64 * 1024;

impl Engine {
    /// Asks the vendor that would answer how many tokens a request takes; where it cannot say,
    /// estimates, and marks the estimate with a header.
    ///
    /// A count changes nothing: a failure locks nobody and leaves no row.
    pub(super) async fn count_tokens(&self, call: Call, glance: Glance) -> Reply {
        let ask = PlanAsk {
            client: call.client.as_ref().map(|client| &client.id),
            path: call.project.as_deref(),
            ..PlanAsk::new(&glance.model, speaks(call.dialect))
        };
        let mut candidates = match self.foresee(&ask) {
            Ok(plan) => plan.candidates,
            Err(error) => return error_reply(call.dialect, &unplannable(&error, self.now())),
        };
        served_as(self, call.dialect, &mut candidates);
        let candidate = candidates.into_iter().next();
        let vendor = candidate.as_ref().map_or(call.dialect, |candidate| candidate.dialect);
        if let Some(candidate) = candidate
            && let Some(reply) = self.vendors_count(&call, &glance, &candidate).await
        {
            return reply;
        }
        self.estimate(call, vendor).await
    }

    async fn vendors_count(
        &self,
        call: &Call,
        glance: &Glance,
        candidate: &Candidate,
    ) -> Option<Reply> {
        let live = arc_swap::Guard::into_inner(self.live());
        let vendor = live.vendor_for(&candidate.vendor, &candidate.account)?;
        let endpoint = vendor.endpoint(candidate.dialect)?;
        endpoint.counts_tokens().then_some(())?;
        let (model, _) = known(vendor, candidate.asked());
        let tongue = Tongue { dialect: endpoint.dialect, accent: endpoint.accent };
        let passes = tongue.passes(call.dialect);
        let body = question(call, glance, candidate, vendor, endpoint)?;
        if self.kept_for_its_vendors_client(vendor, &candidate.account, &call.headers) {
            return None;
        }
        let key = self.secret_for(&candidate.account).await.ok()?;
        let forwarded = if passes {
            ForwardedHeaders::pick(call.dialect, &call.headers)
        } else {
            ForwardedHeaders::default()
        };
        let question = Question {
            purpose: Purpose::CountTokens,
            model,
            form: Form::Turns,
            body,
            headers: Vec::new(),
            session: "",
        };
        let shipment = shipment(vendor, endpoint, key.as_ref(), &forwarded, question)
            .ok()?
            .by(self.way_out(&candidate.account));
        let asked = async {
            let mut answer = self.inner.pool.send(shipment).await.ok()?;
            let body = answer.whole(LARGEST_COUNT).await.ok()?;
            answer.status().is_success().then_some((answer, body))
        };
        let (answer, body) =
            tokio::time::timeout(self.config().timers.first_byte, asked).await.ok()??;
        if passes {
            return Some(Reply {
                status: answer.status(),
                headers: reply_headers(answer.headers()).collect(),
                body: ReplyBody::Whole(body),
            });
        }
        let tokens = read_count(candidate.dialect, &body)?;
        Some(counted(call.dialect, tokens, HeaderMap::new()))
    }

    async fn estimate(&self, call: Call, vendor: Dialect) -> Reply {
        let client = call.dialect;
        let tokenizer = std::sync::Arc::clone(&self.inner.tokenizer);
        let body = call.body.clone();
        // Long texts take a while, and the vocabulary has to be loaded first.
        let counted_by_words = tokio::task::spawn_blocking(move || {
            let words = tokenizer.words();
            estimate_input_tokens(client, vendor, &body, &|text| words.count(text))
        });
        let tokens = match counted_by_words.await {
            Ok(tokens) => tokens,
            // Whatever the tokenizer stumbled over, letters can still be counted.
            Err(_) => estimate_input_tokens(client, vendor, &call.body, &letters),
        };
        self.let_tokenizer_go_when_idle();
        match tokens {
            Ok(tokens) => {
                let mut headers = HeaderMap::new();
                headers.insert("x-switchyard-estimated", HeaderValue::from_static("true"));
                counted(client, tokens, headers)
            }
            Err(error) => error_reply(
                client,
                &ClientError {
                    status: 400,
                    kind: ErrorKind::InvalidRequest,
                    message: error.to_string(),
                    retry_after: None,
                },
            ),
        }
    }
}

/// The question for a count, in the vendor's dialect; `None` where the vendor cannot count this request.
fn question(
    call: &Call,
    glance: &Glance,
    candidate: &Candidate,
    vendor: &Vendor,
    endpoint: &Endpoint,
) -> Option<Bytes> {
    let Endpoint { dialect, accent, .. } = *endpoint;
    let (model, terms) = known(vendor, candidate.asked());
    let tongue = Tongue { dialect, accent };
    let mut body = if tongue.passes(call.dialect) {
        glance.with_model(&call.body, model)
    } else {
        let inner = counted_inner(call.dialect, &call.body);
        let vendor = candidate.vendor.as_str();
        let to = Addressee { dialect, accent, vendor, model, delivery: None, terms };
        let translated = translate_request_to(call.dialect, to, inner, &|_| None).ok()?;
        Bytes::from(as_count_request(dialect, model, &translated.body)?)
    };
    match accent {
        None => {}
        Some(Accent::Vertex) => {
            let occasion = Occasion { model, asks: Asks::Count, ..Occasion::default() };
            body = dress(tongue, body, &occasion).ok()?.body;
        }
        Some(Accent::CodeAssist | Accent::Antigravity) => {
            // Its counter hears turns alone: a count without tools and instructions would be wrong.
            counts_turns_only(&body).then_some(())?;
            let occasion = Occasion { model, asks: Asks::Count, ..Occasion::default() };
            body = dress(tongue, body, &occasion).ok()?.body;
        }
        // None of them has a counter: Copilot's serves Claude's models by Chat and Responses, without that of
        // Messages; Codex', Kiro's and Cohere's generate alone.
        Some(Accent::Codex | Accent::Copilot | Accent::Kiro | Accent::Cohere) => return None,
    }
    Some(body)
}

fn counted(client: Dialect, tokens: u64, mut headers: HeaderMap) -> Reply {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = ReplyBody::Whole(Bytes::from(write_count(client, tokens)));
    Reply { status: StatusCode::OK, headers, body }
}
