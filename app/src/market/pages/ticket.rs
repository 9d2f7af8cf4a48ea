use std::time::Duration;

use domain::ticket::TicketStatus;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{status::Badge, ticket_id};
use crate::{
    error::ErrorCode,
    form::FormState,
    market::{api, types::TicketView},
    orders::api::Reserve,
    texts::market as text,
    ui::{
        CurrentVisitor, Fact, Form, FormAlert, OptionalMoment, PageTitle, Submit, browser, links,
        read, show,
    },
};

/// How often, and how many times, the page of a pending ticket looks whether
/// it is on the market.
const LOOK_AGAIN: Duration = Duration::from_millis(700);
const LOOKS: u8 = 20;

/// `/tickets/:id`
#[component]
pub(crate) fn Ticket() -> impl IntoView {
    let id = ticket_id();
    let ticket = read(move || id.get(), api::ticket);
    let looks = StoredValue::new(0);
    let form = FormState::new(Reserve::PATH);
    // Somebody was faster, or the price changed: show what is true now. The
    // alert stays, because it is outside of what is loaded again.
    browser::effect(move || {
        if form.answers().get() > 0 && form.refusal() == Some(ErrorCode::Conflict) {
            ticket.refetch();
        }
    });
    view! {
        <FormAlert form />
        {show(ticket, move |found: TicketView| {
            if found.status == TicketStatus::Pending {
                browser::effect(move || {
                    if looks.get_value() < LOOKS {
                        looks.update_value(|looks| *looks += 1);
                        browser::after(LOOK_AGAIN, move || ticket.refetch());
                    }
                });
            }
            view! { <Detail ticket=found form /> }.into_any()
        })}
    }
}

#[component]
fn Detail(ticket: TicketView, form: FormState) -> impl IntoView {
    let handover = if ticket.mine {
        text::HANDOVER_OWN
    } else {
        text::HANDOVER
    };
    let badge = (ticket.mine || ticket.status != TicketStatus::Available).then_some(ticket.status);
    let TicketView {
        title,
        description,
        venue,
        starts,
        price,
        seller,
        handover_note,
        ..
    } = ticket.clone();
    view! {
        <PageTitle text=title.clone() />
        <article class="panel ticket">
            <div class="facts">
                <h1>{title}</h1>
                {badge.map(|status| view! { <Badge status /> })}
                <dl>
                    <Fact term=text::STARTS><OptionalMoment when=starts /></Fact>
                    {(!venue.is_empty()).then(|| view! { <Fact term=text::VENUE>{venue}</Fact> })}
                    <Fact term=text::SOLD_BY>{seller}</Fact>
                </dl>
                {(!description.is_empty()).then(|| view! {
                    <h2>{text::ABOUT}</h2>
                    <p class="lines">{description}</p>
                })}
                {handover_note.filter(|note| !note.is_empty()).map(|note| view! {
                    <h2>{handover}</h2>
                    <p class="lines">{note}</p>
                })}
            </div>
            <div class="offer">
                <p class="price">{price.text}</p>
                <p class="hint">{text::PRICE_NOTE}</p>
                {what_to_do(ticket, form)}
            </div>
        </article>
    }
}

/// What the viewer can do with the ticket, or why nothing.
fn what_to_do(ticket: TicketView, form: FormState) -> AnyView {
    if ticket.mine {
        return view! { <OwnTicket ticket /> }.into_any();
    }
    if let Some(order) = ticket.my_order {
        return view! {
            <p>{text::YOU_HAVE_IT}</p>
            <p><a class="button primary" href=links::order(&order)>{text::YOUR_ORDER}</a></p>
        }
        .into_any();
    }
    match ticket.status {
        TicketStatus::Available => view! { <ReserveForm ticket form /> }.into_any(),
        TicketStatus::Reserved => view! { <p class="note">{text::BEING_BOUGHT}</p> }.into_any(),
        status => text::closed(status)
            .map(|why| view! { <p class="note">{why}</p> })
            .into_any(),
    }
}

#[component]
fn OwnTicket(ticket: TicketView) -> impl IntoView {
    let note = if ticket.status == TicketStatus::Pending {
        Some(text::BEING_CHECKED)
    } else {
        text::closed(ticket.status)
    };
    view! {
        {note.map(|note| view! { <p class="note" role="status">{note}</p> })}
        {ticket.my_order.map(|order| view! { <p><a class="button" href=links::order(&order)>{text::SEE_ORDER}</a></p> })}
        {ticket.changeable.then(|| view! {
            <p class="actions">
                <a class="button" href=links::edit(&ticket.id)>{text::EDIT}</a>
                <a class="button danger" href=links::delete(&ticket.id)>{text::DELETE}</a>
            </p>
        })}
    }
}

#[component]
fn ReserveForm(ticket: TicketView, form: FormState) -> impl IntoView {
    CurrentVisitor::expect().view(move |visitor| {
        if visitor.name.is_none() {
            let sign_in = links::sign_in(&links::ticket(&ticket.id));
            return view! { <p><a class="button primary" href=sign_in>{text::SIGN_IN_TO_RESERVE}</a></p> }.into_any();
        }
        let (id, price) = (ticket.id.clone(), ticket.price.minor.to_string());
        view! {
            <Form form>
                <input type="hidden" name="ticket" value=id />
                // The price seen: another one is refused.
                <input type="hidden" name="price" value=price />
                <Submit form label=text::RESERVE />
            </Form>
            <p class="hint">{text::RESERVE_NOTE}</p>
        }
        .into_any()
    })
}
