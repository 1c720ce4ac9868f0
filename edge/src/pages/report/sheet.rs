//! A page of the form: what stands around every question.

use maud::{Markup, html};

use super::draft::Draft;
use super::lacks::Fault;
use super::step::Step;
use super::{danger, details, photos, review, what, where_, which, you};
use crate::http::Response;
use crate::pages::door::{Api, Door};
use crate::pages::field::{Field, summary};
use crate::pages::form::PhotoForm;
use crate::pages::frame::{icon, language_menu};
use crate::pages::{Page, Words};
use crate::served::Served;

/// A page of the form that is filled in.
pub(super) struct Sheet<'a> {
    pub(super) served: &'a Served,
    pub(super) words: Words,
    pub(super) draft: &'a Draft,
    pub(super) step: Step,
    /// What the form with photos may bring.
    pub(super) photo_form: PhotoForm,
    pub(super) faults: &'a [Fault],
    /// What is looked for in the list of categories.
    pub(super) search: &'a str,
    /// The fields that what was typed has only now brought up.
    pub(super) further: Vec<String>,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(door: &Door<'a, impl Api>, draft: &'a Draft, step: Step) -> Sheet<'a> {
        Sheet {
            served: door.served,
            words: door.words,
            draft,
            step,
            photo_form: door.api.photo_form(),
            faults: &[],
            search: "",
            further: Vec::new(),
        }
    }

    /// The page.
    pub(super) fn response(&self, status: u16) -> Response {
        let title = self.title();
        let sky = self.sky();
        let form = self.form();
        let body = html! {
            @if sky.is_none() { (self.way()) }
            (self.errors(&form))
            h1 { (title) }
            (form)
            @if sky.is_some() {
                p class="links" {
                    a href={ "/" (self.served.id()) "/track?lang=" (self.words.language()) } {
                        (self.words.say("track.title"))
                    }
                }
            }
        };
        let page = Page {
            served: Some(self.served),
            has_errors: !self.faults.is_empty(),
            languages: self.languages(),
            sky,
            // The step of a code shows where it was sent, and nothing of it.
            is_kept: true,
            ..Page::new(self.words, &title, body)
        };
        page.response(status)
    }

    /// The page's questions, to stand inside of another page, which has its title already for who
    /// hears it.
    pub(super) fn inside(&self) -> Markup {
        html! {
            div class="inside" {
                @if self.step == Step::What { p class="h1" aria-hidden="true" { (self.title()) } }
                @else { (self.way()) h2 class="h1" { (self.title()) } }
                (self.form())
            }
        }
    }

    /// The way along the evening sky, on the first page.
    pub(super) fn sky(&self) -> Option<Markup> {
        (self.step == Step::What).then(|| self.way())
    }

    /// What the page is called.
    fn title(&self) -> String {
        let words = self.words;
        match self.step {
            Step::What => words.say("report").to_owned(),
            Step::Which => words.say("group").to_owned(),
            Step::Danger => words.say("stop").to_owned(),
            Step::Where => words.say("where").to_owned(),
            Step::Details => words.by_kind("details", self.draft.kind).to_owned(),
            Step::Photos => words.say("photos").to_owned(),
            Step::You => words.say("you").to_owned(),
            Step::Code => words.say("otp.title").to_owned(),
            Step::Review => words.say("review").to_owned(),
        }
    }

    /// The form itself. It goes to the address of its own language; the buttons of others to theirs.
    pub(super) fn form(&self) -> Markup {
        let is_files = self.step == Step::Photos;
        html! {
            form id="form" method="post" action=(self.address(self.words.language())) novalidate
                enctype=[is_files.then_some("multipart/form-data")] {
                input type="hidden" name="draft" value=(self.draft.carried(self.step));
                input type="hidden" name="step" value=(self.step.code());
                (self.questions())
            }
        }
    }

    fn questions(&self) -> Markup {
        match self.step {
            Step::What => what::body(self),
            Step::Which => which::body(self),
            Step::Danger => danger::body(self),
            Step::Where => where_::body(self),
            Step::Details => details::body(self),
            Step::Photos => photos::body(self),
            Step::You => you::body(self),
            Step::Code => you::code(self),
            Step::Review => review::body(self),
        }
    }

    fn address(&self, language: &str) -> String {
        let (id, page) = (self.served.id(), self.draft.page.saturating_add(1));
        format!("/{id}/report?lang={language}&page={page}")
    }

    /// The menu of languages: each a button of the form, so that nothing typed is lost by it. Before
    /// them stands the button that Enter presses, which is the first of a form.
    pub(super) fn languages(&self) -> Markup {
        let offered = &self.served.document().languages;
        let menu = language_menu(self.words, offered, |language| {
            html! {
                button form="form" name="go" value="stay" formaction=(self.address(language))
                    lang=(language) { (Words::name_of(language)) }
            }
        });
        html! {
            button class="vh" form="form" name="go" value=(self.enter()) tabindex="-1" aria-hidden="true" {}
            (menu)
        }
    }

    /// What Enter does in a field: it goes on, looks for what was typed to be looked for, and never
    /// sends.
    fn enter(&self) -> &'static str {
        match self.step {
            Step::Which | Step::Danger | Step::Review => "stay",
            _ => "next",
        }
    }

    /// How far along it is: the thread of five stops, and the same in words.
    fn way(&self) -> Markup {
        let (at, of) = (self.step.stop(), 5);
        let (n, of_all) = (at.to_string(), of.to_string());
        html! {
            p class="way" {
                span { (self.words.fill("step", &[("n", &n), ("of", &of_all)])) }
                span class="path" aria-hidden="true" {
                    @for stop in 1..=of {
                        @if stop > 1 { b class=[(stop <= at).then_some("done")] {} }
                        @if stop == at { (pin()) }
                        @else { i class=[(stop < at).then_some("done")] {} }
                    }
                }
            }
        }
    }

    fn errors(&self, form: &Markup) -> Markup {
        let faults: Vec<(String, String)> = self
            .faults
            .iter()
            .map(|fault| (fault.field.clone(), fault.told(self.words)))
            .collect();
        summary(self.words, &faults, form)
    }

    /// A field of this page, with what is to be mended in it.
    pub(super) fn field<'f>(&self, id: &'f str, label: &'f str, hint: &'f str) -> Field<'f> {
        let fault = self.faults.iter().find(|fault| fault.field == id);
        Field {
            words: self.words,
            id,
            label,
            hint,
            fault: fault.map(|fault| fault.told(self.words)),
            optional: false,
        }
    }

    /// The way on and back.
    pub(super) fn onwards(&self) -> Markup {
        html! {
            div class="foot" {
                button class="btn" name="go" value="next" { (self.words.say("next")) }
                (self.back())
            }
        }
    }

    pub(super) fn back(&self) -> Markup {
        html! {
            @if self.step != Step::What {
                button class="btn quiet" name="go" value="back" { (self.words.say("back")) }
            }
        }
    }

    /// What the report is about, over the pages after that was chosen.
    pub(super) fn subject(&self) -> Markup {
        let category = self.draft.category(self.served.public());
        html! {
            @if let Some(category) = category {
                p class="subject" {
                    span class="lab" { (self.words.say("what")) } " "
                    b { (category.names.in_language(self.words.language())) }
                }
            }
        }
    }

    /// The name of a district or of a neighbour's area.
    pub(super) fn district(&self, id: &str) -> String {
        let language = self.words.language();
        let known = self.served.public().district(id);
        known.map_or_else(
            || id.to_owned(),
            |it| it.names.in_language(language).to_owned(),
        )
    }
}

fn pin() -> Markup {
    html! {
        svg class="pin" viewBox="0 0 32 40" aria-hidden="true" focusable="false" {
            (maud::PreEscaped(include_str!("../../../../widget/icons/pin.svg")))
        }
    }
}

/// A sentence with a drawing before it.
pub(super) fn note(paths: &str, class: &str, said: &Markup) -> Markup {
    html! { div class={ "note " (class) } { (icon(paths)) div { (said) } } }
}
