//! The relay: from the outbox to JetStream.
//!
//! An event is written in the commit that it is about, so none is lost; it is
//! published under its message id, so none counts twice; and no version of an
//! aggregate is sent before the one before it is stored.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use serde::Deserialize;
use surrealdb::types::SurrealValue;
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    bus::{Bus, away},
    commit::event_key,
    db::{Db, TxError, record},
    lease::Lease,
};
use crate::{
    Error,
    feed::{self, NUMBER},
    figures::{ADD, Sums},
    vars,
};
use domain::event::Event;

/// Most events published at once.
const BATCH: usize = 500;
/// Shortest wait between two rounds. It is twice as long as the round was, so that the
/// relay has no more than a third of a core, but no longer than [`IDLE`].
const SHORTEST: Duration = Duration::from_millis(20);
/// How long the relay sleeps when nobody tells it of a commit, such as those
/// of other processes.
const IDLE: Duration = Duration::from_millis(500);

/// Events are named by aggregate and version, and so is their order in the
/// index: a walk from its start has the versions of an aggregate in order and
/// misses none before the last it has.
pub(crate) const UNSENT: &str =
    "SELECT subject, payload, trace FROM event WHERE unsent = true LIMIT $limit";

/// What leaves the outbox is counted ([`figures`](crate::figures)) and numbered
/// ([`feed`]), and so leaves it once.
const MARK_SENT: &str = "
    LET $taken = (UPDATE $sent SET unsent = NONE WHERE unsent = true RETURN VALUE id);
    IF array::len($taken) != $count { THROW 'STALE' }";

/// A commit of the relay's own.
const REACH: &str = "UPSERT relay:one SET rounds = (rounds OR 0) + 1 RETURN NONE";

#[derive(Deserialize)]
struct Unsent {
    subject: String,
    payload: String,
    /// Of what the commit was part.
    #[serde(default)]
    trace: Option<String>,
}

/// Publishes until `stop`, while it is ours to do; `lease` is none where it never is.
pub async fn run(db: Db, bus: Bus, lease: Option<Lease>, stop: CancellationToken) {
    let woken = Notify::new();
    let relays = lease.is_some() && db.is_shared();
    tokio::select! {
        () = relay(&db, &bus, lease, &woken, &stop) => {}
        () = listen(&bus, &woken), if relays => {}
    }
}

async fn relay(
    db: &Db,
    bus: &Bus,
    mut lease: Option<Lease>,
    woken: &Notify,
    stop: &CancellationToken,
) {
    let mut stored = Vec::new();
    while !stop.is_cancelled() {
        let is_ours = match &mut lease {
            Some(lease) => lease.is_held().await,
            None => false,
        };
        if !is_ours {
            // Whoever it is now has them published again, under the same message ids.
            stored.clear();
            wake_others(db, bus, stop).await;
            continue;
        }
        let begun = Instant::now();
        let (pause, is_idle) = match turn(db, bus, &mut stored).await {
            Ok(0) => (IDLE, true),
            Ok(BATCH) => (Duration::ZERO, false),
            // Many commits go in one round: a round is a walk of the index, past all
            // that left it lately, and two transactions.
            Ok(_) => ((2 * begun.elapsed()).clamp(SHORTEST, IDLE), false),
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error).map(ToString::to_string), "events wait in the outbox");
                // Another process may reach the broker.
                if let Some(lease) = &mut lease {
                    lease.give_up().await;
                }
                (IDLE, true)
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = db.written().notified(), if is_idle => {}
            () = woken.notified(), if is_idle => {}
            () = sleep(pause) => {}
        }
    }
    if let Err(error) = mark_sent(db, &stored).await {
        tracing::warn!(%error, "events that were published stay in the outbox");
    }
    if let Some(mut lease) = lease {
        lease.give_up().await;
    }
}

/// Tells who relays of what is written here; returns from time to time.
async fn wake_others(db: &Db, bus: &Bus, stop: &CancellationToken) {
    let told = async {
        db.written().notified().await;
        bus.wake_relays().await;
        // Many commits are told at once.
        sleep(SHORTEST).await;
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = told => {}
        () = sleep(IDLE) => {}
    }
}

/// Passes on what other processes say.
async fn listen(bus: &Bus, woken: &Notify) {
    loop {
        if let Ok(mut said) = bus.woken().await {
            while said.next().await.is_some() {
                woken.notify_one();
            }
        }
        sleep(IDLE).await;
    }
}

/// Publishes a batch and returns how many events it had.
///
/// # Errors
/// When the database or the broker is away; what was stored by the broker may then be
/// published again later, under the same message id.
pub async fn publish_some(db: &Db, bus: &Bus) -> Result<usize, Error> {
    let mut stored = Vec::new();
    let found = turn(db, bus, &mut stored).await?;
    mark_sent(db, &stored).await?;
    Ok(found)
}

/// Publishes a batch while that before it, which the broker has `stored`, is taken out
/// of the outbox, which is most of the work. A batch that is followed by another is
/// left in `stored` for the next turn.
async fn turn(db: &Db, bus: &Bus, stored: &mut Vec<Event>) -> Result<usize, Error> {
    let before = std::mem::take(stored);
    let (sent, marked) = tokio::join!(send(db, bus, &before), mark_sent(db, &before));
    let (sent, marked) = (sent?, marked?);
    if !marked {
        // Of what was left there may be versions before these, which are counted first.
        return Ok(sent.found);
    }
    if sent.found < BATCH || sent.failed.is_some() {
        mark_sent(db, &sent.stored).await?;
    } else {
        *stored = sent.stored;
    }
    sent.failed.map_or(Ok(sent.found), Err)
}

/// What became of a batch.
#[derive(Default)]
struct Sent {
    /// How many events it had.
    found: usize,
    /// Those that the broker has stored.
    stored: Vec<Event>,
    /// Why not all of them.
    failed: Option<Error>,
}

/// Publishes a batch of what is in the outbox besides `before`.
async fn send(db: &Db, bus: &Bus, before: &[Event]) -> Result<Sent, Error> {
    let passed: HashSet<String> = before.iter().map(Event::message_id).collect();
    let limit = before.len() + BATCH;
    let rows = db.read(UNSENT, vars! { limit => limit as i64 }).await?;
    let mut waiting: Vec<(Event, Unsent)> = Vec::new();
    for unsent in { rows }.many::<Unsent>()? {
        let event: Event = serde_json::from_str(&unsent.payload).map_err(Error::internal)?;
        if !passed.contains(&event.message_id()) {
            waiting.push((event, unsent));
        }
    }
    waiting.truncate(BATCH);
    let mut sent = Sent {
        found: waiting.len(),
        ..Sent::default()
    };
    if sent.found == 0 {
        return Ok(sent);
    }
    // What can be read may not be on the disk yet, and a crash would undo it: a commit
    // of our own returns when all before it is there.
    db.transact("reach the disk", REACH, vars! {}).await?;
    // In each round goes the first waiting version of every aggregate.
    while !waiting.is_empty() && sent.failed.is_none() {
        let mut round = Vec::new();
        let mut later: Vec<(Event, Unsent)> = Vec::new();
        for (event, unsent) in waiting {
            let follows = round.last().is_some_and(|(before, _): &(Event, Unsent)| {
                before.aggregate == event.aggregate && before.id == event.id
            });
            if follows {
                later.push((event, unsent))
            } else {
                round.push((event, unsent))
            }
        }
        match publish(bus, round).await {
            Ok(events) => sent.stored.extend(events),
            Err(error) => sent.failed = Some(error),
        }
        waiting = later;
    }
    Ok(sent)
}

/// Publishes a round; returns its events when the broker has stored all of them.
async fn publish(bus: &Bus, round: Vec<(Event, Unsent)>) -> Result<Vec<Event>, Error> {
    let mut events = Vec::with_capacity(round.len());
    let mut receipts = Vec::with_capacity(round.len());
    for (event, unsent) in round {
        let payload = unsent.payload.into_bytes();
        let sent = bus
            .send(
                unsent.subject,
                &event.message_id(),
                payload,
                unsent.trace.as_deref(),
            )
            .await?;
        receipts.push(sent.into_future());
        events.push(event);
    }
    for receipt in join_all(receipts).await {
        receipt.map_err(away)?;
    }
    Ok(events)
}

/// Takes what was published out of the outbox. Returns false when another relay has
/// taken some of it meanwhile: then all of it is left, and a later batch has the others.
async fn mark_sent(db: &Db, stored: &[Event]) -> Result<bool, Error> {
    if stored.is_empty() {
        return Ok(true);
    }
    let told = feed::rows(db, stored).await?;
    let mut sums = Sums::default();
    let mut sent = Vec::with_capacity(stored.len());
    for event in stored {
        sums.event(event);
        let key = event_key(event.aggregate, &event.id, event.version);
        sent.push(record("event", key).into_value());
    }
    let (days, sellers) = sums.rows()?;
    let sql = format!("{MARK_SENT};{ADD};{NUMBER}");
    let vars = vars! {
        count => sent.len() as i64, sent => sent, days => days, sellers => sellers, told => told,
    };
    match db.transact("mark sent", &sql, vars).await {
        Ok(()) => Ok(true),
        Err(TxError::Thrown(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixtures, platform::bus::Broker, platform::nats_server::NatsServer};

    /// Or feeds would have a version before the one before it.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_taken_before_what_another_relay_left() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let program = std::env::var_os("NATS_SERVER").unwrap_or_else(|| "nats-server".into());
        let server = NatsServer::start(program.as_ref(), folder.path())
            .await
            .expect("a broker");
        let broker = Broker::at(&server.url()).expect("an address");
        let bus = Bus::connect(&broker).await.expect("connects");
        let kept = Duration::from_secs(3_600);
        while bus.prepare(kept).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let db = &exchange.db;
        for _ in 0..=BATCH / 2 {
            fixtures::listed(&exchange).await;
        }
        let unsent = async || {
            let rows = db.read(UNSENT, vars! { limit => 2 * BATCH as i64 });
            rows.await
                .expect("reads")
                .many::<Unsent>()
                .expect("rows")
                .len()
        };
        let all = unsent().await;
        assert!(all > BATCH);
        let mut stored = Vec::new();
        assert_eq!(turn(db, &bus, &mut stored).await.expect("sends"), BATCH);
        assert_eq!((stored.len(), unsent().await), (BATCH, all));
        assert!(mark_sent(db, &stored[..1]).await.expect("another's"));
        turn(db, &bus, &mut stored).await.expect("sends");
        assert_eq!((stored.len(), unsent().await), (0, all - 1));
        while turn(db, &bus, &mut stored).await.expect("sends") > 0 {}
        assert_eq!((stored.len(), unsent().await), (0, 0));
    }
}
