//! The runtime as `instance.mjs` hands it over. A request comes in as one string and one run of bytes,
//! and what is decided goes out as one answer or one request to the upstream, which JavaScript carries
//! out: every step over the border costs as much as a page of code on either side, and every wait in here
//! a promise, two closures and a task.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::http::{Headers, Response};
use crate::relay::forward;

#[wasm_bindgen]
extern "C" {
    /// `options.io` of [`super::configure`].
    pub(super) type Io;

    /// A `Response`; its fields a line each.
    #[wasm_bindgen(method, catch)]
    fn answer(this: &Io, status: u16, fields: &str, body: &[u8]) -> Result<JsValue, JsValue>;

    /// What is to be passed on to an address, or to the object that keeps `municipality`: `fields` beside
    /// those that go on as they came, `body` instead of the one that came, and before that a file that is
    /// to be stored.
    #[wasm_bindgen(method)]
    fn passing(
        this: &Io,
        municipality: Option<&str>,
        url: &str,
        fields: &str,
        body: Option<Vec<u8>>,
        file_name: Option<&str>,
        file: Option<Vec<u8>>,
    ) -> JsValue;

    /// The states of counters, whose names come a line each; not a number where there is none.
    #[wasm_bindgen(method)]
    fn counters(this: &Io, names: &str) -> Vec<f64>;

    /// Keeps the states of counters, whose names come a line each.
    #[wasm_bindgen(method)]
    fn count(this: &Io, names: &str, states: &[f64]);
}

/// What JavaScript passes on.
pub(super) struct Passing<'a> {
    /// Whose object it is for; nobody's where it is for an address.
    pub(super) municipality: Option<&'a str>,
    pub(super) url: &'a str,
    /// Fields beside those that go on as they came.
    pub(super) fields: Headers,
    pub(super) handed: Handed,
}

/// What is passed on instead of what came.
#[derive(Default)]
pub(super) struct Handed {
    /// The body, where it is another one.
    pub(super) body: Option<Vec<u8>>,
    /// A file that is stored first, with its name.
    pub(super) file: Option<(String, Vec<u8>)>,
}

impl Io {
    /// Our response as the runtime's.
    pub(super) fn response(&self, response: &Response) -> Result<JsValue, JsValue> {
        self.answer(response.status, &lines(&response.headers), &response.body)
    }

    /// A request to the upstream, as JavaScript takes it.
    pub(super) fn pass(&self, passing: Passing<'_>) -> JsValue {
        let Passing {
            municipality,
            url,
            fields,
            handed: Handed { body, file },
        } = passing;
        let (name, file) = file.unzip();
        let fields = lines(&fields);
        self.passing(municipality, url, &fields, body, name.as_deref(), file)
    }

    /// The states of counters, in the order of their names.
    pub(super) fn states(&self, names: &[&str]) -> Vec<f64> {
        if names.is_empty() {
            return Vec::new();
        }
        self.counters(&names.join("\n"))
    }

    /// Keeps the states of counters.
    pub(super) fn keep_states(&self, names: &[&str], states: &[f64]) {
        if !names.is_empty() {
            self.count(&names.join("\n"), states);
        }
    }
}

/// Names of header fields, as JavaScript takes them.
pub(super) fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> JsValue {
    let names = names.into_iter().map(JsValue::from_str);
    names.collect::<Array>().into()
}

/// Fields that came a line each. No value holds a line break: the standard's own header fields cannot.
pub(super) fn fields<'l>(lines: impl Iterator<Item = &'l str>) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match forward::READ.iter().find(|known| **known == name) {
            Some(known) => headers.put(known, value.to_owned()),
            None => headers.add(name, value),
        }
    }
    headers
}

/// Fields, a line each.
pub(super) fn lines(headers: &Headers) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
    }
    text
}
