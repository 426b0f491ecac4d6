//! A terminal of the user's desktop, with one program in it. Which program is decided here, by the catalog of tools and
//! the user's `PATH`: a page only names a tool.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

/// The terminals of Linux desktops, the user's choice first, each with what stands before the program that it runs.
#[cfg(target_os = "linux")]
const TERMINALS: [(&str, &[&str]); 12] = [
    ("xdg-terminal-exec", &[]),
    ("x-terminal-emulator", &["-e"]),
    ("gnome-terminal", &["--"]),
    ("kgx", &["--"]),
    ("konsole", &["-e"]),
    ("xfce4-terminal", &["-x"]),
    ("kitty", &[]),
    ("alacritty", &["-e"]),
    ("foot", &[]),
    ("ghostty", &["-e"]),
    ("wezterm", &["start", "--"]),
    ("xterm", &["-e"]),
];
#[cfg(target_os = "macos")]
const TERMINALS: [(&str, &[&str]); 1] = [("open", &["-a", "Terminal"])];
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const TERMINALS: [(&str, &[&str]); 2] = [("wt", &[]), ("cmd", &["/C", "start", ""])];

/// Opens one in this folder; where no terminal is found, that is the error.
pub(crate) fn open(program: &Path, folder: &Path) -> io::Result<()> {
    let mut missing = io::Error::from(io::ErrorKind::NotFound);
    for (name, before) in TERMINALS {
        let mut command = Command::new(name);
        command.args(before).arg(program).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        command.process_group(0);
        #[cfg(target_os = "linux")]
        if let Some(variable) = crate::gl::not_for_others() {
            command.env_remove(variable);
        }
        match command.spawn() {
            // It outlives this program; until then its end is taken note of.
            Ok(_terminal) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing = error,
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}
