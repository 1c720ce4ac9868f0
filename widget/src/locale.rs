//! Words: one language's strings, and the browser's own `Intl` for plurals, numbers and dates.

use balagh_shared::time::Timestamp;
use js_sys::{Array, Intl};
use wasm_bindgen::prelude::*;

use crate::js;

/// A language and its strings.
///
/// The strings stay in the JavaScript object they came in: a copy in wasm memory would only cost.
#[derive(Clone)]
pub(crate) struct Locale {
    /// Primary subtag, `ar`.
    pub(crate) lang: String,
    words: JsValue,
}

/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "ur", "fa", "he"];

impl Locale {
    /// The language `lang` with its strings, an object of key to text.
    pub(crate) fn new(lang: String, words: JsValue) -> Locale {
        Locale { lang, words }
    }

    /// `rtl` or `ltr`.
    pub(crate) fn direction(&self) -> &'static str {
        if is_right_to_left(&self.lang) {
            "rtl"
        } else {
            "ltr"
        }
    }

    /// The text of `key`; the key itself where it is missing, which a test keeps from happening.
    pub(crate) fn t(&self, key: &str) -> String {
        js::text(&self.words, key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` with its `{placeholders}` filled in.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.t(key), |text, (name, value)| {
            text.replace(&["{", name, "}"].concat(), value)
        })
    }

    /// The text of `key` for `n` things: `key.one`, `key.few` … as the language's plurals go, with
    /// `{n}` as the number.
    pub(crate) fn count(&self, key: &str, n: f64) -> String {
        let rules = Intl::PluralRules::new(
            &Array::of1(&self.lang.as_str().into()),
            &js_sys::Object::new(),
        );
        // None is none in every language, also where the plural has no word for it.
        let category = if n == 0.0 {
            "zero".to_owned()
        } else {
            String::from(rules.select(n))
        };
        let exact = [key, ".", &category].concat();
        let other = [key, ".other"].concat();
        let key = if js::get(&self.words, &exact).is_undefined() {
            other
        } else {
            exact
        };
        self.fill(&key, &[("n", &self.number(n))])
    }

    /// A number as the language groups it, in digits 0–9.
    pub(crate) fn number(&self, n: f64) -> String {
        let tag = JsValue::from_str(&[&self.lang, "-u-nu-latn"].concat());
        let format = Intl::NumberFormat::new(&Array::of1(&tag), &js_sys::Object::new()).format();
        let text = format
            .call1(&JsValue::UNDEFINED, &n.into())
            .unwrap_or_default();
        text.as_string().unwrap_or_default()
    }

    /// A day and its time in `zone` (an IANA name), by the Gregorian calendar.
    pub(crate) fn moment(&self, at: Timestamp, zone: &str) -> String {
        let day = [("weekday", "long"), ("day", "numeric"), ("month", "long")];
        let time = [("hour", "numeric"), ("minute", "2-digit")];
        let day = self.date(at, "gregory", zone, &day);
        let time = self.date(at, "gregory", zone, &time);
        [day, self.t("comma"), isolated(&time)].concat()
    }

    /// A day in `zone` by the Umm al-Qura calendar.
    pub(crate) fn hijri(&self, at: Timestamp, zone: &str) -> String {
        let day = self.date(
            at,
            "islamic-umalqura",
            zone,
            &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
        );
        // Hindi's pattern begins with the era, in Latin letters: its words have it behind the day.
        day.trim_start_matches("AH ").to_owned()
    }

    /// How long ago so many whole days are: "today", "yesterday", "3 days ago".
    pub(crate) fn days_ago(&self, days: f64) -> String {
        let tag = JsValue::from_str(&[&self.lang, "-u-nu-latn"].concat());
        let options = js::object([("numeric", "auto".into())]);
        let format = Intl::RelativeTimeFormat::new(&Array::of1(&tag), options.unchecked_ref());
        format.format(-days, "day").into()
    }

    /// A time of day on this device.
    pub(crate) fn clock(&self, millis: f64) -> String {
        let at = Timestamp::from_millis(millis as i64);
        isolated(&self.date(
            at,
            "gregory",
            "",
            &[("hour", "numeric"), ("minute", "2-digit")],
        ))
    }

    fn date(&self, at: Timestamp, calendar: &str, zone: &str, parts: &[(&str, &str)]) -> String {
        // The day before the month, as the pages without scripts have it.
        let lang = if self.lang == "en" {
            "en-GB"
        } else {
            &self.lang
        };
        let tag = [lang, "-u-ca-", calendar, "-nu-latn"].concat();
        let options = js::object([]);
        if !zone.is_empty() {
            js::set(&options, "timeZone", zone.into());
        }
        for (name, value) in parts {
            js::set(&options, name, (*value).into());
        }
        let date = js_sys::Date::new(&(at.millis() as f64).into());
        js::call(&date, "toLocaleString", &[tag.into(), options])
            .as_string()
            .unwrap_or_default()
    }
}

/// A time by itself: Urdu writes `2:00 PM`, whose halves change places among letters from right to left.
fn isolated(time: &str) -> String {
    ["\u{2068}", time, "\u{2069}"].concat()
}

fn is_right_to_left(lang: &str) -> bool {
    RIGHT_TO_LEFT.contains(&lang)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use balagh_shared::language::Script;
    use balagh_shared::municipality::Kind;
    use balagh_shared::reason::Reason;
    use balagh_shared::status::State;

    use crate::draft::tests::municipality;
    use crate::draft::{Draft, Step, lacks};
    use crate::view::LANGUAGES;

    /// The folders of words: those of the first stop, and those that come with the whole widget.
    const PARTS: [&str; 2] = ["first", "later"];
    const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
    /// The kinds of contact that are no report.
    const KINDS: [Kind; 5] = [
        Kind::Complaint,
        Kind::Suggestion,
        Kind::InformationRequest,
        Kind::ServiceRequest,
        Kind::Thanks,
    ];
    /// Dotted literals that are no keys: a category's code.
    const OTHER: [&str; 1] = ["general.unsure"];

    fn part(part: &str, lang: &str) -> BTreeMap<String, String> {
        let path = format!("locales/{part}/{lang}.json");
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn words(lang: &str) -> BTreeMap<String, String> {
        PARTS.iter().flat_map(|it| part(it, lang)).collect()
    }

    /// Whether the loader says it, which comes before either module.
    fn loader_says(key: &str) -> bool {
        include_str!("../js/balagh.js").contains(&format!("\"{key}\""))
    }

    /// The sources of the module of the first stop; a folder stands for all in it.
    const FIRST_STOP: [&str; 10] = [
        "app.rs",
        "keep.rs",
        "locale.rs",
        "screens/danger.rs",
        "screens/group.rs",
        "screens/mod.rs",
        "screens/search.rs",
        "screens/what.rs",
        "view/",
        "words/",
    ];

    /// The sources, tests and comments left out, by their paths under `src`.
    fn sources() -> BTreeMap<String, String> {
        fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(root, &path, into);
                } else if path.extension().is_some_and(|it| it == "rs") {
                    let source = fs::read_to_string(&path).unwrap();
                    let code = source.split("#[cfg(test)]").next().unwrap();
                    let lines = code
                        .lines()
                        .filter(|line| !line.trim_start().starts_with("//"));
                    let name = path.strip_prefix(root).unwrap().to_string_lossy();
                    into.insert(name.into_owned(), lines.collect::<Vec<_>>().join("\n"));
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = BTreeMap::new();
        read(&root, &root, &mut found);
        found
    }

    /// The string literals of `code`.
    fn literals(code: &str) -> impl Iterator<Item = &str> {
        code.lines()
            .flat_map(|line| line.split('"').skip(1).step_by(2))
    }

    /// The literals of `code` that are asked of a locale, or look like a key of it.
    fn said(code: &str) -> BTreeSet<&str> {
        let mut said: BTreeSet<&str> = literals(code).filter(|it| it.contains('.')).collect();
        for call in [".t(", ".fill(", ".count("] {
            let asked = code.split(call).skip(1);
            said.extend(
                asked.filter_map(|it| it.trim_start().strip_prefix('"')?.split('"').next()),
            );
        }
        said
    }

    fn stem(key: &str) -> &str {
        match key.rsplit_once('.') {
            Some((stem, last)) if PLURALS.contains(&last) => stem,
            _ => key,
        }
    }

    #[test]
    fn every_language_has_the_same_keys_and_placeholders() {
        let ar = words("ar");
        let named = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|it| Some(it.split_once('}')?.0.to_owned()))
                .collect()
        };
        for (lang, _) in LANGUAGES {
            let words = words(lang);
            let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&ar), keys(&words), "{lang}");
            for (key, text) in &ar {
                // "One photo" needs no number in one language and may in another.
                if stem(key) == key {
                    assert_eq!(named(text), named(&words[key]), "{lang}: {key}");
                }
            }
        }
    }

    #[test]
    fn every_language_that_has_words_is_offered_in_words_of_its_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/first");
        let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let built: BTreeSet<String> = files
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let offered: BTreeSet<String> = LANGUAGES.map(|(lang, _)| lang.to_owned()).into();
        assert_eq!(built, offered);
        for (lang, name) in LANGUAGES {
            let script = match lang {
                "ar" | "ur" => Script::Arabic,
                "hi" => Script::Devanagari,
                _ => Script::Latin,
            };
            assert_eq!(Script::of(name), script, "{lang}: {name}");
        }
    }

    #[test]
    fn arabic_and_urdu_are_written_from_right_to_left() {
        let right_to_left = LANGUAGES.map(|(lang, _)| super::is_right_to_left(lang));
        assert_eq!(right_to_left, [true, false, true, false, false, false]);
    }

    #[test]
    fn every_key_in_the_sources_has_words_and_no_words_are_left_over() {
        let words = words("ar");
        let stems: BTreeSet<&str> = words.keys().map(|key| stem(key)).collect();
        let sources = sources();
        let literals: BTreeSet<&str> = sources.values().flat_map(|it| literals(it)).collect();
        for literal in &literals {
            let dotted = literal.split('.').count() > 1
                && literal.split('.').all(|part| {
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                });
            let known = stems.contains(literal)
                || Reason::from_code(literal).is_some()
                || OTHER.contains(literal);
            assert!(!dotted || known, "{literal} has no words");
        }
        let states = State::Received.code();
        assert!(stems.contains(["state.", states].concat().as_str()));
        let by_kind = |stem: &str| {
            let (key, kind) = stem.rsplit_once('.').unwrap_or_default();
            literals.contains(key) && KINDS.iter().any(|it| it.code() == kind)
        };
        for stem in stems.iter().filter(|stem| !stem.starts_with("state.")) {
            let said = literals.contains(*stem) || loader_says(stem) || by_kind(stem);
            assert!(said, "nothing says {stem}");
        }
    }

    #[test]
    fn the_first_stop_finds_its_words_in_the_first_file_and_no_others_travel_with_them() {
        let first = part("first", "ar");
        let first: BTreeSet<&str> = first.keys().map(|key| stem(key)).collect();
        let later = part("later", "ar");
        let later: BTreeSet<&str> = later.keys().map(|key| stem(key)).collect();
        let sources = sources();
        let of_first = |path: &str| FIRST_STOP.iter().any(|it| path.starts_with(it));
        for path in FIRST_STOP {
            assert!(sources.keys().any(|it| it.starts_with(path)), "{path}");
        }
        let mut shown = BTreeSet::new();
        for (path, code) in sources.iter().filter(|(path, _)| of_first(path)) {
            for key in said(code) {
                assert!(!later.contains(key), "{path} says {key}, which comes later");
            }
            shown.extend(literals(code));
        }
        let lacks = lacks(Step::What, &Draft::default(), &municipality());
        for lack in &lacks {
            assert!(first.contains(lack.key), "{} comes later", lack.key);
            shown.insert(lack.key);
        }
        for key in first {
            let said = shown.contains(key) || loader_says(key);
            assert!(said, "nothing of the first stop says {key}");
        }
    }

    #[test]
    fn what_is_said_of_one_kind_of_contact_is_said_of_each() {
        let words = words("ar");
        let said =
            |key: &str| KINDS.map(|kind| words.contains_key(&format!("{key}.{}", kind.code())));
        for key in [
            "send",
            "done",
            "done.to",
            "number",
            "copy.number",
            "track",
            "keep",
            "print.track",
        ] {
            assert_eq!(said(key), [true; 5], "{key}");
        }
    }

    #[test]
    fn counted_things_have_a_form_for_every_plural() {
        let words = words("ar");
        for key in words.keys().filter(|key| key.ends_with(".other")) {
            for plural in PLURALS {
                let form = format!("{}.{plural}", stem(key));
                assert!(words.contains_key(&form), "{form}");
            }
        }
    }
}
