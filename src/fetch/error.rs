//! Why a forge could not be asked. None of these leaves a file behind.

/// Why there are no facts. No variant holds a token, and no text of a server that echoes one.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Something that only the user can say is not said.
    #[error("{what}")]
    Usage {
        /// What is not said, or cannot be.
        what: String,
        /// How it is said.
        help: String,
    },
    /// The token is not taken.
    #[error("the forge does not accept the token: {url} answered 401{told}")]
    Token {
        /// What was asked.
        url: String,
        /// What the forge said, with a colon before it; may be empty.
        told: String,
    },
    /// Something without which there is nothing to tell may not be read.
    #[error("{what}")]
    Refused {
        /// What, with the answer.
        what: String,
        /// The way out.
        help: String,
    },
    /// No whole answer came.
    #[error("{url} gave no answer: {why}")]
    NoAnswer {
        /// What was asked.
        url: String,
        /// What went wrong, the last time.
        why: String,
    },
    /// An answer that is neither the thing nor a refusal.
    #[error("{url} answered {status}{told}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// What the forge said, with a colon before it; may be empty.
        told: String,
    },
    /// The answer sends to another host, which does not get the token and is not believed.
    #[error("{url} sends on to {to}, which is another host")]
    Elsewhere {
        /// What was asked.
        url: String,
        /// Where it sends.
        to: String,
    },
    /// The answer is not what the forge documents.
    #[error("{url} did not answer as documented: {why}")]
    Shape {
        /// What was asked.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// A part of a list is absent.
    #[error("the answer of {url} is incomplete: {why}")]
    Incomplete {
        /// What was asked.
        url: String,
        /// What is absent.
        why: String,
    },
    /// Time is up.
    #[error("the forge needs longer than {seconds} s: {why}")]
    Deadline {
        /// The limit.
        seconds: u64,
        /// What was going on.
        why: String,
    },
    /// Somebody pushes while we read.
    #[error("the pull request changed twice while it was read: {0}")]
    Moved(String),
}

impl FetchError {
    /// Whether the command line is to blame.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Usage { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Usage { help, .. } | Self::Refused { help, .. } => help.clone(),
            Self::Token { .. } => "give one that is valid for this host, and has not expired".to_owned(),
            Self::Elsewhere { .. } => "name the right address of the API with `--api URL`".to_owned(),
            Self::Shape { .. } => {
                "see whether `--api URL` names the API of this forge, and whether something stands in between"
                    .to_owned()
            }
            Self::Deadline { .. } => "try again later, or give it more time with `--deadline SECONDS`".to_owned(),
            Self::NoAnswer { .. } | Self::Status { .. } | Self::Incomplete { .. } | Self::Moved(_) => {
                "try again; nothing was written".to_owned()
            }
        }
    }
}
