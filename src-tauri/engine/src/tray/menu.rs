//! What the tray's menu says, decided without any menu: a pure view of what the engine knows.

use switchyard_locale::{Voice, say, word};
use switchyard_types::{
    AccountId, CandidateState, ComboView, Millis, Notice, NoticeView, QuotaView, QuotaWindow,
    UpdateView,
};

use super::aspect::Aspect;
use super::words::{ago, back_in, percent, place, shortened, update_line, window_name};

/// Menus grow off the screen; what is more than this is in the dashboard.
const MOST_COMBOS: usize = 15;
/// The same for accounts: those nearest to their limit.
const MOST_ACCOUNTS: usize = 8;
/// The newest that requests fell over.
const MOST_FALLS: usize = 3;
/// What is older than a day is no news.
const NEWS: Millis = 24 * 60 * 60 * 1000;
/// Names can be long; a menu as wide as the screen helps nobody. In characters.
const LONGEST_NAME: usize = 48;

/// What the menu is made of.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// In which language it is told.
    pub voice: Voice,
    /// Where the gateway listens.
    pub address: &'a str,
    /// Whether requests are served.
    pub routing: Routing,
    /// How many requests are.
    pub under_way: usize,
    /// The combos in the user's order.
    pub combos: &'a [ComboView],
    /// The accounts and their windows.
    pub quotas: &'a [QuotaView],
    /// What was told, the newest first.
    pub notices: &'a [NoticeView],
    /// How newer versions are come by.
    pub updates: &'a UpdateView,
    /// When.
    pub now: Millis,
}

/// Whether requests are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// They are.
    On,
    /// The user refuses them for now.
    Paused,
    /// The program ends; answers under way may end before.
    Closing,
}

/// What the tray says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuView {
    /// The first line: where agents are to be pointed.
    pub headline: String,
    /// One line for each combo that fits.
    pub combos: Vec<ComboLine>,
    /// A line after the combos, when there are none or too many.
    pub note: Option<String>,
    /// Accounts with their tightest window.
    pub quotas: Vec<String>,
    /// When requests fell over of late.
    pub falls: Vec<String>,
    /// What pausing does now.
    pub pause: &'static str,
    /// What always stands there.
    pub fixed: FixedLines,
    /// How newer versions are come by.
    pub updates: String,
    /// What the icon shows.
    pub aspect: Aspect,
    /// Beside the icon, where a system has room for words.
    pub tip: String,
    /// The same in the menu bar of macOS, when there is something to say.
    pub title: Option<String>,
}

/// The lines of the menu that change with the language alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedLines {
    /// Shows the window.
    pub dashboard: &'static str,
    /// Shows what can be set.
    pub settings: &'static str,
    /// Copies the address.
    pub copy_address: &'static str,
    /// Starts the program at login.
    pub autostart: &'static str,
    /// Ends the program.
    pub quit: &'static str,
}

impl FixedLines {
    /// In this language.
    pub fn new(voice: Voice) -> Self {
        Self {
            dashboard: voice.word(word!("Open dashboard")),
            settings: voice.word(word!("Settings")),
            copy_address: voice.word(word!("Copy address")),
            autostart: voice.word(word!("Start at login")),
            quit: voice.word(word!("Quit Switchyard")),
        }
    }
}

/// A combo in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComboLine {
    /// Its name, for the engine.
    pub name: String,
    /// What the line says.
    pub text: String,
    /// Whether `auto` means it.
    pub active: bool,
}

/// What a click means. Lines are known by their place, since a menu's ids are fixed and its combos
/// are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The combo on this line becomes the active one.
    Combo(usize),
    /// Show the quotas.
    Quotas,
    /// Show the requests.
    Requests,
    /// Refuse requests, or serve them again.
    Pause,
    /// Show the window.
    Dashboard,
    /// Show what can be set.
    Settings,
    /// Look for a newer version, or show the one that is there.
    Updates,
    /// Put the address on the clipboard.
    CopyAddress,
    /// Start at login, or no longer.
    Autostart,
    /// End the program.
    Quit,
}

impl Choice {
    const WITHOUT_PLACE: [Self; 9] = [
        Self::Quotas,
        Self::Requests,
        Self::Pause,
        Self::Dashboard,
        Self::Settings,
        Self::Updates,
        Self::CopyAddress,
        Self::Autostart,
        Self::Quit,
    ];

    /// The id of its menu item.
    pub fn id(self) -> String {
        let name = match self {
            Self::Combo(place) => return format!("combo-{place}"),
            Self::Quotas => "quotas",
            Self::Requests => "requests",
            Self::Pause => "pause",
            Self::Dashboard => "dashboard",
            Self::Settings => "settings",
            Self::Updates => "updates",
            Self::CopyAddress => "copy-address",
            Self::Autostart => "autostart",
            Self::Quit => "quit",
        };
        name.to_owned()
    }

    /// The choice with this id.
    pub fn of(id: &str) -> Option<Self> {
        match id.strip_prefix("combo-") {
            Some(place) => place.parse().ok().map(Self::Combo),
            None => Self::WITHOUT_PLACE.into_iter().find(|choice| choice.id() == id),
        }
    }
}

impl MenuView {
    /// The menu for what is seen.
    pub fn new(seen: &Seen<'_>) -> Self {
        let voice = seen.voice;
        let hidden = seen.combos.len().saturating_sub(MOST_COMBOS);
        let note = match (seen.combos.len(), hidden) {
            (0, _) => {
                Some(voice.word(word!("No combos yet: make one in the dashboard")).to_owned())
            }
            (_, 0) => None,
            (_, hidden) => Some(say!(voice, "{hidden} more in the dashboard", hidden)),
        };
        let address = seen.address.trim_start_matches("http://");
        let pause = word!("Pause routing");
        let (headline, pause) = match seen.routing {
            Routing::On => (say!(voice, "Listening on {address}", address), pause),
            Routing::Paused => (
                say!(voice, "Paused: requests to {address} are refused", address),
                word!("Resume routing"),
            ),
            Routing::Closing => {
                (voice.word(word!("Closing: answers under way may end")).to_owned(), pause)
            }
        };
        let aspect = Aspect::of(seen);
        Self {
            headline,
            combos: shown(seen.combos).map(|combo| ComboLine::new(voice, combo)).collect(),
            note,
            quotas: quota_lines(seen),
            falls: fall_lines(seen),
            pause: voice.word(pause),
            fixed: FixedLines::new(voice),
            updates: literal(&update_line(voice, seen.updates)),
            aspect,
            tip: voice.word(aspect.words()).to_owned(),
            title: aspect.title(seen),
        }
    }
}

/// Accounts by what is left to them, the tightest first.
fn quota_lines(seen: &Seen<'_>) -> Vec<String> {
    let voice = seen.voice;
    let tightest = |quota| tightest(quota, seen.now).map(|(used, window)| (used, quota, window));
    let mut tight: Vec<_> = seen.quotas.iter().filter_map(tightest).collect();
    tight.sort_by_key(|(used, ..)| std::cmp::Reverse(*used));
    tight.truncate(MOST_ACCOUNTS);
    let line = |(used, quota, window): (u32, &QuotaView, &QuotaWindow)| {
        let name = shortened(&quota.name, LONGEST_NAME);
        let window_name = window_name(voice, &window.name);
        let text = match (used < 10_000, back_in(voice, window.resets_at, seen.now)) {
            (true, Some(span)) => say!(
                voice,
                "{name}  ·  {window}: {used} used, back in {span}",
                name,
                window = window_name,
                used = percent(voice, used),
                span
            ),
            (true, None) => say!(
                voice,
                "{name}  ·  {window}: {used} used",
                name,
                window = window_name,
                used = percent(voice, used)
            ),
            (false, Some(span)) => say!(
                voice,
                "{name}  ·  {window}: spent, back in {span}",
                name,
                window = window_name,
                span
            ),
            (false, None) => say!(voice, "{name}  ·  {window}: spent", name, window = window_name),
        };
        literal(&text)
    };
    tight.into_iter().map(line).collect()
}

/// The window of which the most is used, in hundredths of a percent. One that has started over since it was
/// read says nothing.
pub(super) fn tightest(quota: &QuotaView, now: Millis) -> Option<(u32, &QuotaWindow)> {
    let current = quota.windows.iter().filter(|window| window.resets_at.is_none_or(|at| at > now));
    let used = current.filter_map(|window| Some((window.amount.used_share()?, window)));
    used.max_by_key(|(used, _)| *used)
}

fn fall_lines(seen: &Seen<'_>) -> Vec<String> {
    let voice = seen.voice;
    let name = |id: &AccountId| {
        let account = seen.quotas.iter().find(|quota| quota.account == *id);
        account.map_or_else(|| id.to_string(), |account| account.name.clone())
    };
    let recent = seen.notices.iter().take_while(|told| seen.now - told.at < NEWS);
    let falls = recent.filter_map(|told| match &told.notice {
        Notice::FellOver { to, .. } => {
            let place = place(voice, &to.model, &name(&to.account));
            let place = shortened(&place, LONGEST_NAME);
            Some(literal(&match ago(voice, seen.now - told.at) {
                Some(span) => say!(voice, "Fell over to {place}  ·  {span} ago", place, span),
                None => say!(voice, "Fell over to {place}  ·  just now", place),
            }))
        }
        Notice::QuotaLow { .. }
        | Notice::QuotaSpent { .. }
        | Notice::QuotaReset { .. }
        | Notice::Recovered { .. }
        | Notice::BudgetLow { .. }
        | Notice::BudgetSpent { .. }
        | Notice::SignInNeeded { .. }
        | Notice::Update { .. } => None,
    });
    falls.take(MOST_FALLS).collect()
}

/// Another combo than the active one, of which something can serve now: the first in the user's order.
pub fn other_combo(combos: &[ComboView]) -> Option<&ComboView> {
    let clear = |combo: &&ComboView| {
        combo.candidates.iter().any(|candidate| matches!(candidate.state, CandidateState::Clear))
    };
    combos.iter().filter(|combo| !combo.active).find(clear)
}

/// The first that fit, and always the active one.
fn shown(combos: &[ComboView]) -> impl Iterator<Item = &ComboView> {
    let late = combos.iter().skip(MOST_COMBOS).find(|combo| combo.active);
    let early = combos.iter().take(MOST_COMBOS - usize::from(late.is_some()));
    early.chain(late)
}

impl ComboLine {
    fn new(voice: Voice, combo: &ComboView) -> Self {
        let clear = combo
            .candidates
            .iter()
            .filter(|candidate| matches!(candidate.state, CandidateState::Clear))
            .count();
        let name = shortened(&combo.name, LONGEST_NAME);
        let text = match (combo.candidates.len(), clear) {
            (0, _) => say!(voice, "{name}  ·  empty", name),
            (_, 0) => say!(voice, "{name}  ·  nothing can serve now", name),
            (all, clear) if all == clear => name,
            (all, clear) => say!(voice, "{name}  ·  {clear} of {all} clear", name, clear, all),
        };
        Self { name: combo.name.clone(), text: literal(&text), active: combo.active }
    }
}

/// Menus take `&` for the mark of an access key.
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}

/// What tests of what is seen begin with.
#[cfg(test)]
pub(super) mod examples {
    use switchyard_types::{CandidateView, Forecast, QuotaAmount, QuotaSource};

    use super::*;

    pub(in crate::tray) fn combo(name: &str, states: &[CandidateState]) -> ComboView {
        let candidate = |state: &CandidateState| CandidateView {
            model: "a/b".to_owned(),
            vendor: Some("a".to_owned()),
            state: state.clone(),
            spec: None,
        };
        ComboView {
            name: name.to_owned(),
            candidates: states.iter().map(candidate).collect(),
            active: false,
            terms: switchyard_types::ComboTerms::default(),
        }
    }

    pub(in crate::tray) const NOW: Millis = 1_800_000_000_000;

    pub(in crate::tray) fn seen(combos: &[ComboView]) -> Seen<'_> {
        let address = "http://127.0.0.1:20128";
        Seen {
            voice: Voice::ENGLISH,
            address,
            routing: Routing::On,
            under_way: 0,
            combos,
            quotas: &[],
            notices: &[],
            updates: &UpdateView::NotSetUp,
            now: NOW,
        }
    }

    pub(in crate::tray) fn quota(
        id: &str,
        name: &str,
        windows: &[(&str, u32, Option<Millis>)],
    ) -> QuotaView {
        let window = |(name, used, resets_at): &(&str, u32, Option<Millis>)| QuotaWindow {
            name: (*name).to_owned(),
            models: None,
            amount: QuotaAmount::Share { used: *used },
            closes: true,
            resets_at: *resets_at,
            length: None,
            source: QuotaSource::Headers,
            observed_at: NOW,
            forecast: Forecast::default(),
        };
        QuotaView {
            account: AccountId::new(id),
            name: name.to_owned(),
            vendor: "v".to_owned(),
            plan: None,
            windows: windows.iter().map(window).collect(),
            readable: true,
            problem: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use switchyard_locale::Language;
    use switchyard_types::Place;

    use super::examples::{NOW, combo, quota, seen};
    use super::*;
    use crate::tray::voice;

    const MINUTE: Millis = 60_000;

    fn texts(combos: &[ComboView]) -> Vec<String> {
        MenuView::new(&seen(combos)).combos.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn every_choice_is_found_again_by_its_id() {
        for choice in Choice::WITHOUT_PLACE.into_iter().chain([Choice::Combo(7)]) {
            assert_eq!(Choice::of(&choice.id()), Some(choice));
        }
        assert_eq!(Choice::of("combo-x"), None);
    }

    #[test]
    fn the_first_line_says_where_agents_are_pointed() {
        let running = MenuView::new(&seen(&[]));
        assert_eq!(running.headline, "Listening on 127.0.0.1:20128");
        assert_eq!(running.pause, "Pause routing");
        let paused = MenuView::new(&Seen { routing: Routing::Paused, ..seen(&[]) });
        assert_eq!(paused.headline, "Paused: requests to 127.0.0.1:20128 are refused");
        assert_eq!(paused.pause, "Resume routing");
    }

    #[test]
    fn the_menu_is_told_in_the_language_that_is_spoken() {
        use CandidateState::{Clear, NoAccount};
        let combos = [combo("work", &[Clear, NoAccount])];
        let quotas = [quota("a", "R&D", &[("5h", 10_000, Some(NOW + 90 * MINUTE))])];
        let spoken = |language| {
            let seen = Seen { voice: voice(language), quotas: &quotas, ..seen(&combos) };
            MenuView::new(&seen)
        };
        let chinese = spoken(Language::Chinese);
        assert_eq!(chinese.headline, "正在监听 127.0.0.1:20128");
        assert_eq!(chinese.combos[0].text, "work  ·  1/2 可用");
        assert_eq!(chinese.quotas, ["R&&D  ·  5 小时：已用尽，1 小时 30 分钟后恢复"]);
        assert_eq!((chinese.pause, chinese.fixed.quit), ("暂停路由", "退出 Switchyard"));
        assert_eq!(chinese.tip, "Switchyard：余量偏低");
        let vietnamese = spoken(Language::Vietnamese);
        assert_eq!(vietnamese.headline, "Đang lắng nghe tại 127.0.0.1:20128");
        assert_eq!(vietnamese.quotas, ["R&&D  ·  5 giờ: đã dùng hết, có lại sau 1 giờ 30 phút"]);
        assert_eq!(vietnamese.updates, "Bản dựng này không nhận cập nhật");
    }

    #[test]
    fn a_combo_says_how_much_of_it_can_serve() {
        use CandidateState::{Clear, NoAccount, Unknown};
        assert_eq!(
            texts(&[
                combo("all", &[Clear, Clear]),
                combo("some", &[Clear, NoAccount]),
                combo("none", &[Unknown, NoAccount]),
                combo("bare", &[]),
            ]),
            ["all", "some  ·  1 of 2 clear", "none  ·  nothing can serve now", "bare  ·  empty"]
        );
    }

    #[test]
    fn another_combo_is_the_first_that_can_serve_and_is_not_the_active_one() {
        use CandidateState::{Clear, NoAccount};
        let active = ComboView { active: true, ..combo("active", &[Clear]) };
        let combos = [active, combo("closed", &[NoAccount]), combo("open", &[NoAccount, Clear])];
        assert_eq!(other_combo(&combos).map(|combo| combo.name.as_str()), Some("open"));
        assert_eq!(other_combo(&combos[..2]), None);
    }

    #[test]
    fn without_combos_the_menu_names_the_next_step() {
        let menu = MenuView::new(&seen(&[]));
        assert!(menu.note.unwrap().contains("make one"));
    }

    #[test]
    fn an_account_shows_its_tightest_window_and_the_tightest_account_comes_first() {
        let later = Some(NOW + 90 * MINUTE);
        let quotas = [
            quota("a", "R&D", &[("5h", 2_000, later), ("weekly", 4_150, None)]),
            quota("b", "Spent", &[("5h", 10_000, later)]),
            quota("c", "Started over", &[("5h", 10_000, Some(NOW))]),
            quota("d", "Untold", &[]),
        ];
        let menu = MenuView::new(&Seen { quotas: &quotas, ..seen(&[]) });
        assert_eq!(
            menu.quotas,
            ["Spent  ·  5h: spent, back in 1 h 30 min", "R&&D  ·  weekly: 41 % used"]
        );
    }

    #[test]
    fn the_newest_three_falls_of_a_day_are_listed() {
        let place = |model: &str| Place { account: AccountId::new("b"), model: model.to_owned() };
        let fell = |minutes: Millis, model: &str| NoticeView {
            at: NOW - minutes * MINUTE,
            notice: Notice::FellOver {
                combo: None,
                from: place("m"),
                to: place(model),
                until: None,
            },
        };
        let back = NoticeView { at: NOW, notice: Notice::Recovered { place: place("m") } };
        let told = [back, fell(5, "one"), fell(61, "two"), fell(23 * 60, "three")];
        let quotas = [quota("b", "Backup", &[])];
        let falls = |notices: &[NoticeView]| {
            MenuView::new(&Seen { quotas: &quotas, notices, ..seen(&[]) }).falls
        };
        assert_eq!(
            falls(&told),
            [
                "Fell over to one via Backup  ·  5 min ago",
                "Fell over to two via Backup  ·  1 h 1 min ago",
                "Fell over to three via Backup  ·  23 h ago",
            ]
        );
        assert_eq!(falls(&[fell(24 * 60, "old")]), Vec::<String>::new());
        let many: Vec<_> = (0..9).map(|minutes| fell(minutes, "m")).collect();
        assert_eq!(falls(&many).len(), MOST_FALLS);
    }

    #[test]
    fn a_long_menu_is_cut_but_keeps_the_active_combo() {
        let mut combos: Vec<_> =
            (0..40).map(|n| combo(&format!("combo-{n}"), &[CandidateState::Clear])).collect();
        combos[33].active = true;
        let menu = MenuView::new(&seen(&combos));
        assert_eq!(menu.combos.len(), MOST_COMBOS);
        assert_eq!(menu.note.as_deref(), Some("25 more in the dashboard"));
        let active: Vec<_> = menu.combos.iter().filter(|line| line.active).collect();
        assert_eq!(active.len(), 1);
        assert_eq!(active[0].name, "combo-33");
    }

    #[test]
    fn a_name_is_shown_as_it_is_but_not_without_end() {
        assert_eq!(texts(&[combo("R&D", &[CandidateState::Clear])]), ["R&&D"]);
        let long = "é".repeat(60);
        let shown = texts(&[combo(&long, &[CandidateState::Clear])]).remove(0);
        assert_eq!(shown.chars().count(), LONGEST_NAME);
        assert!(shown.ends_with('…'));
    }
}
