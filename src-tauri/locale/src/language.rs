/// A language that the faces speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The texts as they stand in the source.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
    /// Vietnamese.
    Vietnamese,
}

/// Where Chinese is written in the traditional way: simplified is read there only where nothing else is.
const TRADITIONAL: [&str; 4] = ["hant", "tw", "hk", "mo"];

impl Language {
    /// All of them, in the order of a choice.
    pub const ALL: [Self; 3] = [Self::English, Self::Chinese, Self::Vietnamese];

    /// Its tag of BCP 47, which also names the file of its texts.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
            Self::Vietnamese => "vi",
        }
    }

    /// Its name in itself: whoever looks for their language cannot be expected to read another.
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
            Self::Vietnamese => "Tiếng Việt",
        }
    }

    /// The language of exactly this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The first of these that is spoken here, the most wanted first; English where none is. They may be a browser's
    /// (`zh-Hans-CN`) or a system's (`zh_CN.UTF-8`).
    pub fn choose<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Self {
        let mut near = None;
        for tag in wanted {
            match read(tag) {
                Some((language, Nearness::Same)) => return language,
                Some((language, Nearness::Near)) => near = near.or(Some(language)),
                None => {}
            }
        }
        near.unwrap_or_default()
    }

    /// The language that the variables of the environment ask for, as programs of a Unix read them; `None` where they
    /// say nothing.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set)?;
        // "C" means no language at all, and then nothing else is asked.
        if matches!(locale.split('.').next(), Some("C" | "POSIX")) {
            return Some(Self::English);
        }
        let wanted = set("LANGUAGE").unwrap_or_default();
        let listed = wanted.split(':').filter(|tag| !tag.is_empty());
        Some(Self::choose(listed.chain([locale.as_str()])))
    }
}

enum Nearness {
    Same,
    Near,
}

fn read(tag: &str) -> Option<(Language, Nearness)> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_', '.', '@']);
    match parts.next()? {
        "en" => Some((Language::English, Nearness::Same)),
        "vi" => Some((Language::Vietnamese, Nearness::Same)),
        "zh" => {
            let parts: Vec<&str> = parts.collect();
            let is_traditional =
                !parts.contains(&"hans") && parts.iter().any(|part| TRADITIONAL.contains(part));
            let nearness = if is_traditional { Nearness::Near } else { Nearness::Same };
            Some((Language::Chinese, nearness))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wanted_language_that_is_spoken_is_chosen() {
        let choose = |tags: &[&str]| Language::choose(tags.iter().copied());
        assert_eq!(choose(&["de-DE", "vi-VN", "en"]), Language::Vietnamese);
        assert_eq!(choose(&["zh-Hans-SG"]), Language::Chinese);
        assert_eq!(choose(&["ZH_cn.UTF-8"]), Language::Chinese);
        assert_eq!(choose(&["en-GB", "zh-CN"]), Language::English);
        assert_eq!(choose(&["fr", "", "visual"]), Language::English);
        assert_eq!(choose(&[]), Language::English);
    }

    #[test]
    fn who_writes_traditional_chinese_reads_simplified_before_nothing() {
        let choose = |tags: &[&str]| Language::choose(tags.iter().copied());
        assert_eq!(choose(&["zh-TW"]), Language::Chinese);
        assert_eq!(choose(&["zh-Hant-HK", "de"]), Language::Chinese);
        assert_eq!(choose(&["zh-HK", "en-GB"]), Language::English);
        assert_eq!(choose(&["zh-Hans-HK", "en"]), Language::Chinese);
    }

    #[test]
    fn the_environment_is_read_as_programs_of_a_unix_do() {
        let of = |set: &[(&str, &str)]| {
            let value = |name: &str| set.iter().find(|(known, _)| *known == name);
            Language::of_environment(|name| value(name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[("LANG", "vi_VN.UTF-8")]), Some(Language::Vietnamese));
        assert_eq!(of(&[("LANG", "vi_VN"), ("LC_ALL", "zh_CN")]), Some(Language::Chinese));
        assert_eq!(of(&[("LANG", "de_DE"), ("LANGUAGE", "de:vi")]), Some(Language::Vietnamese));
        assert_eq!(of(&[("LANG", "C.UTF-8"), ("LANGUAGE", "vi")]), Some(Language::English));
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "vi")]), Some(Language::Vietnamese));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn every_language_is_found_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
            assert_eq!(Language::choose([language.tag()]), language);
        }
        assert_eq!(Language::of_tag("zh"), None);
    }
}
