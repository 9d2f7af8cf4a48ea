use leptos::{prelude::*, server_fn::ServerFn};
use texts::market as text;

use super::ticket_fields::TicketFields;
use crate::{
    form::FormState,
    language::language,
    market::{
        api::{CreateTicket, may_sell},
        islands::SuggestZone,
        types::TicketForm,
    },
    ui::{Form, FormAlert, PageTitle, Submit, load},
};

/// `/tickets/new`
#[component]
pub(crate) fn NewTicket() -> impl IntoView {
    let language = language();
    let form = FormState::new(CreateTicket::PATH);
    let initial = TicketForm {
        relist_after_refund: true,
        ..TicketForm::default()
    };
    view! {
        <PageTitle text=text::new_title(language) />
        {load(may_sell(), move |(): ()| {
            view! {
                <div class="panel form">
                    <h1>{text::new_title(language)}</h1>
                    <p class="quiet">{text::new_intro(language)}</p>
                    <FormAlert form />
                    <Form form>
                        <TicketFields form initial newer=None />
                        <Submit label=text::publish(language) />
                    </Form>
                    {form.error().is_none().then(|| view! { <SuggestZone /> })}
                </div>
            }
            .into_any()
        })}
    }
}
