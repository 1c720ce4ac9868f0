//! The words of the pages, in six languages: the widget's own where it says the same, and beside them
//! `edge/locales/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use balagh_messages::wording::fill;
use balagh_shared::language::OWN_NAMES;
use balagh_shared::municipality::{Kind, TimeZone};
use balagh_shared::problem::{LANGUAGES, sentence};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) struct Words(&'static str);

type Table = BTreeMap<String, String>;

/// The files of a language: the widget's first and later words, and the pages' own.
macro_rules! files {
    ($($language:literal),*) => {
        [$(($language, [
            include_str!(concat!("../../../widget/locales/first/", $language, ".json")),
            include_str!(concat!("../../../widget/locales/later/", $language, ".json")),
            include_str!(concat!("../../locales/", $language, ".json")),
        ])),*]
    };
}

const FILES: [(&str, [&str; 3]); LANGUAGES.len()] = files!("ar", "en", "hi", "id", "ms", "ur");

static TABLES: LazyLock<BTreeMap<&'static str, Table>> = LazyLock::new(|| {
    // The files are compiled in and a test reads each of them.
    let table = |files: [&str; 3]| {
        let read = |file| serde_json::from_str::<Table>(file).unwrap_or_default();
        files.into_iter().flat_map(read).collect()
    };
    FILES
        .into_iter()
        .map(|(language, files)| (language, table(files)))
        .collect()
});

impl Words {
    /// The words of `language`; English for one that there are none in.
    pub(in crate::pages) fn of(language: &str) -> Words {
        let known = LANGUAGES.into_iter().find(|known| *known == language);
        Words(known.unwrap_or("en"))
    }

    /// The language, as a page says it of itself.
    pub(in crate::pages) fn language(self) -> &'static str {
        self.0
    }

    /// The direction it is written in.
    pub(in crate::pages) fn direction(self) -> &'static str {
        match self.0 {
            "ar" | "ur" => "rtl",
            _ => "ltr",
        }
    }

    /// What stands under `key`.
    pub(in crate::pages) fn say(self, key: &str) -> &'static str {
        let word = TABLES.get(self.0).and_then(|table| table.get(key));
        word.map_or("", String::as_str)
    }

    /// What stands under `key` where there is such a key.
    fn known(self, key: &str) -> Option<&'static str> {
        Some(self.say(key)).filter(|word| !word.is_empty())
    }

    /// What stands under `key`, each `{name}` replaced; what is put in keeps its own direction.
    pub(in crate::pages) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        let isolated: Vec<(&str, String)> = values
            .iter()
            .map(|(name, value)| (*name, format!("\u{2068}{value}\u{2069}")))
            .collect();
        let values: Vec<(&str, &str)> = isolated
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        fill(self.say(key), &values)
    }

    /// What stands under `stem` for this kind of contact, which is called by its name; for a report, and
    /// where there is no other word, `stem` itself.
    pub(in crate::pages) fn by_kind(self, stem: &str, kind: Kind) -> &'static str {
        let own = self.known(&format!("{stem}.{}", kind.code()));
        own.unwrap_or_else(|| self.say(stem))
    }

    /// What is to be mended, in the fewest words there are for it: what a form lacks it asks for, and
    /// does not refuse.
    pub(in crate::pages) fn mend(self, violation: &Violation) -> String {
        let asked = match violation.code {
            Reason::TextMissing => "required.text",
            Reason::PlaceMissing => "required.place",
            Reason::DeclarationMissing => "required.declare",
            Reason::ProofRequired => "code.again.not",
            _ => return sentence(violation, self.0),
        };
        self.say(asked).to_owned()
    }

    /// How a language calls itself.
    pub(in crate::pages) fn name_of(language: &str) -> &'static str {
        let known = OWN_NAMES.iter().find(|(code, _)| *code == language);
        known.map_or("English", |(_, name)| name)
    }

    /// Date and time by the municipality's clocks: `21 November 2026, 09:41`.
    pub(in crate::pages) fn moment(self, at: Timestamp, zone: &TimeZone) -> String {
        let local = zone.local(at).to_string();
        match local.split_once('T') {
            Some((_, time)) => {
                let time = time.get(..5).unwrap_or(time);
                format!("{}{}{time}", self.day(&local), self.say("comma"))
            }
            None => local,
        }
    }

    /// The day of a local date: `21 November 2026`.
    fn day(self, local: &str) -> String {
        let part = |range: std::ops::Range<usize>| local.get(range).unwrap_or_default();
        let month = part(5..7).trim_start_matches('0');
        let day = part(8..10).trim_start_matches('0');
        match self.known(&format!("month.{month}")) {
            Some(month) => format!("{day} {month} {}", part(0..4)),
            None => part(0..10).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn tables(language: &str) -> [Table; 3] {
        let of = FILES.iter().find(|(known, _)| *known == language).unwrap();
        of.1.map(|file| serde_json::from_str(file).unwrap())
    }

    #[test]
    fn the_pages_say_in_every_language_what_they_say_in_one() {
        let [.., english] = tables("en");
        for language in LANGUAGES {
            let [.., own] = tables(language);
            assert!(own.keys().eq(english.keys()), "{language}");
            for (key, word) in &own {
                assert!(!word.trim().is_empty(), "{language}: {key}");
                let holes = |word: &str| {
                    let mut holes: Vec<String> = word
                        .split('{')
                        .skip(1)
                        .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                        .collect();
                    holes.sort();
                    holes
                };
                assert_eq!(holes(word), holes(&english[key]), "{language}: {key}");
            }
        }
    }

    #[test]
    fn what_the_widget_says_the_pages_do_not_say_again() {
        for language in LANGUAGES {
            let [first, later, own] = tables(language);
            for key in own.keys() {
                let twice = first.contains_key(key) || later.contains_key(key);
                assert!(!twice, "{language}: {key}");
            }
        }
    }

    /// Every key that is written in the pages' sources, and every key of theirs that is not.
    #[test]
    fn every_word_the_pages_ask_for_is_there_and_every_one_of_theirs_is_asked_for() {
        let mut sources = String::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs") {
                    sources.push_str(&fs::read_to_string(path).unwrap());
                }
            }
        }
        let table = &TABLES["en"];
        for door in [".say(\"", ".fill(\"", ".by_kind(\"", "Fault::lack(\""] {
            for rest in sources.split(door).skip(1) {
                let key = rest.split('"').next().unwrap();
                let is_known = table.contains_key(key) || key.contains(['\\', '{']);
                assert!(is_known, "{key}");
            }
        }
        let [.., own] = tables("en");
        for key in own.keys() {
            let stem = key.rsplit_once('.').map_or(key.as_str(), |(stem, _)| stem);
            let is_asked = sources.contains(&format!("\"{key}\""))
                || sources.contains(&format!("\"{stem}.{{"))
                || sources.contains(&format!("by_kind(\"{stem}\""));
            assert!(is_asked, "{key} is never said");
        }
    }

    #[test]
    fn a_time_is_told_by_the_municipalitys_clocks_in_words() {
        let at = Timestamp::parse("2026-11-21T22:41:07Z").unwrap();
        let riyadh = TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        };
        for (language, expected) in [
            ("en", "22 November 2026, 01:41"),
            ("ar", "22 نوفمبر 2026، 01:41"),
            ("id", "22 November 2026, 01:41"),
        ] {
            assert_eq!(Words::of(language).moment(at, &riyadh), expected);
        }
    }

    #[test]
    fn a_language_without_words_is_answered_in_english() {
        assert_eq!(Words::of("fr").language(), "en");
        assert_eq!(Words::of("ur").direction(), "rtl");
    }
}
