//! What happened, told in lines: the last of them for people, all of them as one hash, by which two
//! runs are compared.

use std::collections::VecDeque;

use balagh_shared::time::Timestamp;

/// Lines that are kept.
const KEPT: usize = 60;

/// The trace of one run.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    last: VecDeque<String>,
    hash: u64,
    aloud: bool,
}

impl Trace {
    /// Empty; with every line on standard error as it comes where it is `aloud`.
    pub(crate) fn new(aloud: bool) -> Trace {
        Trace {
            aloud,
            ..Trace::default()
        }
    }

    /// Notes that at `step` and `now`, milliseconds after the beginning, `who` did `what`.
    pub(crate) fn note(&mut self, step: u64, now: i64, who: &str, what: &str) {
        let line = format!("{step:>7} {:>11.3}s {who:<10} {what}", now as f64 / 1000.0);
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        if self.aloud {
            eprintln_line(&line);
        }
        if self.last.len() >= KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// All lines so far, as one number.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}

/// When the simulated world begins: a working morning of the town.
pub(crate) fn beginning() -> Timestamp {
    Timestamp::from_millis(1_795_243_260_000)
}

#[expect(
    clippy::print_stderr,
    reason = "whoever asks for all of the trace reads it there"
)]
fn eprintln_line(line: &str) {
    eprintln!("{line}");
}
