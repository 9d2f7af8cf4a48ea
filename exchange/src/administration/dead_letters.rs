//! Dead letters, for whoever may look at them. What is done with one is in the audit
//! trail before it is done.

use domain::permission::{Administer, Permit};

use crate::{
    Exchange, Page, Result,
    audit::Act,
    platform::{
        bus::Bus,
        commit::Commit,
        dead_letters::{self, DeadLetter},
    },
};

/// Dead letters, oldest first, from after the one numbered `after`.
///
/// # Errors
/// When the broker is away.
pub async fn list(
    bus: &Bus,
    _permit: &Permit<Administer>,
    after: u64,
    limit: usize,
) -> Result<Page<DeadLetter>> {
    dead_letters::list(bus, after, limit).await
}

/// Publishes a dead letter again under its subject and drops it here. All
/// consumers see it again, which their being idempotent allows.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) when there is none of that number, or when
/// the broker is away.
pub async fn replay(
    exchange: &Exchange,
    bus: &Bus,
    permit: &Permit<Administer>,
    sequence: u64,
) -> Result<()> {
    note(exchange, bus, permit, "replay dead letter", sequence).await?;
    dead_letters::replay(bus, sequence).await
}

/// Drops a dead letter.
///
/// # Errors
/// As [`replay`].
pub async fn discard(
    exchange: &Exchange,
    bus: &Bus,
    permit: &Permit<Administer>,
    sequence: u64,
) -> Result<()> {
    note(exchange, bus, permit, "discard dead letter", sequence).await?;
    dead_letters::discard(bus, sequence).await
}

/// Notes what is about to be done with a dead letter that there is.
async fn note(
    exchange: &Exchange,
    bus: &Bus,
    permit: &Permit<Administer>,
    act: &'static str,
    sequence: u64,
) -> Result<()> {
    dead_letters::check(bus, sequence).await?;
    Commit::new("note act")
        .audited(&Act {
            actor: permit.by().clone(),
            act,
            object: format!("dead-letter:{sequence}"),
            fields: &[],
            why: None,
            at: exchange.clock.now(),
        })?
        .run(&exchange.db)
        .await?;
    Ok(())
}
