//! What the user is about to do with one tool: the choice, the plan that is shown, and what came of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    ErrorCode, ToolApplied, ToolApply, ToolChoice, ToolLeft, ToolPlanView, ToolRevert,
    ToolReverted, ToolView,
};

use super::words;
use crate::app::App;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;
use crate::facts::tools::first_choice;

/// The address of something about a tool.
pub(super) fn path(id: &str, what: &str) -> String {
    format!("/api/tools/{}/{what}", encode(id))
}

/// What a plan is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Apply(ToolChoice),
    Revert,
}

/// A plan that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) wish: Wish,
    pub(super) plan: ToolPlanView,
    /// Whether it took the place of another, because the files changed meanwhile.
    pub(super) moved: bool,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) title: String,
    pub(super) notes: Vec<String>,
    pub(super) left: Vec<ToolLeft>,
}

/// One tool's form, plan and outcome.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    app: App,
    pub(super) tool: Memo<ToolView>,
    /// What the user chose and has not written yet.
    draft: RwSignal<Option<ToolChoice>>,
    pub(super) planned: RwSignal<Option<Planned>>,
    pub(super) outcome: RwSignal<Option<Outcome>>,
    pub(super) fault: RwSignal<Option<Fault>>,
    pub(super) busy: RwSignal<bool>,
}

impl Desk {
    pub(crate) fn new(app: App, tool: Memo<ToolView>) -> Self {
        let desk = Self {
            app,
            tool,
            draft: RwSignal::new(None),
            planned: RwSignal::new(None),
            outcome: RwSignal::new(None),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        // Another window or an editor may have moved the files: what is shown must be true.
        Effect::new(move |before: Option<ToolView>| {
            let now = desk.tool.get();
            let wish = desk.planned.with_untracked(|it| it.as_ref().map(|it| it.wish.clone()));
            if let (true, Some(wish)) = (before.is_some_and(|before| before != now), wish) {
                desk.plan(wish);
            }
            now
        });
        desk
    }

    fn id(self) -> String {
        self.tool.with_untracked(|tool| tool.id.clone())
    }

    /// What the form shows.
    pub(super) fn choice(self) -> ToolChoice {
        self.draft.get().unwrap_or_else(|| {
            self.app
                .combos
                .with(|combos| self.tool.with(|tool| first_choice(tool, combos)))
                .unwrap_or_default()
        })
    }

    /// Changes what the form shows; a plan for something else goes.
    pub(super) fn change(self, change: impl FnOnce(&mut ToolChoice)) {
        let mut choice = untrack(|| self.choice());
        change(&mut choice);
        self.draft.set(Some(choice));
        self.dismiss();
    }

    /// Puts the plan away.
    pub(super) fn dismiss(self) {
        self.planned.set(None);
        self.fault.set(None);
    }

    /// Asks for a plan and shows it, as the user wishes.
    pub(super) fn ask(self, wish: Wish) {
        self.fault.set(None);
        self.outcome.set(None);
        self.plan(wish);
    }

    fn plan(self, wish: Wish) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            self.plan_now(wish).await;
            let _ = self.busy.try_set(false);
        });
    }

    /// Whether the plan is another than the one before; `None` where there is none.
    async fn plan_now(self, wish: Wish) -> Option<bool> {
        let id = self.tool.try_with_untracked(|tool| tool.id.clone())?;
        let answer = match &wish {
            Wish::Apply(choice) => http::change(Method::Post, &path(&id, "plan"), choice).await,
            Wish::Revert => http::change(Method::Post, &path(&id, "plan-revert"), &()).await,
        };
        match answer {
            Ok(plan) => {
                let plan: ToolPlanView = plan;
                self.planned.try_update(|planned| {
                    let moved = planned.as_ref().is_some_and(|before| {
                        before.moved || before.plan.fingerprint != plan.fingerprint
                    });
                    *planned = Some(Planned { wish, plan, moved });
                    moved
                })
            }
            Err(fault) => {
                let _ = self.planned.try_set(None);
                self.tell(fault);
                None
            }
        }
    }

    fn tell(self, fault: Fault) {
        if fault.is_sign_in() {
            self.app.fault(&fault);
        } else {
            let _ = self.fault.try_set(Some(fault));
        }
    }

    /// Does what the plan shows, and nothing else.
    pub(super) fn carry_out(self) {
        let Some(planned) = self.planned.get_untracked() else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        let id = self.id();
        spawn_local(async move {
            let fingerprint = planned.plan.fingerprint;
            let answer = match &planned.wish {
                Wish::Apply(choice) => self.apply(&id, choice.clone(), fingerprint).await,
                Wish::Revert => self.revert(&id, fingerprint).await,
            };
            match answer {
                Ok((tool, outcome)) => {
                    let _ = self.planned.try_set(None);
                    let _ = self.draft.try_set(None);
                    // It is told in place, or where the user went meanwhile.
                    if let Some(Some(outcome)) = self.outcome.try_set(Some(outcome)) {
                        self.app.notices.done(outcome.title);
                    }
                    self.app.tools.change(|tools| {
                        if let Some(held) = tools.iter_mut().find(|held| held.id == tool.id) {
                            *held = tool;
                        }
                    });
                    self.app.reload_tools();
                }
                Err(fault) => {
                    // A new plan that is another says it by itself, and one that fails has its own fault.
                    let again = if fault.code() == Some(ErrorCode::Conflict) {
                        self.plan_now(planned.wish).await
                    } else {
                        Some(false)
                    };
                    if again == Some(false) {
                        self.tell(fault);
                    }
                }
            }
            let _ = self.busy.try_set(false);
        });
    }

    async fn apply(
        self,
        id: &str,
        choice: ToolChoice,
        fingerprint: String,
    ) -> Result<(ToolView, Outcome), Fault> {
        let body = ToolApply { fingerprint, choice };
        let done: ToolApplied = http::change(Method::Post, &path(id, "apply"), &body).await?;
        let title = words::applied(&done.tool.name, &body.choice.model);
        Ok((done.tool, Outcome { title, notes: done.plan.notes, left: Vec::new() }))
    }

    async fn revert(self, id: &str, fingerprint: String) -> Result<(ToolView, Outcome), Fault> {
        let body = ToolRevert { fingerprint: Some(fingerprint) };
        let done: ToolReverted = http::change(Method::Post, &path(id, "revert"), &body).await?;
        let revoked = done.revoked.iter().map(|name| words::revoked(name));
        let notes = done.plan.notes.into_iter().chain(revoked).collect();
        let title = words::reverted(&done.tool.name, done.plan.left.is_empty());
        Ok((done.tool, Outcome { title, notes, left: done.plan.left }))
    }
}
