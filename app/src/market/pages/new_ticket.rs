use leptos::{prelude::*, server_fn::ServerFn};

use super::ticket_fields::TicketFields;
use crate::{
    form::FormState,
    market::{
        api::{CreateTicket, may_sell},
        islands::SuggestZone,
        types::TicketForm,
    },
    texts::market as text,
    ui::{Form, FormAlert, PageTitle, Submit, load},
};

/// `/tickets/new`
#[component]
pub(crate) fn NewTicket() -> impl IntoView {
    let form = FormState::new(CreateTicket::PATH);
    let initial = TicketForm {
        relist_after_refund: true,
        ..TicketForm::default()
    };
    view! {
        <PageTitle text=text::NEW_TITLE />
        {load(may_sell(), move |(): ()| {
            view! {
                <div class="panel form">
                    <h1>{text::NEW_TITLE}</h1>
                    <p class="quiet">{text::NEW_INTRO}</p>
                    <FormAlert form />
                    <Form form>
                        <TicketFields form initial newer=None />
                        <Submit label=text::PUBLISH />
                    </Form>
                    {form.error().is_none().then(|| view! { <SuggestZone /> })}
                </div>
            }
            .into_any()
        })}
    }
}
