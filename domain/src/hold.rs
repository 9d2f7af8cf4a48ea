//! How many tickets one buyer holds: a record that every reservation of the
//! buyer writes, because a limit that only counts rows is write skew.

use serde::{Deserialize, Serialize};

use crate::{
    OrderId, Refusal, TicketId, Timestamp, UserId,
    order::{HoldTimes, Order},
};

/// A live hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The order that holds.
    pub order: OrderId,
    /// When it ends.
    pub due_at: Timestamp,
}

/// A ticket that the buyer let go moments ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// The ticket.
    pub ticket: TicketId,
    /// When the buyer may reserve it again.
    pub until: Timestamp,
}

/// One user's holds, and whether they may have any: whatever a deleted account
/// may no longer begin writes this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldQuota {
    /// The buyer, who also names the record.
    pub id: UserId,
    /// Live holds.
    pub holds: Vec<Hold>,
    /// Tickets the buyer cannot reserve for a moment.
    pub cooldowns: Vec<Cooldown>,
    /// Whether the buyer's account is deleted or suspended: a request of theirs may
    /// still be on its way.
    #[serde(default)]
    pub closed: bool,
    /// Grows by one with every change; 0 means that there is no record yet.
    pub version: u32,
}

impl HoldQuota {
    /// The quota of a buyer who never reserved.
    #[must_use]
    pub const fn new(buyer: UserId) -> Self {
        Self {
            id: buyer,
            holds: Vec::new(),
            cooldowns: Vec::new(),
            closed: false,
            version: 0,
        }
    }

    /// The quota of somebody who reserves no more.
    ///
    /// # Errors
    /// [`Refusal::StillParty`] while a hold lives.
    pub fn close(&self, now: Timestamp) -> Result<Self, Refusal> {
        let next = Self {
            closed: true,
            ..self.changed(now)
        };
        if next.holds.is_empty() {
            Ok(next)
        } else {
            Err(Refusal::StillParty)
        }
    }

    /// The quota of somebody who is suspended, or no longer. What they hold is let
    /// go afterwards.
    #[must_use]
    pub fn suspend(&self, suspended: bool, now: Timestamp) -> Self {
        Self {
            closed: suspended,
            ..self.changed(now)
        }
    }

    /// The quota of somebody who begins something else than a hold.
    ///
    /// # Errors
    /// [`Refusal::AccountGone`] once it is [closed](Self::close).
    pub fn go_on(&self, now: Timestamp) -> Result<Self, Refusal> {
        if self.closed {
            return Err(Refusal::AccountGone);
        }
        Ok(self.changed(now))
    }

    fn changed(&self, now: Timestamp) -> Self {
        let mut next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        // A hold whose time is up counts no longer, even while its order still
        // waits to be cancelled.
        next.holds.retain(|hold| hold.due_at > now);
        next.cooldowns.retain(|cooldown| cooldown.until > now);
        next
    }

    /// Counts `order` if there is room for it.
    ///
    /// # Errors
    /// [`Refusal::TooManyHolds`], [`Refusal::CoolingDown`], or as
    /// [`go_on`](Self::go_on).
    pub fn admit(&self, order: &Order, max: usize, now: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.go_on(now)?;
        if let Some(cooldown) = next
            .cooldowns
            .iter()
            .find(|cooldown| cooldown.ticket == order.ticket)
        {
            return Err(Refusal::CoolingDown {
                until: cooldown.until,
            });
        }
        if next.holds.len() >= max {
            return Err(Refusal::TooManyHolds { max });
        }
        next.holds.push(Hold {
            order: order.id.clone(),
            due_at: order.due_at(),
        });
        Ok(next)
    }

    /// Notes the new end of a hold that is being paid; an authorised one has
    /// no end of its own.
    #[must_use]
    pub fn extend(&self, order: &OrderId, due_at: Timestamp, now: Timestamp) -> Self {
        let mut next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        for hold in next.holds.iter_mut().filter(|hold| hold.order == *order) {
            hold.due_at = due_at;
        }
        next.holds.retain(|hold| hold.due_at > now);
        next
    }

    /// Counts `order` no longer; unless it was paid, its buyer waits before
    /// reserving the same ticket again.
    #[must_use]
    pub fn settle(&self, order: &Order, paid: bool, times: HoldTimes, now: Timestamp) -> Self {
        let mut next = self.changed(now);
        next.holds.retain(|hold| hold.order != order.id);
        let until = now + times.cooldown;
        if !paid && until > now {
            next.cooldowns
                .retain(|cooldown| cooldown.ticket != order.ticket);
            next.cooldowns.push(Cooldown {
                ticket: order.ticket.clone(),
                until,
            });
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fixtures::{order, order_id, user_id};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    const TIMES: HoldTimes = HoldTimes {
        hold: Duration::from_secs(900),
        grace: Duration::from_secs(120),
        cooldown: Duration::from_secs(60),
    };

    #[test]
    fn only_live_holds_count() {
        let mut quota = HoldQuota::new(user_id(2));
        for n in 1..=4 {
            quota = quota
                .admit(
                    &Order {
                        id: order_id(n),
                        ..order()
                    },
                    4,
                    NOW,
                )
                .expect("room");
        }
        let fifth = Order {
            id: order_id(5),
            ..order()
        };
        assert_eq!(
            quota.admit(&fifth, 4, NOW),
            Err(Refusal::TooManyHolds { max: 4 })
        );
        let later = order().due_at();
        assert!(quota.admit(&fifth, 4, later).is_ok());
        let kept = quota.extend(&order_id(1), later + TIMES.grace, NOW);
        assert_eq!(
            kept.admit(&fifth, 1, later),
            Err(Refusal::TooManyHolds { max: 1 })
        );
    }

    #[test]
    fn after_an_unpaid_hold_the_same_ticket_waits_a_moment() {
        let quota = HoldQuota::new(user_id(2))
            .admit(&order(), 4, NOW)
            .expect("room");
        let let_go = quota.settle(&order(), false, TIMES, NOW);
        assert_eq!(
            let_go.admit(&order(), 4, NOW),
            Err(Refusal::CoolingDown {
                until: NOW + TIMES.cooldown
            })
        );
        assert!(let_go.admit(&order(), 4, NOW + TIMES.cooldown).is_ok());
        assert!(
            quota
                .settle(&order(), true, TIMES, NOW)
                .admit(&order(), 4, NOW)
                .is_ok()
        );
    }
}
