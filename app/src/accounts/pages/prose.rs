use leptos::prelude::*;

use crate::{
    texts::{about, terms},
    ui::{PageTitle, Sharing, links},
};

/// `/terms`
#[component]
pub(crate) fn Terms() -> impl IntoView {
    prose(links::TERMS, terms::TITLE, terms::INTRO, &terms::RULES)
}

/// `/about`
#[component]
pub(crate) fn About() -> impl IntoView {
    prose(
        links::ABOUT,
        about::ABOUT_TITLE,
        about::ABOUT_INTRO,
        &about::ABOUT,
    )
}

/// `/privacy`
#[component]
pub(crate) fn Privacy() -> impl IntoView {
    prose(
        links::PRIVACY,
        about::PRIVACY_TITLE,
        about::PRIVACY_INTRO,
        &about::PRIVACY,
    )
}

/// A page to be read: headings and paragraphs.
fn prose(
    path: &'static str,
    title: &'static str,
    intro: &'static str,
    parts: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        <Sharing title=title.to_owned() description=intro.to_owned() path=path.to_owned() />
        <article class="panel prose">
            <h1>{title}</h1>
            <p class="quiet">{intro}</p>
            {parts
                .iter()
                .map(|(heading, text)| view! {
                    <h2>{*heading}</h2>
                    <p>{*text}</p>
                })
                .collect_view()}
        </article>
    }
}
