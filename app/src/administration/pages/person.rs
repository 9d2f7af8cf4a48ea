use leptos::{prelude::*, server_fn::ServerFn};
use texts::administration as text;

use super::Office;
use crate::{
    administration::{
        api::{ChangePerson, person},
        types::UserView,
    },
    form::FormState,
    language::language,
    ui::{Fact, Form, FormAlert, Moment, Submit, links, load, param},
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
            ("no_moderator", text::no_moderator(language), None)
        } else {
            ("make_moderator", text::make_moderator(language), None)
        },
        if administers {
            ("no_admin", text::no_administrator(language), None)
        } else {
            ("make_admin", text::make_administrator(language), None)
        },
        ("end_sessions", text::end_sessions(language), None),
    ];
    if !row.verified {
        changes.push(("verify", text::verify(language), None));
    }
    if second_factor {
        let note = text::reset_note(language);
        changes.push((
            "reset_second_factor",
            text::reset_second_factor(language),
            Some(note),
        ));
    }
    changes.push(if row.suspended {
        ("reinstate", text::reinstate(language), None)
    } else {
        (
            "suspend",
            text::suspend(language),
            Some(text::suspend_note(language)),
        )
    });
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
            let changes = changes.into_iter().map(move |(change, label, note)| {
                let id = id.clone();
                let class = if change == "suspend" { "danger" } else { "" };
                view! {
                    <Form form>
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="change" value=change />
                        <Submit label class />
                        {note.map(|note| view! { <p class="quiet">{note}</p> })}
                    </Form>
                }
            });
            view! { <section class="panel changes">{changes.collect_view()}</section> }.into_any()
        }}
    }
    .into_any()
}
