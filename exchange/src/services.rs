//! The services that act by themselves: on events, on timers, periodically.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    Exchange, Result, expiration, market, moderation, orders, payments,
    platform::{bus::Bus, consumer, outbox},
    vars,
};

/// How often the sweep looks for what timers and events have missed.
const SWEEP: Duration = Duration::from_secs(1);
/// How long the sweep leaves a due hold to its timer.
const TIMER_HEAD_START: Duration = Duration::from_secs(1);
/// How long an open payment is left to the browser, the webhook and the event.
const PAYMENT_HEAD_START: Duration = Duration::from_secs(10);
/// Most records of a kind that one sweep deals with.
const BATCH: usize = 1_000;
/// How many of them at once.
const AT_ONCE: usize = 64;
/// How long it is remembered what a consumer has processed: longer than the
/// broker keeps the events.
const PROCESSED_MILLIS: i64 = 40 * 24 * 3_600 * 1_000;

/// Catches up with what became due while nobody was there: to be awaited
/// before the deployment says that it is ready.
///
/// # Errors
/// Only when the database is away.
pub async fn catch_up(exchange: &Exchange) -> Result<()> {
    while expire_overdue(exchange, Duration::ZERO).await? == BATCH {}
    Ok(())
}

/// Runs every service until `stop`; `bus` may be away.
pub async fn run(exchange: Exchange, bus: Bus, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    tasks.spawn(sweep(exchange.clone(), stop.clone()));
    prepare(&bus, &stop).await;
    tasks.spawn(outbox::run(exchange.db.clone(), bus.clone(), stop.clone()));
    tasks.spawn(consumer::run(
        Arc::new(moderation::Judge {
            exchange: exchange.clone(),
        }),
        bus.clone(),
        stop.clone(),
    ));
    tasks.spawn(consumer::run(
        Arc::new(expiration::Timers {
            exchange: exchange.clone(),
            bus: bus.clone(),
        }),
        bus.clone(),
        stop.clone(),
    ));
    tasks.spawn(consumer::run(
        Arc::new(orders::handlers::Expiry {
            exchange: exchange.clone(),
            bus: bus.clone(),
        }),
        bus.clone(),
        stop.clone(),
    ));
    tasks.spawn(consumer::run(
        Arc::new(payments::handlers::Payments { exchange }),
        bus,
        stop.clone(),
    ));
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a service ended");
        }
    }
}

async fn prepare(bus: &Bus, stop: &CancellationToken) {
    while let Err(error) = bus.prepare().await {
        tracing::warn!(%error, "waiting for the broker");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(300)) => {}
        }
    }
}

/// The safety net: whatever is due or open in the records gets done, whether
/// or not a timer or an event says so.
async fn sweep(exchange: Exchange, stop: CancellationToken) {
    let mut payments_quiet = Duration::ZERO;
    loop {
        let round = async {
            expire_overdue(&exchange, TIMER_HEAD_START).await?;
            end_begun(&exchange).await?;
            payments::resume(&exchange, payments_quiet).await?;
            forget(&exchange).await
        };
        match round.await {
            // At the start whatever is open was left by an earlier process.
            Ok(()) => payments_quiet = PAYMENT_HEAD_START,
            Err(error) => tracing::warn!(%error, "sweep"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

async fn expire_overdue(exchange: &Exchange, head_start: Duration) -> Result<usize> {
    let overdue =
        orders::store::overdue(&exchange.db, exchange.clock.ago(head_start), BATCH).await?;
    let found = overdue.len();
    stream::iter(overdue)
        .for_each_concurrent(AT_ONCE, async |order| {
            if let Err(error) = orders::expire(exchange, &order).await {
                tracing::warn!(%order, %error, "hold not ended");
            }
        })
        .await;
    Ok(found)
}

async fn end_begun(exchange: &Exchange) -> Result<()> {
    for ticket in market::begun(&exchange.db, exchange.clock.now(), BATCH).await? {
        market::end(exchange, &ticket).await?;
    }
    Ok(())
}

async fn forget(exchange: &Exchange) -> Result<()> {
    let now = exchange.clock.now().millis();
    let sql = "DELETE session WHERE expires_at <= $now; DELETE processed WHERE at <= $old";
    Ok(exchange
        .db
        .transact(
            "forget",
            sql,
            vars! { now => now, old => now - PROCESSED_MILLIS },
        )
        .await?)
}
