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
        let language = language();
        let Self { id, card, status } = self;
        let status = Memo::new(move |_| status.get().1);
        let title = move || card.with(|card| card.title.clone());
        view! {
            <li class="card" class:held=move || status.get() == CardStatus::Reserved class:over=move || matches!(status.get(), CardStatus::Sold | CardStatus::Gone)>
                <h3><a class="cover" href=links::ticket(&id)>{title}</a></h3>
                <p class="when">{move || view! { <OptionalMoment when=card.with(|card| card.starts.clone()) /> }}</p>
                <p class="where">{move || card.with(|card| card.venue.clone())}</p>
                <div class="stub">
                    <p class="price">{move || card.with(|card| card.price.text.clone())}</p>
                    <p class="state">{move || said(status.get())}</p>
                </div>
                {card.with_untracked(|card| card.mine).then(|| {
                    view! {
                        <p class="own">
                            <span class="badge accent">{text::yours(language)}</span>
                            <a href=links::edit(&id)>{text::edit(language)} <Of what=card.with_untracked(|card| card.title.clone()) /></a>
                            <a href=links::delete(&id)>{text::delete(language)} <Of what=card.with_untracked(|card| card.title.clone()) /></a>
                        </p>
                    }
                })}
            </li>
        }
        .into_any()
    }
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
