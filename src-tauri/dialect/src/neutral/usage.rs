use switchyard_types::Usage;

/// Usage as it gathers along a stream. Vendors report running totals, some of them in parts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally(Option<Usage>);

impl Tally {
    /// Takes a report: what it counts replaces what was known, what it leaves at zero does not.
    pub(crate) fn see(&mut self, report: Usage) {
        let known = self.0.get_or_insert_default();
        for (known, new) in [
            (&mut known.input, report.input),
            (&mut known.output, report.output),
            (&mut known.cache_read, report.cache_read),
            (&mut known.cache_write, report.cache_write),
            (&mut known.reasoning, report.reasoning),
        ] {
            if new > 0 {
                *known = new;
            }
        }
    }

    /// What is known; `None` if the vendor said nothing.
    pub(crate) fn total(self) -> Option<Usage> {
        self.0
    }
}
