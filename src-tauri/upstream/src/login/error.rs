use switchyard_types::{ErrorBody, ErrorCode, Millis};

/// Why a sign-in or a renewal did not come to tokens. None of its words holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The port that the vendor leads back to is taken.
    #[error("port {port} is taken by another program, and {vendor} leads back to no other")]
    PortTaken {
        /// The vendor.
        vendor: String,
        /// The port.
        port: u16,
    },
    /// No port could be opened at all.
    #[error("no port could be opened for the way back: {0}")]
    Listen(String),
    /// The user, or the vendor in their place, refused.
    #[error("the sign-in was refused: {0}")]
    Refused(String),
    /// It took too long.
    #[error("the sign-in was not finished in time")]
    Expired,
    /// The user gave it up.
    #[error("the sign-in was given up")]
    GivenUp,
    /// The address belongs to another sign-in.
    #[error("this address belongs to another sign-in")]
    StateMismatch,
    /// What was pasted holds no code.
    #[error("what was pasted holds no code")]
    NoCode,
    /// Another account signed in than the one that was to.
    #[error("{got} signed in, but this account is {expected}")]
    WrongAccount {
        /// Who it is.
        expected: String,
        /// Who signed in.
        got: String,
    },
    /// The vendor wants a client's secret that is nowhere to be found.
    #[error("{vendor} wants the secret of its own client, and this program carries none")]
    NoClientSecret {
        /// The vendor.
        vendor: String,
        /// The variable that may give it.
        env: String,
        /// The program that carries it.
        program: Option<String>,
    },
    /// The vendor no longer accepts the login.
    #[error("{vendor} no longer accepts this login: {words}")]
    Ended {
        /// The vendor.
        vendor: String,
        /// Its words.
        words: String,
    },
    /// The login cannot be renewed.
    #[error("a login at {vendor} cannot be renewed")]
    NoRefresh {
        /// The vendor.
        vendor: String,
    },
    /// The vendor is busy.
    #[error("{vendor} is busy and wants to be left alone for a while")]
    Busy {
        /// The vendor.
        vendor: String,
        /// For how long, where it says so, in milliseconds.
        wait: Option<Millis>,
    },
    /// The vendor answered with an error.
    #[error("{vendor} answered {status}: {words}")]
    Answered {
        /// The vendor.
        vendor: String,
        /// The status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The vendor could not be heard.
    #[error("{vendor} could not be reached: {reason}", reason = .words)]
    Unreachable {
        /// The vendor.
        vendor: String,
        /// What happened.
        words: String,
    },
    /// What the vendor answered is not what it should be.
    #[error("{vendor} answered something else than {what}")]
    Malformed {
        /// The vendor.
        vendor: String,
        /// What was expected.
        what: &'static str,
    },
    /// The account has no project, and none could be made (Google).
    #[error("{vendor} has no project for this account")]
    NoProject {
        /// The vendor.
        vendor: String,
    },
    /// What was pasted is not the key of a service account (Google).
    #[error("this is no service account's key: {reason}")]
    BadKeyFile {
        /// What is wrong with it.
        reason: String,
    },
    /// The system gave no random numbers.
    #[error("the system gave no random numbers: {0}")]
    Random(String),
}

impl LoginError {
    /// Whether only the user can bring the login back.
    pub fn ends_the_login(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// The error as every face shows it.
    pub fn body(&self) -> ErrorBody {
        let (code, hint) = match self {
            Self::PortTaken { port, .. } => (
                ErrorCode::Conflict,
                format!(
                    "end the program that listens on port {port}, or sign in all the same and paste the address on which the browser ends"
                ),
            ),
            Self::Listen(_) | Self::Random(_) => (
                ErrorCode::Internal,
                "try again, or paste the address on which the browser ends".to_owned(),
            ),
            Self::Refused(_) => {
                (ErrorCode::KeyRefused, "begin again, and agree on the vendor's page".to_owned())
            }
            Self::Expired => (
                ErrorCode::Invalid,
                "begin again; a sign-in is kept open for a few minutes".to_owned(),
            ),
            Self::GivenUp => (ErrorCode::Invalid, "begin again when you like".to_owned()),
            Self::StateMismatch => (
                ErrorCode::Invalid,
                "paste the address of the page that this sign-in opened, or begin again".to_owned(),
            ),
            Self::NoCode => (
                ErrorCode::Invalid,
                "paste the whole address from the browser's address bar, from http on".to_owned(),
            ),
            Self::WrongAccount { .. } => (
                ErrorCode::Conflict,
                "sign out on the vendor's page and sign in as the right user, or add a new account"
                    .to_owned(),
            ),
            Self::NoClientSecret { env, program, .. } => {
                let hint = match program {
                    Some(program) => format!(
                        "install {program}, which carries it, or set {env} in the environment of this program"
                    ),
                    None => format!("set {env} in the environment of this program"),
                };
                (ErrorCode::Invalid, hint)
            }
            Self::BadKeyFile { .. } => (
                ErrorCode::Invalid,
                "make a key of the kind JSON for the service account, and paste the whole file"
                    .to_owned(),
            ),
            Self::Ended { .. } | Self::NoRefresh { .. } => {
                (ErrorCode::SignInNeeded, "sign in again".to_owned())
            }
            Self::Busy { .. } => (ErrorCode::VendorUnreachable, "try again later".to_owned()),
            Self::Answered { .. } | Self::Unreachable { .. } | Self::Malformed { .. } => (
                ErrorCode::VendorUnreachable,
                "try again; if it stays, the vendor has changed its sign-in".to_owned(),
            ),
            Self::NoProject { .. } => (
                ErrorCode::Invalid,
                "open the vendor's own program once with this account, so that it gets a project"
                    .to_owned(),
            ),
        };
        ErrorBody { code, message: self.to_string(), hint: Some(hint), retry_at: None }
    }
}
