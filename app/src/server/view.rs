//! From records to what is shown: amounts and times as text, and nothing that
//! the viewer may not see.

use domain::{
    Amount, Billing, Timestamp,
    moderation::Case,
    order::Order,
    payment::{Payment, PaymentStatus},
    permission::Viewer,
    search::Count,
    ticket::{Ticket, TicketStatus},
};
use exchange::{
    Exchange, Page,
    access::{self, Key},
    accounts::{
        User,
        identities::{self, Claim},
        links::Link,
        second_factor, sessions,
    },
    feed::webhooks::{self, Delivery, Ended, Fault},
    market::{Found, Listing, Seller, Standing, TicketDetails},
    moderation::{CaseDetails, Known},
    orders::{
        OrderDetails,
        billing::{self, countries, rules},
    },
    payments::Begun,
    when,
};
use texts::{Language, accounts as text};

use super::Visit;
use crate::{
    accounts::types::{
        AccountView, Asked, ClaimView, DeliveryView, IdentityView, KeyView, KeysView, LinkView,
        SessionView, Setup, SetupView, WebhookView,
    },
    market::types::{
        Card, CardStatus, Change, Listing as ListingRow, MarketPage, SaleRow, SellerView,
        TicketForm, TicketView,
    },
    moderation::types::{CaseRow, CaseView, QueuePage, ReportView, Verdict},
    orders::types::{
        Address, AddressForm, BillingDetails, CheckoutForm, Choice, Confirmation, OrderRow,
        OrderView, PaymentView, Role,
    },
    wire::{Price, When},
};

/// Messages that are shown of each webhook.
const DELIVERIES: usize = 10;

pub(super) fn price(exchange: &Exchange, language: Language, amount: Amount) -> Price {
    Price {
        minor: amount.minor(),
        text: language.price(&exchange.settings.currency, amount),
    }
}

pub(super) fn moment(language: Language, at: Timestamp, zone: Option<&str>) -> When {
    When {
        iso: when::iso(at),
        text: when::show(language, at, zone),
    }
}

/// How somebody is called on pages of others.
pub(crate) fn display_name(language: Language, name: String) -> String {
    match &*name {
        "" => texts::accounts::deleted_account(language).to_owned(),
        _ => name,
    }
}

fn start(language: Language, at: Option<Timestamp>, zone: Option<&str>) -> Option<When> {
    at.map(|at| moment(language, at, zone))
}

/// The viewer's account.
///
/// # Errors
/// Only when the database is away.
pub async fn account(
    visit: &Visit,
    language: Language,
    user: &User,
) -> Result<AccountView, exchange::Error> {
    let exchange = &visit.exchange;
    let here = visit.name();
    let sessions = sessions::of_user(&exchange.db, user, exchange.clock.now()).await?;
    let identities = identities::of_user(exchange, &user.id).await?;
    Ok(AccountView {
        email: user.email.clone(),
        name: user.name.clone(),
        verified: user.verified,
        has_password: user.has_password(),
        second_factor: user.second_factor,
        backup_codes: second_factor::backup_codes_left(exchange, &user.id).await?,
        sessions: sessions
            .into_iter()
            .map(|session| SessionView {
                here: here.as_ref() == Some(&session.name),
                name: session.name,
                device: session.owner.device,
                used: moment(language, session.owner.used_at, None),
            })
            .collect(),
        identities: identities
            .into_iter()
            .map(|identity| IdentityView {
                provider: provider_name(exchange, &identity.provider),
                name: format!("{} {}", identity.issuer, identity.subject),
                label: identity.label,
            })
            .collect(),
        providers: exchange
            .providers
            .names()
            .map(|(key, name)| (key.to_owned(), name.to_owned()))
            .collect(),
    })
}

/// What people call a provider; one that is no longer set up keeps its key.
fn provider_name(exchange: &Exchange, key: &str) -> String {
    let mut names = exchange.providers.names();
    names
        .find(|(known, _)| *known == key)
        .map_or(key, |(_, name)| name)
        .to_owned()
}

/// What a provider said, and what `user` is asked for before it is linked.
#[must_use]
pub fn claim(exchange: &Exchange, user: Option<&User>, claim: Claim) -> ClaimView {
    ClaimView {
        provider: provider_name(exchange, &claim.provider),
        label: claim.label,
        email: claim.email,
        name: claim.name,
        asked: user.map(asked).unwrap_or_default(),
    }
}

/// What somebody is asked for before they change what matters.
pub(crate) fn asked(user: &User) -> Asked {
    Asked {
        password: user.has_password(),
        code: user.second_factor,
    }
}

/// What a mailed link does.
#[must_use]
pub fn link(exchange: &Exchange, link: Link) -> LinkView {
    LinkView {
        email: link.email,
        identity: link
            .identity
            .map(|identity| (provider_name(exchange, &identity.provider), identity.label)),
    }
}

/// The page of the second factor.
#[must_use]
pub fn setup(account: AccountView, setup: Option<second_factor::Setup>) -> SetupView {
    SetupView {
        account,
        setup: setup.map(|setup| Setup {
            app: setup.app.map(|app| (app.secret, app.uri, app.qr)),
            backup_codes: setup.backup_codes,
        }),
    }
}

/// The keys of `user`, and what lets a program in by the one called `made`, while that
/// is shown.
///
/// # Errors
/// Only when the database is away.
pub async fn keys(
    exchange: &Exchange,
    language: Language,
    user: &User,
    made: &str,
) -> Result<KeysView, exchange::Error> {
    let keys = access::of_user(exchange, user).await?;
    let made = match keys.iter().find(|key| key.id.as_str() == made) {
        Some(key) => access::secret(exchange, key)?.map(|secret| (key.name.clone(), secret)),
        None => None,
    };
    let key = |key: Key| KeyView {
        id: key.id.to_string(),
        name: key.name,
        scopes: key
            .scopes
            .iter()
            .map(|scope| scope.name())
            .collect::<Vec<_>>()
            .join(", "),
        expires: moment(language, key.expires_at, None),
        used: key.used_at.map(|used| moment(language, used, None)),
    };
    Ok(KeysView {
        asked: asked(user),
        days: access::DAYS.to_vec(),
        made,
        keys: keys.into_iter().map(key).collect(),
        webhooks: webhooks(exchange, language, user).await?,
    })
}

async fn webhooks(
    exchange: &Exchange,
    language: Language,
    user: &User,
) -> Result<Vec<WebhookView>, exchange::Error> {
    let mut views = Vec::new();
    for hook in webhooks::list(exchange, &user.viewer()).await? {
        let log = webhooks::log(&exchange.db, &hook, "", DELIVERIES).await?;
        let delivery = |delivery: Delivery| DeliveryView {
            at: moment(language, delivery.at, None),
            kind: delivery.kind,
            answer: match (delivery.status, delivery.fault) {
                (Some(status), _) => status.to_string(),
                (None, Some(Fault::Timeout)) => text::delivery_timeout(language).to_owned(),
                (None, _) => text::delivery_failed(language).to_owned(),
            },
        };
        let state = match (hook.ended, hook.active, hook.failures) {
            (Some(Ended::Gone), ..) => text::webhook_gone(language),
            (Some(Ended::Failed), ..) => text::webhook_failed(language),
            (None, false, _) => text::webhook_off(language),
            (None, true, 0) => text::webhook_on(language),
            (None, true, _) => text::webhook_waits(language),
        };
        views.push(WebhookView {
            id: hook.id.to_string(),
            url: hook.url,
            state: state.to_owned(),
            deliveries: log.items.into_iter().map(delivery).collect(),
        });
    }
    Ok(views)
}

/// A card of the market.
#[must_use]
pub fn card(exchange: &Exchange, language: Language, viewer: &Viewer, listing: &Listing) -> Card {
    Card {
        id: listing.ticket.to_string(),
        title: listing.title.clone(),
        venue: listing.venue.clone(),
        starts: start(language, listing.starts_at, listing.zone.as_deref()),
        price: price(exchange, language, listing.price),
        mine: viewer.id() == Some(&listing.owner),
    }
}

/// A page of the market; `position` is from where on changes are not in it.
#[must_use]
pub fn market(
    exchange: &Exchange,
    language: Language,
    viewer: &Viewer,
    found: Found,
    position: String,
) -> MarketPage {
    let (count, or_more) = match found.count {
        Count::Exactly(count) => (count, false),
        Count::More => (Count::MOST, true),
    };
    MarketPage {
        cards: found
            .items
            .iter()
            .map(|listing| card(exchange, language, viewer, listing))
            .collect(),
        next: found.next,
        count: u32::try_from(count).unwrap_or(u32::MAX),
        or_more,
        position,
    }
}

/// Where a ticket stands, as the market tells everybody.
#[must_use]
pub fn change(exchange: &Exchange, language: Language, standing: Standing) -> Change {
    Change {
        id: standing.ticket.to_string(),
        version: standing.version,
        status: match standing.status {
            Some(TicketStatus::Available) => CardStatus::Available,
            Some(TicketStatus::Reserved) => CardStatus::Reserved,
            Some(TicketStatus::Sold) => CardStatus::Sold,
            _ => CardStatus::Gone,
        },
        card: standing
            .listing
            .map(|listing| card(exchange, language, &Viewer::Anyone, &listing)),
    }
}

/// A ticket's page.
#[must_use]
pub fn ticket(
    exchange: &Exchange,
    language: Language,
    viewer: &Viewer,
    found: &TicketDetails,
) -> TicketView {
    let ticket = &found.ticket;
    let content = &ticket.content;
    let mine = viewer.id() == Some(&ticket.owner);
    let now = exchange.clock.now();
    TicketView {
        id: ticket.id.to_string(),
        title: content.title.clone(),
        description: content.description.clone(),
        venue: content.venue.clone(),
        starts: start(language, content.starts_at, content.zone.as_deref()),
        price: price(exchange, language, content.price),
        // The time in the record decides, also before the sweep has been by.
        status: if ticket.status == TicketStatus::Available && ticket.began(now) {
            TicketStatus::Ended
        } else {
            ticket.status
        },
        seller: display_name(language, found.seller.clone()),
        seller_id: found.ticket.owner.to_string(),
        mine,
        changeable: mine && ticket.check_changeable().is_ok(),
        my_order: found
            .order
            .as_ref()
            .filter(|order| order.is_live(now) || order.status.is_paid())
            .map(|order| order.id.to_string()),
        handover_note: found
            .may_see_note
            .then(|| content.handover_note.clone())
            .filter(|note| !note.is_empty()),
    }
}

/// What the edit form of a ticket starts with.
#[must_use]
pub fn ticket_form(exchange: &Exchange, ticket: &Ticket) -> TicketForm {
    let content = &ticket.content;
    let zone = content.zone.clone().unwrap_or_default();
    TicketForm {
        content_version: ticket.content_version,
        title: content.title.clone(),
        description: content.description.clone(),
        venue: content.venue.clone(),
        starts: content
            .starts_at
            .map(|at| when::local(at, &zone))
            .unwrap_or_default(),
        zone,
        price: exchange.settings.currency.digits(content.price),
        handover_note: content.handover_note.clone(),
        relist_after_refund: content.relist_after_refund,
    }
}

/// A seller, as everybody may see them.
pub(crate) fn seller(language: Language, found: Seller) -> SellerView {
    SellerView {
        name: display_name(language, found.name),
        since: moment(language, found.since, None),
        sales: found.record.sales,
        refunds: found.record.refunds,
    }
}

/// A row of the seller's listings, and the order that holds or bought it.
#[must_use]
pub fn listing(
    exchange: &Exchange,
    language: Language,
    ticket: &Ticket,
    order: Option<&Order>,
) -> ListingRow {
    let now = exchange.clock.now();
    ListingRow {
        id: ticket.id.to_string(),
        title: ticket.content.title.clone(),
        starts: start(
            language,
            ticket.content.starts_at,
            ticket.content.zone.as_deref(),
        ),
        price: price(exchange, language, ticket.content.price),
        status: ticket.status,
        changeable: ticket.check_changeable().is_ok(),
        sale: order.map(|order| SaleRow {
            order: order.id.to_string(),
            status: order.status,
            live: order.is_live(now),
            dispute: order.dispute,
        }),
        owed: exchange::market::owed(ticket).map(|amount| price(exchange, language, amount)),
    }
}

/// What is against a listing, as moderators are told.
fn reasons(language: Language, case: &Case) -> Vec<String> {
    let reasons = case.reasons.iter();
    reasons
        .map(|reason| texts::moderation::reason(language, reason))
        .collect()
}

fn case_row(language: Language, known: &Known) -> CaseRow {
    CaseRow {
        id: known.case.id.to_string(),
        title: known.ticket.content.title.clone(),
        seller: display_name(language, known.seller.clone()),
        reasons: reasons(language, &known.case),
        status: known.case.status,
        since: moment(language, known.case.created_at, None),
    }
}

/// A page of what waits for moderators.
#[must_use]
pub fn queue(language: Language, page: &Page<Known>) -> QueuePage {
    QueuePage {
        cases: page
            .items
            .iter()
            .map(|known| case_row(language, known))
            .collect(),
        next: page.next.clone(),
    }
}

/// A case's page.
#[must_use]
pub fn case(exchange: &Exchange, language: Language, found: &CaseDetails) -> CaseView {
    let Known { case, ticket, .. } = &found.known;
    let content = &ticket.content;
    CaseView {
        row: case_row(language, &found.known),
        decided_by: found
            .decided_by
            .clone()
            .map(|name| display_name(language, name)),
        explanation: case.explanation.clone(),
        is_current: case.content_version == ticket.content_version,
        ticket: ticket.id.to_string(),
        ticket_status: ticket.status,
        description: content.description.clone(),
        venue: content.venue.clone(),
        starts: start(language, content.starts_at, content.zone.as_deref()),
        price: price(exchange, language, content.price),
        reports: found
            .reports
            .iter()
            .map(|report| ReportView {
                category: texts::moderation::category(language, report.category).to_owned(),
                text: report.text.clone(),
                at: moment(language, report.at, None),
            })
            .collect(),
        others: found
            .others
            .iter()
            .map(|known| case_row(language, known))
            .collect(),
    }
}

/// What the seller is told of a decision.
#[must_use]
pub fn verdict(language: Language, case: Case) -> Verdict {
    Verdict {
        status: case.status,
        reasons: case
            .reasons
            .iter()
            .map(|reason| texts::moderation::signal(language, reason.signal).to_owned())
            .collect(),
        explanation: case.explanation,
    }
}

/// A row of the buyer's orders.
#[must_use]
pub fn order_row(exchange: &Exchange, language: Language, order: &Order) -> OrderRow {
    OrderRow {
        id: order.id.to_string(),
        title: order.title.clone(),
        starts: start(language, order.starts_at, order.zone.as_deref()),
        price: price(exchange, language, order.price),
        status: order.status,
        cancel_reason: order.cancel_reason,
        payable: order.check_payable(exchange.clock.now()).is_ok(),
        created: moment(language, order.created_at, order.zone.as_deref()),
    }
}

/// An order's page.
#[must_use]
pub fn order(
    exchange: &Exchange,
    language: Language,
    viewer: &Viewer,
    found: &OrderDetails,
) -> OrderView {
    let order = &found.order;
    let now = exchange.clock.now();
    let zone = order.zone.as_deref();
    let role = match viewer.id() {
        Some(id) if *id == order.buyer => Role::Buyer,
        Some(id) if *id == order.seller => Role::Seller,
        _ => Role::Staff,
    };
    let payable = role == Role::Buyer && order.check_payable(now).is_ok();
    OrderView {
        id: order.id.to_string(),
        ticket: order.ticket.to_string(),
        title: order.title.clone(),
        starts: start(language, order.starts_at, zone),
        price: price(exchange, language, order.price),
        status: order.status,
        cancel_reason: order.cancel_reason,
        role,
        payable,
        left_ms: u64::try_from(now.until(order.due_at()).as_millis()).unwrap_or(u64::MAX),
        due: moment(language, order.due_at(), zone),
        refundable: exchange::payments::refund::check(exchange, viewer, order).is_ok(),
        paid: order.paid_at.map(|paid| moment(language, paid, zone)),
        created: moment(language, order.created_at, zone),
        updated: moment(language, order.updated_at, zone),
        payment: found.payment.as_ref().map(|payment| PaymentView {
            status: payment.status,
            // What a bank says of the buyer's card is the buyer's.
            decline: decline(language, payment).filter(|_| role == Role::Buyer),
            card_brand: payment.card_brand.clone().filter(|_| role == Role::Buyer),
            card_last4: payment.card_last4.clone().filter(|_| role == Role::Buyer),
            refund_failed: payment.refund_failure.is_some() && role != Role::Seller,
        }),
        handover_note: found.handover_note.clone().filter(|note| !note.is_empty()),
        billed_to: order
            .billing
            .as_ref()
            .filter(|_| order.status.is_paid())
            .map(|billing| billing::lines(language, billing))
            .unwrap_or_default(),
        dispute: order.dispute,
        checkout: None,
    }
}

/// What the payment form begins with, if that is who paid before.
pub fn checkout_form(
    exchange: &Exchange,
    language: Language,
    billing: Option<Billing>,
) -> CheckoutForm {
    let stripe = &exchange.settings.stripe;
    CheckoutForm {
        address: billing
            .as_ref()
            .and_then(|billing| address_form(language, &billing.country))
            .unwrap_or_default(),
        billing,
        countries: countries(language)
            .into_iter()
            .map(|country| choice(&country.code, country.name(language)))
            .collect(),
        stripe_js: stripe.js_url.clone(),
        stripe_key: stripe.publishable_key.clone(),
    }
}

/// What addresses of the country with this code have.
#[must_use]
pub fn address_form(language: Language, country: &str) -> Option<AddressForm> {
    let rules = rules(country)?;
    Some(AddressForm {
        regions: rules
            .regions(language)
            .into_iter()
            .map(|region| choice(region.code, region.name(language)))
            .collect(),
        region_required: rules.region_required,
        has_postal_code: rules.has_postal_code,
    })
}

fn choice(code: &str, name: &str) -> Choice {
    Choice {
        code: code.to_owned(),
        name: name.to_owned(),
    }
}

/// What the browser needs to have Stripe confirm a payment.
#[must_use]
pub fn confirmation(begun: Begun) -> Confirmation {
    let billing = begun.billing;
    Confirmation {
        client_secret: begun.client_secret,
        billing_details: BillingDetails {
            name: billing.name,
            address: Address {
                line1: billing.line1,
                line2: billing.line2,
                city: billing.city,
                state: billing.region,
                postal_code: billing.postal_code,
                country: billing.country,
            },
        },
    }
}

/// Why the card was declined, while another can be tried.
#[must_use]
pub fn decline(language: Language, payment: &Payment) -> Option<String> {
    let waits = payment.status == PaymentStatus::Created;
    payment
        .decline_code
        .as_deref()
        .filter(|_| waits)
        .map(|code| texts::declines::decline(language, code).to_owned())
}
