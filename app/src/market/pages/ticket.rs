use domain::ticket::TicketStatus;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Meta;

use super::structured;
use crate::{
    accounts::api::visitor,
    form::FormState,
    market::{api, islands::TicketPanel, types::TicketView},
    orders::api::Reserve,
    server,
    ui::{FormAlert, PageTitle, Sharing, links, load, param},
};

/// `/tickets/:id`
#[component]
pub(crate) fn Ticket() -> impl IntoView {
    let id = param("id");
    let form = FormState::new(Reserve::PATH);
    let found = async {
        // What happens from here on may be in what is read, or is told.
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
                {head(&ticket)}
                <TicketPanel ticket member position />
            }
            .into_any()
        })}
    }
}

/// What others than people read of the page.
fn head(ticket: &TicketView) -> AnyView {
    let listed = matches!(
        ticket.status,
        TicketStatus::Available | TicketStatus::Reserved
    );
    if !listed {
        return view! { <Meta name="robots" content="noindex" /> }.into_any();
    }
    view! {
        <Sharing title=ticket.title.clone() description=structured::summary(ticket) path=links::ticket(&ticket.id) />
        <script type="application/ld+json" inner_html=structured::data(ticket)></script>
    }
    .into_any()
}
