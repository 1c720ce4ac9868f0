//! Latitude and longitude as people paste them.

use crate::text::with_ascii_digits;

/// Decimals of a degree that count: a tenth of a micrometre.
const DECIMALS: usize = 12;

/// Longitude and latitude, in degrees, of a text that is nothing but two coordinates: decimals with a
/// point or a comma, degrees with minutes and seconds, letters of the compass in English or Arabic,
/// digits of any script, or the address of a map. Latitude stands first unless letters say otherwise.
///
/// ```
/// use balagh_shared::typed_place::coordinates;
///
/// assert_eq!(coordinates("٢٦٫٤٢، ٥٠٫٠٨"), Some((50.08, 26.42)));
/// assert_eq!(coordinates("50.08 E 26.42 N"), Some((50.08, 26.42)));
/// ```
#[must_use]
pub fn coordinates(typed: &str) -> Option<(f64, f64)> {
    let plain = plain(typed);
    let text = of_a_map(&plain).unwrap_or(&plain);
    let mut read = Reader {
        rest: text,
        comma_is_point: has_decimal_commas(text),
    };
    let (first, second) = (read.angle()?, read.angle()?);
    read.separators();
    if !read.rest.is_empty() {
        return None;
    }
    let (lat, lon) = match (first.axis, second.axis) {
        (Some(Axis::Lon), Some(Axis::Lat)) => (second.degrees, first.degrees),
        (Some(Axis::Lat), Some(Axis::Lon)) | (None, None) => (first.degrees, second.degrees),
        _ => return None,
    };
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lon, lat))
}

/// One spelling for each sign.
fn plain(typed: &str) -> String {
    let spelled = with_ascii_digits(typed.trim());
    let one = |character| match character {
        '٫' => Some('.'),
        '،' | '؛' | ';' => Some(';'),
        '−' | '–' => Some('-'),
        '′' | '’' | '‘' | '´' => Some('\''),
        '″' | '”' | '“' => Some('"'),
        'º' | '˚' => Some('°'),
        // Marks of direction come along from pages in Arabic.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        other => Some(other),
    };
    spelled.chars().filter_map(one).collect()
}

/// The coordinates in the address of a map.
fn of_a_map(text: &str) -> Option<&str> {
    if !text.contains("://") && !text.starts_with("geo:") {
        return None;
    }
    let marks = ["/@", "geo:", "?q=", "&q=", "query=", "ll=", "center="];
    let after = marks.iter().find_map(|mark| text.split_once(mark))?.1;
    let ends = |at: char| !matches!(at, '0'..='9' | '.' | '-' | '+' | ',');
    let pair = after.split(ends).next()?;
    // What follows the second number, such as the scale, is not the place's.
    let second = pair.find(',')?.checked_add(1)?;
    let end = pair.get(second..)?.find(',').map(|more| second + more);
    pair.get(..end.unwrap_or(pair.len()))
}

/// Whether each of the two numbers has a comma for a point: `24,7136 46,6753`.
fn has_decimal_commas(text: &str) -> bool {
    let mut parts = text.split([';', ' ']).filter(|part| !part.is_empty());
    let is_one = |part: &str| {
        part.split_once(',').is_some_and(|(whole, rest)| {
            !whole.is_empty() && rest.starts_with(|it: char| it.is_ascii_digit())
        })
    };
    let two = parts.next().is_some_and(is_one) && parts.next().is_some_and(is_one);
    two && parts.next().is_none()
}

#[derive(Clone, Copy, PartialEq)]
enum Axis {
    Lat,
    Lon,
}

struct Angle {
    degrees: f64,
    axis: Option<Axis>,
}

struct Reader<'t> {
    rest: &'t str,
    comma_is_point: bool,
}

impl Reader<'_> {
    /// Degrees, minutes and seconds, with a letter of the compass before or after them.
    fn angle(&mut self) -> Option<Angle> {
        self.separators();
        let before = self.compass();
        self.spaces();
        let negative = self.take('-');
        if !negative {
            self.take('+');
        }
        let mut degrees = self.number()?;
        self.spaces();
        if self.take('°') {
            for (mark, part) in [('\'', 60.0), ('"', 3600.0)] {
                degrees += self.part(mark).unwrap_or_default() / part;
            }
        }
        self.spaces();
        let compass = before.or_else(|| self.compass());
        let south_or_west = compass.is_some_and(|(_, opposite)| opposite);
        Some(Angle {
            degrees: if negative != south_or_west {
                -degrees
            } else {
                degrees
            },
            axis: compass.map(|(axis, _)| axis),
        })
    }

    /// Minutes or seconds: a number below 60 with its mark. Without the mark nothing is taken.
    fn part(&mut self, mark: char) -> Option<f64> {
        let before = self.rest;
        self.spaces();
        let value = self.number().filter(|value| *value < 60.0);
        self.spaces();
        // Seconds are also written with two single marks.
        let marked = self.take(mark) || (mark == '"' && self.take('\'') && self.take('\''));
        if value.is_none() || !marked {
            self.rest = before;
            return None;
        }
        value
    }

    /// A letter of the compass, and whether it is south or west.
    fn compass(&mut self) -> Option<(Axis, bool)> {
        let letter = self.rest.chars().next()?;
        let meant = match letter {
            'N' | 'n' | 'ش' => (Axis::Lat, false),
            'S' | 's' | 'ج' => (Axis::Lat, true),
            'E' | 'e' | 'ق' => (Axis::Lon, false),
            'W' | 'w' | 'غ' => (Axis::Lon, true),
            _ => return None,
        };
        self.take(letter);
        Some(meant)
    }

    /// Digits, of which any number stand behind a point: programs give away all that they have.
    fn number(&mut self) -> Option<f64> {
        let comma = self.comma_is_point;
        let is_point = |it: char| it == '.' || (comma && it == ',');
        let inside = |it: char| it.is_ascii_digit() || is_point(it);
        let end = self.rest.find(|it| !inside(it)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        let number = number.replace(',', ".");
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
        let value = match fraction.char_indices().nth(DECIMALS) {
            // Two points, further on, are no number whatever is cut off.
            Some((end, _)) if !fraction.contains('.') => {
                crate::text::decimal(&[whole, ".", fraction.get(..end)?].concat())?
            }
            _ => crate::text::decimal(&number)?,
        };
        self.rest = rest;
        Some(value)
    }

    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn separators(&mut self) {
        self.rest = self
            .rest
            .trim_start_matches(|it: char| it.is_whitespace() || matches!(it, ',' | ';' | '/'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, expected: Option<(f64, f64)>) {
        let found = coordinates(typed);
        let near =
            |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        let same = match (found, expected) {
            (Some(found), Some(expected)) => near(found, expected),
            (found, expected) => found == expected,
        };
        assert!(same, "{typed}: {found:?}");
    }

    #[test]
    fn coordinates_are_read_as_people_paste_them() {
        let corniche = Some((50.0888, 26.4207));
        for typed in [
            "26.4207, 50.0888",
            "26.4207,50.0888",
            "26.4207 50.0888",
            "26.4207; 50.0888",
            "26.4207 / 50.0888",
            " +26.4207 , +50.0888 ",
            "26,4207 50,0888",
            "26,4207; 50,0888",
            "٢٦٫٤٢٠٧، ٥٠٫٠٨٨٨",
            "۲۶٫۴۲۰۷، ۵۰٫۰۸۸۸",
            "\u{200f}26.4207\u{200e}, 50.0888",
            "26.4207° N, 50.0888° E",
            "26.4207N 50.0888E",
            "N 26.4207 E 50.0888",
            "50.0888 E, 26.4207 N",
            "26.4207°ش 50.0888°ق",
            "26°25'14.52\"N 50°05'19.68\"E",
            "26° 25′ 14.52″ N, 50° 5′ 19.68″ E",
            "26°25'14.52''N 50°05'19.68''E",
            "26°25.242'N 50°5.328'E",
            "geo:26.4207,50.0888?z=15",
            "https://maps.example/?q=26.4207,50.0888",
            "https://maps.example/place/x/@26.4207,50.0888,17z/data",
            "https://maps.example/?ll=26.4207,50.0888&t=m",
            "26.420700000000000, 50.088799999999999",
            "26.42070000000000000000000000001 50.08880000000000000000000000001",
            "26,420700000000000 50,088800000000000",
        ] {
            check(typed, corniche);
        }
        check("33.9 S 18.4 W", Some((-18.4, -33.9)));
        check("-33.9, 18.4", Some((18.4, -33.9)));
    }

    #[test]
    fn what_is_no_pair_of_coordinates_is_none() {
        for typed in [
            "",
            "26.42",
            "95, 50",
            "26, 190",
            "26.42, 50.08, 12",
            "King Fahd Road",
            "12, Prince Street",
            "26.42 N 50.08 N",
            "26.42 N 50.08",
            "26°75'N 50°05'E",
            "https://example.org/",
            "0123456789",
            "26.4.2, 50",
            "26.420700000000000.1, 50",
        ] {
            check(typed, None);
        }
    }
}
