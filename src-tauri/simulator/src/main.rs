//! The simulator as a command.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use switchyard_simulator::{FAULT_GRAMMAR, Recording, SCRIPT_FORM, Script, Simulator};

/// A fake vendor that speaks `OpenAI` Chat, `OpenAI` Responses, Anthropic Messages and Gemini.
#[derive(Parser)]
#[command(name = "switchyard-simulator", version, after_long_help = long_help())]
struct Options {
    /// The port on 127.0.0.1; 0 takes a free one. Before the script's own; 20199 if neither names one.
    #[arg(long)]
    port: Option<u16>,
    /// A TOML file that says how the vendors behave; without it one vendor echoes.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

const PORT: u16 = 20199;

fn long_help() -> String {
    format!("FAULTS\n{FAULT_GRAMMAR}\n\nSCRIPT FILE\n{SCRIPT_FORM}")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let mut script = Script::default().recording(Recording::Off).port(PORT);
    if let Some(path) = &options.script {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading the script {}", path.display()))?;
        script = text.parse().with_context(|| format!("in the script {}", path.display()))?;
        if !script.names_port() {
            script = script.port(PORT);
        }
    }
    if let Some(port) = options.port {
        script = script.port(port);
    }
    let vendors: Vec<String> = script.vendor_names().map(str::to_owned).collect();
    let simulator = Simulator::start(script).await.context("binding the port; is it in use?")?;
    greet(&simulator, &vendors)?;
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    simulator.shutdown().await;
    Ok(())
}

fn greet(simulator: &Simulator, vendors: &[String]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for vendor in vendors {
        writeln!(out, "{vendor:12} {}", simulator.root(vendor))?;
    }
    let (openai, gemini) = (simulator.url("default"), simulator.gemini_url("default"));
    let json = "-H 'content-type: application/json'";
    writeln!(
        out,
        "\nTry:\n\
         curl -N {openai}/chat/completions {json} -d '{{\"model\":\"ok\",\"stream\":true,\"messages\":\
         [{{\"role\":\"user\",\"content\":\"Hi\"}}]}}'\n\
         curl -N {openai}/responses {json} -d '{{\"model\":\"ok\",\"stream\":true,\"input\":\"Hi\"}}'\n\
         curl -N {openai}/messages {json} -d '{{\"model\":\"ok\",\"stream\":true,\"max_tokens\":99,\"messages\":\
         [{{\"role\":\"user\",\"content\":\"Hi\"}}]}}'\n\
         curl -N '{gemini}/models/ok:streamGenerateContent?alt=sse' {json} -d '{{\"contents\":\
         [{{\"parts\":[{{\"text\":\"Hi\"}}]}}]}}'\n\
         Faults by model name, such as \"ok+429-retry-after-30\": see --help. Ctrl-C ends."
    )
}
