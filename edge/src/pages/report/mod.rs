//! `/{municipality}/report`: a report from the first word to the receipt, a page at a time.
//!
//! Every page is one form that comes back here with what was typed on it and, in a field that is not
//! shown, with everything said before ([`draft`]). The button that was pressed says what is wanted;
//! whatever it was, what was typed is kept.

mod danger;
mod details;
mod draft;
mod fields;
mod lacks;
mod link;
mod outgoing;
mod photos;
mod place;
mod receipt;
mod review;
mod send;
mod sheet;
mod step;
mod what;
mod where_;
mod which;
mod you;

use balagh_shared::reason::{Reason, Violation};
use maud::html;

use super::door::{Api, Door};
use super::element::element;
use super::{Page, Scripts, Words, clock};
use crate::answer::Answer;
use crate::http::{Method, Request};
use crate::pages::form::Form;
use crate::served::Served;
use draft::Draft;
use lacks::{lacks, placed};
use sheet::Sheet;
use step::Step;

pub(super) use lacks::Fault;
pub(super) use link::Link;
pub(super) use step::Reached;

/// What the citizen wants next, by the button that was pressed.
enum Wanted<'f> {
    /// The same page again, in another language or after a search.
    Stay,
    Next,
    Back,
    /// A page, from the review.
    Edit(Step),
    /// To say that nobody is in danger.
    Safe,
    /// A photo taken out.
    Remove(&'f str),
    /// Another code.
    Again,
    Send,
    /// What was changed after it had been sent, as a report of its own.
    Anew,
}

impl<'f> Wanted<'f> {
    fn of(form: &'f Form) -> Wanted<'f> {
        let go = form.text("go");
        match go.split_once('-') {
            Some(("edit", step)) => Step::of(step).map_or(Wanted::Stay, Wanted::Edit),
            Some(("remove", sha256)) => Wanted::Remove(sha256),
            _ => match go {
                "next" => Wanted::Next,
                "back" => Wanted::Back,
                "safe" => Wanted::Safe,
                "again" => Wanted::Again,
                "send" => Wanted::Send,
                "anew" => Wanted::Anew,
                _ => Wanted::Stay,
            },
        }
    }
}

/// Answers the page: the form's first page by GET, everything else by POST.
pub(crate) async fn page(api: &impl Api, served: &Served, request: &Request) -> Answer {
    let words = Words::of(super::language(served, request));
    let door = Door::of(api, served, words);
    if request.method == Method::Post {
        post(&door, request).await
    } else {
        get(&door, request)
    }
}

fn get(door: &Door<'_, impl Api>, request: &Request) -> Answer {
    let Door { served, words, .. } = *door;
    let Some(draft) = new(door, Link::read(served, &request.query)) else {
        return Answer::refuse_for(Reason::Internal, words.language());
    };
    let step = match Step::Danger.applies(&draft, served.public()) {
        true => Step::Danger,
        false => Step::What,
    };
    let sheet = Sheet::of(door, &draft, step);
    if request.query("plain").is_some() || !door.api.has_widget() {
        return sheet.response(200).into();
    }
    // Where scripts run the widget stands here, and the form is one link away; where none do, the
    // form is here, with its own menu of languages.
    let query = match request.query.as_str() {
        "" => "plain=1".to_owned(),
        query => format!("{query}&plain=1"),
    };
    let fallback = html! {
        noscript { (sheet.inside()) }
        p class="scripted" {
            a class="btn quiet" href={ "/" (served.id()) "/report?" (query) } { (words.say("plain")) }
        }
    };
    let title = words.say("report");
    let body = html! {
        h1 class="vh" { (title) }
        (element(served, request, None, &fallback))
        p class="links" {
            a href={ "/" (served.id()) "/track?lang=" (words.language()) } { (words.say("track.title")) }
        }
    };
    // The widget has a head of its own.
    let head = Page {
        served: Some(served),
        languages: sheet.languages(),
        sky: sheet.sky(),
        ..Page::new(words, title, html! {})
    };
    let page = Page {
        served: Some(served),
        scripts: Scripts::Widget,
        ..Page::new(words, title, body)
    };
    page.beneath(html! { noscript { (head.header()) } }, 200)
        .into()
}

/// A new draft, with what the address says.
fn new(door: &Door<'_, impl Api>, link: Link) -> Option<Draft> {
    let (key, session) = (door.key()?, door.session("")?);
    Some(Draft::new(key, session, link, door.served.public()))
}

async fn post(door: &Door<'_, impl Api>, request: &Request) -> Answer {
    let Door { served, words, .. } = *door;
    let (mut form, unread) = match Form::read(request, door.api.photo_form()).await {
        Ok(form) => (form, None),
        Err((form, violation)) => (form, Some(violation)),
    };
    let (carried, step) = (Draft::read(form.text("draft")), Step::of(form.text("step")));
    if let (Some(violation), None) = (&unread, &carried) {
        return Answer::refuse(std::slice::from_ref(violation), words.language());
    }
    let known = carried.is_some();
    let Some(mut draft) = carried.or_else(|| new(door, Link::default())) else {
        return Answer::refuse_for(Reason::Internal, words.language());
    };
    draft.session = door.session(&draft.session).unwrap_or_default();
    draft.page = draft.page.saturating_add(1);
    let step = step.filter(|_| known).unwrap_or_default();
    fields::apply(&form, step, &mut draft, served);

    let mut faults = match step {
        // What came whole is kept, whatever became of the rest.
        Step::Photos => photos::take(door, form.take_files(), &mut draft).await,
        _ => Vec::new(),
    };
    let of_photos = photos::field_for(&draft, served.public().photos.count);
    faults.extend(unread.map(|violation| Fault::of(violation, of_photos)));
    let wanted = match faults.is_empty() {
        true => Wanted::of(&form),
        false => Wanted::Stay,
    };
    match wanted {
        Wanted::Send => return send::send(door, &draft).await,
        Wanted::Anew => return send::anew(door, draft).await,
        Wanted::Stay => return stay(door, &draft, step, &faults, &form),
        Wanted::Remove(sha256) => draft.photos.retain(|it| it.sha256 != sha256),
        Wanted::Back => return show(door, draft.clone(), step.back(&draft, served.public())).await,
        Wanted::Safe => draft.safe.clone_from(&draft.category),
        // What is asked for where the page is left.
        Wanted::Again => {}
        Wanted::Edit(to) => {
            draft.reviewing |= step == Step::Review;
            return show(door, draft, to).await;
        }
        Wanted::Next => {
            // What only now turned out to be asked is asked, and nobody is told of a mistake.
            let further = fields::further(&form, step, &draft, served);
            faults = lacks(step, &draft, served);
            faults.retain(|fault| !further.contains(&fault.field));
            if !faults.is_empty() || !further.is_empty() {
                return stay(door, &draft, step, &faults, &form);
            }
        }
    }
    if matches!(wanted, Wanted::Remove(_)) {
        return stay(door, &draft, step, &[], &form);
    }
    if let Err(faults) = you::confirm(door, step, &mut draft, &form).await {
        let at = faults.first().map_or(step, |it| you::page_of(it, step));
        return stay(door, &draft, at, &faults, &form);
    }
    let next = step.next(&draft, served);
    show(door, draft, next).await
}

/// The same page again, with what is to be mended.
fn stay(
    door: &Door<'_, impl Api>,
    draft: &Draft,
    step: Step,
    faults: &[Fault],
    form: &Form,
) -> Answer {
    let sheet = Sheet {
        faults,
        search: form.text("search"),
        further: fields::further(form, step, draft, door.served),
        ..Sheet::of(door, draft, step)
    };
    let status = if faults.is_empty() { 200 } else { 422 };
    sheet.response(status).into()
}

/// Another page. Before everything is looked over, photos that went meanwhile are named.
async fn show(door: &Door<'_, impl Api>, mut draft: Draft, step: Step) -> Answer {
    let (served, mut faults) = (door.served, Vec::new());
    if step == Step::Review {
        let mut gone = Vec::new();
        for photo in &draft.photos {
            if !door.api.holds(served, &photo.sha256).await {
                gone.push(photo.sha256.clone());
            }
        }
        draft.photos.retain(|it| !gone.contains(&it.sha256));
        if !gone.is_empty() {
            faults.push(Fault::lack("photos.gone", "photos"));
        }
        door.words.language().clone_into(&mut draft.lang);
        draft.reviewing = true;
    }
    let sheet = Sheet {
        faults: &faults,
        ..Sheet::of(door, &draft, step)
    };
    sheet.response(200).into()
}

/// What the edge refused, on the page that the first of it is about.
fn mend(door: &Door<'_, impl Api>, draft: &Draft, found: Vec<Violation>) -> Answer {
    let placed: Vec<(Step, Fault)> = found
        .into_iter()
        .map(|violation| {
            let (step, field) = placed(&violation, draft, door.served);
            (step, Fault::of(violation, &field))
        })
        .collect();
    let step = placed.first().map_or(Step::Review, |(step, _)| *step);
    let here = placed.into_iter().filter(|(of, _)| *of == step);
    let faults: Vec<Fault> = here.map(|(_, fault)| fault).collect();
    let sheet = Sheet {
        faults: &faults,
        ..Sheet::of(door, draft, step)
    };
    sheet.response(422).into()
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    clock::now().millis()
}

#[cfg(test)]
mod tests;
