use serde::{Deserialize, Serialize};

/// A part of a whole in hundredths of a percent: whole numbers, so that a replay comes out the same
/// to the last digit. More than [`Share::FULL`] means overspent.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Share(u32);

impl Share {
    /// All of it.
    pub const FULL: Self = Self(10_000);

    /// From here on a window or a budget is nearly used up.
    pub const LOW: Self = Self(8_000);

    /// From hundredths of a percent.
    pub const fn of(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// From percent; what is no number of at least nothing is `None`.
    pub fn from_percent(percent: f64) -> Option<Self> {
        if !percent.is_finite() || percent < 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to what fits, and not negative"
        )]
        let hundredths = (percent * 100.0).round().min(1_000_000.0) as u32;
        Some(Self(hundredths))
    }

    /// What `used` is of `limit`; of no limit, everything is spent.
    pub fn ratio(used: u64, limit: u64) -> Self {
        let hundredths = (u128::from(used) * 10_000).checked_div(u128::from(limit));
        Self(hundredths.map_or(10_000, |share| u32::try_from(share).unwrap_or(u32::MAX)))
    }

    /// In hundredths of a percent.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn left(self) -> Self {
        Self(Self::FULL.0.saturating_sub(self.0))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole} %"),
            (whole, part) => write!(f, "{whole}.{part:02} %"),
        }
    }
}
