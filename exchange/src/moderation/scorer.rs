//! A scorer that the operator attaches: a classifier behind HTTP.
//!
//! It is posted, as JSON, what the listing says:
//! `{"ticket", "content_version", "title", "description", "venue", "price",
//! "currency"}`, the price in minor units, and answers `{"score", "reasons"}`: how
//! sure it is, from 0 to 1, that the listing must not be on the market, and why, as
//! a list of sentences for moderators, which may be left out. It is sent what
//! everybody would see, and nothing of who wrote it.

use std::time::Duration;

use domain::ticket::Ticket;
use openidconnect::reqwest;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, error::Cause};

/// How long a scorer has: a decision is due within a second.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Asks the scorer.
pub struct Scorer {
    url: Option<String>,
    http: reqwest::Client,
}

#[derive(Serialize)]
struct Question<'a> {
    ticket: &'a str,
    content_version: u32,
    title: &'a str,
    description: &'a str,
    venue: &'a str,
    price: i64,
    currency: &'a str,
}

/// What a scorer says.
#[derive(Debug, Deserialize)]
pub(super) struct Score {
    /// From 0 to 1.
    pub(super) score: f64,
    #[serde(default)]
    pub(super) reasons: Vec<String>,
}

impl Scorer {
    /// Of the scorer at `url`, if there is one.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(url: Option<&str>) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // Sooner than servers close connections: what is sent at that moment is
            // lost.
            .pool_idle_timeout(Duration::from_secs(1))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(Error::internal)?;
        Ok(Self {
            url: url.map(str::to_owned),
            http,
        })
    }

    /// What it says of `ticket`; nothing when there is none.
    ///
    /// # Errors
    /// When it does not answer in time, or not as it should.
    pub(super) async fn ask(
        &self,
        ticket: &Ticket,
        currency: &str,
    ) -> std::result::Result<Option<Score>, Cause> {
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let content = &ticket.content;
        let question = Question {
            ticket: ticket.id.as_str(),
            content_version: ticket.content_version,
            title: &content.title,
            description: &content.description,
            venue: &content.venue,
            price: content.price.minor(),
            currency,
        };
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&question)?);
        let answer = request.send().await?;
        if !answer.status().is_success() {
            return Err(format!("it answers {}", answer.status()).into());
        }
        let score: Score = serde_json::from_slice(&answer.bytes().await?)?;
        if !(0.0..=1.0).contains(&score.score) {
            return Err("a score is from 0 to 1".into());
        }
        Ok(Some(score))
    }
}
