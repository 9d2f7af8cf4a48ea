//! What it costs a page to know who is looking.

use anyhow::{Result, ensure};

use crate::{
    http::Connection,
    load::{self, Worker},
    plan::Plan,
    process::Server,
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// Readers at the same time.
const READERS: usize = 16;
/// Most of a page that it may be.
const MOST: f64 = 0.1;

/// The market for the signed in and for others takes turns on one server, which
/// has nothing else to do: what they get a second is what a page costs.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    records::users(&store.exchange, READERS).await?;
    records::tickets(&store.exchange, plan.listings[0]).await?;
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    let mut subjects = Vec::new();
    for signed_in in [false, true] {
        let connections = Connection::open_many(server.address, READERS).await?;
        let readers: Vec<Reader> = (0..)
            .zip(connections)
            .map(|(number, connection)| Reader {
                connection,
                headers: if signed_in {
                    let token = records::token(records::buyer(number));
                    format!("Cookie: session={token}\r\n")
                } else {
                    String::new()
                },
                expected: if signed_in { "Sign out" } else { "Register" },
            })
            .collect();
        subjects.push((readers, Vec::new()));
    }
    server.until_idle().await?;
    for window in 0..=plan.windows {
        for (readers, rates) in &mut subjects {
            let rate = load::window(readers, 0..usize::MAX, plan.window).await?;
            // The first window warms up and does not count.
            if window > 0 {
                rates.push(rate);
            }
        }
    }
    let [nobody, somebody] = [0, 1].map(|subject: usize| stats::median(&subjects[subject].1));
    drop(subjects);
    server.stop().await?;
    Ok(Findings::default()
        .figure(
            "rps_signed_out",
            stats::tenths(nobody),
            "pages of the market a second, signed out",
        )
        .figure(
            "rps_signed_in",
            stats::tenths(somebody),
            "the same, signed in",
        )
        .bounded(
            "share_of_page",
            stats::missing(somebody, nobody),
            Bound::AtMost(MOST),
            "what knowing who is looking adds to a page",
        )
        .detail("connections", READERS)
        .detail("windows", plan.windows)
        .detail("window_s", plan.window.as_secs_f64()))
}

struct Reader {
    connection: Connection,
    headers: String,
    expected: &'static str,
}

impl Worker for Reader {
    async fn work(&mut self, number: usize) -> Result<()> {
        let answer = self.connection.get("/", &self.headers).await?;
        ensure!(answer.status == 200, "/ answers {}", answer.status);
        // Once is enough to see that it is the right page.
        if number < READERS {
            ensure!(
                answer.text().contains(self.expected),
                "the page does not say {:?}",
                self.expected
            );
        }
        Ok(())
    }
}
