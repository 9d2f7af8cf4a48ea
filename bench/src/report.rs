//! What was found: the JSON file, and the table for people.

use std::{
    fmt,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::stats::tenths;

/// What a figure has to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// This and nothing else, or an invariant is broken.
    Exactly(f64),
}

impl Bound {
    fn is_held_by(self, value: &Value) -> bool {
        value.as_f64().is_some_and(|value| match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Exactly(exact) => value.total_cmp(&exact).is_eq(),
        })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::Exactly(exact) => write!(f, "= {exact}"),
        }
    }
}

struct Figure {
    name: &'static str,
    value: Value,
    means: String,
    bound: Option<Bound>,
}

impl Figure {
    fn is_held(&self) -> bool {
        self.bound.is_none_or(|bound| bound.is_held_by(&self.value))
    }
}

/// What an entry found.
#[derive(Default)]
pub(crate) struct Findings {
    figures: Vec<Figure>,
    details: Map<String, Value>,
}

impl Findings {
    /// A figure, and what it means.
    pub(crate) fn figure(
        self,
        name: &'static str,
        value: impl Into<Value>,
        means: impl Into<String>,
    ) -> Self {
        self.with(Figure {
            name,
            value: value.into(),
            means: means.into(),
            bound: None,
        })
    }

    /// A figure that has to keep to a bound.
    pub(crate) fn bounded(
        self,
        name: &'static str,
        value: impl Into<Value>,
        bound: Bound,
        means: impl Into<String>,
    ) -> Self {
        self.with(Figure {
            name,
            value: value.into(),
            means: means.into(),
            bound: Some(bound),
        })
    }

    fn with(mut self, figure: Figure) -> Self {
        self.figures.push(figure);
        self
    }

    /// How it was measured, for the file only.
    pub(crate) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    fn json(&self) -> Map<String, Value> {
        let bounds: Map<String, Value> = self
            .figures
            .iter()
            .filter_map(|figure| {
                Some((
                    figure.name.to_owned(),
                    json!({ "bound": figure.bound?.to_string(), "held": figure.is_held() }),
                ))
            })
            .collect();
        let mut entry: Map<String, Value> = self
            .figures
            .iter()
            .map(|figure| (figure.name.to_owned(), figure.value.clone()))
            .collect();
        entry.insert("bounds".to_owned(), bounds.into());
        entry.extend(self.details.clone());
        entry
    }
}

struct Measured {
    name: &'static str,
    findings: Result<Findings>,
    took: Duration,
}

/// Everything that was found.
pub(crate) struct Report {
    head: Map<String, Value>,
    measured: Vec<Measured>,
    began: Instant,
}

impl Report {
    /// An empty report; `head` says where and with what is measured.
    pub(crate) fn new(head: Map<String, Value>) -> Self {
        Self {
            head,
            measured: Vec::new(),
            began: Instant::now(),
        }
    }

    /// Measures an entry; what fails is noted, and the next one is measured.
    pub(crate) async fn run(
        &mut self,
        name: &'static str,
        entry: impl Future<Output = Result<Findings>>,
    ) {
        eprintln!("measuring {name} …");
        let began = Instant::now();
        let findings = entry.await;
        let took = began.elapsed();
        match &findings {
            Ok(_) => eprintln!("measured {name} in {:.0} s", took.as_secs_f64()),
            Err(error) => eprintln!("{name} failed: {error:#}"),
        }
        self.measured.push(Measured {
            name,
            findings,
            took,
        });
    }

    /// Whether everything was measured and every bound holds.
    pub(crate) fn is_well(&self) -> bool {
        self.measured.iter().all(|entry| {
            entry
                .findings
                .as_ref()
                .is_ok_and(|findings| findings.figures.iter().all(Figure::is_held))
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let mut json = self.head.clone();
        json.insert(
            "duration_s".to_owned(),
            tenths(self.began.elapsed().as_secs_f64()).into(),
        );
        for Measured {
            name,
            findings,
            took,
        } in &self.measured
        {
            let mut entry = match findings {
                Ok(findings) => findings.json(),
                Err(error) => Map::from_iter([("error".to_owned(), format!("{error:#}").into())]),
            };
            entry.insert("duration_s".to_owned(), tenths(took.as_secs_f64()).into());
            json.insert((*name).to_owned(), entry.into());
        }
        let text = serde_json::to_string_pretty(&json)?;
        std::fs::write(file, text + "\n")
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Measured {
            name,
            findings,
            took,
        } in &self.measured
        {
            writeln!(f, "\n{name} ({:.0} s)", took.as_secs_f64())?;
            let findings = match findings {
                Ok(findings) => findings,
                Err(error) => {
                    writeln!(f, "  FAILED: {error:#}")?;
                    continue;
                }
            };
            for figure in &findings.figures {
                let bound = match (figure.bound, figure.is_held()) {
                    (None, _) => String::new(),
                    (Some(bound), true) => format!("{bound} held"),
                    (Some(bound), false) => format!("{bound} NOT HELD"),
                };
                writeln!(
                    f,
                    "  {:<20} {:>10}  {bound:<17}  {}",
                    figure.name,
                    figure.value.to_string(),
                    figure.means
                )?;
            }
        }
        write!(f, "\n{:.0} s in all", self.began.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bound_that_does_not_hold_is_seen() {
        let mut report = Report::new(Map::new());
        report
            .run("good", async {
                Ok(Findings::default().bounded("ratio", 0.5, Bound::AtLeast(0.35), "…"))
            })
            .await;
        assert!(report.is_well());
        report
            .run("bad", async {
                Ok(Findings::default().bounded("winners", 2, Bound::Exactly(1.0), "…"))
            })
            .await;
        assert!(!report.is_well());
        assert!(report.to_string().contains("= 1 NOT HELD"), "{report}");
    }

    #[tokio::test]
    async fn what_could_not_be_measured_is_not_well() {
        let mut report = Report::new(Map::new());
        report
            .run("broken", async { anyhow::bail!("no server") })
            .await;
        assert!(!report.is_well());
        assert!(report.to_string().contains("FAILED: no server"), "{report}");
        // JSON has no such number, and no bound holds for it.
        assert!(!Bound::AtMost(1.0).is_held_by(&Value::from(f64::NAN)));
    }
}
