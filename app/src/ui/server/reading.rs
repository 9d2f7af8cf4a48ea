//! Reading what pages show.

use std::future::Future;

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};

use super::ErrorPage;
use crate::error::ApiError;

/// Shows what `call` answers, or why it answers nothing. The page is sent when
/// it is there.
pub(crate) fn load<T: 'static>(
    call: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    view: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    Suspend::new(async move {
        let shown = match call.await {
            Ok(found) => view(found),
            Err(error) => view! { <ErrorPage error /> }.into_any(),
        };
        // What comes late is written outside of its context, in which tags for the
        // head are looked for.
        OwnedView::new(shown)
    })
    .into_any()
}
