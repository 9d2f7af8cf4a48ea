//! The operator's commands.

use std::{io::BufRead, path::PathBuf, time::Duration};

use clap::Subcommand;
use domain::{
    OrderId, UserId,
    payment::PaymentStatus,
    permission::{Administer, Permit, Viewer},
};
use exchange::{
    Error, Exchange,
    accounts::{self, ADMINS, MODERATORS, Registration, User, tries::Client},
    administration::{dead_letters, people},
    audit, backup,
    demo::{self, Seeded},
    orders,
    payments::{reconcile, refund},
    platform::{bus::Bus, migrate},
};
use serde::{Deserialize, Serialize};
use texts::Language;

/// A command that a running server carries out, or that opens the data itself.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Admin {
    /// Walk the whole database and prove its invariants.
    Check,
    /// Add demo users and listings, unless there is data already (development
    /// only).
    Demo,
    /// Bring the schema up to date; `serve` does so as well.
    Migrate,
    /// Write all data to a new file, while the server runs or not.
    Backup {
        /// The file.
        file: PathBuf,
    },
    /// Read a backup where there are no data yet, and prove its invariants.
    Restore {
        /// The file.
        file: PathBuf,
    },
    /// Count figures and what sellers are owed anew, and compare them with what is
    /// kept.
    Replay {
        /// Keep what was counted anew; for when nothing else runs on the data.
        #[arg(long)]
        repair: bool,
    },
    /// Make and change accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Moderators and administrators.
    #[command(subcommand)]
    Group(GroupCommand),
    /// Give the money of a paid order back, also when it is too late for its
    /// buyer to ask for it.
    Refund {
        /// The order's identifier, as in its address.
        order: String,
    },
    /// Compare orders and payments with what Stripe has, and drive what differs
    /// to an end; `serve` does so every hour.
    Reconcile {
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// How many days back.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: u32,
    },
    /// The record of what was done with a privilege or moved money.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Messages that no consumer could process.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum UserCommand {
    /// Make an account; the password is read from standard input.
    Create {
        /// E-mail address.
        email: String,
        /// Display name.
        name: String,
        #[arg(skip)]
        password: String,
    },
    /// Mark an address as verified.
    Verify {
        /// E-mail address.
        email: String,
    },
    /// Take the second factor away from somebody who has lost app and backup
    /// codes.
    ResetSecondFactor {
        /// E-mail address.
        email: String,
    },
    /// Suspend somebody: they cannot sign in, their holds end, and what they offer
    /// leaves the market.
    Suspend {
        /// E-mail address.
        email: String,
    },
    /// Suspend somebody no longer.
    Reinstate {
        /// E-mail address.
        email: String,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum GroupCommand {
    /// Make somebody a member.
    Add {
        /// Group.
        #[arg(value_parser = [MODERATORS, ADMINS])]
        group: String,
        /// E-mail address.
        email: String,
    },
    /// End somebody's membership.
    Remove {
        /// Group.
        #[arg(value_parser = [MODERATORS, ADMINS])]
        group: String,
        /// E-mail address.
        email: String,
    },
    /// Show the members.
    List {
        /// Group.
        #[arg(value_parser = [MODERATORS, ADMINS])]
        group: String,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum AuditCommand {
    /// Walk along the chain of hashes: nothing was changed, taken out or moved.
    Verify {
        /// A hash that this printed before: it has to be in the chain.
        #[arg(long)]
        noted: Option<String>,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum DeadLetters {
    /// Show them with the reasons.
    List,
    /// Publish one again, or all.
    Replay {
        /// Its number; all when left out.
        sequence: Option<u64>,
    },
    /// Drop one for good.
    Discard {
        /// Its number.
        sequence: u64,
    },
}

/// What a command has to say, and whether it succeeded.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) succeeded: bool,
}

/// What commands work on.
pub(crate) struct Desk<'a> {
    pub(crate) exchange: &'a Exchange,
    /// None when no server runs.
    pub(crate) bus: Option<&'a Bus>,
    pub(crate) production: bool,
}

impl Admin {
    /// Whether it has a meaning where there is no data yet.
    pub(crate) const fn begins(&self) -> bool {
        matches!(
            self,
            Self::Demo
                | Self::Migrate
                | Self::Restore { .. }
                | Self::User(UserCommand::Create { .. })
        )
    }

    /// Whether it needs the data for itself, and not a running server.
    pub(crate) const fn is_for_data_alone(&self) -> bool {
        matches!(self, Self::Restore { .. } | Self::Replay { repair: true })
    }

    /// The command with what it reads from standard input, and where its files are,
    /// which the server cannot see.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn with_input(mut self) -> Result<Self, String> {
        if let Self::User(UserCommand::Create { password, .. }) = &mut self {
            eprintln!("Password (one line on standard input):");
            std::io::stdin()
                .lock()
                .read_line(password)
                .map_err(|error| format!("no password: {error}"))?;
            *password = password.trim_end_matches(['\r', '\n']).to_owned();
        }
        if let Self::Backup { file } | Self::Restore { file } = &mut self {
            *file = std::path::absolute(&*file)
                .map_err(|error| format!("cannot find {}: {error}", file.display()))?;
        }
        Ok(self)
    }

    /// Carries it out.
    pub(crate) async fn run(self, desk: &Desk<'_>) -> Outcome {
        let result = match self {
            // It has been read by now.
            Self::Check | Self::Restore { .. } => return check(desk).await,
            Self::Replay { repair } => return replay(desk, repair).await,
            Self::Backup { file } => backup::backup(&desk.exchange.db, &file)
                .await
                .map(|bytes| format!("{}: {bytes} bytes", file.display())),
            Self::Audit(AuditCommand::Verify { noted }) => return verify(desk, noted).await,
            Self::Reconcile { dry_run, days } => return reconcile(desk, dry_run, days).await,
            Self::Demo => seed(desk).await,
            Self::Migrate => migrate::migrate(&desk.exchange.db, &desk.exchange.clock)
                .await
                .map(|applied| {
                    format!(
                        "{} migrations applied, the schema is up to date",
                        applied.len()
                    )
                })
                .map_err(explain),
            Self::User(command) => user(desk, command).await,
            Self::Group(command) => group(desk, command).await,
            Self::Refund { order } => refund(desk, &order).await,
            Self::DeadLetters(command) => letters(desk, command).await,
        };
        match result {
            Ok(text) => Outcome {
                text,
                succeeded: true,
            },
            Err(text) => Outcome {
                text,
                succeeded: false,
            },
        }
    }
}

async fn check(desk: &Desk<'_>) -> Outcome {
    match exchange::check::check(&desk.exchange.db).await {
        Ok(report) => {
            let read: Vec<String> = report
                .counts
                .iter()
                .map(|(kind, count)| format!("{count} {kind}"))
                .collect();
            let summary = format!(
                "read {}: {} violations",
                read.join(", "),
                report.violations.len()
            );
            Outcome {
                succeeded: report.violations.is_empty(),
                text: [report.violations, vec![summary]].concat().join("\n"),
            }
        }
        Err(error) => Outcome {
            text: explain(error),
            succeeded: false,
        },
    }
}

async fn replay(desk: &Desk<'_>, repair: bool) -> Outcome {
    match exchange::check::replay(&desk.exchange.db, repair).await {
        Ok(differences) => {
            let summary = format!(
                "counted anew: {} differences{}",
                differences.len(),
                if repair { ", which are mended" } else { "" }
            );
            Outcome {
                succeeded: repair || differences.is_empty(),
                text: [differences, vec![summary]].concat().join("\n"),
            }
        }
        Err(error) => Outcome {
            text: explain(error),
            succeeded: false,
        },
    }
}

async fn verify(desk: &Desk<'_>, noted: Option<String>) -> Outcome {
    match audit::verify(&desk.exchange.db, noted.as_deref()).await {
        Ok(found) => {
            let summary = format!(
                "{} entries, {} to be sealed, {} violations; the last hash is {}",
                found.entries,
                found.unsealed,
                found.violations.len(),
                found.head
            );
            Outcome {
                succeeded: found.violations.is_empty(),
                text: [found.violations, vec![summary]].concat().join("\n"),
            }
        }
        Err(error) => Outcome {
            text: explain(error),
            succeeded: false,
        },
    }
}

async fn reconcile(desk: &Desk<'_>, dry_run: bool, days: u32) -> Outcome {
    let since = Duration::from_secs(u64::from(days) * 24 * 3_600);
    let report = match reconcile::reconcile(desk.exchange, since, dry_run).await {
        Ok(report) => report,
        Err(error) => {
            return Outcome {
                text: explain(error),
                succeeded: false,
            };
        }
    };
    let named = |what: &str, lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| format!("{what}: {line}")).collect()
    };
    let (did, done) = if dry_run {
        ("would do", "to do")
    } else {
        ("did", "done")
    };
    let summary = format!(
        "looked at {} open payments and {} intents: {} {done}, {} for a person, {} failed",
        report.open,
        report.compared,
        report.done.len(),
        report.for_a_person.len(),
        report.failed.len()
    );
    Outcome {
        succeeded: report.for_a_person.is_empty() && report.failed.is_empty(),
        text: [
            named(did, &report.done),
            named("for a person", &report.for_a_person),
            named("failed", &report.failed),
            vec![summary],
        ]
        .concat()
        .join("\n"),
    }
}

async fn refund(desk: &Desk<'_>, order: &str) -> Result<String, String> {
    let id: OrderId = order
        .trim()
        .parse()
        .map_err(|_| format!("{order:?} is not the identifier of an order"))?;
    refund::refund(desk.exchange, &Viewer::Operator, &id)
        .await
        .map_err(explain)?;
    let refunded = orders::view(desk.exchange, &Viewer::Operator, &id)
        .await
        .map_err(explain)?;
    let payment = refunded.payment.ok_or("there is no payment")?;
    match payment.status {
        PaymentStatus::Refunded => Ok(format!("order {id} is refunded")),
        // Written down: what cannot be done now, the server does later.
        PaymentStatus::Refunding => Ok(format!("the refund of order {id} is under way")),
        _ => Err(format!(
            "the refund of order {id} failed: {}",
            payment.refund_failure.unwrap_or_default()
        )),
    }
}

async fn seed(desk: &Desk<'_>) -> Result<String, String> {
    if desk.production {
        return Err("demo data is for development only".to_owned());
    }
    let seeded = demo::seed(desk.exchange).await.map_err(explain)?;
    Ok(demo_summary(&seeded))
}

/// What the demo data are, and how to sign in.
pub(crate) fn demo_summary(seeded: &Seeded) -> String {
    let what = match seeded {
        Seeded::Added(listings) => {
            format!("{} users; added {listings} listings", demo::USERS.len())
        }
        Seeded::Present => "there already".to_owned(),
        Seeded::Foreign => return "not added, because there is data already".to_owned(),
    };
    let users: Vec<&str> = demo::USERS.iter().map(|(_, email)| *email).collect();
    format!(
        "{what}; sign in as {} with the password {}",
        users.join(", "),
        demo::PASSWORD
    )
}

/// What commands are done with.
fn operator() -> Result<Permit<Administer>, String> {
    Viewer::Operator
        .may(Administer)
        .map_err(|denied| explain(denied.into()))
}

fn shown(user: User) -> String {
    format!(
        "{} ({}): verified {}, suspended {}, groups {:?}",
        user.email, user.id, user.verified, user.suspended, user.groups
    )
}

/// Whose address `email` is.
async fn account(
    desk: &Desk<'_>,
    permit: &Permit<Administer>,
    email: &str,
) -> Result<UserId, String> {
    let found = people::by_email(desk.exchange, permit, email).await;
    found.map(|user| user.id).map_err(explain)
}

async fn group(desk: &Desk<'_>, command: GroupCommand) -> Result<String, String> {
    let exchange = desk.exchange;
    let permit = operator()?;
    match command {
        GroupCommand::Add { group, email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::grant(exchange, &permit, &id, &group)
                .await
                .map(shown)
        }
        GroupCommand::Remove { group, email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::revoke(exchange, &permit, &id, &group)
                .await
                .map(shown)
        }
        GroupCommand::List { group } => {
            people::members(exchange, &permit, &group)
                .await
                .map(|members| {
                    let count = members.len();
                    let mut lines: Vec<String> = members.into_iter().map(shown).collect();
                    lines.push(format!("{count} {group}"));
                    lines.join("\n")
                })
        }
    }
    .map_err(explain)
}

async fn user(desk: &Desk<'_>, command: UserCommand) -> Result<String, String> {
    let exchange = desk.exchange;
    let permit = operator()?;
    match command {
        UserCommand::Create {
            email,
            name,
            password,
        } => {
            accounts::register(
                exchange,
                &Client::default(),
                Registration {
                    email,
                    name,
                    password,
                },
            )
            .await
        }
        UserCommand::Verify { email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::verify(exchange, &permit, &id).await
        }
        UserCommand::ResetSecondFactor { email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::second_factor::reset(exchange, &permit, &id).await
        }
        UserCommand::Suspend { email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::suspend(exchange, &permit, &id, true).await
        }
        UserCommand::Reinstate { email } => {
            let id = account(desk, &permit, &email).await?;
            accounts::suspend(exchange, &permit, &id, false).await
        }
    }
    .map(shown)
    .map_err(|error| match error {
        Error::Invalid(fields) => fields
            .iter()
            .map(|(field, problem)| {
                let sentence =
                    texts::problem(Language::English, problem, &exchange.settings.currency);
                format!("{field}: {sentence}")
            })
            .collect::<Vec<_>>()
            .join("\n"),
        error => explain(error),
    })
}

async fn letters(desk: &Desk<'_>, command: DeadLetters) -> Result<String, String> {
    let bus = desk
        .bus
        .ok_or("the server is not running, and the dead letters are in its broker")?;
    let permit = operator()?;
    let all = async || {
        let found = dead_letters::list(bus, &permit, 0, usize::MAX - 1).await;
        found.map(|page| page.items).map_err(explain)
    };
    match command {
        DeadLetters::List => {
            let letters = all().await?;
            let lines: Vec<String> = letters
                .iter()
                .map(|letter| {
                    format!(
                        "{}\t{}\t{}\t{}\t{}",
                        letter.sequence,
                        letter.consumer,
                        letter.subject,
                        letter.reason,
                        letter.payload
                    )
                })
                .collect();
            Ok([lines, vec![format!("{} dead letters", letters.len())]]
                .concat()
                .join("\n"))
        }
        DeadLetters::Replay { sequence } => {
            let sequences = match sequence {
                Some(sequence) => vec![sequence],
                None => all().await?.iter().map(|letter| letter.sequence).collect(),
            };
            for sequence in &sequences {
                dead_letters::replay(desk.exchange, bus, &permit, *sequence)
                    .await
                    .map_err(explain)?;
            }
            Ok(format!("replayed {}", sequences.len()))
        }
        DeadLetters::Discard { sequence } => {
            dead_letters::discard(desk.exchange, bus, &permit, sequence)
                .await
                .map(|()| format!("dropped {sequence}"))
                .map_err(explain)
        }
    }
}

/// [`Error::explained`], to be mapped with.
pub(crate) fn explain(error: Error) -> String {
    error.explained()
}
