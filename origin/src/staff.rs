//! Who works at the municipality, and what each role may do.

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
