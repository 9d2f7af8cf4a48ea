use leptos::{prelude::*, server_fn::ServerFn};

use super::ticket_id;
use crate::{
    form::FormState,
    market::{
        api::{DeleteTicket as Delete, ticket_form},
        types::TicketForm,
    },
    texts::market as text,
    ui::{Form, FormAlert, PageTitle, Submit, links, read, show},
};

/// `/tickets/:id/delete`: asks before it is done.
#[component]
pub(crate) fn DeleteTicket() -> impl IntoView {
    let id = ticket_id();
    // What may be edited may be deleted, so this also guards the page.
    let ticket = read(move || id.get(), ticket_form);
    let form = FormState::new(Delete::PATH);
    view! {
        <PageTitle text=text::DELETE_TITLE />
        {show(ticket, move |ticket: TicketForm| {
            let id = id.get_untracked();
            view! {
                <div class="panel narrow">
                    <h1>{text::DELETE_TITLE}</h1>
                    <FormAlert form />
                    <p><strong>{ticket.title}</strong></p>
                    <p>{text::DELETE_NOTE}</p>
                    <Form form>
                        <input type="hidden" name="id" value=id.clone() />
                        <p class="actions">
                            <Submit form label=text::DELETE_LISTING class="danger" />
                            <a class="button" href=links::ticket(&id)>{text::KEEP}</a>
                        </p>
                    </Form>
                </div>
            }
            .into_any()
        })}
    }
}
