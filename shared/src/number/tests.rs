use super::*;
use proptest::prelude::*;

fn number(prefix: &str, random: [u8; 8]) -> ReportNumber {
    ReportNumber::mint(&Prefix::parse(prefix).unwrap(), &random)
}

/// The symbols of a number, values 0–31, with its check symbol.
fn symbols(prefix: &[u8], body: &[u8]) -> Vec<u8> {
    let mut all = [prefix, body, &[0]].concat();
    let check = weighted_sum(&all);
    *all.last_mut().unwrap() = check;
    assert!(is_right(&all));
    all
}

fn is_right(symbols: &[u8]) -> bool {
    ReportNumber::parse(&text_of(symbols)).is_ok()
}

/// Calls `test` with numbers of every length of prefix in which every place in turn holds every
/// symbol that may stand there, among symbols all alike and among symbols all different. The check
/// symbol takes every value of itself, as the sum runs through the field.
fn numbers(mut test: impl FnMut(&[u8], usize)) {
    const ALIKE: [u8; 14] = [13; 14];
    const DIFFERENT: [u8; 14] = [10, 31, 22, 17, 0, 9, 30, 1, 16, 25, 2, 29, 4, 11];
    for around in [ALIKE, DIFFERENT] {
        for letters in PREFIX_LETTERS {
            for place in 0..letters + BODY_SYMBOLS {
                let least = if place < letters { FIRST_LETTER } else { 0 };
                for symbol in least..32 {
                    let mut text = around[4 - letters..].to_vec();
                    text[place] = symbol;
                    let (prefix, body) = text.split_at(letters);
                    test(&symbols(prefix, body), place);
                }
            }
        }
    }
}

#[track_caller]
fn check(text: &str, expected: Result<&str, NumberError>) {
    let read = ReportNumber::parse(text);
    assert_eq!(
        read.as_ref().map(ReportNumber::as_str).map_err(|e| *e),
        expected,
        "{text:?}"
    );
}

#[test]
fn alpha_is_primitive() {
    let powers: std::collections::BTreeSet<u8> =
        std::iter::successors(Some(1), |power| Some(times_alpha(*power)))
            .take(31)
            .collect();
    assert_eq!(powers.len(), 31);
    assert!(!powers.contains(&0));
}

#[test]
fn every_symbol_at_every_place_mistaken_for_every_other_is_found() {
    numbers(|right, place| {
        // The place that is varied, and the check symbol, which no number above varies by itself.
        for place in [place, right.len() - 1] {
            for symbol in (0..32).filter(|symbol| *symbol != right[place]) {
                let mut wrong = right.to_vec();
                wrong[place] = symbol;
                assert!(!is_right(&wrong), "{right:?} read as {wrong:?}");
            }
        }
    });
}

#[test]
fn every_two_different_symbols_exchanged_are_found_neighbours_or_not() {
    numbers(|right, place| {
        for other in 0..right.len() {
            let mut wrong = right.to_vec();
            wrong.swap(place, other);
            assert!(
                wrong == right || !is_right(&wrong),
                "{right:?} read as {wrong:?}"
            );
        }
    });
}

#[test]
fn every_pair_of_symbols_at_every_two_neighbouring_places_exchanged_is_found() {
    for letters in PREFIX_LETTERS {
        for place in 0..letters + BODY_SYMBOLS {
            for (one, other) in (0..32).flat_map(|one| (0..32).map(move |other| (one, other))) {
                let mut all = vec![12; letters + BODY_SYMBOLS];
                all[place] = one;
                match all.get_mut(place + 1) {
                    Some(next) => *next = other,
                    // The check symbol's neighbour: another place makes the check symbol vary.
                    None => all[letters] = other,
                }
                let (prefix, body) = all.split_at(letters);
                if prefix.iter().any(|value| *value < FIRST_LETTER) {
                    continue;
                }
                let right = symbols(prefix, body);
                let mut wrong = right.clone();
                wrong.swap(place, place + 1);
                assert!(
                    wrong == right || !is_right(&wrong),
                    "{right:?} read as {wrong:?}"
                );
            }
        }
    }
}

/// Every way that each symbol may be typed, which all are the same number.
#[test]
fn every_symbol_is_read_in_every_way_it_is_written() {
    for (value, symbol) in ALPHABET.iter().enumerate() {
        let value = u8::try_from(value).unwrap();
        let symbol = char::from(*symbol);
        let mut written = vec![symbol, symbol.to_ascii_lowercase()];
        if let Some(digit) = symbol.to_digit(10) {
            let in_script = |zero: char| char::from_u32(u32::from(zero) + digit);
            written.extend(['٠', '۰', '०'].into_iter().filter_map(in_script));
        }
        match value {
            0 => written.extend(['o', 'O']),
            1 => written.extend(['i', 'I', 'l', 'L']),
            _ => {}
        }
        for character in written {
            assert_eq!(value_of(character), Some(value), "{character:?}");
        }
    }
    for character in ['u', 'U', '+', 'é', 'ß', 'م', 'ا', '٭', '\u{0}'] {
        assert_eq!(value_of(character), None, "{character:?}");
    }
}

#[test]
fn a_number_is_read_as_people_write_it() {
    let expected = Ok("EP-0W3GE-1R70W-9");
    check("EP-0W3GE-1R70W-9", expected);
    check("ep0w3ge1r70w9", expected);
    check("  Ep – OW3GE — lr7oW \u{2212} 9\u{A0}", expected);
    check("\u{200F}\u{2066}EP-0W3GE-1R70W-9\u{2069}\u{200E}", expected);
    check("EP-٠W٣GE-١R٧٠W-٩", expected);
    check("EP-۰W۳GE-۱R۷۰W-۹", expected);
    check("EP-०W३GE-१R७०W-९", expected);
}

#[test]
fn what_is_not_a_number_is_refused_by_what_is_wrong() {
    check("", Err(NumberError::Length));
    check("EP-0W3GE-1R70W", Err(NumberError::Length));
    check("EPSTX-0W3GE-1R70W-9", Err(NumberError::Length));
    check(&"-".repeat(MAX_BYTES + 1), Err(NumberError::Length));
    check("EP-0W3GE-1R70U-6", Err(NumberError::Symbol));
    check("EP-0W3GE-1R70م-6", Err(NumberError::Symbol));
    check("E0-0W3GE-1R70W-9", Err(NumberError::Prefix));
    check("EP-0W3GE-1R70W-7", Err(NumberError::Check));
    check("<!doctype html>", Err(NumberError::Symbol));
}

#[test]
fn a_prefix_is_two_to_four_letters_that_cannot_be_misread() {
    for good in ["EP", "MK", "HCM", "ZZZA"] {
        assert_eq!(Prefix::parse(good).as_ref().map(Prefix::as_str), Ok(good));
    }
    for (bad, why) in [
        ("E", NumberError::Length),
        ("EASTP", NumberError::Length),
        ("ep", NumberError::Prefix),
        ("E1", NumberError::Prefix),
        ("RIL", NumberError::Prefix),
        ("OK", NumberError::Prefix),
        ("US", NumberError::Prefix),
        ("مم", NumberError::Prefix),
    ] {
        assert_eq!(Prefix::parse(bad), Err(why), "{bad}");
    }
}

#[test]
fn a_number_travels_as_a_string_and_is_checked_on_arrival() {
    let number = number("EP", [7; 8]);
    assert_eq!(number.prefix(), "EP");
    let json = serde_json::to_string(&number).unwrap();
    assert_eq!(json, "\"EP-0W3GE-1R70W-9\"");
    assert_eq!(serde_json::from_str::<ReportNumber>(&json).unwrap(), number);
    assert!(serde_json::from_str::<ReportNumber>("\"EP-0W3GE-1R70W-7\"").is_err());
}

#[test]
fn a_secret_is_revealed_only_on_request() {
    let secret = Secret::parse("oW3ge 1r7ow").unwrap();
    assert_eq!(secret.reveal(), "0W3GE-1R70W");
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"0W3GE-1R70W\"");
    assert_eq!(secret, Secret::parse("0W3GE-1R70W").unwrap());
    assert_ne!(secret, Secret::parse("0W3GE-1R70X").unwrap());
    assert_eq!(Secret::parse("0W3GE-1R70"), Err(NumberError::Length));
}

#[cfg(feature = "server")]
#[test]
fn a_secret_depends_on_key_municipality_and_number() {
    let keyring = Keyring::parse(
        "TEST_KEYS",
        "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,\
         old:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA",
    )
    .unwrap();
    let derive = |kid: &str, municipality: &str, random: u8| {
        Secret::derive(&keyring, kid, municipality, &number("EP", [random; 8])).unwrap()
    };
    let secret = derive("new", "eastern-province", 7);
    // HMAC-SHA256 of "eastern-provinceEP-0W3GE-1R70W-9", computed with another implementation.
    assert_eq!(secret.reveal(), "10K7R-X0ZXW");
    assert_ne!(secret, derive("old", "eastern-province", 7));
    assert_ne!(secret, derive("new", "holy-capital", 7));
    assert_ne!(secret, derive("new", "eastern-province", 8));
    assert!(Secret::derive(&keyring, "lost", "eastern-province", &number("EP", [7; 8])).is_err());
}

proptest! {
    #[test]
    fn every_minted_number_and_secret_survives_its_text(random: [u8; 8]) {
        let number = number("MK", random);
        prop_assert_eq!(ReportNumber::parse(number.as_str()), Ok(number));
        let secret = Secret(u64::from_be_bytes(random) >> 14);
        prop_assert_eq!(Secret::parse(&secret.reveal()), Ok(secret));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = ReportNumber::parse(&text);
        let _ = Secret::parse(&text);
        let _ = Prefix::parse(&text);
    }
}
