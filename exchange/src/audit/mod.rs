//! The audit trail: what was done that needs a privilege or moves money, by whom.
//!
//! An entry is in the commit of what it is about, so there is neither without the
//! other. It has identifiers, names of fields and reasons out of lists, and nothing
//! personal. Soon afterwards it is sealed ([`seal`]): it gets a number and a hash
//! over itself and the hash before, so that [`verify`] finds whatever was changed,
//! taken out or moved since. Entries are not numbered by the commit itself, because
//! all commits would compete for the last number.

pub(crate) mod chain;

use domain::{KeyId, Timestamp, permission::Actor};
use serde::{Deserialize, Serialize};

pub use chain::{Verified, seal, verify};

/// What acts are done for.
#[derive(Debug, Clone, Default)]
struct Asked {
    request: Option<String>,
    key: Option<KeyId>,
}

tokio::task_local! {
    static ASKED: Asked;
}

fn asked() -> Asked {
    ASKED.try_with(Clone::clone).unwrap_or_default()
}

/// Runs what a request asks for, whose acts name it; returns that name as well.
pub async fn within<F: Future>(work: F) -> (String, F::Output) {
    let name = ulid::Ulid::new().to_string();
    let request = Asked {
        request: Some(name.clone()),
        key: None,
    };
    (name, ASKED.scope(request, work).await)
}

/// The name of the request that this is called for.
#[must_use]
pub fn request() -> Option<String> {
    asked().request
}

/// Has the acts of `work`, which is of the request that this is called for, name the
/// key with which a program asks for them.
pub async fn by_key<F: Future>(key: &KeyId, work: F) -> F::Output {
    let key = Some(key.clone());
    ASKED.scope(Asked { key, ..asked() }, work).await
}

/// Has `work` name what it is called for also when it goes on in a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    ASKED.scope(asked(), work)
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Act {
    /// Who did it.
    pub actor: Actor,
    /// What: a name out of few, such as `refund`.
    pub act: &'static str,
    /// To what: the name of a record, such as `order:01J…`.
    pub object: String,
    /// The names of the fields that it changed.
    pub fields: &'static [&'static str],
    /// Why, in a word out of a list.
    pub why: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its identifier.
    pub id: String,
    /// Who did it: `user:<id>`, `operator` or `exchange`.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// To what.
    pub object: String,
    /// Which fields it changed.
    pub fields: Vec<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The key with which a program asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// When.
    pub at: Timestamp,
    /// Its number, once it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// Hash over it and the one before, as hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Act {
    /// The entry of it, which is not sealed.
    pub(crate) fn entry(&self) -> Entry {
        let Asked { request, key } = asked();
        let millis = u64::try_from(self.at.millis()).unwrap_or_default();
        Entry {
            id: ulid::Ulid::from_parts(millis, rand::random()).to_string(),
            actor: match &self.actor {
                Actor::User(id) => format!("user:{id}"),
                Actor::Operator => "operator".to_owned(),
                Actor::Exchange => "exchange".to_owned(),
            },
            act: self.act.to_owned(),
            object: self.object.clone(),
            fields: self.fields.iter().map(|name| (*name).to_owned()).collect(),
            why: self.why.map(str::to_owned),
            request,
            key,
            at: self.at,
            number: None,
            hash: None,
        }
    }
}
