use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use switchyard_locale::Language;
use switchyard_store::{Keychain, Place, SystemKeychain};
use switchyard_types::Secret;
use switchyard_upstream::Timers;
use switchyard_upstream::login::SecretPlaces;

use crate::environment::{PublicAddress, refuse_published, switch};
use crate::{Clock, Machine, Redactor};

/// The port that agents are pointed at.
pub const DEFAULT_PORT: u16 = 20128;

/// Where the data lies, where to listen, and how patient to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the database, its key and its backups.
    pub data_dir: PathBuf,
    /// The key that seals secrets, where the environment gives it.
    pub data_key: Option<Secret>,
    /// Where a new data key goes; `None` keeps it in a file of the data folder.
    pub keychain: Option<Arc<dyn Keychain>>,
    /// The address to listen on; loopback unless the user says otherwise.
    pub host: IpAddr,
    /// The port to listen on; 0 lets the system choose.
    pub port: u16,
    /// Whether clients must send a key, where the environment says so; the settings say it otherwise.
    pub keys_required: Option<bool>,
    /// The dashboard's password until another is set.
    pub initial_password: Option<Secret>,
    /// Where browsers find this, if it is not where it listens: behind a proxy of the user's own.
    pub public: Option<PublicAddress>,
    /// Whether the dashboard's cookie is sent over TLS only.
    pub secure_cookie: bool,
    /// What of the environment was not followed, in words for the user.
    pub unfollowed: Vec<String>,
    /// How long each silence may last.
    pub timers: Timers,
    /// How much is taken from clients, and how slowly.
    pub limits: Limits,
    /// Whether images at private addresses may be fetched for vendors that take bytes only.
    pub private_files: bool,
    /// Whether what agents and models say is kept, whatever the user set; `None` leaves it to that.
    pub keep_bodies: Option<bool>,
    /// Tells the time.
    pub clock: Clock,
    /// Where the log goes besides standard error.
    pub log: LogKeeping,
    /// Cuts secrets out of logs and errors; whoever writes logs has a copy.
    pub redactor: Redactor,
    /// Where other programs keep their logins, and what the environment says of client secrets.
    pub places: Places,
    /// The file in which what happens to routing is written down, to be decided again in a test.
    pub record: Option<PathBuf>,
    /// The language of the user's system.
    pub system_language: Language,
    /// Whether the vendors are simulated.
    pub demo: bool,
    /// Where coding tools are; without it they are left alone.
    pub machine: Option<Machine>,
}

/// How much is taken from clients at once, and how slow they may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that stand at a time; those beyond wait in the system's queue.
    pub connections: usize,
    /// Model requests under way at a time.
    pub calls_at_once: usize,
    /// Model requests a second that one key may make for long; four times as many after a rest. 0 is no
    /// limit.
    pub calls_per_second: u32,
    /// Until a request's head is there; so long may a connection rest between requests, too.
    pub head: Duration,
    /// Between two pieces of a request's body.
    pub body_pause: Duration,
    /// Until a request's body is there.
    pub body_whole: Duration,
    /// Bytes of bodies of requests under way, all together; those of a few kilobytes are not counted.
    pub body_bytes: usize,
    /// How long the answer to a wrong key waits, once an address has shown many.
    pub wrong_key_pause: Duration,
    /// How long answers that are under way may take to end after a shutdown began.
    pub drain: Duration,
}

impl Default for Limits {
    /// A hundred requests a second is more than a room of agents makes, and little enough that one in a
    /// loop is noticed.
    fn default() -> Self {
        Self {
            connections: 1024,
            calls_at_once: 512,
            calls_per_second: 100,
            head: Duration::from_mins(1),
            body_pause: Duration::from_secs(20),
            body_whole: Duration::from_mins(5),
            body_bytes: 512 * 1024 * 1024,
            wrong_key_pause: Duration::from_secs(1),
            drain: Duration::from_secs(10),
        }
    }
}

/// Where the log goes besides standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogKeeping {
    /// Into files of the data folder.
    #[default]
    Files,
    /// Nowhere.
    Nowhere,
}

/// Where other programs of the user's keep their logins and are installed. Nothing of it is looked at before
/// the user asks for it.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The home folder.
    pub home: Option<PathBuf>,
    /// The folder of programs' configuration.
    pub config: Option<PathBuf>,
    /// Claude Code's folder.
    pub claude: Option<PathBuf>,
    /// Codex' folder.
    pub codex: Option<PathBuf>,
    /// The program that reads the system's keychain for others; macOS has one.
    pub keychain_tool: Option<PathBuf>,
    /// Where client secrets are found.
    pub secrets: SecretPlaces,
}

/// The variables that may give vendors' client secrets.
const CLIENT_SECRETS: [&str; 2] =
    ["SWITCHYARD_GEMINI_CLI_CLIENT_SECRET", "SWITCHYARD_ANTIGRAVITY_CLIENT_SECRET"];

impl Places {
    fn from_env(get: &impl Fn(&str) -> Option<String>) -> Self {
        let folder = |name: &str| get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let below = |tail: &str| home.as_ref().map(|home| home.join(tail));
        let config = if cfg!(windows) { folder("LOCALAPPDATA") } else { folder("XDG_CONFIG_HOME") };
        let modules = ["/usr/lib/node_modules", "/usr/local/lib/node_modules"];
        let own = [
            below(".npm-global/lib/node_modules"),
            below(".local/lib/node_modules"),
            Some(PathBuf::from("/opt/homebrew/lib/node_modules")),
            folder("APPDATA").map(|dir| dir.join("npm").join("node_modules")),
        ];
        let environment = CLIENT_SECRETS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), Secret::new(get(name)?))))
            .collect();
        Self {
            config: config.or_else(|| below(".config")),
            claude: folder("CLAUDE_CONFIG_DIR").or_else(|| below(".claude")),
            codex: folder("CODEX_HOME").or_else(|| below(".codex")),
            keychain_tool: cfg!(target_os = "macos").then(|| PathBuf::from("/usr/bin/security")),
            secrets: SecretPlaces {
                environment,
                folders: modules
                    .iter()
                    .map(PathBuf::from)
                    .chain(own.into_iter().flatten())
                    .collect(),
            },
            home,
        }
    }
}

/// What is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `PORT` is no port.
    #[error("PORT is {0:?}; it must be a number from 1 to 65535")]
    Port(String),
    /// `SWITCHYARD_CALLS_PER_SECOND` is no number.
    #[error("SWITCHYARD_CALLS_PER_SECOND is {0:?}; it must be a number, 0 for no limit")]
    CallsPerSecond(String),
    /// A switch is neither on nor off.
    #[error("{name} is {text:?}; it must be true or false")]
    Switch {
        /// The variable.
        name: &'static str,
        /// What it says.
        text: String,
    },
    /// `BASE_URL` is no address of a server.
    #[error(
        "BASE_URL is {0:?}; it must be http:// or https://, a name, perhaps a port, and nothing more"
    )]
    BaseUrl(String),
    /// A secret is the one that a program published.
    #[error(
        "{name} is a value that was published, so that everybody knows it: {instead}, or remove it"
    )]
    Published {
        /// The variable.
        name: &'static str,
        /// What to do about it.
        instead: &'static str,
    },
    /// Nothing says where the user's home is.
    #[error("no home folder is known; set DATA_DIR to the folder that shall hold the data")]
    NoHome,
    /// `DATA_DIR` is relative: it would mean another folder in each shell.
    #[error("DATA_DIR is {0:?}; it must be an absolute path")]
    RelativeDataDir(String),
}

impl Config {
    /// A configuration for this folder: loopback, the usual port, the machine's clock.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            data_key: None,
            keychain: None,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            keys_required: None,
            initial_password: None,
            public: None,
            secure_cookie: false,
            unfollowed: Vec::new(),
            timers: Timers::default(),
            limits: Limits::default(),
            private_files: false,
            keep_bodies: None,
            clock: Clock::system(),
            redactor: Redactor::default(),
            log: LogKeeping::Files,
            places: Places::default(),
            record: None,
            system_language: Language::English,
            demo: false,
            machine: None,
        }
    }

    /// Reads what README.md lists, and refuses secrets that everybody knows. `SWITCHYARD_KEYCHAIN=off`
    /// keeps the system's keychain out of it; `SWITCHYARD_PRIVATE_IMAGES=allow` lets images be fetched from
    /// the own network.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        refuse_published(&get)?;
        let mut config = Self::new(data_dir(&get)?);
        config.initial_password = get("INITIAL_PASSWORD").map(Secret::new);
        config.keys_required = switch(&get, "REQUIRE_API_KEY")?;
        config.secure_cookie = switch(&get, "AUTH_COOKIE_SECURE")?.unwrap_or(false);
        config.public = get("BASE_URL").map(|text| PublicAddress::read(&text)).transpose()?;
        config.data_key = get("SWITCHYARD_DATA_KEY").map(Secret::new);
        config.record = get("SWITCHYARD_RECORD_ROUTING").map(PathBuf::from);
        config.keychain = match get("SWITCHYARD_KEYCHAIN").as_deref() {
            Some("off") => None,
            Some(_) | None => Some(Arc::new(SystemKeychain)),
        };
        config.places = Places::from_env(&get);
        config.system_language = Language::of_environment(get).unwrap_or_default();
        config.log = match get("SWITCHYARD_LOG_FILES").as_deref() {
            Some("off") => LogKeeping::Nowhere,
            Some(_) | None => LogKeeping::Files,
        };
        config.private_files = get("SWITCHYARD_PRIVATE_IMAGES").as_deref() == Some("allow");
        if let Some(text) = get("PORT") {
            config.port =
                text.parse().ok().filter(|port| *port != 0).ok_or(ConfigError::Port(text))?;
        }
        config.keep_bodies = switch(&get, "ENABLE_REQUEST_LOGS")?;
        if let Some(text) = get("SWITCHYARD_CALLS_PER_SECOND") {
            config.limits.calls_per_second =
                text.parse().map_err(|_| ConfigError::CallsPerSecond(text))?;
        }
        if let Some(text) = get("HOSTNAME") {
            match host(&text) {
                Some(address) => config.host = address,
                // Containers and login shells export the machine's own name here. Listening on it
                // would open the port to the network, which nobody asked for.
                None => config.unfollowed.push(format!(
                    "HOSTNAME is {text:?}, which is not an IP address: listening on 127.0.0.1 only"
                )),
            }
        }
        Ok(config)
    }

    /// With the coding tools of this machine and this user.
    #[must_use]
    pub fn with_tools(
        mut self,
        env: impl Iterator<Item = (String, String)>,
        project: Option<PathBuf>,
    ) -> Self {
        self.machine = Machine::this(env, &self.data_dir, project);
        self
    }

    /// Where the store lies.
    pub(crate) fn place(&self) -> Place {
        Place {
            dir: self.data_dir.clone(),
            data_key: self.data_key.clone(),
            keychain: self.keychain.clone(),
        }
    }

    /// What the user should know about where this listens and what was not followed.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = self.unfollowed.clone();
        if self.keep_bodies == Some(true) {
            notices.push(
                "ENABLE_REQUEST_LOGS is true: what agents and models say is kept, sealed, until it \
                 expires (`switchyard requests bodies`)"
                    .to_owned(),
            );
        }
        if !self.host.is_loopback() {
            notices.push(format!(
                "listening on {}: other machines can reach this port, and every request needs a key",
                self.host
            ));
        } else if self.keys_required == Some(false) {
            notices.push(
                "REQUIRE_API_KEY is false: every program on this machine can use your accounts"
                    .to_owned(),
            );
        }
        notices
    }
}

fn host(text: &str) -> Option<IpAddr> {
    match text {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        other => other.parse().ok(),
    }
}

fn data_dir(get: &impl Fn(&str) -> Option<String>) -> Result<PathBuf, ConfigError> {
    if let Some(text) = get("DATA_DIR") {
        let path = PathBuf::from(&text);
        return if path.is_absolute() { Ok(path) } else { Err(ConfigError::RelativeDataDir(text)) };
    }
    let home = |tail: &str| get("HOME").map(|home| PathBuf::from(home).join(tail));
    let found = if cfg!(target_os = "macos") {
        home("Library/Application Support/Switchyard")
    } else if cfg!(windows) {
        get("APPDATA").map(|dir| PathBuf::from(dir).join("Switchyard"))
    } else {
        // The XDG base directory specification: a relative value is to be ignored.
        get("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("switchyard"))
            .or_else(|| home(".local/share/switchyard"))
    };
    found.ok_or(ConfigError::NoHome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_env(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_a_word_it_listens_on_loopback_at_20128() {
        let config = read(&[("HOME", "/home/ada")]).unwrap();
        assert_eq!((config.host.to_string().as_str(), config.port), ("127.0.0.1", 20128));
        assert!(config.notices().is_empty());
    }

    #[test]
    fn a_machine_name_in_hostname_does_not_open_the_port_to_the_network() {
        let config = read(&[("HOME", "/home/ada"), ("HOSTNAME", "build-7")]).unwrap();
        assert!(config.host.is_loopback());
        assert!(config.notices()[0].contains("build-7"));
    }

    #[test]
    fn a_wish_to_keep_bodies_is_followed_and_said() {
        let config = read(&[("HOME", "/home/ada"), ("ENABLE_REQUEST_LOGS", "true")]).unwrap();
        assert_eq!(config.keep_bodies, Some(true));
        assert!(config.notices()[0].contains("ENABLE_REQUEST_LOGS"));
        let config = read(&[("HOME", "/home/ada"), ("ENABLE_REQUEST_LOGS", "false")]).unwrap();
        assert_eq!(config.keep_bodies, Some(false));
        assert!(config.notices().is_empty());
        assert_eq!(read(&[("HOME", "/home/ada")]).unwrap().keep_bodies, None);
    }

    #[test]
    fn an_address_in_hostname_is_followed_and_said() {
        let config = read(&[("HOME", "/home/ada"), ("HOSTNAME", "0.0.0.0")]).unwrap();
        assert_eq!(config.host.to_string(), "0.0.0.0");
        assert!(config.notices()[0].contains("other machines"));
    }

    #[test]
    fn a_wrong_port_is_refused_with_its_text() {
        for text in ["http", "0", "70000", "-1"] {
            let error = read(&[("HOME", "/h"), ("PORT", text)]).unwrap_err();
            assert_eq!(error, ConfigError::Port(text.to_owned()));
        }
    }

    #[test]
    fn a_relative_data_dir_is_refused() {
        let error = read(&[("DATA_DIR", "data")]).unwrap_err();
        assert_eq!(error, ConfigError::RelativeDataDir("data".to_owned()));
    }

    #[test]
    fn data_dir_wins_over_the_home_folder() {
        let config = read(&[("HOME", "/h"), ("DATA_DIR", "/srv/switchyard")]).unwrap();
        assert_eq!(config.data_dir, PathBuf::from("/srv/switchyard"));
    }
}
