//! The frame of every page, signing in, and what goes wrong.

use super::words;

words! {
    /// The words of the frame, of the door and of refusals.
    Door {
        console: "لوحة العمل", "Staff console";
        skip: "الانتقال إلى المحتوى", "Skip to the content";
        pages: "الصفحات", "Pages";
        queue: "البلاغات", "Reports";
        new: "بلاغ جديد", "New report";
        review: "المراجعة", "Review";
        transfers: "المحوَّلة", "Transfers";
        escalations: "المصعَّدة", "Escalations";
        figures: "الأرقام", "Figures";
        sign_out: "تسجيل الخروج", "Sign out";
        account: "الحساب", "Account";
        agent: "موظف استقبال", "Agent";
        field: "فريق ميداني", "Field team";
        department: "إدارة", "Department";
        supervisor: "مشرف", "Supervisor";
        administrator: "مدير النظام", "Administrator";

        sign_in: "تسجيل الدخول", "Sign in";
        sign_in_hint: "لموظفي الأمانة. لتقديم بلاغ أو تتبّعه استخدم موقع الأمانة.", "For the municipality’s staff. To report a problem or track one, use the municipality’s own site.";
        name: "الاسم", "Name";
        password: "كلمة المرور", "Password";
        enter: "دخول", "Sign in";
        wrong: "الاسم أو كلمة المرور غير مطابقة. تأكّد منهما وحاول مرة أخرى.", "Name or password does not match. Check both and try again.";
        wait: "محاولات كثيرة. حاول مرة أخرى بعد {minutes} دقيقة.", "Too many tries. Try again in {minutes} min.";
        ended: "انتهت جلستك. سجّل الدخول للمتابعة، ولن يُفقد شيء مما كتبته.", "Your session is over. Sign in to go on: nothing you typed is lost.";
        resumed: "هذا ما كتبته، ولم يُحفظ بعد. راجعه ثم أرسله.", "Here is what you typed. It is not stored yet: look it over and send it.";

        change: "تغيير كلمة المرور", "Change the password";
        current: "كلمة المرور الحالية", "Current password";
        chosen: "كلمة المرور الجديدة", "New password";
        chosen_hint: "12 حرفًا على الأقل. جملة من عدة كلمات أسهل في الحفظ.", "At least 12 characters. A sentence of several words is easier to keep in mind.";
        repeated: "كلمة المرور الجديدة مرة أخرى", "The new password again";
        save: "حفظ", "Save";
        too_short: "كلمة المرور أقصر من 12 حرفًا.", "The password has fewer than 12 characters.";
        too_long: "كلمة المرور أطول من المسموح.", "The password is too long.";
        not_current: "كلمة المرور الحالية غير مطابقة.", "This is not the current password.";
        differs: "الكلمتان غير متطابقتين.", "The two are not the same.";
        changed: "تغيّرت كلمة المرور، وانتهت جلساتك كلها. سجّل الدخول بالكلمة الجديدة.", "The password is changed, and all your sessions are over. Sign in with the new one.";

        missing: "الصفحة غير موجودة", "There is no such page";
        missing_body: "قد يكون العنوان ناقصًا، أو لا تشمله صلاحياتك.", "The address may be incomplete, or what is there is not yours to see.";
        forbidden: "ليس ضمن صلاحياتك", "This is not yours to do";
        forbidden_body: "يقوم بهذا الإجراء زميل بدور آخر. لم يتغيّر شيء.", "A colleague with another role does this. Nothing was changed.";
        foreign: "لم يُقبل الإرسال", "This was not taken";
        foreign_body: "جاء من صفحة ليست من هذه اللوحة. لم يتغيّر شيء.", "It was sent from a page that is not this console’s. Nothing was changed.";
        too_much: "النص أطول مما يُقبل", "This is more than can be taken";
        too_much_body: "لم يُحفظ شيء. عُد إلى الصفحة السابقة، فما كتبته ما زال فيها، واختصره.", "Nothing was stored. Go back: what you typed is still on the page before this one. Make it shorter.";
        failed: "تعذّر تنفيذ الطلب", "This did not work";
        failed_body: "حدث خلل من جهتنا ولم يتغيّر شيء. حاول مرة أخرى بعد قليل.", "Something of ours failed, and nothing was changed. Try again in a moment.";
        back: "العودة إلى البلاغات", "Back to the reports";
    }
}
