//! Server functions of orders and their payments.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::types::{AddressForm, Confirmation, OrderPulse, OrderView, OrdersPage, PaymentResult};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{
    language::language,
    server::{self, answer, view},
};

/// Holds a ticket at the price seen (`price` in minor units); then on to the
/// order.
///
/// # Errors
/// 401, 403 for the seller, 404, 409 when somebody else has it or the price
/// changed, 422, or 429 right after letting it go.
#[server(endpoint = "reserve", prefix = "/api")]
pub async fn reserve(
    #[server(default)] ticket: String,
    #[server(default)] price: String,
) -> Result<String, ApiError> {
    answer(async {
        let viewer = server::member().await?;
        let price = domain::Amount::from_minor(server::number("price", &price)?);
        let client = server::visit().await?.client;
        let (exchange, ticket) = (server::exchange(), server::id(&ticket)?);
        exchange::orders::admit(&exchange, &viewer, &client, &ticket).await?;
        let order = exchange::orders::reserve(&exchange, &viewer, &ticket, price).await?;
        server::go(&format!("/orders/{order}"));
        Ok(order.to_string())
    })
    .await
}

/// Lets a hold go; then on to the order.
///
/// # Errors
/// 401, 403, 404, or 409 when it is being paid, paid or over.
#[server(endpoint = "cancel_order", prefix = "/api")]
pub async fn cancel_order(#[server(default)] order: String) -> Result<(), ApiError> {
    answer(async {
        exchange::orders::cancel(
            &server::exchange(),
            &server::member().await?,
            &server::id(&order)?,
        )
        .await?;
        server::go(&format!("/orders/{order}"));
        Ok(())
    })
    .await
}

/// Gives the money of a paid order back; then on to the order.
///
/// # Errors
/// 401, 403 for the seller, 404, or 409 when it is not paid, disputed, refunded
/// already, or too late.
#[server(endpoint = "refund_order", prefix = "/api")]
pub async fn refund_order(#[server(default)] order: String) -> Result<(), ApiError> {
    answer(async {
        exchange::payments::refund::refund(
            &server::exchange(),
            &server::member().await?,
            &server::id(&order)?,
        )
        .await?;
        server::go(&format!("/orders/{order}"));
        Ok(())
    })
    .await
}

/// The viewer's orders, newest first.
///
/// # Errors
/// 401.
#[server(endpoint = "orders", prefix = "/api", input = GetUrl)]
pub async fn orders(#[server(default)] after: String) -> Result<OrdersPage, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let page = exchange::orders::of_buyer(&exchange, &server::member().await?, &after).await?;
        Ok(OrdersPage {
            orders: page
                .items
                .iter()
                .map(|order| view::order_row(&exchange, language(), order))
                .collect(),
            next: page.next,
        })
    })
    .await
}

/// An order; `again` leaves out what its page has since it was read first.
///
/// # Errors
/// 401, or 404 for those who are not party to it.
#[server(endpoint = "order", prefix = "/api", input = GetUrl)]
pub async fn order(
    #[server(default)] id: String,
    #[server(default)] again: bool,
) -> Result<OrderView, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let viewer = server::member().await?;
        let found = exchange::orders::view(&exchange, &viewer, &server::id(&id)?).await?;
        let mut shown = view::order(&exchange, language(), &viewer, &found);
        if shown.payable && !again {
            let billing = match found.order.billing {
                Some(noted) => Some(noted),
                None => exchange::orders::last_billing(&exchange, &viewer).await?,
            };
            shown.checkout = Some(view::checkout_form(&exchange, language(), billing));
        }
        Ok(shown)
    })
    .await
}

/// What of an order the open page of it follows.
///
/// # Errors
/// As [`order`].
#[server(name = ReadOrderPulse, endpoint = "order_pulse", prefix = "/api", input = GetUrl)]
pub async fn order_pulse(#[server(default)] id: String) -> Result<OrderPulse, ApiError> {
    Ok(order(id, true).await?.pulse())
}

/// What addresses of the country with this code have.
///
/// # Errors
/// 404 when there is no such country.
#[server(name = ReadAddressForm, endpoint = "address_form", prefix = "/api", input = GetUrl)]
pub async fn address_form(#[server(default)] country: String) -> Result<AddressForm, ApiError> {
    answer(async { view::address_form(language(), &country).ok_or(exchange::Error::NotFound) })
        .await
}

/// *Pay*: begins the payment, or goes on with the one that was begun. With no
/// name and address, those of the last time count.
///
/// # Errors
/// 401, 403, 404, 409 when the hold is over or the order is paid, 422 for the
/// name and address, or 503 when Stripe is away.
#[server(endpoint = "start_payment", prefix = "/api")]
pub async fn start_payment(
    #[server(default)] order: String,
    #[server(default)] billing_name: String,
    #[server(default)] country: String,
    #[server(default)] line1: String,
    #[server(default)] line2: String,
    #[server(default)] city: String,
    #[server(default)] region: String,
    #[server(default)] postal_code: String,
) -> Result<Confirmation, ApiError> {
    answer(async {
        let typed = exchange::orders::billing::TypedBilling {
            name: billing_name,
            country,
            line1,
            line2,
            city,
            region,
            postal_code,
        };
        let begun = exchange::payments::start(
            &server::exchange(),
            &server::member().await?,
            &server::id(&order)?,
            &typed,
        )
        .await?;
        Ok(view::confirmation(begun))
    })
    .await
}

/// Takes the order to where Stripe says that its payment stands.
///
/// # Errors
/// 401, 403, 404, or 503 when Stripe is away.
#[server(endpoint = "finish_payment", prefix = "/api")]
pub async fn finish_payment(#[server(default)] order: String) -> Result<PaymentResult, ApiError> {
    answer(async {
        let (order, payment) = exchange::payments::finish(
            &server::exchange(),
            &server::member().await?,
            &server::id(&order)?,
        )
        .await?;
        Ok(PaymentResult {
            status: order.status,
            decline: payment.and_then(|payment| view::decline(language(), &payment)),
        })
    })
    .await
}
