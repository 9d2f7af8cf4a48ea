use leptos::{prelude::*, server_fn::ServerFn};
use texts::market as text;

use crate::{
    form::FormState,
    language::language,
    market::{
        api::{DeleteTicket as Delete, ticket_form},
        types::TicketForm,
    },
    ui::{Form, FormAlert, PageTitle, Submit, links, load, param},
};

/// `/tickets/:id/delete`: asks before it is done.
#[component]
pub(crate) fn DeleteTicket() -> impl IntoView {
    let language = language();
    let id = param("id");
    // What may be edited may be deleted, so this also guards the page.
    let ticket = ticket_form(id.clone());
    let form = FormState::new(Delete::PATH);
    view! {
        <PageTitle text=text::delete_title(language) />
        {load(ticket, move |ticket: TicketForm| {
            view! {
                <div class="panel narrow">
                    <h1>{text::delete_title(language)}</h1>
                    <FormAlert form />
                    <p><strong>{ticket.title}</strong></p>
                    <p>{text::delete_note(language)}</p>
                    <Form form>
                        <input type="hidden" name="id" value=id.clone() />
                        <p class="actions">
                            <Submit label=text::delete_listing(language) class="danger" />
                            <a class="button" href=links::ticket(&id)>{text::keep(language)}</a>
                        </p>
                    </Form>
                </div>
            }
            .into_any()
        })}
    }
}
