//! How a text is made, beside what its words are: how few they are, whether any is of a town and what
//! is wrong there, and what stands in their place. Few words say little each; that none of them is of
//! a town says more.
//!
//! A shape's points are learnt beside those of pieces of words and stand among them in `learned.tsv`,
//! under the names below: each has a space inside, which no piece has.

use super::Found;
use super::links::leads_to_somebody;
use super::tokens::Tokens;

/// The most words that are few.
pub(super) const FEW: usize = 6;

/// The most words that are some.
const SOME: usize = 12;

/// The shapes that a text has, by name. `found` holds its phrases already.
pub(super) fn shapes(tokens: &Tokens<'_>, found: &Found) -> Vec<&'static str> {
    let words = tokens.words.len();
    let is_report = found.has("report.civic") || found.has("report.witness");
    let is_of_a_town = found.has("report.town");
    let is_bare = !is_report && !is_of_a_town;
    if words > FEW {
        let shapes = [("some words", words <= SOME), ("no report", is_bare)];
        return chosen(&shapes);
    }
    let topics = [
        "advert.topic",
        "advert.service",
        "advert.offer",
        "advert.call",
    ];
    let offers = topics.iter().any(|it| found.has(it));
    let has_number = !tokens.phones.is_empty();
    let has_price = found.has("advert.price");
    let has_link = tokens.links.iter().any(|link| leads_to_somebody(link));
    chosen(&[
        ("no word", words == 0),
        ("one word", words == 1),
        ("two words", words == 2),
        ("three words", words == 3),
        ("few words", words > 3),
        ("few words, a report of a town", is_report && is_of_a_town),
        ("few words, a report", is_report && !is_of_a_town),
        ("few words, a town", !is_report && is_of_a_town),
        ("few words, no report", is_bare),
        ("few words, an offer alone", offers && is_bare),
        ("few words, an offer beside a report", offers && !is_bare),
        ("few words, a number alone", has_number && is_bare),
        (
            "few words, a number beside a report",
            has_number && !is_bare,
        ),
        ("few words, a sum alone", has_price && is_bare),
        ("few words, a sum beside a report", has_price && !is_bare),
        ("few words, a link", has_link),
    ])
}

fn chosen(shapes: &[(&'static str, bool)]) -> Vec<&'static str> {
    let chosen = shapes.iter().filter(|(_, is_so)| *is_so);
    chosen.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let tokens = Tokens::of(text);
        let mut found = Found::default();
        vocabulary::look(&tokens, &mut found);
        assert_eq!(shapes(&tokens, &found), expected, "{text}");
    }

    #[test]
    fn few_words_are_told_by_what_stands_beside_them() {
        check(
            "sofa cleaning 0509911223",
            &[
                "three words",
                "few words, no report",
                "few words, an offer alone",
                "few words, a number alone",
            ],
        );
        check(
            "pothole beside 0509911223",
            &[
                "three words",
                "few words, a report of a town",
                "few words, a number beside a report",
            ],
        );
        check(
            "https://kupon.example/a",
            &["no word", "few words, no report", "few words, a link"],
        );
    }

    #[test]
    fn of_many_words_there_is_no_shape() {
        check(&"pothole ".repeat(13), &[]);
    }
}
