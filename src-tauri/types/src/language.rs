use serde::{Deserialize, Serialize};

/// Which language the tray, its notifications and the dashboard speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LanguageChoice {
    /// That of the system, and in a browser that of the browser.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// Vietnamese.
    #[serde(rename = "vi")]
    Vietnamese,
}

impl LanguageChoice {
    /// All of them, in the order of a choice.
    pub const ALL: [Self; 4] = [Self::System, Self::English, Self::Chinese, Self::Vietnamese];

    /// Its name on the wire and in the database: `system`, or the language's tag of BCP 47.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::English => "en",
            Self::Chinese => "zh-CN",
            Self::Vietnamese => "vi",
        }
    }

    /// The choice of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == name)
    }
}

/// `PUT /api/language`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageSetting {
    /// What is chosen.
    pub language: LanguageChoice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_named_in_json_as_in_the_database() {
        for choice in LanguageChoice::ALL {
            assert_eq!(serde_json::to_value(choice).unwrap(), choice.as_str());
            assert_eq!(LanguageChoice::of(choice.as_str()), Some(choice));
        }
        assert_eq!(LanguageChoice::of("de"), None);
    }
}
