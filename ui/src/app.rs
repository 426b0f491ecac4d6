//! What the server said, as signals, and what keeps it true.

use std::ops::Deref;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use switchyard_types::{
    AccountView, AliasView, BackupView, BodiesView, BudgetView, ComboView, CreatedKey, Event,
    Finding, KeyView, LanguageChoice, LanguageSetting, LoginProgress, Millis, ModelChoice,
    NoticeView, NotificationSettings, Paused, QuotaView, RequestPage, RoutingSettings, Rule,
    Status, ToolBackupView, ToolSettings, ToolView, VendorView,
};

use crate::browser::address::Address;
use crate::browser::clock::Clock;
use crate::browser::events::{self, News};
use crate::browser::http::{self, Fault};
use crate::browser::language;
use crate::browser::theme::Theme;
use crate::facts::live::{self, Follow, Live};
use crate::pages::playground::talk::Talk;
use crate::pages::providers::sign_in::SigningIn;
use crate::parts::notices::Notices;

/// Whether the server knows us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    Open,
    SignInNeeded,
}

/// Whether events arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Opening,
    Live,
    /// Since then nothing is heard.
    Down(Millis),
}

/// Something that is read from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Load<T> {
    Waiting,
    Ready(T),
    Failed(Fault),
}

impl<T> Load<T> {
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Waiting | Self::Failed(_) => None,
        }
    }

    /// How it stands, without what was read.
    pub(crate) fn standing(&self) -> Load<()> {
        match self {
            Self::Waiting => Load::Waiting,
            Self::Ready(_) => Load::Ready(()),
            Self::Failed(fault) => Load::Failed(fault.clone()),
        }
    }
}

impl Load<()> {
    /// How both stand together: ready once both are, failed where one of them is.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed(fault), _) | (_, Self::Failed(fault)) => Self::Failed(fault),
            (Self::Waiting, _) | (_, Self::Waiting) => Self::Waiting,
            (Self::Ready(()), Self::Ready(())) => Self::Ready(()),
        }
    }
}

/// A list of the server, kept as it is there.
pub(crate) struct Source<T: Send + Sync + 'static> {
    path: &'static str,
    pub(crate) state: RwSignal<Load<T>>,
    session: RwSignal<Session>,
    /// Counts the questions, so that a late answer to an earlier one is dropped.
    turn: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Source<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Source<T> {}

impl<T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Source<T> {
    fn new(path: &'static str, session: RwSignal<Session>) -> Self {
        let (state, turn) = (RwSignal::new(Load::Waiting), StoredValue::new(0));
        Self { path, state, session, turn }
    }

    /// Reads it again; what is shown stays until the answer is here.
    pub(crate) fn reload(self) {
        self.reload_then(|_| ());
    }

    /// Reads it when somebody wants to see it for the first time.
    pub(crate) fn want(self) {
        if !self.is_wanted() {
            self.reload();
        }
    }

    /// Reads it again where somebody wanted to see it.
    fn refresh(self) {
        if self.is_wanted() {
            self.reload();
        }
    }

    fn is_wanted(self) -> bool {
        self.turn.get_value() != 0
    }

    fn reload_then(self, then: impl FnOnce(&T) + 'static) {
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        spawn_local(async move {
            let answer = http::get::<T>(self.path).await;
            if self.turn.get_value() != turn {
                return;
            }
            match answer {
                Ok(value) => {
                    then(&value);
                    self.put(value);
                }
                Err(fault) if fault.is_sign_in() => self.session.set(Session::SignInNeeded),
                Err(fault) if self.state.with_untracked(|state| state.ready().is_none()) => {
                    self.state.set(Load::Failed(fault));
                }
                // What was known stays on the page; the banner says that the server is away.
                Err(_) => {}
            }
        });
    }

    /// Reads it again after a failure, showing the shape of what is to come.
    pub(crate) fn retry(self) {
        self.state.set(Load::Waiting);
        self.reload();
    }

    /// Reads it again where it failed: for what is shown together with others.
    pub(crate) fn retry_failed(self) {
        if self.state.with_untracked(|state| matches!(state, Load::Failed(_))) {
            self.retry();
        }
    }

    /// How it stands, without what was read.
    pub(crate) fn standing(self) -> Load<()> {
        self.state.with(Load::standing)
    }

    /// Takes a value that is known to be true now.
    pub(crate) fn put(self, value: T) {
        let same = self.state.with_untracked(|state| state.ready() == Some(&value));
        if !same {
            self.state.set(Load::Ready(value));
        }
    }

    /// Changes what is known, and drops an answer that is under way and older.
    pub(crate) fn change(self, change: impl FnOnce(&mut T)) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.state.update(|state| {
            if let Load::Ready(value) = state {
                change(value);
            }
        });
    }

    /// Looks at it, where it is there.
    pub(crate) fn with<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.state.with(|state| state.ready().map(look))
    }

    pub(crate) fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.state.with_untracked(|state| state.ready().map(look))
    }
}

impl<T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Source<Vec<T>> {
    /// The rows; none while they are not known.
    pub(crate) fn rows(self) -> Vec<T> {
        self.with(Clone::clone).unwrap_or_default()
    }
}

/// Asks for something soon; asking again before that changes nothing.
#[derive(Clone, Copy)]
struct Soon {
    waiting: StoredValue<bool>,
}

impl Soon {
    fn new() -> Self {
        Self { waiting: StoredValue::new(false) }
    }

    fn ask(self, millis: u64, action: impl FnOnce() + 'static) {
        if self.waiting.get_value() {
            return;
        }
        self.waiting.set_value(true);
        set_timeout(
            move || {
                self.waiting.set_value(false);
                action();
            },
            Duration::from_millis(millis),
        );
    }
}

/// What floats above every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overlay {
    Palette,
    Shortcuts,
    Inbox,
}

/// A handle on everything that pages share.
#[derive(Clone, Copy)]
pub(crate) struct App(&'static State);

impl Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
}

/// What pages share. There is one, and it lives as long as the page.
pub(crate) struct State {
    pub(crate) session: RwSignal<Session>,
    pub(crate) link: RwSignal<Link>,
    pub(crate) clock: Clock,
    pub(crate) address: Address,
    pub(crate) theme: RwSignal<Theme>,
    pub(crate) overlay: RwSignal<Option<Overlay>>,
    pub(crate) notices: Notices,
    pub(crate) status: Source<Status>,
    pub(crate) vendors: Source<Vec<VendorView>>,
    pub(crate) accounts: Source<Vec<AccountView>>,
    pub(crate) combos: Source<Vec<ComboView>>,
    pub(crate) aliases: Source<Vec<AliasView>>,
    pub(crate) keys: Source<Vec<KeyView>>,
    pub(crate) models: Source<Vec<ModelChoice>>,
    /// The user's coding tools and what is about them. The server looks at the disk for these, so
    /// they are read only once a page wants them.
    pub(crate) tools: Source<Vec<ToolView>>,
    pub(crate) tool_backups: Source<Vec<ToolBackupView>>,
    pub(crate) tool_settings: Source<ToolSettings>,
    pub(crate) findings: Source<Vec<Finding>>,
    /// Quota windows by account, and what was told of late: read once something wants them.
    pub(crate) quotas: Source<Vec<QuotaView>>,
    pub(crate) told: Source<Vec<NoticeView>>,
    /// What is limited and set, read once a page wants it.
    pub(crate) budgets: Source<Vec<BudgetView>>,
    pub(crate) rules: Source<Vec<Rule>>,
    pub(crate) routing: Source<RoutingSettings>,
    pub(crate) notifications: Source<NotificationSettings>,
    pub(crate) bodies: Source<BodiesView>,
    pub(crate) backups: Source<Vec<BackupView>>,
    /// The sign-in that took a step last.
    pub(crate) login_step: RwSignal<Option<LoginProgress>>,
    pub(crate) live: RwSignal<Live>,
    /// Moves when events may have been missed: lists that a page reads for itself are read again.
    pub(crate) anew: RwSignal<u32>,
    /// Whether the list's first page is here.
    pub(crate) first_page: RwSignal<Load<()>>,
    /// The client key that was made just now: its text is shown once, above every page.
    pub(crate) made_key: RwSignal<Option<CreatedKey>>,
    /// Whether one is being made.
    pub(crate) making_key: RwSignal<bool>,
    /// The vendor whose panel for a new key is open.
    pub(crate) adding_key: RwSignal<Option<String>>,
    /// Whose panel for signing in is open.
    pub(crate) signing_in: RwSignal<Option<SigningIn>>,
    /// What was said in the playground.
    pub(crate) talk: Talk,
    soon_lists: Soon,
    soon_states: Soon,
    soon_sums: Soon,
    soon_tools: Soon,
    soon_quotas: Soon,
}

/// How many requests a page of the list has.
const PAGE: usize = 50;

impl App {
    /// Makes the state, starts the clock and begins to listen.
    pub(crate) fn start() -> Self {
        let session = RwSignal::new(Session::Open);
        let states = StoredValue::new(None::<Self>);
        let clock = Clock::start(move |last, now| {
            if let Some(app) = states.get_value() {
                app.look_for_openings(last, now);
            }
        });
        let state = State {
            session,
            link: RwSignal::new(Link::Opening),
            clock,
            address: Address::follow(),
            theme: RwSignal::new(Theme::chosen()),
            overlay: RwSignal::new(None),
            notices: Notices::new(),
            status: Source::new("/api/status", session),
            vendors: Source::new("/api/vendors", session),
            accounts: Source::new("/api/accounts", session),
            combos: Source::new("/api/combos", session),
            aliases: Source::new("/api/aliases", session),
            keys: Source::new("/api/keys", session),
            models: Source::new("/api/models", session),
            tools: Source::new("/api/tools", session),
            tool_backups: Source::new("/api/tool-backups", session),
            tool_settings: Source::new("/api/tool-settings", session),
            findings: Source::new("/api/doctor", session),
            quotas: Source::new("/api/quotas", session),
            told: Source::new("/api/notices?limit=100", session),
            budgets: Source::new("/api/budgets", session),
            rules: Source::new("/api/rules", session),
            routing: Source::new("/api/routing", session),
            notifications: Source::new("/api/notifications", session),
            bodies: Source::new("/api/bodies", session),
            backups: Source::new("/api/backups", session),
            login_step: RwSignal::new(None),
            live: RwSignal::new(Live::default()),
            anew: RwSignal::new(0),
            first_page: RwSignal::new(Load::Waiting),
            made_key: RwSignal::new(None),
            making_key: RwSignal::new(false),
            adding_key: RwSignal::new(None),
            signing_in: RwSignal::new(None),
            talk: Talk::new(),
            soon_lists: Soon::new(),
            soon_states: Soon::new(),
            soon_sums: Soon::new(),
            soon_tools: Soon::new(),
            soon_quotas: Soon::new(),
        };
        let app = Self(Box::leak(Box::new(state)));
        states.set_value(Some(app));
        spawn_local(events::listen(move |news| app.hear(news)));
        app
    }

    fn hear(self, news: News) {
        match news {
            News::Connected => {
                self.link.set(Link::Live);
                self.begin_anew();
            }
            News::UnderWay(running) => self.live.update(|live| live.take_running(running)),
            News::Event(event) => self.follow(event),
            News::Lost(fault) if fault.is_sign_in() => self.session.set(Session::SignInNeeded),
            News::Lost(_) => {
                let first = self.link.get_untracked() == Link::Opening;
                if !matches!(self.link.get_untracked(), Link::Down(_)) {
                    self.link.set(Link::Down(self.clock.now()));
                }
                if first {
                    self.reload_everything();
                }
            }
        }
    }

    fn follow(self, event: Event) {
        let follow = self.live.try_update(|live| live.apply(event)).unwrap_or(Follow::Everything);
        match follow {
            Follow::Nothing => {}
            Follow::Sums => self.soon_sums.ask(1_000, move || self.reload_status()),
            Follow::Lock(lock) => {
                self.accounts.change(|accounts| live::lock_account(accounts, &lock));
                self.soon_states.ask(150, move || self.reload_states());
            }
            Follow::Quotas => self.soon_quotas.ask(300, move || self.quotas.refresh()),
            Follow::Notice(notice) => {
                self.told.change(|told| told.insert(0, *notice));
                self.soon_quotas.ask(300, move || self.quotas.refresh());
            }
            Follow::Login(progress) => self.login_step.set(Some(*progress)),
            Follow::Tools => self.soon_tools.ask(120, move || self.reload_tools()),
            Follow::Lists => self.soon_lists.ask(120, move || self.reload_lists()),
            Follow::Everything => {
                // What runs is told next; but not after an event that could not be read.
                self.live.update(|live| live.take_running(Vec::new()));
                self.begin_anew();
            }
        }
    }

    /// Events were missed: what runs is told, and all else is read again.
    fn begin_anew(self) {
        self.anew.update(|times| *times = times.wrapping_add(1));
        self.reload_everything();
    }

    fn reload_everything(self) {
        self.reload_lists();
        self.load_newest();
    }

    /// Reads all but the requests.
    pub(crate) fn reload_lists(self) {
        self.reload_status();
        self.vendors.reload();
        self.accounts.reload();
        self.combos.reload();
        self.aliases.reload();
        self.keys.reload();
        self.models.reload();
        self.quotas.refresh();
        self.told.refresh();
        self.rules.refresh();
        self.routing.refresh();
        self.notifications.refresh();
        self.bodies.refresh();
        self.backups.refresh();
        self.reload_tools();
    }

    /// Reads what is known of the coding tools again, where a page wanted it.
    pub(crate) fn reload_tools(self) {
        self.tools.refresh();
        self.tool_backups.refresh();
        self.tool_settings.refresh();
        self.findings.refresh();
    }

    /// Reads what a lock moves.
    pub(crate) fn reload_states(self) {
        self.accounts.reload();
        self.combos.reload();
        self.models.reload();
    }

    /// Reads what moves with every request.
    pub(crate) fn reload_status(self) {
        self.status.reload_then(move |status| {
            self.clock.correct(status.now);
            let is_other = language::remember(status.language);
            // Later on something may be typed here, which is worth more.
            if is_other && self.status.with_untracked(|_| ()).is_none() {
                language::begin_anew();
            }
        });
        self.budgets.refresh();
    }

    /// A lock that ends opens a track: the states are read again at that moment.
    fn look_for_openings(self, last: Millis, now: Millis) {
        let opened = self.accounts.with_untracked(|accounts| {
            let untils = accounts.iter().flat_map(|account| &account.locks).map(|lock| lock.until);
            live::passed(untils, last, now)
        });
        if opened == Some(true) {
            self.soon_states.ask(400, move || self.reload_states());
        }
    }

    /// Reads the newest page of requests.
    pub(crate) fn load_newest(self) {
        let Some(reading) = self.live.try_update(Live::begin_reading) else { return };
        spawn_local(async move {
            match http::get::<RequestPage>(&format!("/api/requests?limit={PAGE}")).await {
                Ok(page) => {
                    self.live.update(|live| live.take_newest(reading, page));
                    self.first_page.set(Load::Ready(()));
                }
                Err(fault) if fault.is_sign_in() => self.session.set(Session::SignInNeeded),
                Err(fault) => self.first_page.update(|state| {
                    if state.ready().is_none() {
                        *state = Load::Failed(fault);
                    }
                }),
            }
        });
    }

    /// Reads the page below the last row; `busy` is set meanwhile.
    pub(crate) fn load_older(self, busy: RwSignal<bool>) {
        let Some(before) = self.live.with_untracked(|live| live.older().cloned()) else { return };
        busy.set(true);
        spawn_local(async move {
            let before = crate::facts::path::encode(before.as_str());
            let path = format!("/api/requests?before={before}&limit={PAGE}");
            match http::get::<RequestPage>(&path).await {
                Ok(page) => self.live.update(|live| live.take_older(page)),
                Err(fault) => self.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    }

    /// Tells the user what went wrong with something that they did.
    pub(crate) fn fault(self, fault: &Fault) {
        if fault.is_sign_in() {
            self.session.set(Session::SignInNeeded);
        } else {
            self.notices.fault(fault);
        }
    }

    /// How a vendor is shown: its name and its hue. An unknown one shows its id.
    pub(crate) fn vendor(self, id: &str) -> (String, u16) {
        self.vendors
            .with(|vendors| {
                let vendor = vendors.iter().find(|vendor| vendor.id == id)?;
                Some((vendor.name.clone(), vendor.hue))
            })
            .flatten()
            .unwrap_or_else(|| (id.to_owned(), 250))
    }

    /// The combo that `auto` means.
    pub(crate) fn active_combo(self) -> Option<ComboView> {
        self.combos.with(|combos| combos.iter().find(|combo| combo.active).cloned()).flatten()
    }

    /// Makes a combo the one that `auto` means.
    pub(crate) fn activate(self, name: String) {
        spawn_local(async move {
            let body = switchyard_types::ActiveCombo { name: name.clone() };
            match http::command(http::Method::Put, "/api/active-combo", &body).await {
                Ok(()) => {
                    self.combos.change(|combos| {
                        for combo in combos {
                            combo.active = combo.name == name;
                        }
                    });
                    self.reload_status();
                }
                Err(fault) => self.fault(&fault),
            }
        });
    }

    /// Has the page and the tray speak this language.
    pub(crate) fn speak(self, language: LanguageChoice) {
        self.status.change(|status| status.language = language);
        spawn_local(async move {
            let wanted = LanguageSetting { language };
            match http::command(http::Method::Put, "/api/language", &wanted).await {
                Ok(()) if language::remember(language) => language::begin_anew(),
                Ok(()) => {}
                Err(fault) => {
                    self.fault(&fault);
                    self.reload_status();
                }
            }
        });
    }

    /// Pauses or resumes routing.
    pub(crate) fn pause(self, wanted: Paused) {
        spawn_local(async move {
            match http::command(http::Method::Put, "/api/paused", &wanted).await {
                Ok(()) => self.reload_status(),
                Err(fault) => self.fault(&fault),
            }
        });
    }

    /// Ends the session of this browser.
    pub(crate) fn sign_out(self) {
        spawn_local(async move {
            match http::delete("/api/session").await {
                Ok(()) => self.session.set(Session::SignInNeeded),
                Err(fault) => self.fault(&fault),
            }
        });
    }
}

/// The state that every component finds.
pub(crate) fn app() -> App {
    expect_context::<App>()
}
