//! Listings: the market, and what the account sells.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Refusal, TicketId, permission::Viewer, ticket::Ticket};
use exchange::{Error, Exchange, market};

use super::{
    extract::{Body, ListingsRead, ListingsWrite, May, Named, Params},
    problem::{Code, Problem, Refused},
    types::{After, Content, Listing, Offer, Page, Search},
    validators::{matches, unless_known},
    writes::Makes,
};
use crate::web::AppState;

/// A strong validator (RFC 9110 §8.8.3): what is shown of a listing changes with
/// either number.
fn tag(ticket: &Ticket) -> String {
    format!("\"{}.{}\"", ticket.version, ticket.content_version)
}

async fn shown(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &TicketId,
    status: StatusCode,
) -> Result<Response, Refused> {
    let found = market::view(exchange, viewer, id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let tag = tag(&found.ticket);
    let listing = Listing::details(exchange, viewer, &found);
    Ok((status, [(header::ETAG, tag)], Json(listing)).into_response())
}

/// Search the market
#[utoipa::path(get, path = "/listings", operation_id = "search_listings", tag = "listings", params(Search),
    security(("key" = ["listings:read"]), ("oauth2" = ["listings:read"])),
    responses((status = 200, description = "A page of what was found", body = Page<Offer>),
        (status = 422, description = "Parameters were refused", body = Problem)))]
pub(super) async fn search(
    State(state): State<AppState>,
    _: May<ListingsRead>,
    Params(search): Params<Search>,
) -> Result<Json<Page<Offer>>, Refused> {
    let exchange = &state.exchange;
    let typed = search.typed(&exchange.settings.currency);
    let found = market::browse(exchange, typed)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let offer = |listing| Offer::of(exchange, listing);
    Ok(Json(Page {
        items: found.items.into_iter().map(offer).collect(),
        next: found.next,
    }))
}

/// The account's own listings, the newest first
#[utoipa::path(get, path = "/account/listings", operation_id = "list_own_listings", tag = "listings", params(After),
    security(("key" = ["listings:read"]), ("oauth2" = ["listings:read"])),
    responses((status = 200, description = "A page of them", body = Page<Listing>)))]
pub(super) async fn own(
    State(state): State<AppState>,
    viewer: May<ListingsRead>,
    Params(from): Params<After>,
) -> Result<Json<Page<Listing>>, Refused> {
    let exchange = &state.exchange;
    let found = market::listings(exchange, &viewer, &from.after)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let listing = |ticket: &Ticket| Listing::of(exchange, &viewer, ticket, true);
    Ok(Json(Page {
        items: found.items.iter().map(listing).collect(),
        next: found.next,
    }))
}

/// A listing
#[utoipa::path(get, path = "/listings/{id}", operation_id = "read_listing", tag = "listings",
    params(("id" = String, Path), ("If-None-Match" = Option<String>, Header, description = "The `ETag` that is known")),
    security(("key" = ["listings:read"]), ("oauth2" = ["listings:read"])),
    responses((status = 200, description = "The listing", body = Listing, headers(("ETag" = String))),
        (status = 304, description = "It is as it was"),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn read(
    State(state): State<AppState>,
    viewer: May<ListingsRead>,
    Named(id): Named<TicketId>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    let found = market::view(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let listing = Json(Listing::details(exchange, &viewer, &found));
    Ok(unless_known(&headers, tag(&found.ticket), listing))
}

/// List a ticket: it is on the market once it is approved
#[utoipa::path(post, path = "/listings", operation_id = "create_listing", tag = "listings", request_body = Content,
    security(("key" = ["listings:write"]), ("oauth2" = ["listings:write"])),
    responses((status = 201, description = "The listing", body = Listing,
        headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn create(
    State(state): State<AppState>,
    viewer: May<ListingsWrite>,
    makes: Makes,
    Body(content): Body<Content>,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    let typed = content.typed(&exchange.settings.currency)?;
    let id = makes.id().map_err(|error| Refused::of(exchange, error))?;
    let id = market::create_as(exchange, &viewer, id, typed)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let shown = shown(exchange, &viewer, &id, StatusCode::CREATED).await?;
    Ok((
        [(header::LOCATION, format!("/api/v1/listings/{id}"))],
        shown,
    )
        .into_response())
}

/// Change what a listing says: all of it
#[utoipa::path(put, path = "/listings/{id}", operation_id = "replace_listing", tag = "listings", request_body = Content,
    params(("id" = String, Path), ("If-Match" = String, Header, description = "The `ETag` of what is changed")),
    security(("key" = ["listings:write"]), ("oauth2" = ["listings:write"])),
    responses((status = 200, description = "The listing", body = Listing, headers(("ETag" = String))),
        (status = 404, description = "There is none for the account", body = Problem),
        (status = 412, description = "It was changed meanwhile", body = Problem),
        (status = 428, description = "`If-Match` is missing", body = Problem)))]
pub(super) async fn replace(
    State(state): State<AppState>,
    viewer: May<ListingsWrite>,
    Named(id): Named<TicketId>,
    headers: HeaderMap,
    Body(content): Body<Content>,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    if !headers.contains_key(header::IF_MATCH) {
        let said = "send the ETag of the listing as If-Match";
        return Err(Refused::new(Code::PreconditionRequired, said));
    }
    let typed = content.typed(&exchange.settings.currency)?;
    let before = market::changeable(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    let is_current = matches(&headers, &header::IF_MATCH, &tag(&before));
    // Whoever sends again what was done is told so (RFC 9110 §13.1.1).
    if market::says(exchange, &before, typed.clone()) {
        return shown(exchange, &viewer, &id, StatusCode::OK).await;
    }
    if !is_current {
        return Err(Refused::of(exchange, Refusal::StaleEdit.into()));
    }
    market::edit(exchange, &viewer, &id, before.content_version, typed)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    shown(exchange, &viewer, &id, StatusCode::OK).await
}

/// Withdraw a listing
#[utoipa::path(delete, path = "/listings/{id}", operation_id = "withdraw_listing", tag = "listings",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The `ETag` of what is withdrawn")),
    security(("key" = ["listings:write"]), ("oauth2" = ["listings:write"])),
    responses((status = 204, description = "It is withdrawn"),
        (status = 404, description = "There is none for the account", body = Problem),
        (status = 412, description = "It was changed meanwhile", body = Problem)))]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    viewer: May<ListingsWrite>,
    Named(id): Named<TicketId>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    let exchange = &state.exchange;
    let withdrawn = async {
        let mut known = None;
        if headers.contains_key(header::IF_MATCH) {
            let before = market::changeable(exchange, &viewer, &id).await?;
            if !matches(&headers, &header::IF_MATCH, &tag(&before)) {
                return Err(Refusal::StaleEdit.into());
            }
            known = Some(before.version);
        }
        market::delete_version(exchange, &viewer, &id, known).await
    };
    let withdrawn = match withdrawn.await {
        // By the same request, sent before.
        Err(Error::NotFound) => match market::is_withdrawn(exchange, &viewer, &id).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::NotFound),
            Err(error) => Err(error),
        },
        done => done,
    };
    withdrawn.map_err(|error| Refused::of(exchange, error))?;
    Ok(StatusCode::NO_CONTENT)
}
