//! Words that several pages of staff say, in Arabic and English.

/// Those of one language.
#[derive(Debug)]
pub(crate) struct Common {
    /// The months of the common calendar, January first.
    pub(crate) months: [&'static str; 12],
    /// The ways that reports are known to come in, by their codes.
    pub(crate) channels: [(&'static str, &'static str); 7],
}

pub(crate) static ARABIC: Common = Common {
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    channels: [
        ("widget", "الموقع"),
        ("web_form", "صفحة بلا برمجيات"),
        ("open311", "Open311"),
        ("whatsapp", "واتساب"),
        ("phone", "هاتف"),
        ("email", "بريد إلكتروني"),
        ("counter", "حضوري"),
    ],
};

pub(crate) static ENGLISH: Common = Common {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    channels: [
        ("widget", "Web form"),
        ("web_form", "Plain page"),
        ("open311", "Open311"),
        ("whatsapp", "WhatsApp"),
        ("phone", "Phone"),
        ("email", "E-mail"),
        ("counter", "In person"),
    ],
};

impl Common {
    /// What a channel is called; its code where nobody knows it.
    pub(crate) fn channel<'a>(&self, code: &'a str) -> &'a str {
        let known = self.channels.iter().find(|(known, _)| *known == code);
        known.map_or(code, |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_that_is_known_has_a_name() {
        for words in [&ARABIC, &ENGLISH] {
            let named = words.channels.map(|(code, _)| code);
            assert_eq!(named, balagh_shared::report::CHANNELS);
        }
    }
}
