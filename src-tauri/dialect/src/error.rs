use thiserror::Error;

use crate::scan::Flaw;

/// Why a request's body cannot be used. Always the client's to mend.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BodyError {
    /// The bytes are not JSON.
    #[error("the body is not valid JSON: {problem}, at byte {offset}; send one JSON object")]
    NotJson {
        /// Where, in bytes from the start.
        offset: usize,
        /// What was found wrong there.
        problem: String,
    },
    /// The bytes are JSON, but no object.
    #[error("the body is not a JSON object; send an object with a `model` field")]
    NotAnObject,
    /// There is no `model`, or an empty one.
    #[error("the body names no model; set `model` to a model, an alias or a combo")]
    NoModel,
    /// `model` is something else than text.
    #[error("`model` is not a string; set it to the name of a model, an alias or a combo")]
    ModelNotText,
    /// A field that has to be understood for translation has the wrong form.
    #[error("`{field}` cannot be read: {problem}")]
    Field {
        /// The field, with its path.
        field: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The request builds on what a vendor keeps of earlier ones, and this vendor is another.
    #[error(
        "`{field}` can be honoured only by the vendor that keeps what it names; send the whole \
         conversation, or ask for a model of that vendor alone"
    )]
    KeptElsewhere {
        /// The field.
        field: &'static str,
    },
}

impl BodyError {
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Field { field: field.into(), problem: problem.into() }
    }

    /// The same error, found in an item of the list at `path`: paths are built only when something is wrong.
    pub(crate) fn at(self, path: &str, place: usize) -> Self {
        match self {
            Self::Field { field, problem } => {
                let inside = field.strip_prefix(path).map(str::to_owned);
                let field = inside.map_or(field, |rest| format!("{path}[{place}]{rest}"));
                Self::Field { field, problem }
            }
            other => other,
        }
    }
}

impl From<Flaw> for BodyError {
    fn from(flaw: Flaw) -> Self {
        Self::NotJson { offset: flaw.offset, problem: flaw.problem.to_owned() }
    }
}
