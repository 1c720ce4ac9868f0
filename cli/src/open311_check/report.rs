//! What was found, as text and as JSON.

use serde::Serialize;

use super::answer::Format;
use super::ask::{Evidence, FORMATS, extension};
use super::checks::{Look, Verdict};
use super::rules::{Level, Of, RULES, Rule};

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    endpoint: String,
    specification: &'static str,
    /// How many of each outcome.
    summary: Summary,
    findings: Vec<Finding>,
}

#[derive(Debug, Default, Serialize)]
struct Summary {
    kept: usize,
    must_broken: usize,
    should_broken: usize,
    not_seen: usize,
}

/// What became of a rule in a format.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) rule: &'static str,
    section: &'static str,
    pub(super) level: Level,
    /// `xml` or `json`; absent where the rule is about the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'static str>,
    pub(super) outcome: Outcome,
    expected: &'static str,
    pub(super) seen: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Kept,
    Broken,
    /// There was nothing to judge it by.
    NotSeen,
}

impl Report {
    /// Judges every rule.
    pub(super) fn of(evidence: &Evidence) -> Report {
        let mut findings = Vec::new();
        for rule in RULES {
            match rule.of {
                Of::Endpoint => findings.push(judge(rule, evidence, None)),
                Of::Xml => findings.push(judge(rule, evidence, Some(Format::Xml))),
                Of::Json => findings.push(judge(rule, evidence, Some(Format::Json))),
                Of::Each => {
                    let each = FORMATS.map(|format| judge(rule, evidence, Some(format)));
                    findings.extend(each);
                }
            }
        }
        let mut summary = Summary::default();
        for finding in &findings {
            let count = match (finding.outcome, finding.level) {
                (Outcome::Kept, _) => &mut summary.kept,
                (Outcome::Broken, Level::Must) => &mut summary.must_broken,
                (Outcome::Broken, Level::Should) => &mut summary.should_broken,
                (Outcome::NotSeen, _) => &mut summary.not_seen,
            };
            *count += 1;
        }
        Report {
            endpoint: evidence.endpoint.clone(),
            specification: "Open311 GeoReport v2",
            summary,
            findings,
        }
    }

    /// How many of what an endpoint must do it does not.
    pub(super) fn broken_musts(&self) -> usize {
        self.summary.must_broken
    }

    #[cfg(test)]
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A line a finding, the broken ones with what was expected and seen.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!("{} at {}", self.specification, self.endpoint)];
        let mut section = "";
        for finding in &self.findings {
            if finding.section != section {
                section = finding.section;
                lines.push(format!("\n§ {section}"));
            }
            let mark = match (finding.outcome, finding.level) {
                (Outcome::Kept, _) => "kept  ",
                (Outcome::Broken, Level::Must) => "BROKEN",
                (Outcome::Broken, Level::Should) => "broken",
                (Outcome::NotSeen, _) => "  -   ",
            };
            let level = match finding.level {
                Level::Must => "MUST  ",
                Level::Should => "SHOULD",
            };
            let format = finding.format.unwrap_or("");
            lines.push(format!(
                "{mark} {} {level} {format:<4} {}",
                finding.rule, finding.expected
            ));
            if finding.outcome != Outcome::Kept {
                lines.push(format!("         seen: {}", finding.seen));
            }
        }
        let Summary {
            kept,
            must_broken,
            should_broken,
            not_seen,
        } = self.summary;
        lines.push(format!(
            "\n{kept} kept, {must_broken} MUST broken, {should_broken} SHOULD broken, {not_seen} not seen"
        ));
        lines.join("\n")
    }
}

fn judge(rule: &Rule, evidence: &Evidence, format: Option<Format>) -> Finding {
    let look = Look {
        evidence,
        format: format.unwrap_or(evidence.preferred),
    };
    let (outcome, seen) = match (rule.check)(&look) {
        Verdict::Kept(seen) => (Outcome::Kept, seen),
        Verdict::Broken(seen) => (Outcome::Broken, seen),
        Verdict::Unseen(reason) => (Outcome::NotSeen, reason),
    };
    Finding {
        rule: rule.id,
        section: rule.section,
        level: rule.level,
        format: format.map(extension),
        outcome,
        expected: rule.expected,
        seen,
    }
}
