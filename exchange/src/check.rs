//! `check`: walks the whole database and proves the invariants.
//!
//! 1. A ticket has at most one live order.
//! 2. A captured payment has a paid order and a sold ticket, and a complete
//!    order has exactly one captured payment of exactly its price.
//! 3. A released ticket's current order is not live.
//! 4. Every version of a ticket, order or payment has its event, and every
//!    event is of a version.
//! 5. Versions go up by one, and every step is in the state table.
//! 6. The ledger sums to zero, and has what was captured, refunded and lost,
//!    once each and nothing else.
//! 7. The figures are what it and the events say.
//! 8. The events that accounts are told of are numbered without a gap.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use domain::{
    event::{Aggregate, Data, Event},
    hold::HoldQuota,
    ledger::{Entry, Kind},
    moderation::{Case, CaseStatus},
    order::{Dispute, Order, OrderStatus},
    payment::{Payment, PaymentStatus},
    ticket::{Ticket, TicketStatus},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Result,
    figures::{self, Sums},
    market::Listing,
    platform::db::Db,
    vars,
};

/// Rows read at once.
const BATCH: usize = 2_000;
/// How often figures that differ are looked at, and the pause between.
const LOOKS: usize = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// What the check found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many records of each kind were read.
    pub counts: Vec<(&'static str, usize)>,
    /// What is wrong, as sentences; nothing when all is well.
    pub violations: Vec<String>,
}

/// Checks everything, as of one moment for each table; run it on a quiet
/// database, because what is committed between two reads looks like a fault.
///
/// # Errors
/// Only when the database is away or a record cannot be read.
pub async fn check(db: &Db) -> Result<Report> {
    let mut report = Report::default();
    let tickets: HashMap<String, Ticket> = all(db, "ticket")
        .await?
        .into_iter()
        .map(|ticket: Ticket| (ticket.id.to_string(), ticket))
        .collect();
    let orders: HashMap<String, Order> = all(db, "ticket_order")
        .await?
        .into_iter()
        .map(|order: Order| (order.id.to_string(), order))
        .collect();
    let cases: HashMap<String, Case> = all(db, "moderation_case")
        .await?
        .into_iter()
        .map(|case: Case| (case.id.to_string(), case))
        .collect();
    let payments: HashMap<String, Payment> = all(db, "payment")
        .await?
        .into_iter()
        .map(|payment: Payment| (payment.id.to_string(), payment))
        .collect();
    report.counts = vec![
        ("tickets", tickets.len()),
        ("orders", orders.len()),
        ("payments", payments.len()),
    ];

    one_live_order(&tickets, &orders, &mut report);
    money(&tickets, &orders, &payments, &mut report);
    let mut versions: HashMap<(Aggregate, &str), u32> = HashMap::new();
    versions.extend(
        tickets
            .values()
            .map(|ticket| ((Aggregate::Ticket, ticket.id.as_str()), ticket.version)),
    );
    versions.extend(
        orders
            .values()
            .map(|order| ((Aggregate::Order, order.id.as_str()), order.version)),
    );
    versions.extend(
        payments
            .values()
            .map(|payment| ((Aggregate::Payment, payment.id.as_str()), payment.version)),
    );
    versions.extend(
        cases
            .values()
            .map(|case| ((Aggregate::Moderation, case.id.as_str()), case.version)),
    );
    moderation(&tickets, &cases, &mut report);
    events(db, &versions, &mut report).await?;
    quotas(db, &orders, &mut report).await?;
    ledger(db, &orders, &mut report).await?;
    feeds(db, &mut report).await?;
    market(db, &tickets, &mut report);
    report.violations.extend(miscounted(db).await?);
    Ok(report)
}

const fn may_be_live(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Created | OrderStatus::AwaitingPayment)
}

fn one_live_order(
    tickets: &HashMap<String, Ticket>,
    orders: &HashMap<String, Order>,
    report: &mut Report,
) {
    for order in orders
        .values()
        .filter(|order| may_be_live(order.status) || order.status == OrderStatus::Complete)
    {
        let Some(ticket) = tickets.get(order.ticket.as_str()) else {
            report.violations.push(format!(
                "order {} is of ticket {}, which does not exist",
                order.id, order.ticket
            ));
            continue;
        };
        // One current order a ticket, so two live ones cannot both be it.
        if ticket.current_order.as_ref() != Some(&order.id) {
            report.violations.push(format!(
                "order {} is {} but not the current order of ticket {}",
                order.id,
                order.status.name(),
                ticket.id
            ));
        }
        if order.seller != ticket.owner || order.buyer == ticket.owner {
            report
                .violations
                .push(format!("order {} has the wrong parties", order.id));
        }
    }
    for ticket in tickets.values() {
        let order = ticket
            .current_order
            .as_ref()
            .and_then(|id| orders.get(id.as_str()));
        let fits = match ticket.status {
            TicketStatus::Reserved => order.is_some_and(|order| may_be_live(order.status)),
            TicketStatus::Sold => order.is_some_and(|order| order.status.is_paid()),
            TicketStatus::Deleted => {
                order.is_none_or(|order| order.status == OrderStatus::Refunded)
            }
            _ => ticket.current_order.is_none(),
        };
        if !fits {
            report.violations.push(format!(
                "ticket {} is {} with current order {:?}, which is {:?}",
                ticket.id,
                ticket.status.name(),
                ticket.current_order,
                order.map(|order| order.status)
            ));
        }
    }
}

fn money(
    tickets: &HashMap<String, Ticket>,
    orders: &HashMap<String, Order>,
    payments: &HashMap<String, Payment>,
    report: &mut Report,
) {
    for payment in payments.values() {
        let Some(order) = orders.get(payment.id.as_str()) else {
            report
                .violations
                .push(format!("payment {} has no order", payment.id));
            continue;
        };
        let sold = tickets
            .get(order.ticket.as_str())
            .is_some_and(|ticket| ticket.status == TicketStatus::Sold);
        if payment.status == PaymentStatus::Captured
            && !(order.status == OrderStatus::Complete && sold)
        {
            report.violations.push(format!(
                "payment {} is captured but its order is {} and the ticket sold: {sold}",
                payment.id,
                order.status.name()
            ));
        }
        if payment.amount != order.price {
            report.violations.push(format!(
                "payment {} is not of its order's price",
                payment.id
            ));
        }
    }
    for order in orders.values() {
        let status = payments
            .get(order.id.as_str())
            .map(|payment| payment.status);
        let fits = match order.status {
            OrderStatus::Created => status.is_none_or(|status| {
                matches!(
                    status,
                    PaymentStatus::Created
                        | PaymentStatus::RequiresAction
                        | PaymentStatus::Cancelled
                )
            }),
            OrderStatus::AwaitingPayment => status == Some(PaymentStatus::Authorized),
            OrderStatus::Complete => status == Some(PaymentStatus::Captured),
            OrderStatus::Refunding => status == Some(PaymentStatus::Refunding),
            OrderStatus::Refunded => status == Some(PaymentStatus::Refunded),
            OrderStatus::Cancelled => status.is_none_or(|status| {
                !matches!(
                    status,
                    PaymentStatus::Captured | PaymentStatus::Refunding | PaymentStatus::Refunded
                )
            }),
        };
        if !fits {
            report.violations.push(format!(
                "order {} is {} but its payment is {status:?}",
                order.id,
                order.status.name()
            ));
        }
    }
}

/// Events are read in the order of their keys: the versions of an aggregate
/// one after the other.
async fn events(
    db: &Db,
    versions: &HashMap<(Aggregate, &str), u32>,
    report: &mut Report,
) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        payload: String,
    }
    let mut seen: HashMap<(Aggregate, String), (u32, Data)> = HashMap::new();
    let rows: Vec<Row> = all(db, "event").await?;
    report.counts.push(("events", rows.len()));
    for row in rows {
        let Ok(event) = serde_json::from_str::<Event>(&row.payload) else {
            report
                .violations
                .push(format!("an event cannot be read: {}", row.payload));
            continue;
        };
        let key = (event.aggregate, event.id.clone());
        let last = seen.get(&key);
        let version = last.map_or(0, |(version, _)| *version);
        if event.version != version + 1 {
            report.violations.push(format!(
                "{} {} goes from version {version} to {}",
                event.aggregate.name(),
                event.id,
                event.version
            ));
        }
        if !event.data.may_follow(last.map(|(_, data)| data)) {
            report.violations.push(format!(
                "{} {} takes a step at version {} that its state table does not have",
                event.aggregate.name(),
                event.id,
                event.version
            ));
        }
        seen.insert(key, (event.version, event.data));
    }
    for ((aggregate, id), version) in versions {
        let last = seen.get(&(*aggregate, (*id).to_owned()));
        if last.map(|(version, _)| version) != Some(version) {
            report.violations.push(format!(
                "{} {id} is at version {version} but its events are not",
                aggregate.name()
            ));
        }
    }
    for (aggregate, id) in seen
        .keys()
        // Old links are forgotten.
        .filter(|(aggregate, _)| !matches!(aggregate, Aggregate::User | Aggregate::Link))
    {
        if !versions.contains_key(&(*aggregate, id.as_str())) {
            report.violations.push(format!(
                "there are events of {} {id}, which does not exist",
                aggregate.name()
            ));
        }
    }
    Ok(())
}

/// A listing waits for a case exactly while that case is open.
fn moderation(
    tickets: &HashMap<String, Ticket>,
    cases: &HashMap<String, Case>,
    report: &mut Report,
) {
    for ticket in tickets.values() {
        let Some(case) = &ticket.case else { continue };
        let fits = cases
            .get(case.as_str())
            .is_some_and(|case| case.status == CaseStatus::Open && case.ticket == ticket.id);
        if !fits {
            report.violations.push(format!(
                "ticket {} waits for case {case}, which is not open",
                ticket.id
            ));
        }
    }
    for case in cases
        .values()
        .filter(|case| case.status == CaseStatus::Open)
    {
        let ticket = tickets.get(case.ticket.as_str());
        if ticket.is_none_or(|ticket| ticket.case.as_ref() != Some(&case.id)) {
            report.violations.push(format!(
                "case {} is open and ticket {} does not wait for it",
                case.id, case.ticket
            ));
        }
    }
}

/// What a buyer's quota counts are the buyer's live orders, no more, no less.
async fn quotas(db: &Db, orders: &HashMap<String, Order>, report: &mut Report) -> Result<()> {
    let mut counted = HashSet::new();
    for quota in all::<HoldQuota>(db, "hold_quota").await? {
        for hold in &quota.holds {
            counted.insert(hold.order.to_string());
            match orders.get(hold.order.as_str()) {
                Some(order) if order.buyer == quota.id && may_be_live(order.status) => {}
                _ => report.violations.push(format!(
                    "the quota of {} counts order {}, which is not live",
                    quota.id, hold.order
                )),
            }
        }
    }
    // A lapsed hold may have been dropped from the quota before its order ends.
    for order in orders.values().filter(|order| {
        order.status == OrderStatus::AwaitingPayment && !counted.contains(order.id.as_str())
    }) {
        report.violations.push(format!(
            "order {} is being paid and no quota counts it",
            order.id
        ));
    }
    Ok(())
}

async fn ledger(db: &Db, orders: &HashMap<String, Order>, report: &mut Report) -> Result<()> {
    let mut entries: HashMap<(String, Kind), Entry> = HashMap::new();
    for entry in all::<Entry>(db, "ledger").await? {
        entries.insert((entry.order.to_string(), entry.kind), entry);
    }
    report.counts.push(("ledger entries", entries.len()));
    for order in orders.values() {
        for (kind, expected) in [
            (Kind::Captured, order.status.is_paid()),
            (Kind::Refunded, order.status == OrderStatus::Refunded),
            (Kind::DisputeLost, order.dispute == Dispute::Lost),
        ] {
            let entry = entries.remove(&(order.id.to_string(), kind));
            let fits = match &entry {
                Some(entry) => {
                    let amount = entry.amount();
                    let whole = kind == Kind::DisputeLost || amount == order.price;
                    let right = *entry == Entry::new(order, kind, amount, entry.at);
                    expected && whole && entry.balances() && right
                }
                None => !expected,
            };
            if !fits {
                report.violations.push(format!(
                    "order {} is {}, dispute {:?}, and its ledger entry {} is {entry:?}",
                    order.id,
                    order.status.name(),
                    order.dispute,
                    kind.name()
                ));
            }
        }
    }
    for (order, kind) in entries.keys() {
        report.violations.push(format!(
            "the ledger has {} of order {order}, which does not exist",
            kind.name()
        ));
    }
    Ok(())
}

/// How the figures differ from what they are when everything is counted anew.
async fn miscounted(db: &Db) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    // The services count what was committed before: what differs while they do is
    // looked at again.
    for _ in 0..LOOKS {
        wrong = figures::differences(db, counted(db).await?).await?;
        if wrong.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(wrong)
}

/// Counts everything anew that is kept as sums: figures by day, and what sellers are
/// owed. Returns how what is kept differs, and with `repair` keeps what was counted,
/// which is for when nobody counts meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn replay(db: &Db, repair: bool) -> Result<Vec<String>> {
    let wrong = miscounted(db).await?;
    if repair && !wrong.is_empty() {
        figures::replace(db, counted(db).await?).await?;
    }
    Ok(wrong)
}

/// What has been counted by now.
async fn counted(db: &Db) -> Result<Sums> {
    #[derive(Deserialize)]
    struct Sent {
        payload: String,
        unsent: Option<String>,
    }
    #[derive(Deserialize)]
    struct Counted {
        #[serde(flatten)]
        entry: Entry,
        uncounted: Option<bool>,
    }
    let mut sums = Sums::default();
    let events: Vec<Sent> = all(db, "event").await?;
    for event in events.iter().filter(|event| event.unsent.is_none()) {
        // One that cannot be read is found elsewhere.
        if let Ok(event) = serde_json::from_str(&event.payload) {
            sums.event(&event);
        }
    }
    let entries: Vec<Counted> = all(db, "ledger").await?;
    for counted in entries.iter().filter(|entry| entry.uncounted.is_none()) {
        sums.entry(&counted.entry);
    }
    Ok(sums)
}

/// Where the market is in memory, it has each ticket that is available or held
/// as it is, and no other.
fn market(db: &Db, tickets: &HashMap<String, Ticket>, report: &mut Report) {
    let index = db.market();
    if !index.is_loaded() {
        return;
    }
    let mut listed = 0;
    for ticket in tickets.values() {
        let (known, row) = (index.version(&ticket.id), index.row(&ticket.id));
        listed += usize::from(row.is_some());
        // A later version is of a commit since the ticket was read.
        if known.is_some_and(|known| known > ticket.version) {
            continue;
        }
        let fits = match &row {
            Some((listing, is_shown)) => {
                let is_available = ticket.status == TicketStatus::Available;
                ticket.status.is_listed()
                    && known == Some(ticket.version)
                    && *is_shown == is_available
                    && *listing == Listing::of(ticket)
            }
            None => !ticket.status.is_listed(),
        };
        if !fits {
            report.violations.push(format!(
                "ticket {} is {} at version {} and the market has version {known:?} of it, {row:?}",
                ticket.id,
                ticket.status.name(),
                ticket.version
            ));
        }
    }
    if index.len() != listed {
        report.violations.push(format!(
            "the market has {} listings, of which {listed} are of tickets",
            index.len()
        ));
    }
    report.counts.push(("listings", listed));
}

/// Those that were forgotten are the first ones, and all of an account that is deleted
/// will be.
async fn feeds(db: &Db, report: &mut Report) -> Result<()> {
    #[derive(Deserialize)]
    struct Feed {
        id: String,
        last: i64,
    }
    #[derive(Deserialize)]
    struct Row {
        user: String,
        number: i64,
    }
    let feeds: Vec<Feed> = all(db, "feed").await?;
    let rows: Vec<Row> = rows(
        db,
        "record::id(id)[0] AS user, record::id(id)[1] AS number",
        "account_event",
    )
    .await?;
    let mut numbers: HashMap<&str, Vec<i64>> = HashMap::new();
    for row in &rows {
        numbers.entry(&row.user).or_default().push(row.number);
    }
    for feed in &feeds {
        let Some(numbers) = numbers.remove(feed.id.as_str()) else {
            continue;
        };
        let without_gap = numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        // More may have happened since the feed was read.
        if !without_gap || numbers.last() < Some(&feed.last) {
            report.violations.push(format!(
                "the events of account {} are not numbered up to {}",
                feed.id, feed.last
            ));
        }
    }
    Ok(())
}

async fn all<T: DeserializeOwned>(db: &Db, table: &'static str) -> Result<Vec<T>> {
    rows(db, "*, <string> record::id(id) AS id", table).await
}

/// All records of a table, in the order of their names.
async fn rows<T: DeserializeOwned>(
    db: &Db,
    fields: &'static str,
    table: &'static str,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for batch in 0.. {
        // Only here, where everything is read once, are rows skipped by count.
        let sql = format!(
            "SELECT {fields} FROM {table} START {} LIMIT {BATCH}",
            batch * BATCH
        );
        let rows: Vec<T> = db.read(&sql, vars! {}).await?.many()?;
        let last = rows.len() < BATCH;
        found.extend(rows);
        if last {
            break;
        }
    }
    Ok(found)
}
