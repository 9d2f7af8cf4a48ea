//! The routes of `/v1`, and how a call runs: idempotency, faults, work, answer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::Value;

use crate::app::{App, Tx};
use crate::errors::ApiError;
use crate::faults::{Fault, FaultKind, Operation};
use crate::idempotency::{self, Answer, Begin};
use crate::request::ApiRequest;
use crate::{
    capture, charges, confirm, disputes, envelope, events, intents, payment_methods, refunds,
};

/// Long past every client's patience.
const DEFAULT_TIMEOUT_MS: u64 = 60_000;

/// What a route does, given the state.
type Execute = fn(&mut Tx<'_>, &ApiRequest) -> Result<Value, ApiError>;

pub(crate) fn routes() -> Router<Arc<App>> {
    let read = |execute: Execute| get(move |request| read(request, execute));
    let write =
        |operation, execute: Execute| post(move |request| write(request, operation, execute));
    Router::new()
        .route(
            "/v1/payment_intents",
            write(Operation::Create, intents::create).merge(read(intents::list)),
        )
        .route("/v1/payment_intents/{id}", read(intents::retrieve))
        .route(
            "/v1/payment_intents/{id}/confirm",
            write(Operation::Confirm, confirm::confirm),
        )
        .route(
            "/v1/payment_intents/{id}/capture",
            write(Operation::Capture, capture::capture),
        )
        .route(
            "/v1/payment_intents/{id}/cancel",
            write(Operation::Cancel, capture::cancel),
        )
        .route("/v1/payment_methods/{id}", read(payment_methods::retrieve))
        .route("/v1/charges/{id}", read(charges::retrieve))
        .route(
            "/v1/refunds",
            write(Operation::Refund, refunds::create).merge(read(refunds::list)),
        )
        .route("/v1/refunds/{id}", read(refunds::retrieve))
        .route("/v1/disputes/{id}", read(disputes::retrieve))
        .route("/v1/events", read(events::list))
        .route("/v1/events/{id}", read(events::retrieve))
        .route(
            "/_sandbox/3ds/{id}/outcome",
            write(Operation::Authenticate, confirm::authenticate),
        )
        .route("/v1/{*path}", get(unknown).post(unknown))
        .layer(middleware::from_fn(envelope::wrap))
}

async fn unknown(request: Request) -> ApiError {
    ApiError::unknown_url(request.method().as_str(), request.uri().path())
}

async fn read(request: ApiRequest, execute: Execute) -> Response {
    let app = Arc::clone(&request.app);
    let fault = app.faults.take(Operation::Retrieve, false);
    let kind = fault.as_ref().map(|fault| fault.kind);
    wait_if(fault.as_ref(), FaultKind::DelayMs, 0).await;
    let result = match kind {
        Some(FaultKind::Error429) => Err(ApiError::rate_limited()),
        Some(FaultKind::Error500 | FaultKind::Error500AfterWork) => Err(ApiError::internal()),
        Some(FaultKind::Error400) => Err(ApiError::refused()),
        _ => {
            let mut ledger = app.ledger.lock().await;
            refunds::end_due(&mut Tx::by_itself(&app, &mut ledger.state));
            execute(&mut Tx::new(&app, &mut ledger.state, &request), &request)
        }
    };
    let result = result.map(|body| match kind {
        Some(FaultKind::Processing) => processing(body),
        _ => body,
    });
    wait_if(
        fault.as_ref(),
        FaultKind::TimeoutAfterWork,
        DEFAULT_TIMEOUT_MS,
    )
    .await;
    match result {
        Ok(body) => Json(body).into_response(),
        Err(error) => error.into_response(),
    }
}

/// The object as it reads while Stripe is still at work, if it is an intent.
fn processing(mut object: Value) -> Value {
    if object["object"] == "payment_intent" {
        object["status"] = "processing".into();
    }
    object
}

/// Runs as a task of its own: a client that hangs up must not leave the work
/// half done, nor its idempotency key taken.
async fn write(request: ApiRequest, operation: Operation, execute: Execute) -> Response {
    match tokio::spawn(run(request, operation, execute)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a call panicked");
            ApiError::internal().into_response()
        }
    }
}

async fn run(request: ApiRequest, operation: Operation, execute: Execute) -> Response {
    let app = Arc::clone(&request.app);
    let begun = idempotency::begin(&mut *app.ledger.lock().await, &request);
    let (fault, saved) = match begun {
        Ok(Begin::Replay(answer)) => (app.faults.take(operation, true), Some(answer)),
        Ok(Begin::Execute) => (app.faults.take(operation, false), None),
        Err(error) => return respond(error.into(), &request, false),
    };
    wait_if(fault.as_ref(), FaultKind::DelayMs, 0).await;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let replayed = saved.is_some();
    let answer = match (kind, saved) {
        (Some(FaultKind::Error429), saved) => {
            if saved.is_none() {
                idempotency::end(&mut *app.ledger.lock().await, &request, None);
            }
            return respond(ApiError::rate_limited().into(), &request, false);
        }
        (_, Some(saved)) => saved,
        (kind, None) => work(&app, &request, kind, execute).await,
    };
    app.wake.notify_one();
    wait_if(
        fault.as_ref(),
        FaultKind::TimeoutAfterWork,
        DEFAULT_TIMEOUT_MS,
    )
    .await;
    respond(answer, &request, replayed)
}

/// Executes the call, saves its answer under its key, and writes the state,
/// all under one lock.
async fn work(
    app: &App,
    request: &ApiRequest,
    fault: Option<FaultKind>,
    execute: Execute,
) -> Answer {
    let mut ledger = app.ledger.lock().await;
    refunds::end_due(&mut Tx::by_itself(app, &mut ledger.state));
    let result = match fault {
        Some(FaultKind::Error500) => Err(ApiError::internal()),
        Some(FaultKind::Error400) => Err(ApiError::refused()),
        _ => execute(&mut Tx::new(app, &mut ledger.state, request), request),
    };
    let result = match fault {
        Some(FaultKind::Error500AfterWork) => Err(ApiError::internal()),
        _ => result,
    };
    let executed = result.as_ref().map_or_else(ApiError::is_executed, |_| true);
    let answer = result.map_or_else(Answer::from, Answer::ok);
    idempotency::end(&mut ledger, request, executed.then_some(&answer));
    match ledger.save().await {
        Ok(()) => answer,
        Err(_) => ApiError::internal().into(),
    }
}

async fn wait_if(fault: Option<&Fault>, kind: FaultKind, default_ms: u64) {
    if let Some(fault) = fault.filter(|fault| fault.kind == kind) {
        tokio::time::sleep(Duration::from_millis(fault.value.unwrap_or(default_ms))).await;
    }
}

fn respond(answer: Answer, request: &ApiRequest, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(answer.body)).into_response();
    let headers = response.headers_mut();
    if let Some(Ok(key)) = request.idempotency_key.as_ref().map(HeaderValue::try_from) {
        headers.insert("idempotency-key", key);
    }
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}
