//! A call to `/v1/…`, authenticated and taken apart.

use std::sync::Arc;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, OptionalFromRequestParts, Path, Request};
use axum::http::{HeaderMap, Method};
use axum_extra::headers::HeaderMapExt;
use axum_extra::headers::authorization::{Authorization, Basic, Bearer};

use crate::API_VERSION;
use crate::app::App;
use crate::envelope::RequestId;
use crate::errors::ApiError;
use crate::params::Params;

/// Stripe's limit.
const MAX_KEY_LENGTH: usize = 255;

/// Who calls, by the key used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The secret key: may do everything.
    Server,
    /// The publishable key: may confirm and read intents whose secret it knows.
    Browser,
}

/// One call.
#[derive(Debug)]
pub(crate) struct ApiRequest {
    pub(crate) app: Arc<App>,
    pub(crate) caller: Caller,
    pub(crate) path: String,
    /// The object named in the path, or nothing.
    pub(crate) id: String,
    pub(crate) params: Params,
    pub(crate) idempotency_key: Option<String>,
    /// `Stripe-Version` is the version spoken here; without it, older habits are accepted.
    pub(crate) current_version: bool,
    pub(crate) request_id: String,
}

impl ApiRequest {
    /// Refuses a browser's key.
    pub(crate) fn server_only(&self) -> Result<(), ApiError> {
        match self.caller {
            Caller::Server => Ok(()),
            Caller::Browser => Err(ApiError::unauthorized(
                "This API call cannot be made with a publishable API key. Please use a secret \
                 API key.",
            )
            .code("secret_key_required")),
        }
    }
}

impl FromRequest<Arc<App>> for ApiRequest {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let caller = authenticate(app, request.headers())?;
        let idempotency_key = idempotency_key(request.method(), request.headers())?;
        let version = request.headers().get("stripe-version");
        let current_version = version.is_some_and(|version| version == API_VERSION);
        let id = match request.extract_parts::<OptionalId>().await {
            Ok(OptionalId(id)) => id,
            Err(never) => match never {},
        };
        let request_id = request
            .extensions()
            .get::<RequestId>()
            .map(|RequestId(id)| id.clone())
            .unwrap_or_default();
        let path = request.uri().path().to_owned();
        let params = if request.method() == Method::GET {
            Params::parse(request.uri().query().unwrap_or_default().as_bytes())?
        } else {
            let body = Bytes::from_request(request, app)
                .await
                .map_err(|_| ApiError::invalid("The request body cannot be read."))?;
            Params::parse(&body)?
        };
        Ok(Self {
            app: Arc::clone(app),
            caller,
            path,
            id,
            params,
            idempotency_key,
            current_version,
            request_id,
        })
    }
}

/// The `{id}` of the route, or an empty text for a route without one.
struct OptionalId(String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for OptionalId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        let id = <Path<String> as OptionalFromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .ok()
            .flatten()
            .map(|Path(id)| id)
            .unwrap_or_default();
        Ok(Self(id))
    }
}

fn authenticate(app: &App, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let bearer = headers.typed_get::<Authorization<Bearer>>();
    let basic = headers.typed_get::<Authorization<Basic>>();
    let key = bearer
        .as_ref()
        .map(|bearer| bearer.token())
        .or(basic.as_ref().map(|basic| basic.username()))
        .ok_or_else(|| ApiError::unauthorized("You did not provide an API key."))?;
    if key == app.config.secret_key {
        Ok(Caller::Server)
    } else if key == app.config.publishable_key {
        Ok(Caller::Browser)
    } else {
        Err(ApiError::unauthorized("Invalid API Key provided."))
    }
}

fn idempotency_key(method: &Method, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match key.to_str() {
        // A GET is idempotent by itself: Stripe ignores the key.
        _ if method == Method::GET => Ok(None),
        Ok(key) if !key.is_empty() && key.len() <= MAX_KEY_LENGTH => Ok(Some(key.to_owned())),
        _ => Err(ApiError::invalid(
            "Idempotency keys have 1 to 255 printable characters.",
        )),
    }
}
