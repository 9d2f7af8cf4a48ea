//! What happens to the account's listings and orders, for programs that ask, and the
//! webhooks of those that are told.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::WebhookId;
use exchange::{Error, Exchange, feed, feed::webhooks};

use super::{
    extract::{Body, EventsRead, May, Named, Params, WebhooksWrite},
    problem::{Problem, Refused},
    types::{
        After, Delivery, EventPage, Page, Seen, Webhook, WebhookList, WebhookSecret,
        WebhookSettings,
    },
    writes::Makes,
};
use crate::web::AppState;

/// What happened since: of one record in the order in which it happened, each once
///
/// Events are kept for thirty days unless the operator says otherwise, from when the
/// account first had a key with this scope or for webhooks. Keep `next`, and ask again
/// with it: whoever does misses nothing. An event says that something changed; what it is like now, its listing or
/// its order says. The same events are posted to webhooks.
#[utoipa::path(get, path = "/events", operation_id = "list_events", tag = "events", params(Seen),
    security(("key" = ["events:read"]), ("oauth2" = ["events:read"])),
    responses((status = 200, description = "Some of them, the oldest first", body = EventPage),
        (status = 410, description = "Some of those that follow are not kept any more", body = Problem),
        (status = 422, description = "`after` was never given", body = Problem)))]
pub(super) async fn list(
    State(state): State<AppState>,
    viewer: May<EventsRead>,
    Params(seen): Params<Seen>,
) -> Result<Json<EventPage>, Refused> {
    let exchange = &state.exchange;
    let found = async {
        let user = viewer.id().ok_or(Error::Unauthenticated)?;
        feed::since(exchange, user, &seen.after).await
    };
    let found = found.await.map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(EventPage::from(found)))
}

/// The account's webhooks, the newest first
#[utoipa::path(get, path = "/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 200, description = "All of them", body = WebhookList)))]
pub(super) async fn webhooks(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
) -> Result<Json<WebhookList>, Refused> {
    let exchange = &state.exchange;
    let found = webhooks::list(exchange, &viewer)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(WebhookList {
        items: found.into_iter().map(Webhook::from).collect(),
    }))
}

/// Have an address told what happens from now on
///
/// Each event of the account is posted there as JSON, signed as Standard Webhooks are
/// (`webhook-id`, `webhook-timestamp`, `webhook-signature`), until an answer from 200 to
/// 299 accepts it; the next one follows then. It may come more than once, under the same
/// `webhook-id`, and then late: `data.version` says what is newer. After a failure it is
/// sent again with longer and longer pauses, for three days; then, or when it is answered 410, the webhook is ended. When it is made active
/// again it goes on where it was, or with the oldest event that is kept.
#[utoipa::path(post, path = "/webhooks", operation_id = "create_webhook", tag = "webhooks", request_body = WebhookSettings,
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 201, description = "The webhook", body = Webhook, headers(("Location" = String)))))]
pub(super) async fn create(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    makes: Makes,
    Body(asked): Body<WebhookSettings>,
) -> Result<Response, Refused> {
    let exchange = &state.exchange;
    let made = async {
        let id: WebhookId = makes.id()?;
        webhooks::create_as(exchange, &viewer, id, &asked.typed()).await
    };
    let hook = made.await.map_err(|error| Refused::of(exchange, error))?;
    let place = format!("/api/v1/webhooks/{}", hook.id);
    let shown = Json(Webhook::from(hook));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], shown).into_response())
}

async fn shown(
    exchange: &Exchange,
    found: impl Future<Output = Result<webhooks::Webhook, Error>>,
) -> Result<Json<Webhook>, Refused> {
    let found = found.await.map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(Webhook::from(found)))
}

/// A webhook
#[utoipa::path(get, path = "/webhooks/{id}", operation_id = "read_webhook", tag = "webhooks", params(("id" = String, Path)),
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 200, description = "The webhook", body = Webhook),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn read(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
) -> Result<Json<Webhook>, Refused> {
    let exchange = &state.exchange;
    shown(exchange, webhooks::read(exchange, &viewer, &id)).await
}

/// Change a webhook: all of it
///
/// What it has not been told is sent at once if it is active.
#[utoipa::path(put, path = "/webhooks/{id}", operation_id = "replace_webhook", tag = "webhooks", params(("id" = String, Path)), request_body = WebhookSettings,
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 200, description = "The webhook", body = Webhook),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn replace(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
    Body(asked): Body<WebhookSettings>,
) -> Result<Json<Webhook>, Refused> {
    let exchange = &state.exchange;
    let typed = asked.typed();
    shown(exchange, webhooks::replace(exchange, &viewer, &id, &typed)).await
}

/// End a webhook
#[utoipa::path(delete, path = "/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks", params(("id" = String, Path)),
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 204, description = "It is no more"),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
) -> Result<StatusCode, Refused> {
    let exchange = &state.exchange;
    webhooks::delete(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secret that signs the messages to a webhook
#[utoipa::path(get, path = "/webhooks/{id}/secret", operation_id = "read_webhook_secret", tag = "webhooks", params(("id" = String, Path)),
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 200, description = "The secret", body = WebhookSecret),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn secret(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
) -> Result<Json<WebhookSecret>, Refused> {
    let exchange = &state.exchange;
    let secret = webhooks::secret(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(WebhookSecret { secret }))
}

/// Have messages signed with a new secret
///
/// For a day they are signed with the one before as well.
#[utoipa::path(post, path = "/webhooks/{id}/secret", operation_id = "roll_webhook_secret", tag = "webhooks", params(("id" = String, Path)),
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 204, description = "There is a new one"),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn roll_secret(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
) -> Result<StatusCode, Refused> {
    let exchange = &state.exchange;
    webhooks::roll_secret(exchange, &viewer, &id)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The attempts to deliver messages to a webhook, the latest first
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "webhooks", params(("id" = String, Path), After),
    security(("key" = ["webhooks:write"]), ("oauth2" = ["webhooks:write"])),
    responses((status = 200, description = "A page of them", body = Page<Delivery>),
        (status = 404, description = "There is none for the account", body = Problem)))]
pub(super) async fn deliveries(
    State(state): State<AppState>,
    viewer: May<WebhooksWrite>,
    Named(id): Named<WebhookId>,
    Params(from): Params<After>,
) -> Result<Json<Page<Delivery>>, Refused> {
    let exchange = &state.exchange;
    let found = webhooks::deliveries(exchange, &viewer, &id, &from.after)
        .await
        .map_err(|error| Refused::of(exchange, error))?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Delivery::from).collect(),
        next: found.next,
    }))
}
