//! Who updates this copy of the program, and from which channel.

use std::path::Path;

use switchyard_types::{UpdateChannel, UpdateView};

/// What this copy came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// A package of Debian's kind.
    Deb,
    /// A package of Red Hat's kind.
    Rpm,
    /// One file that runs by itself, on Linux.
    AppImage,
    /// A program of macOS.
    MacApp,
    /// An installer of Windows.
    Installer,
    /// None that says so.
    Bare,
}

/// What tells who installed a copy.
pub struct Installed<'a> {
    /// What it came in.
    pub package: Package,
    /// Where it runs from.
    pub executable: &'a Path,
    /// The environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a path is there.
    pub exists: &'a dyn Fn(&Path) -> bool,
}

impl Installed<'_> {
    /// Who else updates this copy, if it must not do so itself.
    pub fn managed(&self) -> Option<UpdateView> {
        let set = |name| (self.environment)(name).is_some();
        let runs_in = |part: &str| self.executable.to_string_lossy().contains(part);
        let cask = ["/opt/homebrew/Caskroom/switchyard", "/usr/local/Caskroom/switchyard"];
        let (by, command) = match self.package {
            _ if set("FLATPAK_ID") => ("Flatpak", "flatpak update dev.switchyard.desktop"),
            _ if set("SNAP_NAME") => ("Snap", "sudo snap refresh switchyard"),
            _ if runs_in("/nix/store/") => ("Nix", "nix profile upgrade switchyard"),
            _ if runs_in(r"\scoop\apps\") => ("Scoop", "scoop update switchyard"),
            Package::Deb => ("apt", "sudo apt install --only-upgrade switchyard"),
            Package::Rpm => ("dnf", "sudo dnf upgrade switchyard"),
            Package::MacApp if cask.iter().any(|path| (self.exists)(Path::new(path))) => {
                ("Homebrew", "brew upgrade --cask switchyard")
            }
            Package::AppImage | Package::MacApp | Package::Installer => return None,
            Package::Bare => return Some(UpdateView::Managed { by: None, command: None }),
        };
        Some(UpdateView::Managed { by: Some(by.to_owned()), command: Some(command.to_owned()) })
    }
}

/// The channel that was chosen (`SWITCHYARD_UPDATE_CHANNEL`); without a choice a beta goes on to betas.
pub fn update_channel(version: &str, chosen: Option<&str>) -> UpdateChannel {
    match chosen {
        Some("beta") => UpdateChannel::Beta,
        Some("stable") => UpdateChannel::Stable,
        _ if version.contains('-') => UpdateChannel::Beta,
        _ => UpdateChannel::Stable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By what, where something does.
    fn managed(package: Package, executable: &str, set: &str, there: &str) -> Option<String> {
        let installed = Installed {
            package,
            executable: Path::new(executable),
            environment: &|name| (name == set).then(String::new),
            exists: &|path| path == Path::new(there),
        };
        installed.managed().map(|view| match view {
            UpdateView::Managed { by, .. } => by.unwrap_or_else(|| "nobody known".to_owned()),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn what_a_package_manager_owns_is_left_to_it() {
        use Package::{AppImage, Bare, Deb, Installer, MacApp, Rpm};
        let by = |package| managed(package, "/usr/bin/switchyard-desktop", "", "");
        assert_eq!(by(Deb).as_deref(), Some("apt"));
        assert_eq!(by(Rpm).as_deref(), Some("dnf"));
        assert_eq!(by(Bare).as_deref(), Some("nobody known"));
        for package in [AppImage, MacApp, Installer] {
            assert_eq!(by(package), None, "{package:?}");
            let in_flatpak = managed(package, "/app/bin/x", "FLATPAK_ID", "");
            assert_eq!(in_flatpak.as_deref(), Some("Flatpak"));
        }
        let brew = managed(MacApp, "/Applications/x", "", "/opt/homebrew/Caskroom/switchyard");
        assert_eq!(brew.as_deref(), Some("Homebrew"));
        let scoop = managed(Installer, r"C:\Users\a\scoop\apps\switchyard\x.exe", "", "");
        assert_eq!(scoop.as_deref(), Some("Scoop"));
    }

    #[test]
    fn a_beta_goes_on_to_betas_unless_told_otherwise() {
        assert_eq!(update_channel("1.0.0", None), UpdateChannel::Stable);
        assert_eq!(update_channel("1.0.0-beta.2", None), UpdateChannel::Beta);
        assert_eq!(update_channel("1.0.0-beta.2", Some("stable")), UpdateChannel::Stable);
        assert_eq!(update_channel("1.0.0", Some("beta")), UpdateChannel::Beta);
    }
}
