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

    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        self.0
    }
}
