//! Every promise is kept whatever goes wrong, in a million steps.
//!
//! `BALAGH_SEED=N` runs that seed alone and tells all of it; `BALAGH_STEPS=N` is how many steps all
//! runs together have; `BALAGH_WITHOUT=lost,clock` leaves kinds of trouble out.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy cannot tell outside of cfg(test)"
)]

#[path = "../../tests/folder.rs"]
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io::Write;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use balagh_sim::{Broken, Options, Summary, Town, Trouble, run};

use folder::Folder;

/// Steps with trouble of one run.
const RUN: u64 = 6_000;
/// Steps of all runs together, unless told otherwise: one and a half minutes of two cores.
const STEPS: u64 = 1_000_000;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|it| it.parse().ok())
}

/// All that a seed meets, but for what is left out.
fn options(seed: u64, steps: u64) -> Options {
    let without = std::env::var("BALAGH_WITHOUT").unwrap_or_default();
    let without: BTreeSet<Trouble> = without.split(',').filter_map(Trouble::parse).collect();
    let troubles = Trouble::of(seed);
    Options {
        seed,
        steps,
        troubles: troubles.difference(&without).copied().collect(),
        aloud: false,
    }
}

/// One thread, on which the simulation decides who goes on.
fn simulate<T>(work: impl AsyncFnOnce(Town) -> T) -> T {
    let folder = Folder::new("sim");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let town = Town::open(&folder).unwrap();
    block(&runtime, work(town))
}

fn block<T>(runtime: &tokio::runtime::Runtime, work: impl Future<Output = T>) -> T {
    runtime.block_on(work)
}

/// The smallest trouble that still breaks the promise: each kind is left out in turn.
async fn least(town: &Town, broken: Box<Broken>) -> Box<Broken> {
    let mut least = broken;
    for trouble in least.options.troubles.clone() {
        let mut options = least.options.clone();
        options.troubles.remove(&trouble);
        if let Err(smaller) = run(town, &options).await {
            least = smaller;
        }
    }
    least
}

/// A run in which every promise was kept; otherwise how to see it again.
async fn kept(town: &Town, options: Options) -> Result<Summary, String> {
    let broken = match run(town, &options).await {
        Ok(summary) => return Ok(summary),
        Err(broken) => least(town, broken).await,
    };
    let met: Vec<&str> = broken.options.troubles.iter().map(|it| it.name()).collect();
    let seed = broken.options.seed;
    Err(format!(
        "{}\nseed {seed}, step {}, having met {}\nagain: cargo xtask test --only simulation --seed \
         {seed}\n{}",
        broken.how,
        broken.step,
        met.join(", "),
        broken.trace.join("\n")
    ))
}

/// What many runs came to.
#[derive(Default)]
struct Tally {
    runs: u64,
    steps: u64,
    millis: i64,
    reports: u64,
    delivered: u64,
    met: BTreeMap<Trouble, u64>,
    /// The first promise that was not kept.
    broken: Option<String>,
}

impl Tally {
    fn add(&mut self, run: Result<Summary, String>) {
        let run = match run {
            Ok(run) => run,
            Err(broken) => {
                self.broken.get_or_insert(broken);
                return;
            }
        };
        self.runs += 1;
        self.steps += run.steps;
        self.millis += run.millis;
        self.reports += run.reports;
        self.delivered += run.delivered;
        for (trouble, times) in run.met {
            *self.met.entry(trouble).or_default() += times;
        }
    }

    /// Says all of it, past what keeps the output of tests that pass to itself.
    fn tell(&self) {
        let days = self.millis / 86_400_000;
        let mut told = format!(
            "\nsimulated: {} steps of {} seeds, {days} days\n  {} reports acknowledged, {} delivered\n",
            self.steps, self.runs, self.reports, self.delivered
        );
        for (trouble, times) in &self.met {
            told += &format!("  {times} times {}\n", trouble.name());
        }
        drop(std::io::stdout().write_all(told.as_bytes()));
    }
}

#[test]
fn every_promise_is_kept_whatever_goes_wrong() {
    let (first, end) = match variable("BALAGH_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (0, variable("BALAGH_STEPS").unwrap_or(STEPS).div_ceil(RUN)),
    };
    let (next, tally) = (AtomicU64::new(first), Mutex::<Tally>::default());
    let work = || {
        simulate(async |town| {
            while tally.lock().unwrap().broken.is_none() {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= end {
                    break;
                }
                let mut options = options(seed, RUN);
                options.aloud = end - first == 1;
                let run = kept(&town, options).await;
                tally.lock().unwrap().add(run);
            }
        });
    };
    // Each run is of one thread, and none knows of another.
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let tally = tally.into_inner().unwrap();
    tally.tell();
    if let Some(broken) = tally.broken {
        panic!("{broken}");
    }
    assert!(tally.reports > 0 || end - first == 1);
}

/// What the simulation has found: the seeds, and the step by which each had found it.
const FOUND: [(u64, u64); 5] = [
    (0, 2_500),
    (5, 2_300),
    (31, 31_500),
    (42, 3_600),
    (44, 2_000),
];

/// What the simulation has found, each in the run in which it was found first, as far as that.
#[test]
fn what_was_found_once_is_not_found_again() {
    simulate(async |town| {
        for (seed, steps) in FOUND {
            if let Err(broken) = kept(&town, options(seed, steps)).await {
                panic!("{broken}");
            }
        }
    });
}

#[test]
fn the_same_seed_is_the_same_run_to_the_letter() {
    simulate(async |town| {
        let first = kept(&town, options(7, 1_500)).await.unwrap();
        let second = kept(&town, options(7, 1_500)).await.unwrap();
        let other = kept(&town, options(8, 1_500)).await.unwrap();
        assert_eq!(first, second);
        assert_ne!(first.hash, other.hash);
    });
}
