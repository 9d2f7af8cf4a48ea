//! The broker: NATS JetStream.
//!
//! Three streams on file. `EVENTS` keeps what happened, `SCHEDULE` holds
//! timers and what they fire (a timer's target has to be in its own stream,
//! NATS ADR-51), `DEAD` what no consumer could process.

use std::{path::PathBuf, time::Duration};

use async_nats::{
    Client, ConnectOptions, ServerAddr, Subscriber,
    connection::State,
    header::{NATS_SCHEDULE, NATS_SCHEDULE_TARGET, NATS_SCHEDULE_TTL},
    jetstream::{self, Context, context::PublishAckFuture, message::PublishMessage, stream},
};
use domain::{OrderId, Timestamp};

use super::{tls, trace};
use crate::{Error, clock::Clock, when};

/// Stream of events.
pub const EVENTS: &str = "EVENTS";
/// Stream of timers and their signals.
pub const SCHEDULE: &str = "SCHEDULE";
/// Stream of dead letters.
pub const DEAD: &str = "DEAD";

/// Said between processes, and kept in no stream.
const WAKE_RELAYS: &str = "relay.wake";
/// Within this time JetStream drops what it has stored already.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(600);
/// How long what a timer fired is kept; the sweep has dealt with it by then.
const FIRED_MAX_AGE: &str = "24h";

/// Where the broker is, and how it is used.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Servers of one cluster, of which any will do.
    pub servers: Vec<ServerAddr>,
    /// File with the credentials of a user (`nsc generate creds`).
    pub credentials: Option<PathBuf>,
    /// File with certificates of those who vouch for the servers, besides those that
    /// the system knows.
    pub root_certificates: Option<PathBuf>,
    /// On how many servers of the cluster a stream is kept: 1, 3 or 5.
    pub replicas: usize,
}

impl Broker {
    /// The broker at `urls`, separated by commas: `nats://` or, with TLS, `tls://`, a
    /// host, and a port unless it is 4222; with a user's name and password in the
    /// first, if they are needed.
    ///
    /// # Errors
    /// When one of them is no address.
    pub fn at(urls: &str) -> Result<Self, Error> {
        let servers: Result<Vec<ServerAddr>, _> =
            urls.split(',').map(|url| url.trim().parse()).collect();
        Ok(Self {
            servers: servers.map_err(away)?,
            credentials: None,
            root_certificates: None,
            replicas: 1,
        })
    }
}

/// A connection to the broker that outlives its absence.
#[derive(Clone)]
pub struct Bus {
    client: Client,
    context: Context,
    replicas: usize,
}

impl Bus {
    /// Connects, in the background if need be.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn connect(broker: &Broker) -> Result<Self, Error> {
        tls::choose();
        let mut options = ConnectOptions::new();
        if let Some(file) = &broker.credentials {
            options = options.credentials_file(file).await.map_err(away)?;
        }
        let mut named = broker.servers.iter();
        if let Some((user, password)) =
            named.find_map(|server| server.username().zip(server.password()))
        {
            options = options.user_and_password(user.to_owned(), password.to_owned());
        }
        if let Some(file) = &broker.root_certificates {
            options = options.add_root_certificates(file.clone());
        }
        let client = options
            .name("ticket-exchange")
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(50 * u64::try_from(attempts.min(20)).unwrap_or(20))
            })
            .connect(&*broker.servers)
            .await
            .map_err(away)?;
        Ok(Self {
            context: jetstream::new(client.clone()),
            client,
            replicas: broker.replicas,
        })
    }

    /// The JetStream context.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Makes the streams what they should be; events are kept for `kept`.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn prepare(&self, kept: Duration) -> Result<(), Error> {
        let base = |name: &str, subjects: &[&str]| stream::Config {
            name: name.to_owned(),
            subjects: subjects
                .iter()
                .map(|subject| (*subject).to_owned())
                .collect(),
            retention: stream::RetentionPolicy::Limits,
            storage: stream::StorageType::File,
            duplicate_window: DUPLICATE_WINDOW,
            num_replicas: self.replicas,
            ..Default::default()
        };
        let events = stream::Config {
            max_age: kept,
            ..base(
                EVENTS,
                &[
                    "ticket.>",
                    "order.>",
                    "payment.>",
                    "refund.>",
                    "moderation.>",
                    "user.>",
                    "link.>",
                ],
            )
        };
        let schedule = stream::Config {
            allow_message_schedules: true,
            allow_message_ttl: true,
            ..base(SCHEDULE, &["schedule.>", "expiration.>"])
        };
        for config in [events, schedule, base(DEAD, &["dead.>"])] {
            self.context
                .create_or_update_stream(config)
                .await
                .map_err(away)?;
        }
        Ok(())
    }

    /// Sends a message, which goes on with `trace`; the future it returns is the broker's
    /// receipt.
    ///
    /// # Errors
    /// When it could not be sent.
    pub async fn send(
        &self,
        subject: String,
        message_id: &str,
        payload: Vec<u8>,
        trace: Option<&str>,
    ) -> Result<PublishAckFuture, Error> {
        let mut message = PublishMessage::build()
            .message_id(message_id)
            .payload(payload.into());
        if let Some(trace) = trace {
            message = message.header(trace::HEADER, trace);
        }
        self.context
            .send_publish(subject, message)
            .await
            .map_err(away)
    }

    /// Tells the relays of other processes that something waits in the outbox, if
    /// they can be told now: they look by themselves, too.
    pub(crate) async fn wake_relays(&self) {
        if self.client.connection_state() == State::Connected {
            self.client
                .publish(WAKE_RELAYS, Vec::new().into())
                .await
                .ok();
        }
    }

    /// What [`wake_relays`](Self::wake_relays) says, also after the broker was away.
    ///
    /// # Errors
    /// When the connection is closed for good.
    pub(crate) async fn woken(&self) -> Result<Subscriber, Error> {
        self.client.subscribe(WAKE_RELAYS).await.map_err(away)
    }

    /// Has `expiration.complete.<order>` published at `at`; a later call for
    /// the same order replaces it.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn set_timer(
        &self,
        order: &OrderId,
        at: Timestamp,
        clock: &Clock,
    ) -> Result<(), Error> {
        let message = PublishMessage::build()
            .header(
                NATS_SCHEDULE,
                format!("@at {}", when::iso(clock.to_system(at))),
            )
            .header(NATS_SCHEDULE_TARGET, format!("expiration.complete.{order}"))
            .header(NATS_SCHEDULE_TTL, FIRED_MAX_AGE)
            .payload(order.to_string().into());
        self.context
            .send_publish(timer(order), message)
            .await
            .map_err(away)?
            .await
            .map_err(away)?;
        Ok(())
    }

    /// Drops the order's timer, if it has one.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn drop_timer(&self, order: &OrderId) -> Result<(), Error> {
        let stream = self
            .context
            .get_stream_no_info(SCHEDULE)
            .await
            .map_err(away)?;
        stream.purge().filter(timer(order)).await.map_err(away)?;
        Ok(())
    }
}

fn timer(order: &OrderId) -> String {
    format!("schedule.order.{order}")
}

/// Whatever the broker refuses is tried again: its absence has many faces.
pub(crate) fn away(error: impl Into<crate::error::Cause>) -> Error {
    Error::Unavailable("the broker", error.into())
}
