use switchyard_types::VendorProblem;

use crate::CatalogError;

impl CatalogError {
    /// The same for the user who wrote a file of that name and text: which line it is about, and what is
    /// wrong there.
    pub fn in_file(&self, file: &str, text: &str) -> VendorProblem {
        let (line, reason) = match self {
            Self::Parse { error, .. } => {
                let at = error.span().map(|span| line_at(text, span.start));
                (at, error.message().to_owned())
            }
            Self::Invalid { reason, .. } => (line_about(text, reason), reason.clone()),
            Self::Taken { name, .. } => (line_with(text, &format!("\"{name}\"")), self.to_string()),
            Self::Custom(error) => (None, error.to_string()),
        };
        VendorProblem { file: file.to_owned(), line: line.unwrap_or(1), reason }
    }
}

/// The line in which a byte stands, from 1.
fn line_at(text: &str, at: usize) -> u32 {
    let breaks = text.char_indices().take_while(|(place, _)| *place < at);
    let breaks = breaks.filter(|(_, letter)| *letter == '\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

fn line_with(text: &str, part: &str) -> Option<u32> {
    text.find(part).map(|at| line_at(text, at))
}

/// The line that a reason is about: the one that holds what the reason quotes, else the one whose field it
/// names.
fn line_about(text: &str, reason: &str) -> Option<u32> {
    let quoted = reason.split('“').skip(1).filter_map(|rest| rest.split_once('”'));
    let mut quoted = quoted.map(|(quoted, _)| quoted).filter(|quoted| !quoted.is_empty());
    quoted.find_map(|quoted| line_with(text, quoted)).or_else(|| {
        let names = |line: &str| {
            let field = line.split('=').next().unwrap_or_default().trim();
            !field.is_empty() && reason.split(' ').any(|word| word == field)
        };
        let at = text.lines().position(names)?;
        u32::try_from(at).ok()?.checked_add(1)
    })
}
