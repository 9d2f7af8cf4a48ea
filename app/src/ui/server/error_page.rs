//! The page in place of one that cannot be shown.

use leptos::prelude::*;
use leptos_meta::Meta;

use super::PageTitle;
use crate::{
    error::{ApiError, ErrorCode},
    language::language,
    ui::links,
};

/// Why there is no page, with the HTTP status that says the same; a visitor
/// who is not signed in is led to do that and back.
#[component]
pub(crate) fn ErrorPage(error: ApiError) -> impl IntoView {
    let language = language();
    let here = links::here();
    crate::server::set_status(&error);
    if error.code == ErrorCode::Unauthenticated {
        sign_in_first(&links::sign_in(&here));
    }
    let title = match error.code {
        ErrorCode::Unauthenticated => texts::sign_in_first_title(language),
        ErrorCode::Forbidden => texts::forbidden_title(language),
        ErrorCode::NotFound => texts::not_found_title(language),
        ErrorCode::Conflict => texts::conflict_title(language),
        ErrorCode::TooMany => texts::too_many_title(language),
        ErrorCode::Unavailable => texts::unavailable_title(language),
        ErrorCode::Invalid | ErrorCode::Internal => texts::fault_title(language),
    };
    let again = match error.code {
        ErrorCode::Unauthenticated => {
            Some((links::sign_in(&here), texts::sign_in_first_title(language)))
        }
        ErrorCode::TooMany | ErrorCode::Unavailable | ErrorCode::Internal => {
            Some((here, texts::try_again(language)))
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
                <a class="button" href=links::MARKET>{texts::back_to_market(language)}</a>
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
    let language = language();
    view! { <ErrorPage error=ApiError::new(ErrorCode::NotFound, texts::not_found(language)) /> }
}

/// What browsers keep and show instead of any page while they are offline: it
/// asks for that page again and again.
#[component]
pub(crate) fn Offline() -> impl IntoView {
    let language = language();
    let title = texts::offline_title(language);
    view! {
        <PageTitle text=title />
        <Meta name="robots" content="noindex" />
        <Meta http_equiv="refresh" content="5" />
        <div class="panel narrow empty lost">
            <h1>{title}</h1>
            <p>{texts::offline_text(language)}</p>
        </div>
    }
}
