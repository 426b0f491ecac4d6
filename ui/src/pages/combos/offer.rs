//! A combo that a link offers: all of it is shown, and nothing is changed before the user says so.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    CandidateSpec, ComboBody, ComboOffer, ErrorCode, FollowedLink, LinkView, Secret, SharedLink,
};

use super::saving::put;
use super::terms::{line_of, said};
use super::words;
use crate::app::{Load, app};
use crate::browser::clipboard;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::{Route, encode};
use crate::parts::dialog::{Dialog, Stand};
use crate::parts::gate::{FormFault, Gate};
use crate::parts::words::CANCEL;
use crate::word::Word;

/// The question.
#[component]
pub(super) fn Offer(link: String) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| app.address.replace(Route::Combos(None)));
    let state = RwSignal::new(Load::<ComboOffer>::Waiting);
    let read = move || {
        let followed = FollowedLink { link: Secret::new(link.clone()) };
        spawn_local(async move {
            let answer = http::change::<LinkView>(Method::Post, "/api/open", &followed).await;
            let offer = match answer {
                Ok(LinkView::Combo { offer }) => Load::Ready(offer),
                Ok(LinkView::Login { .. }) => {
                    app.notices.done(words::OFFER_IS_LOGIN.text());
                    close.run(());
                    return;
                }
                Err(fault) => Load::Failed(fault),
            };
            let _ = state.try_set(offer);
        });
    };
    read();
    let again = Callback::new(move |()| read());
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        again.run(());
    });
    let fault = RwSignal::new(None::<Fault>);
    let shown = move || {
        let offer = state.with(|state| state.ready().cloned());
        offer.map(|offer| view! { <Offered offer fault again close/> })
    };
    view! {
        <Dialog stand=Stand::Middle label=words::OFFER_TITLE close>
            <div class="confirm">
                <h2>{words::OFFER_TITLE}</h2>
                <p>{words::OFFER_TEXT}</p>
                <Gate state retry rows=3>
                    {shown}
                </Gate>
                {move || {
                    state
                        .with(|state| state.ready().is_none())
                        .then(|| {
                            view! {
                                <div class="confirm-actions">
                                    <button type="button" class="button" on:click=move |_| close.run(())>
                                        {CANCEL}
                                    </button>
                                </div>
                            }
                        })
                }}
            </div>
        </Dialog>
    }
}

#[component]
fn Offered(
    offer: ComboOffer,
    /// Why the last try failed.
    fault: RwSignal<Option<Fault>>,
    /// Reads the offer again: its name may have been taken meanwhile.
    again: Callback<()>,
    close: Callback<()>,
) -> impl IntoView {
    let app = app();
    let busy = RwSignal::new(false);
    if let Some(problem) = &offer.problem {
        fault.set(Some(Fault::Refused(problem.clone())));
    }
    let refused = offer.problem.is_some();
    let name = offer.name.clone();
    let renamed =
        offer.shared_as.as_ref().map(|shared_as| words::offer_renamed(shared_as, &offer.name));
    let strategy = offer.terms.strategy;
    let row = |spec: &CandidateSpec| {
        let (model, line) = (spec.model.clone(), line_of(app, spec, strategy));
        view! {
            <li>
                <span class="mono" title=model.clone()>{model.clone()}</span>
                {(!line.is_empty()).then(|| view! { <p class="hint">{line}</p> })}
            </li>
        }
    };
    let rows = untrack(|| offer.candidates.iter().map(row).collect_view());
    let term = |(of, name, text): (Word, String, Word)| {
        view! {
            <div class="fact">
                <dt>{of}</dt>
                <dd>
                    {name}
                    <p class="hint">{text}</p>
                </dd>
            </div>
        }
    };
    let terms = said(offer.terms).into_iter().map(term).collect_view();
    let offer = StoredValue::new(offer);
    let add = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let offer = offer.get_value();
        spawn_local(async move {
            let name = offer.name.clone();
            let answer = put(&name, &ComboBody::from(offer)).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(combo) => {
                    app.combos.change(|combos| combos.push(combo));
                    app.reload_lists();
                    app.address.replace(Route::Combos(Some(name)));
                }
                Err(problem) if problem.is_sign_in() => app.fault(&problem),
                Err(problem) => {
                    let taken = problem.code() == Some(ErrorCode::Conflict);
                    let _ = fault.try_set(Some(problem));
                    if taken {
                        again.try_run(());
                    }
                }
            }
        });
    };
    view! {
        <p class="combo-offer-name mono">{name}</p>
        {renamed.map(|text| view! { <p class="hint">{text}</p> })}
        <dl class="facts">{terms}</dl>
        <ol class="picked">{rows}</ol>
        <FormFault fault/>
        <div class="confirm-actions">
            <button type="button" class="button" autofocus on:click=move |_| close.run(())>
                {CANCEL}
            </button>
            <button
                type="button"
                class="button is-primary"
                disabled=move || refused || busy.get()
                on:click=add
            >
                {words::OFFER_ADD}
            </button>
        </div>
    }
}

/// Copies the link that offers a combo to others.
#[component]
pub(super) fn CopyLink(name: String) -> impl IntoView {
    let app = app();
    let copy = move |_| {
        let path = format!("/api/combos/{}/link", encode(&name));
        spawn_local(async move {
            match http::get::<SharedLink>(&path).await {
                Ok(shared) if clipboard::copy(&shared.link).await => {
                    app.notices.done(words::LINK_COPIED.text());
                }
                Ok(_) => app.notices.done(words::LINK_NOT_COPIED.text()),
                Err(fault) => app.fault(&fault),
            }
        });
    };
    view! {
        <button type="button" class="button is-small" on:click=copy>
            {words::COPY_LINK}
        </button>
    }
}
