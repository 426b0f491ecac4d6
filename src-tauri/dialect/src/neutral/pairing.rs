//! The pairing rule: every call is answered in the turn right after it, and every answer has its call.
//!
//! Both Chat and Messages refuse a history that breaks it, and clients that cut old turns away break it.

use super::loss::Losses;
use super::names::Ids;
use super::request::{Outcome, Part, Role, Turn, What};
use super::text::Text;

/// Joins neighbours of the same role, gives calls unique ids, and pairs calls with their results: those
/// come first in their turn, in the order of the calls.
pub(crate) fn pair(turns: Vec<Turn>, losses: &mut Losses) -> Vec<Turn> {
    let mut ids = Ids::default();
    let mut paired = Vec::new();
    let mut due = Vec::new();
    for mut turn in joined(after_results(turns)) {
        if turn.role == Role::User {
            turn.parts = answered(std::mem::take(&mut due), turn.parts, losses);
        } else if !due.is_empty() {
            let parts = answered(std::mem::take(&mut due), Vec::new(), losses);
            paired.push(Turn { role: Role::User, parts });
        }
        if turn.role == Role::Assistant {
            due = renamed(&mut turn, &mut ids);
        }
        paired.push(turn);
    }
    if !due.is_empty() {
        paired.push(Turn { role: Role::User, parts: answered(due, Vec::new(), losses) });
    }
    paired
}

/// Nothing may stand between calls and their results: an instruction that does goes behind them.
fn after_results(turns: Vec<Turn>) -> Vec<Turn> {
    let has = |turn: &Turn, is: fn(&What) -> bool| turn.parts.iter().any(|part| is(&part.what));
    let mut settled = Vec::with_capacity(turns.len());
    let mut held = Vec::new();
    let mut calling = false;
    for turn in turns {
        match turn.role {
            Role::System if calling => held.push(turn),
            Role::User if calling && has(&turn, |what| matches!(what, What::Result(_))) => {
                settled.push(turn);
            }
            Role::User | Role::Assistant | Role::System => {
                settled.append(&mut held);
                calling = turn.role == Role::Assistant
                    && has(&turn, |what| matches!(what, What::Call(_)));
                settled.push(turn);
            }
        }
    }
    settled.append(&mut held);
    settled
}

/// For dialects that know instructions at the front only: one amid the conversation becomes words of the user
/// where it stands. Moved to the front it would change what the vendor's prompt cache knows.
pub(crate) fn as_users(turns: Vec<Turn>, losses: &mut Losses) -> Vec<Turn> {
    let spoken = |mut turn: Turn| {
        if turn.role == Role::System {
            losses.note(
                "system: an instruction amid the conversation stands there as words of the user",
            );
            turn.role = Role::User;
            for part in &mut turn.parts {
                if let What::Text(text) = &mut part.what {
                    *text = Text::join(["[Instruction]".into(), std::mem::take(text)], " ");
                }
            }
        }
        turn
    };
    after_results(turns).into_iter().map(spoken).collect()
}

/// For dialects that refuse a conversation without any turn. `field` is their word for it.
pub(crate) fn begun(
    turns: &mut Vec<Turn>,
    system: &mut Vec<Part>,
    field: &str,
    losses: &mut Losses,
) {
    if turns.is_empty() {
        losses
            .note(format!("{field}: there is no turn of a user; the instructions stand in for it"));
        let mut parts = std::mem::take(system);
        if parts.is_empty() {
            parts.push(Part::text("(The conversation is empty.)"));
        }
        turns.push(Turn { role: Role::User, parts });
    }
}

/// For dialects whose conversations have to begin with the user, and with something. `words` are the dialect's own, of
/// the field and of the role that answers.
pub(crate) fn opened(
    mut turns: Vec<Turn>,
    system: &mut Vec<Part>,
    words: (&str, &str),
    losses: &mut Losses,
) -> Vec<Turn> {
    let (field, answerer) = words;
    begun(&mut turns, system, field, losses);
    if turns.first().is_some_and(|turn| turn.role == Role::Assistant) {
        losses.note(format!(
            "{field}: the conversation began with the {answerer}; a turn was put before it"
        ));
        let parts = vec![Part::text("(The beginning of the conversation is not shown.)")];
        turns.insert(0, Turn { role: Role::User, parts });
    }
    turns
}

/// Gives calls and their results the same ids where a client leaves them out: a result then belongs to the first
/// call of its name, or to the first at all, that has none yet.
#[derive(Default)]
pub(crate) struct Pairs {
    count: usize,
    due: Vec<(String, String)>,
}

impl Pairs {
    /// The id of a call of this name.
    pub(crate) fn call(&mut self, id: Option<String>, name: &str) -> String {
        self.count += 1;
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{}", self.count));
        self.due.push((name.to_owned(), id.clone()));
        id
    }

    /// The id of the call that a result belongs to.
    pub(crate) fn result(&mut self, id: Option<String>, name: Option<String>) -> String {
        let place = match (&id, &name) {
            (Some(id), _) => self.due.iter().position(|(_, due)| due == id),
            (None, Some(name)) => self.due.iter().position(|(called, _)| called == name),
            (None, None) => (!self.due.is_empty()).then_some(0),
        };
        match place {
            Some(place) => self.due.remove(place).1,
            None => id.or(name).unwrap_or_default(),
        }
    }
}

/// A call that waits for its result: its id in the source, and the one it has got.
struct Due {
    source: String,
    id: String,
}

/// Strictly alternating turns without empty texts, which vendors refuse.
fn joined(turns: Vec<Turn>) -> Vec<Turn> {
    let mut joined: Vec<Turn> = Vec::new();
    for mut turn in turns {
        turn.parts.retain(|part| !matches!(&part.what, What::Text(text) if text.is_blank()));
        if turn.parts.is_empty() {
            continue;
        }
        match joined.last_mut() {
            Some(last) if last.role == turn.role => last.parts.extend(turn.parts),
            _ => joined.push(turn),
        }
    }
    joined
}

fn renamed(turn: &mut Turn, ids: &mut Ids) -> Vec<Due> {
    let mut due = Vec::new();
    for part in &mut turn.parts {
        if let What::Call(call) = &mut part.what {
            let id = ids.take(&call.id);
            let source = std::mem::replace(&mut call.id, id.clone());
            due.push(Due { source, id });
        }
    }
    due
}

fn answered(due: Vec<Due>, parts: Vec<Part>, losses: &mut Losses) -> Vec<Part> {
    let mut results = Vec::new();
    let mut others = Vec::new();
    for part in parts {
        match part {
            Part { what: What::Result(outcome), cache } => results.push((outcome, cache)),
            other => others.push(other),
        }
    }
    let mut answered = Vec::with_capacity(due.len() + others.len());
    for Due { source, id } in due {
        let place = results.iter().position(|(outcome, _)| outcome.id == source);
        let (outcome, cache) = place.map_or_else(
            || {
                losses.note(format!(
                    "tool call `{source}`: it has no result; one was put in that says so"
                ));
                (missing(), None)
            },
            |place| results.remove(place),
        );
        answered.push(Part { what: What::Result(Outcome { id, ..outcome }), cache });
    }
    for (orphan, _) in results {
        losses.note(format!(
            "tool result `{}`: its call is not there; it was carried as text",
            orphan.id
        ));
        answered.push(Part::text("[Result of an earlier tool call that is no longer shown]"));
        answered.extend(orphan.parts);
    }
    answered.extend(others);
    answered
}

fn missing() -> Outcome {
    let parts = vec![Part::text("The conversation holds no result of this call.")];
    Outcome { id: String::new(), parts, failed: true }
}
