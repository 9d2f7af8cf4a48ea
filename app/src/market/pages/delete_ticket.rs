use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    form::FormState,
    market::{
        api::{DeleteTicket as Delete, ticket_form},
        types::TicketForm,
    },
    texts::market as text,
    ui::{Form, FormAlert, PageTitle, Submit, links, load, param},
};

/// `/tickets/:id/delete`: asks before it is done.
#[component]
pub(crate) fn DeleteTicket() -> impl IntoView {
    let id = param("id");
    // What may be edited may be deleted, so this also guards the page.
    let ticket = ticket_form(id.clone());
    let form = FormState::new(Delete::PATH);
    view! {
        <PageTitle text=text::DELETE_TITLE />
        {load(ticket, move |ticket: TicketForm| {
            view! {
                <div class="panel narrow">
                    <h1>{text::DELETE_TITLE}</h1>
                    <FormAlert form />
                    <p><strong>{ticket.title}</strong></p>
                    <p>{text::DELETE_NOTE}</p>
                    <Form form>
                        <input type="hidden" name="id" value=id.clone() />
                        <p class="actions">
                            <Submit label=text::DELETE_LISTING class="danger" />
                            <a class="button" href=links::ticket(&id)>{text::KEEP}</a>
                        </p>
                    </Form>
                </div>
            }
            .into_any()
        })}
    }
}
