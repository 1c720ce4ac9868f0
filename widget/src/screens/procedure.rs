//! What one needs and does to get something: it answers most questions before anything is asked.

use balagh_shared::translated::TranslatedList;

use super::apart::apart;
use crate::app::App;
use crate::view::{El, el};

/// The documents, the steps and the address of the chosen category, where it has any.
pub(super) fn procedure(app: App) -> Option<El> {
    let procedure = app.category(|it| it.procedure.clone()).flatten()?;
    let lang = app.lang();
    let lines = |title: &str, tag: &'static str, list: &TranslatedList| {
        let lines = list.in_language(&lang);
        (!lines.is_empty()).then(|| {
            let lines = lines.iter().map(|line| el("li").text(line));
            el("div")
                .child(el("b").text(&app.t(title)))
                .child(el(tag).children(lines))
        })
    };
    let online = procedure.url.as_deref().map(|url| {
        let link = el("a").class("lk").attr("href", url);
        apart(app, link.text(&app.t("procedure.online")))
    });
    let card = el("div")
        .class("card gap-t16 stack s16")
        .maybe(lines("procedure.documents", "ul", &procedure.documents))
        .maybe(lines("procedure.steps", "ol", &procedure.steps))
        .maybe(online);
    Some(card)
}
