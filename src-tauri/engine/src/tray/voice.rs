use std::collections::BTreeMap;
use std::sync::LazyLock;

use switchyard_locale::{Language, Table, Voice};

/// Each is read when it is first spoken.
static CHINESE: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../locales/zh-CN.json")));
static VIETNAMESE: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../locales/vi.json")));

/// The voice in which the tray app says its texts in a language.
pub fn voice(language: Language) -> Voice {
    match language {
        Language::English => Voice::ENGLISH,
        Language::Chinese => Voice::new(language, &CHINESE),
        Language::Vietnamese => Voice::new(language, &VIETNAMESE),
    }
}

/// Translations by their English texts.
fn table(json: &str) -> Table {
    let words: BTreeMap<String, String> = serde_json::from_str(json).unwrap_or_default();
    Table::new(words.iter().map(|(english, said)| {
        let said: &'static str = said.clone().leak();
        (english.as_str(), said)
    }))
}

#[cfg(test)]
mod tests {
    use switchyard_locale::word;

    use super::*;

    #[test]
    fn every_language_has_its_words() {
        let said = Language::ALL.map(|language| voice(language).word(word!("Open dashboard")));
        assert_eq!(said, ["Open dashboard", "打开仪表盘", "Mở bảng điều khiển"]);
        for language in Language::ALL {
            assert_eq!(voice(language).language(), language);
        }
    }
}
