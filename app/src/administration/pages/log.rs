use leptos::prelude::*;
use texts::administration as text;

use super::{Office, Table, nothing};
use crate::{
    administration::{
        api,
        types::{EventRow, MailRow, Rows},
    },
    language::language,
    ui::{Moment, NextPage, links, load, query},
};

/// `/admin/events`
#[component]
pub(crate) fn Events() -> impl IntoView {
    let language = language();
    let after = query("after").parse().unwrap_or_default();
    view! {
        <Office title=text::tab_events(language) here=links::ADMIN_EVENTS>
            {load(api::events(after), events)}
        </Office>
    }
}

fn events(page: Rows<EventRow>) -> AnyView {
    let language = language();
    if page.rows.is_empty() {
        return nothing(text::no_events(language));
    }
    let columns = vec![
        "#",
        text::when(language),
        text::subject(language),
        text::payload(language),
    ];
    let rows = page.rows.into_iter().map(|event| {
        view! {
            <tr>
                <td class="number">{event.sequence}</td>
                <td><Moment when=event.at /></td>
                <td><code>{event.subject}</code></td>
                <td><code>{event.payload}</code></td>
            </tr>
        }
    });
    view! {
        <p class="quiet">{text::newer_first(language)}</p>
        <Table caption=text::tab_events(language) columns>{rows.collect_view()}</Table>
        <NextPage path=links::ADMIN_EVENTS after=page.next />
    }
    .into_any()
}

/// `/admin/mails`
#[component]
pub(crate) fn Mails() -> impl IntoView {
    let language = language();
    view! {
        <Office title=text::tab_mails(language) here=links::ADMIN_MAILS>
            {load(api::mails(query("after")), mails)}
        </Office>
    }
}

fn mails(page: Rows<MailRow>) -> AnyView {
    let language = language();
    if page.rows.is_empty() {
        return nothing(text::no_mails(language));
    }
    let columns = vec![
        text::when(language),
        text::mail(language),
        text::to_whom(language),
        text::because(language),
    ];
    let rows = page.rows.into_iter().map(move |mail| {
        view! {
            <tr>
                <td><Moment when=mail.at /></td>
                <td><code>{mail.template}</code></td>
                <td><a href=links::person(&mail.to)>{mail.name}</a></td>
                <td><code>{mail.message}</code></td>
            </tr>
        }
    });
    view! {
        <p class="quiet">{text::newer_first(language)}</p>
        <Table caption=text::tab_mails(language) columns>{rows.collect_view()}</Table>
        <NextPage path=links::ADMIN_MAILS after=page.next />
    }
    .into_any()
}
