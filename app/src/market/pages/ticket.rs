use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api::visitor,
    form::FormState,
    market::{api, islands::TicketPanel, types::TicketView},
    orders::api::Reserve,
    server,
    ui::{FormAlert, PageTitle, load, param},
};

/// `/tickets/:id`
#[component]
pub(crate) fn Ticket() -> impl IntoView {
    let id = param("id");
    let form = FormState::new(Reserve::PATH);
    let found = async {
        let position = server::position();
        let ticket = api::ticket(id).await?;
        let visitor = visitor().await?;
        Ok((ticket, visitor.name.is_some(), position))
    };
    view! {
        <FormAlert form />
        {load(found, |(ticket, member, position): (TicketView, bool, String)| {
            view! {
                <PageTitle text=ticket.title.clone() />
                <TicketPanel ticket member position />
            }
            .into_any()
        })}
    }
}
