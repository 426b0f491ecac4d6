//! The letters on a vendor's tile.

/// One or two letters that stand for a name: `Kimi Coding` is `KC`, `GLM` is `GL`, `智谱` is `智`.
pub(crate) fn monogram(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return "?".to_owned() };
    let mut letters = first.chars();
    let Some(head) = letters.next() else { return "?".to_owned() };
    if !head.is_ascii() {
        return head.to_string();
    }
    let second = words
        .next()
        .and_then(|word| word.chars().next())
        .filter(char::is_ascii)
        .or_else(|| letters.next().filter(char::is_ascii));
    std::iter::once(head).chain(second).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_shows_two_letters_or_one_character_of_another_script() {
        for (name, letters) in [
            ("Kimi Coding", "KC"),
            ("GLM", "GL"),
            ("x", "X"),
            ("z.ai", "ZA"),
            ("智谱清言", "智"),
            ("DeepSeek 深度", "DE"),
            ("", "?"),
            ("—", "?"),
        ] {
            assert_eq!(monogram(name), letters, "{name}");
        }
    }
}
