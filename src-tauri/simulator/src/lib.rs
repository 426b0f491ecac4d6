//! A fake vendor server for tests, the demo and benchmarks: it speaks `OpenAI` Chat, `OpenAI` Responses, Anthropic
//! Messages, Gemini, Ollama and Kiro on 127.0.0.1, streaming and not, with scripted quotas, keys, delays and faults.
//!
//! Some paths play a vendor with ways of its own: `v1internal:…` is Google's code assist, `backend-api/codex/responses`
//! the Codex backend, `copilot/…` GitHub Copilot.
//!
//! A [`Script`] holds [`Vendor`]s, each reached under its own path (`/{vendor}/v1/…`); [`Simulator::start`]
//! serves it; what a vendor answers is a [`Turn`], and what goes wrong with it a [`Fault`], by script or by
//! the model's name ([`FAULT_GRAMMAR`]).
//!
//! It must know none of our other crates: a peer that shared their code would share their mistakes.
//!
//! ```
//! use std::time::Duration;
//! use switchyard_simulator::{Script, Simulator, Turn, Vendor, When};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let subscription = Vendor::default()
//!     .keys(["sk-one", "sk-two"])
//!     .quota(3, Duration::from_secs(300))
//!     .fault(When::Nth(2), "overloaded@handshake".parse()?)
//!     .turn_for("small", Turn::text("Certainly."));
//! let simulator = Simulator::start(Script::default().vendor("sub", subscription)).await?;
//! assert!(simulator.url("sub").ends_with("/sub/v1"));
//! # simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod body;
mod clock;
mod compose;
mod desk;
mod dialect;
mod fault;
mod leading;
mod live;
mod login;
mod proxy;
mod record;
mod role;
mod route;
mod script;
mod script_file;
mod seen;
mod serve;
mod simulator;
mod source;
mod span;
mod talk;
#[cfg(feature = "tls")]
mod tunnel;
mod turn;
mod wire;

pub use dialect::Dialect;
pub use fault::{
    FAULT_GRAMMAR, Fault, FaultError, Limit, Position, Refusal, Signal, When, WhenError,
};
pub use login::{
    Login, LoginLog, Poll, QuotaPage, QuotaShape, Rotation, TokenFault, User, service_account_file,
};
pub use proxy::SocksProxy;
pub use record::{Ending, How, Request};
pub use script::{DEFAULT_VENDOR, Quota, Recording, Script, Vendor};
pub use script_file::{SCRIPT_FORM, ScriptError};
pub use seen::{Seen, Tool};
pub use simulator::Simulator;
pub use source::{Agent, TurnSource};
pub use span::{SpanError, parse_span};
#[cfg(feature = "tls")]
pub use tunnel::{Issuer, TlsProxy};
pub use turn::{Block, Call, CallKind, Chunking, Stop, Turn, Usage};
