//! What letters say, and on which events.

use domain::{
    CaseId, OrderId,
    account::{AccountChange, LinkPurpose},
    event::{Aggregate, Data, Event, Verb},
    moderation::{CaseStatus, Signal},
    order::{CancelReason, Order},
    ticket::TicketStatus,
};
use texts::{Language, letters as text};

use crate::{
    Exchange,
    accounts::{self, MODERATORS, User, links},
    moderation,
    orders::{
        billing,
        store::{Sale, sale},
    },
    platform::consumer::{self, Failure},
    when,
};

/// A letter to one person.
#[derive(Debug)]
pub(super) struct Letter {
    /// Which letter it is: one of an event goes to a person once.
    pub(super) template: &'static str,
    /// Who gets it, at the address that is there.
    pub(super) to: User,
    /// The subject and the heading.
    pub(super) heading: String,
    /// What it says.
    pub(super) paragraphs: Vec<String>,
    /// What it is about, in terms and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// What can be done about it: a label and an address.
    pub(super) button: Option<(&'static str, String)>,
    /// Why one gets it, in the language of whoever gets it, as all of it is.
    pub(super) reason: &'static str,
}

/// The letters that an event calls for.
pub(super) async fn of(exchange: &Exchange, event: &Event) -> Result<Vec<Letter>, Failure> {
    Ok(match (event.aggregate, event.verb, &event.data) {
        (Aggregate::Link, Verb::Created, Data::Link { .. }) => {
            of_link(exchange, event).await?.into_iter().collect()
        }
        (
            Aggregate::User,
            _,
            Data::User {
                change: Some(change),
                link,
            },
        ) => {
            let replaced = match link {
                Some(link) => links::find(exchange, link).await?,
                None => None,
            };
            let replaced = replaced.and_then(|link| link.replaces);
            let user = accounts::find(exchange, &consumer::identifier(&event.id)?).await?;
            // Nobody is told of an account who may not know of it.
            user.filter(|user| user.verified)
                .map(|user| of_account(*change, replaced, user))
                .unwrap_or_default()
        }
        (Aggregate::Moderation, verb, Data::Moderation { .. }) => {
            let id = consumer::identifier(&event.id)?;
            of_case(exchange, &id, verb).await?
        }
        (Aggregate::Order, verb, Data::Order { cancel_reason, .. }) => {
            let id = consumer::identifier(&event.id)?;
            of_order(exchange, &id, verb, *cancel_reason).await?
        }
        _ => Vec::new(),
    })
}

/// The letter with a link; none when there is no such account.
async fn of_link(exchange: &Exchange, event: &Event) -> Result<Option<Letter>, Failure> {
    let id = consumer::identifier(&event.id)?;
    // Forgotten, since it is too old or its account is gone.
    let Some(link) = links::find(exchange, &id).await? else {
        return Ok(None);
    };
    let Some(user) = links::account_of(exchange, &link).await? else {
        return Ok(None);
    };
    // It waited for so long that it is of no use.
    if exchange.clock.now() >= link.expires_at {
        return Ok(None);
    }
    let token = link.token(exchange, &user)?;
    let url = |page: &str| format!("{}/{page}/{token}", exchange.settings.public_url);
    let language = user.language;
    let (heading, said, button) = match link.purpose {
        LinkPurpose::VerifyEmail => (
            text::verify_email(language),
            text::verify_email_text(language),
            (text::confirm_address(language), url("verify-email")),
        ),
        LinkPurpose::ResetPassword => (
            text::reset_password(language),
            text::reset_password_text(language),
            (text::reset_password(language), url("reset-password")),
        ),
        LinkPurpose::ChangeEmail => (
            text::change_email(language),
            text::change_email_text(language),
            (text::confirm_address(language), url("change-email")),
        ),
        LinkPurpose::LinkIdentity => (
            text::link_identity(language),
            text::link_identity_text(language),
            (text::see_who(language), url("link-identity")),
        ),
    };
    // Nobody can have us mail what they like to whom they like: a name is shown
    // at its owner's own, verified address only.
    let own = user.verified && link.purpose != LinkPurpose::ChangeEmail;
    Ok(Some(Letter {
        template: link.purpose.name(),
        to: User {
            email: link.recipient(&user).to_owned(),
            name: if own { user.name } else { String::new() },
            ..user
        },
        heading: heading.to_owned(),
        paragraphs: vec![said.to_owned()],
        facts: Vec::new(),
        button: Some(button),
        reason: text::because_account(language),
    }))
}

fn of_account(change: AccountChange, replaced: Option<String>, user: User) -> Vec<Letter> {
    let language = user.language;
    let not_you = text::not_you(language);
    let letter = |template, heading: &str, paragraphs: &[&str], to| Letter {
        template,
        to,
        heading: heading.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        facts: Vec::new(),
        button: None,
        reason: text::because_account(language),
    };
    let (template, heading, said) = match change {
        AccountChange::Password | AccountChange::PasswordReset => (
            "password_changed",
            text::password_changed(language),
            text::password_changed_text(language),
        ),
        AccountChange::SecondFactorOn => (
            "second_factor_on",
            text::second_factor_on(language),
            text::second_factor_on_text(language),
        ),
        AccountChange::SecondFactorOff => (
            "second_factor_off",
            text::second_factor_off(language),
            text::second_factor_off_text(language),
        ),
        AccountChange::IdentityLinked => (
            "identity_linked",
            text::identity_linked(language),
            text::identity_linked_text(language),
        ),
        AccountChange::IdentityUnlinked => (
            "identity_unlinked",
            text::identity_unlinked(language),
            text::identity_unlinked_text(language),
        ),
        AccountChange::KeyMade => (
            "key_made",
            text::key_made(language),
            text::key_made_text(language),
        ),
        AccountChange::Suspended => (
            "suspended",
            text::suspended(language),
            text::suspended_text(language),
        ),
        AccountChange::Reinstated => (
            "reinstated",
            text::reinstated(language),
            text::reinstated_text(language),
        ),
        AccountChange::Deleted => return Vec::new(),
        // Whoever took an account over reads the mail of the new address.
        AccountChange::Email => {
            let said = text::email_changed_text(language, &user.email);
            let heading = text::email_changed(language);
            return replaced
                .map(|email| letter("email_changed", heading, &[&said], User { email, ..user }))
                .into_iter()
                .collect();
        }
    };
    let by_us = matches!(change, AccountChange::Suspended | AccountChange::Reinstated);
    let said: &[&str] = if by_us { &[said] } else { &[said, not_you] };
    vec![letter(template, heading, said, user)]
}

/// Moderators are told of what waits for them, sellers of what was decided; not of
/// what the rules approve, which is what usually happens.
async fn of_case(exchange: &Exchange, id: &CaseId, verb: Verb) -> Result<Vec<Letter>, Failure> {
    let Some((case, ticket)) = moderation::of_letter(exchange, id).await? else {
        return Err(Failure::Never(format!("case {id} does not exist")));
    };
    let site = &exchange.settings.public_url;
    let letter = |template, heading: String, paragraphs, button, reason, to: User| Letter {
        template,
        heading,
        paragraphs,
        facts: vec![(text::ticket(to.language), ticket.content.title.clone())],
        button: Some(button),
        reason,
        to,
    };
    if verb == Verb::Created {
        // Decided meanwhile, or one of many that wait for their seller.
        let reasons = &case.reasons;
        let waits_for_seller = reasons
            .iter()
            .all(|reason| reason.signal == Signal::Suspended);
        if case.status != CaseStatus::Open || waits_for_seller {
            return Ok(Vec::new());
        }
        let moderators = accounts::store::members(&exchange.db, MODERATORS).await?;
        return moderators
            .into_iter()
            .map(|to| -> Result<Letter, Failure> {
                let token = moderation::link::token(exchange, &case, &to)?;
                let language = to.language;
                let reasons = case.reasons.iter();
                let mut said = vec![text::case_opened_text(language).to_owned()];
                said.extend(reasons.map(|reason| texts::moderation::reason(language, reason)));
                Ok(letter(
                    "case_opened",
                    text::case_opened(language).to_owned(),
                    said,
                    (text::see_case(language), format!("{site}/decide/{token}")),
                    text::because_moderator(language),
                    to,
                ))
            })
            .collect();
    }
    let Some(seller) = accounts::find(exchange, &case.seller).await? else {
        return Ok(Vec::new());
    };
    let language = seller.language;
    let (template, heading, said) = match verb {
        Verb::Approved if case.decided_by.is_some() => (
            "listing_approved",
            text::listing_approved(language),
            text::listing_approved_text(language),
        ),
        Verb::Rejected => (
            "listing_rejected",
            text::listing_rejected(language),
            text::listing_rejected_text(language),
        ),
        Verb::Removed => (
            "listing_removed",
            text::listing_removed(language),
            text::listing_removed_text(language),
        ),
        _ => return Ok(Vec::new()),
    };
    let mut paragraphs = vec![said.to_owned()];
    if verb != Verb::Approved {
        let reasons = case.reasons.iter();
        paragraphs.extend(
            reasons.map(|reason| texts::moderation::signal(language, reason.signal).to_owned()),
        );
        paragraphs.extend(case.explanation.clone());
    }
    let button = (
        text::see_listing(language),
        format!("{site}/tickets/{}", case.ticket),
    );
    let reason = text::because_listing(language);
    Ok(vec![letter(
        template,
        heading.to_owned(),
        paragraphs,
        button,
        reason,
        seller,
    )])
}

async fn of_order(
    exchange: &Exchange,
    id: &OrderId,
    verb: Verb,
    reason: Option<CancelReason>,
) -> Result<Vec<Letter>, Failure> {
    let sale = sale(&exchange.db, id)
        .await?
        .ok_or_else(|| Failure::Never(format!("order {id} does not exist")))?;
    let buyer = accounts::find(exchange, &sale.order.buyer).await?;
    let seller = accounts::find(exchange, &sale.order.seller).await?;
    // Whoever has no account any more is told nothing.
    let (to_buyer, to_seller) = match (verb, reason) {
        (Verb::Completed, _) => (
            buyer.map(|buyer| confirmed(exchange, &sale, buyer)),
            seller.map(|seller| sold(exchange, &sale.order, seller)),
        ),
        (Verb::Refunded, _) => (
            buyer.map(|buyer| refunded(exchange, &sale.order, buyer)),
            seller.map(|seller| sale_refunded(exchange, &sale, seller)),
        ),
        (Verb::Cancelled, Some(reason)) => (
            buyer.and_then(|buyer| cancelled(exchange, &sale.order, reason, buyer)),
            None,
        ),
        _ => (None, None),
    };
    Ok(to_buyer.into_iter().chain(to_seller).collect())
}

/// What every letter about an order has.
fn about(exchange: &Exchange, language: Language, order: &Order) -> Vec<(&'static str, String)> {
    let mut facts = vec![(text::ticket(language), order.title.clone())];
    if let Some(at) = order.starts_at {
        let shown = when::show(language, at, order.zone.as_deref());
        facts.push((text::event(language), shown));
    }
    let total = language.price(&exchange.settings.currency, order.price);
    facts.push((text::total(language), total));
    facts.push((text::order_number(language), order.id.to_string()));
    facts
}

fn order_page(exchange: &Exchange, order: &Order) -> String {
    format!("{}/orders/{}", exchange.settings.public_url, order.id)
}

fn confirmed(exchange: &Exchange, sale: &Sale, buyer: User) -> Letter {
    let language = buyer.language;
    let order = &sale.order;
    let mut facts = about(exchange, language, order);
    if let Some(paid) = order.paid_at {
        let shown = when::show(language, paid, order.zone.as_deref());
        facts.push((text::paid(language), shown));
    }
    if let Some(billing) = &order.billing {
        let lines = billing::lines(language, billing);
        facts.push((text::billed_to(language), lines.join(", ")));
    }
    Letter {
        template: "order_confirmed",
        to: buyer,
        heading: text::order_confirmed(language, &order.title),
        paragraphs: vec![text::order_confirmed_text(language).to_owned()],
        facts,
        button: Some((text::see_order(language), order_page(exchange, order))),
        reason: text::because_order(language),
    }
}

pub(super) fn sold(exchange: &Exchange, order: &Order, seller: User) -> Letter {
    let language = seller.language;
    Letter {
        template: "ticket_sold",
        to: seller,
        heading: text::ticket_sold(language, &order.title),
        paragraphs: vec![text::ticket_sold_text(language).to_owned()],
        facts: about(exchange, language, order),
        button: Some((text::see_sale(language), order_page(exchange, order))),
        reason: text::because_sale(language),
    }
}

fn refunded(exchange: &Exchange, order: &Order, buyer: User) -> Letter {
    let language = buyer.language;
    Letter {
        template: "order_refunded",
        to: buyer,
        heading: text::order_refunded(language, &order.title),
        paragraphs: vec![text::order_refunded_text(language).to_owned()],
        facts: about(exchange, language, order),
        button: Some((text::see_order(language), order_page(exchange, order))),
        reason: text::because_order(language),
    }
}

fn sale_refunded(exchange: &Exchange, sale: &Sale, seller: User) -> Letter {
    let language = seller.language;
    let order = &sale.order;
    // What became of it since is not this letter's.
    let said = if sale.ticket.status == TicketStatus::Deleted {
        text::sale_refunded_gone(language)
    } else {
        text::sale_refunded_back(language)
    };
    Letter {
        template: "sale_refunded",
        to: seller,
        heading: text::sale_refunded(language, &order.title),
        paragraphs: vec![said.to_owned()],
        facts: about(exchange, language, order),
        button: Some((
            text::see_listings(language),
            format!("{}/listings", exchange.settings.public_url),
        )),
        reason: text::because_sale(language),
    }
}

/// Whoever let go of a hold knows it.
fn cancelled(
    exchange: &Exchange,
    order: &Order,
    reason: CancelReason,
    buyer: User,
) -> Option<Letter> {
    let language = buyer.language;
    let title = &order.title;
    let (template, heading, said) = match reason {
        CancelReason::Buyer => return None,
        CancelReason::Expired => (
            "reservation_expired",
            text::reservation_expired(language, title),
            text::reservation_expired_text(language),
        ),
        CancelReason::PaymentFailed => (
            "payment_failed",
            text::payment_failed(language, title),
            text::payment_failed_text(language),
        ),
        CancelReason::Moderation => (
            "reservation_removed",
            text::reservation_removed(language, title),
            text::reservation_removed_text(language),
        ),
    };
    Some(Letter {
        template,
        to: buyer,
        heading,
        paragraphs: vec![said.to_owned()],
        facts: about(exchange, language, order),
        button: Some((
            text::look_for_another(language),
            exchange.settings.public_url.clone(),
        )),
        reason: text::because_order(language),
    })
}
