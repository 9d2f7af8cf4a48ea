//! Webhooks of Stripe: hints, believed only as far as their signature, and
//! answered by asking Stripe itself.

use domain::{OrderId, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use super::{
    dispute,
    hint::Hint,
    refund,
    settle::{settle, settle_for},
};
use crate::{Error, Exchange, Result, hex};

/// How far the signature's time may be from ours.
const TOLERANCE_MILLIS: i64 = 300_000;

/// Why a webhook was not accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Not signed by any of our secrets, or too long ago.
    #[error("the signature does not match")]
    Signature,
    /// No event.
    #[error("not an event")]
    Malformed,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    /// Of a shape that the type decides.
    #[serde(default)]
    data: serde_json::Value,
}

impl Event {
    fn text(&self, pointer: &str) -> Option<&str> {
        self.data.pointer(pointer)?.as_str()
    }
}

/// Checks `header`, the value of `Stripe-Signature`, over the raw body
/// (<https://docs.stripe.com/webhooks#verify-manually>).
fn is_signed(body: &[u8], header: &str, secrets: &[String], now: Timestamp) -> bool {
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => time = Some(value),
            Some(("v1", value)) => signatures.push(value),
            _ => {}
        }
    }
    let Some(time) = time else { return false };
    let recent = time.parse::<i64>().is_ok_and(|seconds| {
        seconds.saturating_mul(1000).abs_diff(now.millis()) <= TOLERANCE_MILLIS.unsigned_abs()
    });
    let matches = |secret: &String, signature: &&str| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            return false;
        };
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        // Compares in constant time.
        hex::decode(signature).is_some_and(|signature| mac.verify_slice(&signature).is_ok())
    };
    recent
        && secrets.iter().any(|secret| {
            signatures
                .iter()
                .any(|signature| matches(secret, signature))
        })
}

/// Acts on a webhook. Whatever order it names is settled with what Stripe
/// says when asked, so repetitions, delays and any order of arrival do no
/// harm; types that mean nothing to us are accepted.
///
/// # Errors
/// [`Rejected`] in the outer result; in the inner one what kept us from acting
/// on it, so that Stripe sends it again.
pub async fn receive(
    exchange: &Exchange,
    body: &[u8],
    signature: &str,
) -> std::result::Result<Result<()>, Rejected> {
    if !is_signed(
        body,
        signature,
        &exchange.settings.stripe.webhook_secrets,
        exchange.clock.now(),
    ) {
        return Err(Rejected::Signature);
    }
    let event: Event = serde_json::from_slice(body).map_err(|_| Rejected::Malformed)?;
    let Some(about) = About::of(&event.kind) else {
        tracing::debug!(id = event.id, kind = event.kind, "webhook of no interest");
        return Ok(Ok(()));
    };
    Ok(act(exchange, &event, about).await.inspect_err(
        |error: &Error| tracing::warn!(id = event.id, kind = event.kind, %error, "webhook to be sent again"),
    ))
}

/// What a webhook is about, by its type.
enum About {
    Intent,
    Refund,
    Dispute,
}

impl About {
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "payment_intent.amount_capturable_updated"
            | "payment_intent.succeeded"
            | "payment_intent.payment_failed"
            | "payment_intent.canceled" => Self::Intent,
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refunded" => {
                Self::Refund
            }
            kind if kind.starts_with("charge.dispute.") => Self::Dispute,
            _ => return None,
        })
    }
}

async fn act(exchange: &Exchange, event: &Event, about: About) -> Result<()> {
    let hint = Hint::webhook(&event.id);
    if hint.is_processed(exchange).await? {
        return Ok(());
    }
    let Some(order) = order_of(exchange, event).await? else {
        // Another system may share the Stripe account.
        tracing::info!(
            id = event.id,
            kind = event.kind,
            "webhook of something that is not ours"
        );
        return Ok(());
    };
    match about {
        About::Intent => {}
        About::Refund => refund::adopt(exchange, &order).await?,
        About::Dispute => {
            if let Some(dispute) = event.text("/object/id") {
                // It may come before the order is known to be paid.
                settle(exchange, &order).await?;
                dispute::note(exchange, &hint, &order, dispute).await?;
            }
        }
    }
    settle_for(exchange, &order, &hint).await?;
    hint.finish(exchange).await
}

/// The order that the event's object was made for: it says so itself, or its
/// intent does.
async fn order_of(exchange: &Exchange, event: &Event) -> Result<Option<OrderId>> {
    let named = |name: &str| name.parse().ok();
    if let Some(order) = event.text("/object/metadata/order") {
        return Ok(named(order));
    }
    let Some(intent) = event.text("/object/payment_intent") else {
        return Ok(None);
    };
    let intent = exchange.stripe.fetch(intent).await?;
    Ok(intent.order.as_deref().and_then(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn sign(body: &[u8], secret: &str, seconds: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        let signature = hex::encode(&mac.finalize().into_bytes());
        format!("t={seconds},v1={signature},v0=00")
    }

    #[test]
    fn only_a_recent_signature_of_one_of_our_secrets_counts() {
        let secrets = ["whsec_new".to_owned(), "whsec_old".to_owned()];
        let now = NOW.millis() / 1000;
        for secret in ["whsec_new", "whsec_old"] {
            assert!(is_signed(b"{}", &sign(b"{}", secret, now), &secrets, NOW));
        }
        assert!(!is_signed(
            b"{}",
            &sign(b"{}", "whsec_other", now),
            &secrets,
            NOW
        ));
        assert!(!is_signed(
            b"{ }",
            &sign(b"{}", "whsec_new", now),
            &secrets,
            NOW
        ));
        assert!(!is_signed(
            b"{}",
            &sign(b"{}", "whsec_new", now - 301),
            &secrets,
            NOW
        ));
        assert!(!is_signed(
            b"{}",
            &sign(b"{}", "whsec_new", now + 301),
            &secrets,
            NOW
        ));
        for header in [
            "",
            "t=1",
            "v1=00",
            "t=x,v1=zz",
            "t=1790000000,v1=",
            "t=1790000000,v1=é0",
        ] {
            assert!(!is_signed(b"{}", header, &secrets, NOW), "{header}");
        }
    }
}
