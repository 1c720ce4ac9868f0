//! What a person sees while it works: each step's name, what it is doing, its seconds.
//!
//! Steps may run side by side. On a terminal the running ones share one line that is rewritten;
//! elsewhere (CI) each says something every few seconds, so that no log stays silent.

#![expect(
    clippy::print_stdout,
    reason = "the one place of this tool that prints"
)]
#![expect(
    clippy::print_stderr,
    reason = "the one place of this tool that prints"
)]

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::stamp::Done;

/// How often a step speaks up where no line can be rewritten.
const SILENCE: Duration = Duration::from_secs(15);
/// Steps shorter than this are not worth a number.
const INSTANT: Duration = Duration::from_millis(100);
/// The rewritten line must not wrap, or it cannot be rewritten.
const COLUMNS: usize = 79;

pub(crate) struct Progress {
    started: Instant,
    terminal: bool,
    running: Mutex<Vec<Running>>,
}

struct Running {
    name: String,
    doing: String,
    spoke: Instant,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            terminal: io::stderr().is_terminal(),
            running: Mutex::new(Vec::new()),
        }
    }

    /// Begins a step; it ends with [`Step::done`], or silently when dropped by a failure.
    pub(crate) fn step(&self, name: &str) -> Step<'_> {
        let now = Instant::now();
        let mut running = self.lock();
        running.push(Running {
            name: name.to_owned(),
            doing: String::new(),
            spoke: now,
        });
        self.redraw(&running);
        Step {
            progress: self,
            name: name.to_owned(),
            started: now,
        }
    }

    /// Does a step and says how it went.
    pub(crate) fn measure<T>(
        &self,
        name: &str,
        work: impl FnOnce(&Step<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let step = self.step(name);
        let result = work(&step)?;
        step.done(Done::Worked);
        Ok(result)
    }

    /// A line of its own, for people.
    pub(crate) fn say(&self, line: &str) {
        let running = self.lock();
        self.erase();
        eprintln!("{line}");
        self.redraw(&running);
    }

    /// A line on standard output, which scripts read.
    pub(crate) fn print(&self, line: &str) {
        let running = self.lock();
        self.erase();
        println!("{line}");
        self.redraw(&running);
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        self.lock().clear();
        self.erase();
        eprintln!("{failure}");
    }

    /// Seconds since the command started.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Running>> {
        // A poisoned list of names is still a list of names.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn erase(&self) {
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
    }

    fn redraw(&self, running: &[Running]) {
        if !self.terminal || running.is_empty() {
            return;
        }
        let steps: Vec<String> = running
            .iter()
            .map(|step| format!("{} {}", step.name, step.doing))
            .collect();
        let line = format!("[{:4.0} s] {}", self.seconds(), steps.join(" | "));
        let short: String = line.chars().take(COLUMNS).collect();
        eprint!("\r\x1b[2K{short}");
        drop(io::stderr().flush());
    }
}

/// One running step.
pub(crate) struct Step<'a> {
    progress: &'a Progress,
    name: String,
    started: Instant,
}

impl Step<'_> {
    /// What the step is doing now.
    pub(crate) fn note(&self, doing: &str) {
        let mut running = self.progress.lock();
        let Some(step) = running.iter_mut().find(|step| step.name == self.name) else {
            return;
        };
        doing.clone_into(&mut step.doing);
        if !self.progress.terminal && step.spoke.elapsed() >= SILENCE {
            step.spoke = Instant::now();
            eprintln!("[{:4.0} s] {}: {doing}", self.progress.seconds(), self.name);
        }
        self.progress.redraw(&running);
    }

    pub(crate) fn done(self, done: Done) {
        let took = self.started.elapsed();
        let how = match done {
            Done::Unchanged => " (unchanged)".to_owned(),
            Done::Worked if took < INSTANT => String::new(),
            Done::Worked => format!(" ({:.1} s)", took.as_secs_f64()),
        };
        self.progress.say(&format!(
            "[{:4.0} s] {}{how}",
            self.progress.seconds(),
            self.name
        ));
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        let mut running = self.progress.lock();
        running.retain(|step| step.name != self.name);
        self.progress.erase();
        self.progress.redraw(&running);
    }
}
