use leptos::{prelude::*, server_fn::ServerFn};
use texts::moderation as text;

use crate::{
    form::FormState,
    language::language,
    market::{api::ticket, types::TicketView},
    moderation::api::{RemoveTicket as Remove, cases},
    ui::{Area, Form, FormAlert, PageTitle, Submit, links, load, param},
};

/// `/tickets/:id/remove`, for moderators.
#[component]
pub(crate) fn RemoveTicket() -> impl IntoView {
    let language = language();
    let form = FormState::new(Remove::PATH);
    let id = param("id");
    let found = async move {
        // Only moderators may see the queue, and so this page.
        cases(String::new(), String::new()).await?;
        ticket(id).await
    };
    view! {
        <PageTitle text=text::remove_title(language) />
        {load(found, move |ticket: TicketView| view! {
            <div class="panel narrow">
                <h1>{text::remove_title(language)}</h1>
                <FormAlert form />
                <p><strong>{ticket.title}</strong></p>
                <p>{text::remove_note(language)}</p>
                <Form form>
                    <input type="hidden" name="id" value=ticket.id.clone() />
                    <Area form name="explanation" label=text::explanation(language) hint=text::explanation_hint(language) rows=3 />
                    <p class="actions">
                        <Submit label=text::remove(language) class="danger" />
                        <a class="button" href=links::ticket(&ticket.id)>{text::back(language)}</a>
                    </p>
                </Form>
            </div>
        }.into_any())}
    }
}
