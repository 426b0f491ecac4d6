//! Plan, apply and revert: the toolkit's files and the tool's key change together.

use switchyard_toolkit::{Ask, Plan, Tool, Way};
use switchyard_types::{
    Event, Secret, ToolApplied, ToolApply, ToolChoice, ToolFailure, ToolPlanView, ToolRevert,
    ToolReverted, ToolsReverted,
};

use super::{Desk, blocking, own};
use crate::{Engine, EngineError};

/// Stands in a plan for the key that is made when it is applied.
const KEY_TO_COME: &str = "sy-to-come";

/// A plan, and what it was made with.
struct Drawn {
    desk: Desk,
    tool: Tool,
    ask: Ask,
    plan: Plan,
    key: KeyToWrite,
}

/// Which key a plan writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyToWrite {
    /// The tool's own, which its files show already.
    Kept,
    /// One that is yet to be made.
    New,
}

impl Engine {
    /// What would be written for a choice, key by key and as a diff. Nothing is.
    pub async fn plan_tool(
        &self,
        id: &str,
        choice: &ToolChoice,
        address: &str,
    ) -> Result<ToolPlanView, EngineError> {
        let drawn = self.draw(id, choice, address).await?;
        Ok(drawn.view())
    }

    /// Writes what a plan showed, if every file is still as it was. The tool gets a key of its own, or
    /// keeps the one it has; if nothing was written, none was made.
    pub async fn apply_tool(
        &self,
        id: &str,
        apply: ToolApply,
        address: &str,
    ) -> Result<ToolApplied, EngineError> {
        let (engine, id, address) = (self.clone(), id.to_owned(), address.to_owned());
        self.finish(async move { engine.apply_now(&id, &apply, &address).await }).await
    }

    async fn apply_now(
        &self,
        id: &str,
        apply: &ToolApply,
        address: &str,
    ) -> Result<ToolApplied, EngineError> {
        let _tooling = self.inner.tooling.lock().await;
        let drawn = self.draw(id, &apply.choice, address).await?;
        if drawn.plan.fingerprint() != apply.fingerprint {
            return Err(changed(&drawn.tool));
        }
        let plan = drawn.view();
        self.carry_out(drawn).await?;
        self.tell(Event::ToolsChanged);
        Ok(ToolApplied { plan, tool: self.tool(id, address).await? })
    }

    /// Plans and applies in one, for a choice that was made before.
    pub(crate) async fn apply_again(
        &self,
        id: &str,
        choice: &ToolChoice,
        address: &str,
    ) -> Result<(), EngineError> {
        let _tooling = self.inner.tooling.lock().await;
        let drawn = self.draw(id, choice, address).await?;
        self.carry_out(drawn).await?;
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    async fn draw(
        &self,
        id: &str,
        choice: &ToolChoice,
        address: &str,
    ) -> Result<Drawn, EngineError> {
        let address = own(address)?;
        let desk = self.desk(choice.project.as_deref())?;
        let tool = *desk.toolkit.tool(id)?;
        let shown = {
            let (desk, id) = (desk.clone(), tool.id);
            blocking(move || desk.toolkit.found(id)).await?.key
        };
        let (key, text) = match self.key_in_use(tool.id, shown).await? {
            Some(text) => (KeyToWrite::Kept, text),
            None => (KeyToWrite::New, Secret::new(KEY_TO_COME)),
        };
        let ask = self.ask(choice, address, text)?;
        let plan = plan(&desk, tool.id, ask.clone()).await?;
        Ok(Drawn { desk, tool, ask, plan, key })
    }

    async fn carry_out(&self, drawn: Drawn) -> Result<(), EngineError> {
        let Drawn { desk, tool, mut ask, plan: shown, key } = drawn;
        let created = match key {
            KeyToWrite::Kept => None,
            KeyToWrite::New => Some(self.new_tool_key(tool.id, tool.name).await?),
        };
        let Some(created) = created else { return write(&desk, shown).await };
        ask.key = Secret::new(created.text);
        let written = match plan(&desk, tool.id, ask).await {
            Ok(real) if real.stands_where(&shown) => write(&desk, real).await,
            Ok(_) => Err(changed(&tool)),
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => self.settle_tool_key(tool.id, &created.key.id).await,
            Err(error) => {
                // The first error is the one to tell; a key too many is found by the doctor.
                let _ = self.remove_key(&created.key.id).await;
                Err(error)
            }
        }
    }

    /// What would be taken back, and what would stay.
    pub async fn plan_tool_revert(&self, id: &str) -> Result<ToolPlanView, EngineError> {
        let (desk, id) = (self.desk(None)?, id.to_owned());
        blocking(move || Ok(desk.revert_view(&desk.toolkit.plan_revert(&id)?))).await
    }

    /// Takes back what was written, key by key, and revokes the tool's key.
    pub async fn revert_tool(
        &self,
        id: &str,
        revert: ToolRevert,
        address: &str,
    ) -> Result<ToolReverted, EngineError> {
        let (engine, id, address) = (self.clone(), id.to_owned(), address.to_owned());
        self.finish(async move { engine.revert_now(&id, &revert, &address).await }).await
    }

    async fn revert_now(
        &self,
        id: &str,
        revert: &ToolRevert,
        address: &str,
    ) -> Result<ToolReverted, EngineError> {
        let _tooling = self.inner.tooling.lock().await;
        let desk = self.desk(None)?;
        let tool = *desk.toolkit.tool(id)?;
        let there = desk.clone();
        let plan = blocking(move || there.toolkit.plan_revert(tool.id)).await?;
        if revert.fingerprint.as_ref().is_some_and(|shown| *shown != plan.fingerprint()) {
            return Err(changed(&tool));
        }
        let view = desk.revert_view(&plan);
        write(&desk, plan).await?;
        let revoked = self.revoke_tool_keys(tool.id).await?;
        self.tell(Event::ToolsChanged);
        Ok(ToolReverted { plan: view, tool: self.tool(tool.id, address).await?, revoked })
    }

    /// Takes back every tool that we wrote, one after the other; one that cannot be does not stop the
    /// others.
    pub async fn revert_all_tools(&self, address: &str) -> Result<ToolsReverted, EngineError> {
        let desk = self.desk(None)?;
        let mut all = ToolsReverted::default();
        let writers = desk.toolkit.tools().iter().filter(|tool| tool.writer().is_some());
        let ids: Vec<&'static str> = writers.map(|tool| tool.id).collect();
        for id in ids {
            let there = desk.clone();
            let outcome = match blocking(move || there.toolkit.is_applied(id)).await {
                Ok(false) => continue,
                Ok(true) => self.revert_tool(id, ToolRevert::default(), address).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(reverted) => all.reverted.push(reverted),
                Err(error) => {
                    all.failed.push(ToolFailure { tool: id.to_owned(), error: error.body() });
                }
            }
        }
        Ok(all)
    }

    /// At the end of the program: takes every tool back, if the user wants that.
    pub async fn revert_tools_on_quit(&self, address: &str) -> ToolsReverted {
        if !self.tool_settings().revert_on_quit || self.inner.config.machine.is_none() {
            return ToolsReverted::default();
        }
        match self.revert_all_tools(address).await {
            Ok(all) => {
                for failure in &all.failed {
                    tracing::warn!("{} was not put back: {}", failure.tool, failure.error.message);
                }
                all
            }
            Err(error) => {
                tracing::warn!("tools were not put back: {error}");
                ToolsReverted::default()
            }
        }
    }

    /// Work that goes on to its end even if whoever asked for it goes away: a key and the file that
    /// shows it belong together.
    async fn finish<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, EngineError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        match self.inner.tasks.spawn(work).await {
            Ok(done) => done,
            Err(error) => {
                Err(EngineError::Fault { message: format!("work on a tool broke off: {error}") })
            }
        }
    }
}

impl Drawn {
    fn view(&self) -> ToolPlanView {
        let mut view = self.plan.view();
        view.notes.extend(running_note(&self.desk, &self.tool, &self.plan));
        view
    }
}

impl Desk {
    fn revert_view(&self, plan: &Plan) -> ToolPlanView {
        let mut view = plan.view();
        if let Ok(tool) = self.toolkit.tool(plan.tool) {
            view.notes.extend(running_note(self, tool, plan));
        }
        view
    }
}

fn running_note(desk: &Desk, tool: &Tool, plan: &Plan) -> Option<String> {
    if plan.is_empty() || !matches!(tool.way, Way::Writer(_)) {
        return None;
    }
    let running = desk.running(tool.binaries);
    (!running.is_empty()).then(|| {
        format!("{} is running now: it goes on as before until it is started again.", tool.name)
    })
}

async fn plan(desk: &Desk, id: &'static str, ask: Ask) -> Result<Plan, EngineError> {
    let desk = desk.clone();
    blocking(move || desk.toolkit.plan(id, &ask)).await
}

async fn write(desk: &Desk, plan: Plan) -> Result<(), EngineError> {
    let desk = desk.clone();
    blocking(move || desk.toolkit.apply(&plan)).await
}

fn changed(tool: &Tool) -> EngineError {
    EngineError::Conflict {
        message: format!("the files of {} are no longer as the plan found them", tool.name),
        hint: Some("look at the new plan, then apply that one".to_owned()),
    }
}
