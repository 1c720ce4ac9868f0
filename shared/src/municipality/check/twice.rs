//! Fields that stand twice in one object: readers keep one of the two, and say nothing.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::step;

/// The JSON Pointer of each field of `text` that has stood in its object before; none in what is no
/// JSON.
pub(super) fn twice(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let walk = Walk {
        path: &mut String::new(),
        found: &mut found,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    // What is no JSON is told by who reads it for its content.
    let _ = walk.deserialize(&mut reader);
    found
}

struct Walk<'f> {
    path: &'f mut String,
    found: &'f mut Vec<String>,
}

impl Walk<'_> {
    fn again(&mut self) -> Walk<'_> {
        Walk {
            path: self.path,
            found: self.found,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let length = self.path.len();
        let mut seen = BTreeSet::new();
        while let Some(field) = map.next_key::<String>()? {
            step(self.path, &field);
            if !seen.insert(field) {
                self.found.push(self.path.clone());
            }
            map.next_value_seed(self.again())?;
            self.path.truncate(length);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let length = self.path.len();
        for index in 0_usize.. {
            step(self.path, &index.to_string());
            let item = items.next_element_seed(self.again())?;
            self.path.truncate(length);
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(twice(text), expected, "{text}");
    }

    #[test]
    fn a_field_that_stands_twice_is_found_wherever_it_is() {
        check(
            r#"{"a": 1, "b": {"a": 1}, "c": [{"a": null}, {"a": "x"}]}"#,
            &[],
        );
        check(
            r#"{"a": 1, "a": {"x/y": 1, "x/y": 2.5}}"#,
            &["/a", "/a/x~1y"],
        );
        check(
            r#"[{}, {"a": true, "\u0061": 1, "a": 2}]"#,
            &["/1/a", "/1/a"],
        );
    }

    #[test]
    fn what_is_no_json_has_none() {
        for text in ["", "{", "{\"a\": 1, \"b\"", &"[".repeat(100_000)] {
            check(text, &[]);
        }
    }
}
