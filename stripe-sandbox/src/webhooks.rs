//! Delivering events: signed, in order of creation, repeated until accepted.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::app::{App, Tx};
use crate::clock::system_millis;
use crate::refunds;

/// Milliseconds to wait after the first, second … failed attempt; then the last one again.
const RETRY_DELAYS_MS: [i64; 6] = [200, 1_000, 3_000, 10_000, 30_000, 60_000];
/// After so many failures (about an hour) an event is given up.
const MAX_ATTEMPTS: u32 = 60;
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long held deliveries may wait unnoticed after their release.
const IDLE: Duration = Duration::from_millis(250);

/// An event on its way to the webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    /// The event's id.
    pub(crate) event: String,
    /// How many attempts failed.
    pub(crate) attempts: u32,
    /// When to try, in Unix milliseconds of the system's clock, without the offset.
    pub(crate) due_ms: i64,
}

/// The value of `Stripe-Signature` for a payload at a time (Unix seconds).
pub(crate) fn signature(secret: &str, payload: &str, time: i64) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{time}.{payload}").as_bytes());
    let code: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={time},v1={code}")
}

/// Makes deliveries, one after the other, until the task is aborted.
pub(crate) async fn run(app: Arc<App>, client: reqwest::Client) {
    loop {
        end_refunds(&app).await;
        let Some((delivery, url, payload)) = next(&app).await else {
            // Woken by a new event; by time for retries and for a hold that ends.
            let _ = tokio::time::timeout(IDLE, app.wake.notified()).await;
            continue;
        };
        let accepted = attempt(&app, &client, &url, payload).await;
        settle(&app, &delivery, accepted).await;
    }
}

/// Refunds that take time end whether or not somebody asks for them.
async fn end_refunds(app: &App) {
    let mut ledger = app.ledger.lock().await;
    refunds::end_due(&mut Tx::by_itself(app, &mut ledger.state));
}

/// The next delivery that is due, where to, and its payload as of now.
async fn next(app: &App) -> Option<(Delivery, String, String)> {
    let url = app.webhook_url.borrow().clone()?;
    let faults = app.faults.webhooks();
    if faults.hold {
        return None;
    }
    let ledger = app.ledger.lock().await;
    let now = system_millis();
    let mut due = ledger.state.deliveries.iter().filter(|d| d.due_ms <= now);
    let delivery = if faults.reverse {
        due.next_back()
    } else {
        due.next()
    }?;
    let event = ledger.state.events.get(&delivery.event)?;
    Some((
        delivery.clone(),
        url,
        event.render(&ledger.state).to_string(),
    ))
}

async fn attempt(app: &App, client: &reqwest::Client, url: &str, payload: String) -> bool {
    // Signed now, not when the event arose: a late delivery must still be fresh.
    let signature = signature(&app.config.webhook_secret, &payload, app.clock.now());
    let response = client
        .post(url)
        .timeout(TIMEOUT)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .body(payload)
        .send()
        .await;
    match response {
        Ok(response) if response.status().is_success() => true,
        Ok(response) => {
            tracing::warn!(url, status = response.status().as_u16(), "webhook refused");
            false
        }
        Err(error) => {
            tracing::warn!(url, %error, "webhook not delivered");
            false
        }
    }
}

async fn settle(app: &App, delivery: &Delivery, accepted: bool) {
    let mut ledger = app.ledger.lock().await;
    let attempts = delivery.attempts + 1;
    if accepted || attempts >= MAX_ATTEMPTS {
        ledger.state.deliveries.retain(|d| d.id != delivery.id);
    } else if let Some(d) = ledger
        .state
        .deliveries
        .iter_mut()
        .find(|d| d.id == delivery.id)
    {
        let step = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
        let delay = RETRY_DELAYS_MS[step.min(RETRY_DELAYS_MS.len() - 1)];
        d.attempts = attempts;
        d.due_ms = system_millis() + delay;
    }
    // A failure is logged there; an unsaved success only means one more delivery.
    let _ = ledger.save().await;
}
