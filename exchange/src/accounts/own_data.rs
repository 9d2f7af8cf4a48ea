//! What somebody may have of their data, and having it deleted.

use domain::{
    OrderId, Refusal, TicketId, Timestamp, UserId, account::AccountChange, order::Order,
    permission::Viewer, ticket::TicketStatus,
};
use serde_json::{Value, json};
use texts::Language;

use super::{
    User, identities,
    proof::{Proof, confirmed},
    sessions, store,
};
use crate::{
    Error, Exchange, Result, access,
    feed::{self, webhooks},
    market, moderation,
    orders::{self, store as order_store},
    platform::commit::Rounds,
    when,
};

/// All that is kept of somebody, for them.
///
/// # Errors
/// Only when the database is away.
pub async fn export(exchange: &Exchange, user: &User) -> Result<Value> {
    let viewer = user.viewer();
    let mut listings = Vec::new();
    let mut after = Some(String::new());
    while let Some(from) = after {
        let page = market::listings(exchange, &viewer, &from).await?;
        listings.extend(page.items);
        after = page.next;
    }
    let bought = of_buyer(exchange, &viewer).await?;
    let ids: Vec<OrderId> = bought.iter().map(|order| order.id.clone()).collect();
    let mut payments = Vec::new();
    for some in ids.chunks(100) {
        let sales = order_store::sales(&exchange.db, some).await?;
        payments.extend(sales.into_iter().filter_map(|sale| sale.payment));
    }
    let time = |at: Timestamp| when::iso(at);
    let sessions = sessions::of_user(&exchange.db, user, exchange.clock.now()).await?;
    let keys = access::of_user(exchange, user).await?;
    let webhooks = webhooks::of_user(&exchange.db, user).await?;
    let identities = identities::of_user(exchange, &user.id).await?;
    let reports = moderation::store::reports_of(&exchange.db, &user.id).await?;
    Ok(json!({
        "account": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "verified": user.verified,
            "groups": user.groups,
            "second_factor": user.second_factor,
            "language": user.language,
            "created_at": time(user.created_at),
            "updated_at": time(user.updated_at),
        },
        "ways_to_sign_in": identities.iter().map(|identity| json!({
            "issuer": identity.issuer,
            "subject": identity.subject,
            "label": identity.label,
            "since": time(identity.at),
        })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|session| json!({
            "device": session.owner.device,
            "since": time(session.owner.since),
            "used_at": time(session.owner.used_at),
        })).collect::<Vec<_>>(),
        "keys_for_programs": keys.iter().map(|key| json!({
            "id": key.id,
            "name": key.name,
            "scopes": key.scopes,
            "created_at": time(key.created_at),
            "expires_at": time(key.expires_at),
            "used_at": key.used_at.map(time),
        })).collect::<Vec<_>>(),
        "webhooks": webhooks.iter().map(|hook| json!({
            "id": hook.id,
            "url": hook.url,
            "events": hook.kinds,
            "active": hook.active,
            "created_at": time(hook.created_at),
        })).collect::<Vec<_>>(),
        "listings": listings.iter().map(|ticket| json!({
            "id": ticket.id,
            "title": ticket.content.title,
            "description": ticket.content.description,
            "venue": ticket.content.venue,
            "starts_at": ticket.content.starts_at.map(time),
            "price": ticket.content.price,
            "handover_note": ticket.content.handover_note,
            "status": ticket.status,
            "created_at": time(ticket.created_at),
        })).collect::<Vec<_>>(),
        "orders": bought.iter().map(|order| json!({
            "id": order.id,
            "ticket": order.ticket,
            "title": order.title,
            "price": order.price,
            "currency": exchange.settings.currency.code,
            "status": order.status,
            "billing": order.billing,
            "created_at": time(order.created_at),
            "paid_at": order.paid_at.map(time),
        })).collect::<Vec<_>>(),
        "payments": payments.iter().map(|payment| json!({
            "order": payment.id,
            "amount": payment.amount,
            "status": payment.status,
            "card_brand": payment.card_brand,
            "card_last4": payment.card_last4,
        })).collect::<Vec<_>>(),
        "reports": reports.iter().map(|report| json!({
            "ticket": report.ticket,
            "category": report.category,
            "text": report.text,
            "at": time(report.at),
        })).collect::<Vec<_>>(),
    }))
}

async fn of_buyer(exchange: &Exchange, viewer: &Viewer) -> Result<Vec<Order>> {
    let mut found = Vec::new();
    let mut after = Some(String::new());
    while let Some(from) = after {
        let page = orders::of_buyer(exchange, viewer, &from).await?;
        found.extend(page.items);
        after = page.next;
    }
    Ok(found)
}

/// Deletes the account: what is personal goes, what others bought or sold with
/// it stays, and its listings are withdrawn.
///
/// # Errors
/// As [`Proof`] is refused, or [`Refusal::StillParty`] to an order that is not
/// over.
pub async fn delete(exchange: &Exchange, id: &UserId, proof: Proof) -> Result<()> {
    let user = confirmed(exchange, id, proof).await?;
    let viewer = user.viewer();
    let mut rounds = Rounds::new();
    loop {
        let before = store::still(exchange, &user).await?;
        let now = exchange.clock.now();
        // Whoever reserves or lists at the same moment writes it too.
        let quota = order_store::quota(&exchange.db, id).await?.close(now)?;
        withdraw_all(exchange, &viewer).await?;
        let after = User {
            email: String::new(),
            name: String::new(),
            password_hash: None,
            verified: false,
            groups: Vec::new(),
            second_factor: false,
            language: Language::default(),
            deleted_at: Some(now),
            epoch: before.epoch + 1,
            ..before.clone()
        };
        let change = Some(AccountChange::Deleted);
        let (_, mut commit) = after.changed(&before, exchange, change, None)?;
        for identity in store::identities(&exchange.db, id).await? {
            commit = store::delete_identity(commit, &identity);
        }
        commit = store::delete_second_factor(commit, id).quota(&quota)?;
        commit = feed::delete(commit, &exchange.db, id).await?;
        match commit.run(&exchange.db).await {
            Ok(()) => break,
            Err(stale) => rounds.next(stale).await?,
        }
    }
    // Of no use any more, and forgotten soon in any case.
    sessions::end_all(&exchange.db, id).await?;
    moderation::store::forget_reports(&exchange.db, id).await?;
    store::forget_links(&exchange.db, &user).await?;
    access::forget(&exchange.db, id).await
}

/// Withdraws what somebody offers, if no order of theirs still goes on: all is
/// looked at before anything is withdrawn.
async fn withdraw_all(exchange: &Exchange, viewer: &Viewer) -> Result<()> {
    loop {
        let for_sale = check(exchange, viewer).await?;
        if for_sale.is_empty() {
            return Ok(());
        }
        for ticket in &for_sale {
            match market::delete(exchange, viewer, ticket).await {
                // Held meanwhile: then it stays, and so does the account.
                Ok(()) | Err(Error::Refused(_) | Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// What somebody offers, if no order of theirs still goes on.
async fn check(exchange: &Exchange, viewer: &Viewer) -> Result<Vec<TicketId>> {
    let now = exchange.clock.now();
    let (for_sale, sold) = for_sale(exchange, viewer).await?;
    let mut orders = of_buyer(exchange, viewer).await?;
    for some in sold.chunks(100) {
        let sales = order_store::sales(&exchange.db, some).await?;
        orders.extend(sales.into_iter().map(|sale| sale.order));
    }
    if orders.iter().any(|order| order.binds(now)) {
        return Err(Refusal::StillParty.into());
    }
    Ok(for_sale)
}

/// Somebody's tickets that can be withdrawn, and the orders of the others.
async fn for_sale(exchange: &Exchange, viewer: &Viewer) -> Result<(Vec<TicketId>, Vec<OrderId>)> {
    let (mut tickets, mut orders) = (Vec::new(), Vec::new());
    let mut after = Some(String::new());
    while let Some(from) = after {
        let page = market::listings(exchange, viewer, &from).await?;
        for ticket in page.items {
            orders.extend(ticket.current_order);
            let offered = matches!(
                ticket.status,
                TicketStatus::Pending | TicketStatus::Available | TicketStatus::Rejected
            );
            if offered {
                tickets.push(ticket.id);
            }
        }
        after = page.next;
    }
    Ok((tickets, orders))
}
