use std::collections::BTreeSet;

use switchyard_types::{CreatedKey, KeyId, Secret, ToolKey, ToolState, ToolView};

use super::told;
use crate::{Engine, EngineError};

/// How our keys begin: what a tool shows and does not begin so is somebody else's.
const OURS: &str = "sy-";

impl Engine {
    /// The keys made for a tool alone; usually one.
    pub(crate) async fn keys_of_tool(&self, tool: &str) -> Result<BTreeSet<KeyId>, EngineError> {
        let all = self.inner.store.tool_keys().await?;
        Ok(all.into_iter().filter(|(id, _)| id == tool).map(|(_, key)| key).collect())
    }

    /// Says by which key a tool is known here. `shown` is the one in its files.
    pub(crate) async fn with_key(
        &self,
        mut view: ToolView,
        shown: Option<&Secret>,
    ) -> Result<ToolView, EngineError> {
        let own = self.keys_of_tool(&view.id).await?;
        let listed = self.inner.store.keys().await?;
        let client = shown.and_then(|key| self.client(key.expose()));
        let in_use = client.as_ref().filter(|client| own.contains(&client.id));
        let made = listed.into_iter().filter(|key| own.contains(&key.id));
        let made = made.max_by_key(|key| in_use.is_some_and(|client| client.id == key.id));
        let points_here = match view.status.state {
            ToolState::Ours | ToolState::Drifted { .. } => true,
            ToolState::NotInstalled
            | ToolState::Untouched
            | ToolState::ForeignGateway
            | ToolState::BrokenFile { .. } => false,
        };
        let other = match (&client, shown) {
            _ if !points_here => None,
            (Some(client), _) => Some(ToolKey::Other { name: client.name.clone() }),
            (None, Some(key)) if key.expose().starts_with(OURS) => Some(ToolKey::Revoked),
            (None, _) => None,
        };
        let own = made.map(|key| ToolKey::Own { key });
        let unused = points_here && in_use.is_none();
        view.key = match other {
            Some(other) if unused => other,
            other => told(own, other),
        };
        Ok(view)
    }

    /// The text of the tool's own key, if its files still show it.
    pub(crate) async fn key_in_use(
        &self,
        tool: &str,
        shown: Option<Secret>,
    ) -> Result<Option<Secret>, EngineError> {
        let Some(shown) = shown else { return Ok(None) };
        let Some(client) = self.client(shown.expose()) else { return Ok(None) };
        Ok(self.keys_of_tool(tool).await?.contains(&client.id).then_some(shown))
    }

    /// Makes a key for one tool alone; those it had stay until it is settled.
    pub(crate) async fn new_tool_key(
        &self,
        tool: &str,
        name: &str,
    ) -> Result<CreatedKey, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let created = self.inner.store.add_tool_key(tool, name, self.now()).await?;
        self.reload().await?;
        Ok(created)
    }

    /// Leaves a tool no other key than this one.
    pub(crate) async fn settle_tool_key(&self, tool: &str, key: &KeyId) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.settle_tool_key(tool, key).await?;
        self.reload().await
    }

    /// Revokes a tool's keys and gives their names.
    pub(crate) async fn revoke_tool_keys(&self, tool: &str) -> Result<Vec<String>, EngineError> {
        let own = self.keys_of_tool(tool).await?;
        let mut names = Vec::new();
        for key in self.inner.store.keys().await? {
            if own.contains(&key.id) {
                self.remove_key(&key.id).await?;
                names.push(key.name);
            }
        }
        Ok(names)
    }

    /// A key for a tool that the user sets up by hand: its text is told here and never again. The tool's
    /// earlier keys are refused from now on.
    pub async fn make_tool_key(&self, id: &str) -> Result<CreatedKey, EngineError> {
        let _tooling = self.inner.tooling.lock().await;
        let desk = self.desk(None)?;
        let tool = *desk.toolkit.tool(id)?;
        if tool.writer().is_some() {
            return Err(EngineError::invalid(
                format!("the key of {} is made when it is set up", tool.name),
                "plan and apply it",
            ));
        }
        let mut created = self.new_tool_key(tool.id, tool.name).await?;
        self.settle_tool_key(tool.id, &created.key.id).await?;
        let named = self.inner.store.keys().await?.into_iter().find(|key| key.id == created.key.id);
        created.key = named.unwrap_or(created.key);
        self.tell(switchyard_types::Event::ToolsChanged);
        Ok(created)
    }
}
