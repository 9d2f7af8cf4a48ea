//! HTTP: pages, server functions, webhooks, and what surrounds them.

mod administration;
mod clients;
mod crawlers;
mod forms;
mod headers;
mod language;
mod live;
mod mailbox;
mod observe;
mod offline;
mod own_data;
mod page_cache;
pub(crate) mod probes;
mod providers;
mod sessions;
mod webhooks;
mod writes;

use std::sync::Arc;

use app::{
    App,
    server::{Asker, Live},
    shell,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request},
    handler::HandlerWithoutStateExt,
    http::{Method, StatusCode},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use exchange::{Exchange, platform::bus::Bus};
use leptos::prelude::*;
use leptos_axum::{
    LeptosRoutes, generate_route_list, render_app_async_with_context, site_pkg_dir_service,
    site_pkg_dir_service_route_path,
};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    api,
    config::{Config, origin},
};
pub(crate) use live::{Hub, Seats};

/// Longest body of a request, in bytes: a form whose every field is full, many
/// times over.
pub(crate) const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What routes get.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    leptos: LeptosOptions,
    pub(crate) exchange: Exchange,
    hub: Arc<Hub>,
}

/// Everything that is served.
pub(crate) fn router(config: &Config, exchange: Exchange, bus: Bus, hub: Arc<Hub>) -> Router {
    let state = AppState {
        leptos: config.leptos.clone(),
        exchange: exchange.clone(),
        hub,
    };
    let https = config.public_url.starts_with("https://");
    let stripe = &config.settings.stripe;
    let [js, api] = [&stripe.js_url, &stripe.api_url].map(|url| origin(url).unwrap_or_default());
    let policy = headers::Policy::new(&js, &api, https);
    let probes = probes::routes(exchange.clone(), bus.clone());
    let context = {
        let exchange = exchange.clone();
        let told = Live(Arc::new({
            let hub = Arc::clone(&state.hub);
            move || hub.position()
        }));
        move || {
            provide_context(exchange.clone());
            provide_context(bus.clone());
            provide_context(Asker::default());
            provide_context(told.clone());
            forms::provide_flash();
            language::provide();
            policy.insert();
        }
    };
    let options = config.leptos.clone();
    // Leptos's own handler of files looks for the response of a page in whatever
    // runs on its thread, finds that of another request now and then, and takes its
    // headers.
    let unknown = {
        let options = options.clone();
        render_app_async_with_context(context.clone(), move || shell(options.clone()))
    };
    let files = site_pkg_dir_service(&config.leptos)
        .call_fallback_on_method_not_allowed(true)
        .fallback(unknown.into_service());
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), context, move || {
            shell(options.clone())
        })
        .merge(providers::routes())
        .route("/account/data", get(own_data::download))
        .route("/admin/figures.csv", get(administration::figures))
        .route("/admin/owed.csv", get(administration::owed))
        .route("/api/{*unknown}", any(forms::no_such_function))
        .fallback_service(files);
    let built = site_pkg_dir_service(&config.leptos).fallback(no_such_file.into_service());
    let mail = &config.settings.mail;
    // Whoever reads the mails signs in as anybody.
    let mailbox = if config.production || https || mail.smtp.is_some() {
        Router::new()
    } else {
        mailbox::routes(mail.folder.clone())
    };
    let others = mailbox
        .route("/webhooks/stripe", post(webhooks::stripe))
        .merge(probes)
        .route("/sw.js", get(offline::worker))
        .route("/robots.txt", get(crawlers::robots))
        .route("/sitemap.xml", get(crawlers::sitemap))
        .route_service(&site_pkg_dir_service_route_path(&config.leptos), built);
    let clients = clients::Clients::new(&config.trusted_proxies, https);
    let programs = api::routes(&exchange).layer(from_fn_with_state(clients, clients::identify));
    let others = others.merge(programs);
    let streams = Router::new().route("/live", get(live::open));
    surround(pages, streams, others, config, &exchange).with_state(state)
}

/// `pages` and `streams`, which people and programs use with a session, and
/// `others`, with what surrounds them.
fn surround(
    pages: Router<AppState>,
    streams: Router<AppState>,
    others: Router<AppState>,
    config: &Config,
    exchange: &Exchange,
) -> Router<AppState> {
    let https = config.public_url.starts_with("https://");
    let clients = clients::Clients::new(&config.trusted_proxies, https);
    let catch_panic = CatchPanicLayer::custom(forms::panicked);
    let visited = |routes: Router<AppState>| {
        routes
            .layer(catch_panic)
            .layer(from_fn(forms::plain_posts))
            .layer(from_fn_with_state(clients.clone(), clients::identify))
            .layer(from_fn_with_state(exchange.clock, sessions::prolong))
            .layer(sessions::layer(exchange, https))
            .layer(from_fn(forms::stored_sessions))
            .layer(from_fn_with_state(
                page_cache::PageCache::new(exchange),
                page_cache::kept,
            ))
            .layer(from_fn_with_state(
                writes::Site::new(&config.public_url),
                writes::same_site,
            ))
            .layer(from_fn(language::spoken))
    };
    others
        .merge(visited(pages))
        // What is made for each request: files are there compressed.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        // Streams would have room for an encoder for as long as they are open.
        .merge(visited(streams))
        .layer(from_fn(methods))
        .layer(from_fn(observe::request))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(catch_panic)
        .layer(from_fn_with_state(
            headers::Common { https },
            headers::common,
        ))
}

/// Makes HEAD what it is elsewhere, GET without the body (RFC 9110 §9.3.2),
/// also of server functions, which are found by their method; the body is left
/// out on the way. CONNECT names no path, and is for proxies.
async fn methods(mut request: Request, next: Next) -> Response {
    if request.method() == Method::CONNECT {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if request.method() == Method::HEAD && request.uri().path().starts_with("/api/") {
        *request.method_mut() = Method::GET;
    }
    next.run(request).await
}

async fn no_such_file() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "no such file\n")
}

/// Said to programs while the database is away.
fn unavailable(error: &exchange::Error) -> Response {
    tracing::warn!(%error, "not healthy");
    (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n").into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::{
        error::{ApiError, ErrorCode},
        form::Flash,
        server::FlashedPage,
    };
    use axum::{Extension, Json, http::header};
    use clap::Parser;
    use exchange::vars;
    use leptos::server_fn::axum::server_fn_paths;
    use reqwest::{Client, Response};
    use serde_json::Value;
    use tokio::net::TcpListener;
    use tower_sessions::Session;

    use super::*;
    use crate::{
        config::{Purpose, tests::Settings},
        control,
    };

    async fn panics() -> StatusCode {
        panic!("on purpose")
    }

    async fn refuses() -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    async fn changes_the_session(session: Session) {
        session.insert("changed", true).await.expect("in memory");
    }

    async fn shows(Extension(flash): Extension<Flash>) -> Json<Flash> {
        Json(flash)
    }

    /// Serves routes that go wrong, surrounded as ours are, over a store in
    /// memory; returns that and where.
    async fn start() -> (Exchange, String) {
        let options = Settings::parse_from(["test", "--database-url=mem://"]).options;
        let config = options
            .check(Purpose::Command)
            .unwrap_or_else(|message| panic!("{message}"));
        let exchange = control::open(&config).await.expect("opens");
        let pages = Router::new()
            .route("/broken", get(panics))
            .route("/tickets/new", get(shows))
            .route("/api/create_ticket", post(panics))
            .route("/api/sign_up", post(refuses))
            .route("/api/sign_in", post(changes_the_session));
        let others = Router::new().route("/health", get(panics));
        let router = surround(pages, Router::new(), others, &config, &exchange);
        let router = router.with_state(AppState {
            leptos: config.leptos.clone(),
            exchange: exchange.clone(),
            hub: Hub::new(Seats::new(0, None)),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(axum::serve(listener, router).into_future());
        (exchange, url)
    }

    fn client() -> Client {
        Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client")
    }

    async fn send(client: &Client, url: &str, path: &str, accept: &str) -> Response {
        let url = format!("{url}{path}");
        let request = if path.starts_with("/api/") {
            client.post(url).form(&[("title", "Typed")])
        } else {
            client.get(url)
        };
        request
            .header(header::ACCEPT, accept)
            .send()
            .await
            .expect("an answer")
    }

    /// The names in the first column of a table of ARCHITECTURE.md.
    fn named(head: &str) -> BTreeSet<String> {
        let text = include_str!("../../../ARCHITECTURE.md");
        let (_, table) = text.split_once(head).expect("a table");
        let rows = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'));
        let names = rows.flat_map(|row| {
            let cell = row.split('|').nth(1).unwrap_or_default();
            cell.split('`').skip(1).step_by(2).map(str::to_owned)
        });
        names.collect()
    }

    /// By these tables everybody is asked who may do what (`tests/it/permissions.rs`).
    #[tokio::test]
    async fn every_function_and_page_is_in_the_tables() {
        let functions: BTreeSet<String> = server_fn_paths()
            .map(|(path, _)| path.trim_start_matches("/api/").to_owned())
            .collect();
        assert_eq!(functions, named("| function | for |"));
        let pages: BTreeSet<String> = generate_route_list(App)
            .iter()
            .map(|page| page.path().replace('{', ":").replace('}', ""))
            .collect();
        assert_eq!(pages, named("| page | for |"));
    }

    /// Or whoever has no script sees a sentence on an empty page, and what they typed
    /// is lost.
    #[tokio::test]
    async fn every_form_that_is_refused_has_a_page() {
        let names =
            ["id", "link", "order", "ticket"].map(|name| (name.to_owned(), "A1".to_owned()));
        let homeless: BTreeSet<&str> = server_fn_paths()
            .filter(|(_, method)| method == Method::POST)
            .map(|(path, _)| path)
            .filter(|path| {
                let error = ApiError::new(ErrorCode::Invalid, "");
                FlashedPage::new(path, names.clone().into(), error).is_none()
            })
            .collect();
        // Buttons that nothing refuses.
        let expected = ["/api/set_language", "/api/sign_out"];
        assert_eq!(homeless, expected.into());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_answered_as_other_faults_are() {
        let (_exchange, url) = start().await;
        let client = client();
        for (path, accept) in [
            ("/api/create_ticket", "application/json"),
            ("/api/create_ticket", "text/html"),
            ("/broken", "text/html"),
            ("/health", "*/*"),
        ] {
            let answer = send(&client, &url, path, accept).await;
            let plain_form = path.starts_with("/api/") && accept == "text/html";
            let status = if plain_form { 303 } else { 500 };
            assert_eq!(answer.status(), status, "{path}");
            for (name, value) in [
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                (
                    "content-security-policy",
                    "default-src 'none'; frame-ancestors 'none'",
                ),
            ] {
                assert_eq!(answer.headers()[name], value, "{path}: {name}");
            }
            if accept == "application/json" {
                let body: Value = answer.json().await.expect("JSON");
                assert_eq!(body["code"], "internal");
                assert!(body["message"].is_string() && body["fields"].is_object());
            } else if plain_form {
                assert_eq!(answer.headers()[header::LOCATION], "/tickets/new");
                let page = send(&client, &url, "/tickets/new", "text/html").await;
                let flash: Flash = page.json().await.expect("a flash");
                assert_eq!(flash.values["title"], "Typed");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_that_cannot_be_stored_is_no_fault_of_the_request() {
        let (exchange, url) = start().await;
        let stored = send(&client(), &url, "/api/sign_in", "application/json").await;
        assert_eq!(stored.status(), StatusCode::OK);
        exchange
            .db
            .transact(
                "break sessions",
                "DEFINE FIELD OVERWRITE data ON session TYPE int",
                vars! {},
            )
            .await
            .expect("defines");
        let answer = send(&client(), &url, "/api/sign_in", "application/json").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["code"], "unavailable");
        let answer = send(&client(), &url, "/api/sign_up", "text/html").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.headers().contains_key(header::LOCATION));
    }
}
