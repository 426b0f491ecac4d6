use switchyard_types::{Dialect, Login, NewVendor, VendorStatus};
use url::Url;

use crate::address::{AddressError, check_base_url};
use crate::file::check_prefix;
use crate::template::Address;
use crate::vendor::{Auth, Endpoint, ListShape, Model, ModelList, Probe, Vendor};

/// More model ids than this are a mistake in the form.
const MOST_MODELS: usize = 1_000;

/// Why a custom endpoint is refused; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// The name is empty.
    #[error("The endpoint needs a name.")]
    Name,
    /// The id or the prefix holds something else than it may.
    #[error("{reason}.")]
    Prefix {
        /// What is wrong, and what is right.
        reason: String,
    },
    /// The address is refused.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The address cannot be completed.
    #[error("The address cannot be used: {reason}.")]
    Template {
        /// What is wrong.
        reason: String,
    },
    /// There are too many models.
    #[error(
        "{count} models are too many to list; keep at most {MOST_MODELS}. Others can be used without being listed."
    )]
    TooManyModels {
        /// How many there are.
        count: usize,
    },
}

/// Makes a vendor of what the user typed.
pub(crate) fn vendor(id: &str, new: &NewVendor) -> Result<Vendor, CustomError> {
    let name = new.name.trim();
    if name.is_empty() {
        return Err(CustomError::Name);
    }
    let prefix = new.prefix.trim();
    for text in [id, prefix] {
        check_prefix(text).map_err(|reason| CustomError::Prefix { reason })?;
    }
    let base = check_base_url(&new.base_url, new.allow_private)?;
    let models = models(&new.models)?;
    let (path, auth, headers) = match new.dialect {
        Dialect::Chat => ("chat/completions", Auth::Bearer, Vec::new()),
        Dialect::Responses => ("responses", Auth::Bearer, Vec::new()),
        Dialect::Messages => (
            "messages",
            Auth::Header("x-api-key".to_owned()),
            // The version that Messages requires of every request (docs.claude.com, 2025-10).
            vec![("anthropic-version".to_owned(), "2023-06-01".to_owned())],
        ),
        Dialect::Gemini => {
            ("models/{model}:{action}", Auth::Header("x-goog-api-key".to_owned()), Vec::new())
        }
        // Ollama's own address is its host; its documentation also writes it with `/api`.
        Dialect::Ollama if ends_in_api(&base) => ("{action}", Auth::Bearer, Vec::new()),
        Dialect::Ollama => ("api/{action}", Auth::Bearer, Vec::new()),
    };
    let list = match new.dialect {
        Dialect::Ollama if ends_in_api(&base) => "tags",
        Dialect::Ollama => "api/tags",
        Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Gemini => "models",
    };
    let list =
        ModelList { url: below(&base, list).into(), auth: auth.clone(), shape: ListShape::Page };
    let probe = match (new.dialect, models.first()) {
        // Few servers of Messages list their models.
        (Dialect::Messages, Some(model)) => Probe::Message { model: model.id.clone() },
        _ => Probe::Models { url: list.url.clone(), auth: auth.clone() },
    };
    let endpoint = Endpoint {
        dialect: new.dialect,
        accent: None,
        url: template_below(&base, path)?,
        auth,
        headers,
        models: None,
        count_tokens: None,
        // Who speaks Responses refuses an id that it does not know; who speaks Messages may well answer
        // the newest turns as if they were the whole.
        keeps_conversations: new.dialect == Dialect::Responses,
        compact: None,
    };
    Ok(Vendor {
        id: id.to_owned(),
        prefix: prefix.to_owned(),
        aliases: Vec::new(),
        name: name.to_owned(),
        tier: new.tier,
        hue: hue_of(id),
        login: Login::Key,
        own_client: Vec::new(),
        sign_in: Vec::new(),
        status: VendorStatus::Active,
        note: None,
        key_url: None,
        fields: Vec::new(),
        endpoints: vec![endpoint],
        probe,
        model_list: Some(list),
        quota: None,
        counted: Vec::new(),
        limits: Vec::new(),
        models,
        passthrough: true,
        custom: true,
        allow_private: new.allow_private,
    })
}

fn models(ids: &[String]) -> Result<Vec<Model>, CustomError> {
    let mut models: Vec<Model> = Vec::new();
    for id in ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
        if models.iter().all(|model| model.id != id) {
            models.push(Model::named(id));
        }
        if models.len() > MOST_MODELS {
            return Err(CustomError::TooManyModels { count: ids.len() });
        }
    }
    Ok(models)
}

fn ends_in_api(base: &Url) -> bool {
    base.path().trim_end_matches('/').ends_with("/api")
}

/// The same with places to fill in the path.
fn template_below(base: &Url, path: &str) -> Result<Address, CustomError> {
    let text = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Address::parse(&text, &[]).map_err(|reason| CustomError::Template { reason })
}

/// The address with a path below its own, whether it ends in a slash or not.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let whole = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&whole);
    url
}

/// A hue that stays with the id.
fn hue_of(id: &str) -> u16 {
    id.bytes().fold(0, |hue, byte| (hue * 31 + u16::from(byte)) % 360)
}
