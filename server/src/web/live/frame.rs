//! What is sent to open pages: server-sent events (HTML, §9.2), made once and
//! sent to all.

use app::{
    market::types::{CardStatus, Change},
    server::view,
};
use axum::body::Bytes;
use domain::{OrderId, TicketId, permission::Viewer};
use exchange::{
    Exchange,
    live::{Changes, Shown, TicketChange},
};
use serde::Serialize;
use texts::Language;

/// What a page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The market: its tickets, as anybody sees them.
    Market,
    /// A ticket: that it changed.
    Ticket(TicketId),
    /// An order: that it or its payment changed.
    Order(OrderId),
}

/// What happened up to a position of the stream of events.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) position: u64,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Nobody knows what: everything is to be read again.
    Reset,
    Changes {
        /// In each language, in the order of [`Language::ALL`].
        market: Option<[Bytes; Language::ALL.len()]>,
        tickets: Box<[(TicketId, u32)]>,
        orders: Box<[OrderId]>,
    },
}

impl Frame {
    /// Has every page read everything again.
    pub(super) const fn reset(position: u64) -> Self {
        Self {
            position,
            content: Content::Reset,
        }
    }

    /// What `changes` say; none if that is of no interest to any page.
    pub(super) fn of(exchange: &Exchange, changes: Changes) -> Option<Self> {
        let Changes {
            position,
            tickets,
            orders,
        } = changes;
        if tickets.is_empty() && orders.is_empty() {
            return None;
        }
        let market = tickets
            .iter()
            .any(|ticket| ticket.shown.is_some())
            .then(|| {
                Language::ALL.map(|language| {
                    let shown: Vec<Change> = tickets
                        .iter()
                        .filter_map(|ticket| change(exchange, language, ticket))
                        .collect();
                    event("tickets", position, &shown)
                })
            });
        Some(Self {
            position,
            content: Content::Changes {
                market,
                tickets: tickets
                    .into_iter()
                    .map(|ticket| (ticket.id, ticket.version))
                    .collect(),
                orders: orders.into(),
            },
        })
    }

    /// What a page about `subject` is sent, if it is concerned.
    pub(super) fn sent_to(&self, subject: &Subject, language: Language) -> Option<Bytes> {
        let Content::Changes {
            market,
            tickets,
            orders,
        } = &self.content
        else {
            return Some(event("reset", self.position, &Nothing {}));
        };
        match subject {
            Subject::Market => {
                let spoken = Language::ALL.iter().zip(market.as_ref()?);
                let mut said = spoken.filter(|(spoken, _)| **spoken == language);
                said.next().map(|(_, bytes)| bytes.clone())
            }
            Subject::Ticket(id) => {
                let (id, version) = tickets.iter().find(|(changed, _)| changed == id)?;
                let (id, version) = (id.as_str(), *version);
                Some(event("ticket", self.position, &ReadTicket { id, version }))
            }
            Subject::Order(id) => {
                let id = orders.iter().find(|changed| *changed == id)?.as_str();
                Some(event("order", self.position, &ReadOrder { id }))
            }
        }
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let Content::Changes {
            market,
            tickets,
            orders,
        } = &self.content
        else {
            return 0;
        };
        const OF_AN_ID: usize = 64;
        market.iter().flatten().map(Bytes::len).sum::<usize>()
            + OF_AN_ID * (tickets.len() + orders.len())
    }
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct ReadTicket<'a> {
    id: &'a str,
    version: u32,
}

#[derive(Serialize)]
struct ReadOrder<'a> {
    id: &'a str,
}

/// What the market is told of a ticket.
fn change(exchange: &Exchange, language: Language, ticket: &TicketChange) -> Option<Change> {
    let (status, card) = match ticket.shown.as_ref()? {
        Shown::Available(listing) => (
            CardStatus::Available,
            Some(view::card(exchange, language, &Viewer::Anyone, listing)),
        ),
        Shown::Reserved => (CardStatus::Reserved, None),
        Shown::Sold => (CardStatus::Sold, None),
        Shown::Gone => (CardStatus::Gone, None),
    };
    Some(Change {
        id: ticket.id.to_string(),
        version: ticket.version,
        status,
        card,
    })
}

/// How a page's stream begins: it goes on from `position`, and is asked for
/// again two seconds after it ended.
pub(super) fn ready(position: u64) -> Bytes {
    let ready = event("ready", position, &Nothing {});
    [b"retry: 2000\n", &*ready].concat().into()
}

/// One event. JSON has no line breaks, so its data are one line.
fn event(name: &str, position: u64, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\nid: {position}\ndata: {data}\n\n").into()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn ticket(number: u8) -> TicketId {
        format!("01J0000000000000000000000{}", char::from(b'0' + number))
            .parse()
            .expect("an id")
    }

    /// A frame that says which it is.
    pub(in super::super) fn numbered(position: u64, size: usize) -> Frame {
        Frame {
            position,
            content: Content::Changes {
                market: Some(Language::ALL.map(|_| event("tickets", position, &"x".repeat(size)))),
                tickets: [(ticket(1), 7)].into(),
                orders: [].into(),
            },
        }
    }

    #[test]
    fn a_page_is_sent_what_concerns_it_and_nothing_else() {
        let frame = numbered(5, 1);
        let text = |subject| {
            let bytes = frame.sent_to(&subject, Language::French)?;
            Some(String::from_utf8(bytes.to_vec()).expect("text"))
        };
        assert_eq!(
            text(Subject::Market).expect("concerned"),
            "event: tickets\nid: 5\ndata: \"x\"\n\n"
        );
        assert_eq!(
            text(Subject::Ticket(ticket(1))).expect("concerned"),
            format!(
                "event: ticket\nid: 5\ndata: {{\"id\":\"{}\",\"version\":7}}\n\n",
                ticket(1)
            )
        );
        assert_eq!(text(Subject::Ticket(ticket(2))), None);
        let order = ticket(1).as_str().parse().expect("an id");
        assert_eq!(text(Subject::Order(order)), None);
        let reset = Frame::reset(9).sent_to(&Subject::Ticket(ticket(2)), Language::English);
        assert_eq!(
            &*reset.expect("concerned"),
            b"event: reset\nid: 9\ndata: {}\n\n"
        );
    }
}
