use proptest::prelude::*;

use super::words::{Cell, HEAVIEST, Words, decode};
use super::*;

/// A categoriser that knows what `pothole`, `lamp` and their neighbours say.
fn small() -> Words {
    let mut rows: std::collections::BTreeMap<u32, u8> = Default::default();
    for (text, category) in [
        ("pothole road asphalt", 0),
        ("lamp dark light", 1),
        ("hmm", 2),
    ] {
        features::each(text, &lexicon::Lexicon::default(), &mut |feature| {
            rows.insert(feature.number, category);
        });
    }
    Words {
        codes: ["roads.pothole", "lighting.outage", UNSURE]
            .map(Box::from)
            .to_vec(),
        biases: vec![0, 0, 512],
        scale: 100_000,
        lexicon: lexicon::Lexicon {
            forms: vec![lexicon::form("excavation".chars())],
            concepts: vec![1],
            count: 2,
        },
        cells: rows
            .into_iter()
            .chain([(features::LETTERS + features::meanings(1) + 1, 0)])
            .map(|(feature, category)| Cell {
                feature,
                category,
                weight: HEAVIEST,
            })
            .collect(),
        keywords: ["hole in pothole road", "light street", ""]
            .map(Box::from)
            .to_vec(),
        ..Words::default()
    }
}

#[track_caller]
fn check(text: &str, expected: &[(&str, &[&str])]) {
    let categoriser = Categoriser::of(small());
    let suggested = categoriser.suggest(text);
    let found: Vec<(&str, Vec<&str>)> = suggested
        .iter()
        .map(|s| (s.category, s.because.iter().map(String::as_str).collect()))
        .collect();
    let found: Vec<(&str, &[&str])> = found.iter().map(|(c, b)| (*c, b.as_slice())).collect();
    assert_eq!(
        found.get(..expected.len()),
        Some(expected),
        "{text}: {found:?}"
    );
    assert!(suggested.is_sorted_by(|one, next| one.score >= next.score));
    assert!(suggested.iter().all(|s| (0.0..=1.0).contains(&s.score)));
}

#[test]
fn what_was_learnt_is_suggested_with_the_words_as_they_were_typed() {
    check(
        "A huge \"Pothole\", again!",
        &[("roads.pothole", &["Pothole"])],
    );
    check(
        "the LAMP is dark",
        &[("lighting.outage", &["LAMP", "dark"])],
    );
}

#[test]
fn a_misspelt_word_still_counts() {
    check("big pothole", &[("roads.pothole", &["pothole"])]);
    check("big potholle here", &[("roads.pothole", &["potholle"])]);
    check("the asphal ist", &[("roads.pothole", &["asphal"])]);
}

#[test]
fn a_word_is_known_by_what_it_means() {
    check("an Excavation", &[("roads.pothole", &["Excavation"])]);
    check("two excavations", &[("roads.pothole", &["excavations"])]);
}

#[test]
fn a_keyword_that_nothing_was_learnt_of_speaks_for_its_category_and_one_that_was_does_not() {
    let mut words = small();
    words.keywords = ["road", "road gloom", ""].map(Box::from).to_vec();
    let categoriser = Categoriser::of(words);
    for (text, expected) in [("gloom", "lighting.outage"), ("road", "roads.pothole")] {
        assert_eq!(categoriser.suggest(text)[0].category, expected, "{text}");
    }
}

#[test]
fn of_a_text_without_a_known_word_it_is_unsure() {
    check("", &[(UNSURE, &[])]);
    check("??? 🙂", &[(UNSURE, &[])]);
    assert!(Categoriser::default().suggest("pothole").is_empty());
}

#[test]
fn only_allowed_categories_are_suggested() {
    let categoriser = Categoriser::of(small());
    let suggested = categoriser.suggest_among("pothole", &|code| code == "lighting.outage");
    assert_eq!(suggested.len(), 1);
    assert_eq!(suggested[0].category, "lighting.outage");
    // Nothing known and nobody to say so: no guess.
    assert!(
        categoriser
            .suggest_among("??? 🙂", &|code| code != UNSURE)
            .is_empty()
    );
    let unsure = categoriser.suggest_among("???", &|code| code == UNSURE);
    assert_eq!((unsure.len(), unsure[0].category), (1, UNSURE));
}

#[test]
fn a_search_finds_by_name_first_then_by_keyword() {
    let labels = [
        Label {
            code: "lighting.outage",
            names: &["Lamp out", "عمود إنارة مطفأ"],
        },
        Label {
            code: "roads.pothole",
            names: &["Broken street"],
        },
    ];
    let categoriser = Categoriser::of(small());
    for (query, expected) in [
        ("street", &["roads.pothole", "lighting.outage"][..]),
        ("HOLE", &["roads.pothole"]),
        ("إناره", &["lighting.outage"]),
        ("la", &["lighting.outage"]),
        ("am", &[]),
        ("zeppelin", &[]),
        (" ", &[]),
    ] {
        assert_eq!(categoriser.search(query, &labels), expected, "{query}");
    }
    assert_eq!(
        Categoriser::default().search("broken", &labels),
        ["roads.pothole"]
    );
}

#[cfg(feature = "server")]
mod with_encoder {
    use super::*;
    use crate::categorise::encode::encode;
    use sha2::{Digest, Sha256};

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(decode(&encode(&small())), Ok(small()));
    }

    #[test]
    fn a_file_cut_anywhere_or_with_one_bit_changed_is_refused() {
        let bytes = encode(&small());
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 4;
            assert!(decode(&changed).is_err(), "changed at {place}");
        }
    }

    #[test]
    fn a_category_of_the_municipality_alone_is_known_by_its_keywords() {
        let listed = [
            ("camels.lost", vec!["lost camel", "ناقة"]),
            ("roads.pothole", vec!["crater"]),
        ];
        let words = compile::restricted(small(), &listed).unwrap();
        let categoriser = Categoriser::of(decode(&encode(&words)).unwrap());
        for (text, expected) in [
            ("my camel ran away", "camels.lost"),
            ("a crater", "roads.pothole"),
            ("pothole", "roads.pothole"),
        ] {
            assert_eq!(categoriser.suggest(text)[0].category, expected, "{text}");
        }
        assert!(!categoriser.codes().any(|code| code == "lighting.outage"));
    }

    proptest! {
        /// The checksum is made to fit, so that the reader behind it is reached.
        #[test]
        fn any_content_is_refused_or_read_and_never_a_panic(
            start in 0_usize..2000,
            noise in prop::collection::vec(any::<u8>(), 0..60),
            text in "\\PC{0,40}",
        ) {
            let mut bytes = encode(&small());
            bytes.truncate(bytes.len() - 32);
            for (place, byte) in noise.iter().enumerate() {
                if let Some(slot) = bytes.get_mut(5 + start + place) {
                    *slot = *byte;
                }
            }
            bytes.extend(Sha256::digest(&bytes));
            if let Ok(categoriser) = Categoriser::open(&bytes) {
                let _ = categoriser.suggest(&text);
                let _ = categoriser.search(&text, &[]);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Categoriser::open(&bytes).is_err());
    }

    #[test]
    fn any_text_gets_scores_from_0_to_1(text in "\\PC{0,300}") {
        let categoriser = Categoriser::of(small());
        let suggested = categoriser.suggest(&text);
        prop_assert!(suggested.len() <= MAX_SUGGESTIONS);
        prop_assert!(suggested.iter().map(|s| s.score).sum::<f64>() <= 1.002);
    }
}
