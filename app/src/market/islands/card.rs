//! A ticket on the market.

use leptos::prelude::*;
use texts::market as text;

use crate::{
    language::language,
    market::types::{Card, CardStatus, Change},
    ui::{Of, OptionalMoment, links},
};

/// A card that follows its ticket.
#[derive(Clone)]
pub(super) struct LiveCard {
    pub(super) id: String,
    card: RwSignal<Card>,
    /// Where the ticket stands, by the version of it that said so.
    status: RwSignal<(u32, CardStatus)>,
}

impl LiveCard {
    /// A card as it was read: its ticket was available.
    pub(super) fn new(card: Card) -> Self {
        Self {
            id: card.id.clone(),
            card: RwSignal::new(card),
            status: RwSignal::new((0, CardStatus::Available)),
        }
    }

    /// Shows what is newer.
    pub(super) fn follow(&self, change: Change) {
        let known = self.status.get_untracked().0;
        // Of what is gone the version may not be told.
        if change.version <= known && change.version != 0 {
            return;
        }
        self.status.set((known.max(change.version), change.status));
        if let Some(card) = change.card {
            self.card.update(|shown| {
                let mine = shown.mine;
                *shown = Card { mine, ..card };
            });
        }
    }

    /// What is shown.
    pub(super) fn view(self) -> AnyView {
        let Self { id, card, status } = self;
        let class = move || match status.get().1 {
            CardStatus::Available => "card",
            CardStatus::Reserved => "card held",
            CardStatus::Sold | CardStatus::Gone => "card over",
        };
        // One closure for all of it: a market has many cards, and each closure
        // takes a phone time before it answers touches.
        let face = move || card.with(|card| face(&id, card, status.get().1));
        view! { <li class=class>{face}</li> }.into_any()
    }
}

fn face(id: &str, card: &Card, status: CardStatus) -> AnyView {
    let language = language();
    view! {
        <h3><a class="cover" href=links::ticket(id)>{card.title.clone()}</a></h3>
        <p class="when"><OptionalMoment when=card.starts.clone() /></p>
        <p class="where">{card.venue.clone()}</p>
        <div class="stub">
            <p class="price">{card.price.text.clone()}</p>
            <p class="state">{said(status)}</p>
        </div>
        {card.mine.then(|| {
            view! {
                <p class="own">
                    <span class="badge accent">{text::yours(language)}</span>
                    <a href=links::edit(id)>{text::edit(language)} <Of what=card.title.clone() /></a>
                    <a href=links::delete(id)>{text::delete(language)} <Of what=card.title.clone() /></a>
                </p>
            }
        })}
    }
    .into_any()
}

/// Where the ticket stands, in a word; nothing while it is free.
fn said(status: CardStatus) -> &'static str {
    let language = language();
    match status {
        CardStatus::Available => "",
        CardStatus::Reserved => text::card_reserved(language),
        CardStatus::Sold => text::card_sold(language),
        CardStatus::Gone => text::card_gone(language),
    }
}
