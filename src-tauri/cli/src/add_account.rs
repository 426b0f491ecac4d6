//! `accounts add`: a key for a vendor, and what the vendor asks for besides.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use switchyard_engine::Config;
use switchyard_types::{AccountView, FieldKind, FieldView, Login, VendorView};

use crate::accounts::{get, post};
use crate::words::say;

/// No key is longer, in bytes; a service account's file is a few thousand.
const LONGEST: u64 = 64 * 1024;

/// The way out may hold a password, so it is no argument.
const PROXY: &str = "SWITCHYARD_ACCOUNT_PROXY";

/// What `switchyard accounts add` is told.
///
/// The key is asked for, or taken from standard input or a file; never an argument, since every program of the
/// machine can read those. A proxy of the account's own is taken from `SWITCHYARD_ACCOUNT_PROXY`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The vendor's id, as in `switchyard models`: openai, azure, vertex, …
    vendor: String,
    /// A name for the account [default: the vendor's]
    #[arg(long, default_value = "")]
    name: String,
    /// What the vendor asks for besides the key; those that are missing are asked for
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Read the key from this file, as of a service account
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Save the key without asking the vendor whether it works
    #[arg(long)]
    unchecked: bool,
    /// Print the account as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn add(config: &Config, add: Add) -> anyhow::Result<()> {
    let vendors: Vec<VendorView> = get(config, "/api/vendors").await?;
    let vendor = vendors.into_iter().find(|vendor| vendor.id == add.vendor);
    let Some(vendor) = vendor else {
        bail!("there is no vendor {:?}; `switchyard models` shows their models", add.vendor);
    };
    let mut fields = BTreeMap::new();
    for field in &add.fields {
        let Some((name, value)) = field.split_once('=') else {
            bail!("{field:?} is no field: write NAME=VALUE");
        };
        fields.insert(name.to_owned(), value.to_owned());
    }
    if std::io::stdin().is_terminal() {
        for field in &vendor.fields {
            if !fields.contains_key(&field.name) {
                fields.insert(field.name.clone(), asked(field)?);
            }
        }
    }
    let key = match (vendor.login, &add.key_file) {
        (Login::None, None) => String::new(),
        (_, Some(file)) => {
            std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?
        }
        (Login::Key | Login::Account, None) => typed(&vendor.name)?,
    };
    let body = json!({
        "vendor": vendor.id,
        "name": add.name,
        "key": key.trim(),
        "check": !add.unchecked,
        "fields": fields,
        "proxy": std::env::var(PROXY).unwrap_or_default(),
    });
    let account: AccountView = post(config, "/api/accounts", &body).await?;
    if add.json {
        say(&serde_json::to_string(&account)?);
    } else {
        say(&format!("Added {} at {}", account.name, vendor.name));
    }
    Ok(())
}

/// Asks for a field; an empty line takes what holds by default.
fn asked(field: &FieldView) -> anyhow::Result<String> {
    let default = match (&field.default, field.kind) {
        (Some(default), _) => format!(" [{default}]"),
        (None, FieldKind::Models) => " [none]".to_owned(),
        (None, FieldKind::Address | FieldKind::Label | FieldKind::Word) => {
            format!(" (such as {})", field.example)
        }
    };
    let hint = field.hint.as_ref().map_or_else(String::new, |hint| format!("{hint}\n"));
    let mut out = std::io::stderr().lock();
    write!(out, "{hint}{}{default}: ", field.label).and_then(|()| out.flush())?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading it")?;
    Ok(line.trim().to_owned())
}

/// The key from the terminal, which does not show it, or all of standard input.
fn typed(vendor: &str) -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        let words = format!("Paste the key of {vendor} (it is not shown): ");
        return rpassword::prompt_password(words).context("reading the key");
    }
    let mut text = String::new();
    input.lock().take(LONGEST).read_to_string(&mut text).context("reading the key")?;
    Ok(text)
}
