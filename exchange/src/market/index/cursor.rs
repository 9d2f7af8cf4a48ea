//! Where a page of the market ends, as text in an address.
//!
//! The identifier, and unless the order is the age of listings a point and what
//! they are ordered by: `01J….p4500`, `01J….s1790000000000`, `01J….tswan lake`.
//! So a page begins where the last one ended, whatever came or went between.

use std::cmp::Ordering;

use domain::{TicketId, search::Sort, words};

use super::keys::{Id, Position, head};

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) lead: i64,
    pub(super) title: String,
    pub(super) id: Id,
}

impl Cursor {
    /// What `text` says, if it is of the same key.
    pub(super) fn parse(sort: Sort, text: &str) -> Option<Self> {
        let (id, key) = text.split_at_checked(TicketId::LENGTH)?;
        let id = Id::from(&id.parse::<TicketId>().ok()?);
        let (lead, title) = match tag(sort) {
            None => key.is_empty().then_some((id.head(), ""))?,
            Some('t') => {
                let title = key.strip_prefix(".t")?;
                let is_short = title.chars().nth(words::KEY_MAX).is_none();
                is_short.then_some((head(title), title))?
            }
            Some(tag) => {
                let number = key.strip_prefix('.')?.strip_prefix(tag)?;
                (number.parse().ok()?, "")
            }
        };
        Some(Self {
            lead,
            title: title.to_owned(),
            id,
        })
    }

    /// The text of a row's position.
    pub(super) fn text(sort: Sort, at: Position<'_>) -> String {
        let id = at.id.ticket();
        match tag(sort) {
            None => id.to_string(),
            Some('t') => format!("{id}.t{}", at.title),
            Some(tag) => format!("{id}.{tag}{}", at.lead),
        }
    }

    pub(super) fn position(&self) -> Position<'_> {
        Position {
            lead: self.lead,
            title: &self.title,
            id: self.id,
        }
    }
}

/// Tells the keys apart: a price is no date.
const fn tag(sort: Sort) -> Option<char> {
    match sort {
        Sort::Newest | Sort::Oldest => None,
        Sort::Cheapest | Sort::Dearest => Some('p'),
        Sort::Soonest | Sort::Latest => Some('s'),
        Sort::TitleUp | Sort::TitleDown => Some('t'),
    }
}

/// Whether the order goes from the greatest to the least.
pub(super) const fn descends(sort: Sort) -> bool {
    matches!(
        sort,
        Sort::Newest | Sort::Dearest | Sort::Latest | Sort::TitleDown
    )
}

/// Which of two comes first.
pub(super) fn compare(sort: Sort, a: Position<'_>, b: Position<'_>) -> Ordering {
    if descends(sort) { b.cmp(&a) } else { a.cmp(&b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01JQZK5V7M3N8P2R4T6W9X0Y1Z";

    #[test]
    fn what_is_written_reads_back_as_the_same_position() {
        let id = Id::from(&ID.parse::<TicketId>().expect("a ULID"));
        let at = |lead, title| Position { lead, title, id };
        for (sort, at, text) in [
            (Sort::Newest, at(id.head(), ""), ID.to_owned()),
            (Sort::Dearest, at(4_500, ""), format!("{ID}.p4500")),
            (Sort::Soonest, at(-1, ""), format!("{ID}.s-1")),
            (
                Sort::Latest,
                at(i64::MIN, ""),
                format!("{ID}.s{}", i64::MIN),
            ),
            (
                Sort::TitleUp,
                at(head("a.b é"), "a.b é"),
                format!("{ID}.ta.b é"),
            ),
        ] {
            assert_eq!(Cursor::text(sort, at), text);
            let cursor = Cursor::parse(sort, &text).expect("a cursor");
            assert_eq!(cursor.position(), at);
        }
    }

    #[test]
    fn what_no_page_ends_with_is_no_cursor() {
        for (sort, text) in [
            (Sort::Newest, String::new()),
            (Sort::Newest, "1".to_owned()),
            (Sort::Newest, format!("{ID}.p1")),
            (Sort::Newest, "é".repeat(20)),
            (Sort::Cheapest, ID.to_owned()),
            (Sort::Cheapest, format!("{ID}.s1")),
            (Sort::Cheapest, format!("{ID}.p")),
            (Sort::Cheapest, format!("{ID}.p1e3")),
            (Sort::Cheapest, format!("{ID}.p99999999999999999999")),
            (Sort::Soonest, format!("{}.s1", "U".repeat(26))),
            (Sort::TitleUp, format!("{ID}.t{}", "x".repeat(81))),
        ] {
            assert_eq!(Cursor::parse(sort, &text), None, "{sort:?} {text}");
        }
    }
}
