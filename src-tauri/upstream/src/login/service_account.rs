//! Service accounts of Google: a token for an assertion that the account's own key signs (RFC 7523;
//! developers.google.com, "Using OAuth 2.0 for server to server applications", 2026). The key is what renews the
//! login, and is kept where others keep their refresh token.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::{Value, json};
use switchyard_types::{LoginFacts, LoginTokens, Millis, Secret};

use super::wire::Ask;
use super::{Desk, LoginError, SignedIn};

/// What grants a token for an assertion (RFC 7523, section 2.1).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long an assertion holds, in seconds: the most that Google takes.
const HOLDS: i64 = 3600;

/// A larger text is no key.
const LARGEST: usize = 64 * 1024;

/// What of the key's file is needed. Where tokens are fetched is the catalog's word, never the file's.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    client_email: String,
    private_key: Secret,
    project_id: Option<String>,
    private_key_id: Option<String>,
}

impl Desk {
    /// Signs in with the file of a service account's key, as the vendor's console gives it.
    pub async fn service_account(&self, file: &Secret) -> Result<SignedIn, LoginError> {
        let key = read(file)?;
        let facts = LoginFacts {
            identity: Some(key.client_email.clone()),
            project: key.project_id.clone(),
            scopes: self.way.scopes.clone(),
            ..self.facts()
        };
        self.assert(&key, file, facts).await
    }

    /// A new token for the same key.
    pub(super) async fn service_account_again(
        &self,
        old: &SignedIn,
    ) -> Result<SignedIn, LoginError> {
        let Some(file) = &old.tokens.refresh else {
            return Err(LoginError::NoRefresh { vendor: self.vendor.name.clone() });
        };
        self.assert(&read(file)?, file, old.facts.clone()).await
    }

    async fn assert(
        &self,
        key: &KeyFile,
        file: &Secret,
        facts: LoginFacts,
    ) -> Result<SignedIn, LoginError> {
        let audience = self.way.token_url.as_str();
        let assertion = signed(key, &self.claims(key, audience))?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT)
            .append_pair("assertion", &assertion)
            .finish()
            .into_bytes();
        let ask = Ask {
            method: http::Method::POST,
            url: audience,
            bearer: None,
            kind: "application/x-www-form-urlencoded",
            body,
        };
        let said = self.good(&self.ask(ask).await?)?;
        let access = said.get("access_token").and_then(Value::as_str);
        let access = access.ok_or_else(|| self.malformed("a token"))?;
        let lives = said.get("expires_in").and_then(Value::as_i64).unwrap_or(HOLDS);
        let ends = self.now.saturating_add(lives.clamp(0, HOLDS * 24).saturating_mul(1000));
        Ok(SignedIn {
            tokens: LoginTokens {
                access: Secret::new(access),
                refresh: Some(file.clone()),
                ..LoginTokens::default()
            },
            facts: LoginFacts { expires_at: Some(ends), ..facts },
        })
    }

    fn claims(&self, key: &KeyFile, audience: &str) -> Value {
        let now: Millis = self.now / 1000;
        json!({
            "iss": key.client_email,
            "scope": self.way.scopes.join(" "),
            "aud": audience,
            "iat": now,
            "exp": now + HOLDS,
        })
    }
}

fn read(file: &Secret) -> Result<KeyFile, LoginError> {
    let wrong = |reason: &str| LoginError::BadKeyFile { reason: reason.to_owned() };
    if file.expose().len() > LARGEST {
        return Err(wrong("it is too long"));
    }
    // What is wrong with it is not quoted: it holds a key.
    let key: KeyFile = serde_json::from_str(file.expose())
        .map_err(|_| wrong("it is not the JSON of a service account's key, whole"))?;
    if key.kind != "service_account" {
        return Err(wrong("its type is not service_account"));
    }
    Ok(key)
}

/// The assertion as a JSON Web Token (RFC 7515).
fn signed(key: &KeyFile, claims: &Value) -> Result<String, LoginError> {
    let wrong = |reason: &str| LoginError::BadKeyFile { reason: reason.to_owned() };
    let mut head = json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(id) = &key.private_key_id {
        head["kid"] = id.as_str().into();
    }
    let der = der(key.private_key.expose()).ok_or_else(|| wrong("its private_key is no PEM"))?;
    let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| wrong("its private_key is no RSA key"))?;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| LoginError::Random("signing failed".to_owned()))?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What stands between the lines of a PEM; its line breaks may have come as `\n` in letters.
fn der(pem: &str) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (inside, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let text: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(
        inside.replace("\\n", "").chars().filter(|letter| !letter.is_whitespace()).collect(),
    );
    STANDARD.decode(text.as_bytes()).ok().map(zeroize::Zeroizing::new)
}
