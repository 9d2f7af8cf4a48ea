//! `/_sandbox/…`: what tests read and switch from outside the process.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{App, Tx};
use crate::disputes;
use crate::errors::ApiError;
use crate::faults::Rules;
use crate::state::State;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/_sandbox/faults",
            get(faults).post(add_faults).delete(clear_faults),
        )
        .route("/_sandbox/settings", post(settings))
        .route("/_sandbox/disputes/{intent}/outcome", post(decide))
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/reset", post(reset))
}

async fn faults(Shared(app): Shared<Arc<App>>) -> Json<Rules> {
    Json(app.faults.rules())
}

async fn add_faults(Shared(app): Shared<Arc<App>>, Json(rules): Json<Rules>) -> Json<Rules> {
    app.faults.merge(rules);
    app.wake.notify_one();
    Json(app.faults.rules())
}

async fn clear_faults(Shared(app): Shared<Arc<App>>) -> Json<Rules> {
    app.faults.clear();
    app.wake.notify_one();
    Json(app.faults.rules())
}

/// Changes to the configuration of the running process; absent fields stay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    clock_offset: Option<i64>,
    webhook_url: Option<String>,
}

async fn settings(Shared(app): Shared<Arc<App>>, Json(settings): Json<Settings>) -> Json<Value> {
    if let Some(seconds) = settings.clock_offset {
        app.clock.set_offset(seconds);
    }
    if let Some(url) = settings.webhook_url {
        app.webhook_url.send_replace(Some(url));
    }
    Json(json!({ "clock_offset": app.clock.offset(), "webhook_url": *app.webhook_url.borrow() }))
}

/// How the bank decides the dispute of an intent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    won: bool,
}

async fn decide(
    Shared(app): Shared<Arc<App>>,
    Path(intent): Path<String>,
    Json(outcome): Json<Outcome>,
) -> Result<Json<Value>, ApiError> {
    let mut ledger = app.ledger.lock().await;
    let mut tx = Tx::by_itself(&app, &mut ledger.state);
    let decided = disputes::decide(&mut tx, &intent, outcome.won)
        .ok_or_else(|| ApiError::missing("dispute", &intent))?;
    ledger.save().await.map_err(|_| ApiError::internal())?;
    app.wake.notify_one();
    Ok(Json(decided))
}

async fn state(Shared(app): Shared<Arc<App>>) -> Json<Value> {
    let state = &app.ledger.lock().await.state;
    Json(json!({
        "now": app.clock.now(),
        "clock_offset": app.clock.offset(),
        "webhook_url": *app.webhook_url.borrow(),
        "faults": app.faults.rules(),
        "state": state,
    }))
}

/// Forgets every object, saved answer, delivery and fault.
async fn reset(Shared(app): Shared<Arc<App>>) -> Result<Json<Value>, ApiError> {
    app.faults.clear();
    let mut ledger = app.ledger.lock().await;
    ledger.state = State::default();
    ledger.save().await.map_err(|_| ApiError::internal())?;
    Ok(Json(json!({ "reset": true })))
}
