//! Who may do what: relations between a viewer and an object, decided here
//! and nowhere else.
//!
//! [`Viewer::may`] answers with a [`Permit`], and what needs permission is a method
//! of it, or asks for one: that it was asked for cannot be forgotten.

use crate::{
    OrderId, UserId,
    order::{Order, OrderStatus},
    ticket::{Ticket, TicketStatus},
};

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who is not signed in.
    Anyone,
    /// Somebody who is.
    User(Account),
    /// Whoever runs commands on the server.
    Operator,
}

/// What decides about a signed-in viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who it is.
    pub id: UserId,
    /// Whether the e-mail address is verified.
    pub verified: bool,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// Member of `Group:moderators`.
    pub moderator: bool,
    /// Member of `Group:admins`.
    pub admin: bool,
}

/// Who did something, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is signed in.
    User(UserId),
    /// Whoever runs commands on the server.
    Operator,
    /// The exchange itself, by its rules.
    Exchange,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Sign in first (401).
    SignIn,
    /// The viewer may know of it, not do this (403).
    Forbid,
    /// Not until the viewer's address is verified (403).
    Verify,
    /// The viewer may not know that it exists (404).
    Hide,
}

/// What somebody may ask for.
pub trait Action {
    /// Who does it then, as far as that matters.
    type By;

    /// Whether `viewer` may.
    ///
    /// # Errors
    /// Why not.
    fn ask(&self, viewer: &Viewer) -> Result<Self::By, Denied>;
}

/// Proof that somebody may do something: there is none but by [`Viewer::may`].
#[derive(Debug)]
pub struct Permit<A: Action> {
    pub(crate) action: A,
    by: A::By,
}

impl<A: Action> Permit<A> {
    /// Who was permitted.
    pub const fn by(&self) -> &A::By {
        &self.by
    }
}

impl Viewer {
    /// The permission to do `action`.
    ///
    /// # Errors
    /// Why not.
    pub fn may<A: Action>(&self, action: A) -> Result<Permit<A>, Denied> {
        let by = action.ask(self)?;
        Ok(Permit { action, by })
    }

    /// Who it is, if signed in.
    #[must_use]
    pub const fn id(&self) -> Option<&UserId> {
        match self {
            Self::User(account) => Some(&account.id),
            Self::Anyone | Self::Operator => None,
        }
    }

    fn is(&self, user: &UserId) -> bool {
        self.id() == Some(user)
    }

    const fn moderates(&self) -> bool {
        match self {
            Self::User(account) => account.moderator || account.admin,
            Self::Operator => true,
            Self::Anyone => false,
        }
    }

    const fn account(&self) -> Result<&Account, Denied> {
        match self {
            Self::User(account) => Ok(account),
            Self::Anyone | Self::Operator => Err(Denied::SignIn),
        }
    }

    /// Signed in, verified and not suspended: may list and order.
    fn trader(&self) -> Result<UserId, Denied> {
        match self.account()? {
            account if account.suspended => Err(Denied::Forbid),
            account if !account.verified => Err(Denied::Verify),
            account => Ok(account.id.clone()),
        }
    }

    /// As [`Viewer::trader`], of what somebody else offers.
    fn customer(&self, ticket: &Ticket) -> Result<UserId, Denied> {
        self.trader().and_then(|id| {
            if id == ticket.owner {
                Err(Denied::Forbid)
            } else {
                Ok(id)
            }
        })
    }

    /// Why the viewer may not do something with `ticket`: that, unless they may not
    /// know of it.
    fn unless_hidden(&self, ticket: &Ticket, denied: Denied) -> Denied {
        let seen = ViewTicket {
            ticket,
            order: None,
        };
        match seen.ask(self) {
            Err(hidden) if denied != Denied::SignIn => hidden,
            _ => denied,
        }
    }
}

fn allow_or(allowed: bool, otherwise: Denied) -> Result<(), Denied> {
    if allowed { Ok(()) } else { Err(otherwise) }
}

/// Offer a ticket.
#[derive(Debug)]
pub struct CreateListing;

impl Action for CreateListing {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        viewer.trader()
    }
}

/// See a ticket.
#[derive(Debug)]
pub struct ViewTicket<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// The viewer's latest order of it.
    pub order: Option<&'a OrderId>,
}

impl Action for ViewTicket<'_> {
    type By = ();

    fn ask(&self, viewer: &Viewer) -> Result<(), Denied> {
        let Self { ticket, order } = self;
        let insider = viewer.is(&ticket.owner) || viewer.moderates();
        let allowed = match ticket.status {
            TicketStatus::Deleted => order.is_some(),
            TicketStatus::Sold => {
                insider || order.is_some() && *order == ticket.current_order.as_ref()
            }
            // What a buyer may have seen before is not what it says now.
            status => insider || status.is_listed(),
        };
        allow_or(allowed, Denied::Hide)
    }
}

/// Edit or delete a ticket.
#[derive(Debug)]
pub struct ChangeTicket<'a>(pub &'a Ticket);

impl Action for ChangeTicket<'_> {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        let trader = viewer.trader();
        if trader == Err(Denied::SignIn) {
            return trader;
        }
        if !viewer.is(&self.0.owner) {
            return Err(viewer.unless_hidden(self.0, Denied::Forbid));
        }
        if self.0.status == TicketStatus::Deleted {
            return Err(Denied::Hide);
        }
        trader
    }
}

/// Order a ticket.
#[derive(Debug)]
pub struct OrderTicket<'a>(pub &'a Ticket);

impl Action for OrderTicket<'_> {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        let buyer = viewer
            .customer(self.0)
            .map_err(|denied| viewer.unless_hidden(self.0, denied))?;
        // Anybody may try for what was on the market: that it is gone meanwhile is a
        // conflict, not a secret.
        if !matches!(self.0.status, TicketStatus::Sold | TicketStatus::Ended) {
            ViewTicket {
                ticket: self.0,
                order: None,
            }
            .ask(viewer)?;
        }
        Ok(buyer)
    }
}

/// Say that something is wrong with a ticket.
#[derive(Debug)]
pub struct ReportTicket<'a>(pub &'a Ticket);

impl Action for ReportTicket<'_> {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        let reporter = viewer
            .customer(self.0)
            .map_err(|denied| viewer.unless_hidden(self.0, denied))?;
        ViewTicket {
            ticket: self.0,
            order: None,
        }
        .ask(viewer)?;
        Ok(reporter)
    }
}

/// See how the ticket is handed over.
#[derive(Debug)]
pub struct ViewHandoverNote<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// An order of the viewer's on it, which may have bought it.
    pub order: Option<&'a Order>,
}

impl Action for ViewHandoverNote<'_> {
    type By = ();

    fn ask(&self, viewer: &Viewer) -> Result<(), Denied> {
        let bought = self.order.is_some_and(|order| {
            order.ticket == self.ticket.id
                && order.status == OrderStatus::Complete
                && viewer.is(&order.buyer)
        });
        allow_or(bought || viewer.is(&self.ticket.owner), Denied::Forbid)
    }
}

/// See an order and its payment.
#[derive(Debug)]
pub struct ViewOrder<'a>(pub &'a Order);

impl Action for ViewOrder<'_> {
    type By = ();

    fn ask(&self, viewer: &Viewer) -> Result<(), Denied> {
        if *viewer == Viewer::Anyone {
            return Err(Denied::SignIn);
        }
        let party = viewer.is(&self.0.buyer) || viewer.is(&self.0.seller);
        allow_or(party || viewer.moderates(), Denied::Hide)
    }
}

/// Pay or cancel an order.
#[derive(Debug)]
pub struct UseOrder<'a>(pub &'a Order);

impl Action for UseOrder<'_> {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        ViewOrder(self.0).ask(viewer)?;
        allow_or(viewer.is(&self.0.buyer), Denied::Forbid)?;
        Ok(self.0.buyer.clone())
    }
}

/// Give the money back.
#[derive(Debug)]
pub struct RefundOrder<'a>(pub &'a Order);

impl Action for RefundOrder<'_> {
    type By = Actor;

    fn ask(&self, viewer: &Viewer) -> Result<Actor, Denied> {
        ViewOrder(self.0).ask(viewer)?;
        match viewer {
            Viewer::User(account) if viewer.is(&self.0.buyer) || viewer.moderates() => {
                Ok(Actor::User(account.id.clone()))
            }
            Viewer::Operator => Ok(Actor::Operator),
            Viewer::User(_) | Viewer::Anyone => Err(Denied::Forbid),
        }
    }
}

/// See what waits for moderators, and decide.
#[derive(Debug)]
pub struct Moderate;

impl Action for Moderate {
    type By = UserId;

    fn ask(&self, viewer: &Viewer) -> Result<UserId, Denied> {
        let account = viewer.account()?;
        // Nobody else may know that there is something.
        allow_or(viewer.moderates() && !account.suspended, Denied::Hide)?;
        Ok(account.id.clone())
    }
}

/// See and do what administrators do.
#[derive(Debug)]
pub struct Administer;

impl Action for Administer {
    type By = Actor;

    fn ask(&self, viewer: &Viewer) -> Result<Actor, Denied> {
        match viewer {
            Viewer::Anyone => Err(Denied::SignIn),
            Viewer::User(account) => {
                allow_or(account.admin && !account.suspended, Denied::Hide)?;
                Ok(Actor::User(account.id.clone()))
            }
            Viewer::Operator => Ok(Actor::Operator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{order, order_id, ticket, user_id};

    fn account(n: u8) -> Account {
        Account {
            id: user_id(n),
            verified: true,
            suspended: false,
            moderator: false,
            admin: false,
        }
    }

    /// anyone, owner (1), buyer (2), stranger (3), unverified (4), suspended
    /// (5), moderator (6), admin (7), and whoever runs commands.
    fn viewers() -> [Viewer; 9] {
        let signed_in = Viewer::User;
        [
            Viewer::Anyone,
            signed_in(account(1)),
            signed_in(account(2)),
            signed_in(account(3)),
            signed_in(Account {
                verified: false,
                ..account(4)
            }),
            signed_in(Account {
                suspended: true,
                ..account(5)
            }),
            signed_in(Account {
                moderator: true,
                ..account(6)
            }),
            signed_in(Account {
                admin: true,
                ..account(7)
            }),
            Viewer::Operator,
        ]
    }

    const ROLES: [&str; 9] = [
        "anybody",
        "seller",
        "buyer",
        "another",
        "unverified",
        "suspended",
        "moderator",
        "administrator",
        "operator",
    ];

    /// A row of the table: an action, on what, and the status of HTTP for each role.
    fn row<A: Action>(action: &str, on: &str, asked: impl Fn() -> A) -> Row {
        let answers = viewers().map(|viewer| match viewer.may(asked()) {
            Ok(_) => "yes",
            Err(Denied::SignIn) => "401",
            Err(Denied::Forbid | Denied::Verify) => "403",
            Err(Denied::Hide) => "404",
        });
        (action.to_owned(), on.to_owned(), answers.join(" | "))
    }

    type Row = (String, String, String);

    /// Adds a row, or what it is about to one of the same answers.
    fn add(rows: &mut Vec<Row>, next: Row) {
        match rows
            .iter_mut()
            .find(|known| known.0 == next.0 && known.2 == next.2)
        {
            Some(known) => known.1 = format!("{}, {}", known.1, next.1),
            None => rows.push(next),
        }
    }

    /// The rows of an action on a ticket.
    macro_rules! of_ticket {
        ($rows:ident, $action:literal, $ticket:ident => $asked:expr) => {
            for status in TicketStatus::ALL {
                let $ticket = &Ticket {
                    status,
                    current_order: Some(order_id(1)),
                    ..ticket()
                };
                add(&mut $rows, row($action, status.name(), || $asked));
            }
        };
    }

    /// Every action, on everything, by everybody.
    fn matrix() -> String {
        const fn view<'a>(ticket: &'a Ticket, order: Option<&'a OrderId>) -> ViewTicket<'a> {
            ViewTicket { ticket, order }
        }
        let (order, offered) = (order(), ticket());
        let [bought, earlier] = [order_id(1), order_id(2)];
        let mut rows = vec![row("list a ticket", "", || CreateListing)];
        of_ticket!(rows, "see a ticket", ticket => view(ticket, None));
        of_ticket!(rows, "the same with its current order", ticket => view(ticket, Some(&bought)));
        of_ticket!(rows, "the same with an earlier order", ticket => view(ticket, Some(&earlier)));
        of_ticket!(rows, "edit, delete", ticket => ChangeTicket(ticket));
        of_ticket!(rows, "reserve", ticket => OrderTicket(ticket));
        of_ticket!(rows, "report", ticket => ReportTicket(ticket));
        rows.push(row("see an order and its payment", "", || {
            ViewOrder(&order)
        }));
        rows.push(row("pay, cancel", "", || UseOrder(&order)));
        rows.push(row("refund", "", || RefundOrder(&order)));
        for status in OrderStatus::ALL {
            let order = Order {
                status,
                ..order.clone()
            };
            let note = row("see the handover note", status.name(), || {
                ViewHandoverNote {
                    ticket: &offered,
                    order: Some(&order),
                }
            });
            add(&mut rows, note);
        }
        rows.push(row("see cases, decide, remove listings", "", || Moderate));
        rows.push(row("administer", "", || Administer));
        let rows = rows
            .iter()
            .map(|(action, on, answers)| format!("| {action} | {on} | {answers} |\n"));
        format!(
            "| | while it is | {} |\n|---|---|{}\n{}",
            ROLES.join(" | "),
            "---|".repeat(ROLES.len()),
            rows.collect::<String>()
        )
    }

    #[test]
    fn the_matrix_is_the_table_in_the_architecture() {
        let matrix = matrix();
        assert!(
            include_str!("../../ARCHITECTURE.md").contains(&matrix),
            "ARCHITECTURE.md has another table than this, which is what the code does:\n{matrix}"
        );
    }
}
