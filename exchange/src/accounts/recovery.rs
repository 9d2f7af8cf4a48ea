//! Proving and changing an address, and setting another password.

use domain::{
    FieldErrors, Problem, Refusal, UserId,
    account::{AccountChange, LinkPurpose},
    text,
};

use super::{
    User,
    links::{Link, open},
    password, personal, store,
};
use crate::{
    Error, Exchange, Result,
    platform::commit::{Commit, Rounds},
};

/// Has a link mailed to `email` with which a forgotten password is replaced.
/// The answer is the same whether or not there is such an account.
///
/// # Errors
/// [`Error::Invalid`] when it is no address.
pub async fn forgot_password(exchange: &Exchange, email: &str) -> Result<()> {
    let email = text::parse_email(email).map_err(|problem| Error::invalid("email", problem))?;
    mail(exchange, Link::new(exchange, LinkPurpose::ResetPassword, &email)?).await
}

/// Has another link mailed with which `user` verifies their address.
///
/// # Errors
/// [`Refusal::VerifiedAlready`].
pub async fn verify_again(exchange: &Exchange, user: &User) -> Result<()> {
    if user.verified {
        return Err(Refusal::VerifiedAlready.into());
    }
    mail(exchange, Link::new(exchange, LinkPurpose::VerifyEmail, &user.email)?).await
}

async fn mail(exchange: &Exchange, link: Link) -> Result<()> {
    let commit = link.request(Commit::new("request link"), exchange.clock.now())?;
    Ok(commit.run(&exchange.db).await?)
}

/// Whose address `token` verifies, before anything is done about it.
///
/// # Errors
/// [`Refusal::LinkGone`].
pub async fn peek(exchange: &Exchange, purpose: LinkPurpose, token: &str) -> Result<String> {
    open(exchange, purpose, token).await.map(|(link, _)| link.email)
}

/// Marks the address as verified to which the link was mailed.
///
/// # Errors
/// [`Refusal::LinkGone`].
pub async fn verify_email(exchange: &Exchange, token: &str) -> Result<User> {
    use_link(exchange, LinkPurpose::VerifyEmail, token, |user, _| {
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
    let hash = new_password(exchange, &user, "password", new).await?;
    use_link(exchange, LinkPurpose::ResetPassword, token, |user, _| {
        user.password_hash = Some(hash.clone());
        user.verified = true;
        user.epoch += 1;
        Some(AccountChange::PasswordReset)
    })
    .await
}

/// Sets another password for somebody who knows the one they have; every
/// session ends, so the caller begins one for who asked.
///
/// # Errors
/// [`Error::Invalid`] for either password.
pub async fn change_password(
    exchange: &Exchange,
    id: &UserId,
    current: String,
    new: String,
) -> Result<User> {
    let user = confirmed(exchange, id, "current_password", current).await?;
    let hash = new_password(exchange, &user, "new_password", new).await?;
    let mut rounds = Rounds::new();
    loop {
        let before = store::by_id(&exchange.db, id).await?.ok_or(Error::NotFound)?;
        // Changed meanwhile: what was confirmed is no longer the password.
        if before.password_hash != user.password_hash {
            return Err(Error::invalid("current_password", Problem::WrongPassword));
        }
        let mut after = before.clone();
        after.password_hash = Some(hash.clone());
        after.epoch += 1;
        let (user, commit) = after.changed(&before, exchange, Some(AccountChange::Password), None)?;
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
/// [`Error::Invalid`] for the address or the password.
pub async fn request_email(
    exchange: &Exchange,
    id: &UserId,
    email: &str,
    password: String,
) -> Result<()> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", text::parse_email(email));
    let user = match confirmed(exchange, id, "email_password", password).await {
        Err(Error::Invalid(wrong)) => {
            errors.extend(wrong);
            None
        }
        other => Some(other?),
    };
    let (Some(email), Some(user)) = (email, user) else {
        return Err(Error::Invalid(errors));
    };
    let link = Link {
        user: Some(user.id.clone()),
        replaces: Some(user.email.clone()),
        ..Link::new(exchange, LinkPurpose::ChangeEmail, &email)?
    };
    mail(exchange, link).await
}

/// Makes the address to which the link was mailed the account's.
///
/// # Errors
/// [`Refusal::LinkGone`], also when another account has the address by now.
pub async fn change_email(exchange: &Exchange, token: &str) -> Result<User> {
    use_link(exchange, LinkPurpose::ChangeEmail, token, |user, link| {
        user.email.clone_from(&link.email);
        user.verified = true;
        Some(AccountChange::Email)
    })
    .await
}

/// Uses a link: what `edit` makes of the account, and that the link is used,
/// are one commit.
async fn use_link(
    exchange: &Exchange,
    purpose: LinkPurpose,
    token: &str,
    edit: impl Fn(&mut User, &Link) -> Option<AccountChange>,
) -> Result<User> {
    let mut rounds = Rounds::new();
    loop {
        let (link, before) = open(exchange, purpose, token).await?;
        let mut after = before.clone();
        let change = edit(&mut after, &link);
        if text::email_key(&after.email) != text::email_key(&before.email)
            && store::by_email(&exchange.db, &after.email).await?.is_some()
        {
            return Err(Refusal::LinkGone.into());
        }
        let (user, commit) = after.changed(&before, exchange, change, Some(&link))?;
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

/// The account, if this is its password.
async fn confirmed(
    exchange: &Exchange,
    id: &UserId,
    field: &'static str,
    password: String,
) -> Result<User> {
    let user = store::by_id(&exchange.db, id).await?.ok_or(Error::NotFound)?;
    let hash = user.password_hash.clone();
    if exchange.passwords.verify(password, hash).await? {
        Ok(user)
    } else {
        Err(Error::invalid(field, Problem::WrongPassword))
    }
}

/// The hash of a password that is good enough for `user`.
async fn new_password(
    exchange: &Exchange,
    user: &User,
    field: &'static str,
    password: String,
) -> Result<String> {
    password::check(&password, &personal(&user.email, &user.name))
        .map_err(|problem| Error::invalid(field, problem))?;
    exchange.passwords.hash(password).await
}
