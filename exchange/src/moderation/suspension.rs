//! What follows from somebody's being suspended: what they hold is let go, and
//! what they offer leaves the market until a moderator has looked at it, or until
//! they are suspended no longer.
//!
//! Nothing new comes meanwhile: whoever reserves or lists writes their quota, which
//! was closed by the same commit, and a listing that is being judged is written
//! here, so that its judge decides again.

use domain::{
    CaseId, TicketId, UserId,
    moderation::{Case, CaseStatus, Reason, Signal},
    ticket::{Ticket, TicketStatus},
};

use super::open_case;
use crate::{
    Exchange, Result, accounts, market, new_id, orders,
    platform::commit::{Commit, Rounds},
};

/// Listings that are looked at at once.
const BATCH: usize = 100;

/// Does what follows from `user` being suspended or not, as they are by now.
///
/// # Errors
/// When the database is away; it is done again from the beginning.
pub async fn follow(exchange: &Exchange, user: &UserId) -> Result<()> {
    let Some(account) = accounts::find(exchange, user).await? else {
        return Ok(());
    };
    if account.suspended {
        let quota = orders::store::quota(&exchange.db, user).await?;
        for hold in &quota.holds {
            orders::end_for_moderation(exchange, &hold.order).await?;
        }
    }
    let mut after = String::new();
    loop {
        let page = market::store::of_owner(&exchange.db, user, &after, BATCH).await?;
        for ticket in &page.items {
            if account.suspended {
                hide(exchange, &ticket.id).await?;
            } else {
                judge_anew(exchange, ticket).await?;
            }
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

/// Hides a ticket that came to the market while its seller is suspended: from an
/// order that was being paid then, and was not, or whose money went back.
///
/// # Errors
/// When the database is away.
pub(super) async fn follow_ticket(
    exchange: &Exchange,
    ticket: &TicketId,
    owner: &UserId,
) -> Result<()> {
    let seller = accounts::find(exchange, owner).await?;
    if seller.is_some_and(|seller| seller.suspended) {
        hide(exchange, ticket).await?;
    }
    Ok(())
}

const fn suspended() -> Reason {
    Reason {
        signal: Signal::Suspended,
        found: None,
    }
}

async fn hide(exchange: &Exchange, ticket: &TicketId) -> Result<()> {
    let id: CaseId = new_id(&exchange.clock)?;
    let mut rounds = Rounds::new();
    loop {
        let Some(before) = market::ticket(&exchange.db, ticket).await? else {
            return Ok(());
        };
        if before.status == TicketStatus::Reserved {
            let Some(order) = &before.current_order else {
                return Ok(());
            };
            // Whoever is paying gets what they pay for.
            if !orders::end_for_moderation(exchange, order).await? {
                return Ok(());
            }
            continue;
        }
        if !matches!(
            before.status,
            TicketStatus::Pending | TicketStatus::Available
        ) {
            return Ok(());
        }
        let now = exchange.clock.now();
        let open = open_case(exchange, &before).await?;
        let case = match &open {
            Some(case) if case.reasons.contains(&suspended()) => return Ok(()),
            Some(case) => case.add(suspended(), now),
            None => Ok(Case::of(
                id.clone(),
                &before,
                CaseStatus::Open,
                vec![suspended()],
                now,
            )),
        };
        // Decided since the listing was read.
        let Ok(case) = case else {
            rounds.again().await?;
            continue;
        };
        let hidden = before.hide(&case.id, now)?;
        let commit = Commit::new("hide listing")
            .ticket(Some(&before), &hidden)?
            .case(open.as_ref(), &case)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Has a listing judged that waited for its seller only.
async fn judge_anew(exchange: &Exchange, ticket: &Ticket) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let Some(before) = market::ticket(&exchange.db, &ticket.id).await? else {
            return Ok(());
        };
        let Some(case) = open_case(exchange, &before).await? else {
            return Ok(());
        };
        if before.status != TicketStatus::Pending || case.reasons != [suspended()] {
            return Ok(());
        }
        let now = exchange.clock.now();
        let commit = Commit::new("judge anew")
            .ticket(Some(&before), &before.judge_anew(now)?)?
            .case(Some(&case), &case.close(now)?)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}
