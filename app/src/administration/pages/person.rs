use leptos::{prelude::*, server_fn::ServerFn};
use texts::administration as text;

use super::Office;
use crate::{
    accounts::pages::Proof,
    administration::{
        api::{ChangePerson, person},
        types::UserView,
    },
    form::FormState,
    language::language,
    ui::{Fact, Form, FormAlert, Moment, Select, Submit, links, load, param},
};

/// `/admin/people/:id`
#[component]
pub(crate) fn Person() -> impl IntoView {
    let language = language();
    let form = FormState::new(ChangePerson::PATH);
    view! {
        <Office title=text::tab_people(language) here=links::ADMIN_PEOPLE>
            <FormAlert form />
            {load(person(param("id")), move |user| show(user, form))}
        </Office>
    }
}

fn show(user: UserView, form: FormState) -> AnyView {
    let language = language();
    let yes_or_no = move |yes| {
        if yes {
            text::yes(language)
        } else {
            text::no(language)
        }
    };
    let UserView {
        row,
        second_factor,
        own,
        sessions,
        asked,
    } = user;
    let is_in = |group: &str| row.groups.iter().any(|name| name == group);
    let (moderates, administers) = (is_in("moderators"), is_in("admins"));
    let groups = [
        administers.then(|| text::administrators(language)),
        moderates.then(|| text::moderators(language)),
    ];
    let groups: Vec<&str> = groups.into_iter().flatten().collect();
    let groups = if groups.is_empty() {
        text::none(language).to_owned()
    } else {
        groups.join(", ")
    };
    let mut changes = vec![
        if moderates {
            ("no_moderator", text::no_moderator(language))
        } else {
            ("make_moderator", text::make_moderator(language))
        },
        if administers {
            ("no_admin", text::no_administrator(language))
        } else {
            ("make_admin", text::make_administrator(language))
        },
        ("end_sessions", text::end_sessions(language)),
    ];
    let mut notes = Vec::new();
    if !row.verified {
        changes.push(("verify", text::verify(language)));
    }
    if second_factor {
        let label = text::reset_second_factor(language);
        changes.push(("reset_second_factor", label));
        notes.push((label, text::reset_note(language)));
    }
    if row.suspended {
        changes.push(("reinstate", text::reinstate(language)));
    } else {
        let label = text::suspend(language);
        changes.push(("suspend", label));
        notes.push((label, text::suspend_note(language)));
    }
    let choices = changes
        .into_iter()
        .map(|(change, label)| (change.to_owned(), label.to_owned()))
        .collect();
    let id = row.id.clone();
    let sessions = sessions
        .into_iter()
        .map(|session| view! { <li>{session.device} ", " <Moment when=session.used /></li> })
        .collect::<Vec<_>>();
    view! {
        <h2>{row.name}</h2>
        <p><a href=links::seller(&row.id)>{text::seller_page(language)}</a></p>
        <dl class="panel">
            <Fact term=text::email(language)>{row.email}</Fact>
            <Fact term=text::since(language)><Moment when=row.since /></Fact>
            <Fact term=text::verified(language)>{yes_or_no(row.verified)}</Fact>
            <Fact term=text::suspended(language)>{yes_or_no(row.suspended)}</Fact>
            <Fact term=text::groups(language)>{groups}</Fact>
        </dl>
        <section class="panel">
            <h2>{text::sessions(language)}</h2>
            {if sessions.is_empty() {
                view! { <p class="quiet">{text::no_sessions(language)}</p> }.into_any()
            } else {
                view! { <ul>{sessions}</ul> }.into_any()
            }}
        </section>
        {if own {
            view! { <p class="note">{text::your_own(language)}</p> }.into_any()
        } else {
            view! {
                <section class="panel">
                    <h2>{text::change(language)}</h2>
                    <Form form reload=true>
                        <input type="hidden" name="id" value=id />
                        <Select form name="change" label=text::what_to_change(language) choices initial=String::new() autocomplete="off" />
                        {notes.into_iter().map(|(label, note)| view! { <p class="quiet">{label} ": " {note}</p> }).collect_view()}
                        <Proof form asked />
                        <p class="actions"><Submit label=text::change(language) class="danger" /></p>
                    </Form>
                </section>
            }
            .into_any()
        }}
    }
    .into_any()
}
