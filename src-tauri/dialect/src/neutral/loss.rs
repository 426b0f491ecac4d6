/// What a translation could not carry: one sentence each, none twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Losses(Vec<String>);

impl Losses {
    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }

    /// Names a field that was not carried; of one that every piece of a stream has, no sentence is made twice.
    pub(crate) fn uncarried(&mut self, field: &str) {
        const TAIL: &str = ": it was not carried";
        if !self.0.iter().any(|known| known.strip_suffix(TAIL) == Some(field)) {
            self.0.push(format!("{field}{TAIL}"));
        }
    }

    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        self.0
    }
}
