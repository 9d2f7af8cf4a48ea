//! What happened last: events and mails, the newest first.

use domain::{
    Timestamp, UserId,
    permission::{Administer, Permit},
};
use futures::{StreamExt, stream};
use serde::Deserialize;

use crate::{
    Exchange, Page, Result, accounts, market,
    platform::bus::{Bus, EVENTS, away},
    vars,
};

/// An event as the broker keeps it.
#[derive(Debug)]
pub struct Sent {
    /// Its number in the stream.
    pub sequence: u64,
    /// When the broker got it.
    pub at: Timestamp,
    /// Its subject.
    pub subject: String,
    /// What it says: JSON.
    pub payload: String,
}

/// Events that the broker keeps, the newest first, from before the one numbered
/// `before` (the last one if that is 0).
///
/// # Errors
/// When the broker is away.
pub async fn events(
    bus: &Bus,
    _permit: &Permit<Administer>,
    before: u64,
    limit: usize,
) -> Result<Page<Sent>> {
    let stream = bus.context().get_stream(EVENTS).await.map_err(away)?;
    let state = &stream.cached_info().state;
    let (first, end) = (state.first_sequence.max(1), state.last_sequence + 1);
    let end = if before == 0 { end } else { before.min(end) };
    let begin = end.saturating_sub(limit as u64).max(first);
    let found = stream::iter((begin..end).rev())
        .map(async |sequence| stream.get_raw_message(sequence).await)
        .buffered(limit);
    let items: Vec<Sent> = found
        // What is not there was deleted.
        .filter_map(async |message| message.ok())
        .map(|message| Sent {
            sequence: message.sequence,
            at: Timestamp::from_millis(
                i64::try_from(message.time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default(),
            ),
            subject: message.subject.to_string(),
            payload: String::from_utf8_lossy(&message.payload).into_owned(),
        })
        .collect()
        .await;
    Ok(Page {
        items,
        next: (begin > first).then(|| begin.to_string()),
    })
}

/// A mail that was sent.
#[derive(Debug)]
pub struct SentMail {
    /// When.
    pub at: Timestamp,
    /// The event that called for it.
    pub message: String,
    /// Which letter it was.
    pub template: String,
    /// Who got it.
    pub to: UserId,
    /// Their display name; empty once they have no account.
    pub name: String,
}

pub(crate) const MAILS: &str =
    "SELECT record::id(id) AS name, at, rank FROM sent_mail WHERE rank > $after LIMIT $limit";

/// Mails that were sent, the newest first, from after `after`.
///
/// # Errors
/// Only when the database is away.
pub async fn mails(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    after: &str,
    limit: usize,
) -> Result<Page<SentMail>> {
    #[derive(Deserialize)]
    struct Row {
        name: (String, String, UserId),
        at: Timestamp,
        rank: String,
    }
    let vars = vars! { after => after.to_owned(), limit => (limit + 1) as i64 };
    let rows: Vec<Row> = exchange.db.read(MAILS, vars).await?.many()?;
    let page = market::cut(rows, limit, |row| row.rank.clone());
    let users = accounts::users(exchange, page.items.iter().map(|row| &row.name.2)).await?;
    let items = page.items.into_iter().map(|row| {
        let (message, template, to) = row.name;
        let user = users.iter().find(|user| user.id == to);
        SentMail {
            at: row.at,
            message,
            template,
            name: user.map(|user| user.name.clone()).unwrap_or_default(),
            to,
        }
    });
    Ok(Page {
        items: items.collect(),
        next: page.next,
    })
}
