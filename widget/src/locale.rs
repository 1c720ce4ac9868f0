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
        if RIGHT_TO_LEFT.contains(&self.lang.as_str()) { "rtl" } else { "ltr" }
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
        let rules = Intl::PluralRules::new(&Array::of1(&self.lang.as_str().into()), &js_sys::Object::new());
        let category = String::from(rules.select(n));
        let exact = [key, ".", &category].concat();
        let other = [key, ".other"].concat();
        let key = if js::get(&self.words, &exact).is_undefined() { other } else { exact };
        self.fill(&key, &[("n", &self.number(n))])
    }

    /// A number as the language groups it, in digits 0–9.
    pub(crate) fn number(&self, n: f64) -> String {
        let tag = JsValue::from_str(&[&self.lang, "-u-nu-latn"].concat());
        // A number as an object: primitives have no properties of their own to read.
        let n = js_sys::Object::from(JsValue::from_f64(n));
        js::call(&n, "toLocaleString", &[tag]).as_string().unwrap_or_default()
    }

    /// A day and its time in `zone` (an IANA name), by the Gregorian calendar.
    pub(crate) fn moment(&self, at: Timestamp, zone: &str) -> String {
        let day = [("weekday", "long"), ("day", "numeric"), ("month", "long")];
        let time = [("hour", "numeric"), ("minute", "2-digit")];
        let day = self.date(at, "gregory", zone, &day);
        [day, self.t("comma"), self.date(at, "gregory", zone, &time)].concat()
    }

    /// A day in `zone` by the Umm al-Qura calendar.
    pub(crate) fn hijri(&self, at: Timestamp, zone: &str) -> String {
        self.date(at, "islamic-umalqura", zone, &[
            ("day", "numeric"),
            ("month", "long"),
            ("year", "numeric"),
        ])
    }

    /// A time of day on this device.
    pub(crate) fn clock(&self, millis: f64) -> String {
        let at = Timestamp::from_millis(millis as i64);
        self.date(at, "gregory", "", &[("hour", "numeric"), ("minute", "2-digit")])
    }

    fn date(&self, at: Timestamp, calendar: &str, zone: &str, parts: &[(&str, &str)]) -> String {
        let tag = [&self.lang, "-u-ca-", calendar, "-nu-latn"].concat();
        let options = js::object([]);
        if !zone.is_empty() {
            js::set(&options, "timeZone", zone.into());
        }
        for (name, value) in parts {
            js::set(&options, name, (*value).into());
        }
        let date = js_sys::Date::new(&(at.millis() as f64).into());
        js::call(&date, "toLocaleString", &[tag.into(), options]).as_string().unwrap_or_default()
    }
}
