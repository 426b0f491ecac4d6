//! Logins that other programs of the user's keep on this machine: read on request, and never written.
//!
//! Where each program keeps its login: the programs' own documentation and sources, read 2026-11. On macOS
//! Claude Code keeps its login in the keychain, and the file stands there only where that could not be used.

use std::path::{Path, PathBuf};

use serde_json::Value;
use switchyard_types::{
    AccountView, FoundLogin, ImportLogin, LoginFacts, LoginTokens, Millis, Secret, VendorStatus,
};
use switchyard_upstream::login::{SignedIn, facts_of_id_token};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Understood;
use super::system_keychain::{self, Kept};
use crate::config::Places;
use crate::{Engine, EngineError};

/// No program's login is larger.
const LARGEST: u64 = 1_000_000;

/// A program that keeps a login.
struct Program {
    id: &'static str,
    vendor: &'static str,
    name: &'static str,
    way: &'static str,
    path: fn(&Places) -> Option<PathBuf>,
    /// The service under which macOS's keychain holds it, for programs that keep it there.
    service: Option<&'static str>,
    read: fn(&Value) -> Option<SignedIn>,
}

const PROGRAMS: [Program; 6] = [
    Program {
        id: "claude-code",
        vendor: "claude",
        name: "Claude Code",
        way: "browser",
        path: |places| Some(places.claude.clone()?.join(".credentials.json")),
        service: Some("Claude Code-credentials"),
        read: claude,
    },
    Program {
        id: "codex",
        vendor: "codex",
        name: "Codex",
        way: "browser",
        path: |places| Some(places.codex.clone()?.join("auth.json")),
        service: None,
        read: codex,
    },
    Program {
        id: "gemini-cli",
        vendor: "gemini-cli",
        name: "Gemini CLI",
        way: "browser",
        path: |places| Some(places.home.clone()?.join(".gemini/oauth_creds.json")),
        service: None,
        read: google,
    },
    Program {
        id: "copilot",
        vendor: "github",
        name: "GitHub Copilot",
        way: "device",
        path: |places| Some(places.config.clone()?.join("github-copilot/apps.json")),
        service: None,
        read: copilot,
    },
    Program {
        id: "kiro",
        vendor: "kiro",
        name: "Kiro",
        way: "google",
        path: |places| Some(places.home.clone()?.join(".aws/sso/cache/kiro-auth-token.json")),
        service: None,
        read: kiro,
    },
    Program {
        id: "qwen",
        vendor: "qwen",
        name: "Qwen Code",
        way: "device",
        path: |places| Some(places.home.clone()?.join(".qwen/oauth_creds.json")),
        service: None,
        read: google,
    },
];

impl Engine {
    /// The logins that other programs keep on this machine.
    pub async fn found_logins(&self) -> Vec<FoundLogin> {
        let places = self.inner.config.places.clone();
        let looked = tokio::task::spawn_blocking(move || {
            PROGRAMS.iter().filter_map(|program| look(program, &places)).collect::<Vec<_>>()
        });
        let mut found = looked.await.unwrap_or_default();
        self.look_in_keychain(&mut found).await;
        for login in &mut found {
            login.problem = login.problem.take().or_else(|| self.cannot_serve(&login.vendor));
        }
        found
    }

    /// Takes a found login over. The program that keeps it is left as it is; where its vendor hands out refresh
    /// tokens that serve once, the program may have to sign in again one day.
    pub async fn import_login(&self, import: ImportLogin) -> Result<AccountView, EngineError> {
        let unknown = || EngineError::NotFound { what: "login to import", name: import.id.clone() };
        let program =
            PROGRAMS.iter().find(|program| program.id == import.id).ok_or_else(unknown)?;
        let vendor = self.vendor_to_sign_in(program.vendor, Understood::from(import.understood))?;
        let kept = match self.in_keychain(program).await {
            Ok(Some(kept)) => Ok(Some(kept)),
            Ok(None) => {
                let path = (program.path)(&self.inner.config.places).ok_or_else(unknown)?;
                let read = tokio::task::spawn_blocking(move || in_file(program, &path)).await;
                read.map_err(|_| unknown())?
            }
            Err(reason) => Err(reason),
        };
        let signed_in = match kept {
            Ok(Some(signed_in)) => signed_in,
            Ok(None) => return Err(unknown()),
            Err(reason) => {
                let message = format!("{}'s login cannot be read: {reason}", program.name);
                return Err(EngineError::invalid(message, "sign in here instead"));
            }
        };
        self.keep_login(&vendor, &import.name, None, &signed_in).await
    }

    /// Finds what programs keep in the system's keychain, without reading it: nobody is asked for leave
    /// before they take it over.
    async fn look_in_keychain(&self, found: &mut Vec<FoundLogin>) {
        let Some(tool) = &self.inner.config.places.keychain_tool else { return };
        for program in &PROGRAMS {
            let Some(service) = program.service else { continue };
            if !system_keychain::holds(tool, service).await {
                continue;
            }
            found.retain(|login| login.id != program.id);
            let path = format!("the keychain, as “{service}”");
            found.push(program.found(path, Ok(None)));
        }
    }

    /// A program's login in the system's keychain; the system may ask the user for leave.
    async fn in_keychain(&self, program: &Program) -> Result<Option<SignedIn>, String> {
        let tool = &self.inner.config.places.keychain_tool;
        let (Some(tool), Some(service)) = (tool, program.service) else { return Ok(None) };
        match system_keychain::read(tool, service).await {
            Kept::Nothing => Ok(None),
            Kept::Refused(reason) => Err(reason),
            Kept::Text(text) => program.signed_in(text.as_bytes()).map(Some),
        }
    }

    fn cannot_serve(&self, vendor: &str) -> Option<String> {
        let live = self.live();
        match live.catalog.vendor(vendor) {
            None => Some("this vendor is not known here".to_owned()),
            Some(vendor) if vendor.status == VendorStatus::Retired => vendor.note.clone(),
            Some(_) => None,
        }
    }
}

impl Program {
    /// How a login of this program is shown that was found there.
    fn found(&self, path: String, read: Result<Option<String>, String>) -> FoundLogin {
        let (identity, problem) = match read {
            Ok(identity) => (identity, None),
            Err(problem) => (None, Some(problem)),
        };
        FoundLogin {
            id: self.id.to_owned(),
            vendor: self.vendor.to_owned(),
            program: self.name.to_owned(),
            path,
            identity,
            problem,
        }
    }

    /// The login in what the program wrote down.
    fn signed_in(&self, written: &[u8]) -> Result<SignedIn, String> {
        // What is wrong with a text that holds secrets is said without quoting it.
        let json: Value =
            serde_json::from_slice(written).map_err(|_| "it is no JSON".to_owned())?;
        let mut signed_in = (self.read)(&json).ok_or("it holds no login")?;
        if signed_in.facts.way.is_empty() {
            self.way.clone_into(&mut signed_in.facts.way);
        }
        Ok(signed_in)
    }
}

fn look(program: &Program, places: &Places) -> Option<FoundLogin> {
    let path = (program.path)(places)?;
    let read = match in_file(program, &path) {
        Ok(None) => return None,
        Ok(Some(signed_in)) => Ok(signed_in.facts.identity),
        Err(reason) => Err(reason),
    };
    Some(program.found(path.display().to_string(), read))
}

/// The login in a program's file; `Ok(None)` where there is no file.
fn in_file(program: &Program, path: &Path) -> Result<Option<SignedIn>, String> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if about.len() > LARGEST || !about.is_file() {
        return Err("it is no file of a login".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    program.signed_in(&bytes).map(Some)
}

fn text(value: &Value, path: &str) -> Option<String> {
    value.pointer(path)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn secret(value: &Value, path: &str) -> Option<Secret> {
    text(value, path).map(Secret::new)
}

fn claude(json: &Value) -> Option<SignedIn> {
    let login = json.get("claudeAiOauth")?;
    let tokens = LoginTokens {
        access: secret(login, "/accessToken")?,
        refresh: secret(login, "/refreshToken"),
        ..LoginTokens::default()
    };
    let scopes = login.get("scopes").and_then(Value::as_array);
    let facts = LoginFacts {
        expires_at: login.get("expiresAt").and_then(Value::as_i64),
        plan: text(login, "/subscriptionType"),
        scopes: scopes.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        ..LoginFacts::default()
    };
    Some(SignedIn { tokens, facts })
}

fn codex(json: &Value) -> Option<SignedIn> {
    let tokens = LoginTokens {
        access: secret(json, "/tokens/access_token")?,
        refresh: secret(json, "/tokens/refresh_token"),
        id: secret(json, "/tokens/id_token"),
        client_secret: None,
    };
    let mut facts = LoginFacts::default();
    facts_of_id_token(&tokens, &mut facts);
    facts.vendor_account = text(json, "/tokens/account_id").or(facts.vendor_account);
    Some(SignedIn { tokens, facts })
}

fn google(json: &Value) -> Option<SignedIn> {
    let tokens = LoginTokens {
        access: secret(json, "/access_token")?,
        refresh: secret(json, "/refresh_token"),
        id: secret(json, "/id_token"),
        client_secret: None,
    };
    let mut facts = LoginFacts::default();
    facts_of_id_token(&tokens, &mut facts);
    facts.expires_at = json.get("expiry_date").and_then(Value::as_i64).or(facts.expires_at);
    Some(SignedIn { tokens, facts })
}

/// The long-lived token of GitHub; Copilot's own is fetched with it.
fn copilot(json: &Value) -> Option<SignedIn> {
    let app = json.as_object()?.iter().find(|(name, _)| name.starts_with("github.com"))?.1;
    let long_lived = secret(app, "/oauth_token")?;
    let tokens = LoginTokens {
        access: long_lived.clone(),
        refresh: Some(long_lived),
        ..LoginTokens::default()
    };
    // Over already: the first request fetches the token that requests are sent with.
    let facts =
        LoginFacts { identity: text(app, "/user"), expires_at: Some(0), ..LoginFacts::default() };
    Some(SignedIn { tokens, facts })
}

fn kiro(json: &Value) -> Option<SignedIn> {
    let ends = text(json, "/expiresAt")
        .and_then(|date| OffsetDateTime::parse(&date, &Rfc3339).ok())
        .map(|date| date.unix_timestamp().saturating_mul(1000));
    let social = text(json, "/authMethod").is_none_or(|method| method == "social");
    // A login of AWS is renewed with the client that made it, which stands in another file.
    let refresh = secret(json, "/refreshToken").filter(|_| social);
    let facts = LoginFacts {
        expires_at: ends as Option<Millis>,
        profile: text(json, "/profileArn"),
        region: text(json, "/region"),
        ..LoginFacts::default()
    };
    let access = secret(json, "/accessToken")?;
    Some(SignedIn { tokens: LoginTokens { access, refresh, ..LoginTokens::default() }, facts })
}
