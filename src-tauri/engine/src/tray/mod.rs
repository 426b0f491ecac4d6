//! What a tray says, decided without one: its menu, its icon, and the notices on the screen.

mod aspect;
mod menu;
mod words;

pub use aspect::Aspect;
pub use menu::{Choice, ComboLine, MenuView, Routing, Seen, other_combo};
pub use words::{Card, Remedy, shortened};
