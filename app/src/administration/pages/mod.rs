//! Pages of administration. The browser runs nothing of them but their forms.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod chart;
mod dashboard;
mod dead_letters;
mod health;
mod log;
mod people;
mod person;

use leptos::prelude::*;
use leptos_meta::Stylesheet;
use texts::administration as text;

use crate::{
    language::language,
    ui::{PageTitle, links},
};

pub(crate) use dashboard::Dashboard;
pub(crate) use dead_letters::DeadLetters;
pub(crate) use health::Health;
pub(crate) use log::{Events, Mails};
pub(crate) use people::People;
pub(crate) use person::Person;

/// What is around every page of administration: its heading, and the way to the
/// others.
#[component]
fn Office(
    title: &'static str,
    /// Its path.
    here: &'static str,
    children: Children,
) -> impl IntoView {
    let language = language();
    let tabs = [
        (links::ADMIN, text::tab_dashboard(language)),
        (links::ADMIN_PEOPLE, text::tab_people(language)),
        (links::ADMIN_EVENTS, text::tab_events(language)),
        (links::ADMIN_MAILS, text::tab_mails(language)),
        (links::ADMIN_DEAD_LETTERS, text::tab_dead_letters(language)),
        (links::ADMIN_HEALTH, text::tab_health(language)),
    ];
    view! {
        <PageTitle text=title />
        // Nobody else loads it.
        <Stylesheet href=links::ADMIN_STYLE />
        <div class="page office">
            <div class="results-head">
                <h1>{title}</h1>
                <nav class="tabs" aria-label=text::tabs(language)>
                    {tabs
                        .map(|(path, label)| {
                            let current = (path == here).then_some("page");
                            view! { <a href=path aria-current=current>{label}</a> }
                        })
                        .collect_view()}
                </nav>
            </div>
            {children()}
        </div>
    }
}

/// A table that scrolls by itself where it is wider than the page.
#[component]
fn Table(
    /// What it is of.
    caption: &'static str,
    columns: Vec<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table>
                <thead>
                    <tr>{columns.into_iter().map(|column| view! { <th scope="col">{column}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// What is shown in place of an empty list.
fn nothing(said: &'static str) -> AnyView {
    view! { <div class="panel narrow empty"><p>{said}</p></div> }.into_any()
}
