//! Where and with what is measured.

use std::{fs, io::Write, process::Command, thread, time::Instant};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::{FOLDER, stats};

/// The head of the report.
///
/// # Errors
/// When the machine cannot be asked.
pub(crate) fn describe() -> Result<Map<String, Value>> {
    let threads = thread::available_parallelism()?.get();
    let head = json!({
        "machine": {
            "cpu": line("/proc/cpuinfo", "model name")?,
            "cores": threads,
            "memory": line("/proc/meminfo", "MemTotal")?,
            "kernel": fs::read_to_string("/proc/sys/kernel/osrelease")?.trim(),
            "fsync_us": fsync_micros()?,
        },
        "versions": {
            "rustc": output("rustc", &["--version"]),
            "surrealdb": locked("surrealdb")?,
            "leptos": locked("leptos")?,
            "nats_server": output(&std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned()), &["--version"]),
            "git_commit": commit(),
            "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
        },
        "durability": "surrealkv sync=every: a commit returns after its log has been synced to disk",
        "client": {
            "program": "bench, on the machine that it measures: HTTP/1.1 over TCP, connections kept alive",
            "threads": threads,
        },
    });
    match head {
        Value::Object(head) => Ok(head),
        other => Ok(Map::from_iter([("machine".to_owned(), other)])),
    }
}

/// What follows `name:` in a file of the kernel.
fn line(file: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    Ok(found.unwrap_or("unknown").trim().to_owned())
}

/// What a program says; "unknown" when there is none.
fn output(program: &str, args: &[&str]) -> String {
    let said = Command::new(program)
        .args(args)
        .output()
        .ok()
        .filter(|output| output.status.success());
    said.map_or_else(
        || "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn commit() -> String {
    let commit = output("git", &["rev-parse", "HEAD"]);
    let changed = !output("git", &["status", "--porcelain"]).is_empty();
    if changed {
        format!("{commit}, with changes")
    } else {
        commit
    }
}

/// The version of a package in Cargo.lock.
fn locked(package: &str) -> Result<String> {
    let lock = fs::read_to_string("Cargo.lock").context("cannot read Cargo.lock")?;
    let named = format!("name = \"{package}\"");
    let version = lock.lines().skip_while(|line| *line != named).nth(1);
    Ok(version
        .and_then(|line| line.split('"').nth(1))
        .unwrap_or("unknown")
        .to_owned())
}

/// What a durable commit waits for at least: the median time to sync a block
/// where the stores are, in microseconds.
fn fsync_micros() -> Result<u64> {
    let mut file = tempfile::tempfile_in(FOLDER)?;
    let mut samples = Vec::new();
    for _ in 0..50 {
        file.write_all(&[0x5a; 4_096])?;
        let began = Instant::now();
        file.sync_data()?;
        samples.push(u64::try_from(began.elapsed().as_micros())?);
    }
    stats::percentile(&samples, 50).context("no samples")
}
