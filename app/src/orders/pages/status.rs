use domain::order::{CancelReason, OrderStatus};
use leptos::prelude::*;
use texts::orders as text;

use crate::language::language;

/// Where an order stands, as a badge.
#[component]
pub(super) fn Badge(
    status: OrderStatus,
    /// Why it was cancelled.
    reason: Option<CancelReason>,
    /// Whether its hold is.
    live: bool,
) -> impl IntoView {
    let language = language();
    let tone = match status {
        OrderStatus::Created if live => "waiting",
        OrderStatus::AwaitingPayment | OrderStatus::Refunding => "waiting",
        OrderStatus::Complete => "good",
        OrderStatus::Created | OrderStatus::Refunded | OrderStatus::Cancelled => "over",
    };
    view! { <span class=format!("badge {tone}")>{text::status(language, status, reason, live)}</span> }
}
