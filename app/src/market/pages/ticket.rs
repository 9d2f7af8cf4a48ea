use domain::{moderation::CaseStatus, ticket::TicketStatus};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Meta;
use texts::{market as text, moderation};

use super::structured;
use crate::{
    accounts::{api::visitor, types::Visitor},
    form::FormState,
    language::language,
    market::{api, islands::TicketPanel, types::TicketView},
    moderation::{api::verdict, types::Verdict},
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
        let told = match ticket.mine {
            true => verdict(ticket.id.clone()).await?,
            false => None,
        };
        Ok((ticket, visitor, told, position))
    };
    view! {
        <FormAlert form />
        {load(found, |(ticket, visitor, told, position): (TicketView, Visitor, Option<Verdict>, String)| {
            let member = visitor.name.is_some();
            let below = below(&ticket, &visitor);
            view! {
                <PageTitle text=ticket.title.clone() />
                {head(&ticket)}
                {told.and_then(|told| why(ticket.status, told))}
                <TicketPanel ticket member position />
                {below}
            }
            .into_any()
        })}
    }
}

/// What the seller is told of why the listing is not on the market.
fn why(status: TicketStatus, told: Verdict) -> Option<AnyView> {
    let language = language();
    let said = match (status, told.status) {
        (TicketStatus::Pending, CaseStatus::Open) => text::being_looked_at(language),
        (TicketStatus::Rejected, _) => text::was_rejected(language),
        (TicketStatus::Removed, _) => text::was_removed(language),
        _ => return None,
    };
    let reasons = told
        .reasons
        .into_iter()
        .map(|reason| view! { <li>{reason}</li> });
    let view = view! {
        <section class="panel narrow note">
            <p>{said}</p>
            <ul class="reasons">{reasons.collect_view()}</ul>
            {told.explanation.map(|said| view! { <p class="lines">{said}</p> })}
        </section>
    };
    Some(view.into_any())
}

/// What else can be done about the ticket.
fn below(ticket: &TicketView, visitor: &Visitor) -> AnyView {
    let language = language();
    let listed = matches!(
        ticket.status,
        TicketStatus::Available | TicketStatus::Reserved
    );
    let report = (listed && !ticket.mine).then(|| links::report(&ticket.id));
    let closed = matches!(
        ticket.status,
        TicketStatus::Sold | TicketStatus::Ended | TicketStatus::Removed | TicketStatus::Deleted
    );
    let remove = (visitor.staff.is_some() && !closed).then(|| links::remove(&ticket.id));
    view! {
        <p class="below">
            <a href=links::seller(&ticket.seller_id)>{text::about_seller(language, &ticket.seller)}</a>
            {report.map(|href| view! { <a rel="nofollow" href=href>{moderation::report_listing(language)}</a> })}
            {remove.map(|href| view! { <a href=href>{moderation::remove_listing(language)}</a> })}
        </p>
    }
    .into_any()
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
