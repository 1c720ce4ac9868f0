//! From a report to the request that another city's endpoint takes, and what that one answers.
//!
//! GeoReport has no field for the sender's own number, and no key for deduplication. So the number
//! stands in the last line of the description, where people see it and where `GET requests` gives it
//! back: after an answer that was lost, the request is looked for by it ([`listed`]).

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::Format;
use super::records::records;
use crate::delivery::Delivery;

/// How a report is put to an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The endpoint's code for the report's category.
    pub service_code: &'a str,
    /// Which of its jurisdictions, where it has several.
    pub jurisdiction_id: Option<&'a str>,
    /// Our key there.
    pub api_key: Option<&'a str>,
    /// Whether it is told how to reach the reporter.
    pub with_contact: bool,
}

/// What an endpoint calls a request it has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// By this `service_request_id`.
    Request(String),
    /// By this `token`, until it has an id.
    Token(String),
}

impl Outgoing<'_> {
    /// The body of `POST requests`, `application/x-www-form-urlencoded`.
    ///
    /// Photos stay behind: the endpoint would fetch them from an address that anybody could.
    #[must_use]
    pub fn form(&self, delivery: &Delivery) -> String {
        let mut form = Form(String::new());
        form.add("service_code", self.service_code);
        form.maybe("jurisdiction_id", self.jurisdiction_id);
        form.maybe("api_key", self.api_key);
        let report = &delivery.report;
        let description = report.description.trim_end();
        form.add(
            "description",
            &format!("{description}\n\n{}", delivery.number),
        );
        let place = report.place.as_ref();
        if let Some(at) = place.and_then(|place| place.at) {
            form.add("lat", &at.lat.to_string());
            form.add("long", &at.lon.to_string());
        }
        // One of point, address and address id there must be: the sub-municipality is better than
        // none of them.
        let landmark = place.and_then(|place| place.landmark.as_deref());
        form.maybe(
            "address_string",
            landmark.or(delivery.route.district.as_deref()),
        );
        form.maybe("address_id", place.and_then(|place| place.asset.as_deref()));
        // The sender's own address for it, which is theirs to keep open.
        form.maybe("media_url", delivery.media_url.as_deref());
        for answer in &report.answers {
            for value in &answer.values {
                form.add(&format!("attribute[{}]", answer.question), value);
            }
        }
        if let Some(contact) = report.contact.as_ref().filter(|_| self.with_contact) {
            form.maybe("phone", contact.phone.as_deref());
            form.maybe("email", contact.email.as_deref());
            let name = contact.name.as_deref().unwrap_or_default().trim();
            let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
            form.add("first_name", first);
            form.add("last_name", last);
        }
        form.0
    }
}

/// Reads the answer to `POST requests`; nothing where it is not one.
///
/// ```
/// use balagh_shared::open311::Format;
/// use balagh_shared::open311::outgoing::{Taken, taken};
/// let answer = br#"[{"service_request_id": 638344, "service_notice": null}]"#;
/// assert_eq!(taken(Format::Json, answer), Some(Taken::Request("638344".to_owned())));
/// assert_eq!(taken(Format::Json, b"<html>Please sign in</html>"), None);
/// ```
#[must_use]
pub fn taken(format: Format, answer: &[u8]) -> Option<Taken> {
    let first = records(format, answer)?.into_iter().next()?;
    word(&first, "service_request_id")
        .map(Taken::Request)
        .or_else(|| word(&first, "token").map(Taken::Token))
}

/// An answer to `GET requests`, as far as somebody looks for a request in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The id of the one that is looked for.
    pub found: Option<String>,
    /// How many there are.
    pub count: usize,
    /// The id of the first: another page begins otherwise.
    pub first: Option<String>,
}

/// Looks through the answer to `GET requests` for the request that ends in `number`, as
/// [`Outgoing::form`] writes it. Nothing where the answer is not one. A number further up is what
/// somebody typed: it may be anybody's.
#[must_use]
pub fn listed(format: Format, answer: &[u8], number: &str) -> Option<Listed> {
    let records = records(format, answer)?;
    let found = records.iter().find_map(|record| {
        let description = record.get("description")?.as_str()?;
        description
            .trim_end()
            .ends_with(number)
            .then(|| word(record, "service_request_id"))?
    });
    let first = records.first();
    Some(Listed {
        found,
        count: records.len(),
        first: first.and_then(|record| word(record, "service_request_id")),
    })
}

/// A field that is text, or a number as some endpoints write their ids.
fn word(record: &Map<String, Value>, field: &str) -> Option<String> {
    match record.get(field)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A form as it grows; fields without a value are left out.
struct Form(String);

impl Form {
    fn maybe(&mut self, name: &str, value: Option<&str>) {
        self.add(name, value.unwrap_or_default());
    }

    fn add(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
    }

    fn encode(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                    self.0.push(char::from(byte));
                }
                b' ' => self.0.push('+'),
                _ => {
                    // Writing to a `String` cannot fail.
                    let _ = write!(self.0, "%{byte:02X}");
                }
            }
        }
    }
}

/// The query of a `GET`, from names and values; those without a value are left out.
#[must_use]
pub fn query(fields: &[(&str, Option<&str>)]) -> String {
    let mut form = Form(String::new());
    for (name, value) in fields {
        form.maybe(name, *value);
    }
    form.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open311::NewRequest;

    fn delivery() -> Delivery {
        serde_json::from_value(serde_json::json!({
            "municipality": "ep", "number": "EP-7K3M9-QX2RT-D", "secret_kid": "a",
            "received_at": "2026-11-20T10:00:00Z", "verdict": "accept", "reasons": [],
            "route": {"district": "west", "department": "works", "due": "2026-11-23T10:00:00Z"},
            "report": {
                "category": "roads.pothole", "description": "حفرة & أخرى = اثنتان\n", "lang": "ar",
                "place": {"at": {"lon": 49.95, "lat": 26.4}, "source": "map", "landmark": "عند المدرسة"},
                "answers": [{"question": "extent", "values": ["one", "two"]}],
                "contact": {"phone": "0501234567", "name": "Sara Al Ali"},
                "declared": true, "channel": "widget"
            },
            "media_url": "https://photos.example/1.jpg", "photos": []
        }))
        .unwrap()
    }

    fn outgoing(with_contact: bool) -> Outgoing<'static> {
        Outgoing {
            service_code: "POT 1",
            jurisdiction_id: Some("city.example"),
            api_key: Some("k"),
            with_contact,
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was_meant() {
        let form = outgoing(true).form(&delivery());
        let read = NewRequest::from_form(form.as_bytes()).unwrap();
        let said = read.description.unwrap();
        assert_eq!(said, "حفرة & أخرى = اثنتان\n\nEP-7K3M9-QX2RT-D");
        assert_eq!(read.service_code.as_deref(), Some("POT 1"));
        assert_eq!((read.lat, read.long), (Some(26.4), Some(49.95)));
        assert_eq!(read.address_string.as_deref(), Some("عند المدرسة"));
        assert_eq!(
            read.media_url.as_deref(),
            Some("https://photos.example/1.jpg")
        );
        assert_eq!(read.first_name.as_deref(), Some("Sara Al"));
        assert_eq!(read.last_name.as_deref(), Some("Ali"));
        let extent = vec!["one".to_owned(), "two".to_owned()];
        assert_eq!(read.attributes, [("extent".to_owned(), extent)]);
    }

    #[test]
    fn nobody_is_told_how_to_reach_the_reporter_who_is_not_meant_to() {
        let form = outgoing(false).form(&delivery());
        for secret in ["0501234567", "Sara"] {
            assert!(!form.contains(secret), "{form}");
        }
    }

    #[track_caller]
    fn check(answer: &str, expected: Option<Option<&str>>) {
        let expected = expected.map(|id| id.map(str::to_owned));
        let listed = listed(Format::Json, answer.as_bytes(), "EP-7K3M9-QX2RT-D");
        assert_eq!(listed.map(|listed| listed.found), expected);
    }

    #[test]
    fn a_request_is_found_by_the_number_in_its_description() {
        let ours = r#"{"service_request_id": 7, "description": "a\n\nEP-7K3M9-QX2RT-D"}"#;
        let other = r#"{"service_request_id": "8", "description": null}"#;
        check(&format!("[{other}, {ours}]"), Some(Some("7")));
        check(&format!(r#"{{"requests": [{ours}]}}"#), Some(Some("7")));
        check(&format!("[{other}]"), Some(None));
        check("[]", Some(None));
        let both = format!("[{other}, {ours}]");
        let listed = listed(Format::Json, both.as_bytes(), "EP-00000-00000-0").unwrap();
        assert_eq!((listed.count, listed.first.as_deref()), (2, Some("8")));
        // Somebody else's number is somebody else's text.
        let quotes =
            r#"{"service_request_id": 9, "description": "EP-7K3M9-QX2RT-D\n\nEP-00000-00000-0"}"#;
        check(&format!("[{quotes}]"), Some(None));
        for stranger in ["", "<html>", r#"{"error": "no", "code": 1}"#, "7"] {
            check(stranger, None);
        }
    }

    #[test]
    fn a_token_is_as_good_as_an_id() {
        let token = Some(Taken::Token("12".to_owned()));
        assert_eq!(taken(Format::Json, br#"[{"token": "12"}]"#), token);
        assert_eq!(
            taken(Format::Json, br#"[{"service_request_id": ""}]"#),
            None
        );
        assert_eq!(taken(Format::Json, b"[]"), None);
    }
}
