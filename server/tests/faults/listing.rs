//! One listing, from the form to the market: the server is killed on the way.

use std::{path::Path, time::Duration};

use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    cases::{Case, Flow},
    harness::{Person, Server},
    run::{PATIENCE, blocking, command, killed_itself, start},
};

/// What the rules leave to moderators.
const QUESTIONABLE: &str = "Write to me on WhatsApp.";

/// Runs a case; where the listing ended, or what is wrong.
pub(crate) async fn run(case: Case, crash_at: String) -> Result<String, String> {
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let quiet = vec![("LOG", "off".to_owned())];
    let crashing = [quiet.clone(), vec![("CRASH_AT", crash_at)]].concat();
    let server = start(data.path(), &crashing).await;
    let seller = Person::registered(&server).await;
    let (moderator, email) = Person::known(&server).await;
    let moderated = case.flow == Flow::Decide;
    if moderated {
        command(data.path(), &["group", "add", "moderators", &email]).await?;
    }
    let fields = [
        ("title", "One seat"),
        ("price", "20.00"),
        ("handover_note", "By e-mail."),
        ("description", if moderated { QUESTIONABLE } else { "" }),
    ];
    let answered = seller.try_post("create_ticket", &fields).await;
    let listed = answered.is_ok_and(|(status, _)| status == StatusCode::OK);
    if moderated {
        // The answer may be lost with the server.
        drop(decided(&moderator).await);
    }
    killed_itself(server).await?;

    let server = start(data.path(), &quiet).await;
    let (seller, moderator) = (seller.at(&server), moderator.at(&server));
    if moderated {
        decided(&moderator).await?;
    }
    let end = settled(&seller).await?;
    stopped(server, data.path()).await?;
    if listed && end == "no listing" {
        return Err("what was answered is lost".to_owned());
    }
    if case.may_end(&end, false) {
        Ok(end)
    } else {
        Err(format!("there is {end}"))
    }
}

/// Waits for what there is to decide, and approves it. Nothing is left to decide
/// once it is on the market.
async fn decided(moderator: &Person) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let read = async |status: &str| {
            let answer = moderator.try_read("cases", &[("status", status)]).await;
            answer
                .map(|(_, page)| page)
                .map_err(|error| error.to_string())
        };
        let (open, approved) = (read("open").await?, read("approved").await?);
        if let Some(case) = open["cases"][0]["id"].as_str() {
            let fields = [("id", case), ("decision", "approve")];
            let answer = moderator.try_post("decide_case", &fields).await;
            answer.map_err(|error| error.to_string())?;
        } else if approved["cases"]
            .as_array()
            .is_some_and(|cases| cases.len() == 1)
        {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err("there was nothing to decide".to_owned())
}

/// Waits until every listing of the seller is on the market: there is one, or none.
async fn settled(seller: &Person) -> Result<String, String> {
    let began = Instant::now();
    let mut seen = String::new();
    while began.elapsed() < PATIENCE {
        let read = seller.try_read("listings", &[]).await;
        let (_, page) = read.map_err(|error| error.to_string())?;
        let listings = page["listings"].as_array().cloned().unwrap_or_default();
        match &*listings {
            [] => return Ok("no listing".to_owned()),
            [one] if one["status"] == "available" => return Ok("on the market".to_owned()),
            [_] => {}
            _ => return Err(format!("it is there more than once: {page}")),
        }
        seen = page.to_string();
        sleep(Duration::from_millis(100)).await;
    }
    Err(format!(
        "not on the market after {} s: {seen}",
        PATIENCE.as_secs()
    ))
}

async fn stopped(server: Server, data: &Path) -> Result<(), String> {
    blocking(move || server.stop())
        .await
        .then_some(())
        .ok_or("the server did not end well")?;
    command(data, &["check"]).await
}
