//! The few sentences that go along with answers, in the six languages.
//!
//! Apart from `shared/locales`, which the widget carries: these are only ever said by servers.

use crate::municipality::TimeZone;
use crate::time::Timestamp;

/// That a request is here, and by when it is expected to be resolved, by the municipality's own
/// clocks.
#[must_use]
pub fn expected_by(due: Timestamp, zone: &TimeZone, language: &str) -> String {
    // `2026-11-23T09:41`, and nothing of the `Z` that would not be true.
    let local: String = zone.local(due).to_string().chars().take(16).collect();
    let local = local.replace('T', " ");
    let sentence = match language {
        "ar" => "استلمنا البلاغ، ومن المتوقع إنجازه قبل {}",
        "ur" => "آپ کی رپورٹ مل گئی ہے، توقع ہے کہ {} تک حل ہو جائے گی",
        "hi" => "आपकी रिपोर्ट मिल गई है, {} तक समाधान की उम्मीद है",
        "id" => "Laporan sudah kami terima dan diperkirakan selesai sebelum {}",
        "ms" => "Laporan telah kami terima dan dijangka selesai sebelum {}",
        _ => "We have the report and expect to resolve it before {}",
    };
    sentence.replace("{}", &local)
}

/// That a question is only asked after an answer.
pub(super) fn only_if(question: &str, answer: &str, language: &str) -> String {
    let (before, between, after) = match language {
        "ar" => ("فقط إذا كانت إجابة «", "» هي «", "»."),
        "ur" => ("صرف اگر «", "» کا جواب «", "» ہو۔"),
        "hi" => ("केवल तब, जब “", "” का उत्तर “", "” हो।"),
        "id" => ("Hanya jika jawaban “", "” adalah “", "”."),
        "ms" => ("Hanya jika jawapan “", "” ialah “", "”."),
        _ => ("Only if “", "” is answered “", "”."),
    };
    format!("{before}{question}{between}{answer}{after}")
}

/// How a time is written.
pub(super) fn how_to_write_times(language: &str) -> &'static str {
    match language {
        "ar" => "مثل 2026-11-21T09:41:00+03:00.",
        "ur" => "جیسے 2026-11-21T09:41:00+03:00۔",
        "hi" => "जैसे 2026-11-21T09:41:00+03:00।",
        "id" => "Seperti 2026-11-21T09:41:00+03:00.",
        "ms" => "Seperti 2026-11-21T09:41:00+03:00.",
        _ => "As in 2026-11-21T09:41:00+03:00.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::LANGUAGES;

    #[test]
    fn a_due_time_is_said_by_the_clocks_of_the_place() {
        let riyadh = TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        };
        let due = Timestamp::parse("2026-11-21T22:30:00Z").unwrap();
        for language in LANGUAGES {
            let said = expected_by(due, &riyadh, language);
            assert!(said.contains("2026-11-22 01:30"), "{said}");
            assert!(!said.contains('Z') && !said.contains('{'), "{said}");
        }
    }

    #[test]
    fn every_language_has_sentences_of_its_own() {
        let mut said: Vec<String> = LANGUAGES
            .iter()
            .map(|language| only_if("q", "a", language))
            .collect();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), LANGUAGES.len());
    }
}
