//! The one error of the operations.
//!
//! Whatever goes wrong is classified once, where it happens. What people may
//! read is in the variants; causes are for the log.

use domain::{FieldErrors, Problem, Refusal, Timestamp, permission::Denied};

/// Why an operation did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Sign in first.
    #[error("not signed in")]
    Unauthenticated,
    /// The caller may see it, not do this.
    #[error("forbidden")]
    Forbidden,
    /// Not until the caller has verified their address.
    #[error("the address is not verified")]
    Unverified,
    /// There is no such thing for the caller.
    #[error("not found")]
    NotFound,
    /// A rule of the exchange stands in the way.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Fields were refused.
    #[error("fields refused: {0:?}")]
    Invalid(FieldErrors),
    /// That was too often.
    #[error("too many tries")]
    TooMany {
        /// When to try again.
        until: Timestamp,
    },
    /// Address and password do not belong together.
    #[error("wrong credentials")]
    WrongCredentials,
    /// Something that this needs is away; it may work later.
    #[error("{0} is away")]
    Unavailable(&'static str, #[source] Cause),
    /// Our fault.
    #[error("internal error")]
    Internal(#[source] Cause),
}

/// The cause of an error, for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    /// A fault of ours.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// One refused field.
    #[must_use]
    pub fn invalid(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(FieldErrors::one(field, problem))
    }

    /// What went wrong with its causes, for somebody who runs the system.
    #[must_use]
    pub fn explained(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    /// Whether the same call may succeed later without anybody's doing.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(..))
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignIn => Self::Unauthenticated,
            Denied::Forbid => Self::Forbidden,
            Denied::Verify => Self::Unverified,
            Denied::Hide => Self::NotFound,
        }
    }
}
