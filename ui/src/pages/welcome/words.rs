//! The words of the first steps.

use crate::word::Word;

pub(crate) const TITLE: Word = word!("First steps");
pub(super) const LEAD: Word = word!(
    "From nothing to an agent that works, in about two minutes. Take the steps in any order, and skip what you like: everything here can be done later on its own page."
);
pub(super) const SKIP: Word = word!("Skip to the overview");
pub(super) const READY: Word = word!("Go to the overview");
pub(super) const DONE: Word = word!("Done");
pub(super) const TO_DO: Word = word!("To do");

pub(super) const FOUND: Word = word!("What is on this computer");
pub(super) const FOUND_TOOLS: Word = word!("Coding tools");
pub(super) const FOUND_NO_TOOL: Word =
    word!("No coding tool was found. Any program that takes an address and a key works too.");
pub(super) const FOUND_LOGINS: Word = word!("Logins that can be taken over");

pub(super) const CONNECT: Word = word!("Connect a provider");
pub(super) const CONNECT_TEXT: Word = word!(
    "Take a login from above over, or connect one of these. Your keys stay sealed on this computer."
);
pub(super) const PROVIDER: Word = word!("Provider");
pub(super) const SIGN_IN: Word = word!("Sign in");
pub(super) const ADD_KEY: Word = word!("Paste a key");
pub(super) const ADD_SERVER: Word = word!("Connect");
pub(super) const OTHER: Word = word!("Another endpoint");
pub(super) const DEMO: Word = word!(
    "No account at hand? The demo shows everything with simulated providers, apart from this server. In a terminal:"
);
pub(super) const DEMO_COMMAND: &str = "switchyard demo";
pub(super) const THE_COMMAND: Word = word!("the command");

pub(super) const ROUTE: Word = word!("Choose the order");
pub(super) const ROUTE_TEXT: Word = word!(
    "A combo says which models are tried, and in which order. The active one answers to the model name auto."
);
pub(super) const ROUTE_NONE: Word =
    word!("Connect a provider first, and the combos that can be made of it are offered here.");
pub(super) const ACTIVE: Word = word!("Active");
pub(super) const ACTIVATE: Word = word!("Use this");

pub(super) const TOOL: Word = word!("Point a tool here");
pub(super) const TOOL_TEXT: Word =
    word!("You see every change before it is written, and can put it back.");
pub(super) const TOOL_NAME: Word = word!("Tool");
pub(super) const TOOL_OTHER: Word =
    word!("Or any other program, with this address, the model auto, and a key:");
pub(super) const TOOL_DEMO: Word = word!("The demo leaves the tools of this computer alone.");
pub(super) const MAKE_KEY: Word = word!("Make a key");
pub(super) const KEY_NAME: Word = word!("First agent");

pub(super) const REQUEST: Word = word!("See a request arrive");
pub(super) const REQUEST_WAITS: Word =
    word!("Waiting. Ask your tool something, and it arrives here.");
pub(super) const REQUEST_TRACE: Word = word!("See how it was decided");
pub(super) const PLAYGROUND: Word = word!("Ask it from the playground");

pub(super) fn asked(model: &str) -> String {
    say!("A request for {model} is being answered", model)
}

pub(super) fn candidates(n: usize) -> String {
    match n {
        1 => word!("1 candidate").owned(),
        n => say!("{n} candidates", n),
    }
}
