//! The HTTP face of the engine.
//!
//! - The model API (`/v1/…`, `/v1beta/…`, Ollama's `/api/chat` and its like): what coding agents talk to.
//! - The admin API (`/api/…`) and live events: what the dashboard talks to.
//! - The dashboard's files.
//!
//! [`serve`] starts it and returns a [`Server`]. Every route is an entry of one table with its
//! [`Access`], and one guard stands before all of them; what is not in the table is not reachable.
//!
//! It must not know what a request means: it finds out who asks and in which dialect, and hands
//! the bytes to the engine.

mod accept;
mod access;
mod admin;
mod assets;
mod control;
mod crowd;
mod events;
mod gate;
mod gemini_api;
mod guard;
mod head_timer;
mod intake;
mod lanes;
mod model_api;
mod models;
mod ollama_api;
mod pace;
mod refusal;
mod routes;
mod serve;
mod session;
mod tongue;

pub use access::Access;
pub use control::{ControlError, ControlFile};
pub use routes::route_list;
pub use serve::{DesktopSession, Options, ServeError, Server, serve};
