use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{ticket_fields::TicketFields, ticket_id};
use crate::{
    error::ErrorCode,
    form::FormState,
    market::{
        api::{EditTicket as Edit, ticket_form},
        types::TicketForm,
    },
    texts::market as text,
    ui::{Form, FormAlert, PageTitle, Submit, browser, links, read, show},
};

/// `/tickets/:id/edit`
#[component]
pub(crate) fn EditTicket() -> impl IntoView {
    let id = ticket_id();
    let stored = read(move || id.get(), ticket_form);
    let form = FormState::new(Edit::PATH);
    view! {
        <PageTitle text=text::EDIT_TITLE />
        {show(stored, move |initial: TicketForm| view! { <EditForm id=id.get_untracked() initial form /> }.into_any())}
    }
}

#[component]
fn EditForm(id: String, initial: TicketForm, form: FormState) -> impl IntoView {
    // A refused plain post comes back to a page that is newer than what was
    // typed; with script, what is stored is read again.
    let refused = untrack(|| form.refusal()) == Some(ErrorCode::Conflict);
    let newer = RwSignal::new((refused && form.shows_typed()).then(|| initial.clone()));
    let ticket = StoredValue::new(id.clone());
    browser::effect(move || {
        if form.answers().get() > 0 && form.refusal() == Some(ErrorCode::Conflict) {
            spawn_local(async move {
                // Fails when the ticket was reserved meanwhile, as the alert says.
                if let Ok(stored) = ticket_form(ticket.get_value()).await {
                    newer.set(Some(stored));
                }
            });
        }
    });
    // Once the newer values have been shown, saving replaces them.
    let version = initial.content_version;
    let based_on = move || {
        newer
            .with(|newer| {
                newer
                    .as_ref()
                    .map_or(version, |newer| newer.content_version)
            })
            .to_string()
    };
    let again = links::edit(&id);
    view! {
        <div class="panel form">
            <h1>{text::EDIT_TITLE}</h1>
            <FormAlert form />
            {move || newer.with(Option::is_some).then(|| view! { <p><a href=again.clone() rel="external">{text::START_AGAIN}</a></p> })}
            <Form form>
                <input type="hidden" name="id" value=id.clone() />
                <input type="hidden" name="content_version" value=based_on />
                <TicketFields form initial newer />
                <p class="actions">
                    <Submit form label=text::SAVE />
                    <a class="button" href=links::ticket(&id)>{text::KEEP}</a>
                </p>
            </Form>
        </div>
    }
}
