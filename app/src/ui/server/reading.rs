//! Reading what pages show.

use std::future::Future;

use leptos::prelude::*;

use super::ErrorPage;
use crate::error::ApiError;

/// Shows what `call` answers, or why it answers nothing. The page is sent when
/// it is there.
pub(crate) fn load<T: 'static>(
    call: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    view: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    Suspend::new(async move {
        match call.await {
            Ok(found) => view(found),
            Err(error) => view! { <ErrorPage error /> }.into_any(),
        }
    })
    .into_any()
}
