//! Durable consumers: one for each service, shared by its replicas.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{
    AckKind, Message,
    consumer::{AckPolicy, Consumer, pull},
};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{
    bus::{Bus, away},
    dead_letters,
};
use crate::Error;

/// How long the broker waits for a receipt before it delivers again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How long a handler's fault is tried again before it becomes a dead letter.
const ATTEMPTS: u32 = 5;

/// Why a message was not processed.
#[derive(Debug)]
pub enum Failure {
    /// It can never succeed: to the dead letters.
    Never(String),
    /// An operation failed. When something was away the consumer waits for
    /// it, for as long as it takes; a fault of ours is tried a few times.
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
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
        max_ack_pending: 4 * i64::try_from(H::CONCURRENCY).unwrap_or(i64::MAX / 4),
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
            process(handler, bus, message, stop)
        })
        .await;
    broken.map_or(Ok(()), |error| Err(away(error)))
}

async fn process<H: Handler>(
    handler: &Arc<H>,
    bus: &Bus,
    message: Message,
    stop: &CancellationToken,
) {
    let mut faults = 0;
    let mut pause = Duration::from_millis(100);
    let reason = loop {
        match handler.handle(&message.subject, &message.payload).await {
            Ok(()) => {
                // A lost receipt only brings the message back.
                if let Err(error) = message.ack().await {
                    tracing::debug!(consumer = H::NAME, %error, "receipt not sent");
                }
                return;
            }
            Err(Failure::Never(reason)) => break reason,
            Err(Failure::Failed(error)) if error.is_temporary() => {
                tracing::warn!(consumer = H::NAME, subject = %message.subject, %error, "waiting");
            }
            Err(Failure::Failed(error)) => {
                faults += 1;
                tracing::error!(consumer = H::NAME, subject = %message.subject, faults, error = ?error, "could not be processed");
                if faults == ATTEMPTS {
                    break format!("{ATTEMPTS} attempts failed, the last with: {error:?}");
                }
            }
        }
        // Still at work: the broker shall not give it to another replica.
        if message.ack_with(AckKind::Progress).await.is_err() {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (2 * pause).min(Duration::from_secs(5)),
        }
    };
    dead_letters::bury(bus, H::NAME, &message, &reason).await;
}
