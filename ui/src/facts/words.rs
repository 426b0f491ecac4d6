//! The words and aspects that every page uses for the same thing.

use switchyard_types::{
    CandidateState, Dialect, FailureClass, LockView, Millis, Outcome, Tier, VendorStatus,
};

use crate::word::Word;

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
pub(crate) fn failure(class: FailureClass) -> Word {
    match class {
        FailureClass::ClientFault => word!("Request refused"),
        FailureClass::SignIn => word!("Key not accepted"),
        FailureClass::Billing => word!("Account cannot pay"),
        FailureClass::Quota => word!("Quota spent"),
        FailureClass::Rate => word!("Too many requests"),
        FailureClass::ContextTooLong => word!("Prompt too long"),
        FailureClass::ModelMissing => word!("No such model"),
        FailureClass::ContentPolicy => word!("Content refused"),
        FailureClass::Transient => word!("Vendor failed"),
        FailureClass::Transport => word!("Not reached"),
        FailureClass::Cancelled => word!("Cancelled"),
    }
}

/// What a lock is called on a signal.
pub(crate) fn locked(class: FailureClass) -> (Word, Aspect) {
    match class {
        FailureClass::Quota => (word!("Spent"), Aspect::Stop),
        FailureClass::Billing => (word!("Cannot pay"), Aspect::Stop),
        FailureClass::SignIn => (word!("Key refused"), Aspect::Stop),
        FailureClass::ModelMissing => (word!("No such model"), Aspect::Stop),
        FailureClass::Rate => (word!("Rate limited"), Aspect::Caution),
        FailureClass::Transient | FailureClass::Transport => (word!("Failing"), Aspect::Caution),
        FailureClass::ClientFault
        | FailureClass::ContextTooLong
        | FailureClass::ContentPolicy
        | FailureClass::Cancelled => (word!("Locked"), Aspect::Caution),
    }
}

/// A candidate's signal.
pub(crate) fn candidate(state: &CandidateState) -> (Word, Aspect) {
    match state {
        CandidateState::Clear => (word!("Clear"), Aspect::Clear),
        CandidateState::Locked { lock } => locked(lock.class),
        CandidateState::NoAccount => (word!("No account"), Aspect::Idle),
        CandidateState::Unknown => (word!("Unknown"), Aspect::Idle),
    }
}

/// An account's signal: off, or the lock that closes most of it, or clear.
pub(crate) fn account(enabled: bool, locks: &[LockView], now: Millis) -> (String, Aspect) {
    if !enabled {
        return (word!("Off").owned(), Aspect::Idle);
    }
    let held: Vec<&LockView> = locks.iter().filter(|lock| lock.until > now).collect();
    if let Some(whole) = held.iter().find(|lock| lock.model.is_none()) {
        let (word, aspect) = locked(whole.class);
        return (word.owned(), aspect);
    }
    match held.len() {
        0 => (word!("Clear").owned(), Aspect::Clear),
        1 => (word!("1 model locked").owned(), Aspect::Caution),
        n => (say!("{n} models locked", n), Aspect::Caution),
    }
}

/// How a request ended. A fallen-over answer is an answer.
pub(crate) fn outcome(outcome: Outcome) -> (Word, Aspect) {
    match outcome {
        Outcome::Answered => (word!("Answered"), Aspect::Clear),
        Outcome::Broken => (word!("Broke off"), Aspect::Caution),
        Outcome::Refused => (word!("Refused"), Aspect::Stop),
        Outcome::Exhausted => (word!("Nobody could answer"), Aspect::Stop),
        Outcome::Cancelled => (word!("Cancelled"), Aspect::Idle),
    }
}

/// A tier's heading.
pub(crate) fn tier(tier: Tier) -> Word {
    match tier {
        Tier::Subscription => word!("Subscription"),
        Tier::Cheap => word!("Pay by use"),
        Tier::Free => word!("Free"),
    }
}

/// What a tier means, beside its heading.
pub(crate) fn tier_note(tier: Tier) -> Word {
    match tier {
        Tier::Subscription => word!("Paid by the month already, so used first"),
        Tier::Cheap => word!("Paid by the token, at a low price"),
        Tier::Free => word!("Costs nothing"),
    }
}

/// A vendor's standing, where it is not simply usable.
pub(crate) fn vendor_status(status: VendorStatus) -> Option<(Word, Aspect)> {
    match status {
        VendorStatus::Active => None,
        VendorStatus::Restricted => Some((word!("Restricted"), Aspect::Restricted)),
        VendorStatus::Retired => Some((word!("Retired"), Aspect::Idle)),
    }
}

/// What a ready-made combo is called and good for, by its id; a newer server may have more.
pub(crate) fn template(id: &str) -> Option<(Word, Word)> {
    Some(match id {
        "max-subscription" => (
            word!("Maximize a subscription"),
            word!(
                "Uses up the subscription window that would expire unused first, and pays or goes free only when all of them are spent."
            ),
        ),
        "zero-cost" => (
            word!("Zero cost"),
            word!("Free vendors only, the quickest first; says no rather than pay."),
        ),
        "always-on" => (
            word!("Always on"),
            word!(
                "Everything that is connected, by tier, so that something answers while anything can."
            ),
        ),
        "openclaw-free" => (
            word!("OpenClaw free"),
            word!(
                "Free vendors in turn, for an assistant that runs all day: none is worn out, and each keeps a conversation that it began."
            ),
        ),
        _ => return None,
    })
}

/// A dialect's name for people.
pub(crate) fn dialect(dialect: Dialect) -> Word {
    match dialect {
        Dialect::Chat => word!("OpenAI Chat"),
        Dialect::Responses => word!("OpenAI Responses"),
        Dialect::Messages => word!("Anthropic Messages"),
        Dialect::Gemini => word!("Gemini"),
        Dialect::Ollama => word!("Ollama"),
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
