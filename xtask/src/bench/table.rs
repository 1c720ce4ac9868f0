//! A table of measures: printed for people, written for programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// What one run of a bench found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// The processor, its number of cores, and the operating system.
    pub(crate) machine: String,
    pub(crate) rows: Vec<Row>,
}

/// One measure, beside the best peer of the same run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Stays the same from run to run.
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    /// The peer that did best.
    pub(crate) peer: Option<String>,
    pub(crate) peer_value: Option<f64>,
    /// Ours over the peer's.
    pub(crate) ratio: Option<f64>,
    /// In words, such as `ratio ≥ 60`.
    pub(crate) goal: Option<String>,
    pub(crate) met: Option<bool>,
}

/// What a row has to reach.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

impl Row {
    pub(crate) fn new(id: &str, what: &str, value: f64, unit: &str) -> Self {
        Self {
            id: id.to_owned(),
            what: what.to_owned(),
            value,
            unit: unit.to_owned(),
            peer: None,
            peer_value: None,
            ratio: None,
            goal: None,
            met: None,
        }
    }

    /// Beside the best of its peers.
    pub(crate) fn beside(mut self, peer: &str, value: f64) -> Self {
        self.peer = Some(peer.to_owned());
        self.peer_value = Some(value);
        self.ratio = (value > 0.0).then(|| self.value / value);
        self
    }

    /// To be called last: judges the value, or its ratio to the peer's.
    pub(crate) fn goal(mut self, goal: Goal) -> Self {
        let (words, met) = match goal {
            Goal::AtLeast(least) => (format!("≥ {least}"), Some(self.value >= least)),
            Goal::AtMost(most) => (format!("≤ {most}"), Some(self.value <= most)),
            Goal::RatioAtLeast(least) => (
                format!("ratio ≥ {least}"),
                self.ratio.map(|ratio| ratio >= least),
            ),
            Goal::RatioAtMost(most) => (
                format!("ratio ≤ {most}"),
                self.ratio.map(|ratio| ratio <= most),
            ),
        };
        self.goal = Some(words);
        self.met = met;
        self
    }
}

impl Table {
    /// As Markdown, which terminals and documentation both show.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from(
            "| row | what | value | best peer | ratio | goal | met |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        );
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        for row in &self.rows {
            let peer = row.peer.as_ref().zip(row.peer_value);
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "| `{}` | {} | {} {} | {} | {} | {} | {} |",
                row.id,
                row.what,
                rounded(row.value),
                row.unit,
                or_none(peer.map(|(peer, value)| format!("{peer}: {}", rounded(value)))),
                or_none(row.ratio.map(rounded)),
                or_none(row.goal.clone()),
                or_none(row.met.map(|met| if met { "yes" } else { "no" }.to_owned())),
            );
        }
        text
    }
}

/// Three digits that count, or whole numbers.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What the table was made on.
pub(crate) fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_judged_by_its_value_or_by_its_ratio_to_the_peer() {
        let row = || Row::new("x", "something", 30.0, "ms").beside("other", 60.0);
        let met = |goal| row().goal(goal).met;
        assert_eq!(met(Goal::AtLeast(31.0)), Some(false));
        assert_eq!(met(Goal::AtMost(30.0)), Some(true));
        assert_eq!(met(Goal::RatioAtLeast(0.5)), Some(true));
        assert_eq!(met(Goal::RatioAtMost(0.4)), Some(false));
        let alone = Row::new("x", "something", 1.0, "ms");
        assert_eq!(alone.goal(Goal::RatioAtMost(1.0)).met, None);
    }

    #[test]
    fn the_table_shows_what_is_missing_as_a_dash() {
        let table = Table {
            name: "x".into(),
            machine: "none".into(),
            rows: vec![Row::new("size", "bytes", 1_234.5, "B")],
        };
        let last = table
            .markdown()
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(last, "| `size` | bytes | 1234 B | – | – | – | – |");
    }
}
