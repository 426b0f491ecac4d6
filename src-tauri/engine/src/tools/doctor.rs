//! Finds what was left behind in tools' files and keys, and clears it away.

use std::time::Duration;

use switchyard_types::{
    Event, Finding, FindingKind, Repaired, ToolFailure, ToolKey, ToolRevert, ToolState, ToolView,
    ToolWay,
};
use tokio::net::TcpStream;

use super::{blocking, own};
use crate::{Engine, EngineError};

/// On this machine a port answers or refuses at once.
const PATIENCE: Duration = Duration::from_millis(500);

/// Who asks the doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// The server that listens on the address.
    Server,
    /// The command line alone: whether anybody listens there is to be found out.
    Alone,
}

impl Engine {
    /// What was left behind. Nothing is changed.
    pub async fn doctor(&self, address: &str, asker: Asker) -> Result<Vec<Finding>, EngineError> {
        let mut found = Vec::new();
        for view in self.tools(address).await? {
            if view.way == ToolWay::Writer {
                self.look_at(&view, address, asker, &mut found).await?;
            }
        }
        Ok(found)
    }

    /// Clears away what can be. What is left is told with what the user can do.
    pub async fn repair(&self, address: &str, asker: Asker) -> Result<Repaired, EngineError> {
        let mut repaired = Repaired::default();
        for finding in self.doctor(address, asker).await? {
            if finding.repair.is_none() {
                continue;
            }
            match self.repair_one(&finding, address, asker).await {
                Ok(()) => repaired.done.push(finding),
                Err(error) => {
                    repaired.failed.push(ToolFailure { tool: finding.tool, error: error.body() });
                }
            }
        }
        if !repaired.done.is_empty() {
            self.tell(Event::ToolsChanged);
        }
        repaired.left = self.doctor(address, asker).await?;
        Ok(repaired)
    }

    async fn look_at(
        &self,
        view: &ToolView,
        address: &str,
        asker: Asker,
        found: &mut Vec<Finding>,
    ) -> Result<(), EngineError> {
        let about = |kind, message| Finding {
            kind,
            tool: view.id.clone(),
            message,
            repair: None,
            hint: None,
        };
        let name = &view.name;
        if let ToolState::BrokenFile { file, message: error } = &view.status.state {
            let hint = Some("mend it in an editor, at that place".to_owned());
            let message = format!("{name}: {file}, {error}");
            found.push(Finding { hint, ..about(FindingKind::BrokenFile, message) });
        }
        if let Some(dead) = self.dead_end(view, address, asker).await? {
            found.push(dead);
        } else if view.key == ToolKey::Revoked {
            let message = format!("{name} shows a key that was revoked: its requests are refused");
            let repair = match asker {
                Asker::Server => "makes a new key for it",
                Asker::Alone => "puts it back as it was",
            };
            let ours = view.status.applied_at.is_some();
            found.push(Finding {
                repair: ours.then(|| repair.to_owned()),
                hint: (!ours).then(|| format!("run `switchyard apply {}`", view.id)),
                ..about(FindingKind::RevokedKey, message)
            });
        }
        let (desk, id) = (self.desk(None)?, view.id.clone());
        for path in blocking(move || desk.leftovers(&id)).await? {
            let message = format!("{} is the rest of a write that was cut off", path.display());
            let repair = Some("removes it".to_owned());
            found.push(Finding { repair, ..about(FindingKind::LeftoverFile, message) });
        }
        let unused = view.status.applied_at.is_none() && matches!(view.key, ToolKey::Own { .. });
        if unused {
            let message = format!("a key was made for {name}, which does not use it");
            let repair = Some("revokes it".to_owned());
            found.push(Finding { repair, ..about(FindingKind::OrphanKey, message) });
        }
        Ok(())
    }

    /// A tool that leads to a port of this machine where nobody is.
    async fn dead_end(
        &self,
        view: &ToolView,
        address: &str,
        asker: Asker,
    ) -> Result<Option<Finding>, EngineError> {
        let Some(pointed) = &view.status.address else { return Ok(None) };
        let ours = own(address)?;
        let here = ours.is_origin_of(pointed);
        let listens = match (here, local_port(pointed)) {
            (true, _) if asker == Asker::Server => true,
            (_, None) => true,
            (_, Some(port)) => is_open(port).await,
        };
        if listens {
            return Ok(None);
        }
        let applied = view.status.applied_at.is_some();
        let repair = match asker {
            Asker::Server => format!("points it at {address}"),
            Asker::Alone => "puts it back as it was".to_owned(),
        };
        let hint = match (applied, here) {
            (true, true) => Some("or start the server: `switchyard serve`".to_owned()),
            (true, false) => None,
            (false, true) => Some("start the server: `switchyard serve`".to_owned()),
            (false, false) => {
                Some("start what listened there, or point the tool elsewhere".to_owned())
            }
        };
        Ok(Some(Finding {
            kind: FindingKind::DeadPort,
            tool: view.id.clone(),
            message: format!("{} is pointed at {pointed}, where nobody listens", view.name),
            repair: applied.then_some(repair),
            hint,
        }))
    }

    async fn repair_one(
        &self,
        finding: &Finding,
        address: &str,
        asker: Asker,
    ) -> Result<(), EngineError> {
        let id = finding.tool.as_str();
        match finding.kind {
            FindingKind::DeadPort | FindingKind::RevokedKey => match asker {
                Asker::Server => {
                    let desk = self.desk(None)?;
                    let wanted = id.to_owned();
                    let found = blocking(move || desk.toolkit.found(&wanted)).await?;
                    let choice = switchyard_types::ToolChoice {
                        model: found.model.unwrap_or_default(),
                        slots: found.slots,
                        ..Default::default()
                    };
                    self.apply_again(id, &choice, address).await
                }
                Asker::Alone => {
                    self.revert_tool(id, ToolRevert::default(), address).await.map(|_| ())
                }
            },
            FindingKind::LeftoverFile => {
                let (desk, id) = (self.desk(None)?, id.to_owned());
                blocking(move || desk.toolkit.sweep(&id)).await.map(|_| ())
            }
            FindingKind::OrphanKey => self.revoke_tool_keys(id).await.map(|_| ()),
            // The user's to mend, or the data folder's own, which is repaired while no engine has it.
            FindingKind::BrokenFile
            | FindingKind::Damaged
            | FindingKind::Behind
            | FindingKind::Newer
            | FindingKind::ReadOnly
            | FindingKind::DiskFull
            | FindingKind::DataKey
            | FindingKind::Database
            | FindingKind::Silent => Ok(()),
        }
    }
}

/// The port of an address of this machine.
fn local_port(address: &str) -> Option<u16> {
    let rest = address.strip_prefix("http://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let local = matches!(name, "127.0.0.1" | "localhost" | "[::1]" | "0.0.0.0");
    local.then(|| port.parse().ok()).flatten()
}

async fn is_open(port: u16) -> bool {
    let connected = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port));
    matches!(tokio::time::timeout(PATIENCE, connected).await, Ok(Ok(_)))
}
