//! `/{municipality}/track`: a report by number and code, and what its reporter may do with it. Number
//! and code travel in bodies: an address would keep them in histories and logs.

mod act;
mod lost;
mod status;

use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::status::PublicStatus;
use maud::{Markup, html};

use super::door::{Api, Door};
use super::field::{Field, Typing, summary};
use super::frame::language_menu;
use super::report::Fault;
use super::{Page, Words};
use crate::answer::Answer;
use crate::http::{Method, Request, Response};
use crate::pages::form::Form;
use crate::served::Served;

/// Answers the page: the form by GET, everything else by POST.
pub(crate) async fn page(api: &impl Api, served: &Served, request: &Request) -> Answer {
    let words = Words::of(super::language(served, request));
    let door = Door::of(api, served, words);
    if request.method != Method::Post {
        // A receipt's link brings the number along; the code is never in an address. Only what reads
        // as a number is written into the page.
        let known = request.query("number").map(ReportNumber::parse);
        let known = known.and_then(Result::ok);
        let number = known.map_or_else(String::new, |it| it.to_string());
        return Desk::new(&door, &number, "").form(&[], 200).into();
    }
    let form = match Form::read(request, api.photo_form()).await {
        Ok(form) => form,
        Err((_, violation)) => return Answer::refuse(&[violation], words.language()),
    };
    let (number, code) = (form.text("number").trim(), form.text("code").trim());
    let desk = Desk::new(&door, number, code);
    match form.text("go") {
        lost if lost.starts_with("lost") => lost::answer(&desk, &form).await,
        // Another language, or back from a lost code: nothing was asked yet.
        "stay" => desk.form(&[], 200).into(),
        go => desk.answer(go, &form).await,
    }
}

/// The page for one number and code, as typed.
struct Desk<'a, A> {
    door: &'a Door<'a, A>,
    words: Words,
    number: &'a str,
    code: &'a str,
}

impl<'a, A: Api> Desk<'a, A> {
    fn new(door: &'a Door<'a, A>, number: &'a str, code: &'a str) -> Desk<'a, A> {
        Desk {
            door,
            words: door.words,
            number,
            code,
        }
    }

    /// Does what the pressed button says, and shows how the report stands then.
    async fn answer(&self, go: &str, form: &Form) -> Answer {
        let mut faults = Vec::new();
        if ReportNumber::parse(self.number).is_err() {
            faults.push(Fault::lack("track.number", "number"));
        }
        if Secret::parse(self.code).is_err() {
            faults.push(Fault::lack("track.secret", "code"));
        }
        if !faults.is_empty() {
            return self.form(&faults, 422).into();
        }
        let status = match self.door.status(self.number, self.code).await {
            Ok(Some(status)) => status,
            Ok(None) => {
                let faults = [Fault::lack("notfound", "number")];
                return self.form(&faults, 404).into();
            }
            Err(answer) => return answer,
        };
        let number = Some(status.number.clone());
        let acted = act::act(self, go, form).await;
        let response = match acted {
            Ok(None) => status::page(self, &status, form, None, &[]),
            // What was typed has arrived; what was typed beside it is still here.
            Ok(Some((status, done))) => {
                let form = form.without(act::fields(go));
                status::page(self, &status, &form, Some(done), &[])
            }
            Err(faults) => match act::is_done_already(&status, go) {
                // Reloaded: the browser sent again what was done. Or somebody wrote other words, too
                // soon: nobody here knows which, so they stay on the page.
                Some(done) => status::page(self, &status, form, Some(done), &[]),
                None => status::page(self, &status, form, None, &faults),
            },
        };
        Answer {
            number,
            ..response.into()
        }
    }

    /// The form that asks for both.
    fn form(&self, faults: &[Fault], status: u16) -> Response {
        let (words, id) = (self.words, self.door.served.id());
        let title = words.say("track.title");
        let number = self.field(
            faults,
            "number",
            words.say("number"),
            words.say("track.hint"),
        );
        let code = self.field(faults, "code", words.say("secret"), "");
        let fields = html! {
            (number.line(Typing::CODE, self.number))
            (code.line(Typing::CODE, self.code))
        };
        let body = html! {
            (self.errors(faults, &fields))
            h1 { (title) }
            form id="form" method="post" action=(self.address(words.language())) novalidate {
                (fields)
                div class="foot" {
                    button class="btn" name="go" value="show" { (words.say("show")) }
                    button class="btn quiet" name="go" value="lost" { (words.say("lost.title")) }
                }
            }
            p class="links" {
                a href={ "/" (id) "/report?lang=" (words.language()) } { (words.say("report")) }
            }
        };
        let languages = self.languages("show", "stay");
        self.page(title, !faults.is_empty(), languages, body, status)
    }

    fn page(
        &self,
        title: &str,
        has_errors: bool,
        languages: Markup,
        body: Markup,
        status: u16,
    ) -> Response {
        let page = Page {
            served: Some(self.door.served),
            has_errors,
            languages,
            ..Page::new(self.words, title, body)
        };
        page.response(status)
    }

    fn address(&self, language: &str) -> String {
        format!("/{}/track?lang={language}", self.door.served.id())
    }

    /// The menu of languages: buttons of the page's form, so that nothing has to be typed again. What
    /// Enter does in a field is `enter`: a form's first button is pressed then, and the menu's would
    /// be that; `go` is what they say.
    fn languages(&self, enter: &str, go: &str) -> Markup {
        let offered = &self.door.served.document().languages;
        let menu = language_menu(self.words, offered, |language| {
            html! {
                button form="form" name="go" value=(go) formaction=(self.address(language))
                    lang=(language) { (Words::name_of(language)) }
            }
        });
        html! {
            button class="vh" form="form" name="go" value=(enter) tabindex="-1" aria-hidden="true" {}
            (menu)
        }
    }

    fn errors(&self, faults: &[Fault], beneath: &Markup) -> Markup {
        let faults: Vec<(String, String)> = faults
            .iter()
            .map(|fault| (fault.field.clone(), fault.told(self.words)))
            .collect();
        summary(self.words, &faults, beneath)
    }

    fn field<'f>(&self, faults: &[Fault], id: &'f str, label: &'f str, hint: &'f str) -> Field<'f> {
        let fault = faults.iter().find(|fault| fault.field == id);
        Field {
            words: self.words,
            id,
            label,
            hint,
            fault: fault.map(|fault| fault.told(self.words)),
            optional: false,
        }
    }

    /// Number and code, for the forms on the page of a report.
    fn known(&self) -> Markup {
        html! {
            input type="hidden" name="number" value=(self.number);
            input type="hidden" name="code" value=(self.code);
        }
    }
}

/// Whether a step of the reporter's has something to do on this page: see [`PublicStatus::may`].
fn may(status: &PublicStatus, action: balagh_shared::status::ReporterAction) -> bool {
    status.may.contains(&action)
}
