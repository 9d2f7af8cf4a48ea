//! Records for the tests of this crate.

use std::time::Duration;

use crate::{
    Amount, Billing, OrderId, TicketId, Timestamp, UserId,
    order::Order,
    permission::{Account, Viewer},
    ticket::{Content, Ticket},
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

pub(crate) fn user_id(n: u8) -> UserId {
    format!("0{n:025}").parse().expect("a ULID")
}

pub(crate) fn order_id(n: u8) -> OrderId {
    format!("1{n:025}").parse().expect("a ULID")
}

fn ticket_id() -> TicketId {
    format!("2{:025}", 1).parse().expect("a ULID")
}

pub(crate) fn content() -> Content {
    Content {
        title: "Two seats on the aisle".into(),
        description: String::new(),
        venue: "Massey Hall".into(),
        starts_at: None,
        zone: None,
        price: Amount::from_minor(4_500),
        relist_after_refund: true,
        handover_note: "note: by e-mail".into(),
    }
}

/// Owned by user 1, waiting for moderation.
pub(crate) fn ticket() -> Ticket {
    Ticket::list(ticket_id(), user_id(1), content(), NOW)
}

/// User 2's hold of [`ticket`], 900 seconds long.
pub(crate) fn order() -> Order {
    Order::hold(
        order_id(1),
        &ticket(),
        user_id(2),
        Duration::from_secs(900),
        NOW,
    )
}

/// A state table as text: `from>to,to from> …`.
pub(crate) fn state_table<S: Copy>(
    all: &[S],
    name: fn(S) -> &'static str,
    may_become: fn(S) -> &'static [S],
) -> String {
    let row = |from: &S| {
        let to: Vec<&str> = may_become(*from).iter().map(|to| name(*to)).collect();
        format!("{}>{}", name(*from), to.join(","))
    };
    all.iter().map(row).collect::<Vec<_>>().join(" ")
}

/// Who pays for it.
pub(crate) fn billing() -> Billing {
    Billing {
        name: "Ada Lovelace".into(),
        country: "CA".into(),
        line1: "1 Main Street".into(),
        line2: None,
        city: "Toronto".into(),
        region: Some("ON".into()),
        postal_code: Some("M5V 1A1".into()),
    }
}

/// User 6, who moderates.
pub(crate) fn moderator() -> Viewer {
    Viewer::User(Account {
        id: user_id(6),
        verified: true,
        suspended: false,
        moderator: true,
        admin: false,
    })
}
