//! Saving the order of a combo: shown at once, sent one after the other.

use std::cell::{Cell, RefCell};

use leptos::task::spawn_local;
use switchyard_types::{CandidateState, CandidateView, ComboBody, ComboView};

use crate::app::App;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// What is to be sent next; a newer order of the same combo replaces an older one.
    static WANTED: RefCell<Vec<(String, Vec<String>)>> = const { RefCell::new(Vec::new()) };
}

/// Makes or replaces a combo.
pub(super) async fn put(name: &str, body: &ComboBody) -> Result<ComboView, Fault> {
    http::change(Method::Put, &format!("/api/combos/{}", encode(name)), body).await
}

/// Shows these candidates now and sends them.
pub(super) fn save(app: App, name: &str, candidates: Vec<String>) {
    app.combos.change(|combos| {
        if let Some(combo) = combos.iter_mut().find(|combo| combo.name == name) {
            combo.candidates = rearranged(&combo.candidates, &candidates);
        }
    });
    WANTED.with_borrow_mut(|wanted| {
        wanted.retain(|(other, _)| other != name);
        wanted.push((name.to_owned(), candidates));
    });
    if !BUSY.replace(true) {
        spawn_local(send(app));
    }
}

async fn send(app: App) {
    while let Some((name, candidates)) =
        WANTED.with_borrow_mut(|wanted| (!wanted.is_empty()).then(|| wanted.remove(0)))
    {
        let answer = put(&name, &body_of(candidates)).await;
        let newer = WANTED.with_borrow(|wanted| wanted.iter().any(|(other, _)| *other == name));
        match answer {
            Ok(saved) if !newer => app.combos.change(|combos| {
                if let Some(combo) = combos.iter_mut().find(|combo| combo.name == name) {
                    *combo = saved;
                }
            }),
            Ok(_) => {}
            Err(fault) => {
                app.fault(&fault);
                app.combos.reload();
            }
        }
    }
    BUSY.set(false);
}

/// A body that changes the candidates alone: the terms that they and the combo have stay.
pub(super) fn body_of(candidates: Vec<String>) -> ComboBody {
    let candidates = candidates.into_iter().map(Into::into).collect();
    ComboBody { candidates, ..ComboBody::default() }
}

/// The new order with the states that are known; the server's answer brings the others.
fn rearranged(held: &[CandidateView], models: &[String]) -> Vec<CandidateView> {
    models
        .iter()
        .map(|model| {
            held.iter().find(|one| one.model == *model).cloned().unwrap_or_else(|| CandidateView {
                model: model.clone(),
                vendor: None,
                state: CandidateState::Unknown,
                spec: None,
            })
        })
        .collect()
}
