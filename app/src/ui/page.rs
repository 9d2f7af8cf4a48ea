//! The frame of a page: its title, and waiting for what it shows.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{ErrorPage, fields::escape};
use crate::{error::ApiError, texts};

/// The title of the page. People's own words may be in it, and Leptos writes
/// titles unescaped on the server.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    let text = if cfg!(feature = "ssr") { escape(&text) } else { text };
    view! { <Title text /> }
}

/// Shows what `resource` brings, or why it brings nothing.
#[component]
pub(crate) fn Loaded<T, V>(resource: Resource<Result<T, ApiError>>, view: V) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| view! { <p class="panel quiet">{texts::LOADING}</p> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(loaded) => view(loaded),
                        Err(error) => view! { <ErrorPage error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}
