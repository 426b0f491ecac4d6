//! What stands in place of the pages when the server does not know this browser.

use leptos::prelude::*;

use crate::parts::copy::CopyButton;
use crate::parts::icon::{Glyph, Icon};
use crate::shell::Sign;

mod words {
    pub(super) const TITLE: &str = "Sign in from this computer";
    pub(super) const WHY: &str = "This dashboard can see and change your accounts, so a browser needs a link that works once. There is no password.";
    pub(super) const TRAY: &str = "Open it from the tray";
    pub(super) const TRAY_TEXT: &str =
        "Click the Switchyard icon in the menu bar or tray and choose “Open dashboard”.";
    pub(super) const TERMINAL: &str = "Or ask for a link in a terminal";
    pub(super) const COMMAND: &str = "switchyard link";
    pub(super) const TERMINAL_TEXT: &str = "It prints an address that signs this browser in, once and for a few minutes. On a server, run it there.";
    pub(super) const AGAIN: &str = "I have opened the link: try again";
    pub(super) const THE_COMMAND: &str = "the command";
}

/// How to get in.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let reload = move |_| {
        if let Err(error) = window().location().reload() {
            web_sys::console::warn_1(&error);
        }
    };
    view! {
        <main class="sign-in">
            <div class="sign-in-box">
                <Sign/>
                <h1>{words::TITLE}</h1>
                <p class="sign-in-why">{words::WHY}</p>
                <ol class="ways">
                    <li>
                        <h2>{words::TRAY}</h2>
                        <p>{words::TRAY_TEXT}</p>
                    </li>
                    <li>
                        <h2>{words::TERMINAL}</h2>
                        <div class="copy-line">
                            <code>{words::COMMAND}</code>
                            <CopyButton text=words::COMMAND.to_owned() what=words::THE_COMMAND/>
                        </div>
                        <p>{words::TERMINAL_TEXT}</p>
                    </li>
                </ol>
                <button type="button" class="button is-primary" on:click=reload>
                    <Icon of=Glyph::Refresh/>
                    {words::AGAIN}
                </button>
            </div>
        </main>
    }
}
