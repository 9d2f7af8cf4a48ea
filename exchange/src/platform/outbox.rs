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
use domain::event::{Aggregate, Event};

/// Most events published at once.
const BATCH: usize = 500;
/// Shortest wait between two rounds. It is twice as long as the round was, so that the
/// relay has no more than a third of a core, but no longer than [`IDLE`].
const SHORTEST: Duration = Duration::from_millis(20);
/// How long the relay sleeps when nobody tells it of a commit, such as those
/// of other processes; or twenty times as long as it took to find nothing, which it does
/// past all that left the outbox lately, but no longer than [`LONGEST`].
const IDLE: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// Events are marked with the name of their aggregate. They are named by aggregate, id and
/// version, and so is their order in the index: a walk from the start of a mark has the
/// versions of a record in order and misses none before the last it has.
pub(crate) const UNSENT: &str =
    "SELECT subject, payload, trace FROM event WHERE unsent = $name LIMIT $limit";
/// Whatever is in the outbox.
pub(crate) const ANY: &str = "SELECT VALUE payload FROM event WHERE unsent > '' LIMIT $limit";

/// What leaves the outbox is counted ([`figures`](crate::figures)) and numbered
/// ([`feed`]), and so leaves it once.
const MARK_SENT: &str = "
    LET $taken = (UPDATE $sent SET unsent = NONE WHERE unsent != NONE RETURN VALUE id);
    IF array::len($taken) != $count { THROW 'STALE' }";

/// Marks of before migration 0013: while a new version is rolled out, old processes make
/// them.
const OLD: &str = "SELECT VALUE 1 FROM event WHERE unsent = true LIMIT 1";
const RENEW: &str = "UPDATE event SET unsent = record::id(id)[0] WHERE unsent = true RETURN NONE";

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
    let mut batches = Batches::default();
    while !stop.is_cancelled() {
        let is_ours = match &mut lease {
            Some(lease) => lease.is_held().await,
            None => false,
        };
        if !is_ours {
            // Whoever it is now has them published again, under the same message ids.
            batches.stored.clear();
            wake_others(db, bus, stop).await;
            continue;
        }
        let begun = Instant::now();
        let (pause, is_idle) = match turn(db, bus, &mut batches).await {
            Ok(0) => ((20 * begun.elapsed()).clamp(IDLE, LONGEST), true),
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
    if let Err(error) = mark_sent(db, &batches.stored).await {
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
    let mut batches = Batches::default();
    let found = turn(db, bus, &mut batches).await?;
    mark_sent(db, &batches.stored).await?;
    Ok(found)
}

/// What the relay remembers from batch to batch.
#[derive(Default)]
struct Batches {
    /// Events that the broker has stored and that are still in the outbox.
    stored: Vec<Event>,
    /// Which of [`Aggregate::ALL`] is read first.
    first: usize,
}

/// Publishes a batch while that before it is taken out of the outbox, which is most of
/// the work. A batch that is followed by another is left for the next turn.
async fn turn(db: &Db, bus: &Bus, batches: &mut Batches) -> Result<usize, Error> {
    let before = std::mem::take(&mut batches.stored);
    let (sent, marked) = tokio::join!(
        send(db, bus, &before, &mut batches.first),
        mark_sent(db, &before)
    );
    let (sent, marked) = (sent?, marked?);
    if !marked {
        // Of what was left there may be versions before these, which are counted first.
        return Ok(sent.found);
    }
    if sent.found < BATCH || sent.failed.is_some() {
        mark_sent(db, &sent.stored).await?;
    } else {
        batches.stored = sent.stored;
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

/// Reads a batch of what is in the outbox besides `before`. Aggregates take turns: the
/// next batch begins with what comes after the one that had no room in this.
async fn waiting(
    db: &Db,
    before: &[Event],
    first: &mut usize,
) -> Result<Vec<(Event, Unsent)>, Error> {
    db.transact_while("renew marks", OLD, RENEW, &vars! {})
        .await?;
    let all = Aggregate::ALL;
    let mut waiting: Vec<(Event, Unsent)> = Vec::new();
    for index in (*first..*first + all.len()).map(|index| index % all.len()) {
        let of = |event: &&Event| event.aggregate == all[index];
        let passed: HashSet<String> = before.iter().filter(of).map(Event::message_id).collect();
        let limit = passed.len() + BATCH - waiting.len();
        let vars = vars! { name => all[index].name().to_owned(), limit => limit as i64 };
        for unsent in db.read(UNSENT, vars).await?.many::<Unsent>()? {
            let event: Event = serde_json::from_str(&unsent.payload).map_err(Error::internal)?;
            if !passed.contains(&event.message_id()) {
                waiting.push((event, unsent));
            }
        }
        if waiting.len() >= BATCH {
            waiting.truncate(BATCH);
            *first = index + 1;
            break;
        }
    }
    Ok(waiting)
}

/// Publishes a batch of what is in the outbox besides `before`.
async fn send(db: &Db, bus: &Bus, before: &[Event], first: &mut usize) -> Result<Sent, Error> {
    let mut waiting = waiting(db, before, first).await?;
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
    use domain::event::{Data, Verb};
    use tempfile::TempDir;

    use super::*;
    use crate::{
        Exchange, fixtures,
        platform::{bus::Broker, commit::Commit, nats_server::NatsServer},
    };

    struct World {
        exchange: Exchange,
        bus: Bus,
        _broker: (NatsServer, TempDir),
    }

    /// With `listed` tickets, each of which has two events.
    async fn world(listed: usize) -> World {
        let folder = TempDir::new().expect("a folder");
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
        for _ in 0..listed {
            fixtures::listed(&exchange).await;
        }
        World {
            exchange,
            bus,
            _broker: (server, folder),
        }
    }

    impl World {
        async fn turn(&self, batches: &mut Batches) -> usize {
            turn(&self.exchange.db, &self.bus, batches)
                .await
                .expect("sends")
        }

        /// What is in the outbox.
        async fn unsent(&self) -> Vec<Event> {
            let vars = vars! { limit => 10 * BATCH as i64 };
            let mut rows = self.exchange.db.read(ANY, vars).await.expect("reads");
            rows.many::<String>()
                .expect("rows")
                .iter()
                .map(|payload| serde_json::from_str(payload).expect("an event"))
                .collect()
        }
    }

    /// Or feeds would have a version before the one before it.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_taken_before_what_another_relay_left() {
        let world = world(BATCH / 2 + 1).await;
        let all = world.unsent().await.len();
        assert!(all > BATCH);
        let mut batches = Batches::default();
        assert_eq!(world.turn(&mut batches).await, BATCH);
        let left = (batches.stored.len(), world.unsent().await.len());
        assert_eq!(left, (BATCH, all));
        let another = mark_sent(&world.exchange.db, &batches.stored[..1]).await;
        assert!(another.expect("takes"));
        world.turn(&mut batches).await;
        let left = (batches.stored.len(), world.unsent().await.len());
        assert_eq!(left, (0, all - 1));
        while world.turn(&mut batches).await > 0 {}
        let left = (batches.stored.len(), world.unsent().await.len());
        assert_eq!(left, (0, 0));
    }

    /// As a process of before migration 0013 marks it, while nothing else happens.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_an_old_process_leaves_is_sent() {
        let world = world(1).await;
        let old = "UPDATE event SET unsent = true";
        let marked = world.exchange.db.transact("as before", old, vars! {}).await;
        marked.expect("writes");
        assert_eq!(world.turn(&mut Batches::default()).await, 2);
        let left = "SELECT VALUE 1 FROM event WHERE unsent != NONE";
        let left = world.exchange.db.read(left, vars! {}).await;
        assert_eq!(left.expect("reads").many::<i64>().expect("rows").len(), 0);
    }

    /// Or what comes first by name would leave nothing for the others under load.
    #[tokio::test(flavor = "multi_thread")]
    async fn aggregates_take_turns() {
        let world = world(BATCH + 1).await;
        let user = |number: usize| Event {
            aggregate: Aggregate::User,
            id: format!("{number:026}"),
            version: 1,
            verb: Verb::Created,
            at: world.exchange.clock.now(),
            data: Data::User {
                change: None,
                link: None,
            },
        };
        let commit = (0..2 * BATCH).try_fold(Commit::new("add"), |commit, number| {
            commit.event(&user(number))
        });
        let commit = commit.expect("writes").run(&world.exchange.db).await;
        commit.expect("commits");
        let mut batches = Batches::default();
        let mut sent = Vec::new();
        for _ in 0..4 {
            assert_eq!(world.turn(&mut batches).await, BATCH);
            let stored = batches.stored.iter().map(|event| event.aggregate);
            sent.push(stored.collect::<HashSet<_>>());
        }
        let of = |aggregate| HashSet::from([aggregate]);
        let turns = [Aggregate::Ticket, Aggregate::User].map(of);
        assert_eq!(sent, [turns.clone(), turns].concat());
    }
}
