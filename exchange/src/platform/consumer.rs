//! Durable consumers: one for each service, shared by its replicas.

use std::{
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use async_nats::jetstream::{
    AckKind, Message,
    consumer::{AckPolicy, Consumer, pull},
};
use domain::event::Event;
use futures::StreamExt;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, error_span, field::Empty};

use super::{
    bus::{Bus, away},
    dead_letters, trace,
};
use crate::{Error, metrics};

/// How long the broker waits for a receipt before it delivers again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How often a handler's fault is tried again before it becomes a dead letter.
const ATTEMPTS: u32 = 5;
/// Most messages that wait for a receipt, those included that wait for
/// something that is away.
const MAX_ACK_PENDING: i64 = 2_000;
/// Longest wait for something that is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why a message was not processed.
#[derive(Debug)]
pub enum Failure {
    /// It can never succeed: to the dead letters.
    Never(String),
    /// An operation failed. When something was away the message comes back
    /// later, for as long as it takes; a fault of ours is tried a few times.
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The event that a message carries.
///
/// # Errors
/// [`Failure::Never`] when it carries none.
pub(crate) fn event(payload: &[u8]) -> Result<Event, Failure> {
    serde_json::from_slice(payload)
        .map_err(|error| Failure::Never(format!("not an event: {error}")))
}

/// The identifier that a message carries.
///
/// # Errors
/// [`Failure::Never`] when it is none.
pub(crate) fn identifier<T: FromStr>(text: &str) -> Result<T, Failure> {
    text.parse()
        .map_err(|_| Failure::Never(format!("not an identifier: {text:?}")))
}

/// What a service does with messages.
pub trait Handler: Send + Sync + 'static {
    /// The durable name, which also marks what was processed.
    const NAME: &'static str;
    /// The stream it reads.
    const STREAM: &'static str;
    /// The subjects it wants.
    const SUBJECTS: &'static [&'static str];
    /// How many messages are processed at once.
    const CONCURRENCY: usize = 32;

    /// Processes one message. It may come more than once and in any order, so
    /// the record decides and the message is a hint.
    ///
    /// # Errors
    /// [`Failure`] says what is done about it.
    fn handle(
        &self,
        subject: &str,
        payload: &[u8],
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Feeds `handler` until `stop`.
pub async fn run<H: Handler>(handler: Arc<H>, bus: Bus, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let round = feed(&handler, &bus, &stop);
        tokio::select! {
            () = stop.cancelled() => {}
            ended = round => {
                if let Err(error) = ended {
                    tracing::warn!(consumer = H::NAME, %error, "waiting for the broker");
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

async fn feed<H: Handler>(
    handler: &Arc<H>,
    bus: &Bus,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let stream = bus.context().get_stream(H::STREAM).await.map_err(away)?;
    let config = pull::Config {
        durable_name: Some(H::NAME.to_owned()),
        filter_subjects: H::SUBJECTS
            .iter()
            .map(|subject| (*subject).to_owned())
            .collect(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: -1,
        max_ack_pending: MAX_ACK_PENDING,
        ..Default::default()
    };
    let consumer: Consumer<pull::Config> = stream.create_consumer(config).await.map_err(away)?;
    let messages = consumer
        .stream()
        .max_messages_per_batch(2 * H::CONCURRENCY)
        .heartbeat(Duration::from_secs(2))
        .expires(Duration::from_secs(6))
        .messages()
        .await
        .map_err(away)?;
    let mut broken = None;
    messages
        .take_until(stop.cancelled())
        .scan(&mut broken, |broken, message| {
            std::future::ready(match message {
                Ok(message) => Some(message),
                Err(error) => {
                    **broken = Some(error);
                    None
                }
            })
        })
        .for_each_concurrent(H::CONCURRENCY, |message| {
            let span = span(H::NAME, &message);
            process(handler, bus, message, stop).instrument(span)
        })
        .await;
    broken.map_or(Ok(()), |error| Err(away(error)))
}

/// What is done with a message is part of what its commit was part of.
fn span(consumer: &'static str, message: &Message) -> Span {
    // An error's lines say it too, whatever else is logged.
    let span = error_span!("message", consumer, subject = %message.subject, trace = Empty);
    let headers = message.headers.as_ref();
    let parent = headers.and_then(|headers| headers.get(trace::HEADER));
    trace::follow(&span, parent.map(|parent| parent.as_str()));
    span
}

async fn process<H: Handler>(
    handler: &Arc<H>,
    bus: &Bus,
    message: Message,
    stop: &CancellationToken,
) {
    let begun = Instant::now();
    let mut faults = 0;
    let mut pause = Duration::from_millis(100);
    let reason = loop {
        // Still at work, or only now: the broker shall not give it to another
        // replica.
        if message.ack_with(AckKind::Progress).await.is_err() {
            return;
        }
        match attempt(handler, &message).await {
            Ok(()) => {
                metrics::message(H::NAME, "done", begun);
                // A lost receipt only brings the message back.
                if let Err(error) = message.ack().await {
                    tracing::debug!(consumer = H::NAME, %error, "receipt not sent");
                }
                return;
            }
            Err(Failure::Never(reason)) => break reason,
            Err(Failure::Failed(error)) if error.is_temporary() => {
                tracing::warn!(consumer = H::NAME, subject = %message.subject, %error, "waiting");
                metrics::message(H::NAME, "later", begun);
                // Its slot is for others meanwhile.
                let later = AckKind::Nak(Some(pause_after(&message)));
                if let Err(error) = message.ack_with(later).await {
                    tracing::debug!(consumer = H::NAME, %error, "not put off");
                }
                return;
            }
            Err(Failure::Failed(error)) => {
                faults += 1;
                metrics::message(H::NAME, "failed", begun);
                tracing::error!(consumer = H::NAME, subject = %message.subject, faults, error = ?error, "could not be processed");
                if faults == ATTEMPTS {
                    break format!("{ATTEMPTS} attempts failed, the last with: {error:?}");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => pause *= 2,
        }
    };
    metrics::message(H::NAME, "dead", begun);
    dead_letters::bury(bus, H::NAME, &message, &reason).await;
}

/// One attempt, in a task of its own: a panic is a fault of this message and
/// not the end of the service.
async fn attempt<H: Handler>(handler: &Arc<H>, message: &Message) -> Result<(), Failure> {
    let handler = Arc::clone(handler);
    let (subject, payload) = (message.subject.clone(), message.payload.clone());
    tokio::spawn(async move { handler.handle(&subject, &payload).await }.in_current_span())
        .await
        .unwrap_or_else(|panicked| Err(Error::internal(panicked).into()))
}

/// Grows with every delivery.
fn pause_after(message: &Message) -> Duration {
    let deliveries = message.info().map_or(1, |info| info.delivered);
    let doublings = u32::try_from(deliveries.clamp(1, 10)).unwrap_or(10);
    (Duration::from_millis(50) * 2u32.pow(doublings)).min(LONGEST_PAUSE)
}
