//! Proving and changing an address, and setting another password.

use domain::{
    Refusal, UserId,
    account::{AccountChange, LinkPurpose},
    text,
};

use super::{
    User,
    links::{Link, open},
    password, personal,
    proof::{Proof, confirmed},
    store,
    tries::Client,
};
use crate::{
    Error, Exchange, Result, limits,
    platform::commit::{Commit, Rounds},
};

/// Has a link mailed to `email` with which a forgotten password is replaced.
/// The answer is the same whether or not there is such an account.
///
/// # Errors
/// [`Error::Invalid`] when it is no address, or [`Error::TooMany`].
pub async fn forgot_password(exchange: &Exchange, client: &Client, email: &str) -> Result<()> {
    let email = text::parse_email(email).map_err(|problem| Error::invalid("email", problem))?;
    let link = Link::new(exchange, LinkPurpose::ResetPassword, &email)?;
    mail(exchange, client, link).await
}

/// Has another link mailed with which `user` verifies their address.
///
/// # Errors
/// [`Refusal::VerifiedAlready`], or [`Error::TooMany`].
pub async fn verify_again(exchange: &Exchange, client: &Client, user: &User) -> Result<()> {
    if user.verified {
        return Err(Refusal::VerifiedAlready.into());
    }
    let link = Link::new(exchange, LinkPurpose::VerifyEmail, &user.email)?;
    mail(exchange, client, link).await
}

pub(super) async fn mail(exchange: &Exchange, client: &Client, link: Link) -> Result<()> {
    admit(exchange, client, link.purpose, &link.email).await?;
    request(exchange, link).await
}

/// Counts one more mail with a link.
pub(super) async fn admit(
    exchange: &Exchange,
    client: &Client,
    purpose: LinkPurpose,
    email: &str,
) -> Result<()> {
    let limits = &exchange.settings.limits;
    limits::admit_from(exchange, "links", client.address, limits.links).await?;
    let to = text::email_key(email);
    limits::admit(exchange, purpose.name(), &to, limits.links_to_address).await
}

async fn request(exchange: &Exchange, link: Link) -> Result<()> {
    let commit = link.request(Commit::new("request link"), exchange.clock.now())?;
    Ok(commit.run(&exchange.db).await?)
}

/// The link that `token` is for, before anything is done about it.
///
/// # Errors
/// [`Refusal::LinkGone`].
pub async fn peek(exchange: &Exchange, purpose: LinkPurpose, token: &str) -> Result<Link> {
    open(exchange, purpose, token).await.map(|(link, _)| link)
}

/// Marks the address of `asker` as verified, to which the link was mailed.
///
/// # Errors
/// [`Refusal::LinkGone`], also when it is of another account.
pub async fn verify_email(exchange: &Exchange, asker: &UserId, token: &str) -> Result<User> {
    let purpose = LinkPurpose::VerifyEmail;
    use_link(exchange, purpose, Some(asker), token, |user, _| {
        user.verified = true;
        None
    })
    .await
}

/// Sets another password by a mailed link, which also shows that the address is
/// its owner's; every session ends.
///
/// # Errors
/// [`Refusal::LinkGone`], or [`Error::Invalid`] for the password.
pub async fn reset_password(exchange: &Exchange, token: &str, new: String) -> Result<User> {
    let (_, user) = open(exchange, LinkPurpose::ResetPassword, token).await?;
    good_enough(&user, "password", &new)?;
    let hash = exchange.passwords.hash(new).await?;
    let purpose = LinkPurpose::ResetPassword;
    use_link(exchange, purpose, None, token, |user, _| {
        user.password_hash = Some(hash.clone());
        user.verified = true;
        user.epoch += 1;
        Some(AccountChange::PasswordReset)
    })
    .await
}

/// Sets another password, or the first one; every session ends, so the caller
/// begins one for who asked.
///
/// # Errors
/// As [`Proof`] is refused, or [`Error::Invalid`] for the new password.
pub async fn change_password(
    exchange: &Exchange,
    id: &UserId,
    new: String,
    proof: Proof,
) -> Result<User> {
    let user = store::by_id(&exchange.db, id)
        .await?
        .ok_or(Error::NotFound)?;
    // Before a code is used up.
    good_enough(&user, "new_password", &new)?;
    let user = confirmed(exchange, id, proof).await?;
    let hash = exchange.passwords.hash(new).await?;
    let mut rounds = Rounds::new();
    loop {
        let before = store::still(exchange, &user).await?;
        let mut after = before.clone();
        after.password_hash = Some(hash.clone());
        after.epoch += 1;
        let (user, commit) =
            after.changed(&before, exchange, Some(AccountChange::Password), None)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Has a link mailed to `email`, with which it becomes the account's address.
/// Whether another account has it is not said here.
///
/// # Errors
/// As [`Proof`] is refused, [`Error::Invalid`] for the address, or
/// [`Error::TooMany`].
pub async fn request_email(
    exchange: &Exchange,
    id: &UserId,
    email: &str,
    proof: Proof,
) -> Result<()> {
    let email = text::parse_email(email).map_err(|problem| Error::invalid("email", problem))?;
    // A code that is asked for is not used up for nothing.
    admit(exchange, &proof.client, LinkPurpose::ChangeEmail, &email).await?;
    let user = confirmed(exchange, id, proof).await?;
    let link = Link {
        replaces: user.verified.then(|| user.email.clone()),
        ..Link::of(exchange, LinkPurpose::ChangeEmail, &user, &email)?
    };
    request(exchange, link).await
}

/// Makes the address to which the link was mailed that of `asker`.
///
/// # Errors
/// [`Refusal::LinkGone`], also when it is of another account, or another account
/// has the address by now.
pub async fn change_email(exchange: &Exchange, asker: &UserId, token: &str) -> Result<User> {
    let purpose = LinkPurpose::ChangeEmail;
    use_link(exchange, purpose, Some(asker), token, |user, link| {
        user.email.clone_from(&link.email);
        user.verified = true;
        Some(AccountChange::Email)
    })
    .await
}

/// Uses a link: what `edit` makes of the account, and that the link is used,
/// are one commit.
/// `asker` is who is signed in, for what [needs](LinkPurpose::needs_account) that.
pub(super) async fn use_link(
    exchange: &Exchange,
    purpose: LinkPurpose,
    asker: Option<&UserId>,
    token: &str,
    edit: impl Fn(&mut User, &Link) -> Option<AccountChange>,
) -> Result<User> {
    let mut rounds = Rounds::new();
    loop {
        let (link, before) = open(exchange, purpose, token).await?;
        if purpose.needs_account() && asker != Some(&before.id) {
            return Err(Refusal::LinkGone.into());
        }
        let mut after = before.clone();
        let change = edit(&mut after, &link);
        if text::email_key(&after.email) != text::email_key(&before.email)
            && store::by_email(&exchange.db, &after.email).await?.is_some()
        {
            return Err(Refusal::LinkGone.into());
        }
        let (user, mut commit) = after.changed(&before, exchange, change, Some(&link))?;
        if let Some(identity) = &link.identity {
            // Somebody else's by now, or linked otherwise.
            if store::identity(&exchange.db, &identity.issuer, &identity.subject)
                .await?
                .is_some()
            {
                return Err(Refusal::LinkGone.into());
            }
            commit = store::insert_identity(commit, identity)?;
        }
        match link
            .consume(commit, exchange.clock.now())?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Whether `password` is good enough for `user`.
fn good_enough(user: &User, field: &'static str, password: &str) -> Result<()> {
    password::check(password, &personal(&user.email, &user.name))
        .map_err(|problem| Error::invalid(field, problem))
}
