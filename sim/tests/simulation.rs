//! Every promise is kept whatever goes wrong, in as many runs as there is time for.
//!
//! `BALAGH_SEED=N` runs that seed alone and tells all of it; `BALAGH_STEPS=N` is how many steps all
//! runs together have; `BALAGH_WITHOUT=lost,clock` leaves kinds of trouble out.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy cannot tell outside of cfg(test)"
)]

#[path = "../../tests/folder.rs"]
mod folder;

use std::collections::BTreeSet;
use std::future::Future;

use balagh_sim::{Broken, Options, Summary, Town, Trouble, run};

use folder::Folder;

/// Steps with trouble of one run.
const RUN: u64 = 6_000;
/// Steps of all runs together, unless told otherwise.
const STEPS: u64 = 60_000;

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

/// A run in which every promise was kept; otherwise the test ends with how to see it again.
async fn kept(town: &Town, options: Options) -> Summary {
    let broken = match run(town, &options).await {
        Ok(summary) => return summary,
        Err(broken) => least(town, broken).await,
    };
    let met: Vec<&str> = broken.options.troubles.iter().map(|it| it.name()).collect();
    let seed = broken.options.seed;
    panic!(
        "{}\nseed {seed}, step {}, having met {}\nagain: cargo xtask test --only simulation --seed \
         {seed}\n{}",
        broken.how,
        broken.step,
        met.join(", "),
        broken.trace.join("\n")
    );
}

#[test]
fn every_promise_is_kept_whatever_goes_wrong() {
    let all = variable("BALAGH_STEPS").unwrap_or(STEPS);
    let only = variable("BALAGH_SEED");
    simulate(async |town| {
        let (mut steps, mut reports) = (0, 0);
        let mut seed = only.unwrap_or_default();
        while steps < all {
            let mut options = options(seed, RUN);
            options.aloud = only.is_some();
            let summary = kept(&town, options).await;
            steps += summary.steps;
            reports += summary.reports;
            if only.is_some() {
                break;
            }
            seed += 1;
        }
        assert!(reports > 0 || only.is_some());
        println!("{steps} steps, {reports} reports acknowledged");
    });
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
            kept(&town, options(seed, steps)).await;
        }
    });
}

#[test]
fn the_same_seed_is_the_same_run_to_the_letter() {
    simulate(async |town| {
        let first = kept(&town, options(7, 1_500)).await;
        let second = kept(&town, options(7, 1_500)).await;
        let other = kept(&town, options(8, 1_500)).await;
        assert_eq!(first, second);
        assert_ne!(first.hash, other.hash);
    });
}
