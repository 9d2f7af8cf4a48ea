use leptos::prelude::*;
use texts::administration as text;

use super::Office;
use crate::{
    administration::{
        api,
        types::{PeopleView, UserRow},
    },
    language::language,
    ui::{links, load, query},
};

/// `/admin/people`
#[component]
pub(crate) fn People() -> impl IntoView {
    let language = language();
    let typed = query("q");
    let found = api::people(typed.clone(), query("after"));
    view! {
        <Office title=text::tab_people(language) here=links::ADMIN_PEOPLE>
            <h2>{text::find_people(language)}</h2>
            <form class="range" method="get" action=links::ADMIN_PEOPLE role="search">
                <label>
                    {text::email_begins(language)}
                    <input type="search" name="q" value=typed.clone() autocomplete="off" inputmode="email" aria-describedby="q-hint" />
                </label>
                <button class="button">{text::find(language)}</button>
                <p class="quiet" id="q-hint">{text::find_hint(language)}</p>
            </form>
            {load(found, move |found| show(found, &typed))}
        </Office>
    }
}

fn show(people: PeopleView, typed: &str) -> AnyView {
    let language = language();
    let next = people.found.next.map(|after| {
        let href = links::with_query(links::ADMIN_PEOPLE, &[("q", typed), ("after", &after)]);
        view! { <p class="more"><a class="button" rel="next" href=href>{texts::load_more(language)}</a></p> }
    });
    view! {
        {(!typed.is_empty()).then(|| list(people.found.rows, text::no_people(language)))}
        {next}
        <h2>{text::administrators(language)}</h2>
        {list(people.admins, text::no_members(language))}
        <h2>{text::moderators(language)}</h2>
        {list(people.moderators, text::no_members(language))}
    }
    .into_any()
}

fn list(users: Vec<UserRow>, none: &'static str) -> AnyView {
    if users.is_empty() {
        return view! { <p class="quiet">{none}</p> }.into_any();
    }
    view! { <ul class="rows">{users.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn row(user: UserRow) -> AnyView {
    let language = language();
    view! {
        <li class="row">
            <div>
                <h3><a href=links::person(&user.id)>{user.name}</a></h3>
                <p class="quiet">{user.email}</p>
            </div>
            {user.suspended.then(|| view! { <p class="badge">{text::suspended(language)}</p> })}
        </li>
    }
    .into_any()
}
