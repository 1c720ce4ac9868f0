//! Open Location Codes ("plus codes"), read: <https://github.com/google/open-location-code>,
//! specification of 2021. Integers all the way: a code names the same cell everywhere.

use crate::text::with_ascii_digits;

const ALPHABET: &[u8; 20] = b"23456789CFGHJMPQRVWX";
/// Where the `+` stands in a full code.
const SEPARATOR: usize = 8;
/// Digits that stand in pairs, latitude then longitude; those after them name a cell of four columns
/// and five rows.
const PAIRED: usize = 10;
/// Further digits are finer than a centimetre, and not looked at.
const MOST: usize = 15;
/// Steps in a degree: 8000 of the last pair, times five rows or four columns for each further digit.
const LAT_STEPS: i64 = 8_000 * 3_125;
const LON_STEPS: i64 = 8_000 * 1_024;

/// A plus code as it was typed: full, or short for the neighbourhood of a known place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlusCode {
    /// Values of its digits.
    digits: Vec<u8>,
    /// How many digits before them are left out: 0, 2, 4 or 6.
    left_out: usize,
}

/// The cell that a plus code names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Longitude of its middle, in degrees.
    pub lon: f64,
    /// Latitude of its middle, in degrees.
    pub lat: f64,
    /// Its height in degrees.
    pub height: f64,
}

impl PlusCode {
    /// The code at the start of `typed`, and what stands beside it, which for a short code is the
    /// place it is near to: `C3PX+9M الدمام`. Small letters and digits of any script are taken.
    ///
    /// ```
    /// use balagh_shared::typed_place::PlusCode;
    ///
    /// let (code, beside) = PlusCode::parse("7fg49qcj+2v").unwrap();
    /// assert!(code.is_full() && beside.is_empty());
    /// assert!((code.near(0.0, 0.0).lat - 20.3700625).abs() < 1e-9);
    /// ```
    #[must_use]
    pub fn parse(typed: &str) -> Option<(PlusCode, String)> {
        let typed = with_ascii_digits(typed.trim());
        let code = typed.split([' ', ',', '،']).next()?;
        let beside = typed.get(code.len()..)?;
        let beside = beside.trim_matches(|it: char| it.is_whitespace() || matches!(it, ',' | '،'));
        let (before, after) = code.split_once('+')?;
        let left_out = SEPARATOR.checked_sub(before.len())?;
        // The specification has no cells of a single digit behind the sign.
        if !matches!(left_out, 0 | 2 | 4 | 6) || after.len() == 1 {
            return None;
        }
        let value = |letter: u8| {
            let letter = letter.to_ascii_uppercase();
            let position = ALPHABET.iter().position(|it| *it == letter)?;
            u8::try_from(position).ok()
        };
        let letters = before.bytes().chain(after.bytes());
        let mut digits = letters.map(value).collect::<Option<Vec<u8>>>()?;
        digits.truncate(MOST.checked_sub(left_out)?);
        let code = PlusCode { digits, left_out };
        // The first pair counts 20 degrees: not all of its digits are on Earth.
        let [lat, lon] = code.corner()?;
        let on_earth = left_out > 0 || (lat < 180 * LAT_STEPS && lon < 360 * LON_STEPS);
        on_earth.then(|| (code, beside.to_owned()))
    }

    /// Whether it needs no place that it is near to.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.left_out == 0
    }

    /// The cell of a full code, or of a short one the nearest to this place.
    #[must_use]
    pub fn near(&self, lon: f64, lat: f64) -> Cell {
        let [south, west] = self.corner().unwrap_or_default();
        let [height, width] = self.size();
        let [lat_steps, lon_steps] = [LAT_STEPS as f64, LON_STEPS as f64];
        let mut middle_lat = (south as f64 + height as f64 / 2.0) / lat_steps - 90.0;
        let mut middle_lon = (west as f64 + width as f64 / 2.0) / lon_steps - 180.0;
        if !self.is_full() {
            // The same digits name a cell in every square of the digits left out.
            let square = power(20, 2 - i32::try_from(self.left_out / 2).unwrap_or(0));
            middle_lat += square * libm::round((lat - middle_lat) / square);
            middle_lon += square * libm::round((lon - middle_lon) / square);
            if middle_lat > 90.0 {
                middle_lat -= square;
            }
            if middle_lat < -90.0 {
                middle_lat += square;
            }
        }
        Cell {
            lon: middle_lon,
            lat: middle_lat,
            height: height as f64 / lat_steps,
        }
    }

    /// Latitude and longitude of the south-west corner in steps from -90 and -180 degrees, with zeros
    /// for what is left out.
    fn corner(&self) -> Option<[i64; 2]> {
        let mut corner = [0_i64; 2];
        let mut steps = [20 * LAT_STEPS, 20 * LON_STEPS];
        for position in 0..self.left_out + self.digits.len() {
            let digit = match position.checked_sub(self.left_out) {
                Some(index) => i64::from(*self.digits.get(index)?),
                None => 0,
            };
            let [lat, lon] = &mut corner;
            let [lat_step, lon_step] = &mut steps;
            if position >= PAIRED {
                *lat_step /= 5;
                *lon_step /= 4;
                *lat += digit / 4 * *lat_step;
                *lon += digit % 4 * *lon_step;
            } else if position % 2 == 0 {
                *lat += digit * *lat_step;
            } else {
                *lon += digit * *lon_step;
                if position + 1 < PAIRED {
                    *lat_step /= 20;
                    *lon_step /= 20;
                }
            }
        }
        Some(corner)
    }

    /// Height and width in steps.
    fn size(&self) -> [i64; 2] {
        let digits = self.left_out + self.digits.len();
        let mut size = [20 * LAT_STEPS, 20 * LON_STEPS];
        let [height, width] = &mut size;
        for _ in 1..digits.min(PAIRED) / 2 {
            *height /= 20;
            *width /= 20;
        }
        for _ in PAIRED..digits {
            *height /= 5;
            *width /= 4;
        }
        size
    }
}

fn power(base: i32, exponent: i32) -> f64 {
    let base = f64::from(base);
    let times = |count| (0..count).fold(1.0, |product, _| product * base);
    if exponent < 0 {
        1.0 / times(-exponent)
    } else {
        times(exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of the specification's own test data: the middle of what they name.
    #[test]
    fn full_codes_name_the_cells_of_the_specification() {
        for (code, lat, lon) in [
            ("7FG49Q00+", None, None),
            ("7FG49QCJ+2V", Some(20.370_062_5), Some(2.782_187_5)),
            ("7FG49QCJ+2VX", Some(20.370_112_5), Some(2.782_234_375)),
            ("8FVC2222+22", Some(47.000_062_5), Some(8.000_062_5)),
            ("4VCPPQGP+Q9", Some(-41.273_062_5), Some(174.785_937_5)),
            ("62G20000+", None, None),
            ("22220000+", None, None),
            ("7fg49qcj+2v", Some(20.370_062_5), Some(2.782_187_5)),
        ] {
            let found = PlusCode::parse(code).map(|(code, _)| code.near(0.0, 0.0));
            assert_eq!(found.is_some(), lat.is_some(), "{code}");
            let (Some(cell), Some(lat), Some(lon)) = (found, lat, lon) else {
                continue;
            };
            assert!((cell.lat - lat).abs() < 1e-9, "{code}: {cell:?}");
            assert!((cell.lon - lon).abs() < 1e-9, "{code}: {cell:?}");
        }
    }

    /// From the specification's data for short codes.
    #[test]
    fn short_codes_name_the_nearest_cell() {
        for (full, lat, lon, short) in [
            ("9C3W9QCJ+2VX", 51.3701125, -1.217765625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3708675, -1.217765625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.8520107, -1.2177656, "9QCJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3701125, -0.7350006, "9QCJ+2VX"),
            ("8FJFW222+", 42.899, 9.012, "22+"),
            ("796RXG22+", 14.95125, -23.5001, "22+"),
        ] {
            let (full, _) = PlusCode::parse(full).unwrap();
            let (short, _) = PlusCode::parse(short).unwrap();
            let (full, short) = (full.near(0.0, 0.0), short.near(lon, lat));
            assert!((full.lat - short.lat).abs() < 1e-9, "{full:?} {short:?}");
            assert!((full.lon - short.lon).abs() < 1e-9, "{full:?} {short:?}");
        }
    }

    #[test]
    fn the_place_a_short_code_is_near_to_stands_beside_it() {
        let (code, beside) = PlusCode::parse("c3px+9m، الدمام").unwrap();
        assert_eq!((code.is_full(), beside.as_str()), (false, "الدمام"));
        let (_, beside) = PlusCode::parse("7HP9C3PX+9M").unwrap();
        assert_eq!(beside, "");
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in [
            "",
            "+",
            "C3PX",
            "C3PX+9",
            "ABCD+EF",
            "3PX+9M",
            "C3PX+9M+2",
            "x",
            "XX222222+22",
            "الدمام+المدينة",
            "C3PXC3PXC3+22",
        ] {
            assert_eq!(PlusCode::parse(typed), None, "{typed}");
        }
    }
}
