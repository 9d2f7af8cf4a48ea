use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use texts::market as text;
use wasm_bindgen::JsCast;

use super::{
    card::LiveCard,
    filters::{Problems, chips, fields},
};
use crate::{
    error::{ApiError, Fields},
    language::language,
    market::{
        api,
        types::{Asked, CardStatus, Change, MarketPage},
    },
    ui::{
        browser, links,
        live::{self, Said},
    },
};

/// How long somebody has not typed before what they typed is looked for.
const PAUSE: Duration = Duration::from_millis(200);
/// How long new listings are collected before a page that shows only some asks
/// which of them it would show.
const COLLECT: Duration = Duration::from_secs(2);
/// The version of a listing that is on the market for the first time.
const NEW: u32 = 2;

/// The market: the form that asks for some of it, and its cards, which follow
/// their tickets while the page is open.
#[island]
pub(crate) fn Finder(
    asked: Asked,
    page: MarketPage,
    problems: Fields,
    currency: String,
) -> impl IntoView {
    let language = language();
    let finder = Found {
        heading: NodeRef::new(),
        asked: RwSignal::new(asked),
        problems: RwSignal::new(problems),
        count: RwSignal::new((page.count, page.or_more)),
        next: RwSignal::new(page.next),
        cards: RwSignal::new(page.cards.into_iter().map(LiveCard::new).collect()),
        arrived: RwSignal::new(Vec::new()),
        waits: StoredValue::new(false),
        busy: RwSignal::new(false),
        said: RwSignal::new(String::new()),
        questions: StoredValue::new(0),
    };
    let position = page.position;
    browser::effect(move || {
        live::follow(None, position.clone(), move |said| finder.hear(said));
    });
    // Whoever asks without script asks anew; with it, while they type.
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        finder.take(&event);
        finder.ask();
    };
    let on_input = move |event: leptos::ev::Event| finder.typed(&event);
    view! {
        <form class="search" role="search" action=links::MARKET on:submit=on_submit on:input=on_input>
            {fields(finder.asked, finder.problems, &currency)}
        </form>
        <section class="results" aria-busy=move || finder.busy.get().then_some("true")>
            <div class="results-head">
                <h2 tabindex="-1" node_ref=finder.heading>
                    {move || finder.asked.with(|asked| text::heading(language, asked.is_filtered()))}
                </h2>
                <p class="quiet" role="status">{move || finder.summary()}</p>
            </div>
            {move || finder.asked.with(chips)}
            <p class="arrivals" role="status">
                {move || {
                    let new = finder.arrived.with(Vec::len);
                    (new > 0).then(|| view! {
                        <button type="button" class="button primary" on:click=move |_| finder.show_arrivals()>{text::arrived(language, new)}</button>
                    }.into_any())
                }}
            </p>
            {move || finder.nothing()}
            <ul class="cards">
                <For each=move || finder.cards.get() key=|card| card.id.clone() children=LiveCard::view />
            </ul>
            <p class="more">
                {move || {
                    finder.next.get().map(|after| {
                        let href = finder.asked.with_untracked(|asked| links::market(asked, &after));
                        view! {
                            <a class="button" rel="next" href=href on:click=move |event| finder.more(&event)>{texts::load_more(language)}</a>
                        }
                        .into_any()
                    })
                }}
            </p>
        </section>
    }
}

/// What was asked and what was found.
#[derive(Clone, Copy)]
struct Found {
    heading: NodeRef<html::H2>,
    asked: RwSignal<Asked>,
    problems: Problems,
    count: RwSignal<(u32, bool)>,
    next: RwSignal<Option<String>>,
    cards: RwSignal<Vec<LiveCard>>,
    /// Listings that came since.
    arrived: RwSignal<Vec<String>>,
    /// Whether it is about to be asked which of them belong here.
    waits: StoredValue<bool>,
    busy: RwSignal<bool>,
    /// Why there is no answer.
    said: RwSignal<String>,
    /// How many times it was asked: only the last answer counts.
    questions: StoredValue<u32>,
}

impl Found {
    fn summary(self) -> String {
        let language = language();
        let said = self.said.get();
        if !said.is_empty() {
            return said;
        }
        let (count, or_more) = self.count.get();
        if or_more {
            text::count_more(language).to_owned()
        } else {
            text::count(language, usize::try_from(count).unwrap_or(usize::MAX))
        }
    }

    fn nothing(self) -> AnyView {
        let language = language();
        if self.cards.with(|cards| !cards.is_empty()) {
            return ().into_any();
        }
        let filtered = self.asked.with(Asked::is_filtered);
        let (said, hint, path, label) = if filtered {
            (
                text::nothing_found(language),
                text::no_result_hint(language),
                links::MARKET,
                text::show_all(language),
            )
        } else {
            (
                text::empty_market(language),
                text::empty_market_hint(language),
                links::NEW_TICKET,
                texts::nav_sell(language),
            )
        };
        view! {
            <div class="panel narrow empty">
                <h3>{said}</h3>
                <p>{hint}</p>
                <p><a class="button" href=path>{label}</a></p>
            </div>
        }
        .into_any()
    }

    /// Takes what the form holds: what was typed before the page was hydrated was
    /// not heard.
    fn take(self, event: &leptos::ev::SubmitEvent) {
        let form = event.target().map(JsCast::unchecked_into);
        let Some(Ok(data)) = form.map(|form| web_sys::FormData::new_with_form(&form)) else {
            return;
        };
        self.asked.update(|asked| {
            for name in Asked::default().pairs().map(|(name, _)| name) {
                if let (Some(field), Some(typed)) = (asked.field(name), data.get(name).as_string())
                {
                    *field = typed;
                }
            }
        });
    }

    /// Something was typed or chosen: it is looked for in a moment.
    fn typed(self, event: &leptos::ev::Event) {
        let Some(name) = event.target().and_then(|target| {
            target
                .unchecked_ref::<web_sys::Element>()
                .get_attribute("name")
        }) else {
            return;
        };
        let value = event_target_value(event);
        self.asked.update(|asked| {
            if let Some(field) = asked.field(&name) {
                *field = value;
            }
        });
        let before = self.asked.get_untracked();
        set_timeout(
            move || {
                if self.asked.try_get_untracked() == Some(before) {
                    self.ask();
                }
            },
            PAUSE,
        );
    }

    /// Shows what is asked for now.
    fn ask(self) {
        let asked = self.asked.get_untracked();
        let shown = |name: &str, value: &str| {
            // The default order needs no mention.
            if name == "sort" && value == domain::search::Sort::default().name() {
                String::new()
            } else {
                value.trim().to_owned()
            }
        };
        let mut address = Asked::default();
        for (name, value) in asked.pairs() {
            if let Some(field) = address.field(name) {
                *field = shown(name, value);
            }
        }
        browser::set_address(&links::market(&address, ""));
        self.read(asked, String::new(), move |page| {
            self.count.set((page.count, page.or_more));
            self.next.set(page.next);
            self.arrived.update(Vec::clear);
            self.cards
                .set(page.cards.into_iter().map(LiveCard::new).collect());
        });
    }

    /// Shows what follows below what is shown.
    fn more(self, event: &leptos::ev::MouseEvent) {
        // A new tab is wanted: let the browser open the link.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let Some(after) = self
            .next
            .get_untracked()
            .filter(|_| !self.busy.get_untracked())
        else {
            return;
        };
        self.read(self.asked.get_untracked(), after, move |page| {
            self.next.set(page.next);
            self.cards.update(|cards| {
                for card in page.cards {
                    if cards.iter().all(|shown| shown.id != card.id) {
                        cards.push(LiveCard::new(card));
                    }
                }
            });
        });
    }

    /// Has `show` show the answer, if nothing else was asked meanwhile.
    fn read(self, asked: Asked, after: String, show: impl Fn(MarketPage) + 'static) {
        self.questions.update_value(|questions| *questions += 1);
        let question = self.questions.get_value();
        self.busy.set(true);
        spawn_local(async move {
            let answer = market(asked, after).await;
            if self.questions.try_get_value() != Some(question) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.said.set(String::new());
                    self.problems.set(Fields::default());
                    show(page);
                }
                Err(ApiError {
                    message, fields, ..
                }) => {
                    self.said.set(message);
                    self.problems.set(fields);
                }
            }
        });
    }

    /// What the server says.
    fn hear(self, said: Said) {
        match said {
            Said::Tickets(changes) => {
                let changes: Vec<Change> =
                    serde_json::from_slice(changes.as_bytes()).unwrap_or_default();
                for change in changes {
                    self.follow(change);
                }
            }
            Said::ReadAgain => self.read_again(),
        }
    }

    fn follow(self, change: Change) {
        let shown = self
            .cards
            .with_untracked(|cards| cards.iter().find(|card| card.id == change.id).cloned());
        if let Some(card) = shown {
            card.follow(change);
        } else if change.status != CardStatus::Available {
            self.arrived.update(|arrived| {
                arrived.retain(|id| *id != change.id);
            });
        } else if change.version == NEW {
            if !self.asked.with_untracked(Asked::is_filtered) {
                self.add_arrivals([change.id]);
            } else if !self.waits.get_value() {
                self.waits.set_value(true);
                set_timeout(move || self.look_for_arrivals(), COLLECT);
            }
        }
    }

    /// Finds out which new listings are among those that are asked for.
    fn look_for_arrivals(self) {
        spawn_local(async move {
            let Some(mut asked) = self.asked.try_get_untracked() else {
                return;
            };
            self.waits.set_value(false);
            asked.sort.clear();
            // A question that fails is asked again with the next listing.
            let Ok(page) = market(asked.clone(), String::new()).await else {
                return;
            };
            let newest = self
                .cards
                .with_untracked(|cards| cards.iter().map(|card| card.id.clone()).max());
            let new = page.cards.into_iter().map(|card| card.id);
            self.add_arrivals(new.filter(|id| Some(id) > newest.as_ref()));
        });
    }

    fn add_arrivals(self, new: impl IntoIterator<Item = String>) {
        self.arrived.update(|arrived| {
            for id in new {
                if !arrived.contains(&id) {
                    arrived.push(id);
                }
            }
        });
    }

    /// Shows the new listings, at the top.
    fn show_arrivals(self) {
        self.ask();
        if let Some(heading) = self.heading.get_untracked() {
            let _ = heading.focus();
        }
    }

    /// What was told was missed: asks where the tickets of all cards stand.
    fn read_again(self) {
        let ids: Vec<String> = self
            .cards
            .with_untracked(|cards| cards.iter().map(|card| card.id.clone()).collect());
        spawn_local(async move {
            for some in ids.chunks(api::MOST_CARDS) {
                // Whoever is offline is told when the connection is back.
                let Ok(changes) = api::cards(some.join(",")).await else {
                    return;
                };
                for change in changes {
                    self.follow(change);
                }
            }
        });
    }
}

async fn market(asked: Asked, after: String) -> Result<MarketPage, ApiError> {
    let Asked {
        q,
        price_from,
        price_to,
        from,
        to,
        sort,
    } = asked;
    api::market(q, price_from, price_to, from, to, sort, after).await
}
