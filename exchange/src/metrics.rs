//! What is measured, by the names under which Prometheus knows it. Every process
//! measures its own work; what is in the database or at the broker is read when
//! somebody asks ([`read`]).

use std::time::{Duration, Instant};

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use domain::permission::{Administer, Permit};

use crate::{
    Exchange,
    administration::health::{self, Health},
    platform::bus::Bus,
};

const TRANSACTIONS: &str = "exchange_transactions_total";
const TRANSACTION_SECONDS: &str = "exchange_transaction_seconds";
const CONFLICTS: &str = "exchange_transaction_conflicts_total";
const MESSAGES: &str = "exchange_messages_total";
const MESSAGE_SECONDS: &str = "exchange_message_seconds";
const STRIPE_SECONDS: &str = "exchange_stripe_seconds";
const DELIVERIES: &str = "exchange_webhook_deliveries_total";
const PART_UP: &str = "exchange_part_up";
const OUTBOX_UNSENT: &str = "exchange_outbox_unsent";
const OUTBOX_AGE: &str = "exchange_outbox_oldest_seconds";
const CONSUMER_WAITING: &str = "exchange_consumer_waiting";
const CONSUMER_UNFINISHED: &str = "exchange_consumer_unfinished";
const DEAD_LETTERS: &str = "exchange_dead_letters";
const HOLDS: &str = "exchange_holds";
const LISTED: &str = "exchange_listed";
const MISMATCHES: &str = "exchange_payment_mismatches";

/// Tells the recorder what each of them is.
pub fn describe() {
    describe_counter!(
        TRANSACTIONS,
        "Transactions, by name and outcome: committed, refused, exists, conflict, failed"
    );
    describe_histogram!(
        TRANSACTION_SECONDS,
        "How long a transaction took with all its attempts"
    );
    describe_counter!(
        CONFLICTS,
        "Attempts at a transaction that conflicted with another and were made again"
    );
    describe_counter!(
        MESSAGES,
        "Messages, by consumer and outcome: done, later, failed, dead"
    );
    describe_histogram!(MESSAGE_SECONDS, "How long a message took");
    describe_histogram!(
        STRIPE_SECONDS,
        "How long Stripe took to answer, by call and outcome: done, away, broken, refused"
    );
    describe_counter!(
        DELIVERIES,
        "Messages to webhooks of accounts, by outcome: done, failed"
    );
    for outcome in ["done", "failed"] {
        counter!(DELIVERIES, "outcome" => outcome).increment(0);
    }
    describe_gauge!(PART_UP, "Whether a part answers: database, broker");
    describe_gauge!(
        OUTBOX_UNSENT,
        "Events that the broker has not got yet; more than 1,000 are not counted"
    );
    describe_gauge!(
        OUTBOX_AGE,
        "How old the oldest of the first 1,000 of them is"
    );
    describe_gauge!(
        CONSUMER_WAITING,
        "Messages that a consumer has not been given yet"
    );
    describe_gauge!(
        CONSUMER_UNFINISHED,
        "Messages that it was given and has not finished with"
    );
    describe_gauge!(
        DEAD_LETTERS,
        "Messages that nobody could process, and that nobody has seen to"
    );
    describe_gauge!(HOLDS, "Reservations that are not paid");
    describe_gauge!(LISTED, "Tickets on the market of this process");
    describe_gauge!(
        MISMATCHES,
        "Payments that a person has to see to, by the reconciler's last look"
    );
    mismatches(0);
}

/// Notes how a transaction went, from `begun` on.
pub(crate) fn transaction(name: &'static str, outcome: &'static str, begun: Instant) {
    counter!(TRANSACTIONS, "transaction" => name, "outcome" => outcome).increment(1);
    // An alarm looks for their increase: they are there before the first.
    counter!(TRANSACTIONS, "transaction" => name, "outcome" => "conflict").increment(0);
    counter!(CONFLICTS, "transaction" => name).increment(0);
    histogram!(TRANSACTION_SECONDS, "transaction" => name).record(begun.elapsed());
}

/// Notes that an attempt at it conflicted.
pub(crate) fn conflict(name: &'static str) {
    counter!(CONFLICTS, "transaction" => name).increment(1);
}

/// Notes what became of a message.
pub(crate) fn message(consumer: &'static str, outcome: &'static str, begun: Instant) {
    counter!(MESSAGES, "consumer" => consumer, "outcome" => outcome).increment(1);
    histogram!(MESSAGE_SECONDS, "consumer" => consumer).record(begun.elapsed());
}

/// Notes how Stripe answered a call.
pub(crate) fn stripe(call: &'static str, outcome: &'static str, begun: Instant) {
    histogram!(STRIPE_SECONDS, "call" => call, "outcome" => outcome).record(begun.elapsed());
}

/// Notes whether somebody's program accepted a message.
pub(crate) fn delivery(is_done: bool) {
    let outcome = if is_done { "done" } else { "failed" };
    counter!(DELIVERIES, "outcome" => outcome).increment(1);
}

/// Notes how many payments need a person. Not how many more: the first look comes before
/// anybody has asked for a number that could have grown.
pub(crate) fn mismatches(count: usize) {
    gauge!(MISMATCHES).set(self::count(count));
}

/// Reads how things stand in the database and at the broker. What cannot be read now
/// keeps its last value, and its part is down.
pub async fn read(exchange: &Exchange, bus: &Bus, permit: &Permit<Administer>) {
    let Health {
        parts,
        unsent,
        oldest_unsent,
        holds,
        consumers,
        dead_letters,
    } = health::inside(exchange, bus, permit).await;
    for (part, answer) in &parts {
        gauge!(PART_UP, "part" => part.name()).set(f64::from(u8::from(answer.is_ok())));
    }
    if let Some(unsent) = unsent {
        gauge!(OUTBOX_UNSENT).set(count(unsent));
        let age = oldest_unsent.map_or(0, |at| exchange.clock.now().millis() - at.millis());
        let age = Duration::from_millis(u64::try_from(age).unwrap_or_default());
        gauge!(OUTBOX_AGE).set(age.as_secs_f64());
    }
    if let Some(holds) = holds {
        gauge!(HOLDS).set(count(holds));
    }
    for lag in consumers {
        let waiting = usize::try_from(lag.waiting).unwrap_or(usize::MAX);
        gauge!(CONSUMER_WAITING, "consumer" => lag.consumer.clone()).set(count(waiting));
        gauge!(CONSUMER_UNFINISHED, "consumer" => lag.consumer).set(count(lag.unfinished));
    }
    if let Some(dead) = dead_letters {
        gauge!(DEAD_LETTERS).set(count(usize::try_from(dead).unwrap_or(usize::MAX)));
    }
    gauge!(LISTED).set(count(exchange.db.market().len()));
}

/// A gauge's value: beyond 2³² nothing of ours goes.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
