use switchyard_store::PasswordHash;
use switchyard_types::Secret;

use crate::{Engine, EngineError};

/// Shorter ones are guessed.
const SHORTEST: usize = 8;

/// Longer ones are no passwords.
const LONGEST: usize = 1024;

impl Engine {
    /// Whether the dashboard has a password.
    pub fn has_password(&self) -> bool {
        self.live().password.is_some()
    }

    /// Whether this is the dashboard's password. Takes a while, on purpose; without a password, none fits.
    pub async fn is_password(&self, password: Secret) -> bool {
        let Some(hash) = self.live().password.clone() else { return false };
        let tried = tokio::task::spawn_blocking(move || hash.fits(&password));
        tried.await.unwrap_or(false)
    }

    /// Sets the dashboard's password.
    pub async fn set_password(&self, password: Secret) -> Result<(), EngineError> {
        sound(&password)?;
        let hashed = tokio::task::spawn_blocking(move || PasswordHash::of(&password));
        let hash = hashed.await.map_err(|_| EngineError::Fault {
            message: "a password could not be hashed".to_owned(),
        })??;
        let _writing = self.inner.writing.lock().await;
        self.inner.store.set_password(Some(&hash), self.now()).await?;
        self.reload().await
    }

    /// Removes the dashboard's password: from then on, one-time links alone sign in.
    pub async fn remove_password(&self) -> Result<(), EngineError> {
        if !self.config().host.is_loopback() {
            return Err(EngineError::conflict(
                "a dashboard that other machines reach needs a password",
                "choose another one instead, or listen on 127.0.0.1",
            ));
        }
        let _writing = self.inner.writing.lock().await;
        self.inner.store.set_password(None, self.now()).await?;
        self.reload().await
    }

    /// Whether the dashboard may be served at the configured address.
    pub fn may_listen(&self) -> Result<(), EngineError> {
        if self.config().host.is_loopback() || self.has_password() {
            return Ok(());
        }
        Err(EngineError::conflict(
            format!(
                "other machines can reach {}, and the dashboard has no password",
                self.config().host
            ),
            "set one with `switchyard password`, or by INITIAL_PASSWORD, and start again",
        ))
    }

    /// Takes the environment's password where none was ever set.
    pub(crate) async fn take_initial_password(&self) -> Result<(), EngineError> {
        match &self.config().initial_password {
            Some(password) if !self.has_password() && !self.is_in_safe_mode() => {
                self.set_password(password.clone()).await
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn sound(password: &Secret) -> Result<(), EngineError> {
    let length = password.expose().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        return Ok(());
    }
    Err(EngineError::invalid(
        format!("a password needs {SHORTEST} characters or more"),
        "four words that do not belong together are easy to keep and hard to guess",
    ))
}
