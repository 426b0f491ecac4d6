//! Opening and closing: the store is read once, the tasks are started, and all of it ends in order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use arc_swap::ArcSwap;
use switchyard_catalog::{Catalog, Model};
use switchyard_dialect::Memory;
use switchyard_routing::{
    AccountFacts, Core, Decision, Happening, Learnt, Lock, LockTable, Notices, Snapshot,
    SnapshotParts,
};
use switchyard_store::{Account, BodyKeeping, Combo, Store};
use switchyard_types::{AccountId, AliasView, DataKeySource, RequestView, Status, Today};
use switchyard_upstream::Pool;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use crate::bodies::Bodies;
use crate::combos::routed;
use crate::hooks::hooks;
use crate::keys::ClientKey;
use crate::learning::{learnt, recall_proofs};
use crate::live::{Engine, Inner, KeptLogin, Live, LockWrite, Placed, channels, vendor_facts};
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
use crate::{Config, EngineError, vendor_files};

/// How many bytes of reasoning with its proofs are remembered for clients that cannot hold them: thousands of turns.
const LARGEST_MEMORY: usize = 8 * 1024 * 1024;

/// How long a lock that has opened may still say something, in milliseconds: longer than any ladder
/// remembers.
const LADDERS_MEMORY: i64 = 24 * 60 * 60 * 1000;

impl Engine {
    /// Opens the store, reads what requests need, and starts the background tasks.
    pub async fn open(config: Config) -> Result<Self, EngineError> {
        let started_at = config.clock.now();
        let store = Store::open_or_stand_in(config.place(), started_at).await?;
        store.prune_locks(started_at - LADDERS_MEMORY).await?;
        let locks: LockTable = store
            .locks()
            .await?
            .into_iter()
            .map(|row| Lock { step: row.step, ..Lock::from(row.view) })
            .filter(|lock| lock.matters(started_at))
            .collect();
        let live = read_live(&store, &config).await?;
        let live = live.with_snapshot(live.snapshot.with_locks(locks));
        let tasks = Tasks::here();
        let remembered = store.routing_memory().await?;
        let mut memory = Memory::new(LARGEST_MEMORY);
        recall_proofs(&mut memory, &remembered.proofs);
        let learnt = learnt(remembered);
        let recording = start_recording(&config, &live, &tasks, started_at, &learnt).await;
        let mut core = Core::new(live.snapshot.clone(), Notices::default());
        core.set_offset(config.clock.offset());
        core.restore(learnt);
        let live = live.with_snapshot(core.snapshot().clone());
        let pool = Pool::new(&config.timers)?;
        let (hooks, runner) = hooks(&config.data_dir, pool.clone());
        let (events, lock_writes, queue) = channels();
        let stopping = CancellationToken::new();
        tasks.spawn(write_locks(store.clone(), queue, stopping.clone()));
        tasks.spawn(runner.run(stopping.clone()));
        let recorder = store.recorder();
        let (bodies, said) = Bodies::new(body_keeping(&store, &config).await?);
        let redactor = config.redactor.clone();
        tasks.spawn(said.write(Arc::clone(&bodies), store.clone(), redactor, stopping.clone()));
        let engine = Self {
            inner: Arc::new(Inner {
                config,
                store,
                recorder,
                bodies,
                pool,
                core: std::sync::Mutex::new(core),
                live: ArcSwap::from_pointee(live),
                writing: Mutex::new(()),
                tooling: Mutex::new(()),
                events,
                lock_writes,
                memory: std::sync::Mutex::new(memory),
                files: FileShelf::default(),
                room: Room::default(),
                tokenizer: Arc::default(),
                keeper: Keeper::default(),
                under_way: UnderWay::default(),
                quotas: Quotas::default(),
                model_lists: ModelLists::default(),
                pause: Pause::default(),
                showing: Showing::default(),
                answering: AtomicUsize::new(0),
                running: Running::default(),
                recording,
                unwritten: Arc::default(),
                hooks,
                started_at,
                tasks,
                stopping,
                decisions: Arc::default(),
                cutting: CancellationToken::new(),
            }),
        };
        engine.inner.config.redactor.watch(&engine.inner);
        engine.take_initial_password().await?;
        engine.keep_learning();
        engine.keep_time();
        engine.keep_house();
        engine.recall_quotas().await;
        engine.keep_logins();
        engine.keep_quotas();
        engine.keep_model_lists();
        Ok(engine)
    }

    /// Ends the answers that are still under way, each with the legal ending of its dialect.
    pub fn cut_answers(&self) {
        self.inner.cutting.cancel();
    }

    /// Flushes what is not yet on disk and closes the store. Requests must have ended before.
    pub async fn close(&self) {
        self.inner.stopping.cancel();
        if let Some(recording) = &self.inner.recording {
            recording.end();
        }
        if tokio::time::timeout(Duration::from_secs(5), self.inner.tasks.wait()).await.is_err() {
            tracing::warn!("closing without the last lock changes: the disk did not answer");
        }
        self.save_quotas().await;
        self.inner.store.close().await;
    }

    /// What the dashboard's head shows; `address` is where the caller listens.
    pub async fn status(&self, address: String) -> Result<Status, EngineError> {
        let now = self.now();
        let today = self.inner.store.since(midnight(now)).await?;
        Ok(self.status_with(address, today))
    }

    fn status_with(&self, address: String, today: Today) -> Status {
        let live = self.live();
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            address,
            active_combo: live.settings.active_combo.clone(),
            now: self.now(),
            started_at: self.inner.started_at,
            data_dir: self.inner.config.data_dir.display().to_string(),
            data_key: self.data_key_source(),
            keys_required: self.keys_required(),
            language: live.settings.language,
            demo: self.inner.config.demo,
            paused: self.paused(),
            quiet_until: self.quiet_until(),
            paused_since: self.paused_since(),
            today,
            dropped_records: self.inner.recorder.dropped(),
            safe_mode: self.inner.store.safe_mode().cloned(),
            last_backup: self.last_backup(),
        }
    }

    /// Where the key that seals secrets is kept.
    pub fn data_key_source(&self) -> DataKeySource {
        self.inner.store.data_key_source()
    }

    pub(crate) fn record(&self, row: RequestView) {
        self.inner.recorder.record(row);
    }
}

/// Whether bodies are kept: as the environment says, else as the user set it. A copy that stands in for the
/// database keeps none.
async fn body_keeping(store: &Store, config: &Config) -> Result<BodyKeeping, EngineError> {
    let kept = store.body_keeping().await?;
    let keep = config.keep_bodies.unwrap_or(kept.keep) && store.safe_mode().is_none();
    Ok(BodyKeeping { keep, ..kept })
}

/// Starts to record what happens to routing, where the configuration says so. A file that cannot be written
/// must not keep the program from serving.
async fn start_recording(
    config: &Config,
    live: &Live,
    tasks: &Tasks,
    now: i64,
    learnt: &Learnt,
) -> Option<Recording> {
    let (path, parts) = (config.record.as_ref()?, live.parts.as_ref()?);
    let parts =
        SnapshotParts { locks: live.snapshot.locks().clone(), ..SnapshotParts::clone(parts) };
    let (recording, writing) = match Recording::start(path, &parts).await {
        Ok(started) => started,
        Err(error) => {
            tracing::warn!("routing is not recorded in {}: {error}", path.display());
            return None;
        }
    };
    tasks.spawn(writing);
    let offset = config.clock.offset();
    recording.note(now, Happening::Zone { offset }, Decision::default());
    let learnt = Box::new(learnt.clone());
    recording.note(now, Happening::Restored { learnt }, Decision::default());
    Some(recording)
}

/// The start of the UTC day that `now` lies in.
fn midnight(now: i64) -> i64 {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    now - now.rem_euclid(DAY)
}

/// Everything that requests read, from the store; the lock table is left empty.
pub(crate) async fn read_live(store: &Store, config: &Config) -> Result<Live, EngineError> {
    let (mut catalog, problems) = vendor_files::read(&config.data_dir, Catalog::builtin()?).await;
    for (id, vendor) in store.custom_vendors().await? {
        catalog = vendor_files::with_custom(catalog, &id, &vendor)?;
    }
    for (vendor, models, _) in store.model_lists().await? {
        let models = models.into_iter().map(|seen| Model {
            name: seen.name,
            context: seen.context,
            output_limit: seen.output_limit,
            ..Model::named(&seen.id)
        });
        catalog.add_models(&vendor, models);
    }
    let accounts = store.accounts().await?;
    let placed = placed(store, &mut catalog, &accounts).await?;
    let mut secrets = HashMap::with_capacity(accounts.len());
    let open_to_all = accounts
        .iter()
        .filter(|account| account.any_client)
        .map(|account| account.id.clone())
        .collect();
    let (mut logins, mut proxies) = (HashMap::new(), HashMap::new());
    for account in &accounts {
        let secret = match store.login_tokens(&account.id).await? {
            Some((tokens, login)) => {
                let access = tokens.access.clone();
                let kept = KeptLogin::new(&account.vendor, tokens, login, &catalog);
                logins.insert(account.id.clone(), kept);
                Some(access)
            }
            None => store.account_secret(&account.id).await?,
        };
        if let Some(secret) = secret {
            secrets.insert(account.id.clone(), secret);
        }
        if let Some(proxy) = store.account_proxy(&account.id).await? {
            proxies.insert(account.id.clone(), proxy);
        }
    }
    let keys = store
        .key_hashes()
        .await?
        .into_iter()
        .map(|(id, name, hash)| (hash, ClientKey { id, name }))
        .collect();
    let settings = store.settings().await?;
    let combos = store.combos().await?;
    let aliases = store.aliases().await?;
    let routing = store.routing_settings().await?;
    let parts = SnapshotParts {
        vendors: vendor_facts(&catalog, &routing),
        accounts: accounts
            .into_iter()
            .map(|account| AccountFacts {
                leave_at: routing.accounts.get(&account.id).copied(),
                id: account.id,
                name: account.name,
                vendor: account.vendor,
                enabled: account.enabled,
                priority: account.priority,
            })
            .collect(),
        combos: combos.iter().map(routed).collect(),
        aliases: with_claude_names(aliases, &combos),
        active_combo: settings.active_combo.clone(),
        budgets: store.budgets().await?,
        rules: store.rules().await?,
        leave_at: routing.leave_at,
        ..SnapshotParts::default()
    };
    Ok(Live {
        parts: config.record.is_some().then(|| Arc::new(parts.clone())),
        snapshot: Snapshot::new(parts),
        catalog: Arc::new(catalog),
        vendor_problems: Arc::new(problems),
        combos: Arc::new(combos),
        secrets: Arc::new(secrets),
        logins: Arc::new(logins),
        proxies: Arc::new(proxies),
        placed: Arc::new(placed),
        open_to_all: Arc::new(open_to_all),
        keys: Arc::new(keys),
        settings,
        password: store.password().await?,
    })
}

/// The vendors of accounts that say where they are reached, and in the catalog the models that they list.
async fn placed(
    store: &Store,
    catalog: &mut Catalog,
    accounts: &[Account],
) -> Result<HashMap<AccountId, Placed>, EngineError> {
    let mut said = Vec::new();
    for account in accounts {
        let Some(vendor) = catalog.vendor(&account.vendor) else { continue };
        if vendor.fields.is_empty() {
            continue;
        }
        let fields = store.account_fields(&account.id).await?;
        let models = vendor.models_in(&fields);
        catalog.add_models(&account.vendor, models.iter().map(|id| Model::named(id)));
        said.push((account, fields));
    }
    let placed = said.into_iter().map(|(account, fields)| {
        let vendor = catalog.vendor(&account.vendor).and_then(|vendor| {
            vendor.checked_fields(&fields).ok().and_then(|fields| vendor.placed(&fields))
        });
        if vendor.is_none() {
            tracing::warn!(account = %account.id, "it lacks what its vendor asks for: change its fields");
        }
        (account.id.clone(), Placed { fields, vendor: vendor.map(Arc::new) })
    });
    Ok(placed.collect())
}

/// Claude Code's picker shows only names that begin with `claude`: each combo and alias has one, unless
/// the user gave that name to something else.
fn with_claude_names(aliases: Vec<AliasView>, combos: &[Combo]) -> Vec<(String, String)> {
    let aliases: Vec<_> = aliases.into_iter().map(|alias| (alias.alias, alias.target)).collect();
    let names = || {
        let combos = combos.iter().map(|combo| combo.name.as_str());
        combos.chain(aliases.iter().map(|(alias, _)| alias.as_str())).chain(["auto"])
    };
    let taken: HashSet<&str> = names().collect();
    let shown = names().filter_map(|name| Some((claude_name(name)?, name.to_owned())));
    let shown: Vec<_> = shown.filter(|(shown, _)| !taken.contains(shown.as_str())).collect();
    aliases.into_iter().chain(shown).collect()
}

/// The name under which Claude Code's picker shows a combo or alias; `None` for one that it shows as it is.
pub fn claude_name(combo: &str) -> Option<String> {
    let shown = ["claude", "anthropic"].iter().any(|start| combo.starts_with(start));
    (!shown).then(|| format!("claude-{combo}"))
}

/// Writes lock changes in order, so that they survive a restart without a request waiting for it.
async fn write_locks(
    store: Store,
    mut queue: mpsc::Receiver<LockWrite>,
    stopping: CancellationToken,
) {
    loop {
        let write = tokio::select! {
            biased;
            write = queue.recv() => write,
            () = stopping.cancelled() => None,
        };
        let Some(write) = write else { return };
        let written = match &write {
            LockWrite::Put(row) => store.put_lock(row).await,
            LockWrite::Remove(account, model) => {
                store.remove_locks(account, model.as_deref()).await
            }
            LockWrite::Opened(account, now) => store.remove_opened_locks(account, *now).await,
        };
        if let Err(error) = written {
            tracing::warn!("a lock was not written to disk: {error}");
        }
    }
}
