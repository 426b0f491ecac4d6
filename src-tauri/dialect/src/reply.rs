//! Whole replies that pass unchanged: is it an answer, and what did it cost?

use serde_json::value::RawValue;
use switchyard_types::{Dialect, Usage};

use crate::chat::types::Completion;
use crate::fault::{VendorFault, read_fault, read_inner};
use crate::messages::types::Message;
use crate::responses::types::Response;
use crate::{gemini, ollama};

/// Looks at a reply with status 200 before it is passed on.
///
/// An error object, a web page, an event stream, an empty body or one without an answer is a fault.
pub fn inspect_reply(dialect: Dialect, body: &[u8]) -> Result<Option<Usage>, VendorFault> {
    match dialect {
        Dialect::Chat => {
            let reply: Completion<'_> = read(body)?;
            let said = reply.error.filter(|error| !is_blank(error));
            answered(
                body,
                said,
                reply.choices.as_ref().is_some_and(|choices| !choices.is_empty()),
            )?;
            Ok(reply.usage.map(Usage::from))
        }
        Dialect::Messages => {
            let reply: Message<'_> = read(body)?;
            let said = reply.error.filter(|error| !is_blank(error));
            let parts = reply.content.as_ref().map_or(0, Vec::len);
            // A model may end its turn with nothing to say; then it says that it ended.
            answered(
                body,
                said,
                parts > 0 || (reply.content.is_some() && reply.stop_reason.is_some()),
            )?;
            Ok(reply.usage.map(Usage::from))
        }
        Dialect::Responses => {
            let reply: Response<'_> = read(body)?;
            let failed = reply.status.as_ref().is_some_and(|status| status.as_str() == "failed");
            let said = reply.error.filter(|error| !is_blank(error));
            let pending = reply
                .status
                .is_some_and(|status| matches!(status.as_str(), "queued" | "in_progress"));
            let filled = reply.output.as_ref().is_some_and(|output| !output.is_empty()) || pending;
            answered(body, said, filled && !failed)?;
            Ok(reply.usage.map(Usage::from))
        }
        Dialect::Gemini => {
            let reply: gemini::types::Answer<'_> = read(body)?;
            if let Some(fault) = reply.fault(body) {
                return Err(fault);
            }
            let ended = reply.first().is_some_and(gemini::types::Candidate::is_finished);
            answered(body, None, reply.is_content() || ended)?;
            Ok(reply.usage_metadata.map(Usage::from))
        }
        Dialect::Ollama => {
            let reply: ollama::types::Answer<'_> = read(body)?;
            match reply.fault(body) {
                Some(fault) => Err(fault),
                None => Ok(reply.usage()),
            }
        }
    }
}

fn is_blank(error: &RawValue) -> bool {
    matches!(error.get(), "null" | "{}" | "\"\"")
}

/// Parses the body, or says what it is instead.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, VendorFault> {
    let bare = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let problem = if bare.is_empty() {
        "the vendor's answer is empty"
    } else if bare.starts_with(b"data:") || bare.starts_with(b"event:") || bare.starts_with(b":") {
        "the vendor answered with an event stream, though none was asked for"
    } else {
        return serde_json::from_slice(bare).map_err(|_| not_a_reply(bare));
    };
    Err(VendorFault { message: problem.to_owned(), ..VendorFault::default() })
}

fn not_a_reply(body: &[u8]) -> VendorFault {
    let mut fault = read_fault(200, body);
    fault.status = None;
    if matches!(body.first(), Some(b'{' | b'[')) && fault.kind.is_none() && fault.code.is_none() {
        "the vendor's answer is not the JSON that its dialect promises"
            .clone_into(&mut fault.message);
    }
    fault
}

fn answered(body: &[u8], error: Option<&RawValue>, filled: bool) -> Result<(), VendorFault> {
    if error.is_some() {
        return Err(read_inner(body));
    }
    if filled {
        return Ok(());
    }
    Err(no_answer(body))
}

/// What is wrong with a reply that holds no answer: an error in a form of its own, or nothing at all.
pub(crate) fn no_answer(body: &[u8]) -> VendorFault {
    let fault = read_fault(200, body);
    if fault.message.starts_with("the vendor gave no reason") {
        let message = "the vendor's answer has no content".to_owned();
        return VendorFault { message, ..VendorFault::default() };
    }
    VendorFault { status: None, ..fault }
}
