//! Fields of objects, and what their values may be.

use balagh_shared::time::Timestamp;
use serde_json::Value;

use super::answer::Format;

/// A field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_needed: bool,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Text with something in it; a number will do, as the specification's own examples have it.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A time by the W3C's note, with its zone.
    Time,
    /// Degrees, −90 to 90.
    Latitude,
    /// Degrees, −180 to 180.
    Longitude,
    /// The address of something on the web.
    Address,
    /// Text of so many characters at most.
    UpTo(usize),
}

pub(super) const fn needed(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        is_needed: true,
    }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        is_needed: false,
    }
}

/// The first thing about `object` that is not as `fields` say.
pub(super) fn fault(object: &Value, fields: &[Field]) -> Option<String> {
    if !object.is_object() {
        return Some(format!("{} in the place of an object", brief(object)));
    }
    fields.iter().find_map(|field| {
        let name = field.name;
        match object.get(name).filter(|value| !is_absent(value)) {
            None if field.is_needed => Some(format!("{name} is missing or empty")),
            None => None,
            Some(value) if !field.kind.admits(value) => Some(format!(
                "{name} is {}, not {}",
                brief(value),
                field.kind.named()
            )),
            Some(_) => None,
        }
    })
}

/// The first field that is written as another type of JSON than the convention has for it.
pub(super) fn mistyped(object: &Value, fields: &[Field], format: Format) -> Option<String> {
    if format == Format::Xml {
        return None;
    }
    fields.iter().find_map(|field| {
        let value = object.get(field.name).filter(|value| !value.is_null())?;
        let (fits, kind) = match field.kind {
            Kind::Flag => (value.is_boolean(), "true or false without quotes"),
            Kind::Whole | Kind::Latitude | Kind::Longitude => {
                (value.is_number(), "a number without quotes")
            }
            _ => (value.is_string(), "text in quotes"),
        };
        (!fits).then(|| format!("{} is {}, not {kind}", field.name, brief(value)))
    })
}

/// A value as text: in JSON a number stands for its digits.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A time with its zone, as the specification asks; also with the fractions that many write.
pub(super) fn time(value: Option<&Value>) -> Option<Timestamp> {
    let text = text(value)?;
    // Minutes will do by the W3C's note.
    Timestamp::parse(&text).ok().or_else(|| {
        let (minutes, zone) = text.split_at_checked(16)?;
        Timestamp::parse(&format!("{minutes}:00{zone}")).ok()
    })
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A value as a person wants to see it in a sentence.
pub(super) fn brief(value: &Value) -> String {
    let whole = value.to_string();
    let mut short: String = whole.chars().take(60).collect();
    if short.len() < whole.len() {
        short.push('…');
    }
    short
}

impl Kind {
    fn admits(self, value: &Value) -> bool {
        let typed = text(Some(value));
        let typed = typed.as_deref();
        let degrees = |most: f64| {
            let number = typed.and_then(|text| text.parse::<f64>().ok());
            number.is_some_and(|degrees| degrees.abs() <= most)
        };
        match self {
            Kind::Text => typed.is_some(),
            Kind::Flag => matches!(typed, Some("true" | "false")),
            Kind::Whole => typed.is_some_and(|text| text.parse::<i64>().is_ok()),
            Kind::OneOf(words) => typed.is_some_and(|text| words.contains(&text)),
            Kind::Time => time(Some(value)).is_some(),
            Kind::Latitude => degrees(90.0),
            Kind::Longitude => degrees(180.0),
            Kind::Address => typed
                .is_some_and(|text| text.starts_with("http://") || text.starts_with("https://")),
            Kind::UpTo(most) => typed.is_none_or(|text| text.chars().count() <= most),
        }
    }

    fn named(self) -> String {
        match self {
            Kind::Text => "text".to_owned(),
            Kind::Flag => "true or false".to_owned(),
            Kind::Whole => "a whole number".to_owned(),
            Kind::OneOf(words) => format!("one of {}", words.join(", ")),
            Kind::Time => "a time with its zone, as in 1994-11-05T08:15:30-05:00".to_owned(),
            Kind::Latitude => "degrees from -90 to 90".to_owned(),
            Kind::Longitude => "degrees from -180 to 180".to_owned(),
            Kind::Address => "a web address".to_owned(),
            Kind::UpTo(most) => format!("of {most} characters at most"),
        }
    }
}
