//! The real program on a screen and a session bus of its own, its tray's menu read and clicked as
//! a desktop's panel does it.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use switchyard_engine::{Config, Engine};
use switchyard_types::ComboBody;
use tempfile::TempDir;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn the_tray_lists_the_combos_and_switches_them() {
    let home = tempfile::tempdir().unwrap();
    seed(home.path());
    let desktop = Desktop::start(home);
    let tray = desktop.tray();

    let lines = tray.wait_for("the combos", |lines| lines.len() >= 8);
    assert_eq!(lines[0].label, format!("Listening on 127.0.0.1:{}", desktop.port));
    assert!(lines.iter().any(|line| line.label.starts_with("work") && line.checked));
    let night = lines.iter().find(|line| line.label.starts_with("night")).unwrap();
    assert!(!night.checked);
    let labels: Vec<_> = lines.iter().map(|line| line.label.as_str()).collect();
    assert!(
        labels.ends_with(&["Open dashboard", "Copy address", "", "Quit Switchyard"]),
        "{labels:?}"
    );

    let only_night = |lines: &[Line]| {
        let mut checked = lines.iter().filter(|line| line.checked);
        checked.next().is_some_and(|line| line.id == night.id) && checked.next().is_none()
    };
    tray.click(night.id);
    tray.wait_for("the mark to move", only_night);
    // A click takes the mark off by itself; on the active combo it comes back.
    tray.click(night.id);
    tray.wait_for("the mark to stay", only_night);

    let quit = lines.iter().find(|line| line.label == "Quit Switchyard").unwrap();
    tray.click(quit.id);
    let home = desktop.ended_well();
    assert_eq!(active_combo(home.path()).as_deref(), Some("night"));
}

#[test]
fn a_terminated_program_ends_in_order() {
    let home = tempfile::tempdir().unwrap();
    seed(home.path());
    let desktop = Desktop::start(home);
    desktop.tray().wait_for("the menu", |lines| !lines.is_empty());
    let id = desktop.program.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    desktop.ended_well();
}

/// Two combos, of which `work` is the active one.
fn seed(home: &Path) {
    runtime().block_on(async {
        let engine = Engine::open(Config::new(home.join("data"))).await.unwrap();
        let body =
            |model: &str| ComboBody { candidates: vec![model.into()], ..ComboBody::default() };
        engine.put_combo("work", &body("openai/gpt-5")).await.unwrap();
        engine.put_combo("night", &body("openai/gpt-5-mini")).await.unwrap();
        engine.set_active_combo("work").await.unwrap();
        engine.close().await;
    });
}

fn active_combo(home: &Path) -> Option<String> {
    runtime().block_on(async {
        let engine = Engine::open(Config::new(home.join("data"))).await.unwrap();
        let active = engine.combos().into_iter().find(|combo| combo.active);
        engine.close().await;
        active.map(|combo| combo.name)
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// A screen, a bus with something that takes tray icons, and the program.
struct Desktop {
    program: Ended,
    port: u16,
    items: mpsc::Receiver<(String, String)>,
    bus: Connection,
    home: TempDir,
    _daemon: Ended,
    _screen: Ended,
}

impl Desktop {
    fn start(home: TempDir) -> Self {
        let (screen, display) = first_line_of(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
        ]));
        let (daemon, address) = first_line_of(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--print-address",
        ]));
        let (sender, items) = mpsc::channel();
        let bus = Builder::address(address.as_str())
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher { sender })
            .unwrap()
            .build()
            .unwrap();
        let port = free_port();
        let program = Command::new(env!("CARGO_BIN_EXE_switchyard-desktop"))
            .arg("--hidden")
            .env("DISPLAY", format!(":{display}"))
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("DATA_DIR", home.path().join("data"))
            .env("PORT", port.to_string())
            .env("HOSTNAME", "127.0.0.1")
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .unwrap();
        Self {
            program: Ended(program),
            port,
            items,
            bus,
            home,
            _daemon: Ended(daemon),
            _screen: Ended(screen),
        }
    }

    /// The program's icon, once it has announced itself.
    fn tray(&self) -> TrayMenu {
        let (service, path) =
            self.items.recv_timeout(PATIENCE).expect("the program shows a tray icon");
        let item =
            Proxy::new(&self.bus, service.clone(), path, "org.kde.StatusNotifierItem").unwrap();
        let menu: OwnedObjectPath = item.get_property("Menu").unwrap();
        TrayMenu { menu: Proxy::new(&self.bus, service, menu, "com.canonical.dbusmenu").unwrap() }
    }

    /// The program ended by itself, without an error, and its port is free.
    fn ended_well(mut self) -> TempDir {
        let began = Instant::now();
        let status = loop {
            match self.program.0.try_wait().unwrap() {
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

struct TrayMenu {
    menu: Proxy<'static>,
}

#[derive(Debug)]
struct Line {
    id: i32,
    label: String,
    checked: bool,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayMenu {
    fn lines(&self) -> Vec<Line> {
        let asked = (0_i32, 1_i32, vec!["label", "toggle-state"]);
        let (_, root): (u32, Layout) = self.menu.call("GetLayout", &asked).unwrap();
        root.2.into_iter().map(line).collect()
    }

    fn wait_for(&self, what: &str, wanted: impl Fn(&[Line]) -> bool) -> Vec<Line> {
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

    fn click(&self, id: i32) {
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

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A process that does not outlive its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
