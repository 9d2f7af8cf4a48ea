//! Errors in Stripe's shape: `{"error": {"type", "code", "message", …}}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refused call.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    error: Value,
    executed: bool,
}

impl ApiError {
    fn new(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            error: json!({ "type": kind, "message": message.into() }),
            executed: false,
        }
    }

    /// The parameters are wrong: nothing was executed.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// The object is in a state that forbids the call.
    pub(crate) fn unexpected_state(message: impl Into<String>) -> Self {
        Self::invalid(message)
            .code("payment_intent_unexpected_state")
            .executed()
    }

    /// The card is refused.
    pub(crate) fn card(code: &str, message: &str) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message).code(code)
    }

    /// No such object, in Stripe's words, e.g. `No such charge: 'ch_1'`.
    pub(crate) fn missing(kind: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "invalid_request_error",
            format!("No such {kind}: '{id}'"),
        )
        .code("resource_missing")
        .param("id")
    }

    /// No such route.
    pub(crate) fn unknown_url(method: &str, path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "invalid_request_error",
            format!("Unrecognized request URL ({method}: {path})."),
        )
    }

    /// No key, a wrong one, or a browser's key where a server's is needed.
    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// An idempotency key was used for another call before.
    pub(crate) fn key_reused(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// The first call with this idempotency key still runs.
    pub(crate) fn key_in_use(key: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "invalid_request_error",
            format!(
                "There is currently another in-progress request using this Idempotent Key \
                 (that probably means you submitted twice, and the other request is still \
                 going through): {key}. Please try again later."
            ),
        )
        .code("idempotency_key_in_use")
    }

    /// Too many requests, by a fault rule.
    pub(crate) fn rate_limited() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "invalid_request_error",
            "Request rate limit exceeded.",
        )
        .code("rate_limit")
    }

    /// Refused for good, by a fault rule.
    pub(crate) fn refused() -> Self {
        Self::invalid("This call is refused.").executed()
    }

    /// Stripe's own failure, by a fault rule or because the state file failed.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "api_error",
            "An unknown error occurred.",
        )
        .executed()
    }

    pub(crate) fn code(self, code: &str) -> Self {
        self.with("code", code)
    }

    pub(crate) fn param(self, name: &str) -> Self {
        self.with("param", name)
    }

    /// Adds a field, e.g. the intent that a card error concerns.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.error[field] = value.into();
        self
    }

    /// Marks an error that arose while executing: Stripe saves and replays those,
    /// but not what it refused before execution began.
    pub(crate) fn executed(mut self) -> Self {
        self.executed = true;
        self
    }

    pub(crate) fn is_executed(&self) -> bool {
        self.executed
    }

    /// The inner object, as `last_payment_error` repeats it.
    pub(crate) fn details(&self) -> &Value {
        &self.error
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn into_body(self) -> Value {
        json!({ "error": self.error })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.into_body())).into_response()
    }
}
