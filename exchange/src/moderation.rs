//! Moderation: decides whether a listing may be on the market.
//!
//! Until there are rules and a queue, every listing is approved. This is the
//! one place that does so.

use domain::{TicketId, event::Data, ticket::TicketStatus};

use crate::{
    Error, Exchange, Result, market,
    platform::{
        bus::EVENTS,
        commit::{Commit, CommitError, Rounds},
        consumer::{self, Failure, Handler},
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

    async fn handle(&self, _subject: &str, payload: &[u8]) -> std::result::Result<(), Failure> {
        let event = consumer::event(payload)?;
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
        let id = consumer::identifier(&event.id)?;
        Ok(judge(&self.exchange, &id, content_version, Some(&message_id)).await?)
    }
}

/// Decides about what version `content_version` of a listing says, as the
/// effect of a message if one asks for it.
///
/// # Errors
/// [`Error::NotFound`], or when the database is away.
pub(crate) async fn judge(
    exchange: &Exchange,
    id: &TicketId,
    content_version: u32,
    message_id: Option<&str>,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let before = market::ticket(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let now = exchange.clock.now();
        // Edited, withdrawn or approved meanwhile: nothing left to decide.
        let Ok(approved) = before.approve(content_version, now) else {
            return Ok(());
        };
        let mut commit = Commit::new("approve listing").ticket(Some(&before), &approved)?;
        if let Some(message_id) = message_id {
            commit = commit.once(Judge::NAME, message_id, now);
        }
        match commit.run(&exchange.db).await {
            Ok(()) | Err(CommitError::Processed) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}
