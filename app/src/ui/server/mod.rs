//! What only the server renders.

mod chrome;
mod done;
mod error_page;
mod hydration;
mod next_page;
mod page;
mod reading;
mod sharing;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

pub(crate) use chrome::{Footer, Header};
pub(crate) use done::Done;
pub(crate) use error_page::{ErrorPage, Offline, UnknownPage};
pub use hydration::Client;
pub(crate) use hydration::Hydration;
pub(crate) use next_page::NextPage;
pub(crate) use page::PageTitle;
pub(crate) use reading::load;
pub(crate) use sharing::Sharing;

/// What the page's path has for `name`.
pub(crate) fn param(name: &str) -> String {
    use_params_map()
        .with_untracked(|params| params.get(name))
        .unwrap_or_default()
}

/// What the page's query has for `name`.
pub(crate) fn query(name: &str) -> String {
    use_query_map()
        .with_untracked(|query| query.get(name))
        .unwrap_or_default()
}
