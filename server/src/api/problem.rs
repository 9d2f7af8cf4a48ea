//! What is answered when a request is refused: problem details (RFC 9457).

use app::{error::ApiError, server::describe};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use exchange::{Error, Exchange, access::MissingScope};
use serde::Serialize;
use texts::Language;
use utoipa::ToSchema;

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// `about:blank`: the title is that of the status.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The HTTP status in words.
    #[schema(example = "Conflict")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// The reason as a word that does not change.
    #[schema(example = "conflict")]
    code: Code,
    /// The reason as a sentence for people.
    detail: String,
    /// What is wrong with members of the request, for `invalid`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Member>,
}

/// What is wrong with a member of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    /// The name of the member, or of the parameter.
    #[schema(example = "price")]
    name: String,
    /// What is wrong, as a sentence for people.
    detail: String,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Code {
    /// 400: it cannot be read, or lacks a header.
    Malformed,
    /// 401: it shows no key or token that is of use.
    Unauthenticated,
    /// 403: the account may not do this.
    Forbidden,
    /// 403: the key or token has no scope for it.
    InsufficientScope,
    /// 404: there is no such thing for the account.
    NotFound,
    /// 405: not by this method.
    MethodNotAllowed,
    /// 409: the state of things forbids it now.
    Conflict,
    /// 409: the same write is being done.
    Busy,
    /// 410: it was there, and is not kept any more.
    Gone,
    /// 412: the listing is another version by now.
    Stale,
    /// 413: the body is too long.
    TooLarge,
    /// 415: the body is no JSON by its content type.
    UnsupportedMediaType,
    /// 422: members were refused.
    Invalid,
    /// 422: the `Idempotency-Key` was used for another request.
    KeyReused,
    /// 428: `If-Match` is missing.
    PreconditionRequired,
    /// 429: wait as long as `Retry-After` says.
    TooMany,
    /// 500: our fault.
    Internal,
    /// 503: something that this needs is away.
    Unavailable,
}

impl Code {
    const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict | Self::Busy => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A refused request.
#[derive(Debug)]
pub(super) struct Refused {
    code: Code,
    detail: String,
    errors: Vec<Member>,
    retry_after: Option<u64>,
    scope: Option<&'static str>,
    /// Something was shown, and is of no use.
    invalid_token: bool,
}

impl Refused {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            scope: None,
            invalid_token: false,
        }
    }

    /// The same, to be asked again after so many seconds.
    pub(super) fn after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The same, where a token was shown.
    pub(super) fn shown(self) -> Self {
        Self {
            invalid_token: true,
            ..self
        }
    }

    /// One member or parameter that is refused.
    pub(super) fn member(name: &str, detail: &str) -> Self {
        let name = name.to_owned();
        let errors = vec![Member {
            name,
            detail: detail.to_owned(),
        }];
        Self {
            errors,
            ..Self::new(Code::Invalid, "members of the request were refused")
        }
    }

    /// What became of an operation, told as the site tells it, in English.
    pub(super) fn of(exchange: &Exchange, error: Error) -> Self {
        if matches!(error, Error::Refused(domain::Refusal::StaleEdit)) {
            return Self::new(Code::Stale, "the listing was edited meanwhile");
        }
        let is_gone = matches!(error, Error::Refused(domain::Refusal::EventsForgotten));
        let ApiError {
            code,
            message,
            fields,
            retry_after,
        } = describe(exchange, Language::English, error);
        use app::error::ErrorCode;
        let code = match code {
            ErrorCode::Unauthenticated => Code::Unauthenticated,
            ErrorCode::Forbidden => Code::Forbidden,
            ErrorCode::NotFound => Code::NotFound,
            ErrorCode::Conflict if is_gone => Code::Gone,
            ErrorCode::Conflict => Code::Conflict,
            ErrorCode::Invalid => Code::Invalid,
            ErrorCode::TooMany => Code::TooMany,
            ErrorCode::Unavailable => Code::Unavailable,
            ErrorCode::Internal => Code::Internal,
        };
        let errors = fields
            .iter()
            .map(|(name, detail)| Member {
                name: name.clone(),
                detail: detail.clone(),
            })
            .collect();
        Self {
            errors,
            retry_after,
            ..Self::new(code, message)
        }
    }
}

impl From<MissingScope> for Refused {
    fn from(MissingScope(scope): MissingScope) -> Self {
        Self {
            scope: Some(scope.name()),
            ..Self::new(
                Code::InsufficientScope,
                format!("this needs the scope {}", scope.name()),
            )
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // RFC 6750 §3.
        let challenge = match (self.code, self.scope) {
            (Code::Unauthenticated, _) if self.invalid_token => {
                Some("Bearer realm=\"api\", error=\"invalid_token\"".to_owned())
            }
            (Code::Unauthenticated, _) => Some("Bearer realm=\"api\"".to_owned()),
            (_, Some(scope)) => Some(format!(
                "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{scope}\""
            )),
            _ => None,
        };
        if let Some(Ok(challenge)) = challenge.map(HeaderValue::try_from) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
