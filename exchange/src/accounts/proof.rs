//! Being asked again, before what matters: whoever finds an open session is not
//! therefore its owner.

use std::time::Duration;

use domain::{Problem, Refusal, Timestamp, UserId};

use super::{
    User, second_factor, store,
    tries::{self, Client, Try},
};
use crate::{Error, Exchange, Result};

/// How long signing in itself is proof enough for who has nothing else to show.
const FRESH: Duration = Duration::from_secs(15 * 60);

/// What somebody who is signed in shows before they change what matters.
#[derive(Debug)]
pub struct Proof {
    /// Where they are.
    pub client: Client,
    /// The password, of accounts that have one.
    pub password: String,
    /// A code, of accounts that have a second factor.
    pub code: String,
    /// When they signed in.
    pub signed_in_at: Timestamp,
}

/// The account of `asker` as it is once they have shown that it is theirs: what they
/// may is to be asked of it.
///
/// # Errors
/// [`Error::Invalid`] for the password or the code, [`Refusal::SignInAgain`] for
/// accounts that have neither, [`Error::TooMany`], or [`Error::Unauthenticated`] when
/// they were signed out meanwhile.
pub async fn confirm(exchange: &Exchange, asker: &User, proof: Proof) -> Result<User> {
    confirmed(exchange, &asker.id, proof).await?;
    store::still(exchange, asker).await
}

/// The account, if this is what its owner can show.
///
/// # Errors
/// [`Error::Invalid`] for the password or the code, [`Refusal::SignInAgain`] for
/// accounts that have neither, or [`Error::TooMany`].
pub(super) async fn confirmed(exchange: &Exchange, id: &UserId, proof: Proof) -> Result<User> {
    let user = store::by_id(&exchange.db, id)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some(hash) = user.password_hash.clone() {
        let attempt = Try::begin(exchange, &proof.client, tries::PASSWORD, &user.email).await?;
        if !exchange
            .passwords
            .verify(proof.password, Some(hash))
            .await?
        {
            return Err(Error::invalid("current_password", Problem::WrongPassword));
        }
        attempt.succeed(exchange).await?;
    }
    if user.second_factor {
        second_factor::check(exchange, &proof.client, &user, &proof.code).await?;
    }
    let nothing_to_show = user.password_hash.is_none() && !user.second_factor;
    if nothing_to_show && exchange.clock.ago(FRESH) >= proof.signed_in_at {
        return Err(Refusal::SignInAgain.into());
    }
    Ok(user)
}
