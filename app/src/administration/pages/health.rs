use leptos::prelude::*;
use texts::administration as text;

use super::{Office, Table};
use crate::{
    administration::{
        api,
        types::{HealthView, ServiceRow},
    },
    language::language,
    ui::{Fact, links, load},
};

/// `/admin/health`
#[component]
pub(crate) fn Health() -> impl IntoView {
    let language = language();
    view! {
        <Office title=text::tab_health(language) here=links::ADMIN_HEALTH>
            {load(api::parts(), show)}
        </Office>
    }
}

fn show(found: HealthView) -> AnyView {
    let language = language();
    let parts = found.parts.into_iter().map(|part| {
        let class = if part.up { "badge good" } else { "badge bad" };
        view! {
            <div class="fact">
                <dt>{part.name}</dt>
                <dd><span class=class>{part.state}</span></dd>
            </div>
        }
    });
    let dead = found
        .dead_letters
        .map_or_else(|| "–".to_owned(), |count| count.to_string());
    view! {
        <dl class="panel">
            {parts.collect_view()}
            <Fact term=text::outbox(language)>{found.unsent}</Fact>
            <Fact term=text::dead_letters_count(language)>
                <a href=links::ADMIN_DEAD_LETTERS>{dead}</a>
            </Fact>
        </dl>
        <h2>{text::services(language)}</h2>
        {services(found.services)}
    }
    .into_any()
}

fn services(services: Vec<ServiceRow>) -> AnyView {
    let language = language();
    if services.is_empty() {
        return view! { <p>{text::no_services(language)}</p> }.into_any();
    }
    let columns = vec![
        text::consumer(language),
        text::waiting(language),
        text::unfinished(language),
    ];
    let rows = services.into_iter().map(|service| {
        view! {
            <tr>
                <th scope="row">{service.name}</th>
                <td class="number">{service.waiting}</td>
                <td class="number">{service.unfinished}</td>
            </tr>
        }
    });
    view! { <Table caption=text::services(language) columns>{rows.collect_view()}</Table> }
        .into_any()
}
