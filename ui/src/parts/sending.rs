//! A form on its way to the server.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::{App, app};
use crate::browser::http::Fault;

/// What a form does with its answer.
type Then = Box<dyn FnOnce()>;

/// Whether a form is under way, and why it was refused last. What was typed stays in the form.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    app: App,
    pub(crate) busy: RwSignal<bool>,
    pub(crate) fault: RwSignal<Option<Fault>>,
}

impl Sending {
    /// For a component that is being made.
    pub(crate) fn new() -> Self {
        Self { app: app(), busy: RwSignal::new(false), fault: RwSignal::new(None) }
    }

    /// Asks the server, unless it is being asked. The component may be gone when the answer is here.
    pub(crate) fn send<T: 'static>(
        self,
        asked: impl Future<Output = Result<T, Fault>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.run(Box::pin(async move {
            let value = asked.await?;
            Ok(Box::new(move || then(value)) as Then)
        }));
    }

    /// What every form does, once in the bundle.
    fn run(self, asked: Pin<Box<dyn Future<Output = Result<Then, Fault>>>>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let answer = asked.await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(then) => then(),
                Err(problem) if problem.is_sign_in() => self.app.fault(&problem),
                Err(problem) => {
                    let _ = self.fault.try_set(Some(problem));
                }
            }
        });
    }
}
