//! Google's token endpoint for service accounts: an assertion that the account's own key has signed (RFC 7523).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use super::Said;

/// A key that serves nowhere but here, as PKCS #8 in Base64.
const KEY: &str = include_str!("service_account.key");

/// Who it belongs to.
const EMAIL: &str = "robot@simulated-project.iam.gserviceaccount.com";

/// The file of a service account's key, as Google's console gives it. Its own word on where tokens are fetched
/// leads nowhere.
pub fn service_account_file() -> String {
    let kind = "PRIVATE KEY";
    json!({
        "type": "service_account",
        "project_id": "simulated-project",
        "private_key_id": "simulated-key",
        "private_key": format!("-----BEGIN {kind}-----\n{KEY}-----END {kind}-----\n"),
        "client_email": EMAIL,
        "token_uri": "https://token.invalid/",
    })
    .to_string()
}

/// Whether an assertion is this account's, signed with its key, for this endpoint and for a time to come.
pub(super) fn vouches(assertion: &str, path: &str) -> Result<(), Said> {
    let invalid = || Said::error(400, "invalid_grant");
    let (text, signature) = assertion.rsplit_once('.').ok_or_else(invalid)?;
    let (head, claims) = text.split_once('.').ok_or_else(invalid)?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| invalid());
    let read = |part: &str| -> Result<Value, Said> {
        serde_json::from_slice(&bytes(part)?).map_err(|_| invalid())
    };
    let (head, claims) = (read(head)?, read(claims)?);
    let joined: String = KEY.split_whitespace().collect();
    let der = STANDARD.decode(joined).map_err(|_| invalid())?;
    let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| invalid())?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    public.verify(text.as_bytes(), &bytes(signature)?).map_err(|_| invalid())?;
    let lives = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(end, start)| end - start);
    let sound = head["alg"] == "RS256"
        && claims["iss"] == EMAIL
        && claims["aud"].as_str().is_some_and(|aud| aud.ends_with(path))
        && claims["scope"].as_str().is_some_and(|scope| scope.contains("cloud-platform"))
        && lives.is_some_and(|lives| (1..=3600).contains(&lives));
    if sound { Ok(()) } else { Err(invalid()) }
}
