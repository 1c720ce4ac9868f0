//! One view of a person, and the audit.

use super::words;

words! {
    /// The words of a person's page and of the audit.
    Customer {
        title: "المتعامل", "Customer";
        hint: "بلاغات شخص واحد من كل القنوات، بحسب رقم جوال أو بريد تم التحقق منه. كل بحث يُسجَّل باسمك وسببه.", "One person’s reports from every channel, by a phone number or an e-mail address that was confirmed. Each look-up is written down with your name and its reason.";
        contact: "رقم الجوال أو البريد الإلكتروني", "Phone number or e-mail";
        why: "سبب البحث", "What for";
        why_hint: "مثل: المتصل يسأل عن بلاغاته", "Such as: the caller asks about their reports";
        look: "بحث", "Look up";
        all_of: "كل بلاغات هذا الشخص", "All reports of this person";
        found: "البلاغات: {n}", "Reports: {n}";
        nothing: "لا بلاغات بجهة اتصال تم التحقق منها كهذه. ما لم يُتحقق منه لا يُجمع، فأي شخص يستطيع كتابة أي رقم.", "No report has this as a confirmed contact. One that was only typed joins nothing: anybody can type anybody’s number.";
        only_this: "لم يُتحقق من جهة اتصال هذا البلاغ، فلا يُجمع مع غيره.", "The contact of this report was not confirmed, so nothing is joined with it.";
        names: "الأسماء المذكورة", "Names given";
        several: "أكثر من اسم: قد يكون الرقم لأسرة. تأكد ممن تتحدث إليه قبل أن تذكر شيئًا من بلاغ.", "More than one name: the number may be a household’s. Make sure who you speak with before you say anything of a report.";
        by_channel: "القنوات", "Channels";

        export: "نسخة من كل ما لدينا عنه", "A copy of everything held on them";
        export_hint: "ملف JSON يُسلَّم لصاحب البيانات.", "A JSON file to be handed to the person.";
        changed: "الرقم صار لشخص آخر", "The contact is another person’s now";
        changed_hint: "ما وصل قبل هذا التاريخ لا يُعرض مع ما بعده.", "What came before this day is not shown with what comes after it.";
        since: "منذ", "Since";
        changed_done: "سُجّل. ما قبل هذا التاريخ لا يُعرض هنا بعد الآن.", "Noted. What came before is not shown here any more.";
        since_when: "اختر يومًا بين {first} و{today}: من أول بلاغ له إلى اليوم.", "Choose a day from {first} to {today}: from the first of these reports until today.";
        changed_since: "الرقم لشخص آخر منذ", "The contact is another person’s since";
        unchanged: "تراجع: هو الشخص نفسه", "Take back: it is the same person";
        unchanged_done: "تم التراجع. ما قبل ذلك التاريخ وما بعده يُعرضان معًا من جديد.", "Taken back. What came before and after that day is shown together again.";
        unchanged_before: "لا يوجد ما يُتراجع عنه: ربما سبقك غيرك.", "There is nothing to take back: somebody else may have been first.";
        erase: "حذف البيانات الشخصية", "Erase the personal data";
        erase_hint: "تُحذف كلمات المبلِّغ والموقع الدقيق والصور وجهة الاتصال من كل البلاغات المنتهية، ومن كل نسخة احتياطية. تبقى الأرقام. ولا رجعة فيه. ما لم ينته يُحذف عند انتهائه.", "Words, exact places, photos and contacts go from all reports that are over, and from every backup; what is counted stays. It cannot be undone. What is not over is erased once it is.";
        confirm: "للتأكيد اكتب عدد البلاغات ({n})", "To confirm, type the number of reports ({n})";
        erased: "حُذف: {done}. عند الانتهاء: {later}. محذوف من قبل: {known}.", "Erased: {done}. Once over: {later}. Erased before: {known}.";

        ratings: "تقييم التواصل", "Contact ratings";
        ratings_hint: "رضا المتعاملين عن الموظف وعن الإجابة: نسبة من أعطى 4 أو 5 من 5. لا تُعرض أقل من خمسة تقييمات، ولا مع أي بلاغ.", "Satisfaction with the agent and with the answer: the share of marks of 4 or 5 out of 5. Fewer than five ratings are not shown, and none with its report.";
        rated: "الموظف {agent}%، الإجابة {answer}%، التقييمات {n}", "Agent {agent}%, answer {answer}%, {n} ratings";
        few: "أقل من خمسة تقييمات", "Fewer than five ratings";
        from: "من", "From";
        until: "إلى", "Until";
        hand_over: "رابط التقييم للمتعامل", "The caller’s address for rating";
        hand_over_hint: "انسخه وأرسله له، أو افتحه على شاشة الزوار أو على جواله: لا تقييم من متصفح دخله موظف. صالح 14 يومًا ولمرة واحدة.", "Copy it and send it to them, or open it on the visitors’ screen or their phone: nothing can be rated in a browser in which staff are signed in. It is good for 14 days, and once.";

        confirmed: "تحققتُ من الرقم: ظهر عند الاتصال، أو أعدت الاتصال به", "I made sure of the number: it was shown, or I called back";

        audit: "سجل الاطلاع", "Audit";
        audit_hint: "من اطّلع على ماذا، ومتى، ولماذا. لا يمكن تغييره.", "Who looked at what, when and what for. It cannot be changed.";
        staff: "الموظف", "Member of staff";
        object: "البلاغ", "Report";
        action: "ما فعل", "What they did";
        nobody: "لا شيء هنا.", "Nothing here.";
        older: "الأقدم", "Older";
    }
}
