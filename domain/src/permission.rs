//! Who may do what: relations between a viewer and an object, decided here
//! and nowhere else.

use crate::{
    OrderId, UserId,
    order::{Order, OrderStatus},
    ticket::{Ticket, TicketStatus},
};

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who it is; nobody when not signed in.
    pub user: Option<Account>,
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

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// Offer a ticket.
    CreateListing,
    /// See a ticket.
    ViewTicket {
        /// The ticket.
        ticket: &'a Ticket,
        /// The viewer's latest order of it.
        order: Option<&'a OrderId>,
    },
    /// Edit or delete a ticket.
    ChangeTicket(&'a Ticket),
    /// Order a ticket.
    OrderTicket(&'a Ticket),
    /// See how the ticket is handed over; with the order that bought it.
    ViewHandoverNote {
        /// The ticket.
        ticket: &'a Ticket,
        /// An order of the viewer's on it.
        order: Option<&'a Order>,
    },
    /// See an order and its payment.
    ViewOrder(&'a Order),
    /// Pay or cancel an order.
    UseOrder(&'a Order),
    /// Give the money back.
    RefundOrder(&'a Order),
    /// Say that something is wrong with a ticket.
    ReportTicket(&'a Ticket),
    /// See what waits for moderators, and decide.
    Moderate,
    /// See and do what administrators do.
    Administer,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Sign in first (401).
    SignIn,
    /// The viewer may know of it, not do this (403).
    Forbid,
    /// Not until the viewer's address is verified (403).
    Verify,
    /// The viewer may not know that it exists (404).
    Hide,
}

impl Viewer {
    /// Somebody who is not signed in.
    pub const ANYONE: Self = Self { user: None };

    /// Who it is, if signed in.
    #[must_use]
    pub fn id(&self) -> Option<&UserId> {
        self.user.as_ref().map(|account| &account.id)
    }

    fn is(&self, user: &UserId) -> bool {
        self.id() == Some(user)
    }

    fn moderates(&self) -> bool {
        self.user
            .as_ref()
            .is_some_and(|account| account.moderator || account.admin)
    }

    /// Signed in, verified and not suspended: may list and order.
    fn trades(&self) -> Decision {
        match &self.user {
            None => Decision::SignIn,
            Some(account) if account.suspended => Decision::Forbid,
            Some(account) if !account.verified => Decision::Verify,
            Some(_) => Decision::Allow,
        }
    }

    /// Whether the viewer may do `action`.
    #[must_use]
    pub fn may(&self, action: Action<'_>) -> Decision {
        match action {
            Action::CreateListing => self.trades(),
            Action::ViewTicket { ticket, order } => {
                let insider = self.is(&ticket.owner) || self.moderates();
                let allowed = match ticket.status {
                    TicketStatus::Deleted => order.is_some(),
                    TicketStatus::Sold => {
                        insider || order.is_some() && order == ticket.current_order.as_ref()
                    }
                    // What a buyer may have seen before is not what it says now.
                    status => insider || status.is_listed(),
                };
                allow_or(allowed, Decision::Hide)
            }
            Action::ChangeTicket(ticket) => match self.trades() {
                Decision::SignIn => Decision::SignIn,
                _ if !self.is(&ticket.owner) => self.unless_hidden(ticket, Decision::Forbid),
                _ if ticket.status == TicketStatus::Deleted => Decision::Hide,
                answer => answer,
            },
            Action::OrderTicket(ticket) => match self.trades() {
                Decision::Allow if self.is(&ticket.owner) => {
                    self.unless_hidden(ticket, Decision::Forbid)
                }
                // Anybody may try for what was on the market: that it is gone
                // meanwhile is a conflict, not a secret.
                Decision::Allow
                    if matches!(ticket.status, TicketStatus::Sold | TicketStatus::Ended) =>
                {
                    Decision::Allow
                }
                answer => self.unless_hidden(ticket, answer),
            },
            Action::ViewHandoverNote { ticket, order } => {
                let bought = order.is_some_and(|order| {
                    order.ticket == ticket.id
                        && order.status == OrderStatus::Complete
                        && self.is(&order.buyer)
                });
                allow_or(bought || self.is(&ticket.owner), Decision::Forbid)
            }
            Action::ViewOrder(order) => {
                if self.user.is_none() {
                    return Decision::SignIn;
                }
                allow_or(
                    self.is(&order.buyer) || self.is(&order.seller) || self.moderates(),
                    Decision::Hide,
                )
            }
            Action::UseOrder(order) => match self.may(Action::ViewOrder(order)) {
                Decision::Allow => allow_or(self.is(&order.buyer), Decision::Forbid),
                refused => refused,
            },
            Action::ReportTicket(ticket) => match self.trades() {
                Decision::Allow if self.is(&ticket.owner) => {
                    self.unless_hidden(ticket, Decision::Forbid)
                }
                answer => self.unless_hidden(ticket, answer),
            },
            Action::Moderate => self.staff(|account| account.moderator || account.admin),
            Action::Administer => self.staff(|account| account.admin),
            Action::RefundOrder(order) => match self.may(Action::ViewOrder(order)) {
                Decision::Allow => {
                    allow_or(self.is(&order.buyer) || self.moderates(), Decision::Forbid)
                }
                refused => refused,
            },
        }
    }

    /// Whether the viewer is who `is_member` asks for; nobody else may know that
    /// there is something.
    fn staff(&self, is_member: impl Fn(&Account) -> bool) -> Decision {
        match &self.user {
            None => Decision::SignIn,
            Some(account) => allow_or(is_member(account) && !account.suspended, Decision::Hide),
        }
    }

    /// `answer`, unless the viewer may not know of the ticket.
    fn unless_hidden(&self, ticket: &Ticket, answer: Decision) -> Decision {
        if answer == Decision::SignIn {
            return answer;
        }
        match self.may(Action::ViewTicket {
            ticket,
            order: None,
        }) {
            Decision::Allow => answer,
            hidden => hidden,
        }
    }
}

const fn allow_or(allowed: bool, otherwise: Decision) -> Decision {
    if allowed { Decision::Allow } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{order, order_id, ticket, user_id};
    use Decision::{Allow, Forbid, Hide, SignIn, Verify};

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
    /// (5), moderator (6), admin (7).
    fn viewers() -> [Viewer; 8] {
        let signed_in = |account| Viewer {
            user: Some(account),
        };
        [
            Viewer::ANYONE,
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
        ]
    }

    const ROLES: [&str; 8] = [
        "anybody",
        "seller",
        "buyer",
        "another",
        "unverified",
        "suspended",
        "moderator",
        "administrator",
    ];

    /// A row of the table: an action, on what, and the status of HTTP for each role.
    fn row(
        action: &str,
        on: &str,
        answer: impl Fn(&Viewer) -> Decision,
    ) -> (String, String, String) {
        let answers = viewers().map(|viewer| match answer(&viewer) {
            Allow => "yes",
            SignIn => "401",
            Forbid | Verify => "403",
            Hide => "404",
        });
        (action.to_owned(), on.to_owned(), answers.join(" | "))
    }

    /// The rows of an action on a ticket, those of the same answers as one.
    fn of_ticket(
        action: &str,
        answer: impl Fn(&Viewer, &Ticket) -> Decision,
    ) -> Vec<(String, String, String)> {
        let mut rows: Vec<(String, String, String)> = Vec::new();
        for status in TicketStatus::ALL {
            let ticket = Ticket {
                status,
                current_order: Some(order_id(1)),
                ..ticket()
            };
            let next = row(action, status.name(), |viewer| answer(viewer, &ticket));
            match rows.iter_mut().find(|known| known.2 == next.2) {
                Some(known) => known.1 = format!("{}, {}", known.1, next.1),
                None => rows.push(next),
            }
        }
        rows
    }

    /// Every action, on everything, by everybody.
    fn matrix() -> String {
        let view = |viewer: &Viewer, ticket: &Ticket, order: Option<&OrderId>| {
            viewer.may(Action::ViewTicket { ticket, order })
        };
        let (bought, earlier) = (order_id(1), order_id(2));
        let mut rows = vec![row("list a ticket", "", |viewer| {
            viewer.may(Action::CreateListing)
        })];
        rows.extend(of_ticket("see a ticket", |viewer, ticket| {
            view(viewer, ticket, None)
        }));
        rows.extend(of_ticket(
            "the same with its current order",
            |viewer, ticket| view(viewer, ticket, Some(&bought)),
        ));
        rows.extend(of_ticket(
            "the same with an earlier order",
            |viewer, ticket| view(viewer, ticket, Some(&earlier)),
        ));
        rows.extend(of_ticket("edit, delete", |viewer, ticket| {
            viewer.may(Action::ChangeTicket(ticket))
        }));
        rows.extend(of_ticket("reserve", |viewer, ticket| {
            viewer.may(Action::OrderTicket(ticket))
        }));
        rows.extend(of_ticket("report", |viewer, ticket| {
            viewer.may(Action::ReportTicket(ticket))
        }));
        rows.push(row("see an order and its payment", "", |viewer| {
            viewer.may(Action::ViewOrder(&order()))
        }));
        rows.push(row("pay, cancel", "", |viewer| {
            viewer.may(Action::UseOrder(&order()))
        }));
        rows.push(row("refund", "", |viewer| {
            viewer.may(Action::RefundOrder(&order()))
        }));
        for status in OrderStatus::ALL {
            let order = Order { status, ..order() };
            let note = row("see the handover note", status.name(), |viewer| {
                viewer.may(Action::ViewHandoverNote {
                    ticket: &ticket(),
                    order: Some(&order),
                })
            });
            match rows
                .iter_mut()
                .find(|known| known.0 == note.0 && known.2 == note.2)
            {
                Some(known) => known.1 = format!("{}, {}", known.1, note.1),
                None => rows.push(note),
            }
        }
        rows.push(row("see cases, decide, remove listings", "", |viewer| {
            viewer.may(Action::Moderate)
        }));
        rows.push(row("administer", "", |viewer| {
            viewer.may(Action::Administer)
        }));
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
