//! Mailed links: what somebody shows who reads the mail of an address.
//!
//! A link is a record that says what it is for and until when, and a token
//! that no record holds: an HMAC under the deployment's key of the record and
//! of what the account is like, computed by whoever mails it and again by
//! whoever checks it. It can be used once, and not after the account changed.
//!
//! A link is made for whatever address is typed. Whether there is an account
//! is found out when the mail is written, so that asking for one takes as long
//! and answers the same.

use domain::{
    LinkId, Refusal, Timestamp, UserId,
    account::LinkPurpose,
    event::{Aggregate, Data, Event, Verb},
    text::email_key,
};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{User, identities::Identity, store};
use crate::{Error, Exchange, Result, hex, new_id, platform::commit::Commit};

/// A link that was, or is to be, mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its identifier.
    pub id: LinkId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Where it goes.
    pub email: String,
    /// Whose account it is about; otherwise the one that has the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The account's epoch when this was asked for by whoever was signed in: what
    /// signed them out voids it, also before it is mailed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u32>,
    /// The address that the account had, when this gives it another; none unless
    /// that was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Who is to sign in to the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// From when on it cannot be used.
    pub expires_at: Timestamp,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// Grows by one with every change.
    pub version: u32,
}

impl Link {
    /// A new link to be mailed to `email`.
    ///
    /// # Errors
    /// Never, unless the clock is before 1970.
    pub(super) fn new(exchange: &Exchange, purpose: LinkPurpose, email: &str) -> Result<Self> {
        Ok(Self {
            id: new_id(&exchange.clock)?,
            purpose,
            email: email.to_owned(),
            user: None,
            epoch: None,
            replaces: None,
            identity: None,
            expires_at: exchange.clock.now() + purpose.lifetime(),
            used_at: None,
            version: 1,
        })
    }

    /// The same, about an account that is known by more than its address.
    ///
    /// # Errors
    /// Never, unless the clock is before 1970.
    pub(super) fn of(
        exchange: &Exchange,
        purpose: LinkPurpose,
        user: &User,
        email: &str,
    ) -> Result<Self> {
        Ok(Self {
            user: Some(user.id.clone()),
            epoch: Some(user.epoch),
            ..Self::new(exchange, purpose, email)?
        })
    }

    /// Where it goes, for the account that it is about: to the address that is
    /// there, and not to how it was typed.
    pub(crate) fn recipient<'a>(&'a self, user: &'a User) -> &'a str {
        if self.purpose == LinkPurpose::ChangeEmail {
            &self.email
        } else {
            &user.email
        }
    }

    /// Adds to `commit` that it is to be mailed.
    pub(super) fn request(&self, commit: Commit, now: Timestamp) -> Result<Commit> {
        store::insert_link(commit, self)?.event(&Event {
            aggregate: Aggregate::Link,
            id: self.id.to_string(),
            version: 1,
            verb: Verb::Created,
            at: now,
            data: Data::Link {
                purpose: self.purpose,
            },
        })
    }

    /// Adds to `commit` that it has been used.
    pub(super) fn consume(&self, commit: Commit, now: Timestamp) -> Result<Commit> {
        let used = Self {
            used_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        };
        store::update_link(commit, self, &used)
    }

    /// What its token is made of.
    fn mac(&self, exchange: &Exchange, user: &User) -> Result<Hmac<Sha256>> {
        let parts = [
            self.id.as_str(),
            self.purpose.name(),
            &self.email,
            user.id.as_str(),
            &email_key(&user.email),
            if user.verified { "verified" } else { "" },
            user.password_hash.as_deref().unwrap_or_default(),
            // Whoever ends their sessions ends what was asked for in them.
            &user.epoch.to_string(),
        ];
        exchange.settings.secret_key.mac("mailed link", &parts)
    }

    /// The identifier and 64 hexadecimal digits: what is in the mail.
    ///
    /// # Errors
    /// Never: a key of any length will do.
    pub(crate) fn token(&self, exchange: &Exchange, user: &User) -> Result<String> {
        let mac = self.mac(exchange, user)?.finalize().into_bytes();
        Ok(format!("{}{}", self.id, hex::encode(&mac)))
    }
}

/// The link of this identifier.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn find(exchange: &Exchange, id: &LinkId) -> Result<Option<Link>> {
    store::link(&exchange.db, id).await
}

/// Whose account a link is about, if there is one that it can be used for.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn account_of(exchange: &Exchange, link: &Link) -> Result<Option<User>> {
    let user = match &link.user {
        Some(user) => store::by_id(&exchange.db, user).await?,
        None => store::by_email(&exchange.db, &link.email).await?,
    };
    Ok(user.filter(|user| {
        let wanted = match link.purpose {
            LinkPurpose::VerifyEmail => !user.verified,
            LinkPurpose::LinkIdentity => email_key(&user.email) == email_key(&link.email),
            LinkPurpose::ResetPassword | LinkPurpose::ChangeEmail => true,
        };
        let same = link.epoch.is_none_or(|epoch| epoch == user.epoch);
        wanted && same && !user.suspended && user.deleted_at.is_none()
    }))
}

/// The link and the account that `token` is for.
///
/// # Errors
/// [`Refusal::LinkGone`] whatever is wrong with it.
pub(super) async fn open(
    exchange: &Exchange,
    purpose: LinkPurpose,
    token: &str,
) -> Result<(Link, User)> {
    let gone = || Error::from(Refusal::LinkGone);
    let (id, mac) = token.split_at_checked(LinkId::LENGTH).ok_or_else(gone)?;
    let id = id.parse().map_err(|_| gone())?;
    let mac = hex::decode(mac).ok_or_else(gone)?;
    let link = find(exchange, &id).await?.ok_or_else(gone)?;
    let user = account_of(exchange, &link).await?.ok_or_else(gone)?;
    // Compares in constant time.
    let genuine = link.mac(exchange, &user)?.verify_slice(&mac).is_ok();
    let fresh = link.used_at.is_none() && exchange.clock.now() < link.expires_at;
    if genuine && fresh && link.purpose == purpose {
        Ok((link, user))
    } else {
        Err(gone())
    }
}
