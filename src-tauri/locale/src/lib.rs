//! The languages that the faces speak: which one is in force, and its words.
//!
//! In gettext's manner: a text stands in the source in English, as [`word!`] where it is always the same and as [`say!`]
//! where something stands in it, and the English text is the key of its translation. The table of the
//! [`Language`] in force is set by [`speak`]; what it does not hold is said in English. A face that is told its language
//! as a value, as the tray is, names its [`Voice`]. What was said in English already, such as the errors of the crates
//! below, is told by a [`Tongue`], which knows a text again by the template that it was filled from.
//!
//! It must not know what the texts are about, where a table comes from, or how a text is drawn.

mod fill;
mod language;
mod table;
mod tongue;
mod voice;
mod word;

pub use fill::{fill, named, placeholders};
pub use language::Language;
pub use table::{Table, written};
pub use tongue::{Tongue, template};
pub use voice::Voice;
pub use word::{Word, speak, spoken};
