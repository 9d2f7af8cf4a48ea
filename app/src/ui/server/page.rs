use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::escape;

/// The title of the page. People's own words may be in it, and Leptos writes
/// titles unescaped on the server.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    view! { <Title text=escape(&text) /> }
}
