//! The page in place of one that cannot be shown.

use leptos::prelude::*;
use leptos_meta::Meta;

use super::PageTitle;
use crate::{
    error::{ApiError, ErrorCode},
    texts,
    ui::links,
};

/// Why there is no page, with the HTTP status that says the same; a visitor
/// who is not signed in is led to do that and back.
#[component]
pub(crate) fn ErrorPage(error: ApiError) -> impl IntoView {
    let here = links::here();
    crate::server::set_status(&error);
    if error.code == ErrorCode::Unauthenticated {
        sign_in_first(&links::sign_in(&here));
    }
    let title = match error.code {
        ErrorCode::Unauthenticated => texts::SIGN_IN_FIRST_TITLE,
        ErrorCode::Forbidden => texts::FORBIDDEN_TITLE,
        ErrorCode::NotFound => texts::NOT_FOUND_TITLE,
        ErrorCode::Conflict => texts::CONFLICT_TITLE,
        ErrorCode::TooMany => texts::TOO_MANY_TITLE,
        ErrorCode::Unavailable => texts::UNAVAILABLE_TITLE,
        ErrorCode::Invalid | ErrorCode::Internal => texts::FAULT_TITLE,
    };
    let again = match error.code {
        ErrorCode::Unauthenticated => Some((links::sign_in(&here), texts::SIGN_IN_FIRST_TITLE)),
        ErrorCode::TooMany | ErrorCode::Unavailable | ErrorCode::Internal => {
            Some((here, texts::TRY_AGAIN))
        }
        ErrorCode::Forbidden | ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::Invalid => {
            None
        }
    };
    view! {
        <PageTitle text=title />
        // Whoever finds it in a search engine finds nothing.
        <Meta name="robots" content="noindex" />
        <div class="panel narrow empty lost">
            <h1>{title}</h1>
            <p>{error.message}</p>
            <p class="actions">
                {again.map(|(path, label)| view! { <a class="button primary" href=path>{label}</a> })}
                <a class="button" href=links::MARKET>{texts::BACK_TO_MARKET}</a>
            </p>
        </div>
    }
}

/// Leads to the sign-in page.
fn sign_in_first(path: &str) {
    if let (Some(response), Ok(location)) = (
        use_context::<leptos_axum::ResponseOptions>(),
        http::HeaderValue::from_str(path),
    ) {
        response.set_status(http::StatusCode::SEE_OTHER);
        response.insert_header(http::header::LOCATION, location);
    }
}

/// The page of a path that no page has.
#[component]
pub(crate) fn UnknownPage() -> impl IntoView {
    view! { <ErrorPage error=ApiError::new(ErrorCode::NotFound, texts::NOT_FOUND) /> }
}
