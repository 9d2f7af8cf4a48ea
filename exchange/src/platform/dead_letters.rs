//! Dead letters: messages that no consumer could process, kept with the
//! reason until somebody replays or drops them.

use async_nats::{
    HeaderMap,
    jetstream::{AckKind, Message, message::PublishMessage, stream::Stream},
};
use serde::Serialize;

use super::bus::{Bus, DEAD, away};
use crate::{Error, Page, market};

const CONSUMER: &str = "Dead-Consumer";
const SUBJECT: &str = "Dead-Subject";
const REASON: &str = "Dead-Reason";

/// A dead letter.
#[derive(Debug, Clone, Serialize)]
pub struct DeadLetter {
    /// Its number.
    pub sequence: u64,
    /// Which consumer gave up.
    pub consumer: String,
    /// The subject it was published under.
    pub subject: String,
    /// Why the consumer gave up.
    pub reason: String,
    /// What it said.
    pub payload: String,
}

/// Keeps `message` as a dead letter and takes it from the consumer. When that
/// fails the message comes again, and here again.
pub(crate) async fn bury(bus: &Bus, consumer: &str, message: &Message, reason: &str) {
    let sequence = message.info().map_or(0, |info| info.stream_sequence);
    let mut headers = HeaderMap::new();
    headers.insert(CONSUMER, consumer);
    headers.insert(SUBJECT, message.subject.as_str());
    // A header is one line.
    headers.insert(REASON, reason.replace(['\r', '\n'], " ").as_str());
    let letter = PublishMessage::build()
        .headers(headers)
        .message_id(format!("dead-{consumer}-{sequence}"))
        .payload(message.payload.clone());
    let kept = async {
        bus.context()
            .send_publish(format!("dead.{consumer}"), letter)
            .await
            .map_err(away)?
            .await
            .map_err(away)?;
        message.ack_with(AckKind::Term).await.map_err(away)
    };
    match kept.await {
        Ok(()) => tracing::error!(consumer, subject = %message.subject, reason, "dead letter"),
        Err(error) => {
            tracing::warn!(consumer, subject = %message.subject, %error, "could not be buried yet")
        }
    }
}

/// Dead letters, oldest first, from after the one numbered `after`.
///
/// # Errors
/// When the broker is away.
pub(crate) async fn list(bus: &Bus, after: u64, limit: usize) -> Result<Page<DeadLetter>, Error> {
    let stream = bus.context().get_stream(DEAD).await.map_err(away)?;
    let state = stream.cached_info().state.clone();
    let mut items = Vec::new();
    for sequence in state.first_sequence.max(after + 1)..=state.last_sequence {
        if let Some(letter) = read(&stream, sequence).await {
            items.push(letter);
            if items.len() > limit {
                break;
            }
        }
    }
    Ok(market::cut(items, limit, |letter| {
        letter.sequence.to_string()
    }))
}

/// How many dead letters there are.
///
/// # Errors
/// When the broker is away.
pub(crate) async fn count(bus: &Bus) -> Result<u64, Error> {
    let stream = bus.context().get_stream(DEAD).await.map_err(away)?;
    Ok(stream.cached_info().state.messages)
}

/// Whether there is one of that number.
///
/// # Errors
/// [`Error::NotFound`], or when the broker is away.
pub(crate) async fn check(bus: &Bus, sequence: u64) -> Result<(), Error> {
    let stream = bus.context().get_stream(DEAD).await.map_err(away)?;
    read(&stream, sequence)
        .await
        .map(drop)
        .ok_or(Error::NotFound)
}

async fn read(stream: &Stream, sequence: u64) -> Option<DeadLetter> {
    // What is not there was replayed or dropped.
    let message = stream.get_raw_message(sequence).await.ok()?;
    let header = |name| {
        message
            .headers
            .get(name)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    Some(DeadLetter {
        sequence,
        consumer: header(CONSUMER),
        subject: header(SUBJECT),
        reason: header(REASON),
        payload: String::from_utf8_lossy(&message.payload).into_owned(),
    })
}

/// Publishes a dead letter again under its subject and drops it here. All
/// consumers see it again, which their being idempotent allows.
///
/// # Errors
/// [`Error::NotFound`] when there is none of that number.
pub(crate) async fn replay(bus: &Bus, sequence: u64) -> Result<(), Error> {
    let stream = bus.context().get_stream(DEAD).await.map_err(away)?;
    let letter = read(&stream, sequence).await.ok_or(Error::NotFound)?;
    bus.send(
        letter.subject,
        &format!("replay-{sequence}-{}", rand::random::<u32>()),
        letter.payload.into_bytes(),
        None,
    )
    .await?
    .await
    .map_err(away)?;
    drop_letter(&stream, sequence).await
}

/// Drops a dead letter.
///
/// # Errors
/// When the broker is away or there is none of that number.
pub(crate) async fn discard(bus: &Bus, sequence: u64) -> Result<(), Error> {
    let stream = bus.context().get_stream(DEAD).await.map_err(away)?;
    drop_letter(&stream, sequence).await
}

async fn drop_letter(stream: &Stream, sequence: u64) -> Result<(), Error> {
    stream
        .delete_message(sequence)
        .await
        .map_err(|_| Error::NotFound)?;
    Ok(())
}
