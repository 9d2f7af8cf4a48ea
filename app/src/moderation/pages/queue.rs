use domain::moderation::CaseStatus;
use leptos::prelude::*;
use texts::moderation as text;

use crate::{
    language::language,
    moderation::{
        api,
        types::{CaseRow, QueuePage},
    },
    ui::{PageTitle, links, load, query},
};

/// `/moderation`
#[component]
pub(crate) fn Queue() -> impl IntoView {
    let language = language();
    let shown = CaseStatus::by_name(&query("status")).unwrap_or_default();
    view! {
        <PageTitle text=text::queue_title(language) />
        <div class="page">
            <div class="results-head">
                <h1>{text::queue_title(language)}</h1>
                <nav class="tabs" aria-label=text::queue_tabs(language)>
                    {CaseStatus::ALL
                        .map(|status| {
                            let current = (status == shown).then_some("page");
                            view! { <a href=links::queue(status, "") aria-current=current>{text::status(language, status)}</a> }
                        })
                        .collect_view()}
                </nav>
            </div>
            {load(api::cases(shown.name().to_owned(), query("after")), move |page| list(page, shown))}
        </div>
    }
}

fn list(page: QueuePage, shown: CaseStatus) -> AnyView {
    let language = language();
    if page.cases.is_empty() {
        return view! { <div class="panel narrow empty"><p>{text::no_cases(language)}</p></div> }
            .into_any();
    }
    view! {
        <ul class="rows">{page.cases.into_iter().map(row).collect_view()}</ul>
        {page.next.map(|after| view! {
            <p class="more"><a class="button" rel="next" href=links::queue(shown, &after)>{texts::load_more(language)}</a></p>
        })}
    }
    .into_any()
}

/// A case, in a row.
pub(super) fn row(case: CaseRow) -> AnyView {
    let language = language();
    view! {
        <li class="row">
            <div>
                <h2><a href=links::case(&case.id)>{case.title}</a></h2>
                <p class="quiet">{text::listed_by(language, &case.seller)} " · " <time datetime=case.since.iso>{case.since.text}</time></p>
                {reasons(case.reasons)}
            </div>
            <p class="badge">{text::status(language, case.status)}</p>
        </li>
    }
    .into_any()
}

/// What is against a listing.
pub(super) fn reasons(reasons: Vec<String>) -> AnyView {
    if reasons.is_empty() {
        return ().into_any();
    }
    let items = reasons
        .into_iter()
        .map(|reason| view! { <li>{reason}</li> });
    view! { <ul class="reasons">{items.collect_view()}</ul> }.into_any()
}
