//! A report, and what is done with it.

use super::words;

words! {
    /// The words of a report's page.
    Report {
        about: "البلاغ", "The report";
        nothing_said: "بلا وصف.", "No words.";
        answers: "الإجابات", "Answers";
        landmark: "علامة مميزة", "Landmark";
        asset: "رقم الأصل", "Asset number";
        coordinates: "الإحداثيات", "Coordinates";
        candidates: "بين", "Between";
        received: "استُلم", "Received";
        channel: "القناة", "Channel";
        language: "لغة البلاغ", "Language";
        department: "الإدارة", "Department";
        agency: "الجهة", "Agency";
        agency_contact: "للتواصل مع الجهة", "Reach the agency";
        reference: "رقمه لدى الجهة", "Their number";
        inspectors: "المعاينة", "Inspection";
        women: "مفتشات فقط", "Women inspectors only";
        marks: "ملاحظات الفحص", "What the screen marked";
        photos: "الصور", "Photos";
        photo: "صورة {n} من {all}", "Photo {n} of {all}";
        quarantined: "أوقفه الفحص حتى ينظر فيه موظف.", "The screen held it until a person has looked.";
        trial: "بلاغ تجريبي: لا يُرسل ولا يُحتسب.", "A trial: never dispatched, never counted.";
        public: "نصّه منشور للعموم.", "Its words are public.";

        timeline: "ما جرى", "What happened";
        came_in: "استُلم البلاغ", "Received";
        moved: "صار: {state}", "Now: {state}";
        given: "أُسند إلى {department}", "Given to {department}";
        passed: "حُوّل إلى {agency}", "Passed to {agency}";
        their_number: "رقمه لديها {number}", "their number is {number}";
        reopened_due: "أُعيد فتحه، والموعد {due}", "Reopened, due {due}";
        asked_again: "استعجله المبلِّغ", "The reporter asked again";
        pictured: "صورة من العمل", "A photo of the work";
        picture: "إضافة صورة من العمل", "Add a photo of the work";
        picture_file: "الصورة", "The photo";
        picture_hint: "JPEG أو PNG أو WebP حتى 8 ميغابايت. يُحذف منها موقع التقاطها وكل ما أخفته الكاميرا فيها. لا تُظهر الوجوه أو اللوحات.", "JPEG, PNG or WebP, up to 8 MB. Its place and whatever else the camera hid in it are removed. Keep faces and plates out.";
        picture_public: "يراها العموم أيضًا", "Anybody may see it";
        picture_private: "يراها المبلِّغ وحده.", "Its reporter alone sees it.";
        picture_seen: "يراها العموم.", "Anybody may see it.";
        wrote: "رسالة إلى المبلِّغ", "A word to the reporter";
        noted: "ملاحظة داخلية", "Internal note";
        rated: "تقييم المبلِّغ: الجودة {quality}، السرعة {speed}، التعامل {service} من 5", "Rated by the reporter: quality {quality}, speed {speed}, service {service} of 5";
        joined: "انضم إلى {number}", "Joined to {number}";
        gained: "انضم إليه {number}", "{number} was joined to it";
        escalated: "صُعّد إلى المستوى {level}", "Taken to level {level}";
        miscoded: "رمز إغلاق غير مطابق", "A closing code that is not its";
        published: "نُشر نصّه", "Its words were made public";
        erased: "حُذفت البيانات الشخصية", "Personal data erased";
        photo_came: "وصلت صورة", "A photo came";
        by_edge: "بوابة الاستقبال", "Edge";
        by_origin: "تلقائيًا", "By itself";
        by_partner: "شريك", "Partner";
        by_staff: "موظف", "Staff";
        by_reporter: "المبلِّغ", "Reporter";

        reporter: "المبلِّغ", "The reporter";
        show_contact: "إظهار بيانات المبلِّغ", "Show who reported";
        show_hint: "يُسجَّل كل اطلاع باسمك ووقته.", "Each look is written down with your name and the time.";
        no_contact: "لم يترك المبلِّغ وسيلة تواصل.", "The reporter left no contact.";
        hidden_contact: "بيانات المبلِّغ تظهر لموظفي الاستقبال فقط.", "Who reported is shown to the intake alone.";
        shown: "سُجّل هذا الاطلاع.", "This look was written down.";
        name: "الاسم", "Name";
        phone: "الهاتف", "Phone";
        email: "البريد", "E-mail";

        next: "الإجراء التالي", "Next step";
        no_step: "لا إجراء متاح لك في هذه الحالة.", "There is no step for you to take as it stands.";
        assign: "إسناد", "Assign";
        start: "بدء العمل", "Start work";
        wait: "سؤال المبلِّغ", "Ask the reporter";
        transfer: "تحويل إلى جهة أخرى", "Pass to another agency";
        resolve: "أُنجز العمل", "Report the work done";
        close: "إغلاق", "Close";
        reject: "عدم القبول", "Do not take it";
        reopen: "إعادة الفتح", "Reopen";
        note: "كتابة ملاحظة", "Write a note";
        publish: "نشر النص للعموم", "Make its words public";
        join: "انضمام إلى بلاغ مماثل", "Join to the same problem";

        to_department: "إلى أي إدارة؟", "To which department?";
        question: "ما السؤال؟", "What is asked?";
        question_hint: "يقرؤه المبلِّغ ويستطيع الإجابة عنه.", "The reporter reads it, and can answer.";
        to_agency: "إلى أي جهة؟", "To which agency?";
        reference_hint: "إن كان لديها رقم له. يمكن إضافته لاحقًا.", "If they have one already. It can be added later.";
        to_reporter: "كلمة للمبلِّغ (اختياري)", "A word to the reporter (optional)";
        why: "لماذا؟ يقرؤه المبلِّغ", "Why? The reporter reads it";
        code: "رمز الإغلاق", "Closing code";
        code_hint: "ستة أرقام يعطيها المبلِّغ بعد زوال المشكلة. المحاولات المتبقية: {left}", "Six digits that the reporter gives once the problem is gone. Tries left: {left}";
        words: "النص", "The note";
        internal: "للزملاء فقط", "For colleagues alone";
        which: "رقم البلاغ الآخر", "The other report’s number";

        stale: "تغيّر البلاغ بعد أن فتحته", "The report has changed since you opened it";
        stale_body: "لم يُنفَّذ إجراؤك. هذا ما جرى في الأثناء، وما كتبته محفوظ أدناه:", "Your step was not taken. This happened meanwhile, and what you typed is kept below:";
        refused: "لم يُنفَّذ الإجراء", "The step was not taken";
        not_offered: "لم يعد هذا الإجراء متاحًا. هذا ما كتبته:", "This step is not there any more. This is what you typed:";
        done: "تم.", "Done.";

        near: "بلاغات قريبة مفتوحة", "Open reports near it";
        metres: "على بُعد {n} م", "{n} m away";
        join_this: "الانضمام إلى {number}", "Join to {number}";
        follows: "ينضم إلى {number} ويسير معه.", "Joined to {number}, and goes where that one goes.";
        leads: "انضم إليه {n}:", "Joined to it, {n}:";
        asked_times: "مرات الاستعجال: {n}", "Times asked again: {n}";
        closes: "يُغلق تلقائيًا {when} إن لم يعترض المبلِّغ.", "Closes by itself {when} unless the reporter objects.";
        by_survey: "يُغلق باستبيان المبلِّغ.", "Closed by the reporter’s survey.";
        by_code: "يُغلق برمز المبلِّغ.", "Closed by the reporter’s code.";
        slip: "إيصال للطباعة", "Slip to print";
    }
}
