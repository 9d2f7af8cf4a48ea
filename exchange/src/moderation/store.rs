//! Cases, reports and fingerprints in the database.

use std::collections::{BTreeSet, HashMap};

use domain::{
    CaseId, TicketId, Timestamp, UserId,
    moderation::{Case, CaseStatus, Category},
};
use serde::Deserialize;
use surrealdb::types::{Object, RecordIdKey, SurrealValue};

use super::fingerprint::Claim;
use crate::{
    Page, Result, market,
    platform::{
        commit::Commit,
        db::{Db, record},
    },
    vars,
};

pub(super) async fn case(db: &Db, id: &CaseId) -> Result<Option<Case>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $case",
        vars! { case => record("moderation_case", id.as_str()) },
    )
    .await?
    .one()
}

pub(crate) const QUEUE: &str = "SELECT *, record::id(id) AS id FROM moderation_case WHERE status = $status AND rank > $after LIMIT $limit";

/// Cases of a status, those that were opened first before others, from after
/// `after`.
pub(super) async fn queue(
    db: &Db,
    status: CaseStatus,
    after: &str,
    limit: usize,
) -> Result<Page<Case>> {
    let vars = vars! { status => status.name().to_owned(), after => after.to_owned(), limit => (limit + 1) as i64 };
    let cases: Vec<Case> = db.read(QUEUE, vars).await?.many()?;
    Ok(market::cut(cases, limit, |case| case.id.to_string()))
}

/// The cases of a listing, the last one first.
pub(super) async fn of_ticket(db: &Db, ticket: &TicketId) -> Result<Vec<Case>> {
    let sql = "SELECT *, record::id(id) AS id FROM moderation_case WHERE ticket = $ticket";
    let mut cases: Vec<Case> = db
        .read(sql, vars! { ticket => ticket.to_string() })
        .await?
        .many()?;
    cases.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(cases)
}

/// The cases of the listing that this one is about, the last one first.
pub(super) async fn of_ticket_of(db: &Db, id: &CaseId) -> Result<Vec<Case>> {
    match case(db, id).await? {
        Some(case) => of_ticket(db, &case.ticket).await,
        None => Ok(Vec::new()),
    }
}

fn report_key(ticket: &TicketId, reporter: &UserId) -> RecordIdKey {
    let key = [ticket.to_string(), reporter.to_string()].map(SurrealValue::into_value);
    RecordIdKey::Array(key.to_vec().into())
}

/// Whether `reporter` has reported `ticket`.
pub(super) async fn is_reported(db: &Db, ticket: &TicketId, reporter: &UserId) -> Result<bool> {
    let sql = "SELECT VALUE at FROM $report";
    let vars = vars! { report => record("report", report_key(ticket, reporter)) };
    let found: Option<i64> = db.read(sql, vars).await?.one()?;
    Ok(found.is_some())
}

pub(super) fn add_report(
    commit: Commit,
    ticket: &TicketId,
    reporter: &UserId,
    category: Category,
    text: &str,
    now: Timestamp,
) -> Commit {
    let row = Object::from_iter([
        (
            "category".to_owned(),
            category.name().to_owned().into_value(),
        ),
        ("text".to_owned(), text.to_owned().into_value()),
        ("reporter".to_owned(), reporter.to_string().into_value()),
        ("at".to_owned(), now.millis().into_value()),
    ]);
    commit.create("report", report_key(ticket, reporter), row)
}

/// What somebody said of a listing.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// What it is about.
    pub category: Category,
    /// In their words; may be empty.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What was said of a listing, the first ones first.
pub(super) async fn reports(db: &Db, ticket: &TicketId) -> Result<Vec<Report>> {
    let sql = "SELECT * OMIT id FROM report:[$ticket, NONE]..=[$ticket, ..] LIMIT 100";
    let mut found: Vec<Report> = db
        .read(sql, vars! { ticket => ticket.to_string() })
        .await?
        .many()?;
    found.sort_by_key(|report| report.at);
    Ok(found)
}

/// A report of somebody's, for them.
#[derive(Debug, Deserialize)]
pub(crate) struct OwnReport {
    pub(crate) ticket: TicketId,
    pub(crate) category: Category,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
}

/// What somebody reported.
pub(crate) async fn reports_of(db: &Db, reporter: &UserId) -> Result<Vec<OwnReport>> {
    let sql = "SELECT record::id(id)[0] AS ticket, category, text, at FROM report WHERE reporter = $reporter";
    let vars = vars! { reporter => reporter.to_string() };
    db.read(sql, vars).await?.many()
}

/// Blanks what somebody wrote in reports; that they reported stays.
pub(crate) async fn forget_reports(db: &Db, reporter: &UserId) -> Result<()> {
    const SQL: &str = "UPDATE report SET text = '' WHERE reporter = $reporter RETURN NONE";
    let vars = vars! { reporter => reporter.to_string() };
    Ok(db.transact("forget reports", SQL, vars).await?)
}

/// Who has claimed `names`.
pub(super) async fn claims(db: &Db, names: BTreeSet<String>) -> Result<Vec<Claim>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        ticket: TicketId,
        version: u32,
    }
    let records: Vec<_> = names
        .iter()
        .map(|name| record("fingerprint", &**name))
        .collect();
    let sql = "SELECT *, record::id(id) AS id FROM $names";
    let rows: Vec<Row> = db.read(sql, vars! { names => records }).await?.many()?;
    let mut taken: HashMap<String, (u32, TicketId)> = rows
        .into_iter()
        .map(|row| (row.id, (row.version, row.ticket)))
        .collect();
    let claim = |name: String| Claim {
        taken: taken.remove(&name),
        name,
    };
    Ok(names.into_iter().map(claim).collect())
}

/// Has `ticket` claim what `claims` names, unless another one claims it meanwhile.
pub(super) fn claim(mut commit: Commit, claims: Vec<Claim>, ticket: &TicketId) -> Commit {
    for Claim { name, taken } in claims {
        let row = |version: u32| {
            Object::from_iter([
                ("ticket".to_owned(), ticket.to_string().into_value()),
                ("version".to_owned(), version.into_value()),
            ])
        };
        commit = match taken {
            None => commit.create("fingerprint", name, row(1)),
            Some((_, holder)) if holder == *ticket => commit,
            Some((version, _)) => commit.update("fingerprint", &name, version, row(version + 1)),
        };
    }
    commit
}
