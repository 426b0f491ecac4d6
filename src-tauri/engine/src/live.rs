use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use bytes::Bytes;
use switchyard_catalog::{Catalog, Vendor};
use switchyard_dialect::Memory;
use switchyard_routing::{Core, ModelFacts, Snapshot, SnapshotParts, VendorFacts};
use switchyard_store::{Combo, LockRow, Login, PasswordHash, Recorder, Settings, Store};
use switchyard_types::{
    AccountId, Event, LoginTokens, LoginView, Millis, RoutingSettings, Secret, VendorProblem,
};
use switchyard_upstream::Pool;
use tokio::sync::{Mutex, Notify, broadcast, mpsc};
use tokio_util::sync::CancellationToken;

use crate::bodies::Bodies;
use crate::hooks::Hooks;
use crate::keys::{ClientKey, KeyHash};
use crate::learning::Unwritten;
use crate::logins::{Keeper, UnderWay};
use crate::model_lists::ModelLists;
use crate::notifications::Showing;
use crate::pause::Pause;
use crate::pipeline::files::FileShelf;
use crate::pipeline::room::Room;
use crate::quotas::Quotas;
use crate::recording::Recording;
use crate::running::Running;
use crate::tasks::Tasks;
use crate::tokenizer::Tokenizer;
use crate::{Config, EngineError};

/// How many events a slow listener may lag behind before it is told to read everything again.
const EVENT_BACKLOG: usize = 512;

/// Lock changes waiting for the disk. Each failed attempt makes at most one, and a lost one costs
/// no more than a repeated refusal after a restart.
const LOCK_BACKLOG: usize = 256;

/// The engine: cheap to clone, shared by every face.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) recorder: Recorder,
    pub(crate) bodies: Arc<Bodies>,
    pub(crate) pool: Pool,
    pub(crate) live: ArcSwap<Live>,
    /// Decides; see `switchboard`.
    pub(crate) core: std::sync::Mutex<Core>,
    /// Held while configuration is written and the snapshot rebuilt from it, so that two changes
    /// cannot publish in the wrong order.
    pub(crate) writing: Mutex<()>,
    /// Held while a tool's files and its key change, which belong together.
    pub(crate) tooling: Mutex<()>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) lock_writes: mpsc::Sender<LockWrite>,
    /// Whose proofs of reasoning passed, and those that no client holds. Locked for moments, and only
    /// by requests that carry reasoning or are translated.
    pub(crate) memory: std::sync::Mutex<Memory>,
    /// What requests named by address and a vendor needed as bytes.
    pub(crate) files: FileShelf,
    pub(crate) room: Room,
    /// What happens to routing, on its way to a file.
    pub(crate) recording: Option<Recording>,
    /// What routing learns, until it is on disk.
    pub(crate) unwritten: Arc<Unwritten>,
    /// The user's own commands and webhooks.
    pub(crate) hooks: Hooks,
    /// Loaded while tokens are estimated.
    pub(crate) tokenizer: Arc<Tokenizer>,
    pub(crate) keeper: Keeper,
    pub(crate) under_way: UnderWay,
    pub(crate) quotas: Quotas,
    pub(crate) model_lists: ModelLists,
    pub(crate) pause: Pause,
    pub(crate) showing: Showing,
    /// How many requests have begun and not ended.
    pub(crate) answering: AtomicUsize,
    /// Those of them that have a plan.
    pub(crate) running: Running,
    pub(crate) started_at: Millis,
    pub(crate) tasks: Tasks,
    pub(crate) stopping: CancellationToken,
    /// Told of each decision: something may be due earlier than it was.
    pub(crate) decisions: Arc<Notify>,
    /// Answers that are still under way end at once, each as its dialect has it.
    pub(crate) cutting: CancellationToken,
}

/// All that a request reads: immutable, swapped whole.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) snapshot: Snapshot,
    /// What the snapshot was made of, while routing is recorded.
    pub(crate) parts: Option<Arc<SnapshotParts>>,
    pub(crate) catalog: Arc<Catalog>,
    /// What is wrong with the user's vendor files.
    pub(crate) vendor_problems: Arc<Vec<VendorProblem>>,
    /// The combos in the user's order, for lists; the snapshot finds one by name.
    pub(crate) combos: Arc<Vec<Combo>>,
    /// What requests are sent with: a key, or a login's access token.
    pub(crate) secrets: Arc<HashMap<AccountId, Secret>>,
    pub(crate) logins: Arc<HashMap<AccountId, KeptLogin>>,
    pub(crate) proxies: Arc<HashMap<AccountId, Secret>>,
    /// What accounts say of themselves, and their vendors as they reach them by that.
    pub(crate) placed: Arc<HashMap<AccountId, Placed>>,
    /// Accounts of restricted vendors that serve all clients, since their user says so.
    pub(crate) open_to_all: Arc<HashSet<AccountId>>,
    pub(crate) keys: Arc<HashMap<KeyHash, ClientKey>>,
    pub(crate) settings: Settings,
    pub(crate) password: Option<PasswordHash>,
}

/// A login as requests and the refresh see it.
#[derive(Clone, Debug)]
pub(crate) struct KeptLogin {
    /// The vendor's id.
    pub(crate) vendor: String,
    pub(crate) tokens: LoginTokens,
    pub(crate) login: Login,
    /// The vendor at the address that it told for this login alone.
    at: Option<Arc<Vendor>>,
}

/// A vendor as an account with fields of its own reaches it.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) fields: BTreeMap<String, String>,
    /// `None` where the fields are not what the vendor asks for, as after a change of its file.
    pub(crate) vendor: Option<Arc<Vendor>>,
}

impl KeptLogin {
    pub(crate) fn new(vendor: &str, tokens: LoginTokens, login: Login, catalog: &Catalog) -> Self {
        let at = login.facts.base_url.as_deref().and_then(|base| {
            let at = catalog.vendor(vendor)?.at_base(&login.facts.way, base);
            if at.is_none() {
                tracing::warn!(
                    vendor,
                    "the address that it names for a login is not its own, and is not used"
                );
            }
            at
        });
        Self { vendor: vendor.to_owned(), tokens, login, at: at.map(Arc::new) }
    }

    pub(crate) fn view(&self) -> LoginView {
        LoginView {
            state: self.login.state,
            reason: self.login.reason.clone(),
            identity: self.login.facts.identity.clone(),
            plan: self.login.facts.plan.clone(),
            expires_at: self.login.facts.expires_at,
        }
    }
}

impl Live {
    pub(crate) fn with_snapshot(&self, snapshot: Snapshot) -> Self {
        Self { snapshot, ..self.clone() }
    }

    /// A vendor as this account reaches it; `None` also where the account does not say what the vendor asks for.
    pub(crate) fn vendor_for(&self, vendor: &str, account: &AccountId) -> Option<&Vendor> {
        if let Some(at) = self.logins.get(account).and_then(|kept| kept.at.as_deref()) {
            return Some(at);
        }
        match self.placed.get(account) {
            Some(placed) => placed.vendor.as_deref(),
            None => self.catalog.vendor(vendor).filter(|vendor| vendor.fields.is_empty()),
        }
    }
}

/// A change of the lock table on its way to the disk.
#[derive(Debug)]
pub(crate) enum LockWrite {
    Put(LockRow),
    Remove(AccountId, Option<String>),
    /// The account answered: of its locks on the whole account, those open by then go.
    Opened(AccountId, Millis),
}

impl Engine {
    pub(crate) fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // Whoever panicked holding it left it whole: each of its methods ends or does nothing.
        self.inner.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Watches the tokenizer until nobody has needed it for a while, then lets it go; one watch at a time.
    pub(crate) fn let_tokenizer_go_when_idle(&self) {
        const LOOK: std::time::Duration = std::time::Duration::from_mins(1);
        if !self.inner.tokenizer.begin_watch() {
            return;
        }
        let inner = Arc::clone(&self.inner);
        self.inner.tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = inner.stopping.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
                if inner.tokenizer.let_go_if_idle() {
                    return;
                }
            }
        });
    }

    /// The text without secrets, fit for logs and errors.
    pub(crate) fn clean(&self, text: String) -> String {
        self.clean_of(text, None)
    }

    /// The same for text that may quote a secret which is kept no longer.
    pub(crate) fn clean_of(&self, text: String, secret: Option<&Secret>) -> String {
        self.inner.config.redactor.clean_of(text, secret)
    }

    /// The same for what a vendor wrote.
    pub(crate) fn clean_bytes(&self, bytes: Bytes, secret: Option<&Secret>) -> Bytes {
        let text = String::from_utf8_lossy(&bytes);
        let cleaned = self.clean_of(text.clone().into_owned(), secret);
        if cleaned == text { bytes } else { cleaned.into() }
    }

    pub(crate) fn live(&self) -> arc_swap::Guard<Arc<Live>> {
        self.inner.live.load()
    }

    pub(crate) fn now(&self) -> Millis {
        self.inner.config.clock.now()
    }

    /// The configuration that the engine was opened with.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Whether clients must send a key: always where other machines reach this one.
    pub fn keys_required(&self) -> bool {
        let config = self.config();
        !config.host.is_loopback()
            || config.keys_required.unwrap_or(self.live().settings.keys_required)
    }

    /// How many requests are under way.
    pub fn requests_under_way(&self) -> usize {
        self.inner.answering.load(Ordering::Relaxed)
    }

    /// What moves, as it moves.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Whether anybody listens: events are not even built when nobody does.
    pub(crate) fn has_listeners(&self) -> bool {
        self.inner.events.receiver_count() > 0
    }

    pub(crate) fn tell(&self, event: Event) {
        // An error only means that nobody listens.
        let _ = self.inner.events.send(event);
    }

    /// Rebuilds what requests read from what the store holds, keeps the locks, and swaps it in.
    /// The caller holds `writing`.
    pub(crate) async fn reload(&self) -> Result<(), EngineError> {
        let fresh = crate::open::read_live(&self.inner.store, &self.inner.config).await?;
        self.configure(&fresh);
        self.tell(Event::ConfigChanged);
        Ok(())
    }

    pub(crate) fn write_lock(&self, write: LockWrite) {
        if self.inner.lock_writes.try_send(write).is_err() {
            tracing::warn!("a lock was not written to disk: the disk is too slow");
        }
    }
}

pub(crate) fn channels()
-> (broadcast::Sender<Event>, mpsc::Sender<LockWrite>, mpsc::Receiver<LockWrite>) {
    let (events, _) = broadcast::channel(EVENT_BACKLOG);
    let (writes, queue) = mpsc::channel(LOCK_BACKLOG);
    (events, writes, queue)
}

/// A number in `0..1`, for jitter only.
pub(crate) fn random_fraction() -> f64 {
    let bits = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// What routing needs to know of a vendor.
pub(crate) fn vendor_facts(catalog: &Catalog, settings: &RoutingSettings) -> Vec<VendorFacts> {
    catalog
        .vendors()
        .iter()
        .map(|vendor| VendorFacts {
            id: vendor.id.clone(),
            prefixes: std::iter::once(&vendor.prefix).chain(&vendor.aliases).cloned().collect(),
            dialects: vendor.endpoints.iter().map(|endpoint| endpoint.dialect).collect(),
            usable: vendor.status != switchyard_types::VendorStatus::Retired,
            tier: vendor.tier,
            models: vendor.models.iter().map(model_facts).collect(),
            accounts: settings.vendors.get(&vendor.id).copied().unwrap_or_default(),
        })
        .collect()
}

fn model_facts(model: &switchyard_catalog::Model) -> ModelFacts {
    ModelFacts {
        id: model.id.clone(),
        context: model.context,
        price: model.price,
        abilities: model.abilities,
    }
}
