//! Facts as they are listed: a term and what it is.

use leptos::prelude::*;

use crate::{language::language, wire::When};

/// One row of a `<dl>`.
#[component]
pub(crate) fn Fact(term: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{term}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// A point in time.
#[component]
pub(crate) fn Moment(when: When) -> impl IntoView {
    view! { <time datetime=when.iso>{when.text}</time> }
}

/// When an event begins, if that is known.
#[component]
pub(crate) fn OptionalMoment(when: Option<When>) -> impl IntoView {
    let language = language();
    match when {
        Some(when) => view! { <Moment when /> }.into_any(),
        None => view! { <span class="quiet">{texts::market::no_date(language)}</span> }.into_any(),
    }
}

/// What a link such as "Edit" in a row is about, for those who hear links
/// without their row.
#[component]
pub(crate) fn Of(what: String) -> impl IntoView {
    view! { <span class="unseen">" " {what}</span> }
}
