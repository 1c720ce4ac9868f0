//! The words of the plain pages, in Arabic and English.

use balagh_shared::status::{State, What};

/// The words of one language.
pub(crate) struct Words {
    pub(crate) direction: &'static str,
    pub(crate) report: &'static str,
    pub(crate) track: &'static str,
    pub(crate) ways: &'static str,
    pub(crate) by_phone: &'static str,
    pub(crate) emergency: &'static str,
    pub(crate) needs_scripts: &'static str,
    pub(crate) number: &'static str,
    pub(crate) code: &'static str,
    pub(crate) show: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) received: &'static str,
    pub(crate) state: &'static str,
    pub(crate) category: &'static str,
    pub(crate) district: &'static str,
    pub(crate) department: &'static str,
    pub(crate) due: &'static str,
    pub(crate) agency: &'static str,
    pub(crate) agency_reference: &'static str,
    pub(crate) joins: &'static str,
    pub(crate) closing_code: &'static str,
    pub(crate) follow_up: &'static str,
    pub(crate) note: &'static str,
    pub(crate) rated: &'static str,
    pub(crate) joined: &'static str,
    pub(crate) photo: &'static str,
    pub(crate) history: &'static str,
    pub(crate) reasons: &'static str,
    pub(crate) municipalities: &'static str,
    pub(crate) other_language: (&'static str, &'static str),
}

const ARABIC: Words = Words {
    direction: "rtl",
    report: "تقديم بلاغ",
    track: "تتبّع بلاغ",
    ways: "طرق الإبلاغ",
    by_phone: "بالهاتف",
    emergency: "إذا كان أحد في خطر فاتصل أولًا بالرقم",
    needs_scripts: "يحتاج نموذج البلاغ إلى متصفح يشغّل البرامج النصية. إن لم يظهر هنا فاتصل بنا.",
    number: "رقم البلاغ",
    code: "رمز التتبّع",
    show: "عرض الحالة",
    not_found: "لا يوجد بلاغ بهذا الرقم وهذا الرمز. تحقق منهما ثم حاول مرة أخرى.",
    received: "تاريخ الاستلام",
    state: "الحالة",
    category: "النوع",
    district: "البلدية",
    department: "الإدارة",
    due: "موعد المعالجة المتوقع",
    agency: "الجهة المحوَّل إليها",
    agency_reference: "رقم البلاغ لدى الجهة",
    joins: "انضم إلى البلاغ",
    closing_code: "رمز الإغلاق، يُعطى بعد زوال المشكلة فقط",
    follow_up: "استعجال",
    note: "رسالة من الأمانة",
    rated: "تقييم",
    joined: "انضمام بلاغ عن المشكلة نفسها",
    photo: "صورة",
    history: "ما تم حتى الآن",
    reasons: "رموز الرفض ومعانيها",
    municipalities: "الأمانات",
    other_language: ("en", "English"),
};

const ENGLISH: Words = Words {
    direction: "ltr",
    report: "Report a problem",
    track: "Track a report",
    ways: "Ways to report",
    by_phone: "By phone",
    emergency: "If someone is in danger, first call",
    needs_scripts: "The form needs a browser that runs scripts. If it does not appear here, call us.",
    number: "Report number",
    code: "Tracking code",
    show: "Show status",
    not_found: "There is no report with this number and code. Check both and try again.",
    received: "Received",
    state: "Status",
    category: "Type",
    district: "Sub-municipality",
    department: "Department",
    due: "Expected by",
    agency: "Passed on to",
    agency_reference: "Their number for it",
    joins: "Joined to report",
    closing_code: "Closing code, to be given only once it is fixed",
    follow_up: "You asked again",
    note: "A message from the municipality",
    rated: "You rated it",
    joined: "A report of the same problem was joined",
    photo: "A photo",
    history: "What has happened",
    reasons: "Refusals and what they mean",
    municipalities: "Municipalities",
    other_language: ("ar", "العربية"),
};

impl Words {
    /// What happened without changing the state.
    pub(crate) fn what(&self, what: What) -> &'static str {
        match what {
            What::FollowUp => self.follow_up,
            What::Note => self.note,
            What::Rated => self.rated,
            What::Joined => self.joined,
            What::Photo => self.photo,
        }
    }

    /// The words of `language`; English for what is not Arabic.
    pub(crate) fn of(language: &str) -> &'static Words {
        if language == "ar" { &ARABIC } else { &ENGLISH }
    }

    /// How a state is called.
    pub(crate) fn state_name(&self, state: State) -> &'static str {
        let language = if self.direction == "rtl" { "ar" } else { "en" };
        balagh_messages::states::state_name(language, state)
    }
}
