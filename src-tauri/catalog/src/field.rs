use std::collections::BTreeMap;

use serde::Deserialize;
use switchyard_types::{FieldKind, FieldView};

use crate::address::{AddressError, check_base_url};

/// The fields of an account, by their names.
pub type FieldValues = BTreeMap<String, String>;

/// Why a field is refused; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// It is needed and nothing was said.
    #[error("{vendor} needs “{label}” ({name}), such as {example}")]
    Missing {
        /// The vendor's name.
        vendor: String,
        /// What a form calls the field.
        label: String,
        /// The field.
        name: String,
        /// What it may look like.
        example: String,
    },
    /// The vendor has no such field.
    #[error("{vendor} has no field “{name}”; it has {known}")]
    Unknown {
        /// The vendor's name.
        vendor: String,
        /// What was said.
        name: String,
        /// Its fields.
        known: String,
    },
    /// It holds something else than it may.
    #[error("“{label}” {reason}; it looks like {example}")]
    Malformed {
        /// What a form calls the field.
        label: String,
        /// What is wrong.
        reason: String,
        /// What it may look like.
        example: String,
    },
}

/// The longest value: no vendor's is longer.
const LONGEST: usize = 200;

/// The longest list of models.
const LONGEST_LIST: usize = 10_000;

/// Models that are listed one behind the other.
fn models(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n']).map(str::trim).filter(|model| !model.is_empty())
}

/// The value as it is kept, if it is one.
fn checked(field: &FieldView, text: &str, allow_private: bool) -> Result<String, FieldError> {
    let text = text.trim();
    let refused = |reason: &str| FieldError::Malformed {
        label: field.label.clone(),
        reason: reason.to_owned(),
        example: field.example.clone(),
    };
    let longest = if field.kind == FieldKind::Models { LONGEST_LIST } else { LONGEST };
    if text.len() > longest {
        return Err(refused("is too long"));
    }
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    match field.kind {
        FieldKind::Address => {
            let url = check_base_url(text, allow_private).map_err(|error| match error {
                AddressError::NotAnAddress { .. } => refused("is no address in full"),
                other => refused(&format!("cannot be used: {other}")),
            })?;
            if url.scheme() != "https" && !allow_private {
                return Err(refused("is not https"));
            }
            Ok(url.as_str().trim_end_matches('/').to_owned())
        }
        FieldKind::Label => {
            let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            let dashes = text.starts_with('-') || text.ends_with('-');
            if text.is_empty() || text.len() > 63 || dashes || !text.bytes().all(letters) {
                return Err(refused("holds something else than a-z, 0-9 and dashes"));
            }
            Ok(text.to_owned())
        }
        FieldKind::Word => {
            let dots = text.bytes().all(|b| b == b'.');
            if dots || !text.bytes().all(inner) {
                return Err(refused("holds something else than letters, digits, dots and dashes"));
            }
            Ok(text.to_owned())
        }
        FieldKind::Models => Ok(models(text).collect::<Vec<_>>().join(", ")),
    }
}

/// The values as they are kept: those that were said, each in order, and nothing that the vendor does not ask.
pub(crate) fn check(
    vendor: &str,
    fields: &[FieldView],
    said: &FieldValues,
    allow_private: bool,
) -> Result<FieldValues, FieldError> {
    for name in said.keys() {
        if fields.iter().all(|field| field.name != *name) {
            let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            return Err(FieldError::Unknown {
                vendor: vendor.to_owned(),
                name: name.chars().take(60).collect(),
                known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            });
        }
    }
    let mut kept = FieldValues::new();
    for field in fields {
        let text = said.get(&field.name).map(|text| text.trim()).filter(|text| !text.is_empty());
        match text {
            Some(text) => {
                kept.insert(field.name.clone(), checked(field, text, allow_private)?);
            }
            None if field.is_needed() => {
                return Err(FieldError::Missing {
                    vendor: vendor.to_owned(),
                    label: field.label.clone(),
                    name: field.name.clone(),
                    example: field.example.clone(),
                });
            }
            None => {}
        }
    }
    Ok(kept)
}

/// The models that an account's fields list.
pub(crate) fn listed(fields: &[FieldView], values: &FieldValues) -> Vec<String> {
    let lists = fields.iter().filter(|field| field.kind == FieldKind::Models);
    let values = lists.filter_map(|field| values.get(&field.name));
    values.flat_map(|text| models(text)).map(str::to_owned).collect()
}

/// A `[[fields]]` of a vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldTable {
    name: String,
    label: String,
    hint: Option<String>,
    kind: FieldKind,
    default: Option<String>,
    example: String,
}

/// Reads the fields of a file: each is there once, and what it gives as an example could be typed.
pub(crate) fn read(tables: Vec<FieldTable>, allow_private: bool) -> Result<Vec<FieldView>, String> {
    let mut fields: Vec<FieldView> = Vec::with_capacity(tables.len());
    for table in tables {
        let letters = |b: u8| b.is_ascii_lowercase() || b == b'_';
        let taken = ["model", "action", "session"].contains(&table.name.as_str());
        if table.name.is_empty() || taken || !table.name.bytes().all(letters) {
            return Err(format!("“{}” cannot be the name of a field", table.name));
        }
        if fields.iter().any(|field| field.name == table.name) {
            return Err(format!("there are two fields called “{}”", table.name));
        }
        let FieldTable { name, label, hint, kind, default, example } = table;
        let field = FieldView { name, label, hint, kind, default, example };
        for text in [Some(&field.example), field.default.as_ref()].into_iter().flatten() {
            let checked = checked(&field, text, allow_private);
            checked.map_err(|error| format!("the field {}: {error}", field.name))?;
        }
        fields.push(field);
    }
    Ok(fields)
}
