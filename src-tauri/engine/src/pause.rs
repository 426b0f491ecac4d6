use std::sync::atomic::{AtomicBool, Ordering};

use switchyard_types::{Event, Paused};

use crate::Engine;

/// Whether requests are refused because the user paused routing. A pause ends with the program: after
/// a restart nobody remembers it, and agents that fail without a visible reason help no one.
#[derive(Debug, Default)]
pub(crate) struct Pause(AtomicBool);

impl Engine {
    /// Whether routing is paused.
    pub fn paused(&self) -> bool {
        self.inner.pause.0.load(Ordering::Relaxed)
    }

    /// Pauses or resumes routing, from the next request on; answers under way go on.
    pub fn set_paused(&self, Paused { paused }: Paused) {
        if self.inner.pause.0.swap(paused, Ordering::Relaxed) != paused {
            tracing::info!("routing is {}", if paused { "paused" } else { "resumed" });
            self.tell(Event::ConfigChanged);
        }
    }
}
