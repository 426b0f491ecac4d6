//! Calls towards dialects that know no pieces of a call: each goes out when its arguments are whole, in the order in
//! which calls began.

use std::collections::VecDeque;

use super::loss::Losses;
use super::request::Arguments;
use crate::scan;

/// The calls of a stream that have begun and not gone out.
#[derive(Debug, Default)]
pub(crate) struct HeldCalls(VecDeque<Open>);

#[derive(Debug)]
struct Open {
    slot: usize,
    id: String,
    name: String,
    body: String,
}

/// A call that is to go out.
pub(crate) struct HeldCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: Arguments,
}

impl Open {
    fn is_whole(&self) -> bool {
        let bare = self.body.trim();
        bare.starts_with('{') && bare.ends_with('}') && scan::is_whole(bare.as_bytes())
    }
}

impl HeldCalls {
    pub(crate) fn begin(&mut self, slot: usize, id: &str, name: &str) {
        let (id, name) = (id.to_owned(), name.to_owned());
        self.0.push_back(Open { slot, id, name, body: String::new() });
    }

    pub(crate) fn add(&mut self, slot: usize, json: &str, losses: &mut Losses) {
        match self.0.iter_mut().find(|call| call.slot == slot) {
            Some(call) => call.body.push_str(json),
            None => {
                losses.note("tool_calls: a piece came after its call's arguments were whole");
            }
        }
    }

    /// The call that goes out next, once it is whole.
    pub(crate) fn take_whole(&mut self, losses: &mut Losses) -> Option<HeldCall> {
        if self.0.front().is_some_and(Open::is_whole) { self.take(losses) } else { None }
    }

    /// The call that goes out next: at the end of the stream nothing more comes of it.
    pub(crate) fn take(&mut self, losses: &mut Losses) -> Option<HeldCall> {
        let Open { id, name, body, .. } = self.0.pop_front()?;
        let arguments = Arguments::of_text(&body);
        if matches!(arguments, Arguments::Broken(_)) {
            losses.note(format!("tool call `{name}`: its arguments are not whole JSON"));
        }
        Some(HeldCall { id, name, arguments })
    }
}
