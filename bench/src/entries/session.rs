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

/// What is asked for, in turns, on one server that has nothing else to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// A page, signed out or in: signed in, it also shows more.
    Page { signed_in: bool },
    /// Nothing but who is looking.
    Visitor { signed_in: bool },
}

impl Subject {
    const ALL: [Self; 4] = [
        Self::Page { signed_in: false },
        Self::Page { signed_in: true },
        Self::Visitor { signed_in: false },
        Self::Visitor { signed_in: true },
    ];

    /// The path, and what its answer says.
    const fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::Page { signed_in: false } => ("/", "Register"),
            Self::Page { signed_in: true } => ("/", "Sign out"),
            Self::Visitor { signed_in: false } => ("/api/visitor", "\"name\":null"),
            Self::Visitor { signed_in: true } => ("/api/visitor", "\"name\":\"User"),
        }
    }

    const fn signed_in(self) -> bool {
        match self {
            Self::Page { signed_in } | Self::Visitor { signed_in } => signed_in,
        }
    }
}

/// What a request costs is what is left of a second by how many there are. The
/// check is what asking who is looking costs more for somebody who has signed in.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    records::users(&store.exchange, READERS).await?;
    records::tickets(&store.exchange, plan.listings[0]).await?;
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    let mut subjects = Vec::new();
    for subject in Subject::ALL {
        let connections = Connection::open_many(server.address, READERS).await?;
        let (path, expected) = subject.path();
        let readers: Vec<Reader> = (0..)
            .zip(connections)
            .map(|(number, connection)| Reader {
                connection,
                path,
                headers: if subject.signed_in() {
                    let token = records::token(records::buyer(number));
                    format!("Cookie: session={token}\r\n")
                } else {
                    String::new()
                },
                expected,
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
    let [page, page_signed_in, nobody, somebody] =
        [0, 1, 2, 3].map(|subject: usize| stats::median(&subjects[subject].1));
    drop(subjects);
    server.stop().await?;
    let checks = stats::more_per_second(somebody, nobody);
    Ok(Findings::default()
        .figure(
            "checks_per_s",
            stats::tenths(checks),
            "checks a second, if the machine did nothing else",
        )
        .figure(
            "page_rps_signed_out",
            stats::tenths(page),
            "pages of the market a second, signed out",
        )
        .figure(
            "page_rps_signed_in",
            stats::tenths(page_signed_in),
            "the same, signed in, which also shows more",
        )
        .bounded(
            "share_of_page",
            stats::ratio(page, checks),
            Bound::AtMost(MOST),
            "what knowing who is looking costs, of what a page does",
        )
        .detail("connections", READERS)
        .detail("windows", plan.windows)
        .detail("window_s", plan.window.as_secs_f64()))
}

struct Reader {
    connection: Connection,
    path: &'static str,
    headers: String,
    expected: &'static str,
}

impl Worker for Reader {
    async fn work(&mut self, number: usize) -> Result<()> {
        let answer = self.connection.get(self.path, &self.headers).await?;
        ensure!(
            answer.status == 200,
            "{} answers {}",
            self.path,
            answer.status
        );
        // Once is enough to see that it is the right page.
        if number < READERS {
            ensure!(
                answer.text().contains(self.expected),
                "{} does not say {:?}",
                self.path,
                self.expected
            );
        }
        Ok(())
    }
}
