//! Who works at the municipality, and what each role may do.

use balagh_shared::reason::Reason;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use serde::Serialize;

use crate::lifecycle::step::Step;

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their name, as it stands in the event log and the audit.
    pub name: String,
    /// The municipality they work for.
    pub municipality: String,
    /// What they do there.
    pub role: Role,
    /// The department they belong to: they see and touch its reports alone.
    pub department: Option<String>,
}

/// What a member of staff does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes reports in and talks to reporters.
    Agent,
    /// Does the work on the spot.
    Field,
    /// Has a department's reports done.
    Department,
    /// Sees to it that all of it happens.
    Supervisor,
    /// Looks after the system.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] = [
        Role::Agent,
        Role::Field,
        Role::Department,
        Role::Supervisor,
        Role::Administrator,
    ];

    /// Its code, in the ledger and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Field => "field",
            Role::Department => "department",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether it belongs to one department.
    #[must_use]
    pub fn is_of_a_department(self) -> bool {
        matches!(self, Role::Field | Role::Department)
    }

    /// Whether it may ask for `step`. What reporters and timers ask for is no role's.
    #[must_use]
    pub fn may(self, step: &Step) -> bool {
        let by_staff = !matches!(
            step,
            Step::FollowUp { .. }
                | Step::Agree
                | Step::Reopen { .. }
                | Step::Rate { .. }
                | Step::Timer(_)
        );
        by_staff
            && match self {
                Role::Supervisor | Role::Administrator => true,
                // They look at what waits for a look and speak with reporters; the work is others'.
                Role::Agent => !matches!(step, Step::Start | Step::Resolve { .. }),
                Role::Field => matches!(
                    step,
                    Step::Start
                        | Step::Wait { .. }
                        | Step::Resolve { .. }
                        | Step::Close { .. }
                        | Step::Note { .. }
                        | Step::Picture {
                            is_public: false,
                            ..
                        }
                ),
                // What is not taken, and what the public may read, is not decided by those whose
                // work it would be.
                Role::Department => !matches!(
                    step,
                    Step::Reject { .. }
                        | Step::Publish
                        | Step::Return { .. }
                        | Step::Picture {
                            is_public: true,
                            ..
                        }
                ),
            }
    }

    /// Whether it may join reports of the same problem.
    #[must_use]
    pub fn may_join(self) -> bool {
        self != Role::Field
    }
}

impl Member {
    /// Whether they may see a report that this department of this municipality has.
    #[must_use]
    pub fn sees(&self, municipality: &str, department: &str) -> bool {
        let own = !self.role.is_of_a_department() || self.department.as_deref() == Some(department);
        self.municipality == municipality && own
    }
}

/// Which reports of the queue are wanted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// The municipality's id.
    pub municipality: String,
    /// Those that somebody is still expected to do something about.
    pub is_open: bool,
    /// State code.
    pub state: Option<String>,
    /// Code of the sub-municipality.
    pub district: Option<String>,
    /// Category code.
    pub category: Option<String>,
    /// The categories that may be seen, where not all may.
    pub visible: Option<Vec<String>>,
    /// Code of the department that has it.
    pub department: Option<String>,
    /// The way it came in.
    pub channel: Option<String>,
    /// What the screen decided.
    pub verdict: Option<String>,
    /// Due before this.
    pub due_before: Option<Timestamp>,
    /// Those with these numbers.
    pub numbers: Option<Vec<String>>,
    /// Taken to this level of escalation, and no higher.
    pub level: Option<u32>,
    /// Somewhere in its description or landmark, however it is written.
    pub words: Option<String>,
    /// What comes first.
    pub order: Order,
    /// Behind this one: its place in the order, in milliseconds since 1970, and its number.
    pub after: Option<(i64, String)>,
}

/// What comes first in the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What came last.
    #[default]
    Newest,
    /// What is due first.
    Due,
}

/// Reports of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueuePage {
    /// In order.
    pub rows: Vec<QueueRow>,
    /// Behind what the next page begins; nothing on the last one.
    pub next: Option<(i64, String)>,
}

/// A report in the queue. Nothing in it says who reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field means what it means in the report")]
pub struct QueueRow {
    pub number: String,
    pub category: String,
    pub state: State,
    pub district: Option<String>,
    pub department: String,
    pub agency: Option<String>,
    /// An attribute that inspectors must have.
    pub inspectors: Option<String>,
    pub received_at: Timestamp,
    pub due: Timestamp,
    /// The highest level of escalation it was taken to.
    pub level: u32,
    pub joins: Option<String>,
    pub verdict: String,
    pub marks: Vec<Reason>,
    pub channel: String,
    pub revision: u64,
    /// Where it stands in the queue.
    #[serde(skip)]
    pub position: i64,
}

/// What somebody looks for may be somebody's name: it never reaches a log through `{:?}`.
impl std::fmt::Debug for QueueFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QueueFilter({}, …)", self.municipality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_code() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }

    #[test]
    fn nobody_at_the_municipality_speaks_for_the_reporter() {
        let reporters = [
            Step::FollowUp { note: None },
            Step::Agree,
            Step::Reopen { note: "x".into() },
            Step::Rate {
                marks: [1; 3],
                comment: None,
            },
        ];
        for role in Role::ALL {
            assert!(reporters.iter().all(|step| !role.may(step)), "{role:?}");
        }
    }

    #[test]
    fn a_field_team_works_and_decides_nothing() {
        let note = String::from("x");
        assert!(Role::Field.may(&Step::Start));
        assert!(Role::Field.may(&Step::Resolve { note: None }));
        assert!(!Role::Field.may(&Step::Reject { note }));
        assert!(!Role::Field.may(&Step::Assign { department: None }));
        assert!(!Role::Agent.may(&Step::Resolve { note: None }));
        assert!(!Role::Field.may_join());
    }

    #[test]
    fn who_belongs_to_a_department_sees_no_others_reports() {
        let member = |role| Member {
            name: "Noura".into(),
            municipality: "town".into(),
            role,
            department: Some("lighting".into()),
        };
        assert!(member(Role::Department).sees("town", "lighting"));
        assert!(!member(Role::Department).sees("town", "cleanliness"));
        assert!(!member(Role::Field).sees("city", "lighting"));
        assert!(member(Role::Agent).sees("town", "cleanliness"));
        assert!(!member(Role::Administrator).sees("city", "lighting"));
    }
}
