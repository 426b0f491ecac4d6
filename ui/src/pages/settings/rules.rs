//! What keys and paths may ask for, and what answers them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Rule, RuleOf};

use super::panel::{Panel, limit_tools};
use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::order::sort_by;
use crate::facts::path::{Route, encode};
use crate::pages::limits::rule::{RuleFields, RuleForm};
use crate::pages::limits::words as limits;
use crate::parts::copy::CopyButton;
use crate::parts::dialog::Confirm;
use crate::parts::field::TextField;
use crate::parts::form::FormPanel;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::sending::Sending;

/// What the panel is open for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Editing {
    NewPath,
    Old(Box<Rule>),
}

fn path(of: &RuleOf) -> String {
    match of {
        RuleOf::Client { key } => format!("/api/rules/keys/{}", encode(key.as_str())),
        RuleOf::Path { name } => format!("/api/rules/paths/{}", encode(name)),
    }
}

/// Whose requests a rule is for, for people.
fn whose(app: App, of: &RuleOf) -> String {
    match of {
        RuleOf::Client { key } => limits::key_of(app, key.as_str()),
        RuleOf::Path { name } => format!("/k/{name}"),
    }
}

/// The section.
#[component]
pub(super) fn Rules() -> impl IntoView {
    let app = app();
    app.rules.want();
    let editing = RwSignal::new(None::<Editing>);
    let retry = Callback::new(move |()| app.rules.retry());
    let keys = view! { <Link to=Route::Keys class="quiet-link">{words::AT_KEYS}</Link> };
    let hint = words::RULES_TEXT.around(keys.into_any());
    let tool = view! {
                <button type="button" class="button is-small" on:click=move |_| editing.set(Some(Editing::NewPath))>
                    <Icon of=Glyph::Plus/>
                    {words::ADD_PATH}
                </button>
    }
    .into_any();
    view! {
        <Panel title=words::RULES hint=hint tool>
            <Gate state=app.rules.state retry rows=2>
                <List editing/>
            </Gate>
        </Panel>
        {move || editing.get().map(|of| view! { <Editor of editing/> })}
    }
}

#[component]
fn List(editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    move || {
        let mut rules = app.rules.rows();
        if rules.is_empty() {
            return view! {
                <Blank glyph=Glyph::Combos title=words::NO_RULES text=words::NO_RULES_TEXT/>
            }
            .into_any();
        }
        sort_by(&mut rules, |a, b| a.of.cmp(&b.of));
        let rows = rules.into_iter().map(|rule| view! { <Row rule editing/> }).collect_view();
        view! { <ul class="limit-list">{rows}</ul> }.into_any()
    }
}

fn remove(app: App, of: RuleOf) {
    spawn_local(async move {
        match http::delete(&path(&of)).await {
            Ok(()) => {
                app.notices.done(words::rule_removed(&untrack(|| whose(app, &of))));
                app.rules.change(|rules| rules.retain(|held| held.of != of));
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

#[component]
fn Row(rule: Rule, editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let name = whose(app, &rule.of);
    let says = limits::rule(&rule.body());
    let base = match &rule.of {
        RuleOf::Path { name } => {
            app.status.with(|status| format!("{}/k/{name}/v1", status.address))
        }
        RuleOf::Client { .. } => None,
    };
    let of = rule.of.clone();
    let shown = name.clone();
    let change = Callback::new(move |()| editing.set(Some(Editing::Old(Box::new(rule.clone())))));
    let tools = limit_tools(&name, change, asking);
    let question = move || {
        let of = of.clone();
        let (title, text) = (words::remove_rule_title(&name), words::remove_rule_text(&of));
        let confirm = Callback::new(move |()| remove(app, of.clone()));
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::REMOVE confirm close/> }
    };
    view! {
        <li class="limit">
            <div class="limit-line">
                <strong class="limit-name" title=shown.clone()>{shown.clone()}</strong>
                <span class="limit-tools">
                    {tools}
                </span>
            </div>
            <p class="limit-note">{says}</p>
            {base
                .map(|base| {
                    view! {
                        <p class="limit-note fact-copy">
                            <span class="mono">{base.clone()}</span>
                            <CopyButton text=base what=words::THE_ADDRESS/>
                        </p>
                    }
                })}
            {move || asking.get().then(question.clone())}
        </li>
    }
}

#[component]
fn Editor(of: Editing, editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| editing.set(None));
    let rule = match of {
        Editing::NewPath => None,
        Editing::Old(rule) => Some(*rule),
    };
    let name = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let fields = RuleFields::of(&rule.as_ref().map(Rule::body).unwrap_or_default());
    let sending = Sending::new();
    let title = match &rule {
        Some(rule) => words::change_of(&untrack(|| whose(app, &rule.of))),
        None => words::ADD_PATH.owned(),
    };
    let old = rule.map(|rule| rule.of);
    let is_new = old.is_none();
    let save = Callback::new(move |()| {
        let typed = name.get_untracked().trim().to_owned();
        let of = old.clone().unwrap_or(RuleOf::Path { name: typed.clone() });
        let taken =
            app.rules.with_untracked(|rules| rules.iter().any(|held| held.of == of)) == Some(true);
        wrong.set(match (is_new, typed.is_empty(), taken) {
            (true, true, _) => Some(words::PATH_MISSING.owned()),
            (true, false, true) => Some(words::PATH_TAKEN.owned()),
            (true, false, false) | (false, _, _) => None,
        });
        let Some(body) = fields.read() else { return };
        if wrong.with_untracked(Option::is_some) {
            return;
        }
        let asked = async move { http::change::<Rule>(Method::Put, &path(&of), &body).await };
        sending.send(asked, move |_| {
            app.notices.done(words::SAVED.text());
            app.rules.reload();
            close.try_run(());
        });
    });
    view! {
        <FormPanel title close save sending action=words::SAVE>
                    {is_new
                        .then(|| {
                            view! {
                                <TextField
                                    label=words::PATH
                                    value=name
                                    id="rule-path"
                                    hint=words::PATH_HINT
                                    autofocus=true
                                    wrong=wrong
                                />
                            }
                        })}
                    <RuleForm fields/>
        </FormPanel>
    }
}
