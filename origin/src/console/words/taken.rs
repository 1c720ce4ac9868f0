//! What is taken in by phone, by mail and at the counter.

use super::words;

words! {
    /// The words of the intake and its slip.
    Taken {
        title: "بلاغ جديد", "New report";
        hint: "للبلاغات التي تصل بالهاتف أو البريد أو حضوريًا. القواعد هي نفسها المعمول بها في الموقع.", "For what comes in by phone, by mail or at the counter. The rules are those of the web form.";
        category: "ما المشكلة؟", "What is it about?";
        choose: "اختر التصنيف", "Choose the category";
        go_on: "متابعة", "Continue";
        another: "تصنيف آخر", "Another category";
        danger: "خطر. إن كان أحد في خطر الآن: {advice}، واتصل بـ{number} أولًا.", "Danger. If anyone is in danger now: {advice}, and call {number} first.";
        documents: "ما يلزم", "What is needed";
        steps: "الخطوات", "How it is done";
        privacy: "يُقرأ على المبلِّغ", "Read out to the caller";
        privacy_body: "{controller} تعالج بياناتك لغرض: {purpose}. المستفيد: {recipients}. مدة الحفظ: {retention}. للاستفسار: {contact}", "{controller} uses your data for: {purpose}. Who sees it: {recipients}. Kept for: {retention}. Questions: {contact}";

        came: "كيف وصل البلاغ؟", "How did it come in?";
        language: "لغة المبلِّغ", "The caller’s language";
        problem: "المشكلة", "The problem";
        description: "الوصف بكلمات المبلِّغ", "In the caller’s own words";
        questions: "أسئلة التصنيف", "Questions of this category";
        only_if: "فقط إذا كان جواب «{question}»: {answer}", "Only if “{question}” is: {answer}";
        where_: "أين تقع المشكلة؟", "Where is it?";
        district: "البلدية", "District";
        pick: "اختر", "Choose";
        unsure: "المبلِّغ لا يعرف", "The caller does not know";
        typed: "إحداثيات أو رمز Plus", "Coordinates or plus code";
        typed_hint: "مثل: 26.4207, 50.0888. يمكن لصق رابط من أي خريطة.", "Such as 26.4207, 50.0888. An address copied from any map will do.";
        landmark: "الشارع أو علامة مميزة", "Street or landmark";
        asset: "رقم على عمود أو حاوية", "Number on a lamp post or container";
        who: "المبلِّغ", "The caller";
        anonymous: "يمكن ترك هذه الحقول فارغة لهذا التصنيف.", "These may stay empty for this category.";
        phone: "الجوال", "Mobile number";
        email: "البريد الإلكتروني", "E-mail";
        name: "الاسم", "Name";
        declared: "أقرّ المبلِّغ بصحة البيانات", "The caller confirms that this is true";
        send: "تسجيل البلاغ", "Store the report";
        mend: "لم يُسجَّل البلاغ بعد. أكمل ما يلي:", "The report is not stored yet. To mend:";

        same: "هل هو أحد هذه البلاغات؟", "Is it one of these?";
        same_hint: "بلاغات مفتوحة في المكان نفسه. الانضمام يُبقي لكل مبلِّغ رقمه.", "Open reports at the same place. Joining keeps a number for each caller.";
        same_new: "لا، بلاغ جديد", "No, a new one";

        slip: "رقم البلاغ", "Report number";
        slip_hint: "اقرأ الرقم على المبلِّغ جزءًا جزءًا، أو اطبع هذه الصفحة.", "Read the number out group by group, or print this page.";
        spelled: "يُقرأ", "Read out";
        with: "لدى", "With";
        expected: "المعالجة المتوقعة قبل", "Expected by";
        ask: "للاستفسار عن البلاغ برقمه", "To ask about it by its number";
        tracking_code: "رمز التتبّع", "Tracking code";
        track_at: "للتتبّع بالرقم والرمز:", "To track it by number and code:";
        code_hint: "الرمز للمبلِّغ وحده: سلّمه إليه مع الرقم، ولا تحتفظ به.", "The code is the caller’s alone: hand it over with the number, and do not keep it.";
        told: "تصل رسالة إلى المبلِّغ بكل جديد إن ترك رقمًا أو بريدًا.", "The caller is told of every change by message, where they left a number or an address.";
        taken_by: "سجّله {name}", "Taken by {name}";
        next: "بلاغ جديد آخر", "Another new report";
        open: "فتح البلاغ", "Open the report";
        kept: "هذا البلاغ مسجَّل من قبل بالرقم {number}.", "This form was stored before, under the number {number}.";
    }
}
