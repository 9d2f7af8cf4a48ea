use leptos::{prelude::*, server_fn::ServerFn};
use texts::market as text;

use super::ticket_fields::TicketFields;
use crate::{
    error::ErrorCode,
    form::FormState,
    language::language,
    market::{
        api::{EditTicket as Edit, ticket_form},
        types::TicketForm,
    },
    ui::{Form, FormAlert, PageTitle, Submit, links, load, param},
};

/// `/tickets/:id/edit`
#[component]
pub(crate) fn EditTicket() -> impl IntoView {
    let language = language();
    let id = param("id");
    let form = FormState::new(Edit::PATH);
    view! {
        <PageTitle text=text::edit_title(language) />
        {load(ticket_form(id.clone()), move |stored: TicketForm| view! { <EditForm id stored form /> }.into_any())}
    }
}

#[component]
fn EditForm(id: String, stored: TicketForm, form: FormState) -> impl IntoView {
    let language = language();
    // Somebody changed the listing meanwhile: what is stored is newer than what
    // was typed, and is shown beside it. Saving then replaces it.
    let stale = form
        .error()
        .is_some_and(|error| error.code == ErrorCode::Conflict);
    let newer = stale.then(|| stored.clone());
    let version = stored.content_version.to_string();
    view! {
        <div class="panel form">
            <h1>{text::edit_title(language)}</h1>
            <FormAlert form />
            {stale.then(|| view! { <p><a href=links::edit(&id)>{text::start_again(language)}</a></p> })}
            <Form form show_conflict=true>
                <input type="hidden" name="id" value=id.clone() />
                <input type="hidden" name="content_version" value=version />
                <TicketFields form initial=stored newer />
                <p class="actions">
                    <Submit label=text::save(language) />
                    <a class="button" href=links::ticket(&id)>{text::keep(language)}</a>
                </p>
            </Form>
        </div>
    }
}
