//! Telling webhooks: each its account's events one after another, in the order of
//! their numbers, signed (Standard Webhooks, <https://www.standardwebhooks.com>),
//! until it accepts them.
//!
//! What is noted after an answer may be lost with the process, and then the message
//! goes once more under the same `webhook-id`: at least once. New ones come in order; a
//! repetition, by a process that was stopped for a while and lost its lease, may come
//! after later ones. An address that does not accept a message is given nothing else
//! before the next attempt.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Timestamp, UserId};
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use openidconnect::reqwest::{self, header};
use serde::Serialize;
use sha2::Sha256;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    Entry, PAGE, addresses, feed, some, state,
    webhooks::{self, Delivery, Ended, Fault, Webhook},
};
use crate::{
    Error, Exchange, Result, accounts, metrics,
    platform::{commit::CommitError, lease::Lease},
    vars,
    when::iso,
};

/// How often it is looked whom there is something to tell.
const LOOK: Duration = Duration::from_millis(500);
/// Most accounts whose webhooks are told at once.
const AT_ONCE: usize = 64;
/// How long an address may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// For how long an account's webhooks are told before others have their turn.
const TURN: Duration = Duration::from_secs(20);
/// How long an account is left alone whose webhooks could not be looked at.
const RECOVERY: Duration = Duration::from_secs(5);
/// How long it is waited after each failure before the next attempt (Standard
/// Webhooks); after the last one a webhook is ended.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3_600),
    Duration::from_secs(5 * 3_600),
    Duration::from_secs(10 * 3_600),
    Duration::from_secs(14 * 3_600),
    Duration::from_secs(20 * 3_600),
    Duration::from_secs(24 * 3_600),
];

/// Accounts whose webhooks may have to be told something.
pub(crate) const DUE: &str =
    "SELECT VALUE record::id(id) FROM feed WHERE look_at <= $now LIMIT $limit";

/// A message, as it is posted; what an account reads of its events is the same.
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    /// [`Entry::event`].
    pub id: &'a str,
    /// [`Entry::kind`].
    pub r#type: &'a str,
    /// RFC 3339, in UTC.
    pub timestamp: String,
    /// What it happened to.
    pub data: Data<'a>,
}

/// What an event happened to.
#[derive(Debug, Serialize)]
pub struct Data<'a> {
    /// The identifier of the ticket or the order.
    pub id: &'a str,
    /// The version that this made of it.
    pub version: u32,
}

impl<'a> From<&'a Entry> for Message<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            id: &entry.event,
            r#type: &entry.kind,
            timestamp: iso(entry.at),
            data: Data {
                id: &entry.object,
                version: entry.version,
            },
        }
    }
}

/// Posts messages.
pub struct Courier {
    http: reqwest::Client,
    private: bool,
}

impl Courier {
    /// One that goes to addresses of the Internet, and to `private` ones if it may.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(private: bool) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .user_agent("Ticket-Exchange")
            // An address leads nowhere else, neither by an answer nor by the
            // environment.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(addresses::Resolver { private }))
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(1))
            .build()
            .map_err(Error::internal)?;
        Ok(Self { http, private })
    }

    /// Posts `entry` to `hook`.
    async fn post(&self, exchange: &Exchange, hook: &Webhook, entry: &Entry) -> Result<Delivery> {
        let begun = Instant::now();
        let now = exchange.clock.now();
        let body = serde_json::to_string(&Message::from(entry)).map_err(Error::internal)?;
        let mut delivery = Delivery {
            message: entry.event.clone(),
            kind: entry.kind.clone(),
            at: now,
            millis: 0,
            status: None,
            fault: None,
        };
        let Some(url) = addresses::parse(&hook.url, self.private) else {
            delivery.fault = Some(Fault::Address);
            return Ok(delivery);
        };
        let at = now.millis().div_euclid(1_000).to_string();
        let signature = sign(&hook.secrets(exchange)?, &entry.event, &at, &body)?;
        let sent = self
            .http
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &entry.event)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) => delivery.status = Some(answer.status().as_u16()),
            Err(error) => {
                delivery.fault = Some(if error.is_timeout() {
                    Fault::Timeout
                } else {
                    Fault::Connection
                });
                // An address may have a secret in it.
                let error = error.without_url();
                tracing::debug!(webhook = %hook.id, %error, "not delivered");
            }
        }
        delivery.millis = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        Ok(delivery)
    }
}

/// The value of `webhook-signature`: an HMAC for each secret.
fn sign(secrets: &[Vec<u8>], id: &str, at: &str, body: &str) -> Result<String> {
    let signed = secrets.iter().map(|secret| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(Error::internal)?;
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        Ok(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    });
    Ok(signed.collect::<Result<Vec<String>>>()?.join(" "))
}

/// Tells webhooks until `stop`.
pub async fn run(exchange: Exchange, mut lease: Lease, stop: CancellationToken) {
    // Whoever is slow keeps nobody waiting but themselves.
    let mut under_way: BTreeSet<UserId> = BTreeSet::new();
    let mut tasks: JoinSet<UserId> = JoinSet::new();
    while !stop.is_cancelled() {
        if lease.is_held().await {
            match due(&exchange).await {
                Ok(users) => {
                    for user in users {
                        if under_way.len() < AT_ONCE && under_way.insert(user.clone()) {
                            tasks.spawn(turn(exchange.clone(), user));
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "webhooks wait");
                    lease.give_up().await;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = lease.pause(LOOK) => {}
        }
        while let Some(ended) = tasks.try_join_next() {
            match ended {
                Ok(user) => drop(under_way.remove(&user)),
                // Whose turn it was is not known any more: everybody's begins anew.
                Err(error) => {
                    tracing::error!(%error, "webhooks are told anew");
                    tasks.shutdown().await;
                    under_way.clear();
                }
            }
        }
    }
    lease.give_up().await;
}

/// The accounts whose webhooks may have to be told something.
async fn due(exchange: &Exchange) -> Result<Vec<UserId>> {
    let now = exchange.clock.now().millis();
    let vars = vars! { now => now, limit => 2 * AT_ONCE as i64 };
    exchange.db.read(DUE, vars).await?.many()
}

/// Tells the webhooks of an account, and notes when to look again.
async fn turn(exchange: Exchange, user: UserId) -> UserId {
    let told = async {
        let state = state(&exchange.db, &user).await?;
        let looks = state.map(|state| state.looks);
        let owner = accounts::find(&exchange, &user).await?;
        let Some(owner) = owner.filter(|owner| !owner.suspended) else {
            return Ok((looks, None));
        };
        let hooks = webhooks::of_user(&exchange.db, &owner).await?;
        let hooks = hooks.into_iter().filter(|hook| hook.active);
        let told = join_all(hooks.map(|hook| tell(&exchange, hook))).await;
        let mut again = None::<Timestamp>;
        for next in told {
            again = [again, next?].into_iter().flatten().min();
        }
        Ok::<_, Error>((looks, again))
    };
    let (looks, again) = match told.await {
        Ok((looks, again)) => (looks, again),
        Err(error) => {
            tracing::warn!(account = %user, %error, "webhooks wait");
            (None, Some(exchange.clock.now() + RECOVERY))
        }
    };
    // Unless somebody has asked for another look meanwhile.
    const SQL: &str = "UPDATE $feed SET look_at = $again \
        WHERE $looks = NONE OR looks = $looks RETURN NONE";
    let vars = vars! {
        feed => feed(&user), looks => looks,
        again => again.map_or(i64::MAX, Timestamp::millis),
    };
    let noted = exchange.db.transact_quietly("look at feed", SQL, vars);
    if let Err(error) = noted.await {
        tracing::warn!(account = %user, %error, "webhooks are looked at again");
    }
    user
}

/// Tells a webhook what it has not been told, and returns when to go on, if that is
/// to be.
async fn tell(exchange: &Exchange, mut hook: Webhook) -> Result<Option<Timestamp>> {
    let begun = Instant::now();
    if exchange.clock.now() < hook.due_at {
        return Ok(Some(hook.due_at));
    }
    loop {
        let waiting = some(&exchange.db, &hook.user, hook.told + 1, PAGE).await?;
        let (count, newest) = (waiting.len(), waiting.last().map(|next| next.number));
        for next in waiting {
            if !hook.wants(&next.entry.kind) {
                continue;
            }
            if begun.elapsed() > TURN {
                return Ok(Some(exchange.clock.now()));
            }
            // What ends sessions and keys ends this at once.
            let owner = accounts::find(exchange, &hook.user).await?;
            if !owner.is_some_and(|owner| !owner.suspended && owner.epoch == hook.epoch) {
                return Ok(None);
            }
            let delivery = exchange.courier.post(exchange, &hook, &next.entry).await?;
            metrics::delivery(delivery.is_done());
            let after = after(&hook, &delivery, next.number, exchange.clock.now());
            match webhooks::note(exchange, &hook, &after, Some(&delivery)).await {
                Ok(()) => {}
                // Its owner changed it meanwhile, which is looked at next time.
                Err(CommitError::Stale) => return Ok(Some(exchange.clock.now())),
                Err(error) => return Err(error.into()),
            }
            hook = after;
            if !hook.active {
                return Ok(None);
            }
            if hook.failures > 0 {
                return Ok(Some(hook.due_at));
            }
        }
        // What it does not want, it is done with.
        if let Some(newest) = newest.filter(|newest| *newest > hook.told) {
            let after = Webhook {
                told: newest,
                ..hook.changed()
            };
            match webhooks::note(exchange, &hook, &after, None).await {
                Ok(()) => hook = after,
                Err(CommitError::Stale) => return Ok(Some(exchange.clock.now())),
                Err(error) => return Err(error.into()),
            }
        }
        if count < PAGE {
            return Ok(None);
        }
    }
}

/// What a webhook is after an attempt to deliver the event with this number.
fn after(hook: &Webhook, delivery: &Delivery, number: i64, now: Timestamp) -> Webhook {
    let changed = hook.changed();
    if delivery.is_done() {
        return Webhook {
            told: number,
            failures: 0,
            ..changed
        };
    }
    let is_gone = delivery.status == Some(410);
    let pause = usize::try_from(hook.failures)
        .ok()
        .and_then(|failures| PAUSES.get(failures))
        .filter(|_| !is_gone);
    let failures = hook.failures + 1;
    match pause {
        Some(pause) => Webhook {
            failures,
            due_at: now + *pause,
            ..changed
        },
        None => Webhook {
            failures,
            active: false,
            ended: Some(if is_gone { Ended::Gone } else { Ended::Failed }),
            ..changed
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn messages_are_signed_as_standard_webhooks_are() {
        let secret = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let signature = sign(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"test\": 2432232314}",
        );
        assert_eq!(
            signature.expect("signs"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
