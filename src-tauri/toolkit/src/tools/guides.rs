//! Tools that are set up by hand, and why we do not write for them.

use std::path::PathBuf;

use crate::places::{Os, Places};
use crate::tool::{Guide, Tool, Way};

/// Every tool with a guide, in the order it is listed.
pub(super) const TOOLS: [Tool; 8] =
    [CLINE, VSCODE_COPILOT, ZED, ROO_CODE, JETBRAINS, CURSOR, AMP, GENERIC];

/// Cline takes its whole file for broken, and makes it anew without the user's keys, as soon as one
/// entry lacks a field that it stamps itself (tried with Cline 3.0.65 from npm, 2026-11). Its own command is
/// the safe way.
const CLINE: Tool = Tool {
    id: "cline",
    name: "Cline",
    binaries: &["cline"],
    marks: |places| vec![places.home(&[".cline"])],
    way: guide(include_str!("../guides/cline.md"), None),
};

/// Its list of models is one of each profile, and keys lie in VS Code's secret storage
/// (microsoft/vscode#316916).
const VSCODE_COPILOT: Tool = Tool {
    id: "vscode-copilot",
    name: "GitHub Copilot in VS Code",
    binaries: &["code"],
    marks: |places| vec![places.application(&["Code", "User"])],
    way: guide(include_str!("../guides/vscode-copilot.md"), None),
};

/// Keys lie in the system's keychain, never in its settings (zed.dev/docs/ai/use-api-access).
const ZED: Tool = Tool {
    id: "zed",
    name: "Zed",
    binaries: &["zed", "zeditor"],
    marks: |places| vec![zed(places)],
    way: guide(include_str!("../guides/zed.md"), None),
};

/// Its settings lie in its editor's storage.
const ROO_CODE: Tool = Tool {
    id: "roo-code",
    name: "Roo Code",
    binaries: &[],
    marks: |places| {
        let storage = ["Code", "User", "globalStorage", "rooveterinaryinc.roo-cline"];
        vec![places.application(&storage)]
    },
    way: guide(include_str!("../guides/roo-code.md"), None),
};

/// Keys lie in the IDE's password store.
const JETBRAINS: Tool = Tool {
    id: "jetbrains",
    name: "JetBrains AI Assistant",
    binaries: &[],
    marks: |places| vec![places.application(&["JetBrains"])],
    way: guide(include_str!("../guides/jetbrains.md"), None),
};

const CURSOR: Tool = Tool {
    id: "cursor",
    name: "Cursor",
    binaries: &["cursor", "cursor-agent"],
    marks: |places| vec![places.application(&["Cursor", "User"]), places.home(&[".cursor"])],
    way: guide(
        include_str!("../guides/cursor.md"),
        Some(
            "Cursor calls models from its own servers: it cannot reach a Switchyard on this computer.",
        ),
    ),
};

/// Every command of it asks Amp's own service first (tried with the release of 2026-09-23 from npm).
const AMP: Tool = Tool {
    id: "amp",
    name: "Amp",
    binaries: &["amp"],
    marks: |places| vec![places.xdg_config(&["amp"])],
    way: guide(
        include_str!("../guides/amp.md"),
        Some("Amp uses models through its own service only: it cannot be pointed at Switchyard."),
    ),
};

const GENERIC: Tool = Tool {
    id: "generic",
    name: "Any other tool",
    binaries: &[],
    marks: |_| Vec::new(),
    way: guide(include_str!("../guides/generic.md"), None),
};

const fn guide(text: &'static str, caution: Option<&'static str>) -> Way {
    Way::Guide(Guide { text, caution })
}

fn zed(places: &Places) -> PathBuf {
    match places.os {
        Os::Windows => places.application(&["Zed"]),
        Os::Linux | Os::Mac => places.xdg_config(&["zed"]),
    }
}
