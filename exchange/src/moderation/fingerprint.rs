//! Whether two listings are of the same ticket.
//!
//! A ticket is named by its event and its seat, or by its barcode. Each listing
//! claims its names when it is judged, by a record of that name: of two that are
//! judged at the same moment one finds the other's.

use std::{collections::BTreeSet, sync::LazyLock};

use domain::{
    TicketId,
    ticket::{Content, Ticket, TicketStatus},
    words,
};
use regex::Regex;
use sha2::{Digest, Sha256};

use super::store;
use crate::{Result, hex, market, orders, platform::db::Db};

/// What is said of where a seat is, in the words of [`words::words`].
static SEAT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r" (?:section|sec|rangee|rang|row|seat|siege|place|loge|box|gate|porte) ([a-z]{0,3}\d{1,4}[a-z]?|[a-z]|aa|bb|cc|dd|ee|ff|gg|hh|jj|kk|ll|mm)\b").ok()
});
/// A code as scanners read them.
static BARCODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[A-Z0-9]{11,40}\b").ok());
/// Digits that a barcode has at least.
const BARCODE_DIGITS: usize = 8;

/// The names of the ticket that a listing offers.
pub(super) fn of(content: &Content) -> BTreeSet<String> {
    let said = [&*content.title, &*content.description].join(" ");
    let folded = format!(" {} ", words::words(&said).collect::<Vec<_>>().join(" "));
    let seats: BTreeSet<&str> = SEAT
        .iter()
        .flat_map(|seat| seat.captures_iter(&folded))
        .filter_map(|found| found.get(0))
        .map(|found| found.as_str().trim())
        .collect();
    let mut names = BTreeSet::new();
    // Without either there is nothing to tell one ticket from another by.
    if content.starts_at.is_some() || !seats.is_empty() {
        let start = content
            .starts_at
            .map_or(0, domain::Timestamp::millis)
            .to_string();
        let title = words::sort_key(&content.title);
        let venue = words::sort_key(&content.venue);
        let mut parts = vec!["seat", &title, &venue, &start];
        parts.extend(seats);
        names.insert(name(&parts));
    }
    for code in barcodes(&format!("{said} {}", content.handover_note)) {
        names.insert(name(&["barcode", &code]));
    }
    names
}

fn barcodes(text: &str) -> BTreeSet<String> {
    BARCODE
        .iter()
        .flat_map(|code| code.find_iter(text))
        .map(|found| found.as_str())
        .filter(|code| code.bytes().filter(u8::is_ascii_digit).count() >= BARCODE_DIGITS)
        .map(str::to_owned)
        .collect()
}

fn name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize())
}

/// A name that a listing has claimed, as it is in the database.
pub(super) struct Claim {
    pub(super) name: String,
    /// Its version, and whose it is; none if it is nobody's yet.
    pub(super) taken: Option<(u32, TicketId)>,
}

/// The names of what `ticket` offers that it may claim, and another listing of
/// the same ticket if there is one.
pub(super) async fn claims(db: &Db, ticket: &Ticket) -> Result<(Vec<Claim>, Option<TicketId>)> {
    let (mut free, mut other) = (Vec::new(), None);
    for claim in store::claims(db, of(&ticket.content)).await? {
        let holder = claim.taken.as_ref().map(|(_, holder)| holder);
        let holder = holder.filter(|holder| **holder != ticket.id);
        let held = match holder {
            Some(holder) => market::ticket(db, holder).await?,
            None => None,
        };
        match held {
            Some(held) if still_offers(db, &held, ticket).await? => other = Some(held.id),
            _ => free.push(claim),
        }
    }
    Ok((free, other))
}

/// Whether `held` is still a listing of what `ticket` offers: not when it was
/// edited into another one, closed, or sold to whoever offers it now.
async fn still_offers(db: &Db, held: &Ticket, ticket: &Ticket) -> Result<bool> {
    if of(&held.content).is_disjoint(&of(&ticket.content)) {
        return Ok(false);
    }
    Ok(match held.status {
        TicketStatus::Pending | TicketStatus::Available | TicketStatus::Reserved => true,
        TicketStatus::Sold => match &held.current_order {
            Some(order) => {
                let order = orders::store::order(db, order).await?;
                order.is_none_or(|order| order.buyer != ticket.owner)
            }
            None => true,
        },
        TicketStatus::Rejected
        | TicketStatus::Ended
        | TicketStatus::Removed
        | TicketStatus::Deleted => false,
    })
}

#[cfg(test)]
mod tests {
    use domain::{Amount, Timestamp};

    use super::*;

    fn content(title: &str, description: &str, starts: bool) -> Content {
        Content {
            title: title.to_owned(),
            description: description.to_owned(),
            venue: "Massey Hall".to_owned(),
            starts_at: starts.then_some(Timestamp::from_millis(1)),
            zone: None,
            price: Amount::from_minor(100),
            relist_after_refund: true,
            handover_note: String::new(),
        }
    }

    fn same(a: &Content, b: &Content) -> bool {
        !of(a).is_disjoint(&of(b))
    }

    #[test]
    fn a_ticket_is_the_same_however_it_is_written() {
        let one = content("Swan Lake — Row F, Seat 12", "", true);
        for other in [
            content("swan lake row F seat 12", "A great view.", true),
            content("SWAN LAKE: Row F / Seat 12", "", true),
        ] {
            assert!(same(&one, &other), "{other:?}");
        }
        for other in [
            content("Swan Lake — Row F, Seat 13", "", true),
            content("Swan Lake — Row G, Seat 12", "", true),
            content("Swan Lake — Row F, Seat 12", "", false),
        ] {
            assert!(!same(&one, &other), "{other:?}");
        }
    }

    #[test]
    fn seats_are_read_where_they_are_said() {
        let one = content("Swan Lake", "Section 4, row F, seat 12.", true);
        assert!(same(
            &one,
            &content("Swan Lake", "Seat 12, row F in section 4!", true)
        ));
        assert!(!same(
            &one,
            &content("Swan Lake", "Section 4, row F, seat 13.", true)
        ));
    }

    #[test]
    fn a_barcode_is_one_ticket_whatever_it_is_called() {
        let one = content("Swan Lake", "Barcode 400123456789", false);
        assert!(same(
            &one,
            &content("Ballet!", "its code is 400123456789", true)
        ));
        assert!(!same(&one, &content("Ballet!", "call 4165550199", true)));
    }

    #[test]
    fn without_a_start_or_a_seat_nothing_is_known() {
        assert!(of(&content("One seat", "", false)).is_empty());
    }
}
