//! The rows of one group of categories.

use super::search;
use crate::app::App;
use crate::draft::{Step, UNSURE};
use crate::view::{El, Top, el, field_error, head, on_the_path, title};

pub(super) fn top(app: App, group: &str) -> Vec<El> {
    let names = app.document(|document| {
        document
            .groups
            .iter()
            .find(|it| it.code == group)
            .map(|it| it.names.clone())
    });
    let line = names.map(|names| app.label(&names)).unwrap_or_default();
    let top = Top {
        back: true,
        line,
        step: Some(Step::What),
        ..Top::default()
    };
    vec![head(app, top), on_the_path(app, Step::What)]
}

pub(super) fn body(app: App, group: &str) -> Vec<El> {
    let kind = app.draft.peek(|draft| draft.kind);
    let codes: Vec<String> = app.document(|document| {
        let group = document.groups.iter().find(|it| it.code == group);
        let categories = group.into_iter().flat_map(|group| &group.categories);
        let of_kind = categories.filter(|it| it.kind == kind && it.code != UNSURE);
        of_kind.map(|category| category.code.clone()).collect()
    });
    let body = el("div")
        .class("body")
        .child(title(app, &app.t("group"), Some(Step::What)))
        .child(field_error(app, "category"))
        .child(search::rows(app, &codes, true));
    vec![body]
}
