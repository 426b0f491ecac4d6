//! What runs here.

use leptos::prelude::*;

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::parts::copy::CopyButton;
use crate::parts::time::Ago;

/// The section.
#[component]
pub(super) fn About() -> impl IntoView {
    let app = app();
    let facts = move || {
        app.status.with(|status| {
            let folder = status.data_dir.clone();
            view! {
                <dl class="facts">
                    <div class="fact">
                        <dt>{words::VERSION}</dt>
                        <dd class="num">{status.version.clone()}</dd>
                    </div>
                    <div class="fact">
                        <dt>{words::STARTED}</dt>
                        <dd><Ago at=status.started_at/></dd>
                    </div>
                    <div class="fact">
                        <dt>{words::FOLDER}</dt>
                        <dd class="fact-copy">
                            <span class="mono">{folder.clone()}</span>
                            <CopyButton text=folder what=words::THE_FOLDER/>
                        </dd>
                    </div>
                    <div class="fact">
                        <dt>{words::KEY}</dt>
                        <dd>{words::kept(status.data_key)}</dd>
                    </div>
                </dl>
            }
        })
    };
    view! {
        <Panel title=words::ABOUT>
            {facts}
        </Panel>
    }
}
