//! Sign-ins under way.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use switchyard_catalog::{Flow, Vendor};
use switchyard_types::{AccountId, Event, LoginProgress, LoginStep, Millis, NewLogin, Secret};
use switchyard_upstream::login::{
    Desk, DeviceLogin, LoginError, Organisation, Outcome, PageLogin, Pasted, SignedIn, Visit,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Understood;
use crate::{Engine, EngineError};

/// How long a page is waited for.
const PAGE_LIFE: Duration = Duration::from_mins(5);

/// How long a device is waited for, whatever its code says.
const DEVICE_LIFE: Duration = Duration::from_mins(15);

/// How long the end of a sign-in is remembered.
const MEMORY: Millis = 10 * 60_000;

/// More sign-ins than this at once are a mistake.
const MOST: usize = 16;

/// The sign-ins under way, and those that ended a moment ago.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    progress: LoginProgress,
    pasted: mpsc::Sender<Secret>,
    /// What the vendor's page brings back.
    state: Option<String>,
    given_up: CancellationToken,
}

impl UnderWay {
    fn hold(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a sign-in is for.
struct Purpose {
    id: String,
    vendor: Vendor,
    name: String,
    account: Option<AccountId>,
    /// Who the account is, where it signs in again.
    expected: Option<String>,
}

/// What a sign-in waits for.
enum Waiting {
    Page(PageLogin),
    Device(DeviceLogin),
}

impl Engine {
    /// Begins to sign in. What the user is to do is said at once; the rest goes on behind.
    pub async fn begin_login(&self, new: NewLogin) -> Result<LoginProgress, EngineError> {
        let vendor = self.vendor_to_sign_in(&new.vendor, Understood::from(new.understood))?;
        let way = vendor.way(new.way.as_deref()).cloned().ok_or_else(|| EngineError::NotFound {
            what: "way of signing in",
            name: new.way.clone().unwrap_or_default(),
        })?;
        let expected = match &new.account {
            None => None,
            Some(id) => {
                let account = self.account(id).await?;
                if account.vendor != vendor.id {
                    return Err(EngineError::invalid(
                        format!("{} is no account of {}", account.name, vendor.name),
                        "choose the vendor of the account",
                    ));
                }
                self.live().logins.get(id).and_then(|kept| kept.login.facts.identity.clone())
            }
        };
        self.make_room()?;
        let way_out = new.account.as_ref().and_then(|id| self.way_out(id));
        let desk = self.login_desk(&vendor, &way, way_out)?;
        let organisation = Organisation { start_url: new.start_url, region: new.region };
        let (waiting, step, state, life) = match way.flow {
            Flow::Code | Flow::Pasted | Flow::Cline => {
                let page = desk.open(Some(self.app_address())).await?;
                let (url, note) = (page.url.clone(), page.note.clone());
                let step = LoginStep::Open { url, returns: page.returns(), note };
                let state = Some(page.state().to_owned());
                (Waiting::Page(page), step, state, PAGE_LIFE)
            }
            Flow::Device | Flow::AwsDevice | Flow::Kilo | Flow::ServiceAccount => {
                let device = desk.device(&organisation).await?;
                let step = LoginStep::Code { url: device.url.clone(), code: device.code.clone() };
                (Waiting::Device(device), step, None, DEVICE_LIFE)
            }
        };
        let id = format!("log_{}", random_id());
        let lasts = Millis::try_from(life.as_millis()).unwrap_or(Millis::MAX);
        let progress = LoginProgress {
            id: id.clone(),
            vendor: vendor.id.clone(),
            step,
            expires_at: self.now().saturating_add(lasts),
        };
        let (pasted, pastes) = mpsc::channel(4);
        let given_up = self.inner.stopping.child_token();
        let session =
            Session { progress: progress.clone(), pasted, state, given_up: given_up.clone() };
        self.inner.under_way.hold().insert(id.clone(), session);
        let purpose = Purpose { id, vendor, name: new.name, account: new.account, expected };
        let engine = self.clone();
        self.inner.tasks.spawn(async move {
            let ended = tokio::select! {
                () = given_up.cancelled() => Err(LoginError::GivenUp.into()),
                () = tokio::time::sleep(life) => Err(LoginError::Expired.into()),
                ended = engine.lead_through(&desk, waiting, pastes, &purpose) => ended,
            };
            engine.close_login(&purpose.id, ended);
        });
        self.tell(Event::LoginStepped { progress: progress.clone() });
        Ok(progress)
    }

    /// Where a sign-in stands.
    pub fn login(&self, id: &str) -> Result<LoginProgress, EngineError> {
        let sessions = self.inner.under_way.hold();
        sessions.get(id).map(|session| session.progress.clone()).ok_or_else(|| unknown(id))
    }

    /// Takes the address on which the vendor's page ended, where the page does not find back.
    pub fn paste_login(&self, id: &str, text: Secret) -> Result<LoginProgress, EngineError> {
        // What cannot be right is said at once, and the sign-in goes on.
        if let Err(error @ LoginError::NoCode) = Pasted::read(&text) {
            return Err(error.into());
        }
        let sessions = self.inner.under_way.hold();
        let session = sessions.get(id).ok_or_else(|| unknown(id))?;
        session.pasted.try_send(text).map_err(|_| EngineError::Conflict {
            message: "this sign-in takes nothing more".to_owned(),
            hint: Some("look how it ended, or begin again".to_owned()),
        })?;
        Ok(session.progress.clone())
    }

    /// Takes the same from a link, which says itself which sign-in it answers.
    pub(crate) fn answer_login(
        &self,
        state: &str,
        address: Secret,
    ) -> Result<LoginProgress, EngineError> {
        let waits = |session: &&Session| {
            session.state.as_deref() == Some(state) && !is_over(&session.progress.step)
        };
        let sessions = self.inner.under_way.hold();
        let id = sessions.values().find(waits).map(|session| session.progress.id.clone());
        drop(sessions);
        let id = id.ok_or_else(|| EngineError::Missing {
            message: "no sign-in here waits for this answer".to_owned(),
            hint: "it was begun elsewhere, or is over: begin it again here".to_owned(),
        })?;
        self.paste_login(&id, address)
    }

    /// Gives a sign-in up.
    pub fn give_up_login(&self, id: &str) -> Result<(), EngineError> {
        let sessions = self.inner.under_way.hold();
        sessions.get(id).map(|session| session.given_up.cancel()).ok_or_else(|| unknown(id))
    }

    async fn lead_through(
        &self,
        desk: &Desk,
        waiting: Waiting,
        mut pastes: mpsc::Receiver<Secret>,
        purpose: &Purpose,
    ) -> Result<LoginStep, EngineError> {
        let mut page = match waiting {
            Waiting::Device(device) => {
                let signed_in = desk.agreed(&device).await?;
                return self.arrived(purpose, &signed_in).await;
            }
            Waiting::Page(page) => page,
        };
        loop {
            let visit = tokio::select! {
                visit = page.visit() => visit?,
                Some(text) = pastes.recv() => Visit::pasted(Pasted::read(&text)?),
            };
            let ended = match desk.finish(&page, &visit).await {
                // What was pasted by mistake does not end the sign-in that it was pasted into.
                Err(LoginError::StateMismatch) => {
                    self.note(&purpose.id, &LoginError::StateMismatch.to_string());
                    continue;
                }
                Err(error) => Err(error.into()),
                Ok(signed_in) => {
                    let who = signed_in.facts.identity.clone();
                    self.arrived(purpose, &signed_in).await.map(|step| (step, who))
                }
            };
            visit.tell(match &ended {
                Ok((_, who)) => Outcome::Done(who.clone()),
                Err(error) => Outcome::Failed(error.to_string()),
            });
            page.close().await;
            return ended.map(|(step, _)| step);
        }
    }

    async fn arrived(
        &self,
        purpose: &Purpose,
        signed_in: &SignedIn,
    ) -> Result<LoginStep, EngineError> {
        if let (Some(expected), Some(got)) = (&purpose.expected, &signed_in.facts.identity)
            && expected != got
        {
            let (expected, got) = (expected.clone(), got.clone());
            return Err(LoginError::WrongAccount { expected, got }.into());
        }
        let account = self
            .keep_login(&purpose.vendor, &purpose.name, purpose.account.as_ref(), signed_in)
            .await?;
        Ok(LoginStep::Done { account: account.id, name: account.name })
    }

    /// Says on the open step what went wrong with a try.
    fn note(&self, id: &str, text: &str) {
        let mut sessions = self.inner.under_way.hold();
        let Some(session) = sessions.get_mut(id) else { return };
        if let LoginStep::Open { note, .. } = &mut session.progress.step {
            *note = Some(text.to_owned());
        }
        let progress = session.progress.clone();
        drop(sessions);
        self.tell(Event::LoginStepped { progress });
    }

    fn close_login(&self, id: &str, ended: Result<LoginStep, EngineError>) {
        let step = ended.unwrap_or_else(|error| LoginStep::Failed { error: error.body() });
        let mut sessions = self.inner.under_way.hold();
        let Some(session) = sessions.get_mut(id) else { return };
        session.progress.step = step;
        session.progress.expires_at = self.now().saturating_add(MEMORY);
        let progress = session.progress.clone();
        drop(sessions);
        self.tell(Event::LoginStepped { progress });
    }

    /// Forgets sign-ins that ended a while ago.
    fn make_room(&self) -> Result<(), EngineError> {
        let now = self.now();
        let mut sessions = self.inner.under_way.hold();
        sessions.retain(|_, session| session.progress.expires_at > now);
        let open = sessions.values().filter(|session| !is_over(&session.progress.step)).count();
        if open < MOST {
            return Ok(());
        }
        Err(EngineError::Conflict {
            message: format!("{open} sign-ins are under way already"),
            hint: Some("finish or give up one of them".to_owned()),
        })
    }

    /// The dashboard, for the page that a sign-in ends on.
    fn app_address(&self) -> String {
        let config = &self.inner.config;
        format!("http://127.0.0.1:{}/providers", config.port)
    }
}

fn is_over(step: &LoginStep) -> bool {
    match step {
        LoginStep::Done { .. } | LoginStep::Failed { .. } => true,
        LoginStep::Open { .. } | LoginStep::Code { .. } => false,
    }
}

fn unknown(id: &str) -> EngineError {
    EngineError::NotFound { what: "sign-in", name: id.to_owned() }
}

fn random_id() -> String {
    let number = getrandom::u64().unwrap_or_default();
    format!("{number:016x}")
}

impl From<LoginError> for EngineError {
    fn from(error: LoginError) -> Self {
        Self::Login(Box::new(error))
    }
}
