//! What the screen marks, as staff read it: the sentences of the form are for citizens.

use balagh_shared::reason::Reason;

use super::Language;

impl Language {
    /// A mark in a few words. One that is newer than this page is told in English, as the catalogue
    /// has it.
    pub(in crate::console) fn mark(self, reason: Reason) -> &'static str {
        let (arabic, english) = match reason {
            Reason::LimitSender => ("بلاغات كثيرة من الجهاز نفسه", "Many reports from one sender"),
            Reason::LimitContact => (
                "بلاغات كثيرة بوسيلة التواصل نفسها",
                "Many reports with one contact",
            ),
            Reason::LimitNetwork => (
                "بلاغات كثيرة من الشبكة نفسها",
                "Many reports from one network",
            ),
            Reason::LimitPartner => (
                "بلاغات كثيرة من شريك واحد",
                "Many reports through one partner",
            ),
            Reason::DistrictDiffers => (
                "البلدية التي أكّدها المبلِّغ تختلف عن حدودنا",
                "The district the reporter confirmed is another than ours",
            ),
            Reason::PackDiffers => (
                "حُدِّد الموقع بنسخة أخرى من الحدود",
                "Placed with another version of the boundaries",
            ),
            Reason::CategoryDoubtful => (
                "الوصف أقرب إلى تصنيف آخر",
                "The description reads like another category",
            ),
            Reason::SpamLinks => ("روابط أكثر من الكلام", "Hardly more than links"),
            Reason::SpamAdvertising => ("يشبه الإعلان", "Reads like advertising"),
            Reason::SpamContacts => ("أرقام وعناوين للتواصل", "Numbers and addresses to contact"),
            Reason::SpamDisguise => ("حروف مموّهة", "Letters in disguise"),
            Reason::SpamGibberish => ("ليس كلامًا بأي لغة", "No language’s words"),
            Reason::SpamRepetition => ("كلمات مكررة", "The same words over and over"),
            Reason::TextRepeated => ("النص نفسه أُرسل من قبل", "The same words were sent before"),
            Reason::DuplicateNearby => (
                "قد يكون عن مشكلة أُبلغ عنها قريبًا منه",
                "May be about a problem already reported near it",
            ),
            Reason::ScreenBudget => ("نص أطول مما يقرؤه الفحص", "Longer than the screen reads"),
            Reason::ScreenConflict => (
                "لم يكتمل الفحص لتزاحم البلاغات",
                "The screen did not come to an end: too much at once",
            ),
            other => (other.meaning(), other.meaning()),
        };
        match self {
            Language::Arabic => arabic,
            Language::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use balagh_shared::reason::Severity;

    use super::*;

    #[test]
    fn every_mark_is_told_in_arabic() {
        let marks = Reason::ALL
            .iter()
            .filter(|it| it.severity() == Severity::Mark);
        for mark in marks {
            let told = Language::Arabic.mark(*mark);
            assert!(!told.is_ascii(), "{}", mark.code());
        }
    }
}
