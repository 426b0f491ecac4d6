//! Scripts as TOML files.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use crate::fault::{Fault, FaultError, Signal, When, WhenError};
use crate::script::{Quota, Recording, Script, Vendor};
use crate::source::Agent;
use crate::span::{SpanError, parse_span};
use crate::turn::{Call, Chunking, Turn};

/// The form of a script file, for people.
pub const SCRIPT_FORM: &str = r#"Every table and field is optional. A vendor answers under /NAME/v1/…; `default` without a name.

port = 20199

[vendor.sub]
models = ["big", "small"]            # others answer 404; none given: every name is served
keys = ["sk-good"]                   # others answer 401; none given: every key
bad_keys = ["sk-old"]                # these answer 401
pace = "20ms"                        # before each delta
chunk_chars = 12                     # characters a delta
headers = { "x-codex-primary-used-percent" = "40" }   # with every good answer

[[vendor.sub.quota]]                 # counted for each key apart
model = "big"                        # none given: all models together
requests = 3
window = "5m"
signal = "anthropic-unified"         # how the 429 tells its end; `retry-after` if not given

[[vendor.sub.fault]]
model = "big"                        # none given: every model
when = "nth 2"                       # always, first N, after N, nth N, every N
fault = "overloaded@handshake"

[[vendor.sub.turn]]                  # with a model: its answer each time; without: one after the other
model = "big"
thinking = "Let me see."
signature = "c2lnbmF0dXJl"
text = "Here you are."
call = { name = "Bash", arguments = '{"command":"ls"}' }

[vendor.sub.agent]                   # calls the client's shell once, then quotes its output
command = "echo hello"
done = "The command said: {result}"
"#;

/// A script file that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It is no TOML of the script's form.
    #[error("the script is not in its form: {0}")]
    Form(#[from] toml::de::Error),
    /// A fault is none of the grammar's.
    #[error("vendor `{vendor}`: {source}")]
    Fault {
        /// The vendor in whose table it stands.
        vendor: String,
        /// What is wrong with it.
        source: FaultError,
    },
    /// A fault's condition is wrong.
    #[error("vendor `{vendor}`: {source}")]
    When {
        /// The vendor in whose table it stands.
        vendor: String,
        /// What is wrong with it.
        source: WhenError,
    },
    /// A duration is wrong.
    #[error("vendor `{vendor}`: {source}")]
    Span {
        /// The vendor in whose table it stands.
        vendor: String,
        /// What is wrong with it.
        source: SpanError,
    },
    /// A quota's signal is unknown.
    #[error("vendor `{vendor}`: `{signal}` is no signal; the signals are {}", signals())]
    Signal {
        /// The vendor in whose table it stands.
        vendor: String,
        /// What stands there.
        signal: String,
    },
}

fn signals() -> String {
    Signal::ALL.map(Signal::name).join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    port: Option<u16>,
    #[serde(default)]
    vendor: BTreeMap<String, VendorTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct VendorTable {
    models: Vec<String>,
    keys: Vec<String>,
    bad_keys: Vec<String>,
    pace: Option<String>,
    chunk_chars: Option<usize>,
    headers: BTreeMap<String, String>,
    quota: Vec<QuotaTable>,
    fault: Vec<FaultTable>,
    turn: Vec<TurnTable>,
    agent: Option<AgentTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaTable {
    model: Option<String>,
    requests: u64,
    window: String,
    signal: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultTable {
    model: Option<String>,
    when: Option<String>,
    fault: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnTable {
    model: Option<String>,
    thinking: Option<String>,
    signature: Option<String>,
    text: Option<String>,
    call: Option<CallTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallTable {
    name: String,
    #[serde(default)]
    arguments: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentTable {
    command: String,
    #[serde(default)]
    done: String,
}

impl FromStr for Script {
    type Err = ScriptError;

    /// Reads a script file ([`SCRIPT_FORM`]). Requests are not recorded.
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let file: File = toml::from_str(text)?;
        let mut script = Self::default().recording(Recording::Off).port(file.port.unwrap_or(0));
        for (name, table) in file.vendor {
            let vendor = table.vendor(&name)?;
            script = script.vendor(name, vendor);
        }
        Ok(script)
    }
}

impl VendorTable {
    fn vendor(self, name: &str) -> Result<Vendor, ScriptError> {
        let span = |text: &str| {
            parse_span(text).map_err(|source| ScriptError::Span { vendor: name.to_owned(), source })
        };
        let mut vendor =
            Vendor::default().models(self.models).keys(self.keys).bad_keys(self.bad_keys);
        if let Some(pace) = self.pace {
            vendor = vendor.pace(span(&pace)?);
        }
        if let Some(chars) = self.chunk_chars {
            vendor = vendor.chunking(Chunking::Size(chars));
        }
        for (header, value) in self.headers {
            vendor = vendor.header(header, value);
        }
        for quota in self.quota {
            vendor = vendor.limited_by(Quota {
                signal: signal(name, quota.signal.as_deref())?,
                window: span(&quota.window)?,
                model: quota.model,
                requests: quota.requests,
            });
        }
        for rule in self.fault {
            vendor = rule.add_to(vendor, name)?;
        }
        for turn in self.turn {
            vendor = turn.add_to(vendor);
        }
        if let Some(AgentTable { command, done }) = self.agent {
            vendor = vendor.answer(Agent { command, done_text: done });
        }
        Ok(vendor)
    }
}

fn signal(vendor: &str, name: Option<&str>) -> Result<Signal, ScriptError> {
    let Some(name) = name else { return Ok(Signal::RetryAfter) };
    let found = Signal::ALL.into_iter().find(|signal| signal.name() == name);
    found.ok_or_else(|| ScriptError::Signal { vendor: vendor.to_owned(), signal: name.to_owned() })
}

impl FaultTable {
    fn add_to(self, vendor: Vendor, name: &str) -> Result<Vendor, ScriptError> {
        let when = self.when.as_deref().map_or(Ok(When::Always), str::parse);
        let when = when.map_err(|source| ScriptError::When { vendor: name.to_owned(), source })?;
        let fault: Fault = self
            .fault
            .parse()
            .map_err(|source| ScriptError::Fault { vendor: name.to_owned(), source })?;
        Ok(match self.model {
            Some(model) => vendor.fault_for(model, when, fault),
            None => vendor.fault(when, fault),
        })
    }
}

impl TurnTable {
    fn add_to(self, vendor: Vendor) -> Vendor {
        let mut turn = Turn::default();
        if self.thinking.is_some() || self.signature.is_some() {
            turn = turn.and_thinking(
                self.thinking.unwrap_or_default(),
                self.signature.unwrap_or_default(),
            );
        }
        if let Some(text) = self.text {
            turn = turn.and_text(text);
        }
        if let Some(call) = self.call {
            let arguments = if call.arguments.is_empty() { "{}".into() } else { call.arguments };
            turn = turn.and_call(Call { arguments, ..Call::function(call.name, &Value::Null) });
        }
        match self.model {
            Some(model) => vendor.turn_for(model, turn),
            None => vendor.queue([turn]),
        }
    }
}
