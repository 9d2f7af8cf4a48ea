//! Billing details are kept for as long as the deployment says, and not longer.

use std::time::Duration;

use domain::{OrderId, Timestamp};
use serde::Deserialize;

use super::store;
use crate::{
    Exchange, Result,
    platform::commit::{Commit, Rounds},
    vars,
};

/// How often orders that have become old enough are looked for.
const EVERY: Duration = Duration::from_secs(3_600);
/// Most orders in one go.
const BATCH: usize = 500;

/// Blanks who paid of every order that is old enough.
///
/// # Errors
/// Only when the database is away.
pub async fn sweep(exchange: &Exchange) -> Result<()> {
    #[derive(Deserialize)]
    struct Last {
        until: Timestamp,
        at: Timestamp,
    }
    let db = &exchange.db;
    let now = exchange.clock.now();
    let last: Option<Last> = db
        .read("SELECT until, at FROM sweep:billing", vars! {})
        .await?
        .one()?;
    if last.as_ref().is_some_and(|last| now < last.at + EVERY) {
        return Ok(());
    }
    let from = last.map_or(Timestamp::from_millis(0), |last| last.until);
    let to = exchange.clock.ago(exchange.settings.billing_retention);
    let until = loop {
        let old = store::billed(db, from, to, BATCH).await?;
        let mut left = 0;
        for id in &old {
            if !blank(exchange, id).await? {
                left += 1;
            }
        }
        // Where buyer and seller still owe each other something, next time.
        if left > 0 && (old.len() < BATCH || left == old.len()) {
            break from;
        }
        if old.len() < BATCH {
            break to;
        }
    };
    const NOTE: &str = "UPSERT sweep:billing CONTENT { until: $until, at: $at }";
    let vars = vars! { until => until.millis(), at => now.millis() };
    Ok(db.transact("note sweep", NOTE, vars).await?)
}

/// Whether it is no longer known who paid the order.
async fn blank(exchange: &Exchange, id: &OrderId) -> Result<bool> {
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let Some(before) = store::order(&exchange.db, id).await? else {
            return Ok(true);
        };
        if before.billing.is_none() || before.binds(now) {
            return Ok(before.billing.is_none());
        }
        let order = before.without_billing(now);
        match Commit::new("blank billing")
            .order(Some(&before), &order)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(true),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}
