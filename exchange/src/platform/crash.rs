//! Crashes on demand, for the tests of recovery: `CRASH_AT` names a
//! transaction, and the process ends itself there as `kill -9` would. Only in
//! debug builds.
//!
//! `take order/before`, `take order/after`, or `take order/1500` for so many
//! microseconds into it.

use std::{sync::LazyLock, thread, time::Duration};

use rustix::process::{Signal, getpid, kill_process};

/// The transaction, and when.
static CRASH_AT: LazyLock<Option<(String, When)>> = LazyLock::new(|| {
    if !cfg!(debug_assertions) {
        return None;
    }
    let named = std::env::var("CRASH_AT").ok()?;
    let (transaction, when) = named.split_once('/')?;
    let when = match when {
        "before" => When::Before,
        "after" => When::After,
        micros => When::During(Duration::from_micros(micros.parse().ok()?)),
    };
    Some((transaction.to_owned(), when))
});

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    During(Duration),
    After,
}

/// A transaction called `name` begins.
pub(super) fn before(name: &str) {
    match at(name) {
        Some(When::Before) => crash(),
        Some(When::During(pause)) => {
            thread::spawn(move || {
                thread::sleep(pause);
                crash();
            });
        }
        _ => {}
    }
}

/// A transaction called `name` was committed.
pub(super) fn after(name: &str) {
    if at(name) == Some(When::After) {
        crash();
    }
}

fn at(name: &str) -> Option<When> {
    let (transaction, when) = CRASH_AT.as_ref()?;
    (transaction == name).then_some(*when)
}

fn crash() {
    // Fails for no process of one's own.
    let _ = kill_process(getpid(), Signal::KILL);
}
