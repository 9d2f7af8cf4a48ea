//! The market: listing tickets, finding them, and the seller's own.

mod content;
pub(crate) mod store;

use domain::{
    Refusal, TicketId,
    order::Order,
    permission::{Action, Viewer},
    ticket::{Content, Ticket, TicketStatus},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Exchange, Page, Result,
    error::permit,
    new_id, orders,
    platform::commit::{Commit, Rounds},
};
pub use content::TypedContent;
pub(crate) use store::{Place, begun, cut, place, ticket, waiting};

/// Cards on one page of the market.
pub const PAGE: usize = 24;

/// A ticket's place in the market: what its card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The ticket.
    pub ticket: TicketId,
    /// Its place: newest first, ascending.
    pub rank: String,
    /// The seller.
    pub owner: domain::UserId,
    /// Title.
    pub title: String,
    /// Venue, or empty.
    pub venue: String,
    /// When the event begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<domain::Timestamp>,
    /// The zone of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Price.
    pub price: domain::Amount,
}

/// A ticket as a viewer may see it.
#[derive(Debug)]
pub struct TicketDetails {
    /// The ticket.
    pub ticket: Ticket,
    /// Display name of the seller.
    pub seller: String,
    /// The viewer's latest order of it.
    pub order: Option<Order>,
    /// Whether the viewer may see the handover note.
    pub may_see_note: bool,
}

/// Available tickets, newest first, whose title has every word of `query`
/// (the last letters of a word may be missing), from after `after`.
///
/// # Errors
/// Only when the database is away.
pub async fn browse(exchange: &Exchange, query: &str, after: &str) -> Result<Page<Listing>> {
    store::browse(
        &exchange.db,
        &domain::words::query(query),
        after,
        PAGE,
        exchange.clock.now(),
    )
    .await
}

/// Has the market know `tickets` at least as they were in these versions.
///
/// # Errors
/// Only when the database is away.
pub async fn refresh(_exchange: &Exchange, _tickets: &[(TicketId, u32)]) -> Result<()> {
    Ok(())
}

/// A ticket, for those who may see it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn view(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<TicketDetails> {
    let (ticket, seller, order) = store::details(&exchange.db, id, viewer.id())
        .await?
        .ok_or(Error::NotFound)?;
    permit(viewer.may(Action::ViewTicket {
        ticket: &ticket,
        order: order.as_ref().map(|order| &order.id),
    }))?;
    let note = Action::ViewHandoverNote {
        ticket: &ticket,
        order: order.as_ref(),
    };
    let may_see_note = permit(viewer.may(note)).is_ok();
    Ok(TicketDetails {
        ticket,
        seller,
        order,
        may_see_note,
    })
}

/// Whether the viewer may offer tickets.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`].
pub fn check_may_sell(viewer: &Viewer) -> Result<()> {
    permit(viewer.may(Action::CreateListing))
}

/// A ticket that the viewer may edit or delete now.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`], [`Error::NotFound`], or
/// [`Error::Refused`] when it is held, sold or closed.
pub async fn changeable(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<Ticket> {
    let found = store::ticket(&exchange.db, id).await?;
    let Some(ticket) = found else {
        // Who is not signed in learns nothing of which tickets there are.
        permit(viewer.may(Action::CreateListing))?;
        return Err(Error::NotFound);
    };
    permit(viewer.may(Action::ChangeTicket(&ticket)))?;
    ticket.check_changeable()?;
    Ok(ticket)
}

/// Offers a ticket. It is on the market once moderation has approved it.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`] or [`Error::Invalid`].
pub async fn create(exchange: &Exchange, viewer: &Viewer, typed: TypedContent) -> Result<TicketId> {
    check_may_sell(viewer)?;
    let owner = viewer.id().ok_or(Error::Unauthenticated)?;
    let now = exchange.clock.now();
    let content = typed.parse(&exchange.settings, now)?;
    let ticket = Ticket::list(new_id(&exchange.clock)?, owner.clone(), content, now);
    let mut rounds = Rounds::new();
    loop {
        // Whoever deletes their account at the same moment writes it too.
        let quota = orders::store::quota(&exchange.db, owner).await?;
        match Commit::new("list ticket")
            .ticket(None, &ticket)?
            .quota(&quota.go_on(now)?)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(ticket.id),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Changes what the owner wrote, based on version `based_on` of it.
///
/// # Errors
/// As [`changeable`], [`Error::Invalid`], or [`Error::Refused`] with
/// [`Refusal::StaleEdit`] when it was edited meanwhile.
pub async fn edit(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &TicketId,
    based_on: u32,
    typed: TypedContent,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let before = changeable(exchange, viewer, id).await?;
        let content: Content = typed.clone().parse(&exchange.settings, now)?;
        let ticket = before.edit(content, based_on, now)?;
        match Commit::new("edit ticket")
            .ticket(Some(&before), &ticket)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Withdraws a listing.
///
/// # Errors
/// As [`changeable`].
pub async fn delete(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let before = changeable(exchange, viewer, id).await?;
        let ticket = before.delete(exchange.clock.now())?;
        match Commit::new("delete ticket")
            .ticket(Some(&before), &ticket)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// The viewer's listings, newest first, from after `after`.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn listings(exchange: &Exchange, viewer: &Viewer, after: &str) -> Result<Page<Ticket>> {
    let owner = viewer.id().ok_or(Error::Unauthenticated)?;
    store::of_owner(&exchange.db, owner, after, PAGE).await
}

/// Ends a listing whose event has begun, if nobody holds it.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn end(exchange: &Exchange, id: &TicketId) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let Some(before) = store::ticket(&exchange.db, id)
            .await?
            .filter(|ticket| ticket.began(now))
        else {
            return Ok(());
        };
        let ticket = match before.end(now) {
            Ok(ticket) => ticket,
            // Held, sold or closed meanwhile.
            Err(Refusal::NoSuchStep { .. }) => return Ok(()),
            Err(refusal) => return Err(refusal.into()),
        };
        match Commit::new("end listing")
            .ticket(Some(&before), &ticket)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Whether the seller's ticket is sold, and so what they are owed for it.
#[must_use]
pub fn owed(ticket: &Ticket) -> Option<domain::Amount> {
    (ticket.status == TicketStatus::Sold).then_some(ticket.content.price)
}
