//! What happens to an account, as its events tell.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a link that is mailed to somebody is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// To show that the address of an account is one's own.
    VerifyEmail,
    /// To set a new password in place of a forgotten one.
    ResetPassword,
    /// To show that the address which an account is to have is one's own.
    ChangeEmail,
    /// To let somebody whom a provider knows by this address sign in to the
    /// account that has it.
    LinkIdentity,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::ChangeEmail,
        Self::LinkIdentity,
    ];

    /// The purpose of this [name](Self::name).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The name under which it is stored and signed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::ChangeEmail => "change_email",
            Self::LinkIdentity => "link_identity",
        }
    }

    /// Whether only the account that it is about can use it, signed in. It makes an
    /// address an account's own: whoever had it mailed to an address that is not
    /// theirs knows the password of the account, and the owner of the address must
    /// not be the one who confirms it.
    #[must_use]
    pub const fn needs_account(self) -> bool {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => true,
            Self::ResetPassword | Self::LinkIdentity => false,
        }
    }

    /// How long the link can be used.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        const HOUR: u64 = 3_600;
        match self {
            Self::VerifyEmail | Self::ChangeEmail => Duration::from_secs(24 * HOUR),
            Self::ResetPassword | Self::LinkIdentity => Duration::from_secs(HOUR / 4),
        }
    }
}

/// What changed of an account that its owner is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    /// The password, by somebody who knew the one before.
    Password,
    /// The password, by a mailed link.
    PasswordReset,
    /// The address.
    Email,
    /// A second factor was set up.
    SecondFactorOn,
    /// It was taken away.
    SecondFactorOff,
    /// Another way to sign in.
    IdentityLinked,
    /// One way to sign in less.
    IdentityUnlinked,
    /// A key was made, by which programs act for it.
    KeyMade,
    /// It was suspended: its owner cannot sign in, and what they offer is not shown.
    Suspended,
    /// It is suspended no longer.
    Reinstated,
    /// There is no account any more.
    Deleted,
}
