//! Orders, their payments and refunds.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{OrderId, Refusal, TicketId, order::CancelReason, permission::Viewer};
use exchange::{
    Error, Exchange,
    accounts::tries::Client,
    orders::{self, OrderDetails},
    payments,
};

use super::{
    extract::{Body, May, Named, OrdersRead, OrdersWrite, Params, RefundsWrite},
    problem::{Problem, Refused},
    types::{After, Billing, Confirmation, FullOrder, Order, Page, Reservation},
    validators::unless_known,
    writes::{Makes, Unkept},
};
use crate::web::AppState;

async fn shown(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
) -> Result<Json<FullOrder>, Refused> {
    let found = orders::view(exchange, viewer, id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(FullOrder::of(exchange, viewer, found)))
}

/// The orders in which the account is the buyer, the newest first
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders", params(After),
    security(("key" = ["orders:read"]), ("oauth2" = ["orders:read"])),
    responses((status = 200, description = "A page of them", body = Page<Order>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    viewer: May<OrdersRead>,
    Params(from): Params<After>,
) -> Result<Json<Page<Order>>, Refused> {
    let exchange = &state.exchange;
    let found = orders::of_buyer(exchange, &viewer, &from.after)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let order = |order| Order::of(exchange, &viewer, order);
    Ok(Json(Page {
        items: found.items.iter().map(order).collect(),
        next: found.next,
    }))
}

/// An order, for its buyer and its seller
#[utoipa::path(get, path = "/orders/{id}", operation_id = "read_order", tag = "orders",
    params(("id" = String, Path), ("If-None-Match" = Option<String>, Header, description = "The `ETag` that is known")),
    security(("key" = ["orders:read"]), ("oauth2" = ["orders:read"])),
    responses((status = 200, description = "The order", body = FullOrder, headers(("ETag" = String))),
        (status = 304, description = "It is as it was"),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn read(
    State(state): State<AppState>,
    viewer: May<OrdersRead>,
    Named(id): Named<OrderId>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    let found = orders::view(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let tag = tag(&found);
    let order = Json(FullOrder::of(exchange, &viewer, found));
    Ok(unless_known(&headers, tag, order))
}

/// What is shown of an order changes with one of these: a ticket that is sold is not
/// edited.
fn tag(found: &OrderDetails) -> String {
    let payment = found.payment.as_ref().map_or(0, |payment| payment.version);
    format!("\"{}.{payment}\"", found.order.version)
}

/// Reserve a ticket at the price that was seen
#[utoipa::path(post, path = "/orders", operation_id = "reserve_listing", tag = "orders", request_body = Reservation,
    security(("key" = ["orders:write"]), ("oauth2" = ["orders:write"])),
    responses((status = 201, description = "The order", body = FullOrder, headers(("Location" = String))),
        (status = 404, description = "There is no such listing for the account", body = Problem)))]
pub(super) async fn reserve(
    State(state): State<AppState>,
    viewer: May<OrdersWrite>,
    Extension(client): Extension<Client>,
    makes: Makes,
    Body(asked): Body<Reservation>,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    let price = asked.price.amount(&exchange.settings.currency)?;
    let reserved = async {
        let ticket: TicketId = asked.listing.parse().map_err(|_| Error::NotFound)?;
        orders::admit(exchange, &viewer, &client, &ticket).await?;
        orders::reserve_as(exchange, &viewer, &makes.id()?, &ticket, price).await
    };
    let id = reserved
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let shown = shown(exchange, &viewer, &id).await?;
    let place = format!("/api/v1/orders/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], shown).into_response())
}

/// Let a hold go
#[utoipa::path(post, path = "/orders/{id}/cancel", operation_id = "cancel_order", tag = "orders", params(("id" = String, Path)),
    security(("key" = ["orders:write"]), ("oauth2" = ["orders:write"])),
    responses((status = 200, description = "The order", body = FullOrder),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn cancel(
    State(state): State<AppState>,
    viewer: May<OrdersWrite>,
    Named(id): Named<OrderId>,
) -> Result<Json<FullOrder>, Refused> {
    let exchange = &state.exchange;
    let cancelled = async {
        match orders::cancel(exchange, &viewer, &id).await {
            // Whoever asks again is told what became of it.
            Err(Error::Refused(Refusal::OrderCancelled)) => {
                let found = orders::view(exchange, &viewer, &id).await?.order;
                if found.cancel_reason == Some(CancelReason::Buyer) {
                    Ok(())
                } else {
                    Err(Refusal::OrderCancelled.into())
                }
            }
            done => done,
        }
    };
    cancelled
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    shown(exchange, &viewer, &id).await
}

/// Begin to pay, or go on with it
///
/// Stripe has the payment confirmed with what is answered. Without a body, who pays is
/// who was noted before. The answer is secret, so it is not kept: asking again answers
/// with the same.
#[utoipa::path(post, path = "/orders/{id}/payment", operation_id = "begin_payment", tag = "payments", params(("id" = String, Path)),
    request_body = Option<Billing>, security(("key" = ["orders:write"]), ("oauth2" = ["orders:write"])),
    responses((status = 200, description = "What Stripe is given", body = Confirmation),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn pay(
    State(state): State<AppState>,
    viewer: May<OrdersWrite>,
    Named(id): Named<OrderId>,
    Body(billing): Body<Option<Billing>>,
) -> Result<(Unkept, Json<Confirmation>), Refused> {
    let exchange = &state.exchange;
    let typed = billing.map(Billing::typed).unwrap_or_default();
    let begun = payments::start(exchange, &viewer, &id, &typed)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok((
        Unkept,
        Json(Confirmation {
            client_secret: begun.client_secret,
            publishable_key: exchange.settings.stripe.publishable_key.clone(),
        }),
    ))
}

/// Take the order to where Stripe says that its payment stands
///
/// It happens by itself as well, some moments later.
#[utoipa::path(post, path = "/orders/{id}/payment/finish", operation_id = "finish_payment", tag = "payments", params(("id" = String, Path)),
    security(("key" = ["orders:write"]), ("oauth2" = ["orders:write"])),
    responses((status = 200, description = "The order", body = FullOrder),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn finish(
    State(state): State<AppState>,
    viewer: May<OrdersWrite>,
    Named(id): Named<OrderId>,
) -> Result<(Unkept, Json<FullOrder>), Refused> {
    let exchange = &state.exchange;
    payments::finish(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok((Unkept, shown(exchange, &viewer, &id).await?))
}

/// Give the money of a paid order back
///
/// The money is on its way when this is answered; the order says when it went back.
#[utoipa::path(post, path = "/orders/{id}/refund", operation_id = "refund_order", tag = "refunds", params(("id" = String, Path)),
    security(("key" = ["refunds:write"]), ("oauth2" = ["refunds:write"])),
    responses((status = 202, description = "The order", body = FullOrder),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn refund(
    State(state): State<AppState>,
    viewer: May<RefundsWrite>,
    Named(id): Named<OrderId>,
) -> Result<(StatusCode, Json<FullOrder>), Refused> {
    let exchange = &state.exchange;
    match payments::refund::refund(exchange, &viewer, &id).await {
        // Whoever asks again is told what becomes of it.
        Ok(()) | Err(Error::Refused(Refusal::BeingRefunded | Refusal::AlreadyRefunded)) => {}
        Err(error) => return Err(Refused::of(exchange, error)),
    }
    Ok((StatusCode::ACCEPTED, shown(exchange, &viewer, &id).await?))
}
