//! Server functions of the market.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::types::{Change, ListingsPage, MarketPage, SellerView, TicketForm, TicketView};
use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{
    language::language,
    server::{self, answer, view},
};

/// Most cards that [`cards`] is asked about at once.
pub const MOST_CARDS: usize = 100;

/// Tickets on the market that match what was typed, in the order called `sort`;
/// `after` is the `next` of the page before.
///
/// # Errors
/// 422 with the refused fields.
#[server(endpoint = "market", prefix = "/api", input = GetUrl)]
pub async fn market(
    #[server(default)] q: String,
    #[server(default)] price_from: String,
    #[server(default)] price_to: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] sort: String,
    #[server(default)] after: String,
) -> Result<MarketPage, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let viewer = server::viewer().await?;
        // What happens from here on may be in what is read, or is told.
        let position = server::position();
        let typed = exchange::market::TypedSearch {
            q,
            price_from,
            price_to,
            from,
            to,
            sort,
            after,
        };
        let found = exchange::market::browse(&exchange, typed).await?;
        Ok(view::market(
            &exchange,
            language(),
            &viewer,
            found,
            position,
        ))
    })
    .await
}

/// Where the tickets stand whose ids are given, separated by commas, as the
/// market tells it: for pages that missed what they were told.
///
/// # Errors
/// Only when the database is away.
#[server(name = ReadCards, endpoint = "cards", prefix = "/api", input = GetUrl)]
pub async fn cards(#[server(default)] ids: String) -> Result<Vec<Change>, ApiError> {
    answer(async {
        let ids = ids.split(',').take(MOST_CARDS);
        let ids: Vec<_> = ids.filter_map(|id| id.parse().ok()).collect();
        let exchange = server::exchange();
        let standing = exchange::market::standing(&exchange, &ids).await?;
        Ok(standing
            .into_iter()
            .map(|standing| view::change(&exchange, language(), standing))
            .collect())
    })
    .await
}

/// A seller.
///
/// # Errors
/// 404 when there is none, or they are suspended.
#[server(name = ReadSeller, endpoint = "seller", prefix = "/api", input = GetUrl)]
pub async fn seller(#[server(default)] id: String) -> Result<SellerView, ApiError> {
    answer(async {
        let found = exchange::market::seller(&server::exchange(), &server::id(&id)?).await?;
        Ok(view::seller(language(), found))
    })
    .await
}

/// A ticket.
///
/// # Errors
/// 404 when the viewer may not know of it.
#[server(endpoint = "ticket", prefix = "/api", input = GetUrl)]
pub async fn ticket(#[server(default)] id: String) -> Result<TicketView, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let viewer = server::viewer().await?;
        let found = exchange::market::view(&exchange, &viewer, &server::id(&id)?).await?;
        Ok(view::ticket(&exchange, language(), &viewer, &found))
    })
    .await
}

/// What the edit form of a ticket starts with.
///
/// # Errors
/// 401, 403, 404, or 409 when the ticket cannot be edited now.
#[server(name = ReadTicketForm, endpoint = "ticket_form", prefix = "/api", input = GetUrl)]
pub async fn ticket_form(#[server(default)] id: String) -> Result<TicketForm, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let viewer = server::member().await?;
        let ticket = exchange::market::changeable(&exchange, &viewer, &server::id(&id)?).await?;
        Ok(view::ticket_form(&exchange, &ticket))
    })
    .await
}

/// Whether the viewer may offer tickets: guards the form.
///
/// # Errors
/// 401 or 403.
#[server(endpoint = "may_sell", prefix = "/api", input = GetUrl)]
pub async fn may_sell() -> Result<(), ApiError> {
    answer(async {
        exchange::market::check_may_sell(&server::viewer().await?)?;
        Ok(())
    })
    .await
}

/// Offers a ticket; then on to its page.
///
/// # Errors
/// 401, 403, or 422 with the refused fields.
#[server(endpoint = "create_ticket", prefix = "/api")]
pub async fn create_ticket(
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] venue: String,
    #[server(default)] starts: String,
    #[server(default)] zone: String,
    #[server(default)] price: String,
    #[server(default)] handover_note: String,
    #[server(default)] relist_after_refund: String,
) -> Result<String, ApiError> {
    answer(async {
        let typed = exchange::market::TypedContent {
            title,
            description,
            venue,
            starts,
            zone,
            price,
            handover_note,
            relist_after_refund: !relist_after_refund.is_empty(),
        };
        let id =
            exchange::market::create(&server::exchange(), &server::viewer().await?, typed).await?;
        server::say_done("listed").await?;
        server::go(&format!("/tickets/{id}"));
        Ok(id.to_string())
    })
    .await
}

/// Changes a listing; then on to its page.
///
/// # Errors
/// 401, 403, 404, 409 when it changed meanwhile or is held or sold, or 422
/// with the refused fields.
#[server(endpoint = "edit_ticket", prefix = "/api")]
pub async fn edit_ticket(
    #[server(default)] id: String,
    #[server(default)] content_version: String,
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] venue: String,
    #[server(default)] starts: String,
    #[server(default)] zone: String,
    #[server(default)] price: String,
    #[server(default)] handover_note: String,
    #[server(default)] relist_after_refund: String,
) -> Result<(), ApiError> {
    answer(async {
        let viewer = server::member().await?;
        let based_on = server::number("content_version", &content_version)?;
        let typed = exchange::market::TypedContent {
            title,
            description,
            venue,
            starts,
            zone,
            price,
            handover_note,
            relist_after_refund: !relist_after_refund.is_empty(),
        };
        exchange::market::edit(
            &server::exchange(),
            &viewer,
            &server::id(&id)?,
            based_on,
            typed,
        )
        .await?;
        server::say_done("saved").await?;
        server::go(&format!("/tickets/{id}"));
        Ok(())
    })
    .await
}

/// Withdraws a listing; then on to the seller's listings.
///
/// # Errors
/// 401, 403, 404, or 409 when it is held or sold.
#[server(endpoint = "delete_ticket", prefix = "/api")]
pub async fn delete_ticket(#[server(default)] id: String) -> Result<(), ApiError> {
    answer(async {
        exchange::market::delete(
            &server::exchange(),
            &server::member().await?,
            &server::id(&id)?,
        )
        .await?;
        server::say_done("deleted").await?;
        server::go("/listings");
        Ok(())
    })
    .await
}

/// The viewer's listings, newest first.
///
/// # Errors
/// 401.
#[server(endpoint = "listings", prefix = "/api", input = GetUrl)]
pub async fn listings(#[server(default)] after: String) -> Result<ListingsPage, ApiError> {
    answer(async {
        let exchange = server::exchange();
        let page = exchange::market::listings(&exchange, &server::viewer().await?, &after).await?;
        let orders = exchange::market::orders_of(&exchange, &page.items).await?;
        let order = |ticket: &domain::ticket::Ticket| orders.get(ticket.current_order.as_ref()?);
        Ok(ListingsPage {
            listings: page
                .items
                .iter()
                .map(|ticket| view::listing(&exchange, language(), ticket, order(ticket)))
                .collect(),
            next: page.next,
        })
    })
    .await
}
