//! Load: workers who do jobs one after the other, all at once.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::stats;

/// Longest that a window of a given number of jobs may last.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Somebody who does jobs.
pub(crate) trait Worker: Send + 'static {
    /// Does the job of this number.
    ///
    /// # Errors
    /// When it did not come out as it should: nothing else counts.
    fn work(&mut self, number: usize) -> impl Future<Output = Result<()>> + Send;
}

/// Has `workers` do the jobs of `numbers` for `longest` at most, and returns
/// how many they did a second.
///
/// # Errors
/// The first failure of a job.
pub(crate) async fn window<W: Worker>(
    workers: &mut Vec<W>,
    numbers: Range<usize>,
    longest: Duration,
) -> Result<f64> {
    let next = Arc::new(AtomicUsize::new(numbers.start));
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for mut worker in workers.drain(..) {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            let mut done = 0;
            while began.elapsed() < longest {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    break;
                }
                worker.work(number).await?;
                done += 1;
            }
            anyhow::Ok((worker, done))
        });
    }
    let mut done = 0;
    while let Some(ended) = tasks.join_next().await {
        let (worker, jobs) = ended??;
        workers.push(worker);
        done += jobs;
    }
    Ok(stats::rate(done, began.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter(Arc<AtomicUsize>);

    impl Worker for Counter {
        async fn work(&mut self, number: usize) -> Result<()> {
            self.0.fetch_add(number, Ordering::Relaxed);
            anyhow::ensure!(number < 1_000, "told to fail");
            Ok(())
        }
    }

    #[tokio::test]
    async fn every_number_is_done_once_and_workers_come_back() {
        let sum = Arc::new(AtomicUsize::new(0));
        let mut workers: Vec<Counter> = (0..4).map(|_| Counter(Arc::clone(&sum))).collect();
        window(&mut workers, 10..110, LONGEST).await.expect("done");
        assert_eq!(
            (sum.load(Ordering::Relaxed), workers.len()),
            ((10..110).sum(), 4)
        );
        assert!(window(&mut workers, 1_000..1_001, LONGEST).await.is_err());
    }
}
