//! Where a report stands, and what its reporter may do about it.

mod forms;
mod rating;
mod timeline;

use balagh_shared::status::{PublicStatus, ReporterAction as Act, State};

use super::receipt::{copy_button, share_button};
use crate::app::{App, Screen};
use crate::live::{Live, derived};
use crate::track::{self, Form, Going, Offer, Tracked};
use crate::view::{El, Top, busy_button, button, el, foot, head, link, note, number};

pub(crate) fn top(app: App) -> Vec<El> {
    let read = |it: &Tracked| {
        let number = it.status.number.clone();
        (number, about(app, &it.status))
    };
    let told = app.track.report.peek(|it| it.as_ref().map(read));
    let (line, under) = told.unwrap_or_default();
    let share = share_button(app, &line);
    let top = Top {
        back: true,
        line,
        under: Some(under),
        ..Top::default()
    };
    vec![head(app, top).child(share)]
}

pub(crate) fn body(app: App) -> Vec<El> {
    // Each part follows what it shows and nothing else: news do not disturb what is being typed.
    let shown = |part: fn(App, &PublicStatus) -> Vec<El>| {
        let status = derived(move || {
            app.track
                .report
                .with(|it| it.as_ref().map(|it| it.status.clone()))
        });
        move || status.with(|it| it.as_ref().map(|it| part(app, it)).unwrap_or_default())
    };
    let form = app.track.form;
    let offered = derived(move || {
        let may = app
            .track
            .report
            .with(|it| it.as_ref().map(|it| it.status.may.clone()));
        track::offer(&may.unwrap_or_default(), form.get())
    });
    let title = el("h2")
        .class("title")
        .attr("part", "title")
        .attr("tabindex", "-1")
        .live(shown(|app, it| vec![el("span").text(&headline(app, it))]));
    let body = el("div")
        .class("body")
        .child(title)
        .live(shown(under_the_title))
        .live(move || again(app))
        .live(move || said(app))
        .live(shown(timeline::timeline))
        .live(shown(passed_on))
        .live(shown(together))
        .live(move || match offered.get() {
            Offer::Form(form) => vec![forms::form(app, form)],
            Offer::Rate => vec![rating::ask(app)],
            Offer::Close => closing(app),
            Offer::Nothing | Offer::FollowUp | Offer::Reopen => Vec::new(),
        })
        .live(shown(rating::given))
        .children(age(app));
    vec![body, footer(app, offered)]
}

/// What it is about, and where.
fn about(app: App, status: &PublicStatus) -> String {
    let category = app.category_name(&status.category);
    let district = status.district.as_deref().map(|id| app.district(id));
    let about: Vec<String> = [Some(category), district].into_iter().flatten().collect();
    about.join(&app.t("comma"))
}

/// Where it stands, in a sentence where there is one.
fn headline(app: App, status: &PublicStatus) -> String {
    let with = status
        .department
        .as_deref()
        .and_then(|code| app.department(code));
    match (status.state, with, status.agency.as_deref()) {
        (State::Received | State::Screened, ..) => app.for_kind_of("done", &status.category),
        (State::Assigned, Some(with), _) => app.fill("told.assigned", &[("u", &with)]),
        (State::Transferred, _, Some(agency)) => {
            app.fill("told.transferred", &[("a", &app.agency(agency))])
        }
        (State::InProgress, ..) => app.t("told.in_progress"),
        (State::Resolved, ..) if status.may.contains(&Act::Close) => app.t("close"),
        (state, ..) => timeline::state(app, state),
    }
}

fn under_the_title(app: App, status: &PublicStatus) -> Vec<El> {
    let took = track::took(status).map(|took| {
        let key = if took.in_time { "took.in_time" } else { "took" };
        let days = app.count("days", took.days);
        el("p").class("sub").text(&app.fill(key, &[("d", &days)]))
    });
    took.into_iter().collect()
}

/// The tracking code, for who had lost it.
fn again(app: App) -> Vec<El> {
    let code = app.track.again.get();
    let card = code.map(|code| {
        let line = el("div")
            .class("code-box")
            .child(el("span").class("lab").text(&app.t("secret")))
            .child(
                el("span")
                    .class("code-copy")
                    .child(number(&code).attr("id", "secret"))
                    .child(copy_button(app, &app.t("copy.secret"), &code)),
            );
        let keep = el("p").class("lab").text(&app.t("keep"));
        el("div").class("card gap-t16").child(line).child(keep)
    });
    card.into_iter().collect()
}

/// What the last attempt came to.
fn said(app: App) -> Vec<El> {
    let said = app.track.said.get();
    said.map(|said| {
        let words = track::words(app, said.key, said.next);
        let (kind, icon) = if said.done {
            ("card tint gap-t8", "check")
        } else {
            ("card warn gap-t8", "warning")
        };
        let words = note("", icon, el("span").text(&words));
        el("div").class(kind).child(words)
    })
    .into_iter()
    .collect()
}

/// Whom it was passed to, how they are reached, and under which number they know it.
fn passed_on(app: App, status: &PublicStatus) -> Vec<El> {
    let Some(id) = status.agency.as_deref() else {
        return Vec::new();
    };
    let contact = app.document(|document| document.agency(id).map(|it| it.contact.clone()));
    let contact = contact.unwrap_or_default();
    let words = app.fill("moved", &[("a", &app.agency(id)), ("contact", &contact)]);
    let words = el("span").child(el("span").attr("dir", "auto").text(&words));
    let theirs = status.agency_reference.as_deref().map(|reference| {
        el("span")
            .class("theirs")
            .child(el("span").class("lab").text(&app.t("moved.number")))
            .child(number(reference))
    });
    let card = el("div").class("card tint gap-t16");
    vec![card.child(note("", "send", words.maybe(theirs)))]
}

/// With whom it goes together: the report it was joined to, or how many joined it.
fn together(app: App, status: &PublicStatus) -> Vec<El> {
    let joins = status.joins.as_deref().map(|other| {
        let words = crate::view::isolated(el("span"), &app.t("joins"), "n", other);
        note("gap-t16", "people", words)
    });
    let joined = (status.joined > 0).then(|| {
        let words = el("span").text(&app.count("joined", status.joined as usize));
        note("gap-t16", "people", words)
    });
    [joins, joined].into_iter().flatten().collect()
}

/// How it closes: the code for the team, or the question alone.
fn closing(app: App) -> Vec<El> {
    let status = app
        .track
        .report
        .peek(|it| it.as_ref().map(|it| it.status.clone()));
    let Some(closing) = status.and_then(|status| status.closing) else {
        return Vec::new();
    };
    let code = closing.code.as_deref().map(|code| {
        el("div")
            .class("card gap-t16")
            .child(
                el("div")
                    .class("code-box")
                    .child(el("span").class("lab").text(&app.t("code.name")))
                    .child(number(code).attr("id", "closing-code")),
            )
            .child(note(
                "gap-t8 caution",
                "warning",
                el("b").text(&app.t("code")),
            ))
    });
    let until = closing.until.map(|until| {
        let words = app.fill("code.until", &[("t", &app.moment(until))]);
        el("p").class("lab gap-t8").text(&words)
    });
    [code, until].into_iter().flatten().collect()
}

/// How old this is, and the way to newer news: the link stays under who presses it.
fn age(app: App) -> [El; 2] {
    let words = el("span").live_text(move || track::age(app));
    let again = link(&app.t("news.again")).on("click", move |_| track::ask_again(app));
    let other = link(&app.t("track.again")).on("click", move |_| app.show(Screen::Track));
    let line = el("p").class("age lab gap-t16").child(words).child(again);
    [line, other]
}

fn footer(app: App, offered: Live<Offer>) -> El {
    let slow = el("div").attr("role", "status").live(move || {
        let slow = app.track.going.get() == Going::Slow;
        slow.then(|| el("p").class("foot-line").text(&app.t("slow.act")))
            .into_iter()
            .collect()
    });
    foot("after")
        .child(slow)
        .live(move || offers(app, offered.get()))
}

fn offers(app: App, offer: Offer) -> Vec<El> {
    let does = |key: &str, act: Act| {
        let busy = move || app.track.going.get() != Going::Idle;
        busy_button(&app.t(key), busy).on("click", move |_| track::act(app, act))
    };
    let opens = |element: El, form: Form| {
        element.on("click", move |_| {
            app.track.said.set(None);
            app.lacks.set(Vec::new());
            app.track.form.set(form);
            if form != Form::Closed {
                forms::focus(app);
            }
        })
    };
    let reopens = |key: &str| {
        let may = |it: &Option<Tracked>| {
            it.as_ref()
                .is_some_and(|it| it.status.may.contains(&Act::Reopen))
        };
        let reopen = || opens(link(&app.t(key)), Form::Reopen);
        app.track.report.peek(may).then(reopen)
    };
    let leave = || opens(button("quiet fit", &app.t("cancel")), Form::Closed);
    let found = match offer {
        Offer::Nothing => Vec::new(),
        Offer::Form(Form::Reopen) => vec![Some(does("reopen.send", Act::Reopen)), Some(leave())],
        Offer::Form(_) => vec![Some(does("follow.send", Act::FollowUp)), Some(leave())],
        Offer::Close => vec![Some(does("close.yes", Act::Close)), reopens("reopen")],
        Offer::Rate => vec![Some(does("rate.send", Act::Rate)), reopens("reopen.after")],
        Offer::FollowUp => {
            let ask = opens(button("", &app.t("follow")), Form::FollowUp);
            vec![Some(ask), reopens("reopen")]
        }
        Offer::Reopen => vec![Some(opens(button("quiet", &app.t("reopen")), Form::Reopen))],
    };
    found.into_iter().flatten().collect()
}
