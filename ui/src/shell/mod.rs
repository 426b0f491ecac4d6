//! The frame around the pages: navigation, connection, palette, shortcuts.

mod inbox;
mod palette;
mod shortcuts;
pub(crate) mod words;

use leptos::prelude::*;
use switchyard_types::Paused;

use crate::app::{App, Link as Connection, Overlay, Session, app};
use crate::browser::{events, host};
use crate::facts::path::{Place, Route};
use crate::pages;
use crate::parts::gate::Blank;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::notices::NoticeBoard;
use crate::parts::time::ClockTime;

use self::inbox::{Bell, Inbox};
use self::palette::Palette;
use self::shortcuts::ShortcutList;
use crate::browser::theme::Theme;

const PLACES: [(Place, Glyph); 10] = [
    (Place::Overview, Glyph::Yard),
    (Place::Requests, Glyph::Requests),
    (Place::Usage, Glyph::Usage),
    (Place::Quota, Glyph::Quota),
    (Place::Providers, Glyph::Providers),
    (Place::Combos, Glyph::Combos),
    (Place::Tools, Glyph::Tools),
    (Place::Keys, Glyph::Keys),
    (Place::Playground, Glyph::Talk),
    (Place::Settings, Glyph::Settings),
];

/// Everything on the page.
#[component]
pub(crate) fn Shell() -> impl IntoView {
    let app = App::start();
    provide_context(app);
    shortcuts::listen(app);
    Effect::new(move |_| {
        let page = match app.address.route().place() {
            Some(place) => words::place(place),
            None => words::MISSING,
        };
        document().set_title(&format!("{} · {}", page.text(), words::NAME.text()));
    });
    view! {
        {move || match app.session.get() {
            Session::SignInNeeded => view! { <pages::sign_in::SignIn/> }.into_any(),
            Session::Open => view! { <Frame/> }.into_any(),
        }}
        <NoticeBoard notices=app.notices/>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let app = app();
    let place = Memo::new(move |_| app.address.route().place());
    pages::welcome::show_when_new(app);
    view! {
        <a class="skip" href="#page">{words::SKIP}</a>
        <div class="shell">
            <Side place/>
            <main class="main" id="page" tabindex="-1">
                <DownBanner/>
                <SafeBanner/>
                <PauseBand/>
                {move || match place.get() {
                    Some(Place::Overview) => view! { <pages::overview::Overview/> }.into_any(),
                    Some(Place::Requests) => view! { <pages::requests::Requests/> }.into_any(),
                    Some(Place::Usage) => view! { <pages::usage::UsagePage/> }.into_any(),
                    Some(Place::Quota) => view! { <pages::quota::Quota/> }.into_any(),
                    Some(Place::Providers) => view! { <pages::providers::Providers/> }.into_any(),
                    Some(Place::Combos) => view! { <pages::combos::Combos/> }.into_any(),
                    Some(Place::Tools) => view! { <pages::tools::Tools/> }.into_any(),
                    Some(Place::Keys) => view! { <pages::keys::Keys/> }.into_any(),
                    Some(Place::Playground) => view! { <pages::playground::Playground/> }.into_any(),
                    Some(Place::Welcome) => view! { <pages::welcome::Welcome/> }.into_any(),
                    Some(Place::Settings) => view! { <pages::settings::Settings/> }.into_any(),
                    None => view! { <Missing/> }.into_any(),
                }}
            </main>
        </div>
        {move || match app.overlay.get() {
            Some(Overlay::Palette) => view! { <Palette/> }.into_any(),
            Some(Overlay::Shortcuts) => view! { <ShortcutList/> }.into_any(),
            Some(Overlay::Inbox) => view! { <Inbox/> }.into_any(),
            None => ().into_any(),
        }}
        <pages::providers::add_key::AddKeyPanel/>
        <pages::providers::sign_in::SignInPanel/>
        {move || {
            let made = app.made_key;
            made.get().map(|created| view! { <pages::keys::MadeKey created made/> })
        }}
    }
}

/// The database cannot be used: what is wrong and what helps, for as long as it is so.
#[component]
fn SafeBanner() -> impl IntoView {
    let app = app();
    let safe = Memo::new(move |_| app.status.with(|status| status.safe_mode.clone()).flatten());
    move || {
        safe.get().map(|safe| {
            view! {
                <div class="callout is-stop" role="alert">
                    <Icon of=Glyph::Alert/>
                    <div>
                        <strong>{words::SAFE_MODE}</strong>
                        <p>{safe.message}</p>
                        {safe.hint.map(|hint| view! { <p>{hint}</p> })}
                    </div>
                </div>
            }
        })
    }
}

/// Routing is paused: since when, and the way on.
#[component]
fn PauseBand() -> impl IntoView {
    let app = app();
    // An older server says that it is, not since when.
    let paused = Memo::new(move |_| {
        app.status.with(|status| status.paused.then_some(status.paused_since)).flatten()
    });
    move || {
        paused.get().map(|since| {
            view! {
                <div class="pause-band is-caution" role="status">
                    <Icon of=Glyph::Pause/>
                    <p>
                        <strong>
                            {match since {
                                Some(at) => {
                                    words::PAUSED_SINCE.around(view! { <ClockTime at/> }.into_any())
                                }
                                None => words::PAUSED.into_any(),
                            }}
                        </strong>
                        " "
                        {words::PAUSED_TEXT}
                    </p>
                    <button
                        type="button"
                        class="button is-small"
                        on:click=move |_| app.pause(Paused { paused: false })
                    >
                        <Icon of=Glyph::Play/>
                        {words::RESUME}
                    </button>
                </div>
            }
        })
    }
}

#[component]
fn Side(place: Memo<Option<Place>>) -> impl IntoView {
    let app = app();
    // Where the pages are pushed along, the one that is open is in sight.
    Effect::new(move |_| {
        place.track();
        request_animation_frame(show_lit);
    });
    let entry = move |(to, glyph): (Place, Glyph)| {
        let lit = move || place.get() == Some(to);
        view! {
            <li class:is-lit=lit>
                <Link to=to.route() class="nav-link" title=words::place(to)>
                    <Icon of=glyph/>
                    <span>{words::place(to)}</span>
                </Link>
            </li>
        }
    };
    view! {
        <div class="side">
            <div class="brand">
                <Sign/>
                <span class="brand-name">{words::NAME}</span>
                {move || {
                    app.status
                        .with(|status| status.demo)
                        .unwrap_or_default()
                        .then(|| view! { <span class="tag" title=words::DEMO_TITLE>{words::DEMO}</span> })
                }}
            </div>
            <button
                type="button"
                class="find"
                title=words::FIND
                on:click=move |_| app.overlay.set(Some(Overlay::Palette))
            >
                <Icon of=Glyph::Search/>
                <span>{words::FIND}</span>
                <kbd aria-hidden="true">{palette::shortcut()}</kbd>
            </button>
            <nav aria-label=words::NAVIGATION>
                <ul class="nav">{PLACES.map(entry).collect_view()}</ul>
            </nav>
            <div class="side-foot">
                <ConnectionWord/>
                <div class="side-tools">
                    <Bell/>
                    <ThemeButton/>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=words::HELP
                        title=words::HELP
                        on:click=move |_| app.overlay.set(Some(Overlay::Shortcuts))
                    >
                        <Icon of=Glyph::Help/>
                    </button>
                    {(!host::is_window())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="icon-button"
                                    aria-label=words::SIGN_OUT
                                    title=words::SIGN_OUT
                                    on:click=move |_| app.sign_out()
                                >
                                    <Icon of=Glyph::SignOut/>
                                </button>
                            }
                        })}
                </div>
            </div>
        </div>
    }
}

fn show_lit() {
    let find = |what| document().query_selector(what).ok().flatten();
    if let (Some(nav), Some(lit)) = (find(".side > nav"), find(".nav > .is-lit")) {
        let (nav_at, lit_at) = (nav.get_bounding_client_rect(), lit.get_bounding_client_rect());
        let middle = |at: &web_sys::DomRect| at.left() + at.width() / 2.0;
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a narrow window")]
        let over = (middle(&lit_at) - middle(&nav_at)) as i32;
        nav.set_scroll_left(nav.scroll_left() + over);
    }
}

/// Two rails and a set of points.
#[component]
pub(crate) fn Sign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path class="sign-rail" d="M2 6h16"></path>
            <path class="sign-points" d="M2 6h2.5l6 8H18"></path>
        </svg>
    }
}

#[component]
fn ConnectionWord() -> impl IntoView {
    let app = app();
    let version = move || app.status.with(|status| status.version.clone());
    view! {
        <div class="connection" class:is-live=move || app.link.get() == Connection::Live>
            <span class="connection-dot" aria-hidden="true"></span>
            <span>
                {move || match app.link.get() {
                    Connection::Live => words::LIVE,
                    Connection::Opening => words::OPENING,
                    Connection::Down(_) => words::DOWN,
                }}
            </span>
            <span class="version num">{version}</span>
        </div>
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let theme = app().theme;
    let word = move || words::theme(theme.get()).text();
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=word
            title=word
            on:click=move |_| next_theme(theme)
        >
            {move || {
                let glyph = match theme.get() {
                    Theme::System => Glyph::System,
                    Theme::Light => Glyph::Sun,
                    Theme::Dark => Glyph::Moon,
                };
                view! { <Icon of=glyph/> }
            }}
        </button>
    }
}

fn next_theme(theme: RwSignal<Theme>) {
    theme.update(|theme| {
        *theme = theme.next();
        theme.apply();
    });
}

/// Says that what is shown may be old. It floats, so that nothing jumps when it comes and goes.
#[component]
fn DownBanner() -> impl IntoView {
    let app = app();
    move || match app.link.get() {
        Connection::Opening | Connection::Live => ().into_any(),
        Connection::Down(since) => {
            let known = app.status.with_untracked(|_| ()).is_some();
            let text = if known {
                words::down_since(&app.clock.time_of(since))
            } else {
                words::NEVER_UP.owned()
            };
            view! {
                <div class="banner" role="status">
                    <Icon of=Glyph::Alert/>
                    <span>{text}</span>
                    <button type="button" class="button is-small" on:click=move |_| events::wake()>
                        {words::TRY_NOW}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <div class="page">
            <Blank glyph=Glyph::Combos title=words::MISSING text=words::MISSING_TEXT>
                <Link to=Route::Overview class="button">{words::TO_OVERVIEW}</Link>
            </Blank>
        </div>
    }
}
