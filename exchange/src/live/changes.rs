//! What events mean for whoever looks at a page: what became of the records,
//! as they are now, and what of it may be told to anybody.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    OrderId, TicketId,
    event::{Aggregate, Data, Event},
    ticket::{Ticket, TicketStatus},
};
use surrealdb::types::SurrealValue;

use crate::{
    Exchange, Result,
    market::{self, Listing},
    platform::{commit::event_key, db::record},
    vars,
};

/// What some events changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// The position of the last of them.
    pub position: u64,
    /// The tickets, each once.
    pub tickets: Vec<TicketChange>,
    /// The orders that changed, or whose payments did.
    pub orders: Vec<OrderId>,
}

/// A ticket that changed, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketChange {
    /// The ticket.
    pub id: TicketId,
    /// Its version: the one of the event, or a later one.
    pub version: u32,
    /// What the market shows of it. None of a ticket that nobody on the market
    /// has heard of.
    pub shown: Option<Shown>,
}

/// A ticket on the market, or one that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It can be reserved.
    Available(Box<Listing>),
    /// Somebody holds it.
    Reserved,
    /// Somebody bought it.
    Sold,
    /// It is no longer on the market, whatever the reason.
    Gone,
}

/// What is known of a ticket by its events.
struct Heard {
    first: u32,
    last: u32,
    on_market: bool,
}

/// Whether the market shows, or has shown, a ticket in this status.
const fn is_public(status: TicketStatus) -> bool {
    matches!(
        status,
        TicketStatus::Available | TicketStatus::Reserved | TicketStatus::Sold
    )
}

/// The status that an event says that a ticket has.
const fn status(event: &Event) -> Option<TicketStatus> {
    match event.data {
        Data::Ticket { ticket_status, .. } => Some(ticket_status),
        _ => None,
    }
}

/// What `events` changed, the last of which is at `position`. The market finds
/// them too once this returns.
///
/// # Errors
/// When the database is away.
pub(super) async fn of(exchange: &Exchange, events: &[Event], position: u64) -> Result<Changes> {
    let mut heard: BTreeMap<TicketId, Heard> = BTreeMap::new();
    let mut orders = BTreeSet::new();
    for event in events {
        match event.aggregate {
            Aggregate::Ticket => {
                let (Ok(id), Some(status)) = (event.id.parse(), status(event)) else {
                    continue;
                };
                let of_it = heard.entry(id).or_insert(Heard {
                    first: event.version,
                    last: event.version,
                    on_market: false,
                });
                of_it.last = of_it.last.max(event.version);
                of_it.on_market |= is_public(status);
            }
            // A payment is called as its order is.
            Aggregate::Order | Aggregate::Payment => {
                orders.extend(event.id.parse::<OrderId>().ok())
            }
            Aggregate::User | Aggregate::Link | Aggregate::Moderation => {}
        }
    }
    Ok(Changes {
        position,
        tickets: if heard.is_empty() {
            Vec::new()
        } else {
            tickets(exchange, heard).await?
        },
        orders: orders.into_iter().collect(),
    })
}

/// A ticket leaves the market by a step from a status that the market shows. So
/// that it has left is told where one of its events, or the one before the first
/// of them, is in such a status, and of what never was there nothing is told.
const READ: &str = "
    SELECT *, record::id(id) AS id FROM $tickets;
    SELECT VALUE payload FROM $before";

async fn tickets(
    exchange: &Exchange,
    mut heard: BTreeMap<TicketId, Heard>,
) -> Result<Vec<TicketChange>> {
    let versions: Vec<(TicketId, u32)> = heard
        .iter()
        .map(|(id, heard)| (id.clone(), heard.last))
        .collect();
    market::refresh(exchange, &versions).await?;
    let records: Vec<_> = heard
        .keys()
        .map(|id| record("ticket", id.as_str()).into_value())
        .collect();
    let before: Vec<_> = heard
        .iter()
        .filter(|(_, heard)| !heard.on_market && heard.first > 1)
        .map(|(id, heard)| event_key(Aggregate::Ticket, id.as_str(), heard.first - 1))
        .map(|key| record("event", key).into_value())
        .collect();
    let vars = vars! { tickets => records, before => before };
    let mut rows = exchange.db.read(READ, vars).await?;
    let found: BTreeMap<TicketId, Ticket> = rows
        .many::<Ticket>()?
        .into_iter()
        .map(|ticket| (ticket.id.clone(), ticket))
        .collect();
    for payload in rows.many::<String>()? {
        let Ok(event) = serde_json::from_str::<Event>(&payload) else {
            continue;
        };
        if let Some(heard) = event.id.parse().ok().and_then(|id| heard.get_mut(&id)) {
            heard.on_market = status(&event).is_some_and(is_public);
        }
    }
    let now = exchange.clock.now();
    let changes = heard.into_iter().map(|(id, heard)| {
        let gone = heard.on_market.then_some(Shown::Gone);
        let (version, shown) = match found.get(&id) {
            None => (heard.last, gone),
            Some(ticket) => {
                let shown = match ticket.status {
                    TicketStatus::Available if !ticket.began(now) => {
                        Some(Shown::Available(Box::new(Listing::of(ticket))))
                    }
                    TicketStatus::Reserved => Some(Shown::Reserved),
                    TicketStatus::Sold => Some(Shown::Sold),
                    _ => gone,
                };
                (ticket.version, shown)
            }
        };
        TicketChange { id, version, shown }
    });
    Ok(changes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixtures, platform::commit::Commit};

    /// Commits the step from `before` to `status`, and what is told of its event
    /// alone.
    async fn step(
        exchange: &Exchange,
        before: &Ticket,
        status: TicketStatus,
    ) -> (Ticket, Option<Shown>) {
        let after = Ticket {
            status,
            version: before.version + 1,
            ..before.clone()
        };
        Commit::new("step")
            .ticket(Some(before), &after)
            .expect("writes")
            .run(&exchange.db)
            .await
            .expect("commits");
        let shown = told(exchange, &[&after]).await;
        (after, shown)
    }

    /// What is told of a ticket when the events of these versions come together.
    async fn told(exchange: &Exchange, versions: &[&Ticket]) -> Option<Shown> {
        let events: Vec<Event> = versions.iter().map(|of| Event::of_ticket(of)).collect();
        let changes = of(exchange, &events, 7).await.expect("reads");
        let [ticket] = &changes.tickets[..] else {
            panic!("{changes:?}")
        };
        assert_eq!(changes.position, 7);
        ticket.shown.clone()
    }

    #[tokio::test]
    async fn of_what_was_never_on_the_market_nothing_is_told_and_of_what_was_that_it_left() {
        use TicketStatus::{Available, Deleted, Pending, Rejected, Reserved};
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let listed = fixtures::listed(&exchange).await;
        let pending = Ticket {
            status: Pending,
            version: 1,
            ..listed.clone()
        };
        let shown = told(&exchange, &[&pending, &listed]).await;
        assert!(matches!(shown, Some(Shown::Available(_))), "{shown:?}");
        let (reserved, shown) = step(&exchange, &listed, Reserved).await;
        assert_eq!(shown, Some(Shown::Reserved));
        let (available, shown) = step(&exchange, &reserved, Available).await;
        assert!(matches!(shown, Some(Shown::Available(_))), "{shown:?}");
        let (edited, shown) = step(&exchange, &available, Pending).await;
        assert_eq!(shown, Some(Shown::Gone));
        let together = told(&exchange, &[&reserved, &available, &edited]).await;
        assert_eq!(together, Some(Shown::Gone));
        // The market has forgotten it by now.
        let (rejected, shown) = step(&exchange, &edited, Rejected).await;
        assert_eq!(shown, None);
        let (edited, shown) = step(&exchange, &rejected, Pending).await;
        assert_eq!(shown, None);
        let (_, shown) = step(&exchange, &edited, Deleted).await;
        assert_eq!(shown, None);
    }

    #[tokio::test]
    async fn a_new_listing_is_not_told_before_it_is_approved() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let approved = fixtures::listed(&exchange).await;
        let pending = Ticket {
            id: crate::new_id(&exchange.clock).expect("an id"),
            status: TicketStatus::Pending,
            version: 1,
            ..approved
        };
        Commit::new("list")
            .ticket(None, &pending)
            .expect("writes")
            .run(&exchange.db)
            .await
            .expect("commits");
        assert_eq!(told(&exchange, &[&pending]).await, None);
        let (_, shown) = step(&exchange, &pending, TicketStatus::Removed).await;
        assert_eq!(shown, None);
    }
}
