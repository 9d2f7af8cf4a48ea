//! What is known of a listing besides its text.

use std::time::Duration;

use domain::{
    Timestamp,
    moderation::Signal,
    search::{Search, Sort},
    ticket::Ticket,
    words,
};

use super::{
    fingerprint::{self, Claim},
    rules::{Findings, Rules},
};
use crate::{Exchange, Result, accounts, market};

/// Most listings that a price is compared with, and fewest.
const COMPARED: usize = 24;
const FEWEST: usize = 5;
/// Words of the title that similar listings have.
const WORDS: usize = 4;

/// All that is against `ticket`, and the names that it may claim.
pub(super) async fn gather(
    exchange: &Exchange,
    rules: &Rules,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(Findings, Vec<Claim>)> {
    let content = &ticket.content;
    let mut findings = rules.read(&[&content.title, &content.description, &content.venue]);
    let facts = &rules.facts;
    let (claims, other) = fingerprint::claims(&exchange.db, ticket).await?;
    if let Some(other) = other {
        let found = Some(other.to_string());
        findings.add(Signal::Duplicate, facts.duplicate_weight, found);
    }
    if ticket.reports > 0 {
        findings.add(Signal::Report, rules.certain(), None);
    }
    let seller = accounts::find(exchange, &ticket.owner).await?;
    if seller.as_ref().is_some_and(|seller| seller.suspended) {
        findings.add(Signal::Suspended, rules.certain(), None);
    }
    let new = Duration::from_secs(3_600 * u64::from(facts.new_account_hours));
    if seller.is_some_and(|seller| now < seller.created_at + new)
        && lists_much(exchange, ticket, facts.new_account_listings).await?
    {
        findings.add(Signal::NewAccount, facts.new_account_weight, None);
    }
    if is_far(exchange, ticket, facts.price_times, now).await? {
        findings.add(Signal::Price, facts.price_weight, None);
    }
    score(exchange, rules, ticket, &mut findings).await;
    Ok((findings, claims))
}

async fn score(exchange: &Exchange, rules: &Rules, ticket: &Ticket, findings: &mut Findings) {
    match exchange
        .scorer
        .ask(ticket, exchange.settings.currency.code)
        .await
    {
        Ok(None) => {}
        Ok(Some(score)) => {
            if score.score >= rules.scorer.review_at {
                let why = Some(score.reasons.join(" ")).filter(|why| !why.is_empty());
                findings.add(Signal::Scorer, rules.certain(), why);
            }
        }
        Err(error) => {
            tracing::warn!(ticket = %ticket.id, %error, "the scorer does not answer");
            findings.add(Signal::ScorerAway, rules.certain(), None);
        }
    }
}

/// Whether the seller, who is new, has `most` listings or more.
async fn lists_much(exchange: &Exchange, ticket: &Ticket, most: usize) -> Result<bool> {
    Ok(market::store::count_of_owner(&exchange.db, &ticket.owner, most).await? >= most)
}

/// Whether the price is `times` that of similar listings, or such a part of it.
async fn is_far(exchange: &Exchange, ticket: &Ticket, times: i64, now: Timestamp) -> Result<bool> {
    let index = exchange.db.market();
    index.load(&exchange.db).await?;
    let words = words::words(&ticket.content.title)
        .filter(|word| word.chars().count() > 2 && !word.contains(|c: char| c.is_numeric()));
    let words: Vec<String> = words.take(WORDS).collect();
    if words.is_empty() {
        return Ok(false);
    }
    let search = Search {
        words: words::query(&words.join(" ")),
        sort: Sort::Newest,
        ..Search::default()
    };
    let found = index.find(&search, "", COMPARED, now);
    let others = found
        .items
        .iter()
        .filter(|listing| listing.ticket != ticket.id);
    let mut prices: Vec<i64> = others.map(|listing| listing.price.minor()).collect();
    if prices.len() < FEWEST {
        return Ok(false);
    }
    prices.sort_unstable();
    let (usual, asked) = (prices[prices.len() / 2], ticket.content.price.minor());
    Ok(asked > usual.saturating_mul(times) || asked.saturating_mul(times) < usual)
}
