use leptos::prelude::*;
use texts::about as text;

use crate::{
    language::language,
    ui::{PageTitle, Sharing, links},
};

/// `/terms`
#[component]
pub(crate) fn Terms() -> impl IntoView {
    let language = language();
    prose(
        links::TERMS,
        text::terms_title(language),
        text::terms_intro(language),
        text::terms(language),
    )
}

/// `/about`
#[component]
pub(crate) fn About() -> impl IntoView {
    let language = language();
    prose(
        links::ABOUT,
        text::about_title(language),
        text::about_intro(language),
        text::about(language),
    )
}

/// `/privacy`
#[component]
pub(crate) fn Privacy() -> impl IntoView {
    let language = language();
    prose(
        links::PRIVACY,
        text::privacy_title(language),
        text::privacy_intro(language),
        text::privacy(language),
    )
}

/// A page to be read: headings and paragraphs.
fn prose(
    path: &'static str,
    title: &'static str,
    intro: &'static str,
    parts: impl IntoIterator<Item = text::Part>,
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        <Sharing title=title.to_owned() description=intro.to_owned() path=path.to_owned() />
        <article class="panel prose">
            <h1>{title}</h1>
            <p class="quiet">{intro}</p>
            {parts
                .into_iter()
                .map(|(heading, text)| view! {
                    <h2>{heading}</h2>
                    <p>{text}</p>
                })
                .collect_view()}
        </article>
    }
}
