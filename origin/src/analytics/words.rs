//! What figures are called, in Arabic and English, and how numbers and periods are written.

use super::calendar::{Calendar, Date};
use super::dimension::{Dimension, name};
use super::period::{Period, Span};
use crate::municipalities::Served;
use crate::words::{self, Common};

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) code: &'static str,
    pub(super) figures: &'static str,
    pub(super) period: &'static str,
    pub(super) period_hint: &'static str,
    pub(super) baseline: &'static str,
    pub(super) previous: &'static str,
    pub(super) year_before: &'static str,
    pub(super) without: &'static str,
    pub(super) show: &'static str,
    pub(super) malformed: &'static str,
    pub(super) report: &'static str,
    pub(super) back: &'static str,
    pub(super) received: &'static str,
    pub(super) completed: &'static str,
    pub(super) open: &'static str,
    pub(super) rejected: &'static str,
    pub(super) completion: &'static str,
    pub(super) on_time: &'static str,
    pub(super) median: &'static str,
    pub(super) p90: &'static str,
    pub(super) satisfaction: &'static str,
    pub(super) satisfaction_hint: &'static str,
    pub(super) contacts: &'static str,
    pub(super) contacts_hint: &'static str,
    pub(super) rated: &'static str,
    pub(super) agent: &'static str,
    pub(super) answer: &'static str,
    pub(super) all_channels: &'static str,
    pub(super) transferred: &'static str,
    pub(super) reopened: &'static str,
    pub(super) change: &'static str,
    pub(super) points: &'static str,
    pub(super) no_data: &'static str,
    pub(super) nothing: &'static str,
    pub(super) pending: &'static str,
    pub(super) over_time: &'static str,
    pub(super) from: &'static str,
    pub(super) none: &'static str,
    pub(super) unclassified: &'static str,
    pub(super) chart: &'static str,
    pub(super) others: &'static str,
    pub(super) percent: &'static str,
    pub(super) comma: &'static str,
    pub(super) of_years: &'static str,
    pub(super) to: &'static str,
    dimensions: [&'static str; 7],
    common: &'static Common,
    hijri: [&'static str; 12],
    halves: [&'static str; 2],
    quarters: [&'static str; 4],
    weeks: [&'static str; 5],
    ah: &'static str,
    ad: &'static str,
    reporters: [(&'static str, &'static str); 3],
}

static ARABIC: Words = Words {
    code: "ar",
    figures: "الأرقام",
    period: "الفترة",
    period_hint: "مثل 2024-03 أو 2024-h1 أو 2024-01-01..2024-04-30 أو ah1445-10-w1 للأسبوع الأول من شوال",
    baseline: "المقارنة مع",
    previous: "الفترة السابقة",
    year_before: "الفترة نفسها قبل عام",
    without: "بلا مقارنة",
    show: "عرض",
    malformed: "تعذّرت قراءة الفترة. اكتبها كما في المثال، ولا تزيد على خمس سنوات.",
    report: "تقرير الفترة للطباعة",
    back: "العودة إلى الأرقام",
    received: "الواردة",
    completed: "المنجزة",
    open: "المفتوحة",
    rejected: "غير المقبولة",
    completion: "نسبة الإنجاز",
    on_time: "في الموعد",
    median: "وسيط المدة",
    p90: "أنجز تسعة من عشرة خلال",
    satisfaction: "نسبة الرضا",
    satisfaction_hint: "حصة التقييمات التي متوسط درجاتها الثلاث أربع من خمس فأكثر",
    contacts: "تقييم التواصل مع الموظفين",
    contacts_hint: "حصة من أعطى 4 أو 5 من 5 من جميع من قيّموا في الفترة، ولا تُذكر لأقل من خمسة",
    rated: "التقييمات",
    agent: "الرضا عن الموظف",
    answer: "الرضا عن الإجابة",
    all_channels: "كل القنوات",
    transferred: "المحوَّلة لجهات أخرى",
    reopened: "المعاد فتحها",
    change: "التغيّر",
    points: "نقطة",
    no_data: "لا بيانات",
    nothing: "لم يرد أي بلاغ في هذه الفترة.",
    pending: "أيام يُعاد جمعها الآن، وقد تتغيّر أرقامها",
    over_time: "خلال الفترة",
    from: "من",
    none: "بلا",
    unclassified: "غير مصنّف",
    chart: "الجزء الممتلئ ما أُنجز، والمخطّط ما لم يُنجز. الأرقام نفسها في الجدول.",
    others: "وغيرها",
    percent: "٪",
    comma: "، ",
    of_years: "من عام",
    to: "إلى",
    dimensions: [
        "نوع التواصل",
        "الموضوع",
        "البلدية الفرعية",
        "الإدارة",
        "القناة",
        "الشريك",
        "المبلِّغ",
    ],
    common: &words::ARABIC,
    hijri: [
        "محرم",
        "صفر",
        "ربيع الأول",
        "ربيع الآخر",
        "جمادى الأولى",
        "جمادى الآخرة",
        "رجب",
        "شعبان",
        "رمضان",
        "شوال",
        "ذي القعدة",
        "ذي الحجة",
    ],
    halves: ["النصف الأول", "النصف الثاني"],
    quarters: ["الربع الأول", "الربع الثاني", "الربع الثالث", "الربع الرابع"],
    weeks: [
        "الأسبوع الأول",
        "الأسبوع الثاني",
        "الأسبوع الثالث",
        "الأسبوع الرابع",
        "الأيام الأخيرة",
    ],
    ah: "هـ",
    ad: "م",
    reporters: [
        ("person", "أفراد"),
        ("agency", "جهات"),
        ("partner", "شركاء"),
    ],
};

static ENGLISH: Words = Words {
    code: "en",
    figures: "Figures",
    period: "Period",
    period_hint: "Such as 2024-03, 2024-h1, 2024-01-01..2024-04-30, or ah1445-10-w1 for the first week of Shawwal",
    baseline: "Compared with",
    previous: "The period before",
    year_before: "The same a year before",
    without: "Nothing",
    show: "Show",
    malformed: "We cannot read this period. Write it as in the example, five years at most.",
    report: "Report of the period, to print",
    back: "Back to the figures",
    received: "Received",
    completed: "Completed",
    open: "Open",
    rejected: "Not taken",
    completion: "Completion",
    on_time: "On time",
    median: "Median time",
    p90: "Nine of ten within",
    satisfaction: "Satisfaction",
    satisfaction_hint: "Ratings whose three marks are four of five or more on average, of all ratings",
    contacts: "Ratings of contacts with staff",
    contacts_hint: "Marks of 4 or 5 out of 5, of all who rated in the period; of fewer than five nothing is said",
    rated: "Ratings",
    agent: "Pleased with the agent",
    answer: "Pleased with the answer",
    all_channels: "All channels",
    transferred: "With other agencies",
    reopened: "Reopened",
    change: "Change",
    points: "points",
    no_data: "no data",
    nothing: "No report came in this period.",
    pending: "days are being added up again; their figures may change",
    over_time: "Over the period",
    from: "From",
    none: "None",
    unclassified: "Not classified",
    chart: "Filled is what was completed, hatched what was not. The table has the same figures.",
    others: "and others",
    percent: "%",
    comma: ", ",
    of_years: "of",
    to: "to",
    dimensions: [
        "Kind of contact",
        "Subject",
        "Sub-municipality",
        "Department",
        "Channel",
        "Partner",
        "Reporter",
    ],
    common: &words::ENGLISH,
    hijri: [
        "Muharram",
        "Safar",
        "Rabi al-Awwal",
        "Rabi al-Thani",
        "Jumada al-Ula",
        "Jumada al-Akhirah",
        "Rajab",
        "Shaban",
        "Ramadan",
        "Shawwal",
        "Dhu al-Qadah",
        "Dhu al-Hijjah",
    ],
    halves: ["the first half", "the second half"],
    quarters: [
        "the first quarter",
        "the second quarter",
        "the third quarter",
        "the fourth quarter",
    ],
    weeks: [
        "the first week",
        "the second week",
        "the third week",
        "the fourth week",
        "the last days",
    ],
    ah: "AH",
    ad: "",
    reporters: [
        ("person", "Individuals"),
        ("agency", "Agencies"),
        ("partner", "Partners"),
    ],
};

impl Words {
    /// The words of a language; other languages than Arabic read English.
    pub(super) fn of(language: &str) -> &'static Words {
        match language {
            "ar" => &ARABIC,
            _ => &ENGLISH,
        }
    }

    /// Whether it is written from the right.
    pub(super) fn is_rtl(&self) -> bool {
        self.code == "ar"
    }

    /// What a dimension is called.
    pub(super) fn dimension(&self, dimension: Dimension) -> &'static str {
        let position = Dimension::ALL.iter().position(|it| *it == dimension);
        position
            .and_then(|position| self.dimensions.get(position))
            .copied()
            .unwrap_or_default()
    }

    /// What a value of a dimension is called.
    pub(super) fn value<'a>(
        &self,
        dimension: Dimension,
        value: &'a str,
        served: &'a Served,
    ) -> &'a str {
        match (dimension, value) {
            (Dimension::Kind, "") => self.unclassified,
            (_, "") => self.none,
            (Dimension::Channel, code) => self.common.channel(code),
            (Dimension::ReporterType, value) => {
                let known = self.reporters.iter().find(|(code, _)| *code == value);
                known.map_or(value, |(_, name)| name)
            }
            (dimension, value) => name(dimension, value, served, self.code),
        }
    }

    /// A period, as it stands in a sentence.
    pub(super) fn said(&self, period: Period) -> String {
        let of = self.of_years;
        let calendar = period.calendar();
        let year = |year: i32| {
            let era = match calendar {
                Calendar::Gregorian => self.ad,
                Calendar::Hijri => self.ah,
            };
            format!("{year} {era}").trim_end().to_owned()
        };
        let month =
            |year_: i32, number: u8| format!("{} {}", self.month(calendar, number), year(year_));
        let date = |date: Date| format!("{} {}", date.day, month(date.year, date.month));
        let named = |names: &[&'static str], number: u8| {
            let index = usize::from(number).checked_sub(1);
            index
                .and_then(|it| names.get(it))
                .copied()
                .unwrap_or_default()
        };
        match period.span() {
            Span::Year(of_year) => year(of_year),
            Span::Half(of_year, half) => {
                format!("{} {of} {}", named(&self.halves, half), year(of_year))
            }
            Span::Quarter(of_year, quarter) => {
                format!("{} {of} {}", named(&self.quarters, quarter), year(of_year))
            }
            Span::Month(of_year, number) => month(of_year, number),
            Span::Week(of_year, number, week) => {
                let from = if self.is_rtl() { "من" } else { "of" };
                format!(
                    "{} {from} {}",
                    named(&self.weeks, week),
                    month(of_year, number)
                )
            }
            Span::Days(first, last) if first == last => date(first),
            Span::Days(first, last) => format!("{} {} {}", date(first), self.to, date(last)),
        }
    }

    /// When something was in a period: the same with its preposition.
    pub(super) fn when(&self, period: Period) -> String {
        let said = self.said(period);
        let preposition = match (self.is_rtl(), period.span()) {
            (true, Span::Days(first, last)) if first == last => "يوم",
            (true, Span::Days(..)) => "من",
            (true, _) => "خلال",
            (false, Span::Days(first, last)) if first == last => "on",
            (false, Span::Days(..)) => "from",
            (false, _) => "in",
        };
        format!("{preposition} {said}")
    }

    /// A day in short, as a chart has it.
    pub(super) fn day(&self, calendar: Calendar, day: i64) -> String {
        let date = calendar.date(day);
        format!("{} {}", date.day, self.month(calendar, date.month))
    }

    fn month(&self, calendar: Calendar, month: u8) -> &'static str {
        let names = match calendar {
            Calendar::Gregorian => &self.common.months,
            Calendar::Hijri => &self.hijri,
        };
        let index = usize::from(month).checked_sub(1);
        index
            .and_then(|it| names.get(it))
            .copied()
            .unwrap_or_default()
    }

    /// Tenths as a number with one decimal, without it where it is 0; with its sign where it is a
    /// change.
    pub(super) fn tenths(tenths: i64, is_change: bool) -> String {
        let sign = match (tenths < 0, is_change) {
            (true, _) => "−",
            (false, true) => "+",
            (false, false) => "",
        };
        let size = tenths.unsigned_abs();
        match size % 10 {
            0 => format!("{sign}{}", count(size / 10)),
            rest => format!("{sign}{}.{rest}", count(size / 10)),
        }
    }

    /// A percentage in tenths.
    pub(super) fn percentage(&self, permille: Option<u64>) -> String {
        let tenths = permille.and_then(|it| i64::try_from(it).ok());
        match tenths {
            Some(tenths) => format!("{}{}", Words::tenths(tenths, false), self.percent),
            None => self.no_data.to_owned(),
        }
    }

    /// A length of time in its two largest units' worth: minutes, hours, or days with a decimal.
    pub(super) fn length(&self, minutes: Option<u32>) -> String {
        let Some(minutes) = minutes.map(u64::from) else {
            return self.no_data.to_owned();
        };
        let tenths = |unit: u64| {
            let tenths = (minutes * 10 + unit / 2) / unit;
            Words::tenths(i64::try_from(tenths).unwrap_or(i64::MAX), false)
        };
        let (number, english, arabic) = match minutes {
            0..90 => (minutes.to_string(), "min", "دقيقة"),
            90..2_880 => (tenths(60), "hours", "ساعة"),
            _ => (tenths(1_440), "days", "يوم"),
        };
        format!("{number} {}", if self.is_rtl() { arabic } else { english })
    }
}

/// A count, in threes.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut written = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(period: &str, arabic: &str, english: &str) {
        let period = Period::parse(period).unwrap();
        assert_eq!(Words::of("ar").said(period), arabic);
        assert_eq!(Words::of("en").said(period), english);
    }

    #[test]
    fn a_period_is_said_as_people_say_it() {
        check(
            "2023-h1",
            "النصف الأول من عام 2023 م",
            "the first half of 2023",
        );
        check(
            "ah1445-10-w1",
            "الأسبوع الأول من شوال 1445 هـ",
            "the first week of Shawwal 1445 AH",
        );
        check(
            "2024-01-01..2024-04-30",
            "1 يناير 2024 م إلى 30 أبريل 2024 م",
            "1 January 2024 to 30 April 2024",
        );
        check("2024-03", "مارس 2024 م", "March 2024");
    }

    #[test]
    fn numbers_are_written_in_threes_with_a_decimal_where_it_says_something() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(44_418), "44,418");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(Words::tenths(810, false), "81");
        assert_eq!(Words::tenths(-33, true), "−3.3");
        assert_eq!(Words::tenths(540, true), "+54");
        assert_eq!(Words::of("en").length(Some(89)), "89 min");
        assert_eq!(Words::of("en").length(Some(1_470)), "24.5 hours");
        assert_eq!(Words::of("ar").length(None), "لا بيانات");
        assert_eq!(Words::of("en").percentage(None), "no data");
    }
}
