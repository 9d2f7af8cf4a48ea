#![allow(warnings)]
#[path = "../src/records.rs"]
mod records;
#[path = "../src/store.rs"]
mod store;
const FOLDER: &str = "target/bench";
use std::{ops::Bound, time::Instant};
use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};
use exchange::vars;
fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(10<<20).build().unwrap().block_on(run());
}
fn places(name: &str) -> RecordId {
    RecordId::new("listing", RecordIdKey::Range(Box::new(RecordIdKeyRange { start: Bound::Excluded(RecordIdKey::from(name)), end: Bound::Unbounded })))
}
async fn run() {
    let s = store::Store::create().await.unwrap();
    records::users(&s.exchange, 0).await.unwrap();
    let t = Instant::now();
    records::tickets(&s.exchange, 5000).await.unwrap();
    println!("seed {:?}", t.elapsed());
    let now = s.exchange.clock.now().millis();
    s.exchange.db.transact("index", "DEFINE INDEX listing_rank ON listing FIELDS rank", vars! {}).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let all: Vec<String> = s.exchange.db.read("SELECT VALUE rank FROM listing", vars! {}).await.unwrap().many().unwrap();
    let deep = all[4800].clone();
    for after in ["0".to_owned(), deep] {
        for (name, sql) in [
            ("id>", "SELECT *, record::id(ticket) AS ticket FROM listing WHERE id > $first AND ticket.status = 'available' AND (starts_at = NONE OR starts_at > $now) LIMIT $limit"),
            ("id> order", "SELECT *, record::id(ticket) AS ticket FROM listing WHERE id > $first AND ticket.status = 'available' AND (starts_at = NONE OR starts_at > $now) ORDER BY id LIMIT $limit"),
            ("rank>", "SELECT *, record::id(ticket) AS ticket FROM listing WHERE rank > $after AND ticket.status = 'available' AND (starts_at = NONE OR starts_at > $now) ORDER BY rank LIMIT $limit"),
            ("rank> no or", "SELECT *, record::id(ticket) AS ticket FROM listing WHERE rank > $after AND ticket.status = 'available' ORDER BY rank LIMIT $limit"),
        ] {
            let v = || vars! { after => after.clone(), now => now, limit => 25_i64, first => RecordId::new("listing", after.clone()) };
            let mut n = 0;
            let t = Instant::now();
            for _ in 0..5 {
                let rows: Vec<serde_json::Value> = s.exchange.db.read(sql, v()).await.unwrap().many().unwrap();
                n = rows.len();
            }
            println!("after {after} {name}: {n} rows {:?}", t.elapsed() / 5);
            let rows: Vec<serde_json::Value> = s.exchange.db.read(&format!("{sql} EXPLAIN"), v()).await.unwrap().many().unwrap();
            let text = serde_json::to_string(&rows).unwrap();
            for op in ["TableScan", "IndexScan", "RecordIdScan", "Sort", "Backward", "Filter"] { if text.contains(op) { print!(" {op}"); } }
            println!();
            if name.starts_with("rank> no") { println!("{text}"); }
        }
    }
    let t = Instant::now();
    for _ in 0..5 { exchange::market::browse(&s.exchange, "", "").await.unwrap(); }
    println!("browse {:?}", t.elapsed() / 5);
    let t = Instant::now();
    for _ in 0..5 { exchange::market::browse(&s.exchange, "quartet", "").await.unwrap(); }
    println!("search {:?}", t.elapsed() / 5);
    s.close().await.unwrap();
}
