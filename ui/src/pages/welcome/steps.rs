//! What stands in each step. The pieces are those of the pages where the same is done later.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    AccountView, ComboTemplate, ComboView, CreatedKey, Login, NewKey, TemplateUse, ToolView,
    ToolWay, VendorStatus, VendorView,
};

use super::words;
use crate::app::{App, Load};
use crate::browser::http::{self, Method};
use crate::facts::live::Entry;
use crate::facts::order::sort_by_key;
use crate::facts::path::{Route, encode};
use crate::facts::tools::{Group, Standing};
use crate::facts::words::{self as facts, Aspect};
use crate::pages::keys::MadeKey;
use crate::pages::overview::address::AddressBar;
use crate::pages::providers::found::FoundList;
use crate::pages::providers::sign_in::SigningIn;
use crate::pages::tools::desk::Desk;
use crate::pages::tools::list::{StandingWord, find};
use crate::pages::tools::setup::Setup;
use crate::parts::copy::CopyButton;
use crate::parts::field::SelectField;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::rows::rows;
use crate::parts::select::Entry as Choice;
use crate::parts::sending::Sending;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;

/// The coding tools of this computer.
fn here(app: App) -> Vec<ToolView> {
    let mut tools = app.tools.rows();
    tools.retain(|tool| Group::of(tool) == Group::Here);
    tools
}

/// Tools and logins that are there already.
pub(super) fn found(app: App) -> AnyView {
    let tool = |tool: ToolView| {
        let standing = Standing::of(&tool);
        let version = tool.status.version.unwrap_or_default();
        view! {
            <li class="first-row">
                <strong>{tool.name}</strong>
                <span class="tool-version num">{version}</span>
                <StandingWord standing/>
            </li>
        }
    };
    let key = |tool: &ToolView| format!("{} {:?}", tool.id, Standing::of(tool));
    let none = Memo::new(move |_| app.tools.with(|_| ()).is_some() && here(app).is_empty());
    view! {
        <h3>{words::FOUND_TOOLS}</h3>
        <ul class="first-rows">{rows(move || here(app), key, tool)}</ul>
        {move || none.get().then(|| view! { <p class="hint">{words::FOUND_NO_TOOL}</p> })}
        <h3>{words::FOUND_LOGINS}</h3>
        <FoundList close=Callback::new(|()| ())/>
    }
    .into_any()
}

/// The accounts, and the ways to another.
pub(super) fn connect(app: App) -> AnyView {
    let chosen = RwSignal::new(String::new());
    let entries = Signal::derive(move || {
        let mut vendors = app.vendors.rows();
        vendors.retain(|vendor| vendor.status != VendorStatus::Retired);
        sort_by_key(&mut vendors, |vendor| vendor.name.to_lowercase());
        vendors.into_iter().map(|vendor| (vendor.id, vendor.name)).collect::<Vec<Choice>>()
    });
    // A list has no empty line: its first vendor is the choice until another is made.
    Effect::new(move |_| {
        let first = entries.with(|entries| entries.first().map(|(id, _)| id.clone()));
        if let (true, Some(first)) = (chosen.with_untracked(String::is_empty), first) {
            chosen.set(first);
        }
    });
    let vendor = move || {
        let id = chosen.get();
        app.vendors.with(|all| all.iter().find(|one| one.id == id).cloned()).flatten()
    };
    let account = |account: AccountView| {
        view! {
            <li class="first-row">
                <Tile vendor=account.vendor/>
                <strong>{account.name}</strong>
            </li>
        }
    };
    view! {
        <ul class="first-rows">
            {rows(move || app.accounts.rows(), |account| account.id.to_string(), account)}
        </ul>
        <p>{words::CONNECT_TEXT}</p>
        <div class="first-line">
            <SelectField label=words::PROVIDER value=chosen entries id="first-provider"/>
            {move || vendor().map(|vendor| ways(app, &vendor))}
            <Link to=Route::Providers class="quiet-link">{words::OTHER}</Link>
        </div>
        <p class="hint">{words::DEMO}</p>
        <div class="copy-line">
            <code>{words::DEMO_COMMAND}</code>
            <CopyButton text=words::DEMO_COMMAND.to_owned() what=words::THE_COMMAND/>
        </div>
    }
    .into_any()
}

/// How a vendor is connected; the panels stand on every page.
fn ways(app: App, vendor: &VendorView) -> AnyView {
    let button = |word: &'static str, act: Box<dyn Fn() + Send>| {
        view! {
            <button type="button" class="button" on:click=move |_| act()>
                <Icon of=Glyph::Plus/>
                {word}
            </button>
        }
        .into_any()
    };
    let (id, own) = (vendor.id.clone(), vendor.id.clone());
    let sign_in: Box<dyn Fn() + Send> = Box::new(move || {
        app.signing_in.set(Some(SigningIn { vendor: id.clone(), account: None }));
    });
    let add: Box<dyn Fn() + Send> = Box::new(move || app.adding_key.set(Some(own.clone())));
    let adds = match vendor.login {
        Login::Key => Some(words::ADD_KEY),
        Login::None => Some(words::ADD_SERVER),
        Login::Account => None,
    };
    let signs_in = (!vendor.ways.is_empty()).then(|| button(words::SIGN_IN, sign_in));
    let adds = adds.map(|word| button(word, add));
    view! {
        {signs_in}
        {adds}
    }
    .into_any()
}

/// The combos that are there, and those that can be made of what is connected.
pub(super) fn route(app: App) -> AnyView {
    let templates = RwSignal::new(Vec::<ComboTemplate>::new());
    Effect::new(move |_| {
        // What is connected decides what can be made of it.
        app.accounts.with(|_| ());
        spawn_local(async move {
            if let Ok(all) = http::get("/api/combo-templates").await {
                let _ = templates.try_set(all);
            }
        });
    });
    let sending = Sending::new();
    let make = move |id: String| {
        let path = format!("/api/combo-templates/{}", encode(&id));
        let asked = async move {
            http::change::<ComboView>(Method::Post, &path, &TemplateUse::default()).await
        };
        sending.send(asked, move |combo| {
            app.activate(combo.name);
            app.reload_lists();
        });
    };
    let row = move |name: String, note: String, active: bool, act: Box<dyn Fn() + Send>| {
        let label = format!("{}: {name}", words::ACTIVATE);
        let tools = if active {
            view! { <span class="tag is-active">{words::ACTIVE}</span> }.into_any()
        } else {
            view! {
                <button
                    type="button"
                    class="button is-small"
                    aria-label=label
                    disabled=sending.busy
                    on:click=move |_| act()
                >
                    {words::ACTIVATE}
                </button>
            }
            .into_any()
        };
        view! {
            <li class="first-row is-offer">
                <strong>{name}</strong>
                <span>{note}</span>
                {tools}
            </li>
        }
        .into_any()
    };
    let list = move || {
        let combos = app.combos.rows();
        let made = |template: &ComboTemplate| combos.iter().any(|combo| combo.name == template.id);
        let offered: Vec<ComboTemplate> = templates
            .get()
            .into_iter()
            .filter(|template| template.ready && !made(template))
            .collect();
        if combos.is_empty() && offered.is_empty() {
            return view! { <p class="hint">{words::ROUTE_NONE}</p> }.into_any();
        }
        let combos = combos.into_iter().map(|combo| {
            let (name, note) = (combo.name.clone(), words::candidates(combo.candidates.len()));
            row(combo.name, note, combo.active, Box::new(move || app.activate(name.clone())))
        });
        let offered = offered.into_iter().map(|template| {
            let id = template.id;
            row(template.name, template.purpose, false, Box::new(move || make(id.clone())))
        });
        view! { <ul class="first-rows">{combos.chain(offered).collect_view()}</ul> }.into_any()
    };
    view! {
        <p>{words::ROUTE_TEXT}</p>
        {list}
        <FormFault fault=sending.fault/>
    }
    .into_any()
}

/// A tool's form, and what any other program needs.
pub(super) fn tool(app: App) -> AnyView {
    let chosen = RwSignal::new(String::new());
    let entries = Signal::derive(move || {
        let writers = here(app).into_iter().filter(|tool| tool.way == ToolWay::Writer);
        writers.map(|tool| (tool.id, tool.name)).collect::<Vec<Choice>>()
    });
    let shown = Memo::new(move |_| {
        let chosen = chosen.get();
        entries.with(|entries| {
            let held = entries.iter().find(|(id, _)| *id == chosen);
            held.or(entries.first()).map(|(id, _)| id.clone())
        })
    });
    Effect::new(move |_| {
        if let Some(shown) = shown.get() {
            chosen.set(shown);
        }
    });
    let form = move || {
        let first = untrack(|| find(app, &shown.get()?))?;
        let id = shown.get()?;
        let tool = Memo::new(move |_| find(app, &id).unwrap_or_else(|| first.clone()));
        let standing = Memo::new(move |_| tool.with(Standing::of));
        let desk = Desk::new(app, tool);
        Some(view! {
            <StandingWord standing/>
            <Setup desk/>
        })
    };
    let made = RwSignal::new(None::<CreatedKey>);
    let sending = Sending::new();
    let make = move |_| {
        let new = NewKey::named(words::KEY_NAME);
        let asked = async move { http::change(Method::Post, "/api/keys", &new).await };
        sending.send(asked, move |created: CreatedKey| {
            app.keys.reload();
            let _ = made.try_set(Some(created));
        });
    };
    let demo = Memo::new(move |_| app.tools.state.with(|state| matches!(state, Load::Failed(_))));
    let any = Memo::new(move |_| shown.with(Option::is_some));
    view! {
        <p>{move || if demo.get() { words::TOOL_DEMO } else { words::TOOL_TEXT }}</p>
        {move || {
            any.get()
                .then(|| {
                    view! {
                        <SelectField label=words::TOOL_NAME value=chosen entries id="first-tool"/>
                        {form}
                    }
                })
        }}
        <p>{words::TOOL_OTHER}</p>
        <AddressBar/>
        <div>
            <button type="button" class="button" disabled=sending.busy on:click=make>
                <Icon of=Glyph::Keys/>
                {words::MAKE_KEY}
            </button>
        </div>
        <FormFault fault=sending.fault/>
        {move || made.get().map(|created| view! { <MadeKey created made/> })}
    }
    .into_any()
}

/// Waits for a request, and shows the newest as it goes.
pub(super) fn request(app: App) -> AnyView {
    let newest = Memo::new(move |_| app.live.with(|live| live.rows().first().cloned()));
    let shown = move || {
        let Some(entry) = newest.get() else {
            return view! {
                <SignalWord aspect=Aspect::Running word=words::REQUEST_WAITS.to_owned()/>
            }
            .into_any();
        };
        let to = Route::Glance(entry.id().clone());
        let (aspect, word, by) = match entry {
            Entry::Running(running) => (Aspect::Running, words::asked(&running.model), None),
            Entry::Done(done) => {
                let (word, aspect) = facts::outcome(done.outcome);
                (aspect, word.to_owned(), done.served_by.clone())
            }
        };
        let by = by.map(|by| {
            view! {
                <Tile vendor=by.vendor/>
                <span class="mono">{by.model}</span>
            }
        });
        view! {
            <p class="first-row">
                <SignalWord aspect word/>
                {by}
                <Link to class="quiet-link">{words::REQUEST_TRACE}</Link>
            </p>
        }
        .into_any()
    };
    view! {
        <div role="status">{shown}</div>
        <Link to=Route::Playground class="quiet-link">{words::PLAYGROUND}</Link>
    }
    .into_any()
}
