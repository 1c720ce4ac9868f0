//! What somebody is asked of a contact they have just had, in the six languages of the form: it is
//! they who read it, not staff.

/// The words of one language.
pub(in crate::console) struct Rate {
    pub(in crate::console) language: &'static str,
    pub(in crate::console) title: &'static str,
    pub(in crate::console) hint: &'static str,
    pub(in crate::console) agent: &'static str,
    pub(in crate::console) answer: &'static str,
    /// From the worst to the best.
    pub(in crate::console) marks: [&'static str; 5],
    pub(in crate::console) send: &'static str,
    pub(in crate::console) both: &'static str,
    pub(in crate::console) thanks: &'static str,
    pub(in crate::console) already: &'static str,
    pub(in crate::console) over: &'static str,
    /// Nothing could be read or kept just now; nothing that was chosen is lost.
    pub(in crate::console) outage: &'static str,
    /// To a browser in which somebody of the staff is signed in.
    pub(in crate::console) staff: &'static str,
}

impl Rate {
    /// Those of a language; English where it is none of the six.
    pub(in crate::console) fn of(language: &str) -> &'static Rate {
        let found = ALL.iter().find(|words| words.language == language);
        found.unwrap_or(&ENGLISH)
    }

    /// The way it is written.
    pub(in crate::console) fn direction(&self) -> &'static str {
        match self.language {
            "ar" | "ur" => "rtl",
            _ => "ltr",
        }
    }
}

const ENGLISH: Rate = Rate {
    language: "en",
    title: "How did we do?",
    hint: "Two short questions. Your answer does not change your report, and the agent does not see who gave it.",
    agent: "How was the person who helped you?",
    answer: "How was the answer you got?",
    marks: ["Very poor", "Poor", "Fair", "Good", "Very good"],
    send: "Send",
    both: "Please choose an answer to both questions.",
    thanks: "Thank you for telling us.",
    already: "We already have your rating. Thank you.",
    over: "This link is not valid, or its time is over.",
    outage: "We could not save it just now, and it is our fault. Please try again in a moment.",
    staff: "Staff are signed in in this browser, so nothing can be rated in it. Please open this page on your own phone.",
};

static ALL: [Rate; 6] = [
    Rate {
        language: "ar",
        title: "كيف كانت خدمتنا؟",
        hint: "سؤالان قصيران. لا تغيّر إجابتك بلاغك، ولا يرى الموظف من قيّمه.",
        agent: "كيف كان تعامل الموظف معك؟",
        answer: "كيف كانت الإجابة التي حصلت عليها؟",
        marks: ["سيئ جدًا", "سيئ", "مقبول", "جيد", "جيد جدًا"],
        send: "إرسال",
        both: "فضلًا أجب عن السؤالين.",
        thanks: "شكرًا لك على رأيك.",
        already: "سبق أن وصلنا تقييمك. شكرًا لك.",
        over: "هذا الرابط غير صالح أو انتهت مدته.",
        outage: "تعذّر الحفظ الآن، والخلل من عندنا. فضلًا أعد المحاولة بعد قليل.",
        staff: "هذا المتصفح مسجَّل دخوله باسم موظف، فلا يمكن التقييم منه. فضلًا افتح هذه الصفحة من جوالك.",
    },
    ENGLISH,
    Rate {
        language: "ur",
        title: "ہماری خدمت کیسی رہی؟",
        hint: "دو مختصر سوال۔ آپ کے جواب سے رپورٹ نہیں بدلتی، اور اہلکار نہیں دیکھتا کہ جواب کس نے دیا۔",
        agent: "مدد کرنے والے اہلکار کا رویہ کیسا تھا؟",
        answer: "جو جواب ملا وہ کیسا تھا؟",
        marks: ["بہت خراب", "خراب", "ٹھیک", "اچھا", "بہت اچھا"],
        send: "بھیجیں",
        both: "براہِ کرم دونوں سوالوں کا جواب چنیں۔",
        thanks: "رائے دینے کا شکریہ۔",
        already: "آپ کی درجہ بندی ہمیں پہلے ہی مل چکی ہے۔ شکریہ۔",
        over: "یہ لنک درست نہیں، یا اس کی مدت ختم ہو چکی ہے۔",
        outage: "ابھی محفوظ نہیں ہو سکا، خرابی ہماری طرف سے ہے۔ براہِ کرم تھوڑی دیر بعد پھر کوشش کریں۔",
        staff: "اس براؤزر میں عملے کا کوئی فرد سائن اِن ہے، اس لیے یہاں درجہ بندی نہیں ہو سکتی۔ براہِ کرم یہ صفحہ اپنے فون پر کھولیں۔",
    },
    Rate {
        language: "hi",
        title: "हमारी सेवा कैसी रही?",
        hint: "दो छोटे सवाल। आपके जवाब से रिपोर्ट नहीं बदलती, और कर्मचारी नहीं देखता कि जवाब किसने दिया।",
        agent: "मदद करने वाले कर्मचारी का व्यवहार कैसा था?",
        answer: "आपको मिला जवाब कैसा था?",
        marks: ["बहुत ख़राब", "ख़राब", "ठीक", "अच्छा", "बहुत अच्छा"],
        send: "भेजें",
        both: "कृपया दोनों सवालों का जवाब चुनें।",
        thanks: "बताने के लिए धन्यवाद।",
        already: "आपकी रेटिंग हमें पहले ही मिल चुकी है। धन्यवाद।",
        over: "यह लिंक मान्य नहीं है, या इसका समय बीत चुका है।",
        outage: "अभी सहेजा नहीं जा सका, गड़बड़ी हमारी ओर से है। कृपया थोड़ी देर बाद फिर कोशिश करें।",
        staff: "इस ब्राउज़र में कोई कर्मचारी साइन इन है, इसलिए यहाँ रेटिंग नहीं दी जा सकती। कृपया यह पेज अपने फ़ोन पर खोलें।",
    },
    Rate {
        language: "id",
        title: "Bagaimana layanan kami?",
        hint: "Dua pertanyaan singkat. Jawaban Anda tidak mengubah laporan, dan petugas tidak melihat siapa yang menjawab.",
        agent: "Bagaimana petugas yang membantu Anda?",
        answer: "Bagaimana jawaban yang Anda terima?",
        marks: ["Sangat buruk", "Buruk", "Cukup", "Baik", "Sangat baik"],
        send: "Kirim",
        both: "Silakan pilih jawaban untuk kedua pertanyaan.",
        thanks: "Terima kasih atas penilaian Anda.",
        already: "Penilaian Anda sudah kami terima. Terima kasih.",
        over: "Tautan ini tidak berlaku, atau waktunya sudah habis.",
        outage: "Belum dapat disimpan, dan ini kesalahan kami. Silakan coba lagi sebentar lagi.",
        staff: "Di peramban ini ada petugas yang masuk, jadi penilaian tidak dapat diberikan di sini. Silakan buka halaman ini di ponsel Anda.",
    },
    Rate {
        language: "ms",
        title: "Bagaimana perkhidmatan kami?",
        hint: "Dua soalan ringkas. Jawapan anda tidak mengubah laporan, dan pegawai tidak melihat siapa yang menjawab.",
        agent: "Bagaimana pegawai yang membantu anda?",
        answer: "Bagaimana jawapan yang anda terima?",
        marks: ["Sangat teruk", "Teruk", "Sederhana", "Baik", "Sangat baik"],
        send: "Hantar",
        both: "Sila pilih jawapan bagi kedua-dua soalan.",
        thanks: "Terima kasih atas penilaian anda.",
        already: "Penilaian anda sudah kami terima. Terima kasih.",
        over: "Pautan ini tidak sah, atau tempohnya sudah tamat.",
        outage: "Belum dapat disimpan, dan ini kesilapan kami. Sila cuba lagi sebentar lagi.",
        staff: "Pegawai sedang log masuk dalam pelayar ini, jadi penilaian tidak boleh dibuat di sini. Sila buka halaman ini pada telefon anda.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_words_of_its_own() {
        for code in ["ar", "en", "ur", "hi", "id", "ms"] {
            assert_eq!(Rate::of(code).language, code);
        }
        assert_eq!(Rate::of("tl").language, "en");
    }
}
