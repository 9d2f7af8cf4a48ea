//! Tokens for keys: the client credentials grant of OAuth 2.0 (RFC 6749 §4.4).

use axum::{
    Extension, Form, Json,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::{
    TypedHeader,
    headers::{Authorization, authorization::Basic},
    typed_header::TypedHeaderRejection,
};
use exchange::{
    access::{self, NoGrant, TOKEN},
    accounts::tries::Client,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Problem, Refused};
use crate::web::AppState;

/// What a program asks with that has a key.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TokenRequest {
    /// `client_credentials`
    #[schema(required)]
    grant_type: Option<String>,
    /// The identifier of the key, unless HTTP Basic says it.
    client_id: Option<String>,
    /// The key, or its last part.
    client_secret: Option<String>,
    /// Scopes, separated by spaces; all that the key has, if there are none.
    scope: Option<String>,
}

/// A token (RFC 6749 §5.1).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Token {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// In seconds.
    #[schema(example = 3600)]
    expires_in: u64,
    /// What it may be used for, separated by spaces.
    #[schema(example = "listings:read orders:write")]
    scope: String,
}

/// Why there is none (RFC 6749 §5.2).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoToken {
    #[schema(example = "invalid_client")]
    error: &'static str,
    error_description: &'static str,
}

fn refused(status: StatusCode, error: &'static str, error_description: &'static str) -> Response {
    let refused = NoToken {
        error,
        error_description,
    };
    let mut response = (status, Json(refused)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"api\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Get a token for a key
///
/// The key itself may be used as a token, too; a token is for programs that are not to
/// have the key, and ends by itself.
#[utoipa::path(post, path = "/token", operation_id = "grant_token", tag = "tokens", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token", body = Token),
        (status = 400, description = "`invalid_request`, `unsupported_grant_type` or `invalid_scope`", body = NoToken),
        (status = 401, description = "`invalid_client`: there is no such key", body = NoToken),
        (status = 429, description = "Too many tries: wait as long as `Retry-After` says", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "Our fault", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Something is away", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn grant(
    State(state): State<AppState>,
    Extension(from): Extension<Client>,
    basic: Result<TypedHeader<Authorization<Basic>>, TypedHeaderRejection>,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Response {
    let bad = StatusCode::BAD_REQUEST;
    let Ok(Form(asked)) = form else {
        return refused(bad, "invalid_request", "a form is expected");
    };
    match asked.grant_type.as_deref() {
        Some("client_credentials") => {}
        None => return refused(bad, "invalid_request", "grant_type is missing"),
        Some(_) => {
            let said = "grant_type is to be client_credentials";
            return refused(bad, "unsupported_grant_type", said);
        }
    }
    let (client, secret) = match basic {
        Ok(TypedHeader(basic)) => (basic.username().to_owned(), basic.password().to_owned()),
        Err(_) => (
            asked.client_id.unwrap_or_default(),
            asked.client_secret.unwrap_or_default(),
        ),
    };
    match access::grant(
        &state.exchange,
        &from,
        &client,
        &secret,
        asked.scope.as_deref(),
    )
    .await
    {
        Ok(granted) => {
            let names: Vec<&str> = granted.scopes.iter().map(|scope| scope.name()).collect();
            Json(Token {
                access_token: granted.token,
                token_type: "Bearer",
                expires_in: TOKEN.as_secs(),
                scope: names.join(" "),
            })
            .into_response()
        }
        Err(NoGrant::Client) => refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "there is no such key, or no longer",
        ),
        Err(NoGrant::Scope) => refused(bad, "invalid_scope", "the key has no such scope"),
        Err(NoGrant::Failed(error)) => Refused::of(&state.exchange, error).into_response(),
    }
}
