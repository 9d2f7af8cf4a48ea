//! Writes that are done once, however often they are sent: `Idempotency-Key`.

use std::str::FromStr;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, IntoResponseParts, Response, ResponseParts},
};
use domain::id::NotAnId;
use exchange::{
    Error, Exchange,
    access::{
        Access,
        answers::{self, Answer, Beginning, Begun, LONGEST},
    },
    audit::carried,
};
use tracing::Instrument;

use super::problem::{Code, Refused};

/// What a write is known by.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Headers that are kept with an answer.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The identifier of what a request makes, also when it is sent again.
#[derive(Clone)]
pub(super) struct Makes(String);

impl Makes {
    pub(super) fn id<T: FromStr<Err = NotAnId>>(&self) -> Result<T, Error> {
        self.0.parse().map_err(Error::internal)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Makes {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let makes = parts.extensions.get().cloned();
        makes.ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// An answer of the moment, or a secret one: whoever sends the request again has it
/// done again, which changes nothing.
#[derive(Clone, Copy)]
pub(super) struct Unkept;

impl IntoResponseParts for Unkept {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

fn key(headers: &HeaderMap) -> Result<&str, Refused> {
    let Some(key) = headers.get(KEY) else {
        let said = "writes need an Idempotency-Key, which is of your choice and used once";
        return Err(Refused::new(Code::Malformed, said));
    };
    key.to_str()
        .ok()
        .filter(|key| (1..=LONGEST).contains(&key.len()))
        .ok_or_else(|| {
            let said = format!("an Idempotency-Key has 1 to {LONGEST} characters of ASCII");
            Refused::new(Code::Malformed, said)
        })
}

/// Has every write done once, and to its end, also when whoever sent it is gone.
pub(super) async fn once(
    State(exchange): State<Exchange>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    if request.method().is_safe() {
        return Ok(next.run(request).await);
    }
    let away = |error| Refused::of(&exchange, error);
    let access = request.extensions().get::<Access>().cloned();
    let access = access.ok_or_else(|| away(Error::Unauthenticated))?;
    let (parts, body) = request.into_parts();
    let key = key(&parts.headers)?.to_owned();
    let body = to_bytes(body, crate::web::BODY_LIMIT)
        .await
        .map_err(|_| Refused::new(Code::TooLarge, "the body is too long"))?;
    let place = parts
        .uri
        .path_and_query()
        .map_or("", |place| place.as_str());
    // An answer is told only to who may have it made.
    let scopes = access.scopes();
    let mut asked = vec![parts.method.as_str().as_bytes(), place.as_bytes(), &body];
    asked.push(scopes.as_bytes());
    let conditions = parts.headers.get_all(header::IF_MATCH);
    asked.extend(conditions.iter().map(HeaderValue::as_bytes));
    let begun = match answers::begin(&exchange, &access.user, &key, &asked).await {
        Ok(Beginning::New(begun)) => begun,
        Ok(Beginning::Answered(answer)) => return Ok(replay(answer)),
        Ok(Beginning::Busy) => {
            let said = "the same write is being done: ask again in a moment";
            return Err(Refused::new(Code::Busy, said).after(1));
        }
        Ok(Beginning::Reused) => {
            let said = "this Idempotency-Key was used for another request";
            return Err(Refused::new(Code::KeyReused, said));
        }
        Err(error) => return Err(away(error)),
    };
    let request = Request::from_parts(parts, Body::from(body));
    let answered = carried(answer(exchange.clone(), begun, request, next));
    tokio::spawn(answered.in_current_span())
        .await
        .unwrap_or_else(|panicked| Err(away(Error::internal(panicked))))
}

/// Does a write, and keeps what it was answered.
async fn answer(
    exchange: Exchange,
    begun: Begun,
    mut request: Request,
    next: Next,
) -> Result<Response, Refused> {
    request.extensions_mut().insert(Makes(begun.makes.clone()));
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Refused::of(&exchange, Error::internal(error)))?;
    // What was refused did nothing, and may be asked for again.
    let passes = !parts.status.is_success() || parts.extensions.get::<Unkept>().is_some();
    let kept = if passes {
        answers::give_up(&exchange, begun).await
    } else {
        let kept = |name: &HeaderName| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        };
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: KEPT.iter().filter_map(kept).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        answers::end(&exchange, begun, &answer).await
    };
    // It was done all the same; who sends it again has it done once more under the
    // name that it had.
    if let Err(error) = kept {
        tracing::warn!(%error, "an answer is not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(answer: Answer) -> Response {
    let mut response = answer.body.into_response();
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
