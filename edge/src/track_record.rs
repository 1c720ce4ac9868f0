//! What the screen's steps would have done, held against what people said: for `balagh edge report` and
//! the page of who reviews, and before thresholds change, for `balagh edge replay`. Pure.

use std::collections::BTreeMap;

use balagh_shared::municipality::Spam;
use serde::Serialize;

use crate::ledger::screening::{Label, Screening};
use crate::screen::{Step, Verdict, reached};

/// How a group of reports was judged, by the screen and by people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The step that is judged.
    pub step: Step,
    /// What the group has in common: `all`, `language`, `category` or `partner`.
    pub by: &'static str,
    /// Which of them.
    pub key: String,
    /// What was counted.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What was counted in a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Reports.
    pub reports: u32,
    /// Of them: the step would have a person look.
    pub would_hold: u32,
    /// Of them: the step would ask for work.
    pub would_ask: u32,
    /// Somebody said honest.
    pub honest: u32,
    /// Of those: the step would have held it, which it should not.
    pub honest_held: u32,
    /// Somebody said spam.
    pub spam: u32,
    /// Of those: the step would have held it, which it should.
    pub spam_held: u32,
}

/// What other thresholds would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// Reports.
    pub reports: u32,
    /// Held by the thresholds asked about.
    pub held: u32,
    /// Asked for work by them.
    pub asked: u32,
    /// Of those that somebody called honest: held.
    pub honest_held: u32,
    /// Of those that somebody called spam: neither held nor asked for work.
    pub spam_accepted: u32,
    /// The numbers of those that the score held and would no longer, and the other way round.
    pub released: Vec<String>,
    /// See `released`.
    pub newly_held: Vec<String>,
}

/// The steps that have opinions.
const STEPS: [Step; 4] = [Step::Proof, Step::Limits, Step::Spam, Step::Duplicate];

/// Screenings by step and group, groups of every kind, as they are counted.
#[derive(Debug, Clone, Default)]
pub struct Report(BTreeMap<(Step, &'static str, String), Figures>);

impl Report {
    /// Counts one.
    pub fn add(&mut self, screening: &Screening) {
        let partner = screening.partner.as_deref().unwrap_or_default();
        for step in STEPS {
            for (by, key) in [
                ("all", ""),
                ("language", &screening.screened.language),
                ("category", &screening.category),
                ("partner", partner),
            ] {
                let group = self.0.entry((step, by, key.to_owned())).or_default();
                group.count(step, screening);
            }
        }
    }

    /// A row a step and group.
    #[must_use]
    pub fn rows(self) -> Vec<Row> {
        let groups = self.0.into_iter();
        let row = |((step, by, key), figures)| Row {
            step,
            by,
            key,
            figures,
        };
        groups.map(row).collect()
    }
}

impl Figures {
    fn count(&mut self, step: Step, screening: &Screening) {
        let opinion = screening
            .screened
            .opinions
            .iter()
            .find(|it| it.step == step);
        let would = opinion.map(|it| it.verdict);
        let holds = u32::from(would == Some(Verdict::Quarantine));
        self.reports += 1;
        self.would_hold += holds;
        self.would_ask += u32::from(would == Some(Verdict::Challenge));
        match screening.label {
            Some(Label::Honest) => {
                self.honest += 1;
                self.honest_held += holds;
            }
            Some(Label::Spam) => {
                self.spam += 1;
                self.spam_held += holds;
            }
            None => {}
        }
    }
}

/// What `thresholds` would have made of the same scores.
#[must_use]
pub fn replay(screenings: &[Screening], thresholds: &Spam) -> Replay {
    let mut replay = Replay::default();
    for screening in screenings {
        let verdict = reached(screening.screened.score, thresholds);
        let opinion = screening
            .screened
            .opinions
            .iter()
            .find(|it| it.step == Step::Spam);
        let was_held = opinion.is_some_and(|it| it.verdict == Verdict::Quarantine);
        let is_held = verdict == Verdict::Quarantine;
        replay.reports += 1;
        replay.held += u32::from(is_held);
        replay.asked += u32::from(verdict == Verdict::Challenge);
        replay.honest_held += u32::from(is_held && screening.label == Some(Label::Honest));
        let is_accepted_spam = verdict == Verdict::Accept && screening.label == Some(Label::Spam);
        replay.spam_accepted += u32::from(is_accepted_spam);
        match (was_held, is_held) {
            (true, false) => replay.released.push(screening.number.clone()),
            (false, true) => replay.newly_held.push(screening.number.clone()),
            _ => {}
        }
    }
    replay
}

#[cfg(test)]
mod tests {
    use balagh_shared::reason::Reason;
    use balagh_shared::time::Timestamp;

    use super::*;
    use crate::screen::{Opinion, Screened};

    fn screening(number: &str, score: u16, label: Option<Label>) -> Screening {
        let holds = score >= 450;
        let opinion = Opinion {
            step: Step::Spam,
            verdict: Verdict::Quarantine,
            reasons: vec![Reason::SpamLinks],
            shadow: true,
        };
        Screening {
            number: number.into(),
            municipality: "town".into(),
            received_at: Timestamp::from_millis(0),
            category: "roads.pothole".into(),
            partner: None,
            verdict: "accept".into(),
            screened: Screened {
                language: "en".into(),
                score,
                features: Vec::new(),
                opinions: if holds { vec![opinion] } else { Vec::new() },
                fingerprint: None,
            },
            label,
        }
    }

    fn all() -> [Screening; 4] {
        [
            screening("A", 900, Some(Label::Spam)),
            screening("B", 460, Some(Label::Honest)),
            screening("C", 320, None),
            screening("D", 0, Some(Label::Spam)),
        ]
    }

    #[test]
    fn a_step_is_held_against_what_people_said() {
        let mut report = Report::default();
        all().iter().for_each(|screening| report.add(screening));
        let rows = report.rows();
        let of_spam = rows
            .iter()
            .find(|row| row.step == Step::Spam && row.by == "all");
        let expected = Figures {
            reports: 4,
            would_hold: 2,
            would_ask: 0,
            honest: 1,
            honest_held: 1,
            spam: 2,
            spam_held: 1,
        };
        assert_eq!(of_spam.unwrap().figures, expected);
        assert!(
            rows.iter()
                .any(|row| row.by == "language" && row.key == "en")
        );
    }

    #[test]
    fn other_thresholds_say_whom_they_would_hold_and_whom_not() {
        let stricter = Spam {
            challenge: 0.2,
            quarantine: 0.3,
            ..Spam::default()
        };
        let replayed = replay(&all(), &stricter);
        assert_eq!(
            (replayed.held, &replayed.newly_held[..]),
            (3, &["C".to_owned()][..])
        );
        let milder = Spam {
            challenge: 0.5,
            quarantine: 0.8,
            ..Spam::default()
        };
        let replayed = replay(&all(), &milder);
        assert_eq!(
            (replayed.held, replayed.honest_held, replayed.spam_accepted),
            (1, 0, 1)
        );
        assert_eq!(replayed.released, ["B"]);
    }
}
