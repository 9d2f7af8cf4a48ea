//! What letters say, and on which events.

use domain::{
    OrderId,
    account::{AccountChange, LinkPurpose},
    event::{Aggregate, Data, Event, Verb},
    order::{CancelReason, Order},
    ticket::TicketStatus,
};

use crate::{
    Exchange,
    accounts::{self, User, links},
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
    /// Why one gets it.
    pub(super) reason: &'static str,
}

const ACCOUNT: &str = "You get this because of your account at Ticket Exchange.";
const ORDER: &str = "You get this because of your order at Ticket Exchange.";
const SALE: &str = "You get this because of your listing at Ticket Exchange.";
const NOT_YOU: &str = "If this was not you, set another password at once with \"Forgot your password?\" on the sign-in page.";

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
    let (heading, said, button) = match link.purpose {
        LinkPurpose::VerifyEmail => (
            "Confirm your e-mail address",
            "With this you show that the address is yours. Then you can buy and sell tickets. The link can be used once, within 24 hours. If you did not create an account, do nothing: somebody has mistyped their address.",
            ("Confirm address", url("verify-email")),
        ),
        LinkPurpose::ResetPassword => (
            "Set a new password",
            "Somebody, hopefully you, has asked for a new password. The link can be used once, within 15 minutes. If it was not you, do nothing: your password stays as it is.",
            ("Set a new password", url("reset-password")),
        ),
        LinkPurpose::ChangeEmail => (
            "Confirm your new e-mail address",
            "Your account is to have this address. The link can be used once, within 24 hours. If it was not you who asked for this, do nothing.",
            ("Confirm address", url("change-email")),
        ),
        LinkPurpose::LinkIdentity => (
            "Confirm another way to sign in",
            "Somebody whom another site knows by this address wants to sign in to your account with it. Confirm this only if it was you. The link can be used once, within 15 minutes.",
            ("See who it is", url("link-identity")),
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
        reason: ACCOUNT,
    }))
}

fn of_account(change: AccountChange, replaced: Option<String>, user: User) -> Vec<Letter> {
    let letter = |template, heading: &str, paragraphs: &[&str], to| Letter {
        template,
        to,
        heading: heading.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        facts: Vec::new(),
        button: None,
        reason: ACCOUNT,
    };
    match change {
        AccountChange::Password | AccountChange::PasswordReset => vec![letter(
            "password_changed",
            "Your password was changed",
            &[
                "Your account has a new password, and you are signed out everywhere else.",
                NOT_YOU,
            ],
            user,
        )],
        AccountChange::SecondFactorOn => vec![letter(
            "second_factor_on",
            "Two-step sign-in is on",
            &[
                "From now on your account asks for a code when you sign in. You are signed out everywhere else.",
                NOT_YOU,
            ],
            user,
        )],
        AccountChange::SecondFactorOff => vec![letter(
            "second_factor_off",
            "Two-step sign-in is off",
            &[
                "Your account no longer asks for a code when you sign in. You are signed out everywhere else.",
                NOT_YOU,
            ],
            user,
        )],
        AccountChange::IdentityLinked => vec![letter(
            "identity_linked",
            "Another way to sign in",
            &[
                "One more way to sign in was added to your account. They are all listed on your account's page.",
                NOT_YOU,
            ],
            user,
        )],
        AccountChange::IdentityUnlinked => vec![letter(
            "identity_unlinked",
            "One way to sign in less",
            &[
                "One way to sign in was removed from your account, and you are signed out everywhere else.",
                NOT_YOU,
            ],
            user,
        )],
        AccountChange::Deleted => Vec::new(),
        // Whoever took an account over reads the mail of the new address.
        AccountChange::Email => replaced
            .map(|email| {
                let said = format!(
                    "Your account's e-mail address is now {}. If this was not you, write to us: this address can no longer be used to get the account back.",
                    user.email
                );
                letter(
                    "email_changed",
                    "Your e-mail address was changed",
                    &[&said],
                    User { email, ..user },
                )
            })
            .into_iter()
            .collect(),
    }
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
fn about(exchange: &Exchange, order: &Order) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Ticket", order.title.clone())];
    if let Some(at) = order.starts_at {
        facts.push(("Event", when::show(at, order.zone.as_deref())));
    }
    facts.push(("Total", exchange.settings.currency.show(order.price)));
    facts.push(("Order number", order.id.to_string()));
    facts
}

fn order_page(exchange: &Exchange, order: &Order) -> String {
    format!("{}/orders/{}", exchange.settings.public_url, order.id)
}

fn confirmed(exchange: &Exchange, sale: &Sale, buyer: User) -> Letter {
    let order = &sale.order;
    let mut facts = about(exchange, order);
    if let Some(paid) = order.paid_at {
        facts.push(("Paid", when::show(paid, order.zone.as_deref())));
    }
    if let Some(billing) = &order.billing {
        facts.push(("Billed to", billing::lines(billing).join(", ")));
    }
    Letter {
        template: "order_confirmed",
        to: buyer,
        heading: format!("Your ticket: {}", order.title),
        paragraphs: vec![
            "Your payment went through and the ticket is yours. How you get it is on the order's page, where you also find your receipt.".to_owned(),
        ],
        facts,
        button: Some(("See the order", order_page(exchange, order))),
        reason: ORDER,
    }
}

pub(super) fn sold(exchange: &Exchange, order: &Order, seller: User) -> Letter {
    Letter {
        template: "ticket_sold",
        to: seller,
        heading: format!("Sold: {}", order.title),
        paragraphs: vec![
            "Your ticket is sold and paid for. Hand it over as your note says.".to_owned(),
        ],
        facts: about(exchange, order),
        button: Some(("See the sale", order_page(exchange, order))),
        reason: SALE,
    }
}

fn refunded(exchange: &Exchange, order: &Order, buyer: User) -> Letter {
    Letter {
        template: "order_refunded",
        to: buyer,
        heading: format!("Refunded: {}", order.title),
        paragraphs: vec![
            "The full price went back to your card. Your bank shows it within some days."
                .to_owned(),
        ],
        facts: about(exchange, order),
        button: Some(("See the order", order_page(exchange, order))),
        reason: ORDER,
    }
}

fn sale_refunded(exchange: &Exchange, sale: &Sale, seller: User) -> Letter {
    let order = &sale.order;
    // What became of it since is not this letter's.
    let said = if sale.ticket.status == TicketStatus::Deleted {
        "The buyer of your ticket was refunded. Your listing is not on the market again."
    } else {
        "The buyer of your ticket was refunded, and your listing went back to the market."
    };
    Letter {
        template: "sale_refunded",
        to: seller,
        heading: format!("Sale refunded: {}", order.title),
        paragraphs: vec![said.to_owned()],
        facts: about(exchange, order),
        button: Some((
            "See your listings",
            format!("{}/listings", exchange.settings.public_url),
        )),
        reason: SALE,
    }
}

/// Whoever let go of a hold knows it.
fn cancelled(
    exchange: &Exchange,
    order: &Order,
    reason: CancelReason,
    buyer: User,
) -> Option<Letter> {
    let (template, heading, said) = match reason {
        CancelReason::Buyer => return None,
        CancelReason::Expired => (
            "reservation_expired",
            "Reservation expired",
            "Your time to pay ran out, so the ticket went back to the market. Nothing was charged.",
        ),
        CancelReason::PaymentFailed => (
            "payment_failed",
            "Payment failed",
            "Your bank approved the payment, but it could not be completed, so the order was cancelled. Nothing was charged.",
        ),
        CancelReason::Moderation => (
            "reservation_removed",
            "Reservation cancelled",
            "The listing was removed by a moderator, so your reservation was cancelled. Nothing was charged.",
        ),
    };
    Some(Letter {
        template,
        to: buyer,
        heading: format!("{heading}: {}", order.title),
        paragraphs: vec![said.to_owned()],
        facts: about(exchange, order),
        button: Some((
            "Look for another ticket",
            exchange.settings.public_url.clone(),
        )),
        reason: ORDER,
    })
}
