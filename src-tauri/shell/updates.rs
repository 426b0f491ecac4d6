use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use switchyard_engine::tray::UPDATES;
use switchyard_engine::{Installed, Package, update_channel};
use switchyard_locale::word;
use switchyard_types::{ErrorBody, ErrorCode, UpdateChannel, UpdateView};
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;
use tauri::{AppHandle, Manager as _, Url};
use tauri_plugin_updater::{Error, Update, UpdaterExt as _};

use crate::backend::Backend;
use crate::language::voice;
use crate::{dashboard, environment, life, tray};

/// The first look, once a start is over; then no more often than once a day.
const SETTLING: Duration = Duration::from_mins(10);
const DAY: Duration = Duration::from_hours(24);
/// Nobody waits longer to hear whether there is a newer version.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known of newer versions.
pub(crate) struct Updates {
    channel: UpdateChannel,
    known: Mutex<(UpdateView, Option<Update>)>,
}

impl Updates {
    pub(crate) fn new(app: &AppHandle) -> Self {
        let version = app.package_info().version.to_string();
        let chosen = environment("SWITCHYARD_UPDATE_CHANNEL");
        let channel = update_channel(&version, chosen.as_deref());
        let installed = Installed {
            package: package(app),
            executable: &std::env::current_exe().unwrap_or_default(),
            environment: &environment,
            exists: &Path::exists,
        };
        let view = match source(app, channel) {
            None => UpdateView::NotSetUp,
            Some(_) => installed.managed().unwrap_or(UpdateView::Unknown { channel }),
        };
        Self { channel, known: Mutex::new((view, None)) }
    }

    /// How it stands.
    pub(crate) fn view(&self) -> UpdateView {
        self.known().0.clone()
    }

    fn known(&self) -> MutexGuard<'_, (UpdateView, Option<Update>)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to look, where that can be.
    fn begin(&self) -> bool {
        let mut known = self.known();
        let can = known.0.can_look();
        if can {
            known.0 = UpdateView::Looking;
        }
        can
    }

    /// Takes what is offered, to install it.
    fn take(&self) -> Option<Update> {
        let mut known = self.known();
        let update = known.1.take()?;
        known.0 = UpdateView::Installing { version: update.version.clone() };
        Some(update)
    }
}

async fn set(app: &AppHandle, view: UpdateView, update: Option<Update>) {
    *app.state::<Updates>().known() = (view, update);
    tray::redraw(app).await;
}

/// Looks once a day, as long as the program runs.
pub(crate) async fn keep_looking(app: AppHandle) {
    if !app.state::<Updates>().view().can_look() {
        return;
    }
    tokio::time::sleep(SETTLING).await;
    loop {
        look(&app).await;
        tokio::time::sleep(DAY).await;
    }
}

/// A click in the menu: what there is to say or to agree to stands in the settings.
pub(crate) fn chosen(app: &AppHandle) {
    let view = app.state::<Updates>().view();
    if matches!(view, UpdateView::Offered { .. }) || !view.can_look() {
        dashboard::open_at(app, UPDATES);
    } else {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { look(&app).await });
    }
}

/// Looks whether there is a newer version.
pub(crate) async fn look(app: &AppHandle) -> UpdateView {
    let updates = app.state::<Updates>();
    if updates.begin() {
        tray::redraw(app).await;
        let (view, update) = match find(app, updates.channel).await {
            Ok(Some(update)) => {
                app.state::<Backend>().engine().update_found(&update.version);
                (offered(&update), Some(update))
            }
            Ok(None) => (newest(app, updates.channel), None),
            Err(error) => (failed(app, &error), None),
        };
        set(app, view, update).await;
    }
    updates.view()
}

async fn find(app: &AppHandle, channel: UpdateChannel) -> Result<Option<Update>, Error> {
    let Some((place, key)) = source(app, channel) else { return Ok(None) };
    let updater = app.updater_builder().endpoints(vec![place])?.pubkey(key).timeout(PATIENCE);
    updater.build()?.check().await
}

/// Where versions are announced and the key that they are signed with. Without both there are none.
fn source(app: &AppHandle, channel: UpdateChannel) -> Option<(Url, String)> {
    let config = app.config().plugins.0.get("updater")?;
    let told = |value: Option<&serde_json::Value>| Some(value?.as_str()?.to_owned());
    let (place, key) = (told(config["endpoints"].get(0)), told(config.get("pubkey")));
    // The tests' own; what is shipped believes nobody but its key.
    let from = |name| environment(name).filter(|_| cfg!(debug_assertions));
    let place = from("SWITCHYARD_UPDATE_PLACE").or(place)?;
    let key = from("SWITCHYARD_UPDATE_KEY").or(key).filter(|key| !key.is_empty())?;
    let place = place.replace("{{channel}}", channel.as_str());
    Some((Url::parse(&place).ok()?, key))
}

fn package(app: &AppHandle) -> Package {
    #[cfg(target_os = "linux")]
    if app.env().appimage.is_some() {
        return Package::AppImage;
    }
    let _ = app;
    match bundle_type() {
        Some(BundleType::Deb) => Package::Deb,
        Some(BundleType::Rpm) => Package::Rpm,
        Some(BundleType::AppImage) => Package::AppImage,
        Some(BundleType::App | BundleType::Dmg) => Package::MacApp,
        Some(BundleType::Msi | BundleType::Nsis) => Package::Installer,
        None => Package::Bare,
    }
}

fn newest(app: &AppHandle, channel: UpdateChannel) -> UpdateView {
    UpdateView::Newest { version: app.package_info().version.to_string(), channel }
}

fn offered(update: &Update) -> UpdateView {
    let notes = update.body.clone().unwrap_or_default();
    UpdateView::Offered { version: update.version.clone(), notes }
}

fn failed(app: &AppHandle, error: &Error) -> UpdateView {
    tracing::warn!("an update: {error}");
    let reason = match error {
        Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::SignedVersionMismatch { .. }
        | Error::MissingSignedVersion => {
            word!("it is not signed by who makes Switchyard, so nothing was installed")
        }
        Error::Reqwest(_) | Error::Network(_) | Error::ReleaseNotFound => {
            word!("the place of updates does not answer; try again later")
        }
        Error::TargetNotFound(_) | Error::TargetsNotFound(_) => {
            word!("there is none for this system")
        }
        other => return UpdateView::Failed { message: other.to_string() },
    };
    UpdateView::Failed { message: voice(app).word(reason).to_owned() }
}

/// Fetches what is offered, lets the answers under way end, and starts it.
pub(crate) async fn install(app: &AppHandle) -> Result<UpdateView, ErrorBody> {
    let update = app.state::<Updates>().take().ok_or_else(|| {
        let voice = voice(app);
        ErrorBody {
            code: ErrorCode::Conflict,
            message: voice.word(word!("no newer version is offered")).to_owned(),
            hint: Some(voice.word(word!("look for one first")).to_owned()),
            retry_at: None,
        }
    })?;
    tray::redraw(app).await;
    match update.download(|_, _| {}, || {}).await {
        Ok(bytes) => life::replace(app, move || update.install(bytes)).await,
        Err(error) => set(app, failed(app, &error), None).await,
    }
    Ok(app.state::<Updates>().view())
}
