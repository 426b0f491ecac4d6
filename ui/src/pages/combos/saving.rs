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
}

/// Makes or replaces a combo.
pub(super) async fn put(name: &str, body: &ComboBody) -> Result<ComboView, Fault> {
    http::change(Method::Put, &format!("/api/combos/{}", encode(name)), body).await
}

/// Shows the combo as it shall be, and sends it.
pub(super) fn save(app: App, wanted: ComboView, then: Then) {
    show(app, wanted.clone(), &wanted.name);
    WANTED.with_borrow_mut(|all| {
        all.retain(|(other, _)| other.name != wanted.name);
        all.push((wanted, then));
    });
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
        match answer {
            Ok(saved) => {
                if !newer {
                    show(app, saved, &combo.name);
                }
                then(None);
            }
            Err(fault) => {
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
