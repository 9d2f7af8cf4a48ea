//! Moderation: decides whether a listing may be on the market.
//!
//! Until there are rules and a queue, every listing is approved. This is the
//! one place that does so.

use domain::{TicketId, event::Data, ticket::TicketStatus};

use crate::{
    Exchange, expiration, market,
    platform::{
        bus::EVENTS,
        commit::{Commit, CommitError, Rounds},
        consumer::{Failure, Handler},
    },
};

/// Judges listings as they come and change.
pub(crate) struct Judge {
    pub(crate) exchange: Exchange,
}

impl Handler for Judge {
    const NAME: &'static str = "moderation";
    const STREAM: &'static str = EVENTS;
    const SUBJECTS: &'static [&'static str] = &["ticket.created.>", "ticket.updated.>"];

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let event = expiration::read(payload)?;
        let message_id = event.message_id();
        let Data::Ticket {
            ticket_status,
            content_version,
            ..
        } = event.data
        else {
            return Err(Failure::Never("not a ticket's event".to_owned()));
        };
        if ticket_status != TicketStatus::Pending {
            return Ok(());
        }
        let id: TicketId = event
            .id
            .parse()
            .map_err(|_| Failure::Never("not the identifier of a ticket".to_owned()))?;
        let mut rounds = Rounds::new();
        loop {
            let Some(before) = market::ticket(&self.exchange.db, &id).await? else {
                return Err(Failure::Never("there is no such ticket".to_owned()));
            };
            let now = self.exchange.clock.now();
            // Edited, withdrawn or approved meanwhile: nothing left to decide.
            let Ok(approved) = before.approve(content_version, now) else {
                return Ok(());
            };
            let commit = Commit::new("approve listing")
                .ticket(Some(&before), &approved)?
                .once(Self::NAME, &message_id, now);
            match commit.run(&self.exchange.db).await {
                Ok(()) | Err(CommitError::Processed) => return Ok(()),
                Err(stale) => rounds.next(stale).await?,
            }
        }
    }
}
