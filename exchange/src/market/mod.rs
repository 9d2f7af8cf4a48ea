//! The market: listing tickets, finding them, and the seller's own.

mod content;
pub(crate) mod index;
mod search;
pub(crate) mod store;

use std::collections::HashMap;

use domain::{
    OrderId, Refusal, TicketId, Timestamp, UserId,
    order::Order,
    permission::{ChangeTicket, CreateListing, Permit, ViewHandoverNote, ViewTicket, Viewer},
    ticket::{Content, Ticket, TicketStatus},
};

use crate::{
    Error, Exchange, Page, Result, accounts,
    figures::{self, Record},
    moderation, new_id, orders,
    platform::commit::{Commit, Rounds},
};
pub use content::TypedContent;
pub use search::{Found, TypedSearch, browse, newest};
pub(crate) use store::{begun, cut, ticket, waiting};

/// Cards on one page of the market.
pub const PAGE: usize = 24;

/// A ticket on the market: what its card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The ticket.
    pub ticket: TicketId,
    /// The seller.
    pub owner: domain::UserId,
    /// Title.
    pub title: String,
    /// Venue, or empty.
    pub venue: String,
    /// When the event begins.
    pub starts_at: Option<domain::Timestamp>,
    /// The zone of the start.
    pub zone: Option<String>,
    /// Price.
    pub price: domain::Amount,
}

impl Listing {
    /// What the card of `ticket` shows.
    pub(crate) fn of(ticket: &Ticket) -> Self {
        let content = &ticket.content;
        Self {
            ticket: ticket.id.clone(),
            owner: ticket.owner.clone(),
            title: content.title.clone(),
            venue: content.venue.clone(),
            starts_at: content.starts_at,
            zone: content.zone.clone(),
            price: content.price,
        }
    }
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

/// Reads the market into memory, where it is not yet: to be awaited before the
/// first visitor comes, who would wait for it.
///
/// # Errors
/// Only when the database is away.
pub async fn load(exchange: &Exchange) -> Result<()> {
    exchange.db.market().load(&exchange.db).await
}

/// A number that moves on with every change that a reader of the market could
/// see, but not when an event begins.
#[must_use]
pub fn revision(exchange: &Exchange) -> u64 {
    exchange.db.market().revision()
}

/// Takes over what other processes have committed: tickets of which there is at
/// least this version. Those that the market knows of are not read.
///
/// Whoever calls it for every event has to listen before [`load`] begins, or
/// what is committed between is missed.
///
/// # Errors
/// Only when the database is away; call it again.
pub async fn refresh(exchange: &Exchange, changed: &[(TicketId, u32)]) -> Result<()> {
    let index = exchange.db.market();
    if !index.follows() {
        return Ok(());
    }
    let is_new =
        |(id, version): &&(TicketId, u32)| index.version(id).is_none_or(|known| known < *version);
    let unknown: Vec<&TicketId> = changed.iter().filter(is_new).map(|(id, _)| id).collect();
    if !unknown.is_empty() {
        let tickets = store::tickets(&exchange.db, unknown.into_iter()).await?;
        tickets.iter().for_each(|ticket| index.apply(ticket));
    }
    Ok(())
}

/// Reads again what other processes may have committed without a word to this one: when
/// it cannot be known what happened, such as after the broker lost its streams.
///
/// # Errors
/// Only when the database is away; call it again.
pub(crate) async fn reload(exchange: &Exchange) -> Result<()> {
    if exchange.db.is_shared() {
        exchange.db.market().reload(&exchange.db).await?;
    }
    Ok(())
}

/// Where a ticket stands, as the market tells everybody.
#[derive(Debug)]
pub struct Standing {
    /// The ticket.
    pub ticket: TicketId,
    /// Its version; 0 if there is nothing to tell of it.
    pub version: u32,
    /// Available, reserved or sold; anything else is nobody's business.
    pub status: Option<TicketStatus>,
    /// What its card shows, while it is available.
    pub listing: Option<Listing>,
}

/// Where tickets stand, each of those that are asked for: what is not on the
/// market and was not sold answers as what does not exist.
///
/// # Errors
/// Only when the database is away.
pub async fn standing(exchange: &Exchange, ids: &[TicketId]) -> Result<Vec<Standing>> {
    let now = exchange.clock.now();
    let tickets = store::tickets(&exchange.db, ids.iter()).await?;
    Ok(ids
        .iter()
        .map(|id| {
            let found = tickets.iter().find(|ticket| ticket.id == *id);
            let told = found.filter(|ticket| {
                ticket.status == TicketStatus::Sold
                    || (ticket.status.is_listed() && !ticket.began(now))
            });
            Standing {
                ticket: id.clone(),
                version: told.map_or(0, |ticket| ticket.version),
                status: told.map(|ticket| ticket.status),
                listing: told
                    .filter(|ticket| ticket.status == TicketStatus::Available)
                    .map(Listing::of),
            }
        })
        .collect())
}

/// A ticket, for those who may see it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn view(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<TicketDetails> {
    let (ticket, seller, order) = store::details(&exchange.db, id, viewer.id())
        .await?
        .ok_or(Error::NotFound)?;
    viewer.may(ViewTicket {
        ticket: &ticket,
        order: order.as_ref().map(|order| &order.id),
    })?;
    let note = ViewHandoverNote {
        ticket: &ticket,
        order: order.as_ref(),
    };
    let may_see_note = viewer.may(note).is_ok();
    Ok(TicketDetails {
        ticket,
        seller,
        order,
        may_see_note,
    })
}

/// A seller, as everybody may see them.
#[derive(Debug)]
pub struct Seller {
    /// Display name.
    pub name: String,
    /// Since when they have an account.
    pub since: Timestamp,
    /// How they have sold.
    pub record: Record,
}

/// A seller.
///
/// # Errors
/// [`Error::NotFound`], also for whoever is suspended.
pub async fn seller(exchange: &Exchange, id: &UserId) -> Result<Seller> {
    let user = accounts::find(exchange, id)
        .await?
        .filter(|user| !user.suspended && user.deleted_at.is_none())
        .ok_or(Error::NotFound)?;
    Ok(Seller {
        name: user.name,
        since: user.created_at,
        record: figures::seller(&exchange.db, id).await?,
    })
}

/// Whether the viewer may offer tickets.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`].
pub fn check_may_sell(viewer: &Viewer) -> Result<Permit<CreateListing>> {
    Ok(viewer.may(CreateListing)?)
}

/// A ticket that the viewer may edit or delete now.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`], [`Error::NotFound`], or
/// [`Error::Refused`] when it is held, sold or closed.
pub async fn changeable(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<Ticket> {
    let ticket = known(exchange, viewer, id).await?;
    permit_change(viewer, &ticket)?;
    Ok(ticket)
}

async fn known(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<Ticket> {
    // Who is not signed in learns nothing of which tickets there are.
    viewer.id().ok_or(Error::Unauthenticated)?;
    store::ticket(&exchange.db, id)
        .await?
        .ok_or(Error::NotFound)
}

fn permit_change<'a>(viewer: &Viewer, ticket: &'a Ticket) -> Result<Permit<ChangeTicket<'a>>> {
    let permit = viewer.may(ChangeTicket(ticket))?;
    ticket.check_changeable()?;
    Ok(permit)
}

/// Offers a ticket. It is on the market once moderation has approved it.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`] or [`Error::Invalid`].
pub async fn create(exchange: &Exchange, viewer: &Viewer, typed: TypedContent) -> Result<TicketId> {
    offer(exchange, viewer, new_id(&exchange.clock)?, typed).await
}

/// As [`create`], of a ticket whose name was chosen: the same one is not offered
/// twice.
///
/// # Errors
/// As [`create`].
pub async fn create_as(
    exchange: &Exchange,
    viewer: &Viewer,
    id: TicketId,
    typed: TypedContent,
) -> Result<TicketId> {
    if store::ticket(&exchange.db, &id).await?.is_some() {
        return Ok(id);
    }
    offer(exchange, viewer, id, typed).await
}

async fn offer(
    exchange: &Exchange,
    viewer: &Viewer,
    id: TicketId,
    typed: TypedContent,
) -> Result<TicketId> {
    let permit = check_may_sell(viewer)?;
    let now = exchange.clock.now();
    let content = typed.parse(&exchange.settings, now)?;
    let ticket = permit.list(id, content, now);
    let mut rounds = Rounds::new();
    loop {
        // Whoever deletes their account at the same moment writes it too.
        let quota = orders::store::quota(&exchange.db, &ticket.owner).await?;
        match Commit::new("list ticket")
            .ticket(None, &ticket)?
            .quota(&quota.go_on(now)?)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(ticket.id),
            Err(_) if store::ticket(&exchange.db, &ticket.id).await?.is_some() => {
                return Ok(ticket.id);
            }
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
        let before = known(exchange, viewer, id).await?;
        let permit = permit_change(viewer, &before)?;
        let content: Content = typed.clone().parse(&exchange.settings, now)?;
        let ticket = permit.edit(content, based_on, now)?;
        let commit = Commit::new("edit ticket").ticket(Some(&before), &ticket)?;
        let commit = moderation::close(exchange, commit, &before, &ticket).await?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Whether the ticket already says what was typed.
#[must_use]
pub fn says(exchange: &Exchange, ticket: &Ticket, typed: TypedContent) -> bool {
    let content = typed.parse(&exchange.settings, exchange.clock.now());
    content.is_ok_and(|content| content == ticket.content)
}

/// Whether the viewer has withdrawn this ticket.
///
/// # Errors
/// Only when the database is away.
pub async fn is_withdrawn(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<bool> {
    let ticket = store::ticket(&exchange.db, id).await?;
    Ok(ticket.is_some_and(|ticket| {
        viewer.id() == Some(&ticket.owner) && ticket.status == TicketStatus::Deleted
    }))
}

/// Withdraws a listing.
///
/// # Errors
/// As [`changeable`].
pub async fn delete(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<()> {
    delete_version(exchange, viewer, id, None).await
}

/// Withdraws a listing if this is still its version.
///
/// # Errors
/// As [`changeable`], or [`Error::Refused`] when it was changed meanwhile.
pub async fn delete_version(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &TicketId,
    version: Option<u32>,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let before = known(exchange, viewer, id).await?;
        if version.is_some_and(|version| version != before.version) {
            return Err(Refusal::StaleEdit.into());
        }
        let ticket = permit_change(viewer, &before)?.delete(exchange.clock.now())?;
        let commit = Commit::new("delete ticket").ticket(Some(&before), &ticket)?;
        let commit = moderation::close(exchange, commit, &before, &ticket).await?;
        match commit.run(&exchange.db).await {
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

/// The orders that hold or bought `tickets`.
///
/// # Errors
/// Only when the database is away.
pub async fn orders_of(exchange: &Exchange, tickets: &[Ticket]) -> Result<HashMap<OrderId, Order>> {
    let ids = tickets
        .iter()
        .filter_map(|ticket| ticket.current_order.as_ref());
    let found = orders::store::orders(&exchange.db, ids).await?;
    let by_id = |order: Order| (order.id.clone(), order);
    Ok(found.into_iter().map(by_id).collect())
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
        let commit = Commit::new("end listing").ticket(Some(&before), &ticket)?;
        let commit = moderation::close(exchange, commit, &before, &ticket).await?;
        match commit.run(&exchange.db).await {
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
