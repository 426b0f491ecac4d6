//! What several dialects have no word for, noted in the same words for each.

use super::loss::Losses;
use super::request::{Request, Tool};

/// Marks that tell a vendor what to keep in its prompt cache.
pub(crate) fn cache_marks(request: &Request, dialect: &str, losses: &mut Losses) {
    let mut parts = request.system.iter().chain(request.turns.iter().flat_map(|turn| &turn.parts));
    let mut tools = request.tools.iter().map(|tool| match tool {
        Tool::Function { cache, .. } => cache.is_some(),
        Tool::Own { .. } => false,
    });
    if parts.any(|part| part.cache.is_some()) || tools.any(|marked| marked) {
        losses.note(format!("cache_control: {dialect} has no cache marks"));
    }
}

/// Everything of a request that only `OpenAI`'s and Anthropic's dialects know.
pub(crate) fn settings(request: &Request, dialect: &str, losses: &mut Losses) {
    let own = request.own_names();
    for name in own.chain(request.user.as_ref().map(|_| "user")) {
        losses.note(format!("{name}: {dialect} has no such field"));
    }
    if request.parallel == Some(false) {
        losses.note(format!(
            "parallel_tool_calls: {dialect} cannot be kept from calling several at once"
        ));
    }
    cache_marks(request, dialect, losses);
}
