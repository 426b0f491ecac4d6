//! Wire formats: how clients and vendors write requests, replies, streams and errors.
//!
//! The way of a request begins with [`glance`]: one pass over the bytes finds what routing needs. Where
//! client and vendor speak the same dialect the bytes then pass unchanged ([`Glance::with_model`]), the
//! reply is split into events by a [`Splitter`], and a [`Watch`] follows them. Where they differ,
//! [`translate_request`], [`translate_reply`] and [`StreamTranslator`] go by way of the neutral form.
//! Errors of any vendor are read by [`read_fault`] and written for any client by [`write_fault`].
//!
//! Each dialect has the same rooms: `types` (the shapes), `read` (decode), `write` (encode), `stream`
//! (both, event by event), `fault` (its errors), `watch` (the tap). There is no translator from one
//! dialect to another, only codecs to and from `neutral`. Some vendors speak a dialect with an accent
//! ([`dress`], [`Tongue`]), which is put on last and taken off first.
//!
//! The crate must not know sockets, files, clocks, vendors' names or what will be tried next. It takes
//! bytes and gives bytes.

mod accent;
mod chat;
mod demands;
mod error;
mod estimate;
mod fault;
mod fold;
mod foreign;
mod frame;
mod gemini;
mod glance;
mod json;
mod kiro;
mod memory;
mod messages;
mod neutral;
mod ollama;
mod passing;
mod quoted;
mod reply;
mod responses;
mod scan;
mod translate;
mod watch;

pub use accent::envelope::counts_turns_only;
pub use accent::{Asks, Dressed, Occasion, Tongue, dress, undress};
pub use demands::{Demands, demands};
pub use error::BodyError;
pub use estimate::{
    CountTokens, as_count_request, counted_inner, estimate_input_tokens, letters, read_count,
    write_count,
};
pub use fault::{
    ClientError, ErrorKind, Opening, VendorFault, keep_alive, read_fault, write_fault,
    write_fault_event,
};
pub use fold::{fold, looks_streamed, unfold};
pub use foreign::{proofs_of_reply, without_foreign_reasoning};
pub use frame::{
    EventStreamSplitter, Frame, FrameError, NdjsonSplitter, Splitter, SseSplitter, stream_type,
};
pub use gemini::array::JsonArray;
pub use glance::{Glance, PathDelivery, PathModel, glance, glance_as};
pub use memory::{Fingerprint, Memory};
pub use neutral::effort::{Effort, Suffixed};
pub use neutral::files::{FetchedFile, FetchedFiles};
pub use neutral::keepsake::Keepsake;
pub use ollama::form::load_reply;
pub use passing::with_effort;
pub use reply::inspect_reply;
pub use translate::{
    Addressee, ClientRequest, Sources, StreamTranslator, Terms, Translated, TranslatedReply,
    WayBack, needs_kept_state, translate_reply, translate_request, translate_request_to,
};
pub use watch::{Seen, Watch};
