use std::sync::atomic::{AtomicI64, Ordering};

use switchyard_types::{Event, Millis, Paused};

use crate::Engine;

/// Stands for no pause: before any moment of a clock.
const NEVER: Millis = Millis::MIN;

/// Since when requests are refused because the user paused routing. A pause ends with the program: after
/// a restart nobody remembers it, and agents that fail without a visible reason help no one.
#[derive(Debug)]
pub(crate) struct Pause(AtomicI64);

impl Default for Pause {
    fn default() -> Self {
        Self(AtomicI64::new(NEVER))
    }
}

impl Engine {
    /// Whether routing is paused.
    pub fn paused(&self) -> bool {
        self.paused_since().is_some()
    }

    /// Since when routing is paused.
    pub fn paused_since(&self) -> Option<Millis> {
        Some(self.inner.pause.0.load(Ordering::Relaxed)).filter(|since| *since != NEVER)
    }

    /// Pauses or resumes routing, from the next request on; answers under way go on. What is paused
    /// already stays so since then.
    pub fn set_paused(&self, Paused { paused }: Paused) {
        let since = &self.inner.pause.0;
        let changed = if paused {
            since.compare_exchange(NEVER, self.now(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
        } else {
            since.swap(NEVER, Ordering::Relaxed) != NEVER
        };
        if changed {
            tracing::info!("routing is {}", if paused { "paused" } else { "resumed" });
            self.tell(Event::ConfigChanged);
        }
    }
}
