//! A screen, a session bus with what a desktop offers to programs, and the real program on them.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use switchyard_gateway::ControlFile;
use tauri::image::Image;
use tempfile::TempDir;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, MapState,
    Window,
};
use x11rb::rust_connection::RustConnection;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::idle::tree;

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const SHOWER: &str = "org.freedesktop.Notifications";
pub(crate) const SHOWER_PATH: &str = "/org/freedesktop/Notifications";

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// A screen, a bus with something that takes tray icons, and the program.
pub(crate) struct Desktop {
    program: Option<Ended>,
    environment: Vec<(String, OsString)>,
    pub(crate) port: u16,
    screen: RustConnection,
    shown: mpsc::Receiver<Shown>,
    items: mpsc::Receiver<(String, String)>,
    sender: mpsc::Sender<(String, String)>,
    bus: Connection,
    pub(crate) home: TempDir,
    _daemon: Ended,
    _screen: Ended,
}

impl Desktop {
    /// Where something shows notifications.
    pub(crate) fn start(home: TempDir) -> Self {
        Self::start_with(home, Shows::Everything)
    }

    pub(crate) fn start_with(home: TempDir, shows: Shows) -> Self {
        Self::start_set(home, shows, &[])
    }

    /// With these settings in the program's environment.
    pub(crate) fn start_set(home: TempDir, shows: Shows, settings: &[(&str, &str)]) -> Self {
        let mut desktop = Self::without_program(home, shows, settings);
        let hidden = (shows != Shows::NoTray).then_some("--hidden");
        desktop.begin_with(hidden);
        desktop
    }

    /// Starts the program with this argument.
    pub(crate) fn begin_with(&mut self, argument: Option<&str>) {
        self.program = Some(Ended(self.command().args(argument).spawn().unwrap()));
    }

    /// With these settings for a program that something else starts.
    pub(crate) fn without_program(home: TempDir, shows: Shows, settings: &[(&str, &str)]) -> Self {
        let (screen, display) = first_line_of(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
        ]));
        let display = format!(":{display}");
        let (daemon, address) = first_line_of(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--print-address",
        ]));
        let (sender, items) = mpsc::channel();
        let bus = Builder::address(address.as_str()).unwrap().build().unwrap();
        let (shower, shown) = mpsc::channel();
        if !matches!(shows, Shows::NoNotifications | Shows::OfItsOwn) {
            let shower = Shower { sender: shower, last: 0 };
            bus.object_server().at(SHOWER_PATH, shower).unwrap();
            bus.request_name(SHOWER).unwrap();
        }
        let port = free_port();
        let mut environment: Vec<(String, OsString)> = vec![
            ("DISPLAY".to_owned(), display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS".to_owned(), address.into()),
            ("HOME".to_owned(), home.path().into()),
            ("XDG_RUNTIME_DIR".to_owned(), home.path().into()),
            ("DATA_DIR".to_owned(), home.path().join("data").into()),
            ("PORT".to_owned(), port.to_string().into()),
            ("HOSTNAME".to_owned(), "127.0.0.1".into()),
            ("GDK_BACKEND".to_owned(), "x11".into()),
            ("LC_ALL".to_owned(), "C.UTF-8".into()),
        ];
        environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.into())));
        let desktop = Self {
            program: None,
            environment,
            port,
            screen: x11rb::connect(Some(&display)).unwrap().0,
            shown,
            items,
            sender,
            bus,
            home,
            _daemon: Ended(daemon),
            _screen: Ended(screen),
        };
        if !matches!(shows, Shows::NoTray | Shows::TraysLater | Shows::OfItsOwn) {
            desktop.show_trays();
        }
        desktop
    }

    /// The program, as this desktop starts it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchyard-desktop"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        for name in ["WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env_remove(name);
        }
        command
    }

    /// The program's id.
    pub(crate) fn id(&self) -> u32 {
        self.program.as_ref().unwrap().0.id()
    }

    /// Asks the program to end, as the system does.
    pub(crate) fn terminate(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// From now on something takes tray icons.
    pub(crate) fn show_trays(&self) {
        let watcher = Watcher { sender: self.sender.clone() };
        self.bus.object_server().at("/StatusNotifierWatcher", watcher).unwrap();
        self.bus.request_name("org.kde.StatusNotifierWatcher").unwrap();
    }

    /// Starts a program of this desktop beside ours, with something to read.
    pub(crate) fn beside(&self, name: &str, arguments: &[&str], read: &str) -> Ended {
        let mut command = Command::new(name);
        command.args(arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}; scripts/test-desktop installs it"));
        child.stdin.take().unwrap().write_all(read.as_bytes()).unwrap();
        Ended(child)
    }

    /// What a service of the session bus says of itself, once it is there and says what is wanted: its name, its path
    /// and what is spoken there.
    pub(crate) fn wait_for_service<T>(
        &self,
        (name, path, interface): (&'static str, &'static str, &'static str),
        wanted: impl Fn(&Proxy<'_>) -> Option<T>,
    ) -> T {
        let began = Instant::now();
        loop {
            let service: Proxy<'_> = zbus::blocking::proxy::Builder::new(&self.bus)
                .destination(name)
                .unwrap()
                .path(path)
                .unwrap()
                .interface(interface)
                .unwrap()
                .cache_properties(zbus::proxy::CacheProperties::No)
                .build()
                .unwrap();
            if let Some(found) = wanted(&service) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waiting for {name}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The program's icon in a real panel.
    pub(crate) fn tray_in_panel(&self) -> TrayMenu {
        let found = self.wait_for_service(
            (
                "org.kde.StatusNotifierWatcher",
                "/StatusNotifierWatcher",
                "org.kde.StatusNotifierWatcher",
            ),
            |watcher| {
                let items: Vec<String> =
                    watcher.get_property("RegisteredStatusNotifierItems").ok()?;
                let (service, path) = items.first()?.split_once('/')?;
                Some((service.to_owned(), format!("/{path}")))
            },
        );
        self.icon(found)
    }

    /// The program's icon, once it has announced itself.
    pub(crate) fn tray(&self) -> TrayMenu {
        let found = self.items.recv_timeout(PATIENCE).expect("the program shows a tray icon");
        self.icon(found)
    }

    fn icon(&self, (service, path): (String, String)) -> TrayMenu {
        let item: Proxy<'static> = zbus::blocking::proxy::Builder::new(&self.bus)
            .destination(service.clone())
            .unwrap()
            .path(path)
            .unwrap()
            .interface("org.kde.StatusNotifierItem")
            .unwrap()
            // A new icon is told by a signal of its own.
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .unwrap();
        let menu: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = Proxy::new(&self.bus, service, menu, "com.canonical.dbusmenu").unwrap();
        TrayMenu { item, menu }
    }

    /// The next notification.
    pub(crate) fn shown(&self) -> Shown {
        self.shown.recv_timeout(PATIENCE).expect("the program shows a notification")
    }

    /// Clicks a notification, as its service tells it: on itself (`default`) or on one of its buttons.
    pub(crate) fn answer(&self, shown: &Shown, action: &str) {
        let answer = (shown.id, action);
        let nobody: Option<&str> = None;
        self.bus.emit_signal(nobody, SHOWER_PATH, SHOWER, "ActionInvoked", &answer).unwrap();
    }

    /// Waits until a window with this name is on the screen.
    pub(crate) fn wait_for_window(&self, name: &str) -> Window {
        self.wait_for_windows(name, "to open", |windows| windows.first().copied())
    }

    /// Waits until no window with this name is on the screen.
    pub(crate) fn wait_until_closed(&self, name: &str) {
        self.wait_for_windows(name, "to close", |windows| windows.is_empty().then_some(()));
    }

    /// Waits until a window with this name stands like that.
    pub(crate) fn wait_for_shape(&self, name: &str, shape: Shape) -> Window {
        self.wait_for_windows(name, "to be of its shape", |windows| {
            windows.iter().copied().find(|window| self.shape(*window) == Some(shape))
        })
    }

    /// Waits until a window is gone with all that it held.
    pub(crate) fn wait_until_gone(&self, window: Window) {
        let began = Instant::now();
        while self.shape(window).is_some() {
            assert!(began.elapsed() < PATIENCE, "waiting for a window to be gone");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn atom(&self, name: &str) -> u32 {
        self.screen.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Waits until the program has no other process.
    pub(crate) fn wait_until_alone(&self) {
        let began = Instant::now();
        while tree(self.id()).len() > 1 {
            assert!(began.elapsed() < PATIENCE, "waiting for the pages' processes to end");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// How a window stands, while there is one.
    fn shape(&self, window: Window) -> Option<Shape> {
        let shape = self.screen.get_geometry(window).unwrap().reply().ok()?;
        Some(Shape { place: (shape.x, shape.y), size: (shape.width, shape.height) })
    }

    fn wait_for_windows<T>(
        &self,
        name: &str,
        what: &str,
        wanted: impl Fn(&[Window]) -> Option<T>,
    ) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = wanted(&self.windows(name)) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waiting for {name:?} {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The windows of this program, or with the page of this name before it, that can be seen. Without a window manager they all stand on the root.
    fn windows(&self, name: &str) -> Vec<Window> {
        let root = self.screen.setup().roots[0].root;
        let tree = self.screen.query_tree(root).unwrap().reply().unwrap();
        let named = |window: &Window| {
            let (kind, title) = (AtomEnum::ANY, self.atom("_NET_WM_NAME"));
            // A window may be gone meanwhile.
            let asked = self.screen.get_property(false, *window, title, kind, 0, 1_000).unwrap();
            let seen = self.screen.get_window_attributes(*window).unwrap();
            let fits = |title: &str| title == name || title.ends_with(&format!(" · {name}"));
            asked.reply().is_ok_and(|title| fits(&String::from_utf8_lossy(&title.value)))
                && seen.reply().is_ok_and(|seen| seen.map_state == MapState::VIEWABLE)
        };
        tree.children.into_iter().filter(named).collect()
    }

    /// Moves a window and makes it as large as that.
    pub(crate) fn place(&self, window: Window, shape: Shape) {
        let ((x, y), (width, height)) = (shape.place, shape.size);
        let wanted = ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y));
        let wanted = wanted.width(u32::from(width)).height(u32::from(height));
        self.screen.configure_window(window, &wanted).unwrap().check().unwrap();
    }

    /// Closes a window as its frame does.
    pub(crate) fn close(&self, window: Window) {
        let data = [self.atom("WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, self.atom("WM_PROTOCOLS"), data);
        let sent = self.screen.send_event(false, window, EventMask::NO_EVENT, message).unwrap();
        sent.check().unwrap();
    }

    /// Calls the admin API as the same user's command line does, once it listens.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Json) -> (u16, Json) {
        let began = Instant::now();
        let token = loop {
            match ControlFile::read(&self.home.path().join("data")) {
                Ok((_, token)) => break token,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        self.send(method, path, token.expose(), body)
    }

    /// One request to the gateway with this key.
    pub(crate) fn send(&self, method: &str, path: &str, key: &str, body: &Json) -> (u16, Json) {
        let mut answer = String::new();
        self.begin(method, path, key, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| Json::String(body.to_owned())))
    }

    /// The same; its answer is still to be read.
    pub(crate) fn begin(&self, method: &str, path: &str, key: &str, body: &Json) -> TcpStream {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let (port, body) = (self.port, body.to_string());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        stream
    }

    /// The program ended by itself, without an error, and its port is free.
    pub(crate) fn ended_well(mut self) -> TempDir {
        let began = Instant::now();
        let status = loop {
            match self.program.as_mut().unwrap().0.try_wait().unwrap() {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => panic!("the program did not end"),
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        assert!(status.success(), "{status}");
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err());
        self.home
    }
}

/// Where a window stands and how large it is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) place: (i16, i16),
    pub(crate) size: (u16, u16),
}

/// What a desktop has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    Everything,
    NoNotifications,
    /// Nothing takes tray icons yet.
    TraysLater,
    /// The program starts with its window, since nobody could open it.
    NoTray,
    /// Real programs show trays and notifications.
    OfItsOwn,
}

/// A notification as its service was told.
#[derive(Debug)]
pub(crate) struct Shown {
    id: u32,
    pub(crate) title: String,
    pub(crate) body: String,
    /// Each with what it is called.
    pub(crate) buttons: Vec<(String, String)>,
}

/// What a desktop offers to programs that have something to tell.
struct Shower {
    sender: mpsc::Sender<Shown>,
    last: u32,
}

#[expect(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::unused_self,
    reason = "the shapes that zbus and the interface ask for"
)]
#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Shower {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup"]
    }

    fn notify(
        &mut self,
        program: &str,
        replaces: u32,
        icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        timeout: i32,
    ) -> u32 {
        // Nothing here looks at them.
        let _ = (program, replaces, icon, hints, timeout);
        self.last += 1;
        let pairs = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
        let buttons = pairs.filter(|(id, _)| id != "default").collect();
        let _ = self.sender.send(Shown { id: self.last, title, body, buttons });
        self.last
    }
}

/// What a panel offers to programs with an icon.
struct Watcher {
    sender: mpsc::Sender<(String, String)>,
}

#[expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the shapes that zbus asks for"
)]
#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// A program names its bus name, or the path of its icon on its own connection.
    fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        let caller = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (caller, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        let _ = self.sender.send(item);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

pub(crate) struct TrayMenu {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) id: i32,
    pub(crate) label: String,
    pub(crate) checked: bool,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayMenu {
    fn lines(&self) -> Vec<Line> {
        let asked = (0_i32, 1_i32, vec!["label", "toggle-state"]);
        match self.menu.call::<_, _, (u32, Layout)>("GetLayout", &asked) {
            Ok((_, root)) => root.2.into_iter().map(line).collect(),
            // The icon announces itself before its menu is there.
            Err(zbus::Error::MethodError(name, ..)) if name.ends_with(".UnknownMethod") => {
                Vec::new()
            }
            Err(error) => panic!("the menu: {error}"),
        }
    }

    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&[Line]) -> bool) -> Vec<Line> {
        let began = Instant::now();
        loop {
            let lines = self.lines();
            if wanted(&lines) {
                return lines;
            }
            assert!(began.elapsed() < PATIENCE, "waiting for {what}; the menu is {lines:#?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the icon is this picture.
    pub(crate) fn wait_for_icon(&self, what: &str, picture: &[u8]) {
        let wanted = Image::from_bytes(picture).unwrap();
        let began = Instant::now();
        loop {
            // The file of the one before is taken away when the next is there.
            let path: String = self.item.get_property("IconName").unwrap();
            let shown = std::fs::read(&path)
                .ok()
                .and_then(|png| Image::from_bytes(&png).ok().map(|image| image.rgba().to_vec()));
            if shown.as_deref() == Some(wanted.rgba()) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "waiting for the icon {what}; it is {path}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Clicks the line with this label, once it is there.
    pub(crate) fn click_on(&self, label: &str) {
        let lines = self.wait_for(label, |lines| lines.iter().any(|line| line.label == label));
        self.click(lines.iter().find(|line| line.label == label).unwrap().id);
    }

    pub(crate) fn click(&self, id: i32) {
        let event = (id, "clicked", Value::from(0_i32), 0_u32);
        self.menu.call::<_, _, ()>("Event", &event).unwrap();
    }
}

fn line(value: OwnedValue) -> Line {
    let (id, mut properties, _): Layout = value.try_into().unwrap();
    let label = properties.remove("label").map(|label| String::try_from(label).unwrap());
    let checked = properties.remove("toggle-state").map(|state| i32::try_from(state).unwrap());
    Line { id, label: label.unwrap_or_default(), checked: checked == Some(1) }
}

/// Starts a server that prints how it can be reached.
fn first_line_of(command: &mut Command) -> (Child, String) {
    let name = command.get_program().to_owned();
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
            panic!("{}: {error}; scripts/test installs it", name.display())
        });
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

/// Waits until a file is written, and reads it.
pub(crate) fn wait_for_file(path: &Path) -> String {
    let began = Instant::now();
    loop {
        match std::fs::read_to_string(path) {
            Ok(text) if !text.is_empty() => return text,
            _ => assert!(began.elapsed() < PATIENCE, "waiting for {}", path.display()),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A process that does not outlive its test.
pub(crate) struct Ended(pub(crate) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
