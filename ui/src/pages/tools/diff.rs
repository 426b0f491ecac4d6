//! A diff as a table: both line numbers, the sign, the line.

use leptos::prelude::*;

use crate::facts::diff::{Kind, Line};

fn row(line: Line) -> impl IntoView {
    let (class, sign) = match line.kind {
        Kind::Hunk => ("is-hunk", ""),
        Kind::Same => ("is-same", ""),
        Kind::Added => ("is-added", "+"),
        Kind::Removed => ("is-removed", "−"),
        Kind::Note => ("is-note", ""),
    };
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    view! {
        <tr class=class>
            <td class="diff-number num" aria-hidden="true">{number(line.old)}</td>
            <td class="diff-number num" aria-hidden="true">{number(line.new)}</td>
            <td class="diff-sign">{sign}</td>
            <td class="diff-text">{line.text}</td>
        </tr>
    }
}

/// The lines of a diff. It scrolls by itself when it is long, also by the keyboard.
#[component]
pub(super) fn Diff(lines: Vec<Line>, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <div class="diff-box" role="region" tabindex="0" aria-label=label>
            <table class="diff mono">
                <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
