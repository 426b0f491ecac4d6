//! The words of the first steps.

pub(crate) const TITLE: &str = "First steps";
pub(super) const LEAD: &str = "From nothing to an agent that works, in about two minutes. Take the steps in any order, and skip what you like: everything here can be done later on its own page.";
pub(super) const SKIP: &str = "Skip to the overview";
pub(super) const READY: &str = "Go to the overview";
pub(super) const DONE: &str = "Done";
pub(super) const TO_DO: &str = "To do";

pub(super) const FOUND: &str = "What is on this computer";
pub(super) const FOUND_TOOLS: &str = "Coding tools";
pub(super) const FOUND_NO_TOOL: &str =
    "No coding tool was found. Any program that takes an address and a key works too.";
pub(super) const FOUND_LOGINS: &str = "Logins that can be taken over";

pub(super) const CONNECT: &str = "Connect a provider";
pub(super) const CONNECT_TEXT: &str = "Take a login from above over, or connect one of these. Your keys stay sealed on this computer.";
pub(super) const PROVIDER: &str = "Provider";
pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const ADD_KEY: &str = "Paste a key";
pub(super) const ADD_SERVER: &str = "Connect";
pub(super) const OTHER: &str = "Another endpoint";
pub(super) const DEMO: &str = "No account at hand? The demo shows everything with simulated providers, apart from this server. In a terminal:";
pub(super) const DEMO_COMMAND: &str = "switchyard demo";
pub(super) const THE_COMMAND: &str = "the command";

pub(super) const ROUTE: &str = "Choose the order";
pub(super) const ROUTE_TEXT: &str = "A combo says which models are tried, and in which order. The active one answers to the model name auto.";
pub(super) const ROUTE_NONE: &str =
    "Connect a provider first, and the combos that can be made of it are offered here.";
pub(super) const ACTIVE: &str = "Active";
pub(super) const ACTIVATE: &str = "Use this";

pub(super) const TOOL: &str = "Point a tool here";
pub(super) const TOOL_TEXT: &str =
    "You see every change before it is written, and can put it back.";
pub(super) const TOOL_NAME: &str = "Tool";
pub(super) const TOOL_OTHER: &str =
    "Or any other program, with this address, the model auto, and a key:";
pub(super) const TOOL_DEMO: &str = "The demo leaves the tools of this computer alone.";
pub(super) const MAKE_KEY: &str = "Make a key";
pub(super) const KEY_NAME: &str = "First agent";

pub(super) const REQUEST: &str = "See the first request";
pub(super) const REQUEST_WAITS: &str = "Waiting. Ask your tool something, and it arrives here.";
pub(super) const REQUEST_TRACE: &str = "See how it was decided";
pub(super) const PLAYGROUND: &str = "Ask it from the playground";

pub(super) fn asked(model: &str) -> String {
    format!("A request for {model} is being answered")
}

pub(super) fn candidates(n: usize) -> String {
    match n {
        1 => "1 candidate".to_owned(),
        n => format!("{n} candidates"),
    }
}
