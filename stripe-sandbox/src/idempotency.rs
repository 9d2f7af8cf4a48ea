//! `Idempotency-Key` as Stripe treats it.
//!
//! The first answer under a key is saved, errors of execution included, and
//! replayed to the same call. Answers that come before execution (401, 429,
//! wrong parameters) are not saved, so that the call may be corrected.
//! Source: <https://docs.stripe.com/api/idempotent_requests>.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::Ledger;
use crate::errors::ApiError;
use crate::request::ApiRequest;

/// Stripe may forget a key after a day; the sandbox does so at once.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// An answer, as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK.as_u16(),
            body,
        }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self {
            status: error.status().as_u16(),
            body: error.into_body(),
        }
    }
}

/// The first answer under a key, and the call it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedAnswer {
    created: i64,
    path: String,
    fingerprint: String,
    answer: Answer,
}

/// What to do with a call.
#[derive(Debug)]
pub(crate) enum Begin {
    /// Execute it; its key, if it has one, is now in flight.
    Execute,
    /// Give this answer again.
    Replay(Answer),
}

/// Looks the call's key up and takes it.
///
/// # Errors
/// The key belongs to another call, or the first call with it still runs.
pub(crate) fn begin(ledger: &mut Ledger, request: &ApiRequest) -> Result<Begin, ApiError> {
    let Some(key) = &request.idempotency_key else {
        return Ok(Begin::Execute);
    };
    let oldest = request.app.clock.now() - KEPT_SECONDS;
    if let Some(saved) = ledger.state.answers.get(key)
        && saved.created >= oldest
    {
        return saved.replay(key, request).map(Begin::Replay);
    }
    if ledger.in_flight.insert(key.clone()) {
        Ok(Begin::Execute)
    } else {
        Err(ApiError::key_in_use(key))
    }
}

/// Releases the call's key and, if it was executed, saves its answer.
pub(crate) fn end(ledger: &mut Ledger, request: &ApiRequest, executed: Option<&Answer>) {
    let Some(key) = &request.idempotency_key else {
        return;
    };
    ledger.in_flight.remove(key);
    if let Some(answer) = executed {
        let saved = SavedAnswer {
            created: request.app.clock.now(),
            path: request.path.clone(),
            fingerprint: request.params.fingerprint(),
            answer: answer.clone(),
        };
        ledger.state.answers.insert(key.clone(), saved);
    }
}

impl SavedAnswer {
    fn replay(&self, key: &str, request: &ApiRequest) -> Result<Answer, ApiError> {
        if self.path != request.path {
            return Err(ApiError::key_reused(format!(
                "Keys for idempotent requests can only be used for the same endpoint they were \
                 first used for ('{}' vs '{}'). Try using a key other than '{key}' if you meant \
                 to execute a different request.",
                request.path, self.path
            )));
        }
        if self.fingerprint != request.params.fingerprint() {
            return Err(ApiError::key_reused(format!(
                "Keys for idempotent requests can only be used with the same parameters they \
                 were first used with. Try using a key other than '{key}' if you meant to \
                 execute a different request."
            )));
        }
        Ok(self.answer.clone())
    }
}
