//! The `switchyard` command: the headless server, the demo, and small questions to a running server.

mod accounts;
mod add_account;
mod ask;
mod backup;
mod demo;
mod keys;
mod link;
mod password;
mod quota;
mod replay;
mod requests;
mod routing;
mod serve;
mod tools;
mod transfer;
mod words;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use switchyard_engine::{Config, Redactor};
use switchyard_types::Paused;

/// glibc keeps what a rush of long conversations took, hundreds of megabytes for as long as the program runs.
/// This one gives it back to the system within moments.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps people coding: a local proxy that sends each request of a coding agent to the best of your
/// accounts, and moves to the next one when a quota runs out.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The folder of the database [default: `$DATA_DIR`, else the system's place for application data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the proxy and the dashboard
    Serve {
        /// The port to listen on [default: `$PORT`, else 20128]
        #[arg(long)]
        port: Option<u16>,
        /// The address to listen on [default: `$HOSTNAME` if it is an address, else 127.0.0.1]
        #[arg(long, value_name = "ADDRESS")]
        host: Option<IpAddr>,
    },
    /// Watch a quota run out and the next vendor take over, with simulated vendors and no account
    Demo {
        /// The port to listen on [default: `$PORT`, else 20128]
        #[arg(long)]
        port: Option<u16>,
    },
    /// Sign in at a vendor: on its page, with a code, or by pasting the address on which its page ends
    Login(accounts::Login),
    /// List the accounts and how they stand, or add one with a key
    #[command(args_conflicts_with_subcommands = true)]
    Accounts {
        #[command(subcommand)]
        what: Option<Accounts>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask the vendors what is left of each account's quota
    Quota {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the models that a combo may name
    Models {
        /// Ask this vendor for its list first, and keep it
        #[arg(long, value_name = "VENDOR")]
        import: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the keys of clients with their last use and what they may ask for, or make and revoke one
    #[command(args_conflicts_with_subcommands = true)]
    Keys {
        #[command(subcommand)]
        what: Option<keys::Keys>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print an address that signs a browser into the running server's dashboard, once
    Link,
    /// Show the running server, its combos and what keeps their models from serving
    Status,
    /// List, make, check and restore backups of the database
    Backup {
        #[command(subcommand)]
        what: backup::Backup,
    },
    /// Exchange the key that seals your secrets, or move it
    Secrets {
        #[command(subcommand)]
        what: backup::Secrets,
    },
    /// Set, change or take away the dashboard's password
    ///
    /// Asks for it, or takes it from `SWITCHYARD_NEW_PASSWORD` or standard input.
    Password(password::Password),
    /// Write everything you configured into one file that a passphrase opens
    Export(transfer::Export),
    /// Read an exported file: shows what it would change, and with `--apply` changes it
    Import(transfer::Import),
    /// Make the model name `auto` mean this combo, from the next request on
    Use {
        /// The combo's name
        combo: String,
        /// Print the combo as JSON
        #[arg(long)]
        json: bool,
    },
    /// Refuse requests until `resume`; answers under way go on
    Pause,
    /// Serve requests again
    Resume,
    /// Print a link that offers this combo to others, without its accounts and budgets
    Share {
        /// The combo's name
        combo: String,
    },
    /// Follow a `switchyard:` link: shows the combo that it offers, or hands a sign-in its answer
    Open(link::Open),
    /// Show whom a request for a model would ask now, whom not and why, without asking anybody
    Plan(routing::Plan),
    /// Show why a request went as it did, what it cost, and what would have been without fallback
    Explain(routing::Explain),
    /// Show a request and what was said in it, or say whether that is kept
    Requests {
        #[command(subcommand)]
        what: requests::Requests,
    },
    /// Let an account be tried again, whatever locked it
    Unlock(routing::Unlock),
    /// Decide again what a server recorded of its routing, and show what comes out otherwise
    ///
    /// A server that is started with `SWITCHYARD_RECORD_ROUTING=FILE` writes down what happens to its routing and
    /// what it decides: names of accounts and models, but no key and nothing that was said.
    Replay(replay::Replay),
    /// List the coding tools on this machine and whether they are pointed here
    Tools(tools::Tools),
    /// Point a coding tool here: shows the change, writes it, and can take it back
    #[command(after_help = APPLY_HELP)]
    Apply(tools::Apply),
    /// Put a coding tool back as it was; what you changed since stays
    Revert(tools::Revert),
    /// Show how to set up a tool whose files Switchyard does not write
    Guide(tools::Guide),
    /// Find what was left behind: a tool pointed where nobody listens, a revoked key, half-written files
    Doctor(tools::Doctor),
}

#[derive(Debug, Subcommand)]
enum Accounts {
    /// Add a key of a vendor
    Add(add_account::Add),
}

const APPLY_HELP: &str = "Examples:
  switchyard apply claude-code
  switchyard apply claude-code --model work --slot haiku=cheap
  switchyard apply codex --dry-run

Only the keys that are shown change, everything else in the file stays byte for byte. The tool gets a
key of its own, so that its usage shows apart and it can be revoked. A copy of each file is kept.";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let redactor = Redactor::default();
    start_log(redactor.clone());
    let outcome = tokio::runtime::Builder::new_multi_thread()
        // Connections have threads of their own; what is left here needs no more.
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(arguments, redactor)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            words::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments, redactor: Redactor) -> anyhow::Result<ExitCode> {
    let mut config = config(arguments.data_dir)?;
    config.redactor = redactor;
    match arguments.command {
        Command::Serve { port, host } => {
            config.port = port.unwrap_or(config.port);
            config.host = host.unwrap_or(config.host);
            serve::serve(config).await
        }
        Command::Demo { port } => {
            config.port = port.unwrap_or(config.port);
            demo::demo(config).await
        }
        Command::Login(asked) => accounts::login(&config, asked).await,
        Command::Accounts { what: Some(Accounts::Add(asked)), .. } => {
            add_account::add(&config, asked).await
        }
        Command::Accounts { what: None, json } => accounts::accounts(&config, json).await,
        Command::Quota { json } => quota::quota(&config, json).await,
        Command::Models { import: Some(vendor), json } => {
            accounts::import_models(&config, &vendor, json).await
        }
        Command::Models { import: None, json } => accounts::models(&config, json).await,
        Command::Keys { what, json } => keys::keys(&config, what, json).await,
        Command::Link => ask::link(&config).await,
        Command::Status => ask::status(&config).await,
        Command::Backup { what } => backup::backup(&config, what).await,
        Command::Secrets { what } => backup::secrets(config, what).await,
        Command::Password(asked) => password::password(config, &asked).await,
        Command::Export(export) => transfer::export(config, export).await,
        Command::Import(import) => transfer::import(config, import).await,
        Command::Use { combo, json } => ask::activate(&config, &combo, json).await,
        Command::Pause => ask::pause(&config, Paused { paused: true }).await,
        Command::Resume => ask::pause(&config, Paused { paused: false }).await,
        Command::Share { combo } => link::share(&config, &combo).await,
        Command::Open(asked) => link::open(&config, asked).await,
        Command::Plan(asked) => routing::plan(&config, asked).await,
        Command::Explain(asked) => routing::explain(&config, asked).await,
        Command::Requests { what } => requests::requests(&config, what).await,
        Command::Unlock(asked) => routing::unlock(&config, asked).await,
        Command::Replay(asked) => {
            return Ok(if replay::replay(&asked)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Tools(asked) => tools::list(config, &asked).await,
        Command::Apply(asked) => tools::apply(config, &asked).await,
        Command::Revert(asked) => tools::revert(config, &asked).await,
        Command::Guide(asked) => tools::guide(config, &asked).await,
        Command::Doctor(asked) => {
            let well = tools::doctor(config, &asked).await?;
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The environment, and over it what the command line says.
fn config(data_dir: Option<PathBuf>) -> anyhow::Result<Config> {
    let data_dir = data_dir.map(std::path::absolute).transpose()?;
    let config = Config::from_env(|name| match (name, &data_dir) {
        ("DATA_DIR", Some(dir)) => Some(dir.to_string_lossy().into_owned()),
        _ => std::env::var(name).ok(),
    })?;
    Ok(config)
}

/// What happens is told on standard error, without secrets; `SWITCHYARD_LOG` chooses how much, as in `debug`.
fn start_log(redactor: Redactor) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SWITCHYARD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || redactor.writer(std::io::stderr()))
        .with_target(false)
        .init();
}
