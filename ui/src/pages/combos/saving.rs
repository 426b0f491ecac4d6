//! Saving a combo: shown at once, sent one after the other.

use std::cell::{Cell, RefCell};

use leptos::task::spawn_local;
use switchyard_types::{CandidateBody, CandidateSpec, ComboBody, ComboView};

use crate::app::App;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;

/// What is done once the server has answered: with what it refused, if it did.
pub(super) type Then = Box<dyn FnOnce(Option<Fault>)>;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// What is to be sent next; newer wishes for the same combo replace older ones.
    static WANTED: RefCell<Vec<(ComboView, Then)>> = const { RefCell::new(Vec::new()) };
    /// What was wished last of each combo, until the server has answered that.
    static PENDING: RefCell<Vec<ComboView>> = const { RefCell::new(Vec::new()) };
}

/// A combo as it was wished last: a list that was read in between has it as it was before.
pub(super) fn as_wished(held: &ComboView) -> ComboView {
    let wished = PENDING.with_borrow(|pending| {
        let wished = pending.iter().find(|wished| wished.name == held.name);
        wished.map(|wished| (wished.candidates.clone(), wished.terms))
    });
    match wished {
        None => held.clone(),
        Some((candidates, terms)) => {
            ComboView { name: held.name.clone(), candidates, active: held.active, terms }
        }
    }
}

/// Sends no more of what was wished of a combo: it goes, or all of it is in what is sent now.
pub(super) fn forget(name: &str) {
    WANTED.with_borrow_mut(|wanted| wanted.retain(|(combo, _)| combo.name != name));
    PENDING.with_borrow_mut(|pending| pending.retain(|combo| combo.name != name));
}

/// Makes or replaces a combo.
pub(super) async fn put(name: &str, body: &ComboBody) -> Result<ComboView, Fault> {
    http::change(Method::Put, &format!("/api/combos/{}", encode(name)), body).await
}

/// Shows the combo as it shall be, and sends it.
pub(super) fn save(app: App, wanted: ComboView, then: Then) {
    forget(&wanted.name);
    PENDING.with_borrow_mut(|pending| pending.push(wanted.clone()));
    show(app, wanted.clone(), &wanted.name);
    WANTED.with_borrow_mut(|all| all.push((wanted, then)));
    if !BUSY.replace(true) {
        spawn_local(send(app));
    }
}

/// Puts a combo in the place of the one that is known by a name.
pub(super) fn show(app: App, combo: ComboView, name: &str) {
    app.combos.change(|combos| {
        if let Some(held) = combos.iter_mut().find(|held| held.name == name) {
            *held = combo;
        }
    });
}

async fn send(app: App) {
    while let Some((combo, then)) =
        WANTED.with_borrow_mut(|wanted| (!wanted.is_empty()).then(|| wanted.remove(0)))
    {
        let body = ComboBody { only_new: false, ..ComboBody::from(&combo) };
        let answer = put(&combo.name, &body).await;
        let newer =
            WANTED.with_borrow(|wanted| wanted.iter().any(|(other, _)| other.name == combo.name));
        if !newer {
            forget(&combo.name);
        }
        match answer {
            Ok(saved) => {
                if !newer {
                    show(app, saved, &combo.name);
                }
                then(None);
            }
            Err(fault) => {
                // The list may have it as the server does already: it is seen anew all the same.
                app.combos.change(|_| ());
                app.combos.reload();
                then(Some(fault));
            }
        }
    }
    BUSY.set(false);
}

/// What makes a combo of models without terms.
pub(super) fn new_body(models: Vec<String>) -> ComboBody {
    let plain = |model: String| CandidateBody::Whole(CandidateSpec::plain(model));
    ComboBody {
        candidates: models.into_iter().map(plain).collect(),
        only_new: true,
        ..ComboBody::default()
    }
}
