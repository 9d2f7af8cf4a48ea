//! What requests and answers of the API are made of. Names and meanings only grow:
//! what is here stays as long as `v1` does.

use domain::{
    Amount, Currency,
    order::{CancelReason, Dispute, OrderStatus, RefundReason},
    payment::PaymentStatus,
    permission::Viewer,
    ticket::TicketStatus,
};
use exchange::{
    Exchange,
    feed::{
        self, Numbered,
        delivery::Message,
        webhooks::{self, TypedWebhook},
    },
    market::{self, TicketDetails, TypedContent, TypedSearch},
    orders::{OrderDetails, billing::TypedBilling},
    when::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Refused;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Money {
    /// In the currency's minor unit: cents, for dollars.
    #[schema(example = 4250)]
    amount: i64,
    /// ISO 4217.
    #[schema(example = "CAD", min_length = 3, max_length = 3)]
    currency: String,
}

impl Money {
    fn of(exchange: &Exchange, amount: Amount) -> Self {
        Self {
            amount: amount.minor(),
            currency: exchange.settings.currency.code.to_owned(),
        }
    }

    /// The amount, if it is in the currency of the exchange.
    pub(super) fn amount(&self, currency: &Currency) -> Result<Amount, Refused> {
        if self.currency == currency.code {
            Ok(Amount::from_minor(self.amount))
        } else {
            let said = format!("The exchange trades in {}.", currency.code);
            Err(Refused::member("price", &said))
        }
    }
}

/// What a seller says of a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// One line.
    #[schema(min_length = 3, max_length = 80, example = "Evening with the quartet")]
    title: String,
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: String,
    /// Where the event takes place; one line.
    #[serde(default)]
    #[schema(max_length = 120, example = "Massey Hall, Toronto")]
    venue: String,
    /// When the event begins, as local time of `zone`.
    #[serde(default)]
    #[schema(example = "2027-06-01T19:30")]
    starts: Option<String>,
    /// IANA time zone of `starts`.
    #[serde(default)]
    #[schema(example = "America/Toronto")]
    zone: Option<String>,
    /// What the buyer pays.
    price: Money,
    /// How the buyer gets the ticket: nobody else is told.
    #[serde(default)]
    #[schema(max_length = 500)]
    handover_note: String,
    /// Whether the ticket returns to the market after a refund.
    #[serde(default = "yes")]
    #[schema(default = true)]
    relist_after_refund: bool,
}

impl Content {
    /// As it is typed elsewhere.
    pub(super) fn typed(self, currency: &Currency) -> Result<TypedContent, Refused> {
        let price = self.price.amount(currency)?;
        if price.minor() < 0 {
            return Err(Refused::member("price", "It is negative."));
        }
        Ok(TypedContent {
            title: self.title,
            description: self.description,
            venue: self.venue,
            starts: self.starts.unwrap_or_default(),
            zone: self.zone.unwrap_or_default(),
            price: currency.digits(price),
            handover_note: self.handover_note,
            relist_after_refund: self.relist_after_refund,
        })
    }
}

/// A price that is looked for, in minor units.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Bound(Amount);

impl TryFrom<i64> for Bound {
    type Error = &'static str;

    fn try_from(minor: i64) -> Result<Self, Self::Error> {
        match minor {
            0.. => Ok(Self(Amount::from_minor(minor))),
            _ => Err("it is negative"),
        }
    }
}

/// What is looked for on the market.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Words, of which the last letters may be missing.
    #[serde(default)]
    q: String,
    /// Least price, in minor units.
    #[param(value_type = Option<i64>, minimum = 0)]
    price_from: Option<Bound>,
    /// Greatest price, in minor units.
    #[param(value_type = Option<i64>, minimum = 0)]
    price_to: Option<Bound>,
    /// First date of the event.
    #[param(example = "2027-06-01")]
    from: Option<String>,
    /// Last date of the event.
    #[param(example = "2027-06-30")]
    to: Option<String>,
    /// In which order; newest first unless it says otherwise.
    sort: Option<Sort>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// An order of listings.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    Newest,
    Oldest,
    Cheapest,
    Dearest,
    Soonest,
    Latest,
}

impl Search {
    pub(super) fn typed(self, currency: &Currency) -> TypedSearch {
        let price = |bound: Option<Bound>| {
            bound.map_or_else(String::new, |Bound(amount)| currency.digits(amount))
        };
        let sort = match self.sort {
            None | Some(Sort::Newest) => "newest",
            Some(Sort::Oldest) => "oldest",
            Some(Sort::Cheapest) => "cheapest",
            Some(Sort::Dearest) => "dearest",
            Some(Sort::Soonest) => "soonest",
            Some(Sort::Latest) => "latest",
        };
        TypedSearch {
            q: self.q,
            price_from: price(self.price_from),
            price_to: price(self.price_to),
            from: self.from.unwrap_or_default(),
            to: self.to.unwrap_or_default(),
            sort: sort.to_owned(),
            after: self.after.unwrap_or_default(),
        }
    }
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// The `next` of the page before.
    #[serde(default)]
    pub(super) after: String,
}

/// Some items of a longer list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// What to pass as `after` for those that follow; none on the last page.
    pub(super) next: Option<String>,
}

/// A ticket on the market.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Offer {
    id: String,
    seller: String,
    title: String,
    venue: String,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// IANA time zone in which the start was given.
    zone: Option<String>,
    price: Money,
}

impl Offer {
    pub(super) fn of(exchange: &Exchange, listing: market::Listing) -> Self {
        Self {
            id: listing.ticket.to_string(),
            seller: listing.owner.to_string(),
            title: listing.title,
            venue: listing.venue,
            starts_at: listing.starts_at.map(iso),
            zone: listing.zone,
            price: Money::of(exchange, listing.price),
        }
    }
}

/// A listing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listing {
    id: String,
    seller: String,
    title: String,
    description: String,
    venue: String,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// IANA time zone in which the start was given.
    zone: Option<String>,
    price: Money,
    #[schema(value_type = String, example = "available")]
    status: TicketStatus,
    /// The order that holds or bought the ticket, for its seller.
    order: Option<String>,
    /// For its seller, and for who bought the ticket.
    handover_note: Option<String>,
    /// For its seller.
    relist_after_refund: Option<bool>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl Listing {
    pub(super) fn of(
        exchange: &Exchange,
        viewer: &Viewer,
        ticket: &domain::ticket::Ticket,
        may_see_note: bool,
    ) -> Self {
        let content = &ticket.content;
        let is_seller = viewer.id() == Some(&ticket.owner);
        let order = ticket.current_order.as_ref().filter(|_| is_seller);
        Self {
            id: ticket.id.to_string(),
            seller: ticket.owner.to_string(),
            title: content.title.clone(),
            description: content.description.clone(),
            venue: content.venue.clone(),
            starts_at: content.starts_at.map(iso),
            zone: content.zone.clone(),
            price: Money::of(exchange, content.price),
            status: ticket.status,
            order: order.map(ToString::to_string),
            handover_note: may_see_note.then(|| content.handover_note.clone()),
            relist_after_refund: is_seller.then_some(content.relist_after_refund),
            created_at: iso(ticket.created_at),
            updated_at: iso(ticket.updated_at),
        }
    }

    pub(super) fn details(exchange: &Exchange, viewer: &Viewer, found: &TicketDetails) -> Self {
        Self::of(exchange, viewer, &found.ticket, found.may_see_note)
    }
}

/// What is reserved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reservation {
    /// The listing.
    pub(super) listing: String,
    /// The price that the buyer saw.
    pub(super) price: Money,
}

/// Whose side of an order it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Buyer,
    Seller,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Order {
    id: String,
    listing: String,
    /// Which party of it the account is.
    role: Role,
    title: String,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    zone: Option<String>,
    price: Money,
    #[schema(value_type = String, example = "created")]
    status: OrderStatus,
    #[schema(value_type = Option<String>, example = "expired")]
    cancel_reason: Option<CancelReason>,
    #[schema(value_type = Option<String>, example = "buyer")]
    refund_reason: Option<RefundReason>,
    #[schema(value_type = String, example = "none")]
    dispute: Dispute,
    /// When the hold ends, or ended, if it is not paid.
    #[schema(format = DateTime)]
    due_at: String,
    #[schema(format = DateTime)]
    paid_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl Order {
    pub(super) fn of(exchange: &Exchange, viewer: &Viewer, order: &domain::order::Order) -> Self {
        Self {
            id: order.id.to_string(),
            listing: order.ticket.to_string(),
            role: if viewer.id() == Some(&order.buyer) {
                Role::Buyer
            } else {
                Role::Seller
            },
            title: order.title.clone(),
            starts_at: order.starts_at.map(iso),
            zone: order.zone.clone(),
            price: Money::of(exchange, order.price),
            status: order.status,
            cancel_reason: order.cancel_reason,
            refund_reason: order.refund_reason,
            dispute: order.dispute,
            due_at: iso(order.due_at()),
            paid_at: order.paid_at.map(iso),
            created_at: iso(order.created_at),
            updated_at: iso(order.updated_at),
        }
    }
}

/// An order with all that its party may know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FullOrder {
    #[serde(flatten)]
    order: Order,
    /// Once it was begun.
    payment: Option<Payment>,
    /// How the ticket is handed over, for who bought it.
    handover_note: Option<String>,
}

/// The payment of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Payment {
    #[schema(value_type = String, example = "captured")]
    status: PaymentStatus,
    amount: Money,
    /// Stripe's code of the last decline, for the buyer.
    decline_code: Option<String>,
    /// For the buyer.
    card_brand: Option<String>,
    /// For the buyer.
    card_last4: Option<String>,
}

impl FullOrder {
    pub(super) fn of(exchange: &Exchange, viewer: &Viewer, found: OrderDetails) -> Self {
        let is_buyer = viewer.id() == Some(&found.order.buyer);
        let payment = found.payment.map(|payment| Payment {
            status: payment.status,
            amount: Money::of(exchange, payment.amount),
            // What a bank says of the buyer's card is the buyer's.
            decline_code: payment.decline_code.filter(|_| is_buyer),
            card_brand: payment.card_brand.filter(|_| is_buyer),
            card_last4: payment.card_last4.filter(|_| is_buyer),
        });
        Self {
            order: Order::of(exchange, viewer, &found.order),
            payment,
            handover_note: found.handover_note,
        }
    }
}

/// Who pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Billing {
    /// As on the card.
    #[schema(min_length = 2, max_length = 100)]
    billing_name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "CA")]
    country: String,
    line1: String,
    #[serde(default)]
    line2: String,
    city: String,
    /// State or province, where addresses have one.
    #[serde(default)]
    #[schema(example = "ON")]
    region: String,
    /// Where addresses have one.
    #[serde(default)]
    #[schema(example = "M5B 1T8")]
    postal_code: String,
}

impl Billing {
    pub(super) fn typed(self) -> TypedBilling {
        TypedBilling {
            name: self.billing_name,
            country: self.country,
            line1: self.line1,
            line2: self.line2,
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
        }
    }
}

/// What the buyer has Stripe confirm, with Stripe.js or a library of Stripe.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Confirmation {
    /// The client secret of Stripe's `PaymentIntent`: whoever has it can pay with it.
    pub(super) client_secret: String,
    /// The key under which it is confirmed.
    pub(super) publishable_key: String,
}

/// After which event.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Seen {
    /// The `next` of an earlier answer; without it, the oldest that are kept are first.
    #[serde(default)]
    pub(super) after: String,
}

/// Some events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventPage {
    /// The events.
    items: Vec<Event>,
    /// What to pass as `after` for those that follow, also when there are none yet.
    next: String,
    /// Whether there are more already.
    more: bool,
}

/// What happened: the same as is posted to webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Event {
    /// What it is known by, however often it is told.
    #[schema(example = "order-01JQZK5V7M3N8P2R4T6W9X0Y1Z-3")]
    id: String,
    /// What happened to what. There may be new ones.
    #[schema(example = "order.completed")]
    r#type: String,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
    data: EventData,
}

/// What it happened to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventData {
    /// The identifier of the listing (`ticket.…`) or of the order.
    id: String,
    /// Goes up with every event of this listing, this order or its payment; by more than
    /// one where the account is not told of what was between.
    version: u32,
}

impl From<Numbered> for Event {
    fn from(numbered: Numbered) -> Self {
        let message = Message::from(&numbered.entry);
        Self {
            id: message.id.to_owned(),
            r#type: message.r#type.to_owned(),
            timestamp: message.timestamp,
            data: EventData {
                id: message.data.id.to_owned(),
                version: message.data.version,
            },
        }
    }
}

impl From<feed::Events> for EventPage {
    fn from(found: feed::Events) -> Self {
        Self {
            items: found.items.into_iter().map(Event::from).collect(),
            next: found.next,
            more: found.more,
        }
    }
}

/// What is asked for of a webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookSettings {
    /// Where messages are posted to: `https`, and reachable from the Internet.
    #[schema(max_length = 2000, example = "https://example.org/tickets")]
    url: String,
    /// Of which types of events it is told; of all, when there are none.
    #[serde(default)]
    #[schema(example = json!(["order.completed", "order.refunded"]))]
    events: Vec<String>,
    /// Whether it is told.
    #[serde(default = "yes")]
    #[schema(default = true)]
    active: bool,
}

const fn yes() -> bool {
    true
}

impl WebhookSettings {
    pub(super) fn typed(self) -> TypedWebhook {
        TypedWebhook {
            url: self.url,
            kinds: self.events,
            active: self.active,
        }
    }
}

/// All webhooks of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookList {
    pub(super) items: Vec<Webhook>,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhook {
    id: String,
    url: String,
    events: Vec<String>,
    active: bool,
    /// Why it is told nothing, unless that was asked for: `gone`, it answered 410;
    /// `failed`, every attempt at a message failed.
    #[schema(value_type = Option<String>, example = "failed")]
    ended: Option<webhooks::Ended>,
    /// How many attempts at the message that is to be accepted next have failed.
    failures: u32,
    /// When that is tried again.
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<webhooks::Webhook> for Webhook {
    fn from(hook: webhooks::Webhook) -> Self {
        let waits = hook.active && hook.failures > 0;
        Self {
            id: hook.id.to_string(),
            url: hook.url,
            events: hook.kinds.into_iter().collect(),
            active: hook.active,
            ended: hook.ended,
            failures: hook.failures,
            next_attempt_at: waits.then(|| iso(hook.due_at)),
            created_at: iso(hook.created_at),
            updated_at: iso(hook.updated_at),
        }
    }
}

/// What signs the messages to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookSecret {
    /// `whsec_` and the key in Base64, as libraries of Standard Webhooks take it.
    pub(super) secret: String,
}

/// An attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Delivery {
    /// The event, and the `webhook-id` under which it was sent.
    event: String,
    r#type: String,
    #[schema(format = DateTime)]
    at: String,
    /// Whether it was accepted.
    accepted: bool,
    /// The HTTP status of the answer, if there was one.
    status: Option<u16>,
    /// Why there was none: `address`, `connection` or `timeout`.
    #[schema(value_type = Option<String>, example = "timeout")]
    fault: Option<webhooks::Fault>,
    /// How long the answer took, in milliseconds.
    duration: i64,
}

impl From<webhooks::Delivery> for Delivery {
    fn from(delivery: webhooks::Delivery) -> Self {
        Self {
            accepted: delivery.is_done(),
            event: delivery.message,
            r#type: delivery.kind,
            at: iso(delivery.at),
            status: delivery.status,
            fault: delivery.fault,
            duration: delivery.millis,
        }
    }
}
