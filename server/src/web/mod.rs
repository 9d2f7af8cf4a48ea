//! HTTP: pages, server functions, webhooks, and what surrounds them.

mod forms;
mod headers;
mod sessions;
mod webhooks;
mod writes;

use app::{App, server::Asker, shell};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, State},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::{any, get, post},
};
use exchange::Exchange;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

use crate::config::{Config, origin};

/// Longest body of a request, in bytes: a form whose every field is full, many
/// times over.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What routes get.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    leptos: LeptosOptions,
    exchange: Exchange,
}

/// Everything that is served.
pub(crate) fn router(config: &Config, exchange: Exchange) -> Router {
    let state = AppState {
        leptos: config.leptos.clone(),
        exchange: exchange.clone(),
    };
    let https = config.public_url.starts_with("https://");
    let policy = headers::Policy::new(
        &[
            &config.settings.stripe.js_url,
            &config.settings.stripe.api_url,
        ]
        .map(|url| origin(url).unwrap_or_default()),
        https,
    );
    let context = {
        let (exchange, policy) = (exchange.clone(), policy.clone());
        move || {
            provide_context(exchange.clone());
            provide_context(Asker::default());
            forms::provide_flash();
            policy.insert();
        }
    };
    let options = config.leptos.clone();
    let pages = Router::new()
        .leptos_routes_with_context(
            &state,
            generate_route_list(App),
            context.clone(),
            move || shell(options.clone()),
        )
        .route("/api/{*unknown}", any(forms::no_such_function))
        .fallback(file_and_error_handler_with_context::<AppState, _>(
            context, shell,
        ))
        .layer(from_fn(forms::plain_posts))
        .layer(sessions::layer(&exchange, https))
        .layer(from_fn_with_state(
            writes::Site::new(&config.public_url),
            writes::same_site,
        ));
    Router::new()
        .route("/webhooks/stripe", post(webhooks::stripe))
        .route("/health", get(health))
        .merge(pages)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn_with_state(
            headers::Common { https },
            headers::common,
        ))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}

/// Whether requests can be served: 200, or 503.
async fn health(State(exchange): State<Exchange>) -> impl IntoResponse {
    match exchange.db.read("RETURN 1", exchange::vars! {}).await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not healthy");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n")
        }
    }
}
