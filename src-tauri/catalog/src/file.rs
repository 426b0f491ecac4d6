use serde::Deserialize;
use switchyard_types::{Abilities, Ability, Accent, Dialect, FieldView, Login, Tier, VendorStatus};
use url::Url;

use crate::CatalogError;
use crate::address::{check_url, is_loopback};
use crate::field::{self, FieldTable};
use crate::limit::{LimitTable, LimitWords};
use crate::price::PriceTable;
use crate::quota::{Counted, CountedTable, Quota, QuotaTable};
use crate::sign_in::{Flow, SignIn, SignInTable};
use crate::template::Address;
use crate::vendor::{Auth, Endpoint, ListShape, Model, ModelList, Probe, SESSION, Vendor};

/// A vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorFile {
    id: String,
    prefix: String,
    #[serde(default)]
    aliases: Vec<String>,
    name: String,
    tier: Tier,
    hue: u16,
    login: Login,
    #[serde(default)]
    own_client: Vec<(String, String)>,
    #[serde(default)]
    sign_in: Vec<SignInTable>,
    status: VendorStatus,
    note: Option<String>,
    key_url: Option<String>,
    #[serde(default)]
    passthrough: bool,
    #[serde(default)]
    allow_private: bool,
    #[serde(default)]
    fields: Vec<FieldTable>,
    probe: ProbeTable,
    model_list: Option<ModelListTable>,
    quota: Option<QuotaTable>,
    #[serde(default)]
    counted: Vec<CountedTable>,
    #[serde(default)]
    limits: Vec<LimitTable>,
    endpoints: Vec<EndpointTable>,
    #[serde(default)]
    models: Vec<ModelTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointTable {
    dialect: Dialect,
    accent: Option<Accent>,
    url: String,
    auth: Auth,
    #[serde(default)]
    headers: Vec<(String, String)>,
    models: Option<String>,
    count_tokens: Option<String>,
    #[serde(default)]
    keeps_conversations: bool,
    compact: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ProbeTable {
    Models { url: String, auth: Auth },
    Message { model: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelListTable {
    url: String,
    /// Absent where it is that of the first endpoint.
    auth: Option<Auth>,
    #[serde(default)]
    shape: ListShape,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelTable {
    id: String,
    name: Option<String>,
    context: Option<u64>,
    output_limit: Option<u64>,
    price: Option<PriceTable>,
    dialects: Option<Vec<Dialect>>,
    #[serde(default)]
    can: Vec<Skill>,
    #[serde(default)]
    cannot: Vec<Skill>,
}

/// What a row may say of a model; what it does not name is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Skill {
    Images,
    Tools,
    Thinking,
}

fn abilities(can: &[Skill], cannot: &[Skill]) -> Result<Abilities, String> {
    let mut abilities = Abilities::default();
    let said = can.iter().map(|skill| (skill, Ability::Able));
    for (skill, ability) in said.chain(cannot.iter().map(|skill| (skill, Ability::Unable))) {
        let told = match skill {
            Skill::Images => &mut abilities.images,
            Skill::Tools => &mut abilities.tools,
            Skill::Thinking => &mut abilities.thinking,
        };
        if *told != Ability::Unknown {
            return Err(format!("{skill:?} is named twice among what it can and cannot do"));
        }
        *told = ability;
    }
    Ok(abilities)
}

/// Reads and checks one file.
pub(crate) fn read(name: &str, text: &str) -> Result<Vendor, CatalogError> {
    let file: VendorFile = toml::from_str(text)
        .map_err(|error| CatalogError::Parse { file: name.to_owned(), error: Box::new(error) })?;
    check(name, file).map_err(|reason| CatalogError::Invalid { file: name.to_owned(), reason })
}

fn check(name: &str, file: VendorFile) -> Result<Vendor, String> {
    if name.strip_suffix(".toml") != Some(file.id.as_str()) {
        return Err(format!("the id “{}” is not the file's name", file.id));
    }
    for prefix in [&file.id, &file.prefix].into_iter().chain(&file.aliases) {
        check_prefix(prefix)?;
    }
    if file.name.trim().is_empty() {
        return Err("the name is empty".to_owned());
    }
    if file.hue > 359 {
        return Err(format!("the hue {} is not between 0 and 359", file.hue));
    }
    if file.status != VendorStatus::Active && file.note.is_none() {
        return Err("a vendor that is not active needs a note for the user".to_owned());
    }
    if let Some(url) = &file.key_url {
        address(url, false)?;
    }
    if file.models.is_empty() && !file.passthrough {
        return Err("there are no models, and passthrough is not set".to_owned());
    }
    let allow_private = file.allow_private;
    for (name, value) in &file.own_client {
        check_header(name, value)?;
        if value.is_empty() {
            return Err(format!("every client has the header {name}"));
        }
    }
    let sign_in = ways(file.login, file.status, file.sign_in, allow_private)?;
    let fields = field::read(file.fields, allow_private)?;
    let endpoints = endpoints(file.endpoints, &fields, allow_private)?;
    let models = models(file.models)?;
    for model in &models {
        let spoken = |dialect: &Dialect| endpoints.iter().any(|e| e.dialect == *dialect);
        if model.dialects.as_ref().is_some_and(|named| !named.iter().any(spoken)) {
            return Err(format!("no endpoint speaks a dialect of the model {}", model.id));
        }
    }
    let probe = match file.probe {
        ProbeTable::Models { url, auth } => {
            Probe::Models { url: page(&url, &fields, allow_private)?, auth: check_auth(auth)? }
        }
        ProbeTable::Message { model } if model.is_empty() => {
            return Err("the probe's model is empty".to_owned());
        }
        ProbeTable::Message { model } => Probe::Message { model },
    };
    let model_list = match (file.model_list, endpoints.first()) {
        (Some(table), Some(first)) => Some(ModelList {
            url: page(&table.url, &fields, allow_private)?,
            auth: check_auth(table.auth.unwrap_or_else(|| first.auth.clone()))?,
            shape: table.shape,
        }),
        (Some(_) | None, _) => None,
    };
    let quota = file.quota.map(|table| quota(table, allow_private)).transpose()?;
    let counted: Vec<Counted> =
        file.counted.into_iter().map(CountedTable::read).collect::<Result<_, _>>()?;
    let limits: Vec<LimitWords> =
        file.limits.into_iter().map(LimitTable::read).collect::<Result<_, _>>()?;
    Ok(Vendor {
        id: file.id,
        prefix: file.prefix,
        aliases: file.aliases,
        name: file.name,
        tier: file.tier,
        hue: file.hue,
        login: file.login,
        own_client: file.own_client,
        sign_in,
        status: file.status,
        note: file.note,
        key_url: file.key_url,
        fields,
        endpoints,
        probe,
        model_list,
        quota,
        counted,
        limits,
        models,
        passthrough: file.passthrough,
        custom: false,
        allow_private,
    })
}

fn quota(table: QuotaTable, allow_private: bool) -> Result<Quota, String> {
    for (name, value) in &table.headers {
        check_header(name, value)?;
    }
    Ok(Quota {
        shape: table.shape,
        url: address(&table.url, allow_private)?,
        auth: check_auth(table.auth.unwrap_or(Auth::Bearer))?,
        headers: table.headers,
    })
}

/// The ways of signing in: there are some where the login is the vendor's own, and no others.
fn ways(
    login: Login,
    status: VendorStatus,
    tables: Vec<SignInTable>,
    allow_private: bool,
) -> Result<Vec<SignIn>, String> {
    // Nobody signs in any more at a vendor that has ended.
    let offered = login == Login::Account && status != VendorStatus::Retired;
    let pasted = |table: &SignInTable| table.flow == Flow::ServiceAccount;
    let together = match login {
        Login::Account => tables.is_empty() != offered && !tables.iter().any(pasted),
        Login::Key => tables.len() <= 1 && tables.iter().all(pasted),
        Login::None => tables.is_empty(),
    };
    if !together {
        return Err("the login and the ways of signing in do not go together".to_owned());
    }
    let vet = |text: &str| address(text, allow_private);
    let mut ways: Vec<SignIn> = Vec::with_capacity(tables.len());
    for table in tables {
        let way = table.read(&vet)?;
        if ways.iter().any(|other| other.id == way.id) {
            return Err(format!("there are two ways of signing in called {}", way.id));
        }
        ways.push(way);
    }
    Ok(ways)
}

/// Lower-case letters, digits and single dashes inside: what needs no escaping anywhere.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), String> {
    let letters = prefix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let dashes = prefix.starts_with('-') || prefix.ends_with('-') || prefix.contains("--");
    if prefix.is_empty() || prefix.len() > 40 || !letters || dashes {
        return Err(format!(
            "“{prefix}” cannot be an id or a prefix: use lower-case letters, digits and dashes \
             between them, at most 40"
        ));
    }
    Ok(())
}

fn endpoints(
    tables: Vec<EndpointTable>,
    fields: &[FieldView],
    allow_private: bool,
) -> Result<Vec<Endpoint>, String> {
    if tables.is_empty() {
        return Err("there is no endpoint".to_owned());
    }
    let mut endpoints: Vec<Endpoint> = Vec::with_capacity(tables.len());
    for table in tables {
        let dialect = table.dialect;
        if endpoints.iter().any(|endpoint| endpoint.dialect == dialect) {
            return Err(format!("there are two endpoints for {}", dialect.as_str()));
        }
        for (name, value) in &table.headers {
            check_header(name, value)?;
            if value.replace(SESSION, "").contains(['{', '}']) {
                return Err(format!("the header {name} can be filled with {SESSION} alone"));
            }
        }
        if table.models.as_ref().is_some_and(String::is_empty) {
            return Err(format!("the models of {} are an empty part", dialect.as_str()));
        }
        if let Some(accent) = table.accent.filter(|accent| !accent.fits(dialect)) {
            return Err(format!("no {} has the accent {}", dialect.as_str(), accent.as_str()));
        }
        if table.compact.is_some() && dialect != Dialect::Responses {
            return Err(format!("{} does not compact conversations", dialect.as_str()));
        }
        let optional =
            |url: Option<String>| url.map(|url| address(&url, allow_private)).transpose();
        endpoints.push(Endpoint {
            dialect,
            accent: table.accent,
            url: template(dialect, table.accent, &table.url, fields, allow_private)?,
            auth: check_auth(table.auth)?,
            headers: table.headers,
            models: table.models,
            count_tokens: table
                .count_tokens
                .map(|url| page(&url, fields, allow_private))
                .transpose()?,
            compact: optional(table.compact)?,
            keeps_conversations: table.keeps_conversations,
        });
    }
    Ok(endpoints)
}

fn check_auth(auth: Auth) -> Result<Auth, String> {
    if let Auth::Header(name) = &auth {
        check_header(name, "")?;
    }
    Ok(auth)
}

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let token = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("“{name}” is no header's name in lower case"));
    }
    if !value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Err(format!("the header {name} has a value that cannot be sent"));
    }
    Ok(())
}

fn models(tables: Vec<ModelTable>) -> Result<Vec<Model>, String> {
    let mut models: Vec<Model> = Vec::with_capacity(tables.len());
    for table in tables {
        let id = table.id;
        if id.trim() != id || id.is_empty() || models.iter().any(|model| model.id == id) {
            return Err(format!(
                "the model id “{id}” is empty, has spaces around it or is there twice"
            ));
        }
        if table.context == Some(0) || table.output_limit == Some(0) {
            return Err(format!("a limit of the model {id} is 0"));
        }
        let price = table.price.map(|price| price.read()).transpose();
        models.push(Model {
            name: table.name.unwrap_or_else(|| id.clone()),
            context: table.context,
            output_limit: table.output_limit,
            price: price.map_err(|reason| format!("the price of {id}: {reason}"))?,
            abilities: abilities(&table.can, &table.cannot)
                .map_err(|reason| format!("the model {id}: {reason}"))?,
            dialects: table.dialects,
            id,
        });
    }
    Ok(models)
}

/// An address with the places that its dialect fills, and no others.
fn template(
    dialect: Dialect,
    accent: Option<Accent>,
    text: &str,
    fields: &[FieldView],
    allow_private: bool,
) -> Result<Address, String> {
    let template = parsed(text, fields, allow_private)?;
    let (model, action) = match (dialect, accent) {
        (Dialect::Messages, Some(Accent::Vertex)) => (true, true),
        // Azure names the deployment both here and in the body.
        (Dialect::Chat, _) => (template.names_model(), false),
        (Dialect::Responses | Dialect::Messages, _) => (false, false),
        // The envelope names the model.
        (Dialect::Gemini, Some(Accent::CodeAssist | Accent::Antigravity))
        | (Dialect::Ollama, _) => (false, true),
        (Dialect::Gemini, _) => (true, true),
    };
    if (template.names_model(), template.names_action()) != (model, action) {
        let places = match (model, action) {
            (true, _) => "{model} and {action}",
            (false, true) => "{action}",
            (false, false) => "no place to fill",
        };
        return Err(format!("the address “{text}” of {} needs {places}", dialect.as_str()));
    }
    Ok(template)
}

/// A page of the vendor's, in whose address an account's fields may stand.
fn page(text: &str, fields: &[FieldView], allow_private: bool) -> Result<Address, String> {
    let page = parsed(text, fields, allow_private)?;
    if page.names_model() || page.names_action() {
        return Err(format!("the address “{text}” has a place that nothing fills"));
    }
    Ok(page)
}

fn parsed(text: &str, fields: &[FieldView], allow_private: bool) -> Result<Address, String> {
    let template =
        Address::parse(text, fields).map_err(|reason| format!("the address “{text}”: {reason}"))?;
    address(template.sample().as_str(), allow_private)?;
    Ok(template)
}

/// An address of a built-in vendor: https, except on the user's own machine.
fn address(text: &str, allow_private: bool) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("the address “{text}”: {error}"))?;
    check_url(&url, allow_private).map_err(|error| format!("the address “{text}”: {error}"))?;
    if url.scheme() != "https" && !is_loopback(&url) {
        return Err(format!("the address “{text}” is not https"));
    }
    Ok(url)
}
