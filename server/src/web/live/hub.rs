//! Where what happens is turned into frames, once, and handed to all pages.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use exchange::{
    Exchange,
    live::{Feed, News},
    platform::bus::Bus,
    services,
};
use texts::Language;
use tokio::{
    sync::{broadcast, watch},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    frame::{self, Frame, Subject},
    ring::{Kept, Ring},
    seats::Seats,
};

/// Frames for pages that go on from where they were: hours of a quiet market, a
/// few minutes of a busy one.
const KEPT: Kept = Kept {
    frames: 4_096,
    bytes: 4 << 20,
};
/// How many frames a page may be behind; it then asks again.
const BEHIND: usize = 256;
/// How long a page waits for a server that has just started.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long it waits for a broker or a database that is away.
const PAUSE: Duration = Duration::from_millis(500);

/// What pages ask to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// They have just been read.
    Now,
    /// They know all up to this position.
    Position(u64),
    /// They know up to what cannot be a position.
    Nonsense,
}

/// What a page gets.
pub(super) struct Subscription {
    /// At once.
    pub(super) first: Vec<Bytes>,
    /// What happens afterwards.
    pub(super) frames: broadcast::Receiver<Arc<Frame>>,
}

/// What all open pages share.
pub(crate) struct Hub {
    pub(super) seats: Arc<Seats>,
    state: Mutex<State>,
    caught_up: watch::Sender<bool>,
}

struct State {
    ring: Ring,
    /// None when the server stops: pages end with it.
    frames: Option<broadcast::Sender<Arc<Frame>>>,
}

impl Hub {
    /// A hub for as many pages as there are `seats`.
    pub(crate) fn new(seats: Seats) -> Arc<Self> {
        Arc::new(Self {
            seats: Arc::new(seats),
            state: Mutex::new(State {
                ring: Ring::new(0, KEPT),
                frames: Some(broadcast::Sender::new(BEHIND)),
            }),
            caught_up: watch::Sender::new(false),
        })
    }

    /// Follows what happens until `stop`, and ends all pages then.
    pub(crate) async fn run(
        self: Arc<Self>,
        exchange: Exchange,
        bus: Bus,
        stop: CancellationToken,
    ) {
        services::keep("live pages", stop.clone(), || {
            Arc::clone(&self).follow(exchange.clone(), bus.clone(), stop.clone())
        })
        .await;
        self.close();
    }

    async fn follow(self: Arc<Self>, exchange: Exchange, bus: Bus, stop: CancellationToken) {
        let mut feed = Feed::new(exchange.clone(), bus);
        loop {
            let news = tokio::select! {
                () = stop.cancelled() => return,
                news = feed.next() => news,
            };
            match news {
                Ok(News::Begun(position)) => self.begin(position),
                Ok(News::Changed(changes)) => {
                    let position = changes.position;
                    match Frame::of(&exchange, changes) {
                        Some(frame) => self.publish(frame),
                        None => self.lock().ring.advance(position),
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "live pages wait");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = sleep(PAUSE) => {}
                    }
                }
            }
            if feed.has_caught_up() {
                self.caught_up.send_replace(true);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to where pages have been told what happened.
    pub(crate) fn position(&self) -> u64 {
        self.lock().ring.end()
    }

    /// Begins anew: nobody knows what happened before `position`.
    pub(super) fn begin(&self, position: u64) {
        let mut state = self.lock();
        state.ring.restart(position);
        state.send(Arc::new(Frame::reset(position)));
    }

    /// Hands a frame to all pages.
    pub(super) fn publish(&self, frame: Frame) {
        let frame = Arc::new(frame);
        let mut state = self.lock();
        state.ring.push(Arc::clone(&frame));
        state.send(frame);
    }

    /// Ends all pages.
    fn close(&self) {
        self.lock().frames = None;
    }

    /// What a page about `subject` gets, which knows all up to `after`. None
    /// while the server starts or stops.
    pub(super) async fn subscribe(
        &self,
        subject: &Subject,
        language: Language,
        after: After,
    ) -> Option<Subscription> {
        let mut caught_up = self.caught_up.subscribe();
        timeout(PATIENCE, caught_up.wait_for(|caught_up| *caught_up))
            .await
            .ok()?
            .ok()?;
        self.subscribe_now(subject, language, after)
    }

    /// What happened is taken from the ring and what happens is subscribed to
    /// under the lock under which frames are published, so no frame is missing
    /// and none comes twice.
    pub(super) fn subscribe_now(
        &self,
        subject: &Subject,
        language: Language,
        after: After,
    ) -> Option<Subscription> {
        let state = self.lock();
        let frames = state.frames.as_ref()?.subscribe();
        let end = state.ring.end();
        let known = match after {
            After::Now => Some(end),
            After::Position(position) => Some(position),
            After::Nonsense => None,
        };
        let missed = known.and_then(|position| Some((position, state.ring.since(position)?)));
        let first = match missed {
            Some((position, missed)) => [frame::ready(position)]
                .into_iter()
                .chain(missed.filter_map(|frame| frame.sent_to(subject, language)))
                .collect(),
            None => [frame::ready(end)]
                .into_iter()
                .chain(Frame::reset(end).sent_to(subject, language))
                .collect(),
        };
        Some(Subscription { first, frames })
    }
}

impl State {
    fn send(&self, frame: Arc<Frame>) {
        if let Some(frames) = &self.frames {
            // That nobody listens is no error.
            frames.send(frame).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::frame::tests::numbered, *};

    /// The positions that a page is sent, until it has `last`.
    async fn positions(subscription: Subscription, last: u64) -> Vec<u64> {
        let Subscription { first, mut frames } = subscription;
        let id = |bytes: &Bytes| -> u64 {
            let text = std::str::from_utf8(bytes).expect("text");
            let line = text.lines().find_map(|line| line.strip_prefix("id: "));
            line.expect("a position").parse().expect("a number")
        };
        // Without `ready`.
        let mut seen: Vec<u64> = first.iter().skip(1).map(id).collect();
        while seen.last().is_none_or(|seen| *seen < last) {
            let frame = frames.recv().await.expect("not behind");
            seen.extend(
                frame
                    .sent_to(&Subject::Market, Language::English)
                    .as_ref()
                    .map(id),
            );
        }
        seen
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_goes_on_while_much_happens_misses_nothing_and_gets_nothing_twice() {
        const LAST: u64 = 200;
        let hub = Hub::new(Seats::new(0, None));
        hub.begin(0);
        let publisher = {
            let hub = Arc::clone(&hub);
            tokio::task::spawn_blocking(move || {
                for position in 1..=LAST {
                    hub.publish(numbered(position, 1));
                    std::thread::sleep(Duration::from_micros(50));
                }
            })
        };
        let mut pages = tokio::task::JoinSet::new();
        while !publisher.is_finished() {
            let end = hub.lock().ring.end();
            for after in [0, end / 2, end] {
                let subscription = hub
                    .subscribe_now(&Subject::Market, Language::English, After::Position(after))
                    .expect("open");
                if after < LAST {
                    pages.spawn(async move { (after, positions(subscription, LAST).await) });
                }
            }
            tokio::task::yield_now().await;
        }
        assert!(pages.len() > 10, "{} pages", pages.len());
        for (after, seen) in pages.join_all().await {
            assert_eq!(
                seen,
                (after + 1..=LAST).collect::<Vec<_>>(),
                "after {after}"
            );
        }
    }

    #[tokio::test]
    async fn a_position_that_is_not_known_has_the_page_read_everything_again() {
        let hub = Hub::new(Seats::new(0, None));
        hub.begin(10);
        hub.publish(numbered(12, 1));
        for (after, first) in [
            (After::Now, "event: ready\nid: 12\ndata: {}\n\n"),
            (After::Position(12), "event: ready\nid: 12\ndata: {}\n\n"),
            (
                After::Position(11),
                "event: ready\nid: 11\ndata: {}\n\nevent: tickets\nid: 12\ndata: \"x\"\n\n",
            ),
            (
                After::Position(9),
                "event: ready\nid: 12\ndata: {}\n\nevent: reset\nid: 12\ndata: {}\n\n",
            ),
            (
                After::Position(13),
                "event: ready\nid: 12\ndata: {}\n\nevent: reset\nid: 12\ndata: {}\n\n",
            ),
            (
                After::Nonsense,
                "event: ready\nid: 12\ndata: {}\n\nevent: reset\nid: 12\ndata: {}\n\n",
            ),
        ] {
            let got = hub
                .subscribe_now(&Subject::Market, Language::English, after)
                .expect("open");
            let text = String::from_utf8(got.first.concat()).expect("text");
            assert_eq!(text, format!("retry: 2000\n{first}"), "{after:?}");
        }
    }

    #[tokio::test]
    async fn a_stream_that_is_another_one_has_open_pages_read_everything_again() {
        let hub = Hub::new(Seats::new(0, None));
        hub.begin(10);
        let mut page = hub
            .subscribe_now(&Subject::Market, Language::English, After::Now)
            .expect("open");
        hub.begin(2);
        let frame = page.frames.recv().await.expect("a frame");
        let sent = frame
            .sent_to(&Subject::Market, Language::English)
            .expect("concerned");
        assert_eq!(&*sent, b"event: reset\nid: 2\ndata: {}\n\n");
        hub.close();
        assert!(page.frames.recv().await.is_err());
        assert!(
            hub.subscribe_now(&Subject::Market, Language::English, After::Now)
                .is_none()
        );
    }
}
