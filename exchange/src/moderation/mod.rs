//! Moderation: decides whether a listing may be on the market.
//!
//! Rules decide about most listings within a second of their event; what they
//! have doubts about waits for a moderator. Every decision is one commit of the
//! listing and of its case, so of an edit, a reservation and two moderators at the
//! same moment one is first, and the others decide again.

mod book;
mod facts;
mod fingerprint;
pub(crate) mod link;
mod phone;
mod rules;
mod scorer;
pub(crate) mod store;
mod suspension;
mod text;

use std::collections::HashMap;

use domain::{
    CaseId, FieldErrors, Problem, Refusal, TicketId, Timestamp, UserId,
    account::AccountChange,
    event::Data,
    moderation::{Case, CaseStatus, Category, Decision, Reason, Signal},
    order::CancelReason,
    permission::{Actor, Moderate, Permit, ReportTicket, Viewer},
    text::{Limits, parse},
    ticket::{Ticket, TicketStatus},
};

use crate::{
    Error, Exchange, Page, Result, accounts,
    audit::Act,
    limits, market, new_id, orders,
    platform::{
        bus::EVENTS,
        commit::{Commit, Rounds},
        consumer::{self, Failure, Handler},
    },
};
pub use book::Book;
pub use link::{case_by_link, decide_by_link};
use rules::{Findings, Rules};
pub use scorer::Scorer;
pub use store::Report;
pub use suspension::follow as follow_suspension;

/// Cases on one page of the queue.
pub const PAGE: usize = 24;

/// What a moderator tells the seller, and what is said in a report.
pub const EXPLANATION: Limits = Limits {
    min: 0,
    max: 500,
    lines: true,
};

/// Judges listings as they come and change.
pub(crate) struct Judge {
    pub(crate) exchange: Exchange,
}

impl Handler for Judge {
    const NAME: &'static str = "moderation";
    const STREAM: &'static str = EVENTS;
    const SUBJECTS: &'static [&'static str] =
        &["ticket.created.>", "ticket.updated.>", "user.updated.>"];

    async fn handle(&self, _subject: &str, payload: &[u8]) -> std::result::Result<(), Failure> {
        let event = consumer::event(payload)?;
        match event.data {
            Data::Ticket {
                ticket_status: TicketStatus::Pending,
                content_version,
                ..
            } => {
                let id = consumer::identifier(&event.id)?;
                judge(&self.exchange, &id, content_version).await?;
            }
            Data::Ticket {
                ticket_status: TicketStatus::Available,
                owner,
                ..
            } => {
                let id = consumer::identifier(&event.id)?;
                suspension::follow_ticket(&self.exchange, &id, &owner).await?;
                hide_reported(&self.exchange, &id).await?;
            }
            Data::User {
                change: Some(AccountChange::Suspended | AccountChange::Reinstated),
                ..
            } => {
                let id = consumer::identifier(&event.id)?;
                follow_suspension(&self.exchange, &id).await?;
            }
            Data::Ticket { .. } | Data::User { .. } => {}
            _ => return Err(Failure::Never("not an event of these".to_owned())),
        }
        Ok(())
    }
}

/// Decides about what version `content_version` of a listing says, if nobody
/// has: it is approved, rejected, or waits for a moderator.
///
/// # Errors
/// [`Error::NotFound`], or when the database is away.
pub async fn judge(exchange: &Exchange, id: &TicketId, content_version: u32) -> Result<()> {
    let case_id = new_id(&exchange.clock)?;
    let mut rounds = Rounds::new();
    loop {
        let before = market::ticket(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        // Edited, withdrawn or decided meanwhile.
        if before.status != TicketStatus::Pending
            || before.case.is_some()
            || before.content_version != content_version
        {
            return Ok(());
        }
        let now = exchange.clock.now();
        let rules = exchange.rules.rules();
        let (findings, claims) = facts::gather(exchange, &rules, &before, now).await?;
        let (ticket, case) = ruling(&rules, &before, findings, &case_id, now)?;
        let mut commit = Commit::new("judge listing")
            .ticket(Some(&before), &ticket)?
            .case(None, &case)?
            .audited(&act(Actor::Exchange, &case))?;
        if case.status != CaseStatus::Rejected {
            commit = store::claim(commit, claims, &before.id);
        }
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

fn ruling(
    rules: &Rules,
    before: &Ticket,
    findings: Findings,
    id: &CaseId,
    now: Timestamp,
) -> Result<(Ticket, Case)> {
    let judged = before.content_version;
    let (status, ticket) = if findings.is_banned() {
        (CaseStatus::Rejected, before.reject(judged, now)?)
    } else if rules.is_risky(&findings) {
        (CaseStatus::Open, before.question(judged, id, now)?)
    } else {
        (CaseStatus::Approved, before.approve(judged, now)?)
    };
    let case = Case::of(id.clone(), before, status, findings.into_reasons(), now);
    Ok((ticket, case))
}

/// Decides an open case. Whoever holds a ticket that is rejected or removed loses
/// it, and pays nothing.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::NotFound`], [`Error::Invalid`] without an
/// `explanation` for the seller where there has to be one, or [`Error::Refused`]
/// when somebody else was faster or the ticket is being paid or sold.
pub async fn decide(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &CaseId,
    decision: &str,
    explanation: &str,
) -> Result<()> {
    let permit = viewer.may(Moderate)?;
    let decision =
        Decision::by_name(decision).ok_or_else(|| Error::invalid("decision", Problem::Required))?;
    let explanation = explained(decision, explanation)?;
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let before = store::case(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let case = permit.decide(&before, decision, explanation.clone(), now)?;
        let ticket = market::ticket(&exchange.db, &before.ticket)
            .await?
            .ok_or(Error::NotFound)?;
        let commit = Commit::new("decide case")
            .case(Some(&before), &case)?
            .audited(&act(Actor::User(permit.by().clone()), &case))?;
        let commit = match decision {
            Decision::Approve => {
                let seller = accounts::find(exchange, &before.seller).await?;
                if seller.is_some_and(|seller| seller.suspended) {
                    return Err(Refusal::SellerSuspended.into());
                }
                commit.ticket(Some(&ticket), &ticket.approve(before.content_version, now)?)?
            }
            Decision::Reject => {
                let rejected = ticket.reject(before.content_version, now)?;
                take_down(exchange, commit, &ticket, &rejected, now).await?
            }
            Decision::Remove => {
                let removed = permit.remove(&ticket, now)?;
                take_down(exchange, commit, &ticket, &removed, now).await?
            }
        };
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Takes a listing down for good, whatever its case.
///
/// # Errors
/// As [`decide`].
pub async fn remove(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &TicketId,
    explanation: &str,
) -> Result<()> {
    let permit = viewer.may(Moderate)?;
    let explanation = explained(Decision::Remove, explanation)?;
    let case_id = new_id(&exchange.clock)?;
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let ticket = market::ticket(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let open = open_case(exchange, &ticket).await?;
        let case = match &open {
            Some(before) => permit.decide(before, Decision::Remove, explanation.clone(), now)?,
            None => Case {
                decided_by: Some(permit.by().clone()),
                explanation: explanation.clone(),
                ..Case::of(
                    CaseId::clone(&case_id),
                    &ticket,
                    CaseStatus::Removed,
                    Vec::new(),
                    now,
                )
            },
        };
        let commit = Commit::new("remove listing")
            .case(open.as_ref(), &case)?
            .audited(&act(Actor::User(permit.by().clone()), &case))?;
        let removed = permit.remove(&ticket, now)?;
        let commit = take_down(exchange, commit, &ticket, &removed, now).await?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// What was decided, as the audit trail has it.
fn act(actor: Actor, case: &Case) -> Act {
    Act {
        actor,
        act: match case.status {
            CaseStatus::Open => "question listing",
            CaseStatus::Approved => "approve listing",
            CaseStatus::Rejected => "reject listing",
            CaseStatus::Removed => "remove listing",
            CaseStatus::Closed => "close case",
        },
        object: format!("ticket:{}", case.ticket),
        fields: &["status", "case"],
        why: case.reasons.first().map(|reason| reason.signal.name()),
        at: case.updated_at,
    }
}

fn explained(decision: Decision, explanation: &str) -> Result<Option<String>> {
    let limits = Limits {
        min: usize::from(decision != Decision::Approve),
        ..EXPLANATION
    };
    let explanation =
        parse(explanation, limits).map_err(|problem| Error::invalid("explanation", problem))?;
    Ok(Some(explanation).filter(|explanation| !explanation.is_empty()))
}

/// Adds to `commit` that `before` becomes `after`, which is off the market, and is
/// let go by whoever holds it.
async fn take_down(
    exchange: &Exchange,
    commit: Commit,
    before: &Ticket,
    after: &Ticket,
    now: Timestamp,
) -> Result<Commit> {
    let commit = commit.ticket(Some(before), after)?;
    let Some(order) = &before.current_order else {
        return Ok(commit);
    };
    let Some(sale) = orders::store::sale(&exchange.db, order).await? else {
        return Ok(commit);
    };
    let order = sale.order.cancel(CancelReason::Moderation, now)?;
    let times = exchange.settings.hold_times;
    let quota = sale.quota.settle(&order, false, times, now);
    commit.order(Some(&sale.order), &order)?.quota(&quota)
}

/// The case that a listing waits for, if it does.
async fn open_case(exchange: &Exchange, ticket: &Ticket) -> Result<Option<Case>> {
    match &ticket.case {
        Some(case) => store::case(&exchange.db, case).await,
        None => Ok(None),
    }
}

/// Adds to `commit` that the case which `before` waited for is closed, if it does
/// so no longer as `after`.
///
/// # Errors
/// When the database is away.
pub(crate) async fn close(
    exchange: &Exchange,
    commit: Commit,
    before: &Ticket,
    after: &Ticket,
) -> Result<Commit> {
    if after.case.is_some() {
        return Ok(commit);
    }
    match open_case(exchange, before).await? {
        Some(case) => match case.close(after.updated_at) {
            Ok(closed) => commit.case(Some(&case), &closed),
            // Decided since the listing was read: it changed too, and is read again.
            Err(_) => Ok(commit),
        },
        None => Ok(commit),
    }
}

/// Reports a listing: a moderator looks at it, and the more people report it the
/// fewer find it meanwhile.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Unverified`], [`Error::Forbidden`] for its
/// seller, [`Error::NotFound`], [`Error::Invalid`], [`Error::TooMany`], or
/// [`Error::Refused`] when the viewer reported it before or it is not on the market.
pub async fn report(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &TicketId,
    category: &str,
    said: &str,
) -> Result<()> {
    let reporter = viewer.id().ok_or(Error::Unauthenticated)?;
    let mut errors = FieldErrors::default();
    let category = errors.take(
        "category",
        Category::by_name(category).ok_or(Problem::Required),
    );
    let said = errors.take("text", parse(said, EXPLANATION));
    let mut is_counted = false;
    let case_id: CaseId = new_id(&exchange.clock)?;
    let mut rounds = Rounds::new();
    loop {
        let now = exchange.clock.now();
        let before = market::ticket(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let permit = viewer.may(ReportTicket(&before))?;
        let (Some(category), Some(said)) = (category, &said) else {
            return Err(Error::Invalid(errors));
        };
        if store::is_reported(&exchange.db, id, reporter).await? {
            return Err(Refusal::ReportedAlready.into());
        }
        if !is_counted {
            let limit = exchange.settings.limits.reports;
            limits::admit(exchange, "report", reporter.as_str(), limit).await?;
            is_counted = true;
        }
        let rules = exchange.rules.rules();
        let reason = Reason {
            signal: Signal::Report,
            found: Some(category.name().to_owned()),
        };
        let open = open_case(exchange, &before).await?;
        let case = match &open {
            Some(case) => case.add(reason, now),
            None => Ok(Case::of(
                case_id.clone(),
                &before,
                CaseStatus::Open,
                vec![reason],
                now,
            )),
        };
        // Decided since the listing was read.
        let Ok(case) = case else {
            rounds.again().await?;
            continue;
        };
        let limits = &rules.reports;
        let ticket = permit.report(&case.id, limits.lower_at, limits.hide_at, now)?;
        let commit = Commit::new("report listing")
            .ticket(Some(&before), &ticket)?
            .case(open.as_ref(), &case)?;
        let commit = store::add_report(commit, id, reporter, category, said, now);
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Hides a listing that comes back to the market after as many people reported it
/// while it was held as hide one that is free.
async fn hide_reported(exchange: &Exchange, id: &TicketId) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let before = market::ticket(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let hide_at = exchange.rules.rules().reports.hide_at;
        let case = before.case.as_ref().filter(|_| before.reports >= hide_at);
        let Some(case) = case.filter(|_| before.status == TicketStatus::Available) else {
            return Ok(());
        };
        let hidden = before.hide(case, exchange.clock.now())?;
        let commit = Commit::new("hide reported").ticket(Some(&before), &hidden)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// A case, and what it is about.
#[derive(Debug)]
pub struct Known {
    /// The case.
    pub case: Case,
    /// The listing as it is.
    pub ticket: Ticket,
    /// Display name of the seller.
    pub seller: String,
}

/// A case, with what moderators need to decide it.
#[derive(Debug)]
pub struct CaseDetails {
    /// The case.
    pub known: Known,
    /// Display name of who decided it.
    pub decided_by: Option<String>,
    /// What people said of it.
    pub reports: Vec<Report>,
    /// The other cases of the listing, the last one first.
    pub others: Vec<Known>,
}

/// Looks up what `cases` are about.
async fn known(exchange: &Exchange, cases: Vec<Case>) -> Result<Vec<Known>> {
    let tickets =
        market::store::tickets(&exchange.db, cases.iter().map(|case| &case.ticket)).await?;
    let tickets: HashMap<TicketId, Ticket> = tickets
        .into_iter()
        .map(|ticket| (ticket.id.clone(), ticket))
        .collect();
    let mut found = Vec::with_capacity(cases.len());
    for case in cases {
        // There is no case without its listing.
        let Some(ticket) = tickets.get(&case.ticket).cloned() else {
            continue;
        };
        let seller = name(exchange, &case.seller).await?;
        found.push(Known {
            case,
            ticket,
            seller,
        });
    }
    Ok(found)
}

/// The display name of somebody; empty once they have no account.
async fn name(exchange: &Exchange, user: &UserId) -> Result<String> {
    let user = accounts::find(exchange, user).await?;
    Ok(user.map(|user| user.name).unwrap_or_default())
}

/// A case.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn case(
    exchange: &Exchange,
    _permit: &Permit<Moderate>,
    id: &CaseId,
) -> Result<CaseDetails> {
    let mut cases = store::of_ticket_of(&exchange.db, id).await?;
    let at = cases.iter().position(|case| case.id == *id);
    let case = cases.remove(at.ok_or(Error::NotFound)?);
    let decided_by = match &case.decided_by {
        Some(moderator) => Some(name(exchange, moderator).await?),
        None => None,
    };
    let reports = store::reports(&exchange.db, &case.ticket).await?;
    cases.insert(0, case);
    let mut all = known(exchange, cases).await?.into_iter();
    Ok(CaseDetails {
        known: all.next().ok_or(Error::NotFound)?,
        decided_by,
        reports,
        others: all.collect(),
    })
}

/// Cases of a status, those that wait longest first, from after `after`.
///
/// # Errors
/// Only when the database is away.
pub async fn queue(
    exchange: &Exchange,
    _permit: &Permit<Moderate>,
    status: CaseStatus,
    after: &str,
) -> Result<Page<Known>> {
    let page = store::queue(&exchange.db, status, after, PAGE).await?;
    Ok(Page {
        items: known(exchange, page.items).await?,
        next: page.next,
    })
}

/// The last decision about a listing of the viewer's.
///
/// # Errors
/// [`Error::Unauthenticated`], or [`Error::NotFound`] when it is not theirs.
pub async fn verdict(exchange: &Exchange, viewer: &Viewer, id: &TicketId) -> Result<Option<Case>> {
    let owner = viewer.id().ok_or(Error::Unauthenticated)?;
    let ticket = market::ticket(&exchange.db, id).await?;
    ticket
        .filter(|ticket| ticket.owner == *owner)
        .ok_or(Error::NotFound)?;
    Ok(store::of_ticket(&exchange.db, id).await?.into_iter().next())
}

/// What a letter about a case says: the case, and its listing.
pub(crate) async fn of_letter(exchange: &Exchange, id: &CaseId) -> Result<Option<(Case, Ticket)>> {
    let Some(case) = store::case(&exchange.db, id).await? else {
        return Ok(None);
    };
    let ticket = market::ticket(&exchange.db, &case.ticket).await?;
    Ok(ticket.map(|ticket| (case, ticket)))
}
