//! Webhooks of Stripe.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use exchange::{Exchange, payments::webhook};

/// 200 when it was acted on or means nothing to us, 400 when it is not from
/// Stripe, 503 when Stripe is to send it again.
pub(crate) async fn stripe(
    State(exchange): State<Exchange>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match webhook::receive(&exchange, &body, signature).await {
        Ok(Ok(())) => StatusCode::OK,
        Ok(Err(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Err(rejected) => {
            tracing::warn!(%rejected, "webhook");
            StatusCode::BAD_REQUEST
        }
    }
}
