//! The standard flows, by the `oauth2` crate over our own pool.

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchyard_catalog::TokenBody;
use switchyard_types::{LoginFacts, LoginTokens, Millis, Secret};

use super::wire::{Ask, words_of};
use super::{Desk, LoginError, SignedIn, claims};

/// What vendors say beside the standard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Beside {
    #[serde(default, skip_serializing)]
    id_token: Option<Secret>,
    /// Claude: who signed in.
    #[serde(default)]
    account: Option<ClaudeAccount>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ClaudeAccount {
    #[serde(default)]
    email_address: Option<String>,
}

impl ExtraTokenFields for Beside {}

pub(super) type TokenReply = StandardTokenResponse<Beside, BasicTokenType>;

pub(super) type Client<Device = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    TokenReply,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    Device,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// An error of the crate, in our words.
pub(super) type TokenError = RequestTokenError<LoginError, BasicErrorResponse>;

/// What a code is redeemed with.
pub(super) struct Redeemed {
    pub(super) code: Secret,
    pub(super) state: String,
    pub(super) verifier: Option<Secret>,
    pub(super) redirect: String,
}

impl Desk {
    /// The client that this vendor's login server knows.
    pub(super) fn client(&self, token_url: &url::Url) -> Client {
        let id = self.way.client_id.clone().unwrap_or_default();
        let client = oauth2::Client::new(ClientId::new(id))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(token_url.clone()));
        match &self.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        }
    }

    /// Turns a code into tokens.
    pub(super) async fn redeem(&self, redeemed: Redeemed) -> Result<SignedIn, LoginError> {
        let redirect = RedirectUrl::new(redeemed.redirect)
            .map_err(|error| LoginError::Listen(error.to_string()))?;
        let client = self.client(&self.way.token_url).set_redirect_uri(redirect);
        let mut request =
            client.exchange_code(AuthorizationCode::new(redeemed.code.expose().to_owned()));
        if let Some(verifier) = redeemed.verifier {
            request =
                request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        }
        if self.way.body == TokenBody::Json {
            request = request.add_extra_param("state", redeemed.state);
        }
        let reply = request.request_async(&|request| self.clone().call(request)).await;
        let signed_in = self.signed_in(&reply.map_err(|error| self.worded(error))?);
        self.settle(signed_in).await
    }

    pub(super) async fn by_refresh_token(&self, old: &SignedIn) -> Result<SignedIn, LoginError> {
        let Some(refresh) = &old.tokens.refresh else {
            return Err(LoginError::NoRefresh { vendor: self.vendor.name.clone() });
        };
        let client = self.client(&self.way.refresh_url);
        let token = RefreshToken::new(refresh.expose().to_owned());
        let mut request = client.exchange_refresh_token(&token);
        if self.way.body == TokenBody::Form {
            request = request.add_scopes(self.way.scopes.iter().cloned().map(Scope::new));
        }
        let reply = request.request_async(&|request| self.clone().call(request)).await;
        Ok(self.signed_in(&reply.map_err(|error| self.worded(error))?))
    }

    /// What a token endpoint gave.
    pub(super) fn signed_in(&self, reply: &TokenReply) -> SignedIn {
        let secret = |text: &String| Secret::new(text.clone());
        let tokens = LoginTokens {
            access: secret(reply.access_token().secret()),
            refresh: reply.refresh_token().map(|token| secret(token.secret())),
            id: reply.extra_fields().id_token.clone(),
            client_secret: None,
        };
        let lives = reply.expires_in().and_then(|span| Millis::try_from(span.as_millis()).ok());
        let mut facts = LoginFacts {
            scopes: reply
                .scopes()
                .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect())
                .unwrap_or_default(),
            expires_at: lives
                .map(|lives| self.now.saturating_add(lives))
                .or_else(|| claims::expiry(&tokens.access)),
            identity: reply.extra_fields().account.clone().and_then(|a| a.email_address),
            ..self.facts()
        };
        if let Some(id) = &tokens.id {
            claims::read(id, &mut facts);
        }
        SignedIn { tokens, facts }
    }

    /// Carries a request of the crate over our pool, in the vendor's own shape.
    pub(super) async fn call(self, request: HttpRequest) -> Result<HttpResponse, LoginError> {
        let url = request.uri().to_string();
        let (kind, body) = match self.way.body {
            TokenBody::Form => ("application/x-www-form-urlencoded", request.into_body()),
            TokenBody::Json => {
                let pairs = url::form_urlencoded::parse(request.body());
                let fields: serde_json::Map<String, Value> = pairs
                    .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
                    .collect();
                ("application/json", Value::Object(fields).to_string().into_bytes())
            }
        };
        let ask = Ask { method: http::Method::POST, url: &url, bearer: None, kind, body };
        let reply = self.ask(ask).await?;
        let (status, body) = straightened(reply.status.as_u16(), reply.json());
        let mut response = HttpResponse::new(body.to_string().into_bytes());
        *response.status_mut() =
            http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_REQUEST);
        Ok(response)
    }

    /// An error of the crate, in our words.
    pub(super) fn worded(&self, error: TokenError) -> LoginError {
        match error {
            RequestTokenError::ServerResponse(said) => {
                let code = match said.error() {
                    BasicErrorResponseType::Extension(code) => code.clone(),
                    standard => standard.as_ref().to_owned(),
                };
                let words = said.error_description().cloned().unwrap_or_else(|| code.clone());
                self.refusal(400, &json!({ "error": code, "error_description": words }))
            }
            RequestTokenError::Request(error) => error,
            RequestTokenError::Parse(_, body) => {
                let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                match body.get("error") {
                    Some(_) => self.refusal(
                        400,
                        &json!({
                            "error": body.get("error"), "error_description": words_of(&body),
                        }),
                    ),
                    None => self.malformed("tokens"),
                }
            }
            RequestTokenError::Other(_) => self.malformed("tokens"),
        }
    }
}

/// What departs from the standard in ways that carry no meaning: an error inside a 200 (GitHub), no word on
/// the token's type, numbers as text.
fn straightened(status: u16, mut body: Value) -> (u16, Value) {
    let Some(fields) = body.as_object_mut() else { return (status, body) };
    let refused = fields.get("error").is_some_and(|error| !error.is_null());
    if refused && !fields.contains_key("access_token") {
        return (if status == 200 { 400 } else { status }, body);
    }
    if fields.contains_key("access_token") {
        fields.entry("token_type").or_insert_with(|| json!("bearer"));
    }
    for name in ["expires_in", "interval"] {
        let number = match fields.get(name) {
            Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::Null) => None,
            Some(_) | None => continue,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a span that any integer holds"
        )]
        match number.filter(|number| *number >= 0.0) {
            Some(number) => fields.insert(name.to_owned(), json!(number.min(4e9) as u64)),
            None => fields.remove(name),
        };
    }
    // The standard wants one text.
    if let Some(Value::Array(scopes)) = fields.get("scope") {
        let joined: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
        let joined = json!(joined.join(" "));
        fields.insert("scope".to_owned(), joined);
    }
    (status, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_a_200_is_an_error() {
        let (status, _) = straightened(200, json!({ "error": "authorization_pending" }));
        assert_eq!(status, 400);
    }

    #[test]
    fn numbers_as_text_and_a_missing_type_are_mended() {
        let said = json!({ "access_token": "a", "expires_in": "3600", "scope": ["x", "y"] });
        let mended = json!({
            "access_token": "a", "expires_in": 3600, "scope": "x y", "token_type": "bearer",
        });
        assert_eq!(straightened(200, said), (200, mended));
        let odd = json!({ "access_token": "a", "token_type": "b", "expires_in": "soon" });
        assert_eq!(straightened(200, odd).1, json!({ "access_token": "a", "token_type": "b" }));
    }
}
