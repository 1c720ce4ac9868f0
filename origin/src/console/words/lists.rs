//! The queue and the other lists.

use super::words;

words! {
    /// The words of states and lists.
    Lists {
        received: "بانتظار النظر", "Waiting for a look";
        screened: "تم فحصه", "Screened";
        assigned: "لدى الإدارة", "With the department";
        in_progress: "قيد العمل", "Being worked on";
        waiting: "بانتظار المبلِّغ", "Waiting for the reporter";
        transferred: "لدى جهة أخرى", "With another agency";
        resolved: "أُنجز العمل", "Work done";
        closed: "مغلق", "Closed";
        reopened: "أُعيد فتحه", "Reopened";
        rejected: "لم يُقبل", "Not taken";

        queue: "البلاغات", "Reports";
        views: "القوائم", "Lists";
        todo: "المطلوب إنجازه", "To do";
        overdue: "المتأخرة", "Overdue";
        all: "الكل", "All";
        find: "بحث برقم البلاغ أو بكلمة", "Find by number or word";
        look: "بحث", "Find";
        filters: "تصفية", "Filters";
        any: "الكل", "Any";
        state: "الحالة", "State";
        category: "التصنيف", "Category";
        district: "البلدية", "District";
        department: "الإدارة", "Department";
        channel: "القناة", "Channel";
        apply: "تطبيق", "Apply";
        clear: "مسح التصفية", "Clear";
        nothing: "لا بلاغات هنا.", "No reports here.";
        not_found: "لا نتائج. جرّب كلمة أخرى، أو ابحث في «الكل».", "Nothing found. Try another word, or look in “All”.";
        further: "متابعة البحث في الأقدم", "Look further";
        further_hint: "نُظر في 10,000 بلاغ.", "10,000 reports were looked through.";
        next: "التالي", "Next";
        first: "من البداية", "Back to the start";
        no_place: "بلا موقع", "No place";
        follows: "ينضم إلى بلاغ آخر", "Joined to another";
        level: "مستوى {n}", "Level {n}";
        women: "مفتشات فقط", "Women inspectors";
        ago: "منذ {span}", "{span} ago";
        due_in: "يستحق بعد {span}", "Due in {span}";
        late: "متأخر {span}", "{span} late";
        now: "لحظات", "a moment";

        review: "بانتظار النظر", "Waiting for a look";
        review_hint: "أوقف الفحص هذه البلاغات. القرار في صفحة المراجعة لدى بوابة الاستقبال يُعلّم الفحص أيضًا؛ والقرار هنا يخص البلاغ وحده.", "The screen held these. A decision on the edge’s own review page also teaches the screen; one taken here settles the report alone.";
        review_link: "صفحة المراجعة لدى البوابة", "The edge’s review page";
        open: "فتح البلاغ", "Open the report";
        why: "أسباب الإيقاف", "Why it was held";

        transfers: "لدى جهات أخرى", "With other agencies";
        transfers_hint: "تُتابَع حتى تُغلق. سجّل رقم الجهة على البلاغ عند وصوله.", "Followed until they close. Once the agency has a number for it, note it on the report.";
        contact: "للتواصل", "Contact";
        reference: "رقمه لديها", "Their number";
        none_yet: "لم يصل بعد", "None yet";

        escalations: "المصعَّدة", "Escalated";
        escalations_hint: "بلاغات تجاوزت موعدها وصُعّدت، الأعلى أولًا.", "Past due and taken higher, the highest level first.";
        not_yet: "متأخرة ولم تُصعَّد بعد", "Overdue, not escalated yet";
        told: "أُبلغ: {who}", "Told: {who}";
        see_all: "عرض الكل", "See all";
    }
}
