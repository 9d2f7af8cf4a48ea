//! The reconciler: what neither the browser, nor a webhook, nor an event has
//! brought to an end, found by comparing the records with what Stripe has.
//!
//! Open payments are settled, by a sweep every second and by an operator who
//! asks for it. Besides, every intent that was made or refunded lately is
//! compared with its order, because what Stripe has may be unknown here: an
//! intent whose creation was answered by an error, a refund made at Stripe whose
//! webhook never came, money without an order.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    OrderId, Timestamp,
    payment::{Payment, PaymentStatus},
};
use tokio_util::sync::CancellationToken;

use super::{refund, settle, settle::preview, step::Step, store};
use crate::{
    Exchange, Result, metrics,
    orders::store::{Sale, sale, sales},
    platform::{
        lease::Lease,
        stripe::{Intent, IntentStatus, Refund, RefundStatus},
    },
};

/// How far back the first look goes, which also sees what happened while
/// nobody was there.
pub const LONG: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How far back each later one does, once nothing failed.
const SHORT: Duration = Duration::from_secs(2 * 24 * 3_600);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(3_600);
/// The pause after one in which something failed, doubled with each further one.
const RETRY: Duration = Duration::from_secs(60);

/// What a look came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many open payments were looked at.
    pub open: usize,
    /// How many intents were compared.
    pub compared: usize,
    /// What was done, or would be done, as sentences.
    pub done: Vec<String>,
    /// What a person has to decide.
    pub for_a_person: Vec<String>,
    /// What could not be done now.
    pub failed: Vec<String>,
    /// By what is said of it, the intent of what a person has to decide; none when it
    /// is found by its order.
    undecided: Undecided,
}

type Undecided = BTreeMap<String, Option<String>>;

impl Report {
    fn for_a_person(&mut self, said: String, intent: Option<&str>) {
        self.for_a_person.push(said.clone());
        self.undecided.insert(said, intent.map(str::to_owned));
    }
}

/// Compares the records with Stripe, as far back as `since`, and drives what
/// differs to an end; with `dry_run` it only says what that would be.
///
/// # Errors
/// When the database is away. What Stripe does not answer is in the report.
pub async fn reconcile(exchange: &Exchange, since: Duration, dry_run: bool) -> Result<Report> {
    let mut report = Report::default();
    open_payments(exchange, dry_run, &mut report).await?;
    compare_lately(exchange, since, dry_run, &mut report).await;
    Ok(report)
}

/// Compares at start and from time to time, until `stop`, while it is ours to do.
pub(crate) async fn run(exchange: Exchange, mut lease: Lease, stop: CancellationToken) {
    let (mut since, mut retry) = (LONG, RETRY);
    // They stay what they are until somebody decides, however old they become.
    let mut undecided = Undecided::new();
    while !stop.is_cancelled() {
        if !lease.is_held().await {
            metrics::mismatches(0);
            (since, undecided) = (LONG, Undecided::new());
            tokio::select! {
                () = stop.cancelled() => {}
                () = lease.pause(RETRY) => {}
            }
            continue;
        }
        let mut report = Report::default();
        tokio::select! {
            () = stop.cancelled() => break,
            () = look(&exchange, since, &undecided, &mut report) => {}
        }
        for done in &report.done {
            tracing::info!(done, "reconciled");
        }
        if !report.failed.is_empty() {
            // Of what was not looked at nothing is known.
            report.undecided.append(&mut undecided);
        }
        undecided = std::mem::take(&mut report.undecided);
        metrics::mismatches(undecided.len());
        for finding in &report.for_a_person {
            tracing::error!(finding, "money needs a person");
        }
        for failed in &report.failed {
            tracing::warn!(failed, "not reconciled");
        }
        let pause = if report.failed.is_empty() {
            (since, retry) = (SHORT, RETRY);
            PAUSE
        } else {
            // Another process may reach Stripe.
            lease.give_up().await;
            let pause = retry;
            retry = PAUSE.min(retry * 2);
            pause
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = lease.pause(pause) => {}
        }
    }
    lease.give_up().await;
}

/// Compares what is new, looks at what is open, and again at what was for a person.
async fn look(exchange: &Exchange, since: Duration, undecided: &Undecided, report: &mut Report) {
    let mut open = Report::default();
    if let Err(error) = open_payments(exchange, true, &mut open).await {
        report.failed.push(format!("looking at payments: {error}"));
    }
    // All else about them is the sweep's, which comes every second.
    report.for_a_person.append(&mut open.for_a_person);
    report.undecided.append(&mut open.undecided);
    compare_lately(exchange, since, false, report).await;
    for (said, intent) in undecided {
        let Some(intent) = intent
            .as_ref()
            .filter(|_| !report.undecided.contains_key(said))
        else {
            continue;
        };
        let compared = match exchange.stripe.fetch(intent).await {
            Ok(intent) => compare(exchange, &[intent], false, report).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = compared {
            report.failed.push(format!("intent {intent}: {error}"));
        }
    }
}

/// Settles what is open and not young.
async fn open_payments(exchange: &Exchange, dry_run: bool, report: &mut Report) -> Result<()> {
    let until = exchange.clock.ago(store::HEAD_START);
    for order in store::open(&exchange.db, until).await? {
        report.open += 1;
        match open_payment(exchange, &order, dry_run).await {
            Ok(Some(step @ Step::Alarm)) => {
                report.for_a_person(format!("order {order}: {step}"), None);
            }
            Ok(Some(step)) => report.done.push(format!("order {order}: {step}")),
            Ok(None) => {}
            Err(error) => report.failed.push(format!("order {order}: {error}")),
        }
    }
    Ok(())
}

/// What is done next about an open payment, if anything.
async fn open_payment(exchange: &Exchange, order: &OrderId, dry_run: bool) -> Result<Option<Step>> {
    let step = preview(exchange, order).await?;
    let step = step.filter(|step| *step != Step::Nothing);
    if step.is_some() && !dry_run {
        settle(exchange, order).await?;
    }
    Ok(step)
}

/// Compares the intents that were made or refunded since.
async fn compare_lately(exchange: &Exchange, since: Duration, dry_run: bool, report: &mut Report) {
    let from = exchange.clock.ago(since);
    if let Err(error) = every_intent(exchange, from, dry_run, report).await {
        report.failed.push(format!("looking at intents: {error}"));
    }
    if let Err(error) = every_refund(exchange, from, dry_run, report).await {
        report.failed.push(format!("looking at refunds: {error}"));
    }
}

/// Compares every intent made since `from`.
async fn every_intent(
    exchange: &Exchange,
    from: Timestamp,
    dry_run: bool,
    report: &mut Report,
) -> Result<()> {
    let mut after = None;
    loop {
        let page = exchange.stripe.list(from, after.as_deref()).await?;
        compare(exchange, &page.items, dry_run, report).await?;
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Compares the intent of every refund made since `from` by somebody else, or that came
/// back: it may be much older.
async fn every_refund(
    exchange: &Exchange,
    from: Timestamp,
    dry_run: bool,
    report: &mut Report,
) -> Result<()> {
    let mut after = None;
    loop {
        let page = exchange.stripe.refunds(from, after.as_deref()).await?;
        // One of ours is known here, until it comes back.
        let unknown = |refund: &&Refund| {
            refund.attempt.is_none() || matches!(refund.status, RefundStatus::Failed(_))
        };
        for refund in page.items.iter().filter(unknown) {
            let Some(intent) = &refund.intent else {
                continue;
            };
            let intent = exchange.stripe.fetch(intent).await?;
            // The others were compared with all that were made since then.
            if intent.created < from.millis() / 1000 {
                compare(exchange, &[intent], dry_run, report).await?;
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

async fn compare(
    exchange: &Exchange,
    intents: &[Intent],
    dry_run: bool,
    report: &mut Report,
) -> Result<()> {
    // What names no order of the shape of ours was made by somebody else.
    let ours: Vec<(&Intent, OrderId)> = intents
        .iter()
        .filter_map(|intent| Some((intent, intent.order.as_deref()?.parse().ok()?)))
        .collect();
    let ids: Vec<OrderId> = ours.iter().map(|(_, id)| id.clone()).collect();
    let sales = sales(&exchange.db, &ids).await?;
    for (intent, id) in ours {
        report.compared += 1;
        let known = sales.iter().find(|sale| sale.order.id == id);
        if judge(intent, known) == Verdict::Fine {
            continue;
        }
        match mend(exchange, &id, &intent.id, dry_run).await {
            Ok(Verdict::Fine) => {}
            Ok(Verdict::Person(why)) => report.for_a_person(
                format!("intent {} of order {id}: {why}", intent.id),
                Some(&intent.id),
            ),
            Ok(verdict) => report.done.push(format!(
                "intent {} of order {id}: {}",
                intent.id,
                verdict.act()
            )),
            Err(error) => report
                .failed
                .push(format!("intent {} of order {id}: {error}", intent.id)),
        }
    }
    Ok(())
}

/// Looks again, because records and intent were read one after the other, and
/// mends what is still wrong.
async fn mend(
    exchange: &Exchange,
    order: &OrderId,
    intent: &str,
    dry_run: bool,
) -> Result<Verdict> {
    let before = sale(&exchange.db, order).await?;
    let intent = exchange.stripe.fetch(intent).await?;
    let verdict = judge(&intent, before.as_ref());
    // Somebody is at work on it: the next look sees what that came to.
    let now = sale(&exchange.db, order).await?;
    if version(before.as_ref()) != version(now.as_ref()) {
        return Ok(Verdict::Fine);
    }
    match verdict {
        Verdict::Stray if !dry_run => {
            exchange.stripe.cancel_stray(&intent.id).await?;
        }
        Verdict::Adopt => {
            let refunds = exchange.stripe.refunds_of(&intent.id).await?;
            if !refunds.iter().any(|refund| refund.is_all_of(intent.amount)) {
                return Ok(Verdict::Person(IN_PARTS));
            }
            if !dry_run {
                refund::adopt(exchange, order).await?;
                settle(exchange, order).await?;
            }
        }
        _ => {}
    }
    Ok(verdict)
}

fn version(sale: Option<&Sale>) -> Option<u32> {
    sale?.payment.as_ref().map(|payment| payment.version)
}

const IN_PARTS: &str = "it was refunded at Stripe in parts";

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// They agree, or whoever is at work will see to it.
    Fine,
    /// An intent that no payment goes by: nobody has its secret, and nothing
    /// may ever be taken for it.
    Stray,
    /// All of it was refunded at Stripe itself.
    Adopt,
    /// For a person.
    Person(&'static str),
}

impl Verdict {
    const fn act(self) -> &'static str {
        match self {
            Self::Fine => "nothing",
            Self::Stray => "cancel it, no payment goes by it",
            Self::Adopt => "take over the refund made at Stripe",
            Self::Person(why) => why,
        }
    }
}

/// Compares an intent with the order that it names.
fn judge(intent: &Intent, sale: Option<&Sale>) -> Verdict {
    let Some(sale) = sale else {
        // Perhaps another deployment's, which shares the Stripe account.
        return match intent.status {
            IntentStatus::Captured if !went_back(intent) => {
                Verdict::Person("money without an order: it was taken, and there is no such order")
            }
            IntentStatus::Authorized => Verdict::Person(
                "money without an order: it is set aside, and there is no such order",
            ),
            _ => Verdict::Fine,
        };
    };
    match &sale.payment {
        Some(payment) if payment.intent.as_ref() == Some(&intent.id) => of_payment(intent, payment),
        // It is being made right now.
        Some(payment) if payment.intent.is_none() && payment.status.is_open() => Verdict::Fine,
        _ => unwanted(intent),
    }
}

/// Compares an intent with the payment that goes by it.
fn of_payment(intent: &Intent, payment: &Payment) -> Verdict {
    let taken = intent.status == IntentStatus::Captured;
    match payment.status {
        // Settled, as every open payment.
        status if status.is_open() => Verdict::Fine,
        PaymentStatus::Captured if !taken => {
            Verdict::Person("it is paid here, and the money was not taken at Stripe")
        }
        PaymentStatus::Captured if went_back(intent) => Verdict::Adopt,
        PaymentStatus::Captured if intent.refunded.is_some() => Verdict::Person(IN_PARTS),
        PaymentStatus::Refunded if taken && !went_back(intent) => {
            Verdict::Person("it is refunded here, and not at Stripe")
        }
        PaymentStatus::Cancelled | PaymentStatus::Failed => unwanted(intent),
        _ => Verdict::Fine,
    }
}

/// An intent by which no open payment goes.
fn unwanted(intent: &Intent) -> Verdict {
    match intent.status {
        IntentStatus::Cancelled => Verdict::Fine,
        IntentStatus::Captured if !went_back(intent) => Verdict::Person(
            "money without an order: it was taken, and its order is not paid with it",
        ),
        IntentStatus::Captured => Verdict::Fine,
        IntentStatus::NeedsCard | IntentStatus::InProgress | IntentStatus::Authorized => {
            Verdict::Stray
        }
    }
}

/// Whether all of it was refunded.
fn went_back(intent: &Intent) -> bool {
    intent.refunded == Some(intent.amount)
}

#[cfg(test)]
mod tests {
    use domain::Amount;
    use stripe_sandbox::{Config, Sandbox};

    use super::*;
    use crate::{fixtures, new_id};

    /// A look each hour at two days would forget what is older.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_for_a_person_stays_until_it_is_decided() {
        let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
        let exchange = fixtures::exchange(fixtures::db().await, &sandbox.url());
        let stripe = &exchange.stripe;
        let order: OrderId = new_id(&exchange.clock).expect("an id");
        sandbox.set_clock_offset(-7 * 24 * 3_600);
        let price = Amount::from_minor(4_500);
        let made = stripe.create(&order, 1, price, exchange.settings.currency);
        let intent = made.await.expect("creates");
        let secret = intent.client_secret.expect("a secret");
        sandbox.pay(&secret, "4242424242424242").await;
        stripe.capture(&order, 1, &intent.id).await.expect("takes");
        sandbox.set_clock_offset(0);

        let found = async |since, undecided: &Undecided| {
            let mut report = Report::default();
            look(&exchange, since, undecided, &mut report).await;
            assert_eq!(report.failed, Vec::<String>::new());
            report.undecided
        };
        let first = found(LONG, &Undecided::new()).await;
        assert_eq!(first.len(), 1, "{first:?}");
        assert_eq!(found(SHORT, &Undecided::new()).await.len(), 0, "it is old");
        assert_eq!(found(SHORT, &first).await, first);
        sandbox.refund(&intent.id, None).await;
        assert_eq!(found(SHORT, &first).await.len(), 0);
    }
}
