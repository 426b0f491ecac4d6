use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use switchyard_types::Event;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tokio::sync::broadcast::error::RecvError;

use crate::backend::Backend;
use crate::menu::{Choice, ComboLine, MenuView};
use crate::window;

/// The combos begin below the headline and a line.
const FIRST_COMBO: usize = 2;
/// Several changes in a row are drawn as one.
const SETTLE: Duration = Duration::from_millis(100);
/// Locks open without an event.
const REFRESH: Duration = Duration::from_secs(30);

const RUNNING: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tray.png"));
const STOPPED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tray-stopped.png"));

/// The icon and its menu. An open menu would close if it were replaced, so its lines are changed in
/// place.
struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    headline: MenuItem<Wry>,
    drawn: Mutex<Drawn>,
}

/// What stands in the changing part now. Touched on the main thread alone.
#[derive(Default)]
struct Drawn {
    lines: Vec<CheckMenuItem<Wry>>,
    note: Option<MenuItem<Wry>>,
    view: Option<MenuView>,
}

/// Shows the tray and keeps it in step with the engine, until the program ends.
pub(crate) async fn run(app: AppHandle) {
    let mut events = app.state::<Backend>().engine().events();
    on_main_thread(&app, |app| {
        let tray = Tray::new(app)?;
        tray.draw(app, view(app))?;
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
            _ = refresh.tick() => {}
        }
        redraw(&app);
    }
}

fn moves_the_menu(event: &Event) -> bool {
    match event {
        Event::ConfigChanged
        | Event::Locked { .. }
        | Event::LoginChanged { .. }
        | Event::Lagged => true,
        Event::RequestStarted { .. }
        | Event::AttemptFailed { .. }
        | Event::RequestServed { .. }
        | Event::RequestFinished { .. }
        | Event::ToolsChanged
        | Event::LoginStepped { .. }
        | Event::QuotaRead { .. }
        | Event::Notice { .. } => false,
    }
}

/// Says by the icon that nothing is served any more.
pub(crate) fn show_stopped(app: &AppHandle) {
    on_main_thread(app, |app| {
        if let Some(tray) = app.try_state::<Tray>() {
            tray.icon.set_icon(Some(Image::from_bytes(STOPPED)?))?;
            tray.headline.set_text("Closing: answers under way may end")?;
        }
        Ok(())
    });
}

fn redraw(app: &AppHandle) {
    on_main_thread(app, |app| match app.try_state::<Tray>() {
        Some(tray) => tray.draw(app, view(app)),
        None => Ok(()),
    });
}

fn view(app: &AppHandle) -> MenuView {
    let backend = app.state::<Backend>();
    MenuView::new(backend.address(), &backend.engine().combos())
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
        let item =
            |choice: Choice, text| MenuItem::with_id(app, choice.id(), text, true, None::<&str>);
        let headline = MenuItem::new(app, "", false, None::<&str>)?;
        let line = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(
            app,
            &[
                &headline,
                &line()?,
                &line()?,
                &item(Choice::Dashboard, "Open dashboard")?,
                &item(Choice::CopyAddress, "Copy address")?,
                &line()?,
                &item(Choice::Quit, "Quit Switchyard")?,
            ],
        )?;
        let icon = TrayIconBuilder::with_id("main")
            .icon(Image::from_bytes(RUNNING)?)
            .tooltip("Switchyard")
            .menu(&menu)
            .on_menu_event(chosen)
            .build(app)?;
        Ok(Self { icon, menu, headline, drawn: Mutex::default() })
    }

    fn draw(&self, app: &AppHandle, view: MenuView) -> tauri::Result<()> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        self.headline.set_text(&view.headline)?;
        self.fit(app, &mut drawn, &view.combos)?;
        for (line, combo) in drawn.lines.iter().zip(&view.combos) {
            line.set_text(&combo.text)?;
            // A click turns the mark by itself, so it is always set anew.
            line.set_checked(combo.active)?;
        }
        self.draw_note(app, &mut drawn, view.note.as_deref())?;
        drawn.view = Some(view);
        Ok(())
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

    /// The combo that stands on this line.
    fn combo_at(&self, place: usize) -> Option<String> {
        let drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
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
        Some(Choice::Dashboard) => window::open(app),
        Some(Choice::CopyAddress) => {
            if let Err(error) = app.clipboard().write_text(app.state::<Backend>().address()) {
                tracing::warn!("the address could not be copied: {error}");
            }
        }
        Some(Choice::Quit) => app.exit(0),
        None => {}
    }
}

/// Makes a combo the active one, or says why not.
pub(crate) async fn activate(app: AppHandle, name: String) {
    if let Err(error) = app.state::<Backend>().engine().set_active_combo(&name).await {
        tracing::warn!("switching to {name:?}: {error}");
        app.dialog()
            .message(error.to_string())
            .title("The combo was not switched")
            .kind(MessageDialogKind::Warning)
            .show(|_| {});
    }
    redraw(&app);
}
