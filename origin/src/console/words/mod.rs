//! What the console says: every word once, in Arabic and English side by side.
//!
//! Other languages read English: staff of these municipalities work in one of the two.

mod customer;
mod door;
mod lists;
mod marks;
pub(in crate::console) mod rate;
mod report;
mod taken;

use balagh_shared::status::State;

use crate::staff::Role;
use crate::words::Common;

/// A group of words: its fields, and their values in both languages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $arabic:literal, $english:literal;)* }) => {
        $(#[$doc])*
        pub(in crate::console) struct $name {
            $(pub(in crate::console) $key: &'static str,)*
        }

        impl $name {
            pub(super) const ARABIC: $name = $name { $($key: $arabic,)* };
            pub(super) const ENGLISH: $name = $name { $($key: $english,)* };
        }
    };
}
use words;

use customer::Customer;
use door::Door;
use lists::Lists;
use report::Report;
use taken::Taken;

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// العربية
    Arabic,
    /// English
    English,
}

/// All words of one language.
pub(in crate::console) struct Words {
    /// The frame of every page, signing in, and what goes wrong.
    pub(in crate::console) door: Door,
    /// The queue and the other lists.
    pub(in crate::console) lists: Lists,
    /// A report, and what is done with it.
    pub(in crate::console) report: Report,
    /// What is taken in by phone, by mail and at the counter.
    pub(in crate::console) taken: Taken,
    /// One person's reports, and the audit.
    pub(in crate::console) customer: Customer,
    /// What other pages of staff say, too.
    pub(in crate::console) common: &'static Common,
    /// Days, Sunday first.
    pub(in crate::console) days: [&'static str; 7],
}

static ARABIC: Words = Words {
    door: Door::ARABIC,
    lists: Lists::ARABIC,
    report: Report::ARABIC,
    taken: Taken::ARABIC,
    customer: Customer::ARABIC,
    common: &crate::words::ARABIC,
    days: [
        "الأحد",
        "الاثنين",
        "الثلاثاء",
        "الأربعاء",
        "الخميس",
        "الجمعة",
        "السبت",
    ],
};

static ENGLISH: Words = Words {
    door: Door::ENGLISH,
    lists: Lists::ENGLISH,
    report: Report::ENGLISH,
    taken: Taken::ENGLISH,
    customer: Customer::ENGLISH,
    common: &crate::words::ENGLISH,
    days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
};

impl Language {
    /// Both.
    pub(crate) const ALL: [Language; 2] = [Language::Arabic, Language::English];

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::Arabic => "ar",
            Language::English => "en",
        }
    }

    /// The way it is written.
    pub(crate) fn direction(self) -> &'static str {
        match self {
            Language::Arabic => "rtl",
            Language::English => "ltr",
        }
    }

    /// Its own name.
    pub(in crate::console) fn name(self) -> &'static str {
        match self {
            Language::Arabic => "العربية",
            Language::English => "English",
        }
    }

    /// The one that is not this one.
    pub(in crate::console) fn other(self) -> Language {
        match self {
            Language::Arabic => Language::English,
            Language::English => Language::Arabic,
        }
    }

    /// The language with this code.
    pub(in crate::console) fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The language for who prefers this one of the form's six.
    pub(in crate::console) fn preferred(code: &str) -> Language {
        Language::from_code(code).unwrap_or(Language::English)
    }

    /// Its words.
    pub(in crate::console) fn words(self) -> &'static Words {
        match self {
            Language::Arabic => &ARABIC,
            Language::English => &ENGLISH,
        }
    }
}

impl Words {
    /// What a state is called among staff.
    pub(in crate::console) fn state(&self, state: State) -> &'static str {
        let lists = &self.lists;
        match state {
            State::Received => lists.received,
            State::Screened => lists.screened,
            State::Assigned => lists.assigned,
            State::InProgress => lists.in_progress,
            State::WaitingForReporter => lists.waiting,
            State::Transferred => lists.transferred,
            State::Resolved => lists.resolved,
            State::Closed => lists.closed,
            State::Reopened => lists.reopened,
            State::Rejected => lists.rejected,
        }
    }

    /// What a role is called.
    pub(in crate::console) fn role(&self, role: Role) -> &'static str {
        let door = &self.door;
        match role {
            Role::Agent => door.agent,
            Role::Field => door.field,
            Role::Department => door.department,
            Role::Supervisor => door.supervisor,
            Role::Administrator => door.administrator,
        }
    }
}

/// A sentence with the values of its `{place holders}` in their places.
pub(in crate::console) fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    // One pass: a value that looks like a place holder is not filled again.
    let mut said = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, behind)) = rest.split_once('{') {
        said.push_str(before);
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        said.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_places_and_are_not_read_again() {
        let said = filled("{n} of {all}", &[("n", "{all}"), ("all", "9")]);
        assert_eq!(said, "{all} of 9");
        assert_eq!(filled("nothing {known", &[]), "nothing ");
    }

    #[test]
    fn every_state_has_a_word_of_its_own_in_both_languages() {
        for language in Language::ALL {
            let mut said: Vec<_> = State::ALL.map(|state| language.words().state(state)).into();
            said.sort_unstable();
            said.dedup();
            assert_eq!(said.len(), State::ALL.len(), "{language:?}");
        }
    }
}
