use serde::{Deserialize, Serialize};

use crate::RequestId;

/// `GET /api/bodies`: whether bodies of requests and replies are kept, and how many are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodiesView {
    /// Whether those of the requests from now on are kept.
    pub keep: bool,
    /// Whether the environment says so, so that only it can change it.
    pub by_environment: bool,
    /// After how many days they are removed.
    pub days: u16,
    /// Of how many requests they are kept.
    pub requests: u64,
    /// How much room they take, in bytes.
    pub bytes: u64,
    /// How much room they may take, in bytes; beyond it the oldest go.
    pub most_bytes: u64,
    /// The most that is kept of one body, in bytes.
    pub largest: u64,
}

/// `PUT /api/bodies`: whether bodies are kept. Those that are kept already stay until they expire or are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodiesChange {
    /// Whether those of the requests from now on are kept.
    pub keep: bool,
    /// After how many days they are removed: 1 to 90. `None` leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// `DELETE /api/bodies` and `DELETE /api/requests/{id}/bodies`: what was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodiesDeleted {
    /// Of how many requests.
    pub requests: u64,
}

/// `GET /api/requests/{id}/bodies`: what was said in one request, without secrets that are known or look like it.
/// Headers are never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestBodies {
    /// The request.
    pub id: RequestId,
    /// What the client sent.
    pub from_client: Option<KeptBody>,
    /// What went to the vendor that was asked last.
    pub to_vendor: Option<KeptBody>,
    /// What that vendor answered.
    pub from_vendor: Option<KeptBody>,
    /// What the client got.
    pub to_client: Option<KeptBody>,
}

/// One body, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBody {
    /// Its beginning, or all of it. Bytes that are no UTF-8 are shown as `U+FFFD`.
    pub text: String,
    /// How long it was, in bytes.
    pub bytes: u64,
    /// Whether it went on after what is kept.
    pub cut: bool,
}
