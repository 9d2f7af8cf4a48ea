//! Moderation: what is against a listing, and what is decided about it.
//!
//! A case names the version of the content that it judges. The listing itself
//! says which case it waits for ([`Ticket::case`]), and every decision is one
//! commit of both: whoever edits, decides or reserves meanwhile finds another
//! version, and decides again on what is so by then.

use serde::{Deserialize, Serialize};

use crate::{
    CaseId, Refusal, TicketId, Timestamp, UserId,
    permission::{Moderate, Permit},
    ticket::Ticket,
};

/// What can be against a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A word, phrase or pattern that no listing may have.
    Banned,
    /// A way to reach the seller past the exchange.
    Contact,
    /// A link to another site.
    Link,
    /// A way to pay past the exchange.
    Payment,
    /// It is about something else than a ticket.
    Spam,
    /// Mostly capitals.
    Capitals,
    /// A price far from those of similar listings.
    Price,
    /// A new account that lists much.
    NewAccount,
    /// The same ticket is listed already.
    Duplicate,
    /// Somebody reported it.
    Report,
    /// The scorer that the operator attached has doubts.
    Scorer,
    /// That scorer did not answer.
    ScorerAway,
    /// Its seller was suspended when it was to be judged.
    Suspended,
}

impl Signal {
    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Banned => "banned",
            Self::Contact => "contact",
            Self::Link => "link",
            Self::Payment => "payment",
            Self::Spam => "spam",
            Self::Capitals => "capitals",
            Self::Price => "price",
            Self::NewAccount => "new_account",
            Self::Duplicate => "duplicate",
            Self::Report => "report",
            Self::Scorer => "scorer",
            Self::ScorerAway => "scorer_away",
            Self::Suspended => "suspended",
        }
    }
}

/// One thing that is against a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What.
    pub signal: Signal,
    /// What was found: the entry of a list, another ticket, a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// What a report says of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The ticket is not genuine, or not the seller's.
    Fraud,
    /// It is listed twice.
    Duplicate,
    /// It says something else than what is sold.
    Misleading,
    /// It is abusive.
    Offensive,
    /// It asks buyers to go elsewhere.
    Contact,
    /// Anything else.
    Other,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 6] = [
        Self::Fraud,
        Self::Duplicate,
        Self::Misleading,
        Self::Offensive,
        Self::Contact,
        Self::Other,
    ];

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fraud => "fraud",
            Self::Duplicate => "duplicate",
            Self::Misleading => "misleading",
            Self::Offensive => "offensive",
            Self::Contact => "contact",
            Self::Other => "other",
        }
    }

    /// The category of this [name](Self::name).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// It waits for a moderator.
    #[default]
    Open,
    /// The listing may be on the market.
    Approved,
    /// It may not, as it is.
    Rejected,
    /// It was taken down for good.
    Removed,
    /// There is nothing to decide any more: the listing was edited, withdrawn or
    /// sold.
    Closed,
}

impl CaseStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Approved,
        Self::Rejected,
        Self::Removed,
        Self::Closed,
    ];

    /// The state table: what a case in this status may become.
    #[must_use]
    pub const fn may_become(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::Approved, Self::Rejected, Self::Removed, Self::Closed],
            Self::Approved | Self::Rejected | Self::Removed | Self::Closed => &[],
        }
    }

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Removed => "removed",
            Self::Closed => "closed",
        }
    }

    /// The status of this [name](Self::name).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What a moderator can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may be on the market.
    Approve,
    /// It may not as it is: its owner can edit it.
    Reject,
    /// It never may.
    Remove,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::Approve, Self::Reject, Self::Remove];

    /// The name under which it is sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Remove => "remove",
        }
    }

    /// The decision of this [name](Self::name).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|decision| decision.name() == name)
    }

    /// What becomes of the case.
    #[must_use]
    pub const fn outcome(self) -> CaseStatus {
        match self {
            Self::Approve => CaseStatus::Approved,
            Self::Reject => CaseStatus::Rejected,
            Self::Remove => CaseStatus::Removed,
        }
    }
}

/// What moderation decides about a version of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its identifier.
    pub id: CaseId,
    /// The listing.
    pub ticket: TicketId,
    /// The version of what its owner wrote that is judged.
    pub content_version: u32,
    /// Whose listing it is.
    pub seller: UserId,
    /// Where it stands.
    pub status: CaseStatus,
    /// What is against the listing.
    pub reasons: Vec<Reason>,
    /// Who decided; nobody when the rules did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<UserId>,
    /// What the seller is told of why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// Grows by one with every change.
    pub version: u32,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Case {
    /// A case of `ticket` as it is: open, or decided by the rules.
    #[must_use]
    pub fn of(
        id: CaseId,
        ticket: &Ticket,
        status: CaseStatus,
        reasons: Vec<Reason>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            ticket: ticket.id.clone(),
            content_version: ticket.content_version,
            seller: ticket.owner.clone(),
            status,
            reasons,
            decided_by: None,
            explanation: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn step(&self, to: CaseStatus, now: Timestamp) -> Result<Self, Refusal> {
        if !self.status.may_become().contains(&to) {
            return Err(Refusal::CaseDecided);
        }
        Ok(Self {
            status: to,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// There is nothing to decide any more.
    ///
    /// # Errors
    /// [`Refusal::CaseDecided`] when it was decided.
    pub fn close(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.step(CaseStatus::Closed, now)
    }

    /// One more thing is against the listing.
    ///
    /// # Errors
    /// [`Refusal::CaseDecided`] when it was decided.
    pub fn add(&self, reason: Reason, now: Timestamp) -> Result<Self, Refusal> {
        if self.status != CaseStatus::Open {
            return Err(Refusal::CaseDecided);
        }
        let mut reasons = self.reasons.clone();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        Ok(Self {
            reasons,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        })
    }
}

impl Permit<Moderate> {
    /// The moderator decides `case`.
    ///
    /// # Errors
    /// [`Refusal::CaseDecided`] when somebody else did.
    pub fn decide(
        &self,
        case: &Case,
        decision: Decision,
        explanation: Option<String>,
        now: Timestamp,
    ) -> Result<Case, Refusal> {
        Ok(Case {
            decided_by: Some(self.by().clone()),
            explanation,
            ..case.step(decision.outcome(), now)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{moderator, state_table, ticket};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn open() -> Case {
        Case::of(
            CaseId::of_bits(1),
            &ticket(),
            CaseStatus::Open,
            Vec::new(),
            NOW,
        )
    }

    #[test]
    fn transitions_are_the_state_table() {
        assert_eq!(
            state_table(&CaseStatus::ALL, CaseStatus::name, CaseStatus::may_become),
            "open>approved,rejected,removed,closed approved> rejected> removed> closed>"
        );
    }

    #[test]
    fn a_case_is_decided_once() {
        let permit = moderator().may(Moderate).expect("a moderator");
        let decide = |case: &Case, decision| permit.decide(case, decision, None, NOW);
        let decided = decide(&open(), Decision::Reject).expect("open");
        assert_eq!(decided.version, 2);
        for again in [
            decide(&decided, Decision::Approve),
            decided.close(NOW),
            decided.add(
                Reason {
                    signal: Signal::Report,
                    found: None,
                },
                NOW,
            ),
        ] {
            assert_eq!(again, Err(Refusal::CaseDecided));
        }
    }
}
