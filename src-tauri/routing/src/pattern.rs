//! Names with one star: `claude-opus-*`.

/// What the star stands for, if the pattern fits the name. A pattern without a star fits itself and
/// stands for nothing; of several stars only the first one is one.
pub(crate) fn fits<'t>(pattern: &str, name: &'t str) -> Option<&'t str> {
    match pattern.split_once('*') {
        None => (pattern == name).then_some(""),
        Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after),
    }
}

/// The target with what the star stood for in place of its own star.
pub(crate) fn filled(target: &str, star: &str) -> String {
    target.replacen('*', star, 1)
}

/// How much a pattern says: the longest one that fits is the one meant.
pub(crate) fn weight(pattern: &str) -> usize {
    pattern.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_may_stand_for_none() {
        assert_eq!(fits("claude-opus-*", "claude-opus-4-6"), Some("4-6"));
        assert_eq!(fits("*-mini", "gpt-5-mini"), Some("gpt-5"));
        assert_eq!(fits("a*b", "ab"), Some(""));
        assert_eq!(fits("a*a", "a"), None);
        assert_eq!(fits("opus", "opus"), Some(""));
        assert_eq!(fits("opus", "opus-4"), None);
        assert_eq!(filled("glm/*", "glm-5"), "glm/glm-5");
    }
}
