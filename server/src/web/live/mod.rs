//! `/live`: what happens while a page is open, as server-sent events.
//!
//! The market is told what became of its tickets; the page of a ticket or an
//! order is only told to read again, which asks who is looking. A stream goes on
//! from `Last-Event-ID`, or else `after`: a position of the stream of events.

mod frame;
mod hub;
mod ring;
mod seats;

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use app::{
    error::{ApiError, ErrorCode},
    server::{self, Visit, describe},
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Viewer;
use exchange::{Error, market, orders};
use futures::stream;
use serde::Deserialize;
use texts::Language;
use tokio::{
    sync::broadcast,
    time::{Instant, Interval, interval_at},
};

use frame::{Frame, Subject};
use hub::{After, Subscription};
use seats::{Full, Seat};

pub(crate) use hub::Hub;
pub(crate) use seats::Seats;

/// How often something is sent if nothing happens: whoever is gone shows by
/// not answering.
const BEAT: Duration = Duration::from_secs(15);
/// After how many seconds it is worth asking again.
const AGAIN: u64 = 5;

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    ticket: Option<String>,
    order: Option<String>,
    after: Option<String>,
}

/// The stream of what is asked for: 503 when there is no room, 429 when the
/// visitor's network has its share, and what the page would answer when the
/// visitor may not see it.
pub(super) async fn open(
    visit: Visit,
    State(hub): State<Arc<Hub>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let language = visit.client.language;
    let seat = match hub.seats.take(visit.client.address) {
        Ok(seat) => seat,
        Err(Full::All) => return unavailable(language),
        Err(Full::Network) => {
            return refused(ErrorCode::TooMany, texts::too_many(language, AGAIN));
        }
    };
    let subject = match subject(&visit, &asked).await {
        Ok(subject) => subject,
        Err(error) => return refuse(describe(&visit.exchange, language, error)),
    };
    let last = headers
        .get("last-event-id")
        .map(|id| id.to_str().unwrap_or("not text"));
    let after = after(last.filter(|id| !id.is_empty()).or(asked.after.as_deref()));
    let Some(Subscription { first, frames }) = hub.subscribe(&subject, language, after).await
    else {
        return unavailable(language);
    };
    let page = Page {
        subject,
        language,
        first: first.into(),
        frames,
        beat: interval_at(Instant::now() + BEAT, BEAT),
        _seat: seat,
    };
    let body = stream::unfold(page, async |mut page| {
        let bytes = page.next().await?;
        Some((Ok::<_, Infallible>(bytes), page))
    });
    (
        [
            (header::CONTENT_TYPE.as_str(), "text/event-stream"),
            (header::CACHE_CONTROL.as_str(), "no-store"),
            // nginx would collect it.
            ("x-accel-buffering", "no"),
        ],
        Body::from_stream(body),
    )
        .into_response()
}

/// What the page is about, if the visitor may see it.
async fn subject(visit: &Visit, asked: &Asked) -> Result<Subject, Error> {
    let exchange = &visit.exchange;
    match (&asked.ticket, &asked.order) {
        (None, None) => Ok(Subject::Market),
        (Some(ticket), None) => {
            let viewer = visit
                .signed_in()
                .await?
                .map_or(Viewer::Anyone, |(user, _)| user.viewer());
            let id = server::id(ticket)?;
            market::view(exchange, &viewer, &id).await?;
            Ok(Subject::Ticket(id))
        }
        (None, Some(order)) => {
            let (user, _) = visit.signed_in().await?.ok_or(Error::Unauthenticated)?;
            let id = server::id(order)?;
            orders::view(exchange, &user.viewer(), &id).await?;
            Ok(Subject::Order(id))
        }
        (Some(_), Some(_)) => Err(Error::NotFound),
    }
}

fn after(position: Option<&str>) -> After {
    position.map_or(After::Now, |text| {
        text.trim().parse().map_or(After::Nonsense, After::Position)
    })
}

fn unavailable(language: Language) -> Response {
    refused(ErrorCode::Unavailable, texts::unavailable(language))
}

fn refused(code: ErrorCode, message: impl Into<String>) -> Response {
    refuse(ApiError {
        retry_after: Some(AGAIN),
        ..ApiError::new(code, message)
    })
}

fn refuse(error: ApiError) -> Response {
    let status =
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let wait = error.retry_after;
    let mut answer = (status, Json(error)).into_response();
    if let Some(seconds) = wait {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

/// An open page.
struct Page {
    subject: Subject,
    language: Language,
    first: VecDeque<Bytes>,
    frames: broadcast::Receiver<Arc<Frame>>,
    beat: Interval,
    _seat: Seat,
}

impl Page {
    /// What it is sent next. None when it is too far behind, from where it goes
    /// on when it asks again, and when the server stops.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.first.pop_front() {
            return Some(bytes);
        }
        loop {
            tokio::select! {
                frame = self.frames.recv() => {
                    if let Some(bytes) = frame.ok()?.sent_to(&self.subject, self.language) {
                        return Some(bytes);
                    }
                }
                _ = self.beat.tick() => return Some(Bytes::from_static(b":\n\n")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{frame::tests::numbered, *};

    fn page(hub: &Hub, subject: Subject, after: After, beat: Duration) -> Page {
        let Subscription { first, frames } = hub
            .subscribe_now(&subject, Language::English, after)
            .expect("open");
        Page {
            subject,
            language: Language::English,
            first: first.into(),
            frames,
            beat: interval_at(Instant::now() + beat, beat),
            _seat: hub.seats.take(None).expect("free"),
        }
    }

    #[tokio::test]
    async fn a_page_that_is_too_far_behind_is_ended_and_goes_on_when_it_comes_back() {
        let hub = Hub::new(Seats::new(2, None));
        hub.begin(0);
        let mut slow = page(&hub, Subject::Market, After::Now, BEAT);
        assert!(slow.next().await.is_some(), "ready");
        hub.publish(numbered(1, 1));
        assert!(slow.next().await.is_some());
        let last = 1_000;
        for position in 2..=last {
            hub.publish(numbered(position, 1));
        }
        assert_eq!(slow.next().await, None);
        let mut again = page(&hub, Subject::Market, After::Position(1), BEAT);
        let mut sent = 0;
        while !again.first.is_empty() {
            assert!(again.next().await.is_some());
            sent += 1;
        }
        assert_eq!(sent, last, "ready, and all but the first");
    }

    #[tokio::test]
    async fn a_page_of_which_nothing_is_to_be_told_is_sent_a_comment_now_and_then() {
        let hub = Hub::new(Seats::new(1, None));
        hub.begin(0);
        let beat = Duration::from_millis(5);
        let other = Subject::Ticket(frame::tests::ticket(2));
        let mut page = page(&hub, other, After::Now, beat);
        assert!(page.next().await.is_some(), "ready");
        hub.publish(numbered(1, 1));
        assert_eq!(page.next().await.as_deref(), Some(&b":\n\n"[..]));
    }
}
