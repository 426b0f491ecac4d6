//! What stands in place of the pages when the server does not know this browser.

use leptos::prelude::*;

use switchyard_types::{Secret, SignIn as Shown, SignInWays};

use crate::browser::http::{self, Fault, Method};
use crate::parts::copy::CopyButton;
use crate::parts::field::SecretField;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::shell::Sign;

mod words {
    use crate::word::Word;

    pub(super) const TITLE: Word = word!("Sign in from this computer");
    pub(super) const WHY: Word = word!(
        "This dashboard can see and change your accounts, so a browser needs a link that works once, or the password that you have set."
    );
    pub(super) const PASSWORD: Word = word!("Password");
    pub(super) const PASSWORD_HINT: Word =
        word!("Forgotten? `switchyard password` sets another, on the computer where this runs.");
    pub(super) const ENTER: Word = word!("Sign in");
    pub(super) const TRAY: Word = word!("Open it from the tray");
    pub(super) const TRAY_TEXT: Word =
        word!("Click the Switchyard icon in the menu bar or tray and choose “Open dashboard”.");
    pub(super) const TERMINAL: Word = word!("Or ask for a link in a terminal");
    pub(super) const COMMAND: &str = "switchyard link";
    pub(super) const TERMINAL_TEXT: Word = word!(
        "It prints an address that signs this browser in, once and for a few minutes. On a server, run it there."
    );
    pub(super) const AGAIN: Word = word!("I have opened the link: try again");
    pub(super) const THE_COMMAND: Word = word!("the command");
}

fn reload() {
    if let Err(error) = window().location().reload() {
        web_sys::console::warn_1(&error);
    }
}

/// How to get in.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let password = RwSignal::new(false);
    leptos::task::spawn_local(async move {
        if let Ok(ways) = http::get::<SignInWays>("/api/sign-in").await {
            password.set(ways.password);
        }
    });
    view! {
        <main class="sign-in">
            <div class="sign-in-box">
                <Sign/>
                <h1>{words::TITLE}</h1>
                <p class="sign-in-why">{words::WHY}</p>
                {move || password.get().then(|| view! { <PasswordForm/> })}
                <ol class="ways">
                    <li>
                        <h2>{words::TRAY}</h2>
                        <p>{words::TRAY_TEXT}</p>
                    </li>
                    <li>
                        <h2>{words::TERMINAL}</h2>
                        <div class="copy-line">
                            <code>{words::COMMAND}</code>
                            <CopyButton text=words::COMMAND what=words::THE_COMMAND/>
                        </div>
                        <p>{words::TERMINAL_TEXT}</p>
                    </li>
                </ol>
                <button type="button" class="button" on:click=move |_| reload()>
                    <Icon of=Glyph::Refresh/>
                    {words::AGAIN}
                </button>
            </div>
        </main>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let fault: RwSignal<Option<Fault>> = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let shown = Shown { password: Secret::new(typed.get_untracked()) };
        leptos::task::spawn_local(async move {
            match http::command(Method::Post, "/api/sign-in", &shown).await {
                Ok(()) => reload(),
                Err(refused) => fault.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    view! {
        <form class="sign-in-form" on:submit=submit>
            <SecretField
                label=words::PASSWORD
                value=typed
                id="password"
                hint=Signal::stored(words::PASSWORD_HINT.owned())
            />
            <FormFault fault/>
            <button type="submit" class="button is-primary" disabled=move || busy.get()>
                {words::ENTER}
            </button>
        </form>
    }
}
