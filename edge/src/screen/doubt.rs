//! Does the description read like another category? A mark for whoever works on the report, and
//! nothing else: no report is refused, held back or moved because of it.
//!
//! The words are with the ledger. An edge function has none and says nothing; its upstream screens
//! the report again, and marks it.

use balagh_shared::reason::Reason;
use balagh_shared::report::Report;

use crate::served::Served;

pub(super) fn mark(served: &Served, report: &Report) -> Option<Reason> {
    let categorisers = served.categorisers().filter(|_| cfg!(feature = "words"))?;
    let (chosen, text) = (&report.category, &report.description);
    let doubted = categorisers.doubt(served.public(), chosen, text);
    doubted.then_some(Reason::CategoryDoubtful)
}

// The demo's boundaries are compiled by the test, with a feature that only `native` brings.
#[cfg(feature = "native")]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::LazyLock;

    use balagh_shared::categorise::UNSURE;
    use balagh_shared::municipality::Kind;

    use super::*;
    use crate::native::municipalities;
    use crate::served::PackFiles;

    static DEMO: LazyLock<Served> = LazyLock::new(|| {
        let document = "../www/municipalities/eastern-province/municipality.json";
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        municipalities::load(&here.join(document), None).unwrap()
    });

    fn doubts(chosen: &str, text: &str) -> bool {
        let categorisers = DEMO.categorisers().unwrap();
        categorisers.doubt(DEMO.public(), chosen, text)
    }

    #[track_caller]
    fn check(chosen: &str, text: &str, expected: bool) {
        assert_eq!(doubts(chosen, text), expected, "{chosen}: {text}");
    }

    #[test]
    fn a_text_that_is_clearly_about_something_else_is_doubted() {
        let hole = "حفرة عميقة في وسط الطريق كسرت إطار سيارتي";
        check("roads.pothole", hole, false);
        check("lighting.outage", hole, true);
        check(
            "roads.pothole",
            "The street lamps are dark, all of them are out",
            true,
        );
    }

    #[test]
    fn what_says_little_or_was_left_open_is_not_doubted() {
        check("lighting.outage", "", false);
        check("lighting.outage", "Please come and see", false);
        check(UNSURE, "حفرة عميقة في وسط الطريق كسرت إطار سيارتي", false);
    }

    #[test]
    fn an_edge_function_serves_the_same_document_and_leaves_the_doubt_to_its_upstream() {
        let document = serde_json::to_string(DEMO.document()).unwrap();
        let packs = PackFiles {
            full: DEMO.packs().full.clone(),
            phone: DEMO.packs().phone.clone(),
        };
        let words = DEMO.public().words.clone();
        assert!(words.is_some());
        let function = Served::before_upstream(&document, packs, words).unwrap();
        assert_eq!(function.public(), DEMO.public());
        assert!(function.categorisers().is_none());
    }

    #[test]
    fn a_category_of_another_kind_is_not_doubted() {
        let categories = DEMO.public().groups.iter().flat_map(|it| &it.categories);
        let thanks = categories.filter(|it| it.kind == Kind::Thanks);
        let codes: Vec<&str> = thanks.map(|it| it.code.as_str()).collect();
        assert!(!codes.is_empty());
        for code in codes {
            check(code, "حفرة عميقة في وسط الطريق كسرت إطار سيارتي", false);
        }
    }

    /// Over the held-out texts: of a hundred filed under an accepted category, and of a hundred
    /// filed under any other of the same kind, how many are doubted.
    #[test]
    fn hardly_any_rightly_filed_text_is_doubted_and_many_misfiled_ones_are() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/held-out");
        let kind_of = |code: &str| DEMO.public().category(code).unwrap().kind;
        let (mut right, mut right_doubted) = (0_u32, 0_u32);
        let (mut wrong, mut wrong_doubted) = (0_u32, 0_u32);
        let categories = DEMO.public().groups.iter().flat_map(|it| &it.categories);
        let codes: Vec<(&str, Kind)> = categories.map(|it| (it.code.as_str(), it.kind)).collect();
        for file in fs::read_dir(folder).unwrap() {
            let texts = fs::read_to_string(file.unwrap().path()).unwrap();
            let lines = texts.lines().filter(|line| !line.starts_with('#'));
            for (place, (accepted, text)) in lines.filter_map(|it| it.split_once('\t')).enumerate()
            {
                let known = |code: &&str| DEMO.public().category(code).is_some();
                let accepted: Vec<&str> = accepted.split_whitespace().filter(known).collect();
                let Some(kind) = accepted.first().map(|code| kind_of(code)) else {
                    continue;
                };
                for code in &accepted {
                    right += 1;
                    right_doubted += u32::from(doubts(code, text));
                }
                // Another one for each text, so that all are met.
                let others = codes.iter().filter(|(code, of)| {
                    *of == kind && !accepted.contains(code) && *code != UNSURE
                });
                let others: Vec<_> = others.collect();
                if let Some((code, _)) = others.get(place * 7 % others.len().max(1)) {
                    wrong += 1;
                    wrong_doubted += u32::from(doubts(code, text));
                }
            }
        }
        let per_cent = |part: u32, whole: u32| f64::from(part) * 100.0 / f64::from(whole);
        let (right, wrong) = (
            per_cent(right_doubted, right),
            per_cent(wrong_doubted, wrong),
        );
        assert!(right < 3.0 && wrong > 30.0, "{right:.1}%, {wrong:.1}%");
    }
}
