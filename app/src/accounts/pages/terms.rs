use leptos::prelude::*;

use crate::{texts::terms as text, ui::PageTitle};

/// `/terms`
#[component]
pub(crate) fn Terms() -> impl IntoView {
    view! {
        <PageTitle text=text::TITLE />
        <article class="panel prose">
            <h1>{text::TITLE}</h1>
            <p class="quiet">{text::INTRO}</p>
            {text::RULES
                .into_iter()
                .map(|(heading, rule)| view! {
                    <h2>{heading}</h2>
                    <p>{rule}</p>
                })
                .collect_view()}
        </article>
    }
}
