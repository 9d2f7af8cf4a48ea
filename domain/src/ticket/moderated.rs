//! What moderation does to a listing.

use super::{Ticket, TicketStatus};
use crate::{
    CaseId, Refusal, Timestamp,
    permission::{Moderate, Permit, ReportTicket},
};

impl Ticket {
    fn check_judged(&self, judged: u32) -> Result<(), Refusal> {
        if judged == self.content_version {
            Ok(())
        } else {
            Err(Refusal::StaleEdit)
        }
    }

    /// Moderation lets it on the market, or finds nothing against one that is or
    /// was there.
    ///
    /// # Errors
    /// [`Refusal::StaleEdit`] when what was judged is not what it says now, or
    /// [`Refusal::NoSuchStep`].
    pub fn approve(&self, judged: u32, now: Timestamp) -> Result<Self, Refusal> {
        self.check_judged(judged)?;
        let approved = if self.case.is_some() && self.status != TicketStatus::Pending {
            self.changed(now)
        } else {
            self.step(&[TicketStatus::Pending], TicketStatus::Available, now)?
        };
        Ok(Self {
            case: None,
            reports: 0,
            lowered: false,
            ..approved
        })
    }

    /// Moderation does not let it on the market, or takes it off until its seller
    /// has mended it. One that is held has to be let go by the same commit.
    ///
    /// # Errors
    /// [`Refusal::StaleEdit`] when what was judged is not what it says now,
    /// [`Refusal::Sold`], or [`Refusal::NoSuchStep`].
    pub fn reject(&self, judged: u32, now: Timestamp) -> Result<Self, Refusal> {
        self.check_judged(judged)?;
        let from = [
            TicketStatus::Pending,
            TicketStatus::Available,
            TicketStatus::Reserved,
        ];
        self.take_down(&from, TicketStatus::Rejected, now)
    }

    fn take_down(
        &self,
        from: &[TicketStatus],
        to: TicketStatus,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if self.status == TicketStatus::Sold {
            return Err(Refusal::Sold);
        }
        Ok(Self {
            case: None,
            current_order: None,
            ..self.step(from, to, now)?
        })
    }

    /// Its seller was suspended, or many reported it: it waits for a moderator to
    /// decide `case`.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is on its way to the market, or there.
    pub fn hide(&self, case: &CaseId, now: Timestamp) -> Result<Self, Refusal> {
        let hidden = if self.status == TicketStatus::Pending {
            self.changed(now)
        } else {
            self.step(&[TicketStatus::Available], TicketStatus::Pending, now)?
        };
        Ok(Self {
            case: Some(case.clone()),
            ..hidden
        })
    }

    /// It is judged anew, since its case is closed.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is pending.
    pub fn judge_anew(&self, now: Timestamp) -> Result<Self, Refusal> {
        if self.status != TicketStatus::Pending {
            return Err(Refusal::NoSuchStep {
                from: self.status.name(),
                to: TicketStatus::Pending.name(),
            });
        }
        Ok(Self {
            case: None,
            ..self.changed(now)
        })
    }

    /// It waits for a moderator to decide `case`.
    ///
    /// # Errors
    /// As [`Ticket::approve`].
    pub fn question(&self, judged: u32, case: &CaseId, now: Timestamp) -> Result<Self, Refusal> {
        self.check_judged(judged)?;
        if self.status != TicketStatus::Pending || self.case.is_some() {
            return Err(Refusal::NoSuchStep {
                from: self.status.name(),
                to: TicketStatus::Pending.name(),
            });
        }
        Ok(Self {
            case: Some(case.clone()),
            ..self.changed(now)
        })
    }

    /// One more person reported it, which `case` is about: it is found less often
    /// from now on, or not at all until it was judged.
    ///
    /// # Errors
    /// [`Refusal::NotOnMarket`].
    pub(crate) fn report(
        &self,
        case: &CaseId,
        lower_at: u32,
        hide_at: u32,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if !self.status.is_listed() {
            return Err(Refusal::NotOnMarket);
        }
        let reports = self.reports + 1;
        let reported = if reports >= hide_at && self.status == TicketStatus::Available {
            self.step(&[TicketStatus::Available], TicketStatus::Pending, now)?
        } else {
            self.changed(now)
        };
        Ok(Self {
            case: Some(case.clone()),
            reports,
            lowered: reports >= lower_at,
            ..reported
        })
    }

    /// A moderator takes it down for good. One that is held has to be let go by
    /// the same commit.
    ///
    /// # Errors
    /// [`Refusal::Sold`], or [`Refusal::NoSuchStep`] when it is closed.
    pub(crate) fn remove(&self, now: Timestamp) -> Result<Self, Refusal> {
        let from = [
            TicketStatus::Pending,
            TicketStatus::Available,
            TicketStatus::Rejected,
            TicketStatus::Reserved,
        ];
        self.take_down(&from, TicketStatus::Removed, now)
    }
}

impl Permit<ReportTicket<'_>> {
    /// One more person reported it, which `case` is about: it is found less often
    /// from `lower_at` reports on, and not at all from `hide_at` on until it was
    /// judged.
    ///
    /// # Errors
    /// [`Refusal::NotOnMarket`].
    pub fn report(
        &self,
        case: &CaseId,
        lower_at: u32,
        hide_at: u32,
        now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        self.action.0.report(case, lower_at, hide_at, now)
    }
}

impl Permit<Moderate> {
    /// A moderator takes `ticket` down for good. One that is held has to be let go by
    /// the same commit.
    ///
    /// # Errors
    /// [`Refusal::Sold`], or [`Refusal::NoSuchStep`] when it is closed.
    pub fn remove(&self, ticket: &Ticket, now: Timestamp) -> Result<Ticket, Refusal> {
        ticket.remove(now)
    }
}
