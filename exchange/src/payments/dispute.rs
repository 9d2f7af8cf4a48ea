//! Disputes: what a card holder's bank decides about a charge.

use domain::{
    OrderId,
    ledger::{Entry, Kind},
    order::Dispute,
};

use super::hint::Hint;
use crate::{
    Exchange, Result,
    orders::store::order,
    platform::commit::{Commit, Rounds},
};

/// Notes on the order what Stripe says of the dispute called `dispute`.
///
/// # Errors
/// [`Error::Unavailable`](crate::Error::Unavailable) when Stripe is away.
pub(super) async fn note(
    exchange: &Exchange,
    hint: &Hint<'_>,
    id: &OrderId,
    dispute: &str,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let Some((found, amount)) = exchange.stripe.dispute(dispute).await? else {
            return Ok(());
        };
        // Another deployment may share the Stripe account.
        let Some(before) = order(&exchange.db, id).await? else {
            return Ok(());
        };
        let now = exchange.clock.now();
        let Some(disputed) = before.disputed(found, now) else {
            return Ok(());
        };
        tracing::warn!(order = %id, dispute, state = ?found, amount = amount.minor(), "the charge is disputed");
        let mut commit = Commit::new("note dispute").order(Some(&before), &disputed)?;
        if found == Dispute::Lost {
            commit = commit.ledger(&Entry::new(&disputed, Kind::DisputeLost, amount, now))?;
        }
        match hint.run(exchange, commit).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}
