use std::borrow::Cow;

use super::likelihood::Likelihoods;
use super::loss::Losses;
use super::proof::Proof;
use super::reply::Stop;
use super::usage::Tally;
use crate::fault::VendorFault;

/// What one step of a stream says. Usage and losses go beside it, into [`Notes`].
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// The answer begins.
    Start { id: Option<Cow<'a, str>> },
    /// How likely the tokens of the text that follows were.
    Likelihoods(Likelihoods),
    /// More of what is said.
    Text(Cow<'a, str>),
    /// More of the reasoning.
    Thinking(Cow<'a, str>),
    /// What proves the reasoning of the block that is open, or stands for all of it.
    Proof(Proof),
    /// More of a refusal.
    Refusal(Cow<'a, str>),
    /// A call begins. `slot` tells the calls of a reply apart.
    CallStart { slot: usize, id: Cow<'a, str>, name: Cow<'a, str> },
    /// More of a call's arguments.
    CallArguments { slot: usize, json: Cow<'a, str> },
    /// A block is whole: what follows stands in another.
    BlockEnd,
    /// Why the model stopped; comes once, right before the end or some time earlier.
    Stop(Stop),
    /// The vendor's terminal event.
    End,
    /// The vendor reports an error.
    Fault(VendorFault),
}

/// What gathers beside the events.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) tally: Tally,
    pub(crate) losses: Losses,
}
