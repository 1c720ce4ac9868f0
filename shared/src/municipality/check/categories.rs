//! The category tree.

use super::Check;
use super::written::is_web_address;
use crate::categorise::MAX_CATEGORIES;
use crate::municipality::{Ask, Category, Kind};

/// Tips that fit beside their icons.
const TIPS: usize = 3;

impl Check<'_> {
    pub(super) fn categories(&mut self) {
        let document = self.document;
        let kinds = document.kinds.iter().map(|policy| policy.kind.code());
        self.unique("kind", kinds, |index| format!("/kinds/{index}/kind"));
        for (index, policy) in document.kinds.iter().enumerate() {
            if policy.photos == Some(Ask::Required) {
                self.fault(
                    format!("/kinds/{index}/photos"),
                    "photos.required",
                    "a photo is never needed: who cannot see, or would have to go near a danger, \
                     reports too",
                    "write \"optional\", and \"photo\": \"asked\" for the categories that want one",
                );
            }
        }
        let groups = document.groups.iter().map(|group| group.code.as_str());
        self.codes("group code", groups, |index| {
            format!("/groups/{index}/code")
        });
        let mut codes = Vec::new();
        for (g, group) in document.groups.iter().enumerate() {
            if group.categories.is_empty() {
                self.fault(
                    format!("/groups/{g}/categories"),
                    "group.empty",
                    "the group leads nowhere",
                    "add a category, or leave the group out",
                );
            }
            for (c, category) in group.categories.iter().enumerate() {
                let path = format!("/groups/{g}/categories/{c}");
                self.category(&path, category);
                codes.push((category.code.as_str(), path));
            }
        }
        if codes.len() > MAX_CATEGORIES {
            self.fault(
                "/groups",
                "number.range",
                format!("there are {} categories", codes.len()),
                format!("write at most {MAX_CATEGORIES}: no more can be told apart by their words"),
            );
        }
        let names = codes.iter().map(|(code, _)| *code);
        self.codes("category code", names, |index| {
            codes
                .get(index)
                .map_or_else(String::new, |(_, path)| format!("{path}/code"))
        });
    }

    fn category(&mut self, path: &str, category: &Category) {
        self.served(path, category);
        if let Some(due) = &category.due {
            self.due(&format!("{path}/due"), due);
        }
        self.danger(path, category);
        self.kind(path, category);
        let url = category.procedure.as_ref().and_then(|it| it.url.as_deref());
        if let Some(url) = url.filter(|url| !is_web_address(url)) {
            self.fault(
                format!("{path}/procedure/url"),
                "url.invalid",
                format!("{url:?} cannot be opened"),
                "write an https address",
            );
        }
        self.questions(path, category);
    }

    fn served(&mut self, path: &str, category: &Category) {
        let document = self.document;
        if let Some(department) = &category.department {
            self.department(format!("{path}/department"), department);
        }
        if let Some(agency) = &category.transfer {
            let ids = document.agencies.iter().map(|it| it.id.as_str());
            let path = format!("{path}/transfer");
            self.known(path, "agency.unknown", "agency", agency, ids);
        }
        if category.department.is_none() && category.transfer.is_none() {
            self.fault(
                path,
                "category.unserved",
                format!("nobody serves {:?}", category.code),
                format!(
                    "name a department or an agency; {:?} where triage is meant",
                    document.triage
                ),
            );
        }
    }

    fn danger(&mut self, path: &str, category: &Category) {
        let Some(danger) = &category.danger else {
            return;
        };
        self.phone(format!("{path}/danger/number"), &danger.number);
        if danger.advice.0.values().all(|text| text.trim().is_empty()) {
            self.fault(
                format!("{path}/danger/advice"),
                "danger.advice",
                "who is in danger is not told what to do",
                "write one short advice in each language",
            );
        }
        for (language, tips) in &danger.tips.0 {
            if tips.len() > TIPS {
                self.fault(
                    format!("{path}/danger/tips/{language}/{TIPS}"),
                    "danger.tips",
                    format!("there are {} tips", tips.len()),
                    "leave the three that matter most: nobody in danger reads more",
                );
            }
        }
    }

    fn kind(&mut self, path: &str, category: &Category) {
        let policy = self
            .document
            .kinds
            .iter()
            .find(|policy| policy.kind == category.kind);
        let Some(policy) = policy else {
            self.fault(
                format!("{path}/kind"),
                "kind.unknown",
                format!("the kind {:?} is not offered", category.kind.code()),
                "add it to /kinds, or choose one of those",
            );
            return;
        };
        if category.kind != Kind::Report
            && category.danger.is_some()
            && policy.asks().place == Ask::None
        {
            self.fault(
                format!("{path}/danger"),
                "danger.kind",
                "a danger has a place, and this kind asks for none",
                "make it a report, or leave the danger out",
            );
        }
    }
}
