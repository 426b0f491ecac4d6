use serde::Deserialize;
use switchyard_types::{LoginKind, LoginWay, Millis};
use url::Url;

use crate::file::check_prefix;

/// One way of signing in at a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Its id within the vendor.
    pub id: String,
    /// What a button says.
    pub name: String,
    /// How it goes.
    pub flow: Flow,
    /// The public id of the client, where one is fixed.
    pub client_id: Option<String>,
    /// Where the client's secret may be found, where the vendor wants one.
    pub client_secret: Option<ClientSecret>,
    /// The page on which the user signs in.
    pub authorize_url: Option<Url>,
    /// Where codes become tokens.
    pub token_url: Url,
    /// Where tokens become newer ones.
    pub refresh_url: Url,
    /// Where a device asks for its code.
    pub device_url: Option<Url>,
    /// Where a client is registered for one login (AWS).
    pub register_url: Option<Url>,
    /// Where a login becomes what requests are sent with (Copilot).
    pub exchange_url: Option<Url>,
    /// Who signed in, as JSON.
    pub identity_url: Option<Url>,
    /// Where an account's project is found (Google's code assist).
    pub project_url: Option<Url>,
    /// The domain below which the vendor may name an address of a login's own (Copilot): no token is sent to
    /// another that it names.
    pub home: Option<String>,
    /// The organisation's start page that is asked for where the user names none (AWS).
    pub start_url: Option<String>,
    /// What the login shall allow.
    pub scopes: Vec<String>,
    /// Further parameters of the page's address.
    pub params: Vec<(String, String)>,
    /// How the token endpoint is written to.
    pub body: TokenBody,
    /// Whether a proof key goes along (RFC 7636).
    pub proof: Proof,
    /// Where the page leads back to.
    pub redirect: Option<Redirect>,
    /// How long before its end a token is renewed, in milliseconds.
    pub lead: Millis,
}

/// How a way of signing in goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Authorization code, back to a listener on this machine (RFC 8252).
    Code,
    /// Authorization code, back to an address of another program: the user pastes it.
    Pasted,
    /// Device code (RFC 8628).
    Device,
    /// Device code of AWS, with a client registered for each login.
    AwsDevice,
    /// Kilo's device code, which is a key that does not end.
    Kilo,
    /// Cline's page, which leads back with the tokens themselves.
    Cline,
    /// The key of a service account, with which tokens are asked for (RFC 7523); it is pasted as a key is.
    ServiceAccount,
}

/// Where a client's secret may be found. It is never in this program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSecret {
    /// The variable of the environment.
    pub env: String,
    /// The program that carries it, where the user has it installed: a part of a path below the places
    /// where programs are installed.
    #[serde(default)]
    pub installed: Vec<String>,
    /// What the secret begins with in that program.
    #[serde(default)]
    pub begins: Option<String>,
}

/// How a token endpoint is written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenBody {
    /// A form, as RFC 6749 has it.
    #[default]
    Form,
    /// JSON with the same names.
    Json,
}

/// Whether a proof key goes along (RFC 7636).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// As SHA-256.
    #[default]
    S256,
    /// The vendor takes none.
    None,
}

/// Where the vendor's page leads back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// A port of this machine.
    Loopback {
        /// The name that stands in the address: `localhost` or `127.0.0.1`, as the vendor lists it.
        host: String,
        /// The port; `None` takes any that is free.
        port: Option<u16>,
        /// The path.
        path: String,
    },
    /// An address of another program.
    Foreign(String),
}

impl SignIn {
    /// As a face offers it; what is pasted as a key is no way of signing in.
    pub fn way(&self) -> Option<LoginWay> {
        Some(LoginWay { id: self.id.clone(), name: self.name.clone(), kind: self.kind()? })
    }

    fn kind(&self) -> Option<LoginKind> {
        match self.flow {
            Flow::Code | Flow::Cline => Some(LoginKind::Browser),
            Flow::Pasted => Some(LoginKind::Paste),
            Flow::Device | Flow::AwsDevice | Flow::Kilo => Some(LoginKind::Device),
            Flow::ServiceAccount => None,
        }
    }
}

/// A `[[sign_in]]` of a vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInTable {
    id: String,
    name: String,
    pub(crate) flow: Flow,
    client_id: Option<String>,
    client_secret: Option<ClientSecret>,
    authorize_url: Option<String>,
    token_url: String,
    refresh_url: Option<String>,
    device_url: Option<String>,
    register_url: Option<String>,
    exchange_url: Option<String>,
    identity_url: Option<String>,
    project_url: Option<String>,
    home: Option<String>,
    start_url: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    params: Vec<(String, String)>,
    #[serde(default)]
    body: TokenBody,
    #[serde(default)]
    proof: Proof,
    redirect: Option<String>,
    port: Option<u16>,
    #[serde(default = "usual_lead")]
    lead_minutes: u32,
}

/// Five minutes: the vendors that want more say so.
fn usual_lead() -> u32 {
    5
}

/// No vendor's tokens live longer than this.
const LONGEST_LEAD_MINUTES: u32 = 30 * 24 * 60;

impl SignInTable {
    /// Checks it; `address` vets one address.
    pub(crate) fn read(
        self,
        address: &impl Fn(&str) -> Result<Url, String>,
    ) -> Result<SignIn, String> {
        check_prefix(&self.id)?;
        let wrong = |what: &str| format!("the way of signing in “{}” {what}", self.id);
        let optional = |text: &Option<String>| text.as_deref().map(address).transpose();
        let redirect = self.redirect.as_deref().map(|text| redirect(text, self.port)).transpose();
        let redirect = redirect.map_err(|reason| wrong(&reason))?;
        let token_url = address(&self.token_url)?;
        let (needs_page, needs_device) = match self.flow {
            Flow::Code | Flow::Pasted | Flow::Cline => (true, false),
            Flow::Device | Flow::AwsDevice | Flow::Kilo => (false, true),
            Flow::ServiceAccount => (false, false),
        };
        if needs_page && (self.authorize_url.is_none() || redirect.is_none()) {
            return Err(wrong("needs authorize_url and redirect"));
        }
        let foreign = matches!(redirect, Some(Redirect::Foreign(_)));
        if needs_page && foreign != (self.flow == Flow::Pasted) {
            return Err(wrong("needs a redirect to this machine, or the flow “pasted”"));
        }
        if needs_device && self.device_url.is_none() {
            return Err(wrong("needs device_url"));
        }
        if self.flow == Flow::AwsDevice && self.register_url.is_none() {
            return Err(wrong("needs register_url"));
        }
        if matches!(self.flow, Flow::Code | Flow::Device) && self.client_id.is_none() {
            return Err(wrong("needs client_id"));
        }
        if self.lead_minutes > LONGEST_LEAD_MINUTES {
            return Err(wrong("renews its tokens earlier than any token lives"));
        }
        let mut known: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        known.sort_unstable();
        if known.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(wrong("names a parameter twice"));
        }
        if self.home.as_deref().is_some_and(|home| !is_domain(home)) {
            return Err(wrong("has a home that is no domain such as vendor.example"));
        }
        Ok(SignIn {
            authorize_url: optional(&self.authorize_url)?,
            refresh_url: optional(&self.refresh_url)?.unwrap_or_else(|| token_url.clone()),
            device_url: optional(&self.device_url)?,
            register_url: optional(&self.register_url)?,
            exchange_url: optional(&self.exchange_url)?,
            identity_url: optional(&self.identity_url)?,
            project_url: optional(&self.project_url)?,
            token_url,
            redirect,
            lead: Millis::from(self.lead_minutes) * 60_000,
            id: self.id,
            name: self.name,
            flow: self.flow,
            client_id: self.client_id,
            client_secret: self.client_secret,
            home: self.home,
            start_url: self.start_url,
            scopes: self.scopes,
            params: self.params,
            body: self.body,
            proof: self.proof,
        })
    }
}

/// A domain that somebody can own, or this machine's own name.
fn is_domain(text: &str) -> bool {
    let letters =
        text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    let parts = text.split('.').all(|part| !part.is_empty());
    letters && parts && (text.contains('.') || text == "localhost")
}

/// `http://localhost/callback`, the port apart, or an address of another program.
fn redirect(text: &str, port: Option<u16>) -> Result<Redirect, String> {
    let url = Url::parse(text).map_err(|error| format!("has the redirect “{text}”: {error}"))?;
    if url.scheme() != "http" {
        return Ok(Redirect::Foreign(text.to_owned()));
    }
    let host = url.host_str().unwrap_or_default();
    if !["localhost", "127.0.0.1"].contains(&host) {
        return Err("leads back to another machine".to_owned());
    }
    if url.port().is_some() {
        return Err("has a port in its redirect; it belongs in `port`".to_owned());
    }
    Ok(Redirect::Loopback { host: host.to_owned(), port, path: url.path().to_owned() })
}
