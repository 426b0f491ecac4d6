//! The words and aspects that every page uses for the same thing.

use switchyard_types::{
    CandidateState, Dialect, FailureClass, LockView, Millis, Outcome, Tier, VendorStatus,
};

/// What a signal shows. Each has its own colour, shape and word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// Green disc: can serve, or served.
    Clear,
    /// Amber triangle: closed for a short while, or ended in part.
    Caution,
    /// Red bar: spent, refused, or failed.
    Stop,
    /// Violet diamond: the vendor's terms restrict it.
    Restricted,
    /// Grey ring: takes no part.
    Idle,
    /// Blue, moving: under way.
    Running,
}

impl Aspect {
    /// The class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Clear => "is-clear",
            Self::Caution => "is-caution",
            Self::Stop => "is-stop",
            Self::Restricted => "is-restricted",
            Self::Idle => "is-idle",
            Self::Running => "is-running",
        }
    }
}

/// What a failure is called in a trace.
pub(crate) fn failure(class: FailureClass) -> &'static str {
    match class {
        FailureClass::ClientFault => "Request refused",
        FailureClass::SignIn => "Key not accepted",
        FailureClass::Billing => "Account cannot pay",
        FailureClass::Quota => "Quota spent",
        FailureClass::Rate => "Too many requests",
        FailureClass::ContextTooLong => "Prompt too long",
        FailureClass::ModelMissing => "No such model",
        FailureClass::ContentPolicy => "Content refused",
        FailureClass::Transient => "Vendor failed",
        FailureClass::Transport => "Not reached",
        FailureClass::Cancelled => "Cancelled",
    }
}

/// What a lock is called on a signal.
pub(crate) fn locked(class: FailureClass) -> (&'static str, Aspect) {
    match class {
        FailureClass::Quota => ("Spent", Aspect::Stop),
        FailureClass::Billing => ("Cannot pay", Aspect::Stop),
        FailureClass::SignIn => ("Key refused", Aspect::Stop),
        FailureClass::ModelMissing => ("No such model", Aspect::Stop),
        FailureClass::Rate => ("Rate limited", Aspect::Caution),
        FailureClass::Transient | FailureClass::Transport => ("Failing", Aspect::Caution),
        FailureClass::ClientFault
        | FailureClass::ContextTooLong
        | FailureClass::ContentPolicy
        | FailureClass::Cancelled => ("Locked", Aspect::Caution),
    }
}

/// A candidate's signal.
pub(crate) fn candidate(state: &CandidateState) -> (&'static str, Aspect) {
    match state {
        CandidateState::Clear => ("Clear", Aspect::Clear),
        CandidateState::Locked { lock } => locked(lock.class),
        CandidateState::NoAccount => ("No account", Aspect::Idle),
        CandidateState::Unknown => ("Unknown", Aspect::Idle),
    }
}

/// An account's signal: off, or the lock that closes most of it, or clear.
pub(crate) fn account(enabled: bool, locks: &[LockView], now: Millis) -> (String, Aspect) {
    if !enabled {
        return ("Off".to_owned(), Aspect::Idle);
    }
    let held: Vec<&LockView> = locks.iter().filter(|lock| lock.until > now).collect();
    if let Some(whole) = held.iter().find(|lock| lock.model.is_none()) {
        let (word, aspect) = locked(whole.class);
        return (word.to_owned(), aspect);
    }
    match held.len() {
        0 => ("Clear".to_owned(), Aspect::Clear),
        1 => ("1 model locked".to_owned(), Aspect::Caution),
        n => (format!("{n} models locked"), Aspect::Caution),
    }
}

/// How a request ended. A fallen-over answer is an answer.
pub(crate) fn outcome(outcome: Outcome) -> (&'static str, Aspect) {
    match outcome {
        Outcome::Answered => ("Answered", Aspect::Clear),
        Outcome::Broken => ("Broke off", Aspect::Caution),
        Outcome::Refused => ("Refused", Aspect::Stop),
        Outcome::Exhausted => ("Nobody could answer", Aspect::Stop),
        Outcome::Cancelled => ("Cancelled", Aspect::Idle),
    }
}

/// A tier's heading.
pub(crate) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "Subscription",
        Tier::Cheap => "Pay by use",
        Tier::Free => "Free",
    }
}

/// What a tier means, beside its heading.
pub(crate) fn tier_note(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "Paid by the month already, so used first",
        Tier::Cheap => "Paid by the token, at a low price",
        Tier::Free => "Costs nothing",
    }
}

/// A vendor's standing, where it is not simply usable.
pub(crate) fn vendor_status(status: VendorStatus) -> Option<(&'static str, Aspect)> {
    match status {
        VendorStatus::Active => None,
        VendorStatus::Restricted => Some(("Restricted", Aspect::Restricted)),
        VendorStatus::Retired => Some(("Retired", Aspect::Idle)),
    }
}

/// A dialect's name for people.
pub(crate) fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "OpenAI Chat",
        Dialect::Responses => "OpenAI Responses",
        Dialect::Messages => "Anthropic Messages",
        Dialect::Gemini => "Gemini",
        Dialect::Ollama => "Ollama",
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::AccountId;

    use super::*;

    fn lock(model: Option<&str>, until: Millis) -> LockView {
        LockView {
            account: AccountId::new("acc_1"),
            model: model.map(str::to_owned),
            class: FailureClass::Quota,
            message: String::new(),
            since: 0,
            until,
            from_vendor: true,
        }
    }

    #[test]
    fn an_account_shows_its_widest_lock_and_forgets_those_that_are_over() {
        let word = |enabled, locks: &[LockView]| account(enabled, locks, 10).0;
        assert_eq!(word(true, &[]), "Clear");
        assert_eq!(word(true, &[lock(Some("a"), 10)]), "Clear");
        assert_eq!(word(true, &[lock(Some("a"), 11)]), "1 model locked");
        assert_eq!(word(true, &[lock(Some("a"), 11), lock(None, 11)]), "Spent");
        assert_eq!(word(false, &[lock(None, 11)]), "Off");
    }
}
