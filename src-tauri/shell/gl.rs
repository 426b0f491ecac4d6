//! GTK loads the machine's whole graphics stack, fifty megabytes with its compiler, for whoever might draw with it. A tray
//! does not draw: the program starts itself once more and says so. The window is given the stack back.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

const VARIABLE: &str = "GDK_GL";
/// GTK reads the first word; the second is our mark, so that the user's own choice is told apart.
const WITHOUT: &str = "disable:switchyard";

/// Becomes the program without that stack, unless it is so already or the user chose otherwise. Returns only then, or
/// with what hindered it.
pub(crate) fn leave_out() -> io::Result<()> {
    if std::env::var_os(VARIABLE).is_some() {
        return Ok(());
    }
    let (program, mut arguments) = (crate::this_program()?, std::env::args_os());
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(again.args(arguments).env(VARIABLE, WITHOUT).exec())
}

/// The environment's variable that a window, or any other program, must not be given.
pub(crate) fn not_for_others() -> Option<&'static str> {
    let is_ours = std::env::var_os(VARIABLE).is_some_and(|value| value == WITHOUT);
    is_ours.then_some(VARIABLE)
}
