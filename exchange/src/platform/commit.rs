//! One commit of the exchange: new states of records, each guarded on the
//! version it was decided on, with their events.
//!
//! Operations read records, let `domain` decide, and put the results in a
//! [`Commit`]. Whoever commits second finds a version gone by and decides
//! again. That a change has its event, and that versions go up by one, is so
//! because there is no other way to write a ticket, an order or a payment.

use domain::{
    Timestamp,
    event::{Aggregate, Event},
    hold::HoldQuota,
    ledger::Entry,
    moderation::Case,
    order::Order,
    payment::Payment,
    permission::Actor,
    ticket::Ticket,
};
use surrealdb::types::{Object, RecordId, RecordIdKey, SurrealValue, Value};

use super::{
    db::{Db, TxError, Vars, fields, record},
    trace,
};
use crate::{Error, audit::Act, figures, payments, vars};

/// A record changed since it was read, or is being changed: read it again.
const STALE: &str = "STALE";

/// Every write of the exchange is this one transaction. A record that another
/// commit changes after its version was read here is a conflict, because this
/// one writes it too. What is written anew is deleted before it is created.
const STATEMENTS: &str = "
    IF (SELECT VALUE version FROM $changed) != $versions { THROW 'STALE' };
    FOR $update IN $updates { UPDATE $update.record CONTENT $update.fields RETURN NONE; };
    FOR $record IN $deletes { DELETE $record; };
    FOR $record IN $creates { INSERT $record; };
    INSERT INTO event $events RETURN NONE";
/// Has an account's webhooks looked at, and guards what was decided on its feed.
const LOOK: &str = "
    IF (SELECT VALUE looks FROM ONLY $feed) != $looks { THROW 'STALE' };
    UPDATE $feed SET look_at = 0, looks += 1 RETURN NONE;";
/// What guards it, for the negative control of the tests.
#[cfg(test)]
pub(super) const GUARD: &str = "!= $versions";

/// Why a commit did not happen.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody changed a record meanwhile: decide again.
    #[error("a record changed meanwhile")]
    Stale,
    /// The message was processed before.
    #[error("processed already")]
    Processed,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Where nothing is decided anew: another attempt may find the record free.
impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Failed(error) => error,
            other => Self::Unavailable("the record", other.into()),
        }
    }
}

/// A commit in the making.
pub struct Commit {
    name: &'static str,
    changed: Vec<Value>,
    versions: Vec<Value>,
    updates: Vec<Value>,
    creates: Vec<Value>,
    deletes: Vec<Value>,
    events: Vec<Value>,
    /// Records that are written and read often.
    often: Vec<(&'static str, Option<String>)>,
    /// Tickets that are written, for the market.
    tickets: Vec<Ticket>,
    /// The feed that is looked at, and how often it was when this was decided.
    feed: Option<(RecordId, i64)>,
    once: bool,
}

impl Commit {
    /// An empty commit; `name` is for the log.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            changed: Vec::new(),
            versions: Vec::new(),
            updates: Vec::new(),
            creates: Vec::new(),
            deletes: Vec::new(),
            events: Vec::new(),
            often: Vec::new(),
            tickets: Vec::new(),
            feed: None,
            once: false,
        }
    }

    /// `ticket` as it is from now on, decided on `before`; the market follows.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn ticket(mut self, before: Option<&Ticket>, ticket: &Ticket) -> Result<Self, Error> {
        let mut row = fields(ticket)?;
        row.insert("rank".to_owned(), ticket.id.rank().into_value());
        let begins_at = ticket.content.starts_at.map_or(i64::MAX, Timestamp::millis);
        row.insert("begins_at".to_owned(), begins_at.into_value());
        self.write(
            "ticket",
            ticket.id.as_str(),
            before.map(|ticket| ticket.version),
            row,
        );
        self.tickets.push(ticket.clone());
        self.event(&Event::of_ticket(ticket))
    }

    /// `order` as it is from now on, decided on `before`.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn order(mut self, before: Option<&Order>, order: &Order) -> Result<Self, Error> {
        let mut row = fields(order)?;
        row.insert("rank".to_owned(), order.id.rank().into_value());
        row.insert("due_at".to_owned(), order.due_at().millis().into_value());
        self.write(
            "ticket_order",
            order.id.as_str(),
            before.map(|order| order.version),
            row,
        );
        self.event(&Event::of_order(before, order))
    }

    /// `payment` as it is from now on, decided on `before`.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn payment(mut self, before: Option<&Payment>, payment: &Payment) -> Result<Self, Error> {
        let mut row = fields(payment)?;
        row.insert("open".to_owned(), payment.status.is_open().into_value());
        row.insert(
            "look_at".to_owned(),
            payments::look_at(payment).into_value(),
        );
        self.write(
            "payment",
            payment.id.as_str(),
            before.map(|payment| payment.version),
            row,
        );
        self.event(&Event::of_payment(before, payment))
    }

    /// `case` as it is from now on, decided on `before`.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn case(mut self, before: Option<&Case>, case: &Case) -> Result<Self, Error> {
        let mut row = fields(case)?;
        row.insert("rank".to_owned(), case.id.to_string().into_value());
        self.write(
            "moderation_case",
            case.id.as_str(),
            before.map(|case| case.version),
            row,
        );
        self.event(&Event::of_case(case))
    }

    /// `quota` as it is from now on.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn quota(mut self, quota: &HoldQuota) -> Result<Self, Error> {
        let before = quota.version.checked_sub(1).filter(|version| *version > 0);
        self.write("hold_quota", quota.id.as_str(), before, fields(quota)?);
        Ok(self)
    }

    /// An entry of the ledger.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn ledger(self, entry: &Entry) -> Result<Self, Error> {
        let mut row = fields(entry)?;
        row.insert("uncounted".to_owned(), true.into_value());
        self.create("ledger", figures::entry_key(entry), row)
            .audited(&Act {
                actor: Actor::Exchange,
                act: entry.kind.name(),
                object: format!("order:{}", entry.order),
                fields: &["ledger"],
                why: None,
                at: entry.at,
            })
    }

    /// Notes in the audit trail what is done by this.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn audited(self, act: &Act) -> Result<Self, Error> {
        let entry = act.entry();
        let mut row = fields(&entry)?;
        row.insert("unsealed".to_owned(), true.into_value());
        Ok(self.create("audit", entry.id, row))
    }

    /// A record of a kind that has no method of its own here, changed since
    /// version `before`.
    #[must_use]
    pub fn update(mut self, table: &str, key: &str, before: u32, row: Object) -> Self {
        if table == "user" {
            self.often.push(("user", Some(key.to_owned())));
        }
        self.write(table, key, Some(before), row);
        self
    }

    /// A new record that has no versions of its own.
    #[must_use]
    pub fn create(mut self, table: &str, key: impl Into<RecordIdKey>, row: Object) -> Self {
        self.creates.push(with_id(table, key, row));
        self
    }

    /// A record that there is no longer.
    #[must_use]
    pub fn delete(mut self, table: &str, key: impl Into<RecordIdKey>) -> Self {
        self.deletes.push(record(table, key).into_value());
        self
    }

    /// Has the webhooks of an account looked at. It was decided when that had been asked
    /// for `looks` times, as whatever is numbered asks for it.
    #[must_use]
    pub(crate) fn looked(mut self, feed: RecordId, looks: i64) -> Self {
        self.feed = Some((feed, looks));
        self
    }

    /// An event that [`Commit`] does not derive itself.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn event(mut self, event: &Event) -> Result<Self, Error> {
        let payload = serde_json::to_string(event).map_err(Error::internal)?;
        let key = event_key(event.aggregate, &event.id, event.version);
        let mut row = Object::from_iter([
            ("subject".to_owned(), event.subject().into_value()),
            ("payload".to_owned(), payload.into_value()),
            ("unsent".to_owned(), event.aggregate.name().into_value()),
        ]);
        if let Some(trace) = trace::current() {
            row.insert("trace".to_owned(), trace.into_value());
        }
        self.events.push(with_id("event", key, row));
        Ok(self)
    }

    /// The commit is the effect of a message on `consumer`: it happens once,
    /// however often the message comes.
    #[must_use]
    pub fn once(mut self, consumer: &'static str, message_id: &str, at: domain::Timestamp) -> Self {
        self.once = true;
        self.create(
            "processed",
            processed(consumer, message_id).key,
            Object::from_iter([("at".to_owned(), at.millis().into_value())]),
        )
    }

    fn write(&mut self, table: &str, key: &str, before: Option<u32>, row: Object) {
        match before {
            None => self.creates.push(with_id(table, key, row)),
            Some(version) => {
                let record = record(table, key).into_value();
                self.changed.push(record.clone());
                self.versions.push(version.into_value());
                self.updates.push(Value::Object(Object::from_iter([
                    ("record".to_owned(), record),
                    ("fields".to_owned(), Value::Object(row)),
                ])));
            }
        }
    }

    /// Commits all of it, or nothing.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written.
    pub async fn run(self, db: &Db) -> Result<(), CommitError> {
        let once = self.once;
        #[cfg(not(test))]
        let statements = STATEMENTS;
        #[cfg(test)]
        let statements = &*db.guard(STATEMENTS);
        let mut vars: Vars = vars! {
            changed => self.changed, versions => self.versions, updates => self.updates,
            creates => self.creates, deletes => self.deletes, events => self.events,
        };
        let looking;
        let statements = match self.feed {
            None => statements,
            Some((feed, looks)) => {
                vars.extend(vars! { feed => feed, looks => looks });
                looking = format!("{LOOK}{statements}");
                &looking
            }
        };
        db.commit(self.name, statements, vars, self.often, self.tickets)
            .await
            .map_err(|error| match error {
                TxError::Thrown(code) if code == STALE => CommitError::Stale,
                TxError::Exists if once => CommitError::Processed,
                // Two made the same first version of a record.
                TxError::Exists => CommitError::Stale,
                error => CommitError::Failed(error.into()),
            })
    }
}

fn with_id(table: &str, key: impl Into<RecordIdKey>, mut row: Object) -> Value {
    row.insert("id".to_owned(), record(table, key).into_value());
    Value::Object(row)
}

/// What notes that `consumer` has processed a message.
#[must_use]
pub fn processed(consumer: &str, message_id: &str) -> RecordId {
    let key = vec![
        consumer.to_owned().into_value(),
        message_id.to_owned().into_value(),
    ];
    record("processed", RecordIdKey::Array(key.into()))
}

/// The key of an event.
#[must_use]
pub fn event_key(aggregate: Aggregate, id: &str, version: u32) -> RecordIdKey {
    RecordIdKey::Array(
        vec![
            aggregate.name().to_owned().into_value(),
            id.to_owned().into_value(),
            version.into_value(),
        ]
        .into(),
    )
}

/// How often an operation that finds its records changed decides again, and
/// how long it waits before.
///
/// Every round somebody else has committed, so the wait only spreads the
/// competitors.
pub(crate) struct Rounds(u32);

impl Rounds {
    const MOST: u32 = 40;

    pub(crate) const fn new() -> Self {
        Self(0)
    }

    /// Waits for the next round.
    ///
    /// # Errors
    /// [`Error::Unavailable`] after too many.
    pub(crate) async fn next(&mut self, stale: CommitError) -> Result<(), Error> {
        match stale {
            CommitError::Stale => self.again().await,
            over => Err(over.into()),
        }
    }

    /// As [`Rounds::next`], where a step was taken and the next one follows.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn again(&mut self) -> Result<(), Error> {
        if self.0 == Self::MOST {
            return Err(CommitError::Stale.into());
        }
        self.0 += 1;
        let ceiling = 3 * u64::from(self.0.min(10));
        tokio::time::sleep(std::time::Duration::from_millis(rand::random_range(
            0..=ceiling,
        )))
        .await;
        Ok(())
    }
}
