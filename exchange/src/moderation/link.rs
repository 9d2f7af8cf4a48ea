//! Links in moderators' mail: each decides one case, once, as the moderator to whom
//! it was mailed.
//!
//! It needs no record: its token is an HMAC of the case, of what it judges, and of
//! the moderator as they were, and it is void once the case is decided, once the
//! listing was edited, and once the moderator has ended their sessions. Whether they
//! still may is asked again.

use std::time::Duration;

use domain::{
    CaseId, Refusal, UserId,
    moderation::{Case, CaseStatus},
    permission::{Moderate, Viewer},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{CaseDetails, case, decide, store};
use crate::{
    Error, Exchange, Result,
    accounts::{self, User},
    hex,
};

/// How long one can be used.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3_600);

fn mac(exchange: &Exchange, case: &Case, moderator: &User) -> Result<Hmac<Sha256>> {
    let parts = [
        case.id.as_str(),
        &case.content_version.to_string(),
        moderator.id.as_str(),
        &moderator.epoch.to_string(),
    ];
    exchange.settings.secret_key.mac("decision link", &parts)
}

/// What is in the mail: two identifiers and 64 hexadecimal digits.
///
/// # Errors
/// Never: a key of any length will do.
pub(crate) fn token(exchange: &Exchange, case: &Case, moderator: &User) -> Result<String> {
    let mac = mac(exchange, case, moderator)?.finalize().into_bytes();
    Ok(format!("{}{}{}", case.id, moderator.id, hex::encode(&mac)))
}

/// The moderator and the case that `token` is for.
///
/// # Errors
/// [`Refusal::LinkGone`] whatever is wrong with it.
async fn open(exchange: &Exchange, token: &str) -> Result<(Viewer, CaseId)> {
    let gone = || Error::from(Refusal::LinkGone);
    let (id, rest) = token.split_at_checked(CaseId::LENGTH).ok_or_else(gone)?;
    let (user, digits) = rest.split_at_checked(UserId::LENGTH).ok_or_else(gone)?;
    let id: CaseId = id.parse().map_err(|_| gone())?;
    let user: UserId = user.parse().map_err(|_| gone())?;
    let digits = hex::decode(digits).ok_or_else(gone)?;
    let case = store::case(&exchange.db, &id).await?.ok_or_else(gone)?;
    let moderator = accounts::find(exchange, &user).await?.ok_or_else(gone)?;
    // Compares in constant time.
    let genuine = mac(exchange, &case, &moderator)?
        .verify_slice(&digits)
        .is_ok();
    let fresh = exchange.clock.now() < case.created_at + LIFETIME;
    if genuine && fresh && case.status == CaseStatus::Open {
        Ok((moderator.viewer(), id))
    } else {
        Err(gone())
    }
}

/// The case of a mailed link.
///
/// # Errors
/// [`Refusal::LinkGone`], or [`Error::NotFound`] for whoever is no moderator any
/// more.
pub async fn case_by_link(exchange: &Exchange, token: &str) -> Result<CaseDetails> {
    let (moderator, id) = open(exchange, token).await?;
    case(exchange, &moderator.may(Moderate)?, &id).await
}

/// Decides the case of a mailed link.
///
/// # Errors
/// As [`case_by_link`] and [`decide`].
pub async fn decide_by_link(
    exchange: &Exchange,
    token: &str,
    decision: &str,
    explanation: &str,
) -> Result<()> {
    let (moderator, id) = open(exchange, token).await?;
    decide(exchange, &moderator, &id, decision, explanation).await
}
