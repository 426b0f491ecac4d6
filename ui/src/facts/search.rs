//! Finding by typing: models, pages, combos, actions.

use switchyard_types::ModelChoice;

use crate::facts::letters::in_small;
use crate::facts::order::{sort_by, sort_by_key};

/// How well `text` answers `query`, higher is better; `None` when a word of the query is nowhere.
///
/// Each word counts by where it stands: the whole text, its beginning, the beginning of a
/// word, anywhere, or its letters scattered in order.
pub(crate) fn score(query: &str, text: &str) -> Option<u32> {
    let text = in_small(text);
    in_small(query).split_whitespace().map(|word| word_score(word, &text)).sum()
}

fn word_score(word: &str, text: &str) -> Option<u32> {
    if text == word {
        return Some(100);
    }
    let mut best = None;
    for (at, _) in text.match_indices(word) {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let points = match before {
            None => 80,
            Some(c) if !c.is_alphanumeric() => 60,
            Some(_) => 40,
        };
        best = best.max(Some(points));
    }
    best.or_else(|| scattered(word, text).then_some(10))
}

/// Whether the letters of a word stand in one word of the text in order. Two letters, or letters
/// from several words, would match almost anything.
fn scattered(word: &str, text: &str) -> bool {
    word.chars().count() >= 3
        && text.split_whitespace().any(|other| {
            let mut rest = other.chars();
            word.chars().all(|letter| rest.any(|c| c == letter))
        })
}

/// The indexes of those texts that answer the query, best first; equal ones keep their order.
pub(crate) fn ranked<T>(query: &str, items: &[T], text: impl Fn(&T) -> String) -> Vec<usize> {
    let mut hits: Vec<(u32, usize)> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| score(query, &text(item)).map(|score| (score, index)))
        .collect();
    sort_by(&mut hits, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    hits.into_iter().map(|(_, index)| index).collect()
}

/// The models that answer the query: connected vendors first, then the better answer.
pub(crate) fn models<'a>(query: &str, choices: &'a [ModelChoice]) -> Vec<&'a ModelChoice> {
    let ranked = ranked(query, choices, |choice| format!("{} {}", choice.model, choice.name));
    let mut found: Vec<&ModelChoice> = ranked.into_iter().map(|index| &choices[index]).collect();
    sort_by_key(&mut found, |choice| !choice.connected);
    found
}

/// What was typed, where it is a model by itself (`prefix/model`) that the list does not have.
pub(crate) fn free_text(query: &str, choices: &[ModelChoice]) -> Option<String> {
    let typed = query.trim();
    let (prefix, model) = typed.split_once('/')?;
    let sound = !prefix.is_empty()
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && !model.is_empty()
        && !typed.contains(char::is_whitespace);
    (sound && choices.iter().all(|choice| choice.model != typed)).then(|| typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(model: &str, name: &str, connected: bool) -> ModelChoice {
        ModelChoice {
            model: model.to_owned(),
            name: name.to_owned(),
            vendor: model.split('/').next().unwrap().to_owned(),
            connected,
            locked_until: None,
        }
    }

    fn found(query: &str, choices: &[ModelChoice]) -> Vec<String> {
        models(query, choices).into_iter().map(|choice| choice.model.clone()).collect()
    }

    #[test]
    fn a_nearer_match_stands_higher() {
        let exact = score("glm", "glm").unwrap();
        let begins = score("glm", "glm-4.6").unwrap();
        let word = score("glm", "zai/glm-4.6").unwrap();
        let inside = score("glm", "chatglm").unwrap();
        let scattered = score("glm", "google-llama-m").unwrap();
        assert!(exact > begins && begins > word && word > inside && inside > scattered);
    }

    #[test]
    fn every_word_of_the_query_must_be_found() {
        assert!(score("glm air", "zai/glm-4.5-air GLM 4.5 Air").is_some());
        assert_eq!(score("glm opus", "zai/glm-4.5-air"), None);
        assert_eq!(score("", "anything"), Some(0));
    }

    #[test]
    fn two_letters_match_only_as_they_stand() {
        assert_eq!(score("gm", "glm"), None);
    }

    #[test]
    fn letters_from_several_words_are_no_match() {
        assert_eq!(score("deep", "claude cc claude api.anthropic.com"), None);
        assert!(score("k2t", "kimi/kimi-k2-thinking Kimi").is_some());
    }

    #[test]
    fn models_of_connected_vendors_come_first() {
        let choices = [
            choice("a/glm", "", false),
            choice("b/other-glm-x", "", true),
            choice("c/kimi", "Kimi", true),
        ];
        assert_eq!(found("glm", &choices), ["b/other-glm-x", "a/glm"]);
        assert_eq!(found("", &choices), ["b/other-glm-x", "c/kimi", "a/glm"]);
    }

    #[test]
    fn a_model_is_found_by_its_name_in_any_script() {
        let choices = [choice("zp/glm", "智谱清言", true), choice("x/y", "Y", true)];
        assert_eq!(found("清言", &choices), ["zp/glm"]);
    }

    #[test]
    fn free_text_is_a_prefix_and_a_model_that_is_not_listed() {
        let choices = [choice("zai/glm", "GLM", true)];
        assert_eq!(
            free_text(" or/anthropic/claude ", &choices),
            Some("or/anthropic/claude".into())
        );
        for typed in ["zai/glm", "glm", "/glm", "zai/", "za i/glm", "zai/g lm", "é/x"] {
            assert_eq!(free_text(typed, &choices), None, "{typed}");
        }
    }
}
