use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use switchyard_engine::tray::{Aspect, Choice, ComboLine, FixedLines, MenuView, Routing, Seen};
use switchyard_locale::word;
use switchyard_types::{Autostart, Event, Paused};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::autostart;
use crate::backend::Backend;
use crate::dashboard;
use crate::language::voice;
use crate::life::Life;
use crate::section::Section;
use crate::updates::{self, Updates};

/// The combos begin below the headline and a line.
const FIRST_COMBO: usize = 2;
/// Several changes in a row are drawn as one.
const SETTLE: Duration = Duration::from_millis(100);
/// Under load the menu moves no faster than anybody reads.
const PACE: Duration = Duration::from_secs(1);
/// Locks open without an event, and spans of time, told to the minute, grow shorter.
const REFRESH: Duration = Duration::from_mins(1);
/// Among so many notices the newest falls are looked for.
const NOTICES: u32 = 100;

/// macOS draws the icon's shape in the colour of its menu bar.
const AS_TEMPLATE: bool = cfg!(target_os = "macos");

fn icon(aspect: Aspect) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match aspect {
        Aspect::Idle => include_bytes!(concat!(env!("OUT_DIR"), "/tray.png")),
        Aspect::Busy => include_bytes!(concat!(env!("OUT_DIR"), "/tray-busy.png")),
        Aspect::Low => include_bytes!(concat!(env!("OUT_DIR"), "/tray-low.png")),
        Aspect::Spent => include_bytes!(concat!(env!("OUT_DIR"), "/tray-spent.png")),
        Aspect::Down => include_bytes!(concat!(env!("OUT_DIR"), "/tray-stopped.png")),
    })
}

/// The icon and its menu. An open menu would close if it were replaced, so its lines are changed in
/// place.
struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    headline: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    updates: MenuItem<Wry>,
    autostart: CheckMenuItem<Wry>,
    dashboard: MenuItem<Wry>,
    settings: MenuItem<Wry>,
    copy_address: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    drawn: Mutex<Drawn>,
}

/// What stands in the changing part now. Touched on the main thread alone.
struct Drawn {
    lines: Vec<CheckMenuItem<Wry>>,
    note: Option<MenuItem<Wry>>,
    quotas: Section,
    falls: Section,
    view: Option<MenuView>,
}

/// Shows the tray and keeps it in step with the engine, until the program ends.
pub(crate) async fn run(app: AppHandle) {
    let mut events = app.state::<Backend>().engine().events();
    let first = view(&app).await;
    on_main_thread(&app, |app| {
        let tray = Tray::new(app)?;
        tray.draw(app, first)?;
        app.manage(tray);
        Ok(())
    });
    let mut refresh = tokio::time::interval(REFRESH);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) if !moves_the_menu(&event) => continue,
                Ok(_) | Err(RecvError::Lagged(_)) => tokio::time::sleep(SETTLE).await,
                Err(RecvError::Closed) => return,
            },
            _ = refresh.tick() => {
                let view = view(&app).await;
                if app.try_state::<Tray>().is_none_or(|tray| tray.says(&view)) {
                    continue;
                }
            }
        }
        // What came meanwhile is seen by this drawing.
        while !matches!(events.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
        redraw(&app).await;
        tokio::time::sleep(PACE).await;
    }
}

fn moves_the_menu(event: &Event) -> bool {
    match event {
        Event::ConfigChanged
        | Event::Locked { .. }
        | Event::LoginChanged { .. }
        | Event::RequestStarted { .. }
        | Event::RequestFinished { .. }
        | Event::QuotaRead { .. }
        | Event::Notice { .. }
        | Event::Lagged => true,
        Event::AttemptFailed { .. }
        | Event::RequestServed { .. }
        | Event::ToolsChanged
        | Event::LoginStepped { .. } => false,
    }
}

/// Says how things stand now.
pub(crate) async fn redraw(app: &AppHandle) {
    let view = view(app).await;
    on_main_thread(app, |app| match app.try_state::<Tray>() {
        Some(tray) => tray.draw(app, view),
        None => Ok(()),
    });
}

/// What cannot be read is left out; the dashboard says why.
async fn view(app: &AppHandle) -> MenuView {
    let backend = app.state::<Backend>();
    let engine = backend.engine();
    MenuView::new(&Seen {
        voice: engine.voice(),
        address: backend.address(),
        routing: match (app.state::<Life>().is_ending(), engine.paused()) {
            (true, _) => Routing::Closing,
            (false, true) => Routing::Paused,
            (false, false) => Routing::On,
        },
        under_way: engine.requests_under_way(),
        combos: &engine.combos(),
        quotas: &engine.known_quotas().await.unwrap_or_default(),
        notices: &engine.notices(NOTICES).await.unwrap_or_default(),
        updates: &app.state::<Updates>().view(),
        now: engine.config().clock.now(),
    })
}

fn on_main_thread(
    app: &AppHandle,
    work: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static,
) {
    let there = app.clone();
    let outcome = app.run_on_main_thread(move || {
        if let Err(error) = work(&there) {
            tracing::error!("the tray could not be drawn: {error}");
        }
    });
    if let Err(error) = outcome {
        tracing::debug!("the window system is gone: {error}");
    }
}

impl Tray {
    fn new(app: &AppHandle) -> tauri::Result<Self> {
        let item = |choice: Choice| MenuItem::with_id(app, choice.id(), "", true, None::<&str>);
        let headline = MenuItem::new(app, "", false, None::<&str>)?;
        let (pause, updates) = (item(Choice::Pause)?, item(Choice::Updates)?);
        let (dashboard, settings) = (item(Choice::Dashboard)?, item(Choice::Settings)?);
        let (copy_address, quit) = (item(Choice::CopyAddress)?, item(Choice::Quit)?);
        let id = Choice::Autostart.id();
        let autostart = CheckMenuItem::with_id(app, id, "", true, false, None::<&str>)?;
        let line = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(
            app,
            &[
                &headline,
                &line()?,
                &line()?,
                &pause,
                &dashboard,
                &settings,
                &copy_address,
                &autostart,
                &updates,
                &line()?,
                &quit,
            ],
        )?;
        let icon = TrayIconBuilder::with_id("main")
            .icon(icon(Aspect::Idle)?)
            .icon_as_template(AS_TEMPLATE)
            .tooltip("Switchyard")
            .menu(&menu)
            .on_menu_event(chosen)
            .build(app)?;
        let drawn = Drawn {
            lines: Vec::new(),
            note: None,
            quotas: Section::new(Choice::Quotas),
            falls: Section::new(Choice::Requests),
            view: None,
        };
        Ok(Self {
            icon,
            menu,
            headline,
            pause,
            updates,
            autostart,
            dashboard,
            settings,
            copy_address,
            quit,
            drawn: Mutex::new(drawn),
        })
    }

    fn draw(&self, app: &AppHandle, view: MenuView) -> tauri::Result<()> {
        let mut drawn = self.drawn();
        let Drawn { view: before, .. } = &*drawn;
        if before.as_ref().is_none_or(|before| before.headline != view.headline) {
            self.headline.set_text(&view.headline)?;
            self.pause.set_text(view.pause)?;
        }
        if before.as_ref().is_none_or(|before| before.fixed != view.fixed) {
            self.draw_fixed(view.fixed)?;
        }
        if before.as_ref().is_none_or(|before| before.updates != view.updates) {
            self.updates.set_text(&view.updates)?;
        }
        if before.as_ref().is_none_or(|before| before.aspect != view.aspect) {
            self.icon.set_icon_with_as_template(Some(icon(view.aspect)?), AS_TEMPLATE)?;
        }
        if before.as_ref().is_none_or(|before| before.tip != view.tip) {
            self.icon.set_tooltip(Some(&view.tip))?;
        }
        if cfg!(target_os = "macos") {
            self.icon.set_title(view.title.as_deref())?;
        }
        // A click turns the mark by itself, here and below, so it is always set anew.
        self.autostart.set_checked(autostart::now(app) == Autostart::On)?;
        self.fit(app, &mut drawn, &view.combos)?;
        for (line, combo) in drawn.lines.iter().zip(&view.combos) {
            line.set_text(&combo.text)?;
            line.set_checked(combo.active)?;
        }
        self.draw_note(app, &mut drawn, view.note.as_deref())?;
        let Drawn { lines, note, quotas, falls, .. } = &mut *drawn;
        // Below the combos stands a line.
        let first = FIRST_COMBO + lines.len() + usize::from(note.is_some()) + 1;
        quotas.draw(app, &self.menu, first, &view.quotas)?;
        falls.draw(app, &self.menu, first + quotas.places(), &view.falls)?;
        drawn.view = Some(view);
        Ok(())
    }

    fn draw_fixed(&self, lines: FixedLines) -> tauri::Result<()> {
        self.dashboard.set_text(lines.dashboard)?;
        self.settings.set_text(lines.settings)?;
        self.copy_address.set_text(lines.copy_address)?;
        self.autostart.set_text(lines.autostart)?;
        self.quit.set_text(lines.quit)
    }

    /// Adds or takes away lines until there is one for each combo.
    fn fit(&self, app: &AppHandle, drawn: &mut Drawn, combos: &[ComboLine]) -> tauri::Result<()> {
        while drawn.lines.len() > combos.len() {
            if let Some(line) = drawn.lines.pop() {
                self.menu.remove(&line)?;
            }
        }
        for (place, combo) in combos.iter().enumerate().skip(drawn.lines.len()) {
            let id = Choice::Combo(place).id();
            let line =
                CheckMenuItem::with_id(app, id, &combo.text, true, combo.active, None::<&str>)?;
            self.menu.insert(&line, FIRST_COMBO + place)?;
            drawn.lines.push(line);
        }
        Ok(())
    }

    fn draw_note(
        &self,
        app: &AppHandle,
        drawn: &mut Drawn,
        note: Option<&str>,
    ) -> tauri::Result<()> {
        match (drawn.note.take(), note) {
            (None, None) => {}
            (Some(item), None) => self.menu.remove(&item)?,
            (Some(item), Some(text)) => {
                item.set_text(text)?;
                drawn.note = Some(item);
            }
            (None, Some(text)) => {
                let item = MenuItem::new(app, text, false, None::<&str>)?;
                self.menu.insert(&item, FIRST_COMBO + drawn.lines.len())?;
                drawn.note = Some(item);
            }
        }
        Ok(())
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all of that stands there.
    fn says(&self, view: &MenuView) -> bool {
        self.drawn().view.as_ref() == Some(view)
    }

    /// The combo that stands on this line.
    fn combo_at(&self, place: usize) -> Option<String> {
        let drawn = self.drawn();
        drawn.view.as_ref()?.combos.get(place).map(|combo| combo.name.clone())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that Tauri asks for")]
fn chosen(app: &AppHandle, event: MenuEvent) {
    match Choice::of(event.id().as_ref()) {
        Some(Choice::Combo(place)) => {
            if let Some(name) = app.state::<Tray>().combo_at(place) {
                tauri::async_runtime::spawn(activate(app.clone(), name));
            }
        }
        Some(Choice::Quotas) => dashboard::open_at(app, "/quota"),
        Some(Choice::Requests) => dashboard::open_at(app, "/requests"),
        Some(Choice::Pause) => {
            let backend = app.state::<Backend>();
            let engine = backend.engine();
            engine.set_paused(Paused { paused: !engine.paused() });
            let app = app.clone();
            tauri::async_runtime::spawn(async move { redraw(&app).await });
        }
        Some(Choice::Dashboard) => dashboard::open(app),
        Some(Choice::Autostart) => turn_autostart(app),
        Some(Choice::Settings) => dashboard::open_at(app, "/settings"),
        Some(Choice::Updates) => updates::chosen(app),
        Some(Choice::CopyAddress) => {
            if let Err(error) = app.clipboard().write_text(app.state::<Backend>().address()) {
                tracing::warn!("the address could not be copied: {error}");
            }
        }
        Some(Choice::Quit) => app.exit(0),
        None => {}
    }
}

fn turn_autostart(app: &AppHandle) {
    let wanted = match autostart::now(app) {
        Autostart::On => Autostart::Off,
        Autostart::Off => Autostart::On,
    };
    if let Err(error) = autostart::set(app, wanted) {
        tracing::warn!("{}", error.message);
        app.dialog()
            .message(error.message)
            .title(voice(app).word(word!("Starting at login was not changed")))
            .kind(MessageDialogKind::Warning)
            .show(|_| {});
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move { redraw(&app).await });
}

/// Makes a combo the active one, or says why not.
pub(crate) async fn activate(app: AppHandle, name: String) {
    if let Err(error) = app.state::<Backend>().engine().set_active_combo(&name).await {
        tracing::warn!("switching to {name:?}: {error}");
        app.dialog()
            .message(error.to_string())
            .title(voice(&app).word(word!("The combo was not switched")))
            .kind(MessageDialogKind::Warning)
            .show(|_| {});
    }
    redraw(&app).await;
}
