//! What machines ask of a process: whether it is alive, whether it can serve, and
//! what it has measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::permission::{Administer, Viewer};
use exchange::{
    Exchange,
    administration::health::{self, Part},
    metrics,
    platform::bus::Bus,
};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Bounds of the histograms, in seconds.
const BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How long an answer to [`ready`] holds: anybody can ask, and nobody may have the parts
/// asked as often as they like.
const HOLDS: Duration = Duration::from_millis(500);

/// What probes look at.
#[derive(Clone)]
struct Process {
    exchange: Exchange,
    bus: Bus,
    answered: Arc<Mutex<Option<(Instant, StatusCode, Value)>>>,
}

impl Process {
    fn new(exchange: Exchange, bus: Bus) -> Self {
        Self {
            exchange,
            bus,
            answered: Arc::default(),
        }
    }
}

/// `/healthz` and `/readyz`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(exchange: Exchange, bus: Bus) -> Router<S> {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        // The name that it had first.
        .route("/health", get(ready))
        .with_state(Process::new(exchange, bus))
}

/// Whether requests can be served: 200, or 503 while the database is away. While only
/// the broker is, orders go on, and what follows from them waits.
async fn ready(State(process): State<Process>) -> Response {
    // Whoever asks meanwhile waits for the same answer.
    let mut answered = process.answered.lock().await;
    let last = answered.take();
    let held = last.filter(|(at, ..)| at.elapsed() < HOLDS);
    let (at, status, said) = match held {
        Some(held) => held,
        None => {
            let (status, said) = ask(&process.exchange, &process.bus).await;
            (Instant::now(), status, said)
        }
    };
    *answered = Some((at, status, said.clone()));
    (status, Json(said)).into_response()
}

async fn ask(exchange: &Exchange, bus: &Bus) -> (StatusCode, Value) {
    let parts = health::parts(exchange, bus).await;
    let is_ready =
        |(part, answer): &(Part, exchange::Result<_>)| *part != Part::Database || answer.is_ok();
    let ready = parts.iter().all(is_ready);
    let parts = parts.into_iter().map(|(part, answer)| match answer {
        Ok(took) => json!({ "part": part.name(), "up": true, "millis": took.as_millis() }),
        Err(error) => {
            tracing::warn!(part = part.name(), %error, "does not answer");
            json!({ "part": part.name(), "up": false, "why": "it does not answer" })
        }
    });
    let parts: Vec<_> = parts.collect();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, json!({ "ready": ready, "parts": parts }))
}

/// Has everything measured from here on.
///
/// # Errors
/// When something else measures already.
pub(crate) fn measure() -> Result<Arc<PrometheusHandle>, BuildError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(BUCKETS)?
        .install_recorder()?;
    metrics::describe();
    super::observe::describe();
    metrics_process::Collector::default().describe();
    Ok(Arc::new(recorder))
}

/// What a process serves to whoever watches it, besides the probes: `/metrics`.
pub(crate) fn monitor(recorder: Arc<PrometheusHandle>, exchange: Exchange, bus: Bus) -> Router {
    let process = Process::new(exchange.clone(), bus.clone());
    Router::new()
        .route(
            "/metrics",
            get(async move |State(process): State<Process>| {
                scrape(&recorder, &process.exchange, &process.bus).await
            })
            .with_state(process),
        )
        .merge(routes(exchange, bus))
}

async fn scrape(recorder: &PrometheusHandle, exchange: &Exchange, bus: &Bus) -> Response {
    if let Ok(permit) = Viewer::Operator.may(Administer) {
        metrics::read(exchange, bus, &permit).await;
    }
    metrics_process::Collector::default().collect();
    recorder.run_upkeep();
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (format, recorder.render()).into_response()
}
