//! A ticket and the state table of its status.

mod moderated;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Amount, CaseId, OrderId, Refusal, TicketId, Timestamp, UserId,
    order::Order,
    permission::{ChangeTicket, CreateListing, OrderTicket, Permit},
};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Waiting for moderation; seen by its owner and by moderators.
    Pending,
    /// On the market.
    Available,
    /// Refused by moderation.
    Rejected,
    /// Held by its current order.
    Reserved,
    /// Paid for by its current order.
    Sold,
    /// The event began before it was sold.
    Ended,
    /// Taken down by a moderator.
    Removed,
    /// Withdrawn by its owner.
    Deleted,
}

impl TicketStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Available,
        Self::Rejected,
        Self::Reserved,
        Self::Sold,
        Self::Ended,
        Self::Removed,
        Self::Deleted,
    ];

    /// The state table: what a ticket in this status may become.
    #[must_use]
    pub const fn may_become(self) -> &'static [Self] {
        match self {
            Self::Pending => &[
                Self::Available,
                Self::Rejected,
                Self::Ended,
                Self::Removed,
                Self::Deleted,
            ],
            Self::Available => &[
                Self::Reserved,
                Self::Pending,
                Self::Rejected,
                Self::Ended,
                Self::Removed,
                Self::Deleted,
            ],
            Self::Rejected => &[Self::Pending, Self::Removed, Self::Deleted],
            Self::Reserved => &[Self::Available, Self::Sold, Self::Rejected, Self::Removed],
            Self::Sold => &[Self::Available, Self::Deleted],
            Self::Ended | Self::Removed | Self::Deleted => &[],
        }
    }

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Rejected => "rejected",
            Self::Reserved => "reserved",
            Self::Sold => "sold",
            Self::Ended => "ended",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
        }
    }

    /// Whether the listing has its place in the market: a held ticket keeps
    /// it, because most holds end unpaid.
    #[must_use]
    pub const fn is_listed(self) -> bool {
        matches!(self, Self::Available | Self::Reserved)
    }
}

/// What the owner writes about a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// [`crate::text::TITLE`].
    pub title: String,
    /// [`crate::text::DESCRIPTION`]; may be empty.
    pub description: String,
    /// [`crate::text::VENUE`]; may be empty.
    pub venue: String,
    /// When the event begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// IANA zone in which the start was given and is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What the buyer pays.
    pub price: Amount,
    /// Whether the ticket returns to the market after a refund.
    pub relist_after_refund: bool,
    /// [`crate::text::HANDOVER_NOTE`]; may be empty. Seen only by the owner
    /// and by the buyer of the complete order.
    pub handover_note: String,
}

impl Content {
    /// Whether moderation has to look again at what became of `self`.
    fn needs_moderation(&self, edited: &Self) -> bool {
        let judged = |c: &Self| {
            (
                c.title.clone(),
                c.description.clone(),
                c.venue.clone(),
                c.starts_at,
                c.zone.clone(),
                c.price,
            )
        };
        judged(self) != judged(edited)
    }
}

/// A ticket that somebody sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its identifier.
    pub id: TicketId,
    /// The seller.
    pub owner: UserId,
    /// What the owner wrote.
    #[serde(flatten)]
    pub content: Content,
    /// Where it stands.
    pub status: TicketStatus,
    /// The order that holds or bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_order: Option<OrderId>,
    /// The open case about it: while it is pending, a moderator has to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// How many people reported it since a moderator last looked.
    #[serde(default)]
    pub reports: u32,
    /// Whether it is found only by those who look for its words, since it was
    /// reported.
    #[serde(default)]
    pub lowered: bool,
    /// Grows by one with every change.
    pub version: u32,
    /// Grows by one with every edit, so that holds do not disturb an edit.
    pub content_version: u32,
    /// When it was listed.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Ticket {
    /// A new listing, waiting for moderation.
    #[must_use]
    pub(crate) fn list(id: TicketId, owner: UserId, content: Content, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            content,
            status: TicketStatus::Pending,
            current_order: None,
            case: None,
            reports: 0,
            lowered: false,
            version: 1,
            content_version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether the event has begun.
    #[must_use]
    pub fn began(&self, now: Timestamp) -> bool {
        self.content.starts_at.is_some_and(|start| start <= now)
    }

    /// The step from one of `from` to `to`, if it is in the state table. The
    /// table alone is not enough: `available` is where approval leads from
    /// `pending` and release from `reserved`, and neither may do the other's.
    fn step(
        &self,
        from: &[TicketStatus],
        to: TicketStatus,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if !(from.contains(&self.status) && self.status.may_become().contains(&to)) {
            return Err(Refusal::NoSuchStep {
                from: self.status.name(),
                to: to.name(),
            });
        }
        Ok(Self {
            status: to,
            ..self.changed(now)
        })
    }

    /// Why its owner can neither edit nor delete it.
    ///
    /// # Errors
    /// [`Refusal::HeldOrSold`] or [`Refusal::ListingClosed`].
    pub fn check_changeable(&self) -> Result<(), Refusal> {
        match self.status {
            TicketStatus::Pending | TicketStatus::Available | TicketStatus::Rejected => Ok(()),
            TicketStatus::Reserved | TicketStatus::Sold => Err(Refusal::HeldOrSold),
            TicketStatus::Ended | TicketStatus::Removed | TicketStatus::Deleted => {
                Err(Refusal::ListingClosed)
            }
        }
    }

    /// The owner's edit of the content at version `based_on`.
    ///
    /// # Errors
    /// [`Refusal::StaleEdit`] when the content changed since, or why the
    /// ticket cannot be edited at all.
    pub(crate) fn edit(
        &self,
        content: Content,
        based_on: u32,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        self.check_changeable()?;
        if based_on != self.content_version {
            return Err(Refusal::StaleEdit);
        }
        // A case is about what was there when it was opened.
        let status = if self.content.needs_moderation(&content) || self.case.is_some() {
            TicketStatus::Pending
        } else {
            self.status
        };
        Ok(Self {
            content,
            status,
            case: None,
            content_version: self.content_version + 1,
            ..self.changed(now)
        })
    }

    /// The owner withdraws it.
    ///
    /// # Errors
    /// Why it cannot be deleted.
    pub(crate) fn delete(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.check_changeable()?;
        let from = [
            TicketStatus::Pending,
            TicketStatus::Available,
            TicketStatus::Rejected,
        ];
        Ok(Self {
            case: None,
            ..self.step(&from, TicketStatus::Deleted, now)?
        })
    }

    /// The same with another version.
    fn changed(&self, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }

    /// Whether `buyer`, who saw `price`, may hold it now.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check_orderable(
        &self,
        buyer: &UserId,
        price: Amount,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.owner == *buyer {
            return Err(Refusal::OwnTicket);
        }
        match self.status {
            TicketStatus::Available => {}
            TicketStatus::Reserved => return Err(Refusal::Reserved),
            TicketStatus::Sold => return Err(Refusal::Sold),
            TicketStatus::Ended => return Err(Refusal::EventBegan),
            _ => return Err(Refusal::NotOnMarket),
        }
        if self.began(now) {
            return Err(Refusal::EventBegan);
        }
        if self.content.price != price {
            return Err(Refusal::PriceChanged {
                price: self.content.price,
            });
        }
        Ok(())
    }

    /// `order` holds it.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is available.
    pub(crate) fn reserve(&self, order: &OrderId, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            current_order: Some(order.clone()),
            ..self.step(&[TicketStatus::Available], TicketStatus::Reserved, now)?
        })
    }

    fn check_held_by(&self, order: &OrderId) -> Result<(), Refusal> {
        if self.current_order.as_ref() == Some(order) {
            Ok(())
        } else {
            Err(Refusal::NotTheHolder)
        }
    }

    /// `order` lets it go.
    ///
    /// # Errors
    /// [`Refusal::NotTheHolder`] when another order has it by now.
    pub fn release(&self, order: &OrderId, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held_by(order)?;
        Ok(Self {
            current_order: None,
            ..self.step(&[TicketStatus::Reserved], TicketStatus::Available, now)?
        })
    }

    /// `order` was paid.
    ///
    /// # Errors
    /// [`Refusal::NotTheHolder`] or [`Refusal::NoSuchStep`].
    pub fn sell(&self, order: &OrderId, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held_by(order)?;
        self.step(&[TicketStatus::Reserved], TicketStatus::Sold, now)
    }

    /// `order` was refunded: back to the market if it may, else closed.
    ///
    /// # Errors
    /// [`Refusal::NotTheHolder`] or [`Refusal::NoSuchStep`].
    pub fn unsell(
        &self,
        order: &OrderId,
        in_good_standing: bool,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        self.check_held_by(order)?;
        let sold = [TicketStatus::Sold];
        if self.content.relist_after_refund && in_good_standing && !self.began(now) {
            Ok(Self {
                current_order: None,
                ..self.step(&sold, TicketStatus::Available, now)?
            })
        } else {
            self.step(&sold, TicketStatus::Deleted, now)
        }
    }

    /// The event began and nobody holds it.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] when it is held, sold or closed.
    pub fn end(&self, now: Timestamp) -> Result<Self, Refusal> {
        let from = [TicketStatus::Pending, TicketStatus::Available];
        Ok(Self {
            case: None,
            ..self.step(&from, TicketStatus::Ended, now)?
        })
    }
}

impl Permit<CreateListing> {
    /// A new listing of who was permitted, waiting for moderation.
    #[must_use]
    pub fn list(&self, id: TicketId, content: Content, now: Timestamp) -> Ticket {
        Ticket::list(id, self.by().clone(), content, now)
    }
}

impl Permit<ChangeTicket<'_>> {
    /// The owner's edit of the content at version `based_on`.
    ///
    /// # Errors
    /// [`Refusal::StaleEdit`] when the content changed since, or why the
    /// ticket cannot be edited at all.
    pub fn edit(&self, content: Content, based_on: u32, now: Timestamp) -> Result<Ticket, Refusal> {
        self.action.0.edit(content, based_on, now)
    }

    /// The owner withdraws it.
    ///
    /// # Errors
    /// Why it cannot be deleted.
    pub fn delete(&self, now: Timestamp) -> Result<Ticket, Refusal> {
        self.action.0.delete(now)
    }
}

impl Permit<OrderTicket<'_>> {
    /// A hold for who was permitted, who saw `price`, and the ticket that is held.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn reserve(
        &self,
        id: OrderId,
        price: Amount,
        hold: Duration,
        now: Timestamp,
    ) -> Result<(Order, Ticket), Refusal> {
        let (ticket, buyer) = (self.action.0, self.by());
        ticket.check_orderable(buyer, price, now)?;
        let held = ticket.reserve(&id, now)?;
        Ok((Order::hold(id, ticket, buyer.clone(), hold, now), held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{content, order_id, state_table, ticket, user_id};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn transitions_are_the_state_table_and_nothing_else() {
        let table = "pending>available,rejected,ended,removed,deleted available>reserved,pending,rejected,ended,removed,deleted rejected>pending,removed,deleted reserved>available,sold,rejected,removed sold>available,deleted ended> removed> deleted>";
        assert_eq!(
            state_table(
                &TicketStatus::ALL,
                TicketStatus::name,
                TicketStatus::may_become
            ),
            table
        );
        for from in TicketStatus::ALL {
            for to in TicketStatus::ALL {
                let stepped = Ticket {
                    status: from,
                    ..ticket()
                }
                .step(&[from], to, NOW);
                assert_eq!(
                    stepped.is_ok(),
                    from.may_become().contains(&to),
                    "{from:?} to {to:?}"
                );
            }
        }
    }

    #[test]
    fn versions_go_up_by_one() {
        let listed = ticket();
        let approved = listed.approve(1, NOW).expect("pending");
        let held = approved.reserve(&order_id(1), NOW).expect("available");
        let freed = held.release(&order_id(1), NOW).expect("held by it");
        assert_eq!(
            [
                listed.version,
                approved.version,
                held.version,
                freed.version
            ],
            [1, 2, 3, 4]
        );
        assert_eq!(freed.content_version, 1);
        assert_eq!(
            freed
                .edit(content(), 1, NOW)
                .map(|t| (t.version, t.content_version)),
            Ok((5, 2))
        );
    }

    #[test]
    fn a_held_ticket_is_not_approved_again_by_a_repeated_event() {
        let held = ticket()
            .approve(1, NOW)
            .and_then(|t| t.reserve(&order_id(1), NOW))
            .expect("steps");
        assert_eq!(
            held.approve(1, NOW),
            Err(Refusal::NoSuchStep {
                from: "reserved",
                to: "available"
            })
        );
    }

    #[test]
    fn a_release_names_the_order_it_releases() {
        let held = ticket()
            .approve(1, NOW)
            .and_then(|t| t.reserve(&order_id(2), NOW))
            .expect("steps");
        assert_eq!(held.release(&order_id(1), NOW), Err(Refusal::NotTheHolder));
        assert_eq!(held.sell(&order_id(1), NOW), Err(Refusal::NotTheHolder));
    }

    #[test]
    fn edits_of_what_buyers_see_wait_for_moderation_again() {
        let on_market = ticket().approve(1, NOW).expect("pending");
        let note = Content {
            handover_note: "By mail".into(),
            ..content()
        };
        assert_eq!(
            on_market.edit(note, 1, NOW).map(|t| t.status),
            Ok(TicketStatus::Available)
        );
        let price = Content {
            price: Amount::from_minor(5_000),
            ..content()
        };
        assert_eq!(
            on_market.edit(price.clone(), 1, NOW).map(|t| t.status),
            Ok(TicketStatus::Pending)
        );
        assert_eq!(on_market.edit(price, 0, NOW), Err(Refusal::StaleEdit));
    }

    #[test]
    fn held_sold_and_closed_tickets_are_not_changed_by_their_owner() {
        for status in TicketStatus::ALL {
            let it = Ticket { status, ..ticket() };
            let free = matches!(
                status,
                TicketStatus::Pending | TicketStatus::Available | TicketStatus::Rejected
            );
            assert_eq!(it.delete(NOW).is_ok(), free, "{status:?}");
            assert_eq!(it.edit(content(), 1, NOW).is_ok(), free, "{status:?}");
        }
    }

    #[test]
    fn only_an_available_ticket_of_somebody_else_at_the_price_seen_is_orderable() {
        let free = ticket().approve(1, NOW).expect("pending");
        let price = free.content.price;
        assert_eq!(free.check_orderable(&user_id(2), price, NOW), Ok(()));
        assert_eq!(
            free.check_orderable(&free.owner, price, NOW),
            Err(Refusal::OwnTicket)
        );
        assert_eq!(
            free.check_orderable(&user_id(2), Amount::from_minor(1), NOW),
            Err(Refusal::PriceChanged { price })
        );
        let began = Ticket {
            content: Content {
                starts_at: Some(NOW),
                ..content()
            },
            ..free
        };
        assert_eq!(
            began.check_orderable(&user_id(2), price, NOW),
            Err(Refusal::EventBegan)
        );
    }

    #[test]
    fn a_refunded_ticket_returns_only_with_consent_in_time_and_from_a_good_seller() {
        let mut sold = ticket()
            .approve(1, NOW)
            .and_then(|t| t.reserve(&order_id(1), NOW))
            .and_then(|t| t.sell(&order_id(1), NOW))
            .expect("steps");
        let after = |sold: &Ticket, good| {
            let ticket = sold.unsell(&order_id(1), good, NOW).expect("sold");
            (ticket.status, ticket.current_order.is_some())
        };
        assert_eq!(after(&sold, true), (TicketStatus::Available, false));
        assert_eq!(after(&sold, false), (TicketStatus::Deleted, true));
        assert_eq!(
            sold.unsell(&order_id(2), true, NOW),
            Err(Refusal::NotTheHolder)
        );
        sold.content.starts_at = Some(NOW);
        assert_eq!(after(&sold, true), (TicketStatus::Deleted, true));
        sold.content.starts_at = None;
        sold.content.relist_after_refund = false;
        assert_eq!(after(&sold, true), (TicketStatus::Deleted, true));
    }
}
