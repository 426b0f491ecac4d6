//! Signing in on a vendor's page.

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use switchyard_catalog::{Flow, Proof, Redirect};
use switchyard_types::Secret;
use tokio::sync::oneshot;
use url::Url;

use super::client::Redeemed;
use super::listener::{Arrival, Listener, Pages};
use super::{Desk, LoginError, Outcome, SignedIn, random_text};

/// A sign-in that waits for its page to come back.
#[derive(Debug)]
pub struct PageLogin {
    /// The page that the user opens.
    pub url: String,
    /// Why the page will not find back by itself, though this vendor's should.
    pub note: Option<String>,
    listener: Option<Listener>,
    state: String,
    verifier: Option<Secret>,
    redirect: String,
}

/// A browser that came back.
#[derive(Debug)]
pub struct Visit {
    pasted: Pasted,
    answer: Option<oneshot::Sender<Outcome>>,
}

/// What the vendor's page led back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    code: Secret,
    state: Option<String>,
}

impl Visit {
    /// What was pasted in place of a browser's coming back.
    pub fn pasted(pasted: Pasted) -> Self {
        Self { pasted, answer: None }
    }

    /// Tells the browser how it came out.
    pub fn tell(self, outcome: Outcome) {
        if let Some(answer) = self.answer {
            // A browser that has left needs no telling.
            let _ = answer.send(outcome);
        }
    }
}

impl Pasted {
    /// Reads the whole address of the page's end, `code#state`, or the code alone.
    pub fn read(text: &Secret) -> Result<Self, LoginError> {
        let text = text.expose().trim();
        if text.contains("://") {
            let (_, query) = text.split_once('?').ok_or(LoginError::NoCode)?;
            return read_query(query).map_err(|problem| problem.1);
        }
        if text.contains("code=") {
            return read_query(text.trim_start_matches('?')).map_err(|problem| problem.1);
        }
        let (code, state) = match text.split_once('#') {
            Some((code, state)) => (code, Some(state.to_owned())),
            None => (text, None),
        };
        if code.is_empty() || code.contains(char::is_whitespace) {
            return Err(LoginError::NoCode);
        }
        Ok(Self { code: Secret::new(code), state })
    }
}

/// What an address says: a code, or why there is none; with the state either way.
fn read_query(query: &str) -> Result<Pasted, (Option<String>, LoginError)> {
    let (mut code, mut state, mut error, mut words) = (None, None, None, None);
    // A fragment belongs to the page, except where it is all that holds the state.
    let (query, fragment) = query.split_once('#').unwrap_or((query, ""));
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "code" => code = Some(value.into_owned()),
            "state" => state = Some(value.into_owned()),
            "error" => error = Some(value.into_owned()),
            "error_description" => words = Some(value.into_owned()),
            _ => {}
        }
    }
    if state.is_none() && !fragment.is_empty() {
        state = Some(fragment.to_owned());
    }
    if let Some(error) = error {
        let words: String = words.unwrap_or(error).chars().take(300).collect();
        return Err((state, LoginError::Refused(words)));
    }
    match code.filter(|code| !code.is_empty()) {
        // Some vendors put the state behind the code.
        Some(code) => {
            let (code, behind) = code.split_once('#').unwrap_or((code.as_str(), ""));
            let behind = (!behind.is_empty()).then(|| behind.to_owned());
            Ok(Pasted { code: Secret::new(code), state: behind.or(state) })
        }
        None => Err((state, LoginError::NoCode)),
    }
}

impl Desk {
    /// Opens the way back and makes the address of the vendor's page. `app` is where the page leads the user
    /// when it is done.
    pub async fn open(&self, app: Option<String>) -> Result<PageLogin, LoginError> {
        let state = random_text()?;
        let malformed = || self.malformed("a page to sign in on");
        let page = self.way.authorize_url.clone().ok_or_else(malformed)?;
        let (listener, redirect, note) = self.way_back(&state, app).await?;
        let (verifier, challenge) = match self.way.proof {
            Proof::S256 => {
                let verifier = random_text()?;
                let proof = PkceCodeVerifier::new(verifier.clone());
                let challenge = PkceCodeChallenge::from_code_verifier_sha256(&proof);
                (Some(Secret::new(verifier)), Some(challenge))
            }
            Proof::None => (None, None),
        };
        let url = match self.way.flow {
            Flow::Cline => cline_page(page, &self.way.params, &redirect),
            Flow::Code
            | Flow::Pasted
            | Flow::Device
            | Flow::AwsDevice
            | Flow::Kilo
            | Flow::ServiceAccount => {
                let wrong = |_| LoginError::Listen(format!("{redirect} is no address"));
                let back = RedirectUrl::new(redirect.clone()).map_err(wrong)?;
                let client = self
                    .client(&self.way.token_url)
                    .set_auth_uri(oauth2::AuthUrl::from_url(page))
                    .set_redirect_uri(back);
                let csrf = CsrfToken::new(state.clone());
                let mut request = client.authorize_url(move || csrf);
                request = request.add_scopes(self.way.scopes.iter().cloned().map(Scope::new));
                for (name, value) in &self.way.params {
                    request = request.add_extra_param(name.clone(), value.clone());
                }
                if let Some(challenge) = challenge {
                    request = request.set_pkce_challenge(challenge);
                }
                // Some login servers read a plus as a plus.
                request.url().0.to_string().replace('+', "%20")
            }
        };
        Ok(PageLogin { url, note, listener, state, verifier, redirect })
    }

    /// Where the page leads back to. A fixed port that is taken is no end: the address can be pasted.
    async fn way_back(
        &self,
        state: &str,
        app: Option<String>,
    ) -> Result<(Option<Listener>, String, Option<String>), LoginError> {
        let (host, port, path) = match &self.way.redirect {
            Some(Redirect::Foreign(address)) => return Ok((None, address.clone(), None)),
            Some(Redirect::Loopback { host, port, path }) => (host, *port, path),
            None => return Err(self.malformed("a way back")),
        };
        // Where the vendor carries no state along, the path does.
        let path = match self.way.flow {
            Flow::Cline => format!("{path}/{state}"),
            Flow::Code
            | Flow::Pasted
            | Flow::Device
            | Flow::AwsDevice
            | Flow::Kilo
            | Flow::ServiceAccount => path.clone(),
        };
        let pages = Pages { vendor: self.vendor.name.clone(), app };
        match (Listener::open(port, path.clone(), pages).await, port) {
            (Ok(listener), _) => {
                let address = format!("http://{host}:{}{path}", listener.port);
                Ok((Some(listener), address, None))
            }
            (Err(error), Some(port)) => {
                Ok((None, format!("http://{host}:{port}{path}"), Some(error.to_string())))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Turns what a browser came back with into a login. The visit is still to be told.
    pub async fn finish(&self, login: &PageLogin, visit: &Visit) -> Result<SignedIn, LoginError> {
        login.vouch(&visit.pasted)?;
        match self.way.flow {
            Flow::Cline => self.cline_tokens(&visit.pasted.code).await,
            Flow::Pasted => {
                let verifier = login.verifier.clone().unwrap_or_default();
                self.kiro_redeem(&visit.pasted.code, &verifier, &login.redirect).await
            }
            Flow::Code | Flow::Device | Flow::AwsDevice | Flow::Kilo | Flow::ServiceAccount => {
                let redeemed = Redeemed {
                    code: visit.pasted.code.clone(),
                    state: login.state.clone(),
                    verifier: login.verifier.clone(),
                    redirect: login.redirect.clone(),
                };
                self.redeem(redeemed).await
            }
        }
    }
}

impl PageLogin {
    /// What the vendor's page brings back, and nobody else can know.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Whether the page finds back by itself.
    pub fn returns(&self) -> bool {
        self.listener.is_some()
    }

    /// The next browser that comes back with this sign-in's own state; never, where none can. Others are
    /// told that they are wrong here, and change nothing.
    pub async fn visit(&mut self) -> Result<Visit, LoginError> {
        loop {
            let Some(listener) = &mut self.listener else { return std::future::pending().await };
            let Some(Arrival { query, answer }) = listener.arrival().await else {
                return std::future::pending().await;
            };
            let in_path = self.redirect.ends_with(&self.state);
            let ours = |state: &Option<String>| in_path || state.as_ref() == Some(&self.state);
            match read_query(&query) {
                Ok(pasted) if ours(&pasted.state) => {
                    let pasted = Pasted { state: Some(self.state.clone()), ..pasted };
                    return Ok(Visit { pasted, answer: Some(answer) });
                }
                Err((state, error)) if ours(&state) && error != LoginError::NoCode => {
                    let _ = answer.send(Outcome::Failed(error.to_string()));
                    return Err(error);
                }
                Ok(_) | Err(_) => {
                    let reason = LoginError::StateMismatch.to_string();
                    let _ = answer.send(Outcome::Failed(reason));
                }
            }
        }
    }

    /// Closes the way back, after pages that were just answered have reached their browsers.
    pub async fn close(self) {
        if let Some(listener) = self.listener {
            listener.linger().await;
        }
    }

    /// A code alone is vouched for by the proof key, where there is one.
    fn vouch(&self, pasted: &Pasted) -> Result<(), LoginError> {
        match &pasted.state {
            Some(state) if *state == self.state => Ok(()),
            None if self.verifier.is_some() => Ok(()),
            None if self.redirect.ends_with(&self.state) => Ok(()),
            Some(_) | None => Err(LoginError::StateMismatch),
        }
    }
}

fn cline_page(mut page: Url, params: &[(String, String)], redirect: &str) -> String {
    page.query_pairs_mut()
        .extend_pairs(params)
        .append_pair("callback_url", redirect)
        .append_pair("redirect_uri", redirect);
    page.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, Option<String>), LoginError> {
        let pasted = Pasted::read(&Secret::new(text))?;
        Ok((pasted.code.expose().to_owned(), pasted.state))
    }

    #[test]
    fn a_pasted_address_or_code_is_read_in_every_form_that_pages_show() {
        let both = Ok(("c-1".to_owned(), Some("s-1".to_owned())));
        for text in [
            "http://localhost:1455/auth/callback?code=c-1&state=s-1",
            "  http://localhost:1/callback?state=s-1&code=c-1#_\n",
            "kiro://kiro.kiroAgent/authenticate-success?code=c-1&state=s-1",
            "c-1#s-1",
            "code=c-1&state=s-1",
            "http://localhost/callback?code=c-1%23s-1",
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("c-1"), Ok(("c-1".to_owned(), None)));
    }

    #[test]
    fn what_holds_no_code_says_so_and_a_refusal_says_why() {
        for text in
            ["", "http://localhost/callback", "http://localhost/?state=s", "two words", "#s"]
        {
            assert_eq!(read(text), Err(LoginError::NoCode), "{text}");
        }
        let refused = read("http://localhost/?error=access_denied&error_description=not+today");
        assert_eq!(refused, Err(LoginError::Refused("not today".to_owned())));
    }
}
