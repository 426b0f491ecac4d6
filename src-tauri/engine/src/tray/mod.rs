//! What a tray says, decided without one: its menu, its icon, and the notices on the screen, in the language of the
//! [`switchyard_locale::Voice`] that is handed in.

mod aspect;
mod menu;
mod voice;
mod words;

pub use aspect::Aspect;
pub use menu::{Choice, ComboLine, FixedLines, MenuView, Routing, Seen, other_combo};
pub use voice::voice;
pub use words::{Card, Remedy, UPDATES, shortened};
