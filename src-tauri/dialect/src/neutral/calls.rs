//! What every reply's events have to be, whatever the vendor sends: each call has a name and an id that
//! stands only once, and the reason to stop is told once, at the end.

use std::borrow::Cow;

use super::event::Event;
use super::loss::Losses;
use super::names::Ids;
use super::reply::{Reply, Stop};
use super::request::{Arguments, What};
use crate::fault::VendorFault;

/// Gives the calls of one reply their ids. Vendors leave ids out, repeat them, or count anew in each reply.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    ids: Ids,
    /// The reply's own id.
    reply: String,
    /// The slots of the calls that have begun.
    begun: Vec<usize>,
    stop: Option<Stop>,
}

impl Calls {
    /// Looks at an event of a stream; false where it has to be left out.
    pub(crate) fn admit(&mut self, event: &mut Event<'_>, losses: &mut Losses) -> bool {
        match event {
            Event::Start { id } => {
                id.as_deref().unwrap_or_default().clone_into(&mut self.reply);
            }
            Event::CallStart { slot, id, name } => {
                if name.trim().is_empty() {
                    losses.note("tool_calls: a call without a name was left out");
                    return false;
                }
                self.begun.push(*slot);
                let unique = self.ids.take_for(id, &self.reply);
                if unique != **id {
                    *id = Cow::Owned(unique);
                }
            }
            Event::CallArguments { slot, .. } => return self.begun.contains(slot),
            // It is told with the end: some vendors go on after it, or say it twice.
            Event::Stop(stop) => {
                self.stop = Some(stop.clone());
                return false;
            }
            Event::Likelihoods(_)
            | Event::Text(_)
            | Event::Thinking(_)
            | Event::Proof(_)
            | Event::Refusal(_)
            | Event::BlockEnd
            | Event::End
            | Event::Fault(_) => {}
        }
        true
    }

    /// Why the reply stopped, once it has.
    pub(crate) fn take_stop(&mut self) -> Stop {
        match self.stop.take() {
            Some(Stop::ToolUse) if self.begun.is_empty() => Stop::EndTurn,
            stop => stop.unwrap_or(Stop::Unknown(String::new())),
        }
    }
}

/// Gives the calls of a whole reply their ids. A call that is not whole is the vendor's fault.
pub(crate) fn settle(reply: &mut Reply) -> Result<(), VendorFault> {
    let mut ids = Ids::default();
    let named = reply.id.as_deref().unwrap_or_default();
    for part in &mut reply.parts {
        let What::Call(call) = &mut part.what else { continue };
        if call.name.trim().is_empty() || matches!(call.arguments, Arguments::Broken(_)) {
            let message = format!("the vendor's call of the tool `{}` is not whole", call.name);
            return Err(VendorFault { message, ..VendorFault::default() });
        }
        call.id = ids.take_for(&call.id, named);
    }
    Ok(())
}
