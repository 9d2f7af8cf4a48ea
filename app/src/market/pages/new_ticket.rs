use leptos::{html, prelude::*, server_fn::ServerFn};

use super::ticket_fields::TicketFields;
use crate::{
    form::FormState,
    market::{
        api::{CreateTicket, may_sell},
        types::TicketForm,
    },
    texts::market as text,
    ui::{Form, FormAlert, PageTitle, Submit, browser, read, show},
};

/// `/tickets/new`
#[component]
pub(crate) fn NewTicket() -> impl IntoView {
    let allowed = read(String::new, |_| may_sell());
    let form = FormState::new(CreateTicket::PATH);
    view! {
        <PageTitle text=text::NEW_TITLE />
        {show(allowed, move |(): ()| {
            let zone_field = NodeRef::<html::Input>::new();
            suggest_zone(form, zone_field);
            view! {
                <div class="panel form">
                    <h1>{text::NEW_TITLE}</h1>
                    <p class="quiet">{text::NEW_INTRO}</p>
                    <FormAlert form />
                    <Form form>
                        <TicketFields form initial=TicketForm { relist_after_refund: true, ..TicketForm::default() } zone_field />
                        <Submit form label=text::PUBLISH />
                    </Form>
                </div>
            }
            .into_any()
        })}
    }
}

/// Suggests the browser's time zone where none is given yet: most people sell
/// tickets for where they are.
fn suggest_zone(form: FormState, field: NodeRef<html::Input>) {
    browser::effect(move || {
        if let Some(field) = field.get()
            && field.value().is_empty()
            && !form.shows_typed()
            && let Some(zone) = browser::time_zone()
        {
            field.set_value(&zone);
        }
    });
}
