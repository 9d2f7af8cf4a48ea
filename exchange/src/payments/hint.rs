//! What a settlement was asked for by, noted with what it leads to.

use std::sync::atomic::{AtomicBool, Ordering};

use surrealdb::types::SurrealValue;

use crate::{
    Exchange, Result,
    platform::commit::{Commit, CommitError, processed},
    vars,
};

/// The name under which processed webhooks are noted.
const CONSUMER: &str = "stripe";

/// Somebody's wish to have a payment settled. A webhook's is noted in the first
/// commit that it leads to, so that its effect happens once.
pub(super) struct Hint<'a> {
    /// Stripe's id of the event.
    event: Option<&'a str>,
    noted: AtomicBool,
}

impl<'a> Hint<'a> {
    /// Of somebody who may ask as often as they like.
    pub(super) const fn nobody() -> Self {
        Self {
            event: None,
            noted: AtomicBool::new(false),
        }
    }

    /// Of the webhook with this id.
    pub(super) const fn webhook(event: &'a str) -> Self {
        Self {
            event: Some(event),
            noted: AtomicBool::new(false),
        }
    }

    /// Whether it was processed before.
    pub(super) async fn is_processed(&self, exchange: &Exchange) -> Result<bool> {
        let Some(event) = self.event else {
            return Ok(false);
        };
        let mark = processed(CONSUMER, event).into_value();
        let mut rows = exchange
            .db
            .read("SELECT VALUE at FROM $mark", vars! { mark => mark })
            .await?;
        Ok(rows.one::<i64>()?.is_some())
    }

    /// Runs a commit that it led to.
    pub(super) async fn run(
        &self,
        exchange: &Exchange,
        commit: Commit,
    ) -> std::result::Result<(), CommitError> {
        let commit = match self.event {
            Some(event) if !self.noted.load(Ordering::Relaxed) => {
                commit.once(CONSUMER, event, exchange.clock.now())
            }
            _ => commit,
        };
        match commit.run(&exchange.db).await {
            Ok(()) => {
                self.noted.store(true, Ordering::Relaxed);
                Ok(())
            }
            // The same webhook, delivered twice at once: look again.
            Err(CommitError::Processed) => {
                self.noted.store(true, Ordering::Relaxed);
                Err(CommitError::Stale)
            }
            failed => failed,
        }
    }

    /// Notes it if it led to nothing.
    pub(super) async fn finish(&self, exchange: &Exchange) -> Result<()> {
        if self.event.is_none() || self.noted.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.run(exchange, Commit::new("note webhook")).await {
            Ok(()) | Err(CommitError::Stale) => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }
}
