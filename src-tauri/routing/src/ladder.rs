use switchyard_types::{AccountId, FailureClass, Millis};

use crate::{Failure, Lock, Scope};

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// How long failures of one class lock, in milliseconds, where the vendor names no time.
///
/// The first failure locks for `first`, the next for `base`, then twice as long each time up to
/// `longest`. Jitter comes on top, at most a tenth, so that waiters do not wake together.
struct Ladder {
    first: Millis,
    base: Millis,
    longest: Millis,
    /// The longest lock that the vendor itself may ask for.
    vendor_longest: Millis,
}

/// The ladder of a class; `None` for failures that say nothing about the account.
fn ladder(class: FailureClass) -> Option<Ladder> {
    let ladder = |first, base, longest, vendor_longest| {
        Some(Ladder { first, base, longest, vendor_longest })
    };
    match class {
        FailureClass::Rate => ladder(5 * SECOND, 10 * SECOND, 5 * MINUTE, DAY),
        // Without a word on when the window resets, one request an hour finds out soon enough.
        FailureClass::Quota => ladder(5 * MINUTE, 10 * MINUTE, HOUR, 35 * DAY),
        // One overload is often over at once; an agent should not leave its vendor for it.
        FailureClass::Transient => ladder(2 * SECOND, 10 * SECOND, 2 * MINUTE, DAY),
        FailureClass::Transport => ladder(2 * SECOND, 10 * SECOND, MINUTE, DAY),
        // The next four wait for the user or the vendor's staff, hence are flat.
        FailureClass::SignIn => ladder(30 * MINUTE, 30 * MINUTE, 30 * MINUTE, DAY),
        FailureClass::Billing => ladder(HOUR, HOUR, HOUR, DAY),
        FailureClass::ModelMissing => ladder(12 * HOUR, 12 * HOUR, 12 * HOUR, DAY),
        FailureClass::ClientFault
        | FailureClass::ContextTooLong
        | FailureClass::ContentPolicy
        | FailureClass::Cancelled => None,
    }
}

/// How long after a lock has opened the ladder still climbs from it, in milliseconds: as long as
/// its highest rung. An account that was well for that long starts at the foot again.
pub(crate) fn memory(class: FailureClass) -> Millis {
    ladder(class).map_or(0, |ladder| ladder.longest)
}

/// The longest time from now for which a vendor's word is taken, in milliseconds: a reset in ten
/// years is a mistake, not a window.
pub(crate) fn vendor_longest(class: FailureClass) -> Millis {
    ladder(class).map_or(0, |ladder| ladder.vendor_longest)
}

/// Says how long a failure keeps an account from serving; `None` if it does not.
///
/// `previous` is the last lock of the same reach ([`crate::LockTable::last`]), open again or not.
/// A burst of failures inside one lock that holds is one step of the ladder, and never shortens
/// that lock. `jitter` is between 0 and 1 and lengthens the ladder's time by up to a tenth; a time
/// that the vendor names is taken as it is.
pub fn lock_after(
    previous: Option<&Lock>,
    failure: &Failure,
    account: &AccountId,
    model: &str,
    now: Millis,
    jitter: f64,
) -> Option<Lock> {
    let ladder = ladder(failure.class)?;
    let model = match failure.scope {
        Scope::Model => Some(model.to_owned()),
        Scope::Account => None,
    };
    let previous = previous
        .filter(|lock| lock.account == *account && lock.model == model && lock.matters(now));
    let step = match previous.filter(|lock| lock.class == failure.class) {
        Some(lock) if lock.holds(now) => lock.step,
        Some(lock) => lock.step.saturating_add(1),
        None => 0,
    };
    let from_vendor = failure.reset.filter(|reset| *reset > now);
    let until = match from_vendor {
        Some(reset) => reset.min(now.saturating_add(ladder.vendor_longest)),
        None => now.saturating_add(with_jitter(ladder.delay(step), jitter)),
    };
    let lock = Lock {
        account: account.clone(),
        model,
        class: failure.class,
        message: failure.message.clone(),
        since: now,
        until,
        from_vendor: from_vendor.is_some(),
        step,
    };
    let open = previous.filter(|open| open.holds(now) && !outlasts(&lock, open));
    Some(open.cloned().unwrap_or(lock))
}

/// Whether a new lock takes the place of one that holds. The vendor's word does, and so does other
/// trouble, if it lasts longer; our own guess at the same trouble never pushes the lock further out.
fn outlasts(new: &Lock, open: &Lock) -> bool {
    (new.from_vendor || new.class != open.class) && new.until > open.until
}

impl Ladder {
    fn delay(&self, step: u32) -> Millis {
        let Some(doublings) = step.checked_sub(1) else { return self.first };
        // 2^20 times any base is past every cap; the bound keeps the shift legal.
        self.base.saturating_mul(1 << doublings.min(20)).min(self.longest)
    }
}

fn with_jitter(delay: Millis, jitter: f64) -> Millis {
    let part = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a tenth of at most twelve hours is far below either limit"
    )]
    let extra = (delay as f64 * 0.1 * part) as Millis;
    delay.saturating_add(extra)
}
