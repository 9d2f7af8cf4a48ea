use leptos::prelude::*;

use crate::{language::language, server, ui::toast::Toast};

/// What the viewer has just done, once.
#[component]
pub(crate) fn Done() -> impl IntoView {
    let language = language();
    Suspend::new(async move {
        let done = server::take_done().await?;
        Some(view! { <Toast text=texts::done(language, &done)?.to_owned() /> })
    })
}
