//! The ledger: who owes whom, in double entry.
//!
//! An entry is written in the commit of what it records, once, and never
//! changed. Its postings sum to zero. Stripe's fees are unknown to the
//! exchange, so they are not in it.

use serde::{Deserialize, Serialize};

use crate::{Amount, OrderId, Timestamp, UserId, order::Order};

/// Whose money it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "account", content = "user")]
pub enum Account {
    /// What a buyer owes, and pays or gets back: nothing in the end.
    Buyer(UserId),
    /// What lies with the payment service for the exchange.
    Platform,
    /// What a seller is owed, negative.
    Seller(UserId),
    /// What was lost to disputes.
    Disputes,
}

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The buyer paid.
    Captured,
    /// The money went back.
    Refunded,
    /// The card holder won a dispute.
    DisputeLost,
}

impl Kind {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Refunded => "refunded",
            Self::DisputeLost => "dispute_lost",
        }
    }
}

/// A change of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Minor units: a debit is positive, a credit negative.
    pub amount: i64,
}

/// One entry; an order has at most one of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The order that it is about.
    pub order: OrderId,
    /// What it records.
    pub kind: Kind,
    /// When it was committed.
    pub at: Timestamp,
    /// Its postings, which sum to zero.
    pub postings: Vec<Posting>,
}

impl Entry {
    /// The entry of `kind` for `order`: of its whole price, but for a dispute,
    /// which may be of a part.
    #[must_use]
    pub fn new(order: &Order, kind: Kind, amount: Amount, at: Timestamp) -> Self {
        let amount = amount.minor();
        let buyer = || Account::Buyer(order.buyer.clone());
        let seller = || Account::Seller(order.seller.clone());
        // The buyer owes the seller and pays the exchange.
        let postings = match kind {
            Kind::Captured => vec![
                (buyer(), amount),
                (seller(), -amount),
                (Account::Platform, amount),
                (buyer(), -amount),
            ],
            Kind::Refunded => vec![
                (seller(), amount),
                (buyer(), -amount),
                (buyer(), amount),
                (Account::Platform, -amount),
            ],
            Kind::DisputeLost => vec![(Account::Disputes, amount), (Account::Platform, -amount)],
        };
        Self {
            order: order.id.clone(),
            kind,
            at,
            postings: postings
                .into_iter()
                .map(|(account, amount)| Posting { account, amount })
                .collect(),
        }
    }

    /// How much it is about, in minor units.
    #[must_use]
    pub fn amount(&self) -> Amount {
        let amounts = self.postings.iter().map(|posting| posting.amount);
        Amount::from_minor(amounts.max().unwrap_or_default())
    }

    /// Whether what is debited is credited.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.postings
            .iter()
            .try_fold(0_i64, |sum, posting| sum.checked_add(posting.amount))
            == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::fixtures::order;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn balances(kinds: &[Kind]) -> HashMap<Account, i64> {
        let mut accounts = HashMap::new();
        for kind in kinds {
            let entry = Entry::new(&order(), *kind, order().price, NOW);
            assert!(entry.balances());
            for posting in entry.postings {
                *accounts.entry(posting.account).or_default() += posting.amount;
            }
        }
        accounts
    }

    #[test]
    fn what_was_paid_is_owed_to_the_seller_until_it_goes_back() {
        let price = order().price.minor();
        let paid = balances(&[Kind::Captured]);
        assert_eq!(paid[&Account::Platform], price);
        assert_eq!(paid[&Account::Seller(order().seller)], -price);
        assert_eq!(paid[&Account::Buyer(order().buyer)], 0);
        let refunded = balances(&[Kind::Captured, Kind::Refunded]);
        assert!(refunded.values().all(|balance| *balance == 0));
        let lost = balances(&[Kind::Captured, Kind::DisputeLost]);
        assert_eq!(lost[&Account::Platform], 0);
        assert_eq!(lost[&Account::Disputes], price);
    }

    #[test]
    fn entries_read_back_as_what_was_written() {
        let entry = Entry::new(&order(), Kind::Captured, order().price, NOW);
        let text = serde_json::to_string(&entry).expect("serializes");
        let read: Entry = serde_json::from_str(&text).expect("reads back");
        assert_eq!(read, entry);
    }
}
