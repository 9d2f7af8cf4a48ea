use std::time::Duration;

use domain::ticket::TicketStatus;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use texts::market as text;

use super::status::Badge;
use crate::{
    error::ErrorCode,
    form::FormState,
    language::language,
    market::{
        api::{self, DeleteTicket},
        types::TicketView,
    },
    orders::api::Reserve,
    ui::{Confirm, Fact, Fetched, FormAlert, OptionalMoment, Submit, browser, links, live},
    wire::Price,
};

/// How often the page of a pending ticket looks whether it is on the market,
/// besides being told.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// A ticket, which the page follows: what it is, and what can be done with it.
#[island(lazy)]
pub(crate) fn TicketPanel(
    ticket: TicketView,
    /// Whether the viewer is signed in.
    member: bool,
    /// From where on changes are not in it yet.
    position: String,
) -> impl IntoView {
    let language = language();
    let id = StoredValue::new(ticket.id.clone());
    // The price that the viewer has seen and not been told of since.
    let agreed = RwSignal::new(ticket.price.clone());
    let shown = RwSignal::new(ticket);
    let read = move || {
        spawn_local(async move {
            match api::ticket(id.get_value()).await {
                Ok(ticket) => drop(shown.try_set(ticket)),
                // It is nothing to the viewer any more.
                Err(error) if error.code == ErrorCode::NotFound => {
                    shown.try_update(|ticket| {
                        ticket.status = TicketStatus::Deleted;
                        ticket.changeable = false;
                    });
                }
                // Told again when the connection is back.
                Err(_) => {}
            }
        });
    };
    browser::effect(move || {
        live::follow(
            Some(("ticket", id.get_value())),
            position.clone(),
            move |_| read(),
        );
        if shown.with_untracked(|ticket| ticket.status == TicketStatus::Pending) {
            browser::every(LOOK_AGAIN, move || {
                if shown.with_untracked(|ticket| ticket.status == TicketStatus::Pending) {
                    read();
                }
            });
        }
    });
    // Somebody was faster, or the price changed: show what is true now.
    let refused = Callback::new(move |(_, code)| {
        if code == ErrorCode::Conflict {
            read();
        }
    });
    view! {
        <article class="panel ticket">
            <div class="facts">
                <h1>{move || shown.with(|ticket| ticket.title.clone())}</h1>
                {move || {
                    let (mine, status) = shown.with(|ticket| (ticket.mine, ticket.status));
                    (mine || status != TicketStatus::Available).then(|| view! { <Badge status /> }.into_any())
                }}
                {move || shown.with(facts)}
            </div>
            <div class="offer" aria-live="polite">
                <p class="price">{move || shown.with(|ticket| ticket.price.text.clone())}</p>
                <p class="hint">{text::price_note(language)}</p>
                {move || what_to_do(shown.get(), member, agreed, refused)}
            </div>
        </article>
    }
}

fn facts(ticket: &TicketView) -> AnyView {
    let language = language();
    let handover = if ticket.mine {
        text::handover_own(language)
    } else {
        text::handover(language)
    };
    let TicketView {
        description,
        venue,
        starts,
        seller,
        handover_note,
        ..
    } = ticket.clone();
    view! {
        <dl>
            <Fact term=text::starts(language)><OptionalMoment when=starts /></Fact>
            {(!venue.is_empty()).then(|| view! { <Fact term=text::venue(language)>{venue}</Fact> })}
            <Fact term=text::sold_by(language)>{seller}</Fact>
        </dl>
        {(!description.is_empty()).then(|| view! {
            <h2>{text::about(language)}</h2>
            <p class="lines">{description}</p>
        })}
        {handover_note.filter(|note| !note.is_empty()).map(|note| view! {
            <h2>{handover}</h2>
            <p class="lines">{note}</p>
        })}
    }
    .into_any()
}

/// What the viewer can do with the ticket, or why nothing.
fn what_to_do(
    ticket: TicketView,
    member: bool,
    agreed: RwSignal<Price>,
    refused: Callback<(web_sys::HtmlFormElement, ErrorCode)>,
) -> AnyView {
    let language = language();
    if ticket.mine {
        return own(ticket);
    }
    if let Some(order) = ticket.my_order {
        return view! {
            <p>{text::you_have_it(language)}</p>
            <p><a class="button primary" href=links::order(&order)>{text::your_order(language)}</a></p>
        }
        .into_any();
    }
    match ticket.status {
        // Nobody reserves at a price that changed under their hand.
        TicketStatus::Available if member && agreed.get() != ticket.price => {
            let said = text::price_changed(language, &agreed.get().text, &ticket.price.text);
            let agree = move |_| agreed.set(ticket.price.clone());
            view! {
                <p class="note">{said}</p>
                <p><button type="button" class="button primary" on:click=agree>{text::agree(language)}</button></p>
            }
            .into_any()
        }
        TicketStatus::Available if member => view! {
            <Fetched action=Reserve::PATH.to_owned() refused>
                <input type="hidden" name="ticket" value=ticket.id.clone() />
                // The price seen: another one is refused.
                <input type="hidden" name="price" value=ticket.price.minor.to_string() />
                <Submit label=text::reserve(language) />
            </Fetched>
            <p class="hint">{text::reserve_note(language)}</p>
        }
        .into_any(),
        TicketStatus::Available => {
            let sign_in = links::sign_in(&links::ticket(&ticket.id));
            view! { <p><a class="button primary" href=sign_in>{text::sign_in_to_reserve(language)}</a></p> }
                .into_any()
        }
        TicketStatus::Reserved => {
            view! { <p class="note">{text::being_bought(language)}</p> }.into_any()
        }
        status => text::closed(language, status)
            .map(|why| view! { <p class="note">{why}</p> })
            .into_any(),
    }
}

fn own(ticket: TicketView) -> AnyView {
    let language = language();
    let note = if ticket.status == TicketStatus::Pending {
        Some(text::being_checked(language))
    } else {
        text::closed(language, ticket.status)
    };
    view! {
        {note.map(|note| view! { <p class="note">{note}</p> })}
        {ticket.my_order.map(|order| view! { <p><a class="button" href=links::order(&order)>{text::see_order(language)}</a></p> })}
        {ticket.changeable.then(|| view! {
            // No paragraph: a dialog would end it.
            <div class="actions">
                <a class="button" href=links::edit(&ticket.id)>{text::edit(language)}</a>
                <Confirm href=links::delete(&ticket.id) label=text::delete(language) heading="delete-title" keep=text::keep(language)>
                    <h2 id="delete-title">{text::delete_title(language)}</h2>
                    <FormAlert form=FormState::new(DeleteTicket::PATH) />
                    <p>{text::delete_note(language)}</p>
                    <Fetched action=DeleteTicket::PATH.to_owned()>
                        <input type="hidden" name="id" value=ticket.id.clone() />
                        <Submit label=text::delete_listing(language) class="danger" />
                    </Fetched>
                </Confirm>
            </div>
        })}
    }
    .into_any()
}
