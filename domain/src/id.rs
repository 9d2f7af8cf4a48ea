//! Identifiers: opaque, sortable by creation time, typed by what they name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The text was no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

/// Length of an identifier: a ULID in Crockford's base 32.
const LENGTH: usize = 26;

/// Crockford's alphabet: no `I`, `L`, `O` and `U`.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the letter `byte` of the alphabet stands for.
fn digit(byte: u8) -> usize {
    let at = ALPHABET.iter().position(|known| *known == byte);
    at.unwrap_or_default()
}

/// The bits of an identifier, whose letters were checked.
fn bits(text: &str) -> u128 {
    text.bytes()
        .fold(0, |bits, byte| bits << 5 | digit(byte) as u128)
}

/// The identifier of these bits.
fn text(bits: u128) -> String {
    let letter = |at: usize| ALPHABET[(bits >> (5 * at)) as usize & 31];
    (0..LENGTH).rev().map(|at| char::from(letter(at))).collect()
}

fn reversed(byte: u8) -> char {
    char::from(ALPHABET[ALPHABET.len() - 1 - digit(byte)])
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// How many characters it has.
            pub const LENGTH: usize = LENGTH;

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The 128 bits that it stands for, in the same order.
            #[must_use]
            pub fn bits(&self) -> u128 {
                bits(&self.0)
            }

            /// The identifier of these bits.
            #[must_use]
            pub fn of_bits(bits: u128) -> Self {
                Self(text(bits))
            }

            /// The identifier with its order reversed: what was made last
            /// comes first.
            #[must_use]
            pub fn rank(&self) -> String {
                self.0.bytes().map(reversed).collect()
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // 26 letters are 130 bits, and the first two are zero.
                if text.len() == LENGTH
                    && text.bytes().all(|byte| ALPHABET.contains(&byte))
                    && text < "8"
                {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NotAnId)
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Names a user.
    UserId
);
id!(
    /// Names a ticket.
    TicketId
);
id!(
    /// Names a link that is mailed to somebody.
    LinkId
);
id!(
    /// Names an order, and the one payment of that order.
    OrderId
);
id!(
    /// Names a case of moderation.
    CaseId
);
id!(
    /// Names an address of a program that is told what happens.
    WebhookId
);
id!(
    /// Names a key by which programs act for somebody.
    KeyId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_sort_the_newest_first() {
        let ids = [
            "01JQZK5V7M3N8P2R4T6W9X0Y1Z",
            "01JQZK5V7M3N8P2R4T6W9X0Y20",
            "01JR000000000000000000000Z",
        ];
        let ranks = ids.map(|id| id.parse::<TicketId>().expect("a ULID").rank());
        assert!(ranks.is_sorted_by(|a, b| a > b), "{ranks:?}");
    }

    #[test]
    fn bits_are_in_the_order_of_the_ids_that_they_make() {
        let ids = [
            "00000000000000000000000000",
            "01JQZK5V7M3N8P2R4T6W9X0Y1Z",
            "01JQZK5V7M3N8P2R4T6W9X0Y20",
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        ];
        let bits = ids.map(|id| id.parse::<TicketId>().expect("a ULID").bits());
        assert!(bits.is_sorted_by(|a, b| a < b), "{bits:?}");
        assert_eq!(bits[3], u128::MAX);
        assert_eq!(bits.map(|bits| TicketId::of_bits(bits).to_string()), ids);
    }

    #[test]
    fn only_ulids_are_ids() {
        assert!("01JQZK5V7M3N8P2R4T6W9X0Y1Z".parse::<TicketId>().is_ok());
        for bad in [
            "",
            "1",
            "01jqzk5v7m3n8p2r4t6w9x0y1z",
            "01JQZK5V7M3N8P2R4T6W9X0Y1U",
            "01JQZK5V7M3N8P2R4T6W9X0Y1Z0",
            "é1JQZK5V7M3N8P2R4T6W9X0Y1",
            "80000000000000000000000000",
        ] {
            assert_eq!(bad.parse::<TicketId>(), Err(NotAnId), "{bad}");
        }
        assert!(serde_json::from_str::<OrderId>("\"ticket:1\"").is_err());
    }
}
