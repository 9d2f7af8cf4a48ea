//! What happens while pages are open: the stream of events, which every process
//! follows for itself, and what the market shows because of it.

mod changes;

use std::time::Duration;

use async_nats::jetstream::{
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream,
};
use domain::event::Event;
use futures::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::{
    Exchange, Result, market,
    platform::bus::{Bus, EVENTS, away},
};
pub use changes::{Changes, Shown, TicketChange};

/// How long events are collected after the first, so that a rush of them is
/// told a few times a second and not each by itself.
const COLLECTED: Duration = Duration::from_millis(50);
/// Most events that are told at once.
const MOST: usize = 500;
/// How many of the events from before it began a process tells again: pages
/// that were open at another, or before a restart, go on from theirs.
const BACKLOG: u64 = 1_000;
/// How long the broker keeps a consumer that nobody asks for anything.
const ABANDONED: Duration = Duration::from_secs(30);

/// What a [`Feed`] tells. A position is a sequence of the stream [`EVENTS`].
#[derive(Debug)]
pub enum News {
    /// What it tells from here on is what happened after this position. What
    /// happened before is not known, also to those who were told of it: the
    /// stream is another one than it was, or no longer has what comes next.
    Begun(u64),
    /// This happened next.
    Changed(Changes),
}

/// How far the stream has been told.
#[derive(Clone)]
struct Place {
    /// When the stream was made: one that is made again counts from 1.
    stream: async_nats::datetime::DateTime,
    position: u64,
}

impl Place {
    /// Whether the stream goes on from here.
    fn is_in(&self, info: &stream::Info) -> bool {
        self.stream == info.created
            && self.position <= info.state.last_sequence
            && self.position + 1 >= info.state.first_sequence
    }
}

/// A reader of the stream of events: in order, without a gap and without a
/// repetition, whatever becomes of the broker.
pub struct Feed {
    exchange: Exchange,
    bus: Bus,
    /// None: it has to be asked for.
    messages: Option<pull::Stream>,
    /// How many of them have come.
    delivered: u64,
    place: Option<Place>,
    /// The end of the stream when it began.
    end: u64,
}

impl Feed {
    /// A feed that begins near the end of the stream.
    #[must_use]
    pub const fn new(exchange: Exchange, bus: Bus) -> Self {
        Self {
            exchange,
            bus,
            messages: None,
            delivered: 0,
            place: None,
            end: 0,
        }
    }

    /// Whether everything has been told that was in the stream when it began.
    #[must_use]
    pub fn has_caught_up(&self) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| place.position >= self.end)
    }

    /// Waits for what happens next. After an error it goes on from where it was.
    ///
    /// # Errors
    /// When the broker or the database is away.
    pub async fn next(&mut self) -> Result<News> {
        let news = self.try_next().await;
        if news.is_err() {
            self.messages = None;
        }
        news
    }

    async fn try_next(&mut self) -> Result<News> {
        if self.messages.is_none()
            && let Some(position) = self.open().await?
        {
            return Ok(News::Begun(position));
        }
        let (events, position) = self.collect().await?;
        let changes = changes::of(&self.exchange, &events, position).await?;
        // Only now: what could not be read is collected again.
        if let Some(place) = &mut self.place {
            place.position = position;
        }
        Ok(News::Changed(changes))
    }

    /// Asks for the messages after its place; returns where it begins if it
    /// cannot go on from there.
    async fn open(&mut self) -> Result<Option<u64>> {
        // A broker that is new, or has lost everything, has no streams.
        let kept = self.exchange.settings.event_retention;
        self.bus.prepare(kept).await?;
        let stream = self.bus.context().get_stream(EVENTS).await.map_err(away)?;
        let info = stream.cached_info();
        let state = &info.state;
        let known = self.place.clone().filter(|place| place.is_in(info));
        let goes_on = known.is_some();
        let place = known.unwrap_or_else(|| Place {
            stream: info.created,
            position: (state.last_sequence.saturating_sub(BACKLOG))
                .max(state.first_sequence.saturating_sub(1)),
        });
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: place.position + 1,
            },
            ack_policy: AckPolicy::None,
            inactive_threshold: ABANDONED,
            memory_storage: true,
            num_replicas: 1,
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(away)?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(2 * MOST)
            .heartbeat(Duration::from_secs(2))
            .expires(Duration::from_secs(6))
            .messages()
            .await
            .map_err(away)?;
        if !goes_on && self.place.is_some() {
            // From now on events come, and what came before them is not known.
            market::reload(&self.exchange).await?;
        }
        let begins = (!goes_on).then_some(place.position);
        if !goes_on {
            self.end = state.last_sequence;
        }
        self.place = Some(place);
        self.messages = Some(messages);
        self.delivered = 0;
        Ok(begins)
    }

    /// The next events, and the position of the last.
    async fn collect(&mut self) -> Result<(Vec<Event>, u64)> {
        let mut events = Vec::new();
        let mut position = self.message(&mut events).await?;
        let end = Instant::now() + COLLECTED;
        while events.len() < MOST
            && let Ok(next) = timeout_at(end, self.message(&mut events)).await
        {
            position = next?;
        }
        Ok((events, position))
    }

    /// Adds the event of the next message, and returns its position.
    async fn message(&mut self, events: &mut Vec<Event>) -> Result<u64> {
        let ended = || away("the messages ended");
        let messages = self.messages.as_mut().ok_or_else(ended)?;
        let message = messages.next().await.ok_or_else(ended)?.map_err(away)?;
        let info = message.info().map_err(away)?;
        // Nobody acknowledges: what was sent while the connection was away does
        // not come again by itself.
        self.delivered += 1;
        if info.consumer_sequence != self.delivered {
            return Err(away("a message is missing"));
        }
        match serde_json::from_slice(&message.payload) {
            Ok(event) => events.push(event),
            Err(error) => tracing::warn!(subject = %message.subject, %error, "not an event"),
        }
        Ok(info.stream_sequence)
    }
}
