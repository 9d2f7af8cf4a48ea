//! Thousands of listings, some of which must not be on the market: does the
//! automatic decision come in time, and is it right?

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result, ensure};
use domain::{
    TicketId,
    moderation::{Case, CaseStatus},
    ticket::Ticket,
};
use exchange::vars;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep_until};
use url::form_urlencoded;

use crate::{
    http::Connection,
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// Listings with what they are, which whoever wrote the rules has not seen.
const LABELLED: &str = include_str!("../../data/listings.tsv");
/// How many listings one seller has: fewer than a new account is suspected for.
const EACH: usize = 10;
/// Listings that are published in a second, and how many of them at once.
const PACE: u32 = 200;
const SELLERS: usize = 8;
/// Least share of what is held back that should be, and the other way round.
const LEAST: f64 = 0.9;
/// Most milliseconds from publishing to the decision, of 99 of 100.
const MOST: f64 = 1_000.0;

/// Publishes them as people do, and reads from the records what was decided, and
/// when.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let labelled: Vec<[&str; 4]> = LABELLED
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
        .collect();
    ensure!(!labelled.is_empty(), "the list is empty");
    let store = Store::create().await?;
    records::users(&store.exchange, plan.judged.div_ceil(EACH)).await?;
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    let connections = Connection::open_many(server.address, SELLERS).await?;
    let began = Instant::now();
    let published = connections
        .into_iter()
        .enumerate()
        .map(|(at, connection)| publish(connection, at, plan.judged, began, &labelled));
    let published: Vec<Vec<(TicketId, bool)>> = stream::iter(published)
        .buffer_unordered(SELLERS)
        .try_collect()
        .await?;
    server.until_idle().await?;
    server.stop().await?;
    process::check(data.path()).await?;

    let is_bad: HashMap<TicketId, bool> = published.into_iter().flatten().collect();
    let store = Store::open(data).await?;
    let db = &store.exchange.db;
    let read = "SELECT *, record::id(id) AS id FROM ";
    let tickets: Vec<Ticket> = db.read(&format!("{read} ticket"), vars! {}).await?.many()?;
    let cases: Vec<Case> = db
        .read(&format!("{read} moderation_case"), vars! {})
        .await?
        .many()?;
    let since: HashMap<&TicketId, i64> = tickets
        .iter()
        .map(|ticket| (&ticket.id, ticket.created_at.millis()))
        .collect();
    let took: Vec<i64> = cases
        .iter()
        .filter_map(|case| Some(case.created_at.millis() - since.get(&case.ticket)?))
        .collect();
    let held: Vec<bool> = cases
        .iter()
        .filter(|case| case.status != CaseStatus::Approved)
        .map(|case| is_bad.get(&case.ticket).copied().unwrap_or_default())
        .collect();
    let right = held.iter().filter(|is_bad| **is_bad).count();
    let bad = is_bad.values().filter(|is_bad| **is_bad).count();
    store.close().await?;
    Ok(Findings::default()
        .bounded(
            "decided",
            cases.len(),
            Bound::Exactly(plan.judged as f64),
            format!(
                "of {} listings, {bad} of which must not be on the market",
                plan.judged
            ),
        )
        .bounded(
            "precision",
            stats::ratio(right as f64, held.len() as f64),
            Bound::AtLeast(LEAST),
            "of what was rejected or put before a moderator, how much should have been",
        )
        .bounded(
            "recall",
            stats::ratio(right as f64, bad as f64),
            Bound::AtLeast(LEAST),
            "of what should have been, how much was",
        )
        .bounded(
            "decision_p99_ms",
            stats::percentile(&took, 99).context("nothing was decided")?,
            Bound::AtMost(MOST),
            format!(
                "99 of 100 are decided at most so long after they were published, {PACE} a second"
            ),
        )
        .detail("decision_p50_ms", stats::percentile(&took, 50)))
}

/// Publishes every eighth listing; what they are, in truth.
async fn publish(
    mut connection: Connection,
    first: usize,
    all: usize,
    began: Instant,
    labelled: &[[&str; 4]],
) -> Result<Vec<(TicketId, bool)>> {
    let mut published = Vec::new();
    for number in (first..all).step_by(SELLERS) {
        sleep_until(began + Duration::from_secs(1) * number as u32 / PACE).await;
        let usual = records::content(number);
        let (label, title, description) = match labelled.get(number) {
            Some([label, _, title, description]) => (*label, *title, *description),
            None => ("ok", &*usual.title, &*usual.description),
        };
        // In halls of their own, so that no two are of one ticket.
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("title", title)
            .append_pair("description", description)
            .append_pair("venue", &format!("{}, hall {number}", usual.venue))
            .append_pair("price", &domain::money::CAD.digits(usual.price))
            .finish();
        let token = records::token(records::buyer(number / EACH));
        let answer = connection.post("/api/create_ticket", &token, &form).await?;
        ensure!(answer.status == 200, "{title:?} answers {}", answer.status);
        let id: TicketId = answer.text().trim_matches('"').parse()?;
        published.push((id, label == "bad"));
    }
    Ok(published)
}
