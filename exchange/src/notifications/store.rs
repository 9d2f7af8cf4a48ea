//! Which mails were sent.

use domain::{Timestamp, UserId};
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};

use crate::{
    Result,
    platform::db::{Db, record},
    vars,
};

fn name(message_id: &str, template: &str, to: &UserId) -> RecordId {
    let key = vec![
        message_id.to_owned().into_value(),
        template.to_owned().into_value(),
        to.to_string().into_value(),
    ];
    record("sent_mail", RecordIdKey::Array(key.into()))
}

pub(super) async fn is_sent(
    db: &Db,
    message_id: &str,
    template: &str,
    to: &UserId,
) -> Result<bool> {
    let vars = vars! { mail => name(message_id, template, to) };
    let at: Option<i64> = db.read("SELECT VALUE at FROM $mail", vars).await?.one()?;
    Ok(at.is_some())
}

pub(super) async fn note_sent(
    db: &Db,
    message_id: &str,
    template: &str,
    to: &UserId,
    now: Timestamp,
) -> Result<()> {
    Ok(db
        .transact(
            "note mail",
            "UPSERT $mail CONTENT { at: $now, rank: $rank }",
            vars! {
                mail => name(message_id, template, to),
                now => now.millis(),
                // What is newer comes first.
                rank => format!("{:016x} {message_id} {template} {to}", i64::MAX - now.millis()),
            },
        )
        .await?)
}
