//! Events: what happened, with a copy of the object as it then was.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::API_VERSION;
use crate::app::Tx;
use crate::errors::ApiError;
use crate::list;
use crate::request::ApiRequest;
use crate::state::State;

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// For example `payment_intent.succeeded`.
    pub(crate) kind: String,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) object: Value,
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Event {
    pub(crate) fn render(&self, state: &State) -> Value {
        let pending = state
            .deliveries
            .iter()
            .filter(|d| d.event == self.id)
            .count();
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": pending,
            "request": { "id": self.request_id, "idempotency_key": self.idempotency_key },
            "type": self.kind,
        })
    }
}

/// `GET /v1/events/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let event = tx.state.events.get(&request.id);
    event
        .map(|event| event.render(tx.state))
        .ok_or_else(|| ApiError::missing("event", &request.id))
}

/// `GET /v1/events`, newest first, optionally of one `type`.
pub(crate) fn list(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    request
        .params
        .only(&[&list::PARAMS[..], &["type"]].concat())?;
    let kind = request.params.get("type");
    list::page(
        request,
        &tx.state.events,
        |event| event.created,
        |event| kind.is_none_or(|kind| event.kind == kind),
        |event| Ok(event.render(tx.state)),
    )
}
