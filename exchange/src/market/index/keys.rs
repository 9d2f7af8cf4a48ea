//! What listings are ordered by, as numbers and bytes in the same order.

use domain::TicketId;

/// The start of what has none: after all others.
pub(super) const UNDATED: i64 = i64::MAX;

/// An identifier in 16 bytes, in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id([u8; 16]);

impl Id {
    pub(super) const LEAST: Self = Self([0; 16]);
    pub(super) const GREATEST: Self = Self([u8::MAX; 16]);

    /// The first bytes as a number in the same order.
    pub(super) fn head(self) -> i64 {
        let [head, ..] = self.0.as_chunks().0 else {
            return 0;
        };
        ordered(*head)
    }

    pub(super) fn ticket(self) -> TicketId {
        TicketId::of_bits(u128::from_be_bytes(self.0))
    }
}

impl From<&TicketId> for Id {
    fn from(id: &TicketId) -> Self {
        Self(id.bits().to_be_bytes())
    }
}

/// Where a row stands in an order; what the order does not compare is the same
/// in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position<'a> {
    pub(super) lead: i64,
    pub(super) title: &'a str,
    pub(super) id: Id,
}

/// The first bytes of a sort key as a number in the same order.
pub(super) fn head(key: &str) -> i64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(key.bytes()) {
        *to = from;
    }
    ordered(bytes)
}

const fn ordered(bytes: [u8; 8]) -> i64 {
    (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
}

/// A price as the ranges have it: where it is more than that, the greatest.
pub(super) fn priced(price: i64) -> u32 {
    u32::try_from(price.max(0)).unwrap_or(u32::MAX)
}

/// A date as the ranges have it: nothing begins before 1970.
pub(super) fn dated(day: i32) -> u32 {
    u32::try_from(day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_title_is_in_the_order_of_titles() {
        let titles = [
            "",
            "1",
            "a",
            "a b",
            "aaaaaaaa",
            "aaaaaaab",
            "b",
            "é",
            "日本",
            "\u{10ffff}",
        ];
        let heads = titles.map(head);
        assert!(heads.is_sorted_by(|a, b| a < b), "{heads:?}");
        assert_eq!(head("aaaaaaaab"), head("aaaaaaaac"));
    }
}
