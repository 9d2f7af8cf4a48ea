//! Identities: who providers say that somebody is, and whose account that is.
//!
//! An identity is an issuer and a subject, never an address: addresses change
//! hands. An address that the provider has verified makes an account, or asks
//! the owner of the one that has it, who answers by a mailed link.

use domain::{
    FieldErrors, Refusal, Timestamp, UserId,
    account::{AccountChange, LinkPurpose},
    event::Verb,
    text,
};
use serde::{Deserialize, Serialize};

use super::{
    User,
    links::Link,
    proof::{Proof, confirmed},
    recovery, store,
    tries::Client,
};
use crate::{
    Error, Exchange, Result, limits, new_id,
    platform::commit::{Commit, CommitError, Rounds},
};

/// A way to sign in: an identity that belongs to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whose it is.
    pub user: UserId,
    /// Who says so: a URL.
    pub issuer: String,
    /// What the issuer calls them, for good.
    pub subject: String,
    /// Which of the deployment's providers that was.
    pub provider: String,
    /// What they know themselves by there: an address, or a name.
    pub label: String,
    /// Since when.
    pub at: Timestamp,
}

/// What a provider says of somebody who has just come back from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which provider.
    pub provider: String,
    /// Its issuer.
    pub issuer: String,
    /// Who they are there.
    pub subject: String,
    /// Their address, only if the provider has verified it.
    pub email: Option<String>,
    /// What they know themselves by there.
    pub label: String,
    /// A name to begin with.
    pub name: String,
}

impl Claim {
    fn of(&self, user: &UserId, at: Timestamp) -> Identity {
        Identity {
            user: user.clone(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            provider: self.provider.clone(),
            label: self.label.clone(),
            at,
        }
    }
}

/// What becomes of somebody who came back from a provider.
#[derive(Debug)]
pub enum Arrival {
    /// It is this account's identity.
    Known(User),
    /// Nobody has the address: they may make an account.
    New,
    /// An account has the address: its owner was mailed.
    Asked,
}

/// Whose account `claim` is, or what is to be done about it.
///
/// # Errors
/// [`Refusal::UnverifiedIdentity`] when the provider does not say that the
/// address is theirs, or [`Error::TooMany`].
pub async fn arrive(exchange: &Exchange, client: &Client, claim: &Claim) -> Result<Arrival> {
    if let Some(known) = store::identity(&exchange.db, &claim.issuer, &claim.subject).await? {
        let user = store::by_id(&exchange.db, &known.user).await?;
        return user
            .filter(|user| !user.suspended)
            .map(Arrival::Known)
            .ok_or(Error::WrongCredentials);
    }
    let email = claim.email.as_ref().ok_or(Refusal::UnverifiedIdentity)?;
    let Some(user) = store::by_email(&exchange.db, email).await? else {
        return Ok(Arrival::New);
    };
    let link = Link {
        identity: Some(claim.of(&user.id, exchange.clock.now())),
        ..Link::of(exchange, LinkPurpose::LinkIdentity, &user, &user.email)?
    };
    recovery::mail(exchange, client, link).await?;
    Ok(Arrival::Asked)
}

/// Makes an account of which the provider has verified the address.
///
/// # Errors
/// [`Error::Invalid`] for the name, [`Refusal::IdentityTaken`] when somebody was
/// faster, or [`Error::TooMany`].
pub async fn register(
    exchange: &Exchange,
    client: &Client,
    claim: &Claim,
    name: &str,
) -> Result<User> {
    let email = claim.email.as_ref().ok_or(Refusal::UnverifiedIdentity)?;
    let mut errors = FieldErrors::default();
    let email = errors.take("display_name", text::parse_email(email));
    let name = errors.take("display_name", text::parse(name, text::DISPLAY_NAME));
    let (Some(email), Some(name)) = (email, name) else {
        return Err(Error::Invalid(errors));
    };
    let limit = exchange.settings.limits.register;
    limits::admit_from(exchange, "register", client.address, limit).await?;
    let now = exchange.clock.now();
    let user = User::new(new_id(&exchange.clock)?, email, name, client.language, now);
    let user = User {
        verified: true,
        ..user
    };
    let commit = store::insert(Commit::new("register"), &user)?;
    let commit = store::insert_identity(commit, &claim.of(&user.id, now))?.event(&user.event(
        Verb::Created,
        None,
        None,
    ))?;
    match commit.run(&exchange.db).await {
        Ok(()) => Ok(user),
        Err(CommitError::Stale) => Err(Refusal::IdentityTaken.into()),
        Err(error) => Err(error.into()),
    }
}

/// The ways to sign in to an account, less its password.
///
/// # Errors
/// Only when the database is away.
pub async fn of_user(exchange: &Exchange, user: &UserId) -> Result<Vec<Identity>> {
    store::identities(&exchange.db, user).await
}

/// Lets whom the provider says this is sign in to the account.
///
/// # Errors
/// As [`Proof`] is refused; [`Refusal::IdentityTaken`] when it is another
/// account's, or [`Error::Unverified`].
pub async fn link(exchange: &Exchange, id: &UserId, claim: &Claim, proof: Proof) -> Result<User> {
    // Or whoever registers an address that is not theirs would keep a way in.
    let known = store::by_id(&exchange.db, id).await?;
    if known.is_none_or(|user| !user.verified) {
        return Err(Error::Unverified);
    }
    let asker = confirmed(exchange, id, proof).await?;
    let mut rounds = Rounds::new();
    loop {
        let before = store::still(exchange, &asker).await?;
        match store::identity(&exchange.db, &claim.issuer, &claim.subject).await? {
            Some(known) if known.user == *id => return Ok(before),
            Some(_) => return Err(Refusal::IdentityTaken.into()),
            None => {}
        }
        let change = Some(AccountChange::IdentityLinked);
        let (user, commit) = before.clone().changed(&before, exchange, change, None)?;
        let identity = claim.of(id, exchange.clock.now());
        match store::insert_identity(commit, &identity)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Ends that an identity can sign in to the account.
///
/// # Errors
/// As [`Proof`] is refused; [`Error::NotFound`] when it is not the account's, or
/// [`Refusal::LastWayIn`].
pub async fn unlink(
    exchange: &Exchange,
    id: &UserId,
    issuer: &str,
    subject: &str,
    proof: Proof,
) -> Result<User> {
    let asker = confirmed(exchange, id, proof).await?;
    let mut rounds = Rounds::new();
    loop {
        // Whoever takes another way away at the same moment changes the account.
        let before = store::still(exchange, &asker).await?;
        let identities = store::identities(&exchange.db, id).await?;
        let identity = identities
            .iter()
            .find(|identity| identity.issuer == issuer && identity.subject == subject)
            .ok_or(Error::NotFound)?;
        if before.password_hash.is_none() && identities.len() == 1 {
            return Err(Refusal::LastWayIn.into());
        }
        let change = Some(AccountChange::IdentityUnlinked);
        let mut after = before.clone();
        after.epoch += 1;
        let (user, commit) = after.changed(&before, exchange, change, None)?;
        match store::delete_identity(commit, identity)
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Does what the owner of an address agreed to by a mailed link. Whoever had an
/// account of that address without having shown that it is theirs loses it.
///
/// # Errors
/// [`Refusal::LinkGone`].
pub async fn link_by_mail(exchange: &Exchange, token: &str) -> Result<User> {
    let purpose = LinkPurpose::LinkIdentity;
    recovery::use_link(exchange, purpose, None, token, |user, _| {
        if !user.verified {
            user.password_hash = None;
            user.verified = true;
            user.epoch += 1;
        }
        Some(AccountChange::IdentityLinked)
    })
    .await
}
