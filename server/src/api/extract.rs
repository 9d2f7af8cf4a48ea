//! What handlers take out of requests; what cannot be taken is a problem.

use std::{marker::PhantomData, ops::Deref, str::FromStr};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{header, request::Parts},
};
use domain::{permission::Viewer, scope::Scope};
use exchange::access::Access;
use serde::de::DeserializeOwned;

use super::problem::{Code, Refused};

/// Whom a program acts for, which may do what `S` says: taken out before the body, so
/// that who may not learns nothing else.
pub(super) struct May<S>(Viewer, PhantomData<S>);

impl<S> Deref for May<S> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.0
    }
}

/// A scope as a type.
pub(super) trait Needed {
    const SCOPE: Scope;
}

macro_rules! needed {
    ($($scope:ident),*) => {$(
        pub(super) enum $scope {}
        impl Needed for $scope {
            const SCOPE: Scope = Scope::$scope;
        }
    )*};
}

needed!(
    ListingsRead,
    ListingsWrite,
    OrdersRead,
    OrdersWrite,
    RefundsWrite,
    EventsRead,
    WebhooksWrite
);

impl<N: Needed, S: Send + Sync> FromRequestParts<S> for May<N> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let Some(access) = parts.extensions.get::<Access>() else {
            return Err(Refused::new(Code::Unauthenticated, "nobody was let in"));
        };
        Ok(Self(access.with(N::SCOPE)?.clone(), PhantomData))
    }
}

/// A JSON body; none at all is `null`.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let named = request.headers().get(header::CONTENT_TYPE).cloned();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Refused::new(Code::TooLarge, error.body_text()))?;
        let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        let is_json = named
            .and_then(|named| named.to_str().map(str::to_owned).ok())
            .and_then(|named| named.split(';').next().map(str::trim).map(str::to_owned))
            .is_some_and(|named| named.eq_ignore_ascii_case("application/json"));
        if !is_json && !bytes.is_empty() {
            let said = "the body is to be application/json";
            return Err(Refused::new(Code::UnsupportedMediaType, said));
        }
        let mut json = serde_json::Deserializer::from_slice(text);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let cause = error.inner().to_string();
            match error.inner().classify() {
                serde_json::error::Category::Data => {
                    Refused::member(&error.path().to_string(), &cause)
                }
                _ => Refused::new(Code::Malformed, cause),
            }
        })?;
        json.end()
            .map_err(|error| Refused::new(Code::Malformed, error.to_string()))?;
        Ok(Self(value))
    }
}

/// Parameters of the address.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(error) => Err(Refused::new(Code::Malformed, error.body_text())),
        }
    }
}

/// The identifier in the path; what is none names nothing.
pub(super) struct Named<T>(pub(super) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        named
            .ok()
            .and_then(|Path(name)| name.parse().ok())
            .map(Self)
            .ok_or_else(|| Refused::new(Code::NotFound, "there is no such thing"))
    }
}
