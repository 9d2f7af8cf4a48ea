//! The fault table: every step of listing, reserving, paying, expiring, cancelling
//! and refunding, met by every fault, on real processes. `make faults`.
//!
//! A run is one order, or one listing. After the fault, and once what died is back, the order
//! must come to an end by itself: the buyer has the ticket and one charge, or
//! neither, and the check finds every invariant kept.
//!
//! `FAULTS_SEED` is the first seed (1), `FAULTS_ONLY` a part of the names of
//! the cases to run, `FAULTS_RUNS` how often each runs (5), `FAULTS_AT_ONCE`
//! how many runs there are at a time (6).

mod cases;
#[path = "../it/harness.rs"]
#[expect(dead_code, reason = "the other tests need more of it")]
mod harness;
mod listing;
mod order;
mod run;

use std::{collections::BTreeMap, process::ExitCode, str::FromStr, sync::Arc, time::Instant};

use tokio::{sync::Semaphore, task::JoinSet};

/// A run's seed, and how its order or listing ended, or what is wrong.
type Outcome = (u64, Result<String, String>);

fn setting<T: FromStr>(name: &str, default: T) -> T {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

#[tokio::main]
async fn main() -> ExitCode {
    let first_seed: u64 = setting("FAULTS_SEED", 1);
    let runs: u64 = setting("FAULTS_RUNS", 5);
    let only: String = setting("FAULTS_ONLY", String::new());
    let at_once = Arc::new(Semaphore::new(setting("FAULTS_AT_ONCE", 6)));
    let cases: Vec<_> = cases::all()
        .into_iter()
        .filter(|case| case.to_string().contains(&only))
        .collect();
    println!(
        "{} cases, {runs} runs each, seeds from {first_seed}",
        cases.len()
    );

    if cases.is_empty() {
        return ExitCode::FAILURE;
    }
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, case) in cases.iter().enumerate() {
        for run in 0..runs {
            let (case, at_once) = (*case, Arc::clone(&at_once));
            let seed = first_seed + number as u64 * runs + run;
            tasks.spawn(async move {
                let _turn = at_once.acquire().await.expect("never closed");
                // A panic is a failure of this run, not of all.
                let outcome = tokio::spawn(run::run(case, seed)).await;
                let outcome = outcome.unwrap_or_else(|panic| Err(format!("panicked: {panic}")));
                (number, seed, outcome)
            });
        }
    }
    let mut outcomes: BTreeMap<usize, Vec<Outcome>> = BTreeMap::new();
    let mut failures = 0;
    while let Some(done) = tasks.join_next().await {
        let (number, seed, outcome) = done.expect("a run is caught");
        let of_case = outcomes.entry(number).or_default();
        of_case.push((seed, outcome));
        if of_case.len() as u64 == runs {
            failures += print(&cases[number].to_string(), of_case);
        }
    }
    println!("after {} s", began.elapsed().as_secs());
    println!(
        "{} cases, {} runs, {failures} failures",
        cases.len(),
        cases.len() as u64 * runs
    );
    ExitCode::from(u8::from(failures > 0))
}

/// Prints what became of a case; how many of its runs failed.
fn print(case: &str, outcomes: &mut [Outcome]) -> usize {
    outcomes.sort_by_key(|(seed, _)| *seed);
    let seeds: Vec<u64> = outcomes.iter().map(|(seed, _)| *seed).collect();
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, outcome) in &*outcomes {
        *ends
            .entry(outcome.as_ref().map_or("FAILED", String::as_str))
            .or_default() += 1;
    }
    let ends: Vec<String> = ends
        .iter()
        .map(|(end, times)| format!("{times} {end}"))
        .collect();
    println!(
        "{case}: {} (seeds {}–{})",
        ends.join(", "),
        seeds[0],
        seeds[seeds.len() - 1]
    );
    let mut failures = 0;
    for (seed, outcome) in outcomes {
        if let Err(why) = outcome {
            println!("    seed {seed}: {why}");
            failures += 1;
        }
    }
    failures
}
