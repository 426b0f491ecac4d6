use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use switchyard_dialect::{ClientError, ErrorKind, Glance, estimate_input_tokens, write_count};
use switchyard_routing::{Ask as PlanAsk, Candidate};
use switchyard_upstream::{Form, ForwardedHeaders, Purpose, Question, reply_headers, shipment};

use super::exhaustion::unplannable;
use super::known::known;
use super::run::speaks;
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
        let ask = PlanAsk::new(&glance.model, speaks(call.dialect));
        let candidate = match self.foresee(&ask) {
            Ok(plan) => plan.candidates.into_iter().next(),
            Err(error) => return error_reply(call.dialect, &unplannable(&error)),
        };
        if let Some(candidate) = candidate.filter(|candidate| candidate.dialect == call.dialect)
            && let Some(reply) = self.vendors_count(&call, &glance, &candidate).await
        {
            return reply;
        }
        estimate(&call)
    }

    async fn vendors_count(
        &self,
        call: &Call,
        glance: &Glance,
        candidate: &Candidate,
    ) -> Option<Reply> {
        let live = arc_swap::Guard::into_inner(self.live());
        let vendor = live.catalog.vendor(&candidate.vendor)?;
        let endpoint = vendor.endpoints.iter().find(|e| e.dialect == candidate.dialect)?;
        endpoint.counts_tokens().then_some(())?;
        let (model, _) = known(vendor, &candidate.model);
        let body = glance.with_model(&call.body, model);
        let key = live.secrets.get(&candidate.account);
        let forwarded = ForwardedHeaders::pick(call.dialect, &call.headers);
        let question = Question {
            purpose: Purpose::CountTokens,
            model,
            form: Form::Turns,
            body,
            headers: Vec::new(),
        };
        let shipment = shipment(vendor, endpoint, key, &forwarded, question).ok()?;
        let asked = async {
            let mut answer = self.inner.pool.send(shipment).await.ok()?;
            let body = answer.whole(LARGEST_COUNT).await.ok()?;
            answer.status().is_success().then_some((answer, body))
        };
        let (answer, body) =
            tokio::time::timeout(self.config().timers.first_byte, asked).await.ok()??;
        Some(Reply {
            status: answer.status(),
            headers: reply_headers(answer.headers()).collect(),
            body: ReplyBody::Whole(body),
        })
    }
}

fn estimate(call: &Call) -> Reply {
    match estimate_input_tokens(call.dialect, &call.body) {
        Ok(tokens) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert("x-switchyard-estimated", HeaderValue::from_static("true"));
            Reply {
                status: StatusCode::OK,
                headers,
                body: ReplyBody::Whole(Bytes::from(write_count(call.dialect, tokens))),
            }
        }
        Err(error) => error_reply(
            call.dialect,
            &ClientError {
                status: 400,
                kind: ErrorKind::InvalidRequest,
                message: error.to_string(),
                retry_after: None,
            },
        ),
    }
}
