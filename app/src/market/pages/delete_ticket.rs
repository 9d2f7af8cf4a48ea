use leptos::{form::ActionForm, prelude::*};

use super::ticket_id;
use crate::{
    form::FormState,
    market::api::{DeleteTicket as Delete, ticket_form},
    texts::market as text,
    ui::{FormAlert, Loaded, PageTitle, Submit, links},
};

/// `/tickets/:id/delete`: asks before it is done.
#[component]
pub(crate) fn DeleteTicket() -> impl IntoView {
    let id = ticket_id();
    // What may be edited may be deleted, so this also guards the page.
    let ticket = Resource::new_blocking(move || id.get(), ticket_form);
    let delete = ServerAction::<Delete>::new();
    let form = FormState::of(delete);
    view! {
        <PageTitle text=text::DELETE_TITLE />
        <Loaded
            resource=ticket
            view=move |ticket| {
                let id = id.get_untracked();
                view! {
                    <div class="panel narrow">
                        <h1>{text::DELETE_TITLE}</h1>
                        <FormAlert form />
                        <p><strong>{ticket.title}</strong></p>
                        <p>{text::DELETE_NOTE}</p>
                        <ActionForm action=delete>
                            <input type="hidden" name="id" value=id.clone() />
                            <p class="actions">
                                <Submit form label=text::DELETE_LISTING class="danger" />
                                <a class="button" href=links::ticket(&id)>{text::KEEP}</a>
                            </p>
                        </ActionForm>
                    </div>
                }
                .into_any()
            }
        />
    }
}
