//! What would have become of a request that could ask its first choice only.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Explanation, Place, RequestId, Unaided};

use super::words;
use crate::app::{Load, app};
use crate::browser::http;
use crate::facts::format;
use crate::facts::path::encode;
use crate::parts::time::ClockTime;

/// The section of a trace that tells it.
#[component]
pub(super) fn Without(id: RequestId) -> impl IntoView {
    let state = RwSignal::new(Load::Waiting);
    spawn_local(async move {
        let path = format!("/api/requests/{}/explain", encode(id.as_str()));
        let answer = http::get::<Explanation>(&path).await;
        let load = answer.map_or_else(Load::Failed, |told| Load::Ready(told.unaided));
        // The panel may be closed by now.
        let _ = state.try_set(load);
    });
    view! {
        <section class="without">
            <h3>{words::UNAIDED}</h3>
            {move || match state.get() {
                Load::Waiting => {
                    view! {
                        <p class="quiet" role="status" aria-label=words::UNAIDED_ASKING>
                            <span class="bone is-line"></span>
                        </p>
                    }
                        .into_any()
                }
                Load::Failed(_) => view! { <p class="quiet">{words::UNAIDED_UNKNOWN}</p> }.into_any(),
                Load::Ready(Unaided::Same) => view! { <p>{words::UNAIDED_SAME}</p> }.into_any(),
                Load::Ready(Unaided::Failed { place, reason, until, cost }) => {
                    view! {
                        <p>
                            {words::UNAIDED_FAILED.around(view! { <FirstChoice place/> }.into_any())}
                            {until
                                .map(|at| {
                                    view! { " " {words::UNAIDED_UNTIL.around(view! { <ClockTime at/> }.into_any())} }
                                })}
                        </p>
                        <blockquote class="said">{reason}</blockquote>
                        {cost
                            .map(|cost| {
                                view! { <p class="quiet">{words::instead(&format::money(cost))}</p> }
                            })}
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

#[component]
fn FirstChoice(place: Place) -> impl IntoView {
    let app = app();
    let name = app.accounts.with_untracked(|accounts| {
        let account = accounts.iter().find(|account| account.id == place.account);
        account.map(|account| account.name.clone())
    });
    view! {
        <span class="mono">{place.model.clone()}</span>
        {name.flatten().map(|name| format!(" ({name})"))}
    }
}
