use leptos::prelude::*;

use crate::{server, texts, ui::toast::Toast};

/// What the viewer has just done, once.
#[component]
pub(crate) fn Done() -> impl IntoView {
    Suspend::new(async {
        let done = server::take_done().await?;
        Some(view! { <Toast text=texts::done(&done)?.to_owned() /> })
    })
}
