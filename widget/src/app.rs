//! The widget's state: signals that the screens read, and the moves between screens.

use crate::live::Live;
use balagh_shared::key::IdempotencyKey;
use balagh_shared::municipality::{Gazetteer, Kind, PublicCategory, PublicMunicipality};
use balagh_shared::reason::Reason;
use balagh_shared::receipt::Receipt;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, Element, HtmlElement, ShadowRoot};

use crate::boundaries::Own;
use crate::confirm::Confirming;
use crate::draft::{Draft, Lack, Step, lacks_at_first};
use crate::js;
use crate::later::Later;
use crate::locale::Locale;
use crate::nearby::Compared;
use crate::options::{self, Options};
use crate::outgoing::Outgoing;
use crate::photos::Photo;
use crate::place::Found;
use crate::store::Store;
use crate::track::Track;

/// Everything a screen needs: one word, copied freely into handlers. See [`Live`] for why it is
/// never freed.
#[derive(Clone, Copy)]
pub(crate) struct App(&'static State);

impl std::ops::Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
}

/// What [`App`] gives.
pub(crate) struct State {
    options: &'static Options,
    /// Where it stands on the page; nowhere once it was taken off.
    stands: Live<Option<Stands>>,
    /// The language and its words.
    pub(crate) locale: Live<Locale>,
    /// What is shown.
    pub(crate) screen: Live<Screen>,
    /// What the citizen has said.
    pub(crate) draft: Live<Draft>,
    /// What is to be mended on this screen, shown under its fields.
    pub(crate) lacks: Live<Vec<Lack>>,
    /// The photos.
    pub(crate) photos: Live<Vec<Photo>>,
    /// How many photos of reports already received are still under way.
    pub(crate) owed: Live<usize>,
    /// Where the draft's point lies.
    pub(crate) found: Live<Found>,
    /// Whether the map was asked for, and did not come.
    pub(crate) unmapped: Live<bool>,
    /// Whether the browser has a network.
    pub(crate) online: Live<bool>,
    /// Whether the device keeps the draft.
    pub(crate) keeping: Live<Keeping>,
    /// Reports that left the form and wait until the edge has them.
    pub(crate) waiting: Live<Vec<Outgoing>>,
    /// Unfinished drafts beside the one in the form, the next one last.
    pub(crate) parked: Live<Vec<(Draft, Vec<Photo>)>>,
    /// Receipts that came while the citizen was at something else.
    pub(crate) unseen: Live<Vec<Done>>,
    /// The contact that is being confirmed.
    pub(crate) confirming: Live<Option<Confirming>>,
    /// Whether a code is being asked for, or given back.
    pub(crate) asking: Live<bool>,
    /// What of that code is typed.
    pub(crate) code: Live<String>,
    /// Notified when the page says anew who its reader is.
    pub(crate) identified: Live<()>,
    /// Whether the phone does the work that an edge under pressure asks for.
    pub(crate) working: Live<bool>,
    /// What of the form this tab kept last: the draft, and the hashes of its photos.
    pub(crate) kept: Live<Option<(Draft, Vec<String>)>>,
    /// Whether an unfinished draft was found and restored.
    pub(crate) restored: Live<bool>,
    /// How the sending goes.
    pub(crate) sending: Live<Sending>,
    /// Why it is not sent yet, where the edge said so.
    pub(crate) trouble: Live<Option<Reason>>,
    /// The receipt.
    pub(crate) done: Live<Option<Done>>,
    /// What others reported at the place.
    pub(crate) near: Compared,
    /// The report being tracked.
    pub(crate) track: Track,
    /// Said politely by a screen reader.
    pub(crate) polite: Live<String>,
    /// Said at once.
    pub(crate) assertive: Live<String>,
    /// The municipality's named places, once fetched.
    pub(crate) gazetteer: Live<Gazetteer>,
    /// Whether the boundary pack came while this widget looked for it.
    pub(crate) packed: Live<bool>,
    /// The page's own boundaries, once asked for.
    pub(crate) own: Live<Own>,
    /// The map, while it is on the screen.
    pub(crate) map: Live<Option<JsValue>>,
    /// Whether the map was opened: from then on it stays beside the first three stops.
    pub(crate) map_opened: Live<bool>,
    /// The device's store, once open.
    pub(crate) store: Live<Option<Store>>,
}

/// Where the widget stands on the page.
struct Stands {
    root: ShadowRoot,
    host: HtmlElement,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Screen {
    /// A stop on the path.
    Step(Step),
    /// The second stop without the map.
    NoMap,
    /// What others reported at the place.
    Nearby,
    /// The rows of a group of categories.
    Group(String),
    /// The stop before a dangerous subject.
    Danger,
    /// The code that confirms a contact.
    Code,
    /// What waits on the device.
    Queued,
    /// The report is received.
    Receipt,
    /// Number and code are asked for.
    Track,
    /// The code was lost: whose the report is, is asked for.
    Lost,
    /// Where a report stands.
    Tracking,
}

/// Whether the device keeps the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Not known yet.
    Opening,
    /// It does.
    Kept,
    /// It forbids it, or took it back.
    Forbidden,
    /// It has no room.
    Full,
}

/// How the sending goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// Nothing is under way.
    Idle,
    /// It is under way.
    Going,
    /// It is under way for more than five seconds.
    Slow,
}

/// A report that was received.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Done {
    /// What the edge answered.
    pub(crate) receipt: Receipt,
    /// Its category's code.
    pub(crate) category: String,
    /// The number that news of it go to, its middle covered.
    pub(crate) phone: Option<String>,
}

impl Done {
    /// What `draft` came to.
    pub(crate) fn of(receipt: Receipt, draft: &Draft) -> Done {
        Done {
            receipt,
            category: draft.category.clone().unwrap_or_default(),
            phone: crate::screens::masked(draft.contact()),
        }
    }
}

impl App {
    /// The state of a widget that has just been placed on a page.
    pub(crate) fn new(
        options: &'static Options,
        locale: Locale,
        root: ShadowRoot,
        host: HtmlElement,
    ) -> App {
        let online = !js::get(&js::get(&js::window(), "navigator"), "onLine").is_falsy();
        App(Box::leak(Box::new(State {
            options,
            stands: Live::new(Some(Stands { root, host })),
            locale: Live::new(locale),
            screen: Live::new(Screen::Step(Step::What)),
            draft: Live::new(Draft::new(fresh_key())),
            lacks: Live::new(Vec::new()),
            photos: Live::new(Vec::new()),
            owed: Live::new(0),
            found: Live::new(Found::Nothing),
            unmapped: Live::new(false),
            online: Live::new(online),
            keeping: Live::new(Keeping::Opening),
            waiting: Live::new(Vec::new()),
            parked: Live::new(Vec::new()),
            unseen: Live::new(Vec::new()),
            confirming: Live::new(None),
            asking: Live::new(false),
            code: Live::new(String::new()),
            identified: Live::new(()),
            working: Live::new(false),
            kept: Live::new(None),
            restored: Live::new(false),
            sending: Live::new(Sending::Idle),
            trouble: Live::new(None),
            done: Live::new(None),
            near: Compared::new(),
            track: Track::new(),
            polite: Live::new(String::new()),
            assertive: Live::new(String::new()),
            gazetteer: Live::new(Gazetteer::default()),
            packed: Live::new(false),
            own: Live::new(Own::Unasked),
            map: Live::new(None),
            map_opened: Live::new(false),
            store: Live::new(None),
        })))
    }

    /// Whether the widget is still on the page; asked after every wait.
    pub(crate) fn alive(self) -> bool {
        self.stands.peek(Option::is_some)
    }

    /// Lets go of the page: the widget was taken off it.
    pub(crate) fn leave_page(self) {
        self.stands.set(None);
    }

    /// The part with everything after the first stop, where this widget has it.
    pub(crate) fn later(self) -> Option<&'static dyn Later> {
        self.options.later
    }

    /// Runs `with` on the loader's options.
    pub(crate) fn options<T>(self, with: impl FnOnce(&Options) -> T) -> T {
        with(self.options)
    }

    /// Runs `with` on the municipality's document.
    pub(crate) fn document<T>(self, with: impl FnOnce(&PublicMunicipality) -> T) -> T {
        self.options(|options| options.document(with))
    }

    /// Runs `with` on the draft's category, if it has one.
    pub(crate) fn category<T>(self, with: impl FnOnce(&PublicCategory) -> T) -> Option<T> {
        let code = self.draft.peek(|draft| draft.category.clone())?;
        self.document(|document| document.category(&code).map(with))
    }

    /// The address under which the edge serves this municipality.
    pub(crate) fn base(self) -> String {
        self.options(|options| options.url(""))
    }

    /// The language shown.
    pub(crate) fn lang(self) -> String {
        self.locale.peek(|locale| locale.lang.clone())
    }

    /// The text of `key`. Screens are made anew when the language changes, so this follows nothing.
    pub(crate) fn t(self, key: &str) -> String {
        self.locale.peek(|locale| locale.t(key))
    }

    /// The text of `key` with its placeholders filled in.
    pub(crate) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        self.locale.peek(|locale| locale.fill(key, values))
    }

    /// The text of `key` as it reads for what `category` is of: a complaint is no report.
    pub(crate) fn for_kind_of(self, key: &str, category: &str) -> String {
        let kind = self.document(|document| document.category(category).map(|it| it.kind));
        match kind.unwrap_or_default() {
            Kind::Report => self.t(key),
            kind => self.t(&[key, ".", kind.code()].concat()),
        }
    }

    /// The text of `key` for `n` things.
    pub(crate) fn count(self, key: &str, n: usize) -> String {
        self.locale.peek(|locale| locale.count(key, n as f64))
    }

    /// A label of the document in the language shown.
    pub(crate) fn label(self, of: &balagh_shared::translated::Translated) -> String {
        self.locale
            .peek(|locale| of.in_language(&locale.lang).to_owned())
    }

    /// A district's name; for an agency's area, the agency's.
    pub(crate) fn district(self, id: &str) -> String {
        let names = self.document(|document| {
            let agency = || document.agency_of_area(id).map(|it| it.names.clone());
            let district = document.district(id).map(|it| it.names.clone());
            district.or_else(agency)
        });
        names.map_or_else(|| id.to_owned(), |names| self.label(&names))
    }

    /// An agency's name.
    pub(crate) fn agency(self, id: &str) -> String {
        let names = self.document(|document| document.agency(id).map(|it| it.names.clone()));
        names.map_or_else(|| id.to_owned(), |names| self.label(&names))
    }

    /// A department's name, where the document has it.
    pub(crate) fn department(self, code: &str) -> Option<String> {
        let names = self.document(|document| document.departments.get(code).cloned())?;
        Some(self.label(&names))
    }

    /// A category's name; what nobody knows is "something else".
    pub(crate) fn category_name(self, code: &str) -> String {
        let names = self.document(|document| document.category(code).map(|it| it.names.clone()));
        names.map_or_else(|| self.t("unsure.cat"), |names| self.label(&names))
    }

    /// Words for `lack`.
    pub(crate) fn words(self, lack: &Lack) -> String {
        let values: Vec<(&str, &str)> = lack
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.fill(lack.key, &values)
    }

    /// Changes the draft.
    pub(crate) fn edit(self, change: impl FnOnce(&mut Draft)) {
        self.draft.update(change);
    }

    /// Shows a screen. The first stop alone hands over what it does not have.
    pub(crate) fn show(self, screen: Screen) {
        let at_hand = matches!(
            screen,
            Screen::Step(Step::What) | Screen::Group(_) | Screen::Danger
        );
        if self.later().is_none() && !at_hand {
            let draft = self.draft.peek(crate::wire::draft);
            let view = if screen == Screen::Track {
                "track"
            } else {
                "report"
            };
            js::call(&self.options.functions(), "handOver", &[draft, view.into()]);
        } else {
            self.screen.set(screen);
        }
    }

    /// Goes to a stop on the path. A report that is on its way is not written in any more: it is
    /// among what waits, and may be taken back from there.
    pub(crate) fn go(self, step: Step) {
        if step != Step::Review && self.later().is_some_and(|it| it.put_by(self)) {
            return;
        }
        self.lacks.set(Vec::new());
        self.edit(|draft| {
            draft.step = step;
            if step == Step::Review {
                draft.reviewing = false;
            }
        });
        let listed = self.draft.peek(|draft| draft.place.listed);
        self.show(match step {
            Step::Where if listed => Screen::NoMap,
            step => Screen::Step(step),
        });
        self.tell("balagh:step", js::object([("step", step.code().into())]));
    }

    /// Leaves `step` forwards if nothing is missing there; else says what is.
    pub(crate) fn leave(self, step: Step) {
        let found = self.draft.peek(|draft| {
            self.document(|of| match (step, self.later()) {
                (Step::What, _) | (_, None) => lacks_at_first(draft, of),
                (step, Some(later)) => later.lacks(step, draft, of),
            })
        });
        if found.is_empty() {
            let stops = |it: &dyn Later| step == Step::Where && it.stops_nearby(self);
            if !self.later().is_some_and(stops) {
                self.onwards(step);
            }
        } else {
            self.lacking(found);
        }
    }

    /// Goes to the stop after `step`, which lacks nothing.
    pub(crate) fn onwards(self, step: Step) {
        let next = self
            .draft
            .peek(|draft| self.document(|of| step.next(draft, of)));
        self.go(next);
    }

    /// Shows what is missing, and brings the first field to mend into focus.
    pub(crate) fn lacking(self, found: Vec<Lack>) {
        let many = found.len() > 1;
        let first = found
            .first()
            .map(|lack| lack.field.clone())
            .unwrap_or_default();
        self.assertive.set(
            found
                .iter()
                .map(|lack| self.words(lack))
                .collect::<Vec<_>>()
                .join("\n"),
        );
        self.lacks.set(found);
        // The summary and the texts are in the document only after the effects have run.
        let focus = if many { "errors".to_owned() } else { first };
        let before = self.focused();
        leptos::task::spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(30).await;
            // Who is already somewhere else stays there.
            if self.alive() && self.focused().is_none_or(|now| Some(now) == before) {
                self.focus_field(&focus);
            }
        });
    }

    /// Goes back one stop.
    pub(crate) fn back(self) {
        self.lacks.set(Vec::new());
        let step = self.draft.peek(|draft| draft.step);
        match self.screen.now() {
            Screen::Group(_) | Screen::Danger => self.show(Screen::Step(Step::What)),
            Screen::Code => {
                if let Some(later) = self.later() {
                    later.leave_code(self);
                }
            }
            Screen::Tracking if self.done.peek(Option::is_some) => {
                self.show(Screen::Receipt);
            }
            Screen::Tracking | Screen::Lost => self.show(Screen::Track),
            Screen::Step(_) | Screen::NoMap => {
                let back = self
                    .draft
                    .peek(|draft| self.document(|of| step.back(draft, of)));
                self.go(back.unwrap_or_default());
            }
            Screen::Nearby | Screen::Queued | Screen::Receipt | Screen::Track => self.go(step),
        }
    }

    /// Begins a new report, or goes on with the one in the form, or one that was put aside: which of
    /// them is asked, as of one that was found.
    pub(crate) fn renew(self) {
        if self.draft.peek(Draft::is_blank) {
            self.clear();
        } else {
            self.restored.set(true);
        }
        self.done.set(None);
        self.go(self.draft.peek(|draft| draft.step));
    }

    /// Empties the form, for what was put aside or a new report.
    pub(crate) fn clear(self) {
        let aside = self.parked.update(Vec::pop);
        self.restored.set(aside.is_some());
        let (draft, photos) = aside.unwrap_or_else(|| (Draft::new(fresh_key()), Vec::new()));
        self.found.set(Found::Nothing);
        self.trouble.set(None);
        self.photos.set(photos);
        self.draft.set(draft);
    }

    /// Puts aside what is in the form; a blank one is nothing.
    pub(crate) fn park(self) {
        let (draft, photos) = (self.draft.now(), self.photos.now());
        if !draft.is_blank() {
            self.parked.update(|parked| parked.push((draft, photos)));
        }
    }

    /// The token that the page around the widget gave, if any.
    pub(crate) fn identity(self) -> Option<String> {
        let token = self.options(Options::identity);
        (!token.is_empty()).then_some(token)
    }

    /// Shows the widget in another language; everything else stays. Where its words cannot be
    /// fetched, the language stays too.
    pub(crate) fn speak(self, lang: String) {
        let functions = self.options(Options::functions);
        leptos::task::spawn_local(async move {
            if options::set_language(functions, &lang).await.is_err() && self.alive() {
                // The switcher says so.
                self.locale.update(|_| {});
            }
        });
    }

    /// An attribute that the page has set on the element.
    pub(crate) fn attribute(self, name: &str) -> Option<String> {
        self.stands
            .peek(|stands| stands.as_ref()?.host.get_attribute(name))
    }

    /// The first element of the widget that matches `selector`.
    pub(crate) fn find(self, selector: &str) -> Option<Element> {
        self.stands.peek(|stands| {
            stands
                .as_ref()?
                .root
                .query_selector(selector)
                .ok()
                .flatten()
        })
    }

    /// What has the focus in the widget.
    fn focused(self) -> Option<Element> {
        self.stands
            .peek(|stands| stands.as_ref()?.root.active_element())
    }

    /// Puts the focus on the field with this id, or on the first thing in it that takes it.
    pub(crate) fn focus_field(self, id: &str) {
        let at = self.find(&["#", id].concat());
        let inner = self.find(&["#", id, " :is(input,textarea,select,button)"].concat());
        for element in [inner, at].into_iter().flatten() {
            js::call(&element, "focus", &[]);
            if self.focused().as_ref() == Some(&element) {
                return;
            }
        }
    }

    /// Tells the page. Never text, contact or secret.
    pub(crate) fn tell(self, name: &str, detail: JsValue) {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_detail(&detail);
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
            let host = self
                .stands
                .peek(|stands| stands.as_ref().map(|stands| stands.host.clone()));
            let _ = host.map(|host| host.dispatch_event(&event));
        }
    }
}

/// A key for a new draft.
pub(crate) fn fresh_key() -> String {
    let bytes = js_sys::Uint8Array::new_with_length(18);
    js::call(
        &js::get(&js::window(), "crypto"),
        "getRandomValues",
        &[bytes.clone().into()],
    );
    let mut random = [0; 18];
    bytes.copy_to(&mut random);
    IdempotencyKey::from_random(&random).as_str().to_owned()
}
