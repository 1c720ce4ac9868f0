//! The way in and out: one [`connect`] for each element on the page.

use crate::live::{at_the_end, follow};
use std::cell::Cell;
use std::rc::Rc;

use balagh_shared::report::PlaceSource;
use balagh_shared::text::without_controls;
use js_sys::Promise;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{EventTarget, HtmlElement, Node, ShadowRoot};

use crate::app::{App, Screen};
use crate::draft::Step;
use crate::later::Later;
use crate::locale::Locale;
use crate::options::Options;
use crate::view::document;
use crate::{js, keep, place, screens, theme, wire};

/// A widget on the page. Dropping it, or [`Handle::disconnect`], takes it off; the draft stays on
/// the device.
#[wasm_bindgen]
pub struct Handle {
    app: App,
    mounted: Option<Unmount>,
}

type Unmount = UnmountHandle<<() as Render>::State>;

/// Shows the widget inside `root` (in its `.frame`, or in the root itself) for the element `host`,
/// on which its events are fired.
///
/// `options` are what `balagh.js` gathered: `edge`, `municipality`, `lang`, `locale` (key to text),
/// `document` (`GET /v1/{municipality}?lang=`), `languages`, `headingLevel`, and the
/// functions `importMap`, `importPhoto`, `importBoundaries`, `importReceipt`, `importPart`, `setLanguage`, `loadWords` and `identity`;
/// of a widget that has only the first stop also `handOver`.
///
/// # Errors
/// In words for the page's developer, when an option is missing or the document cannot be read.
#[wasm_bindgen]
pub fn connect(root: ShadowRoot, host: HtmlElement, options: JsValue) -> Result<Handle, JsValue> {
    let (options, locale) = Options::read(&options)?;
    let frame = root.query_selector(".frame")?;
    let frame: HtmlElement =
        frame.map_or_else(|| root.clone().unchecked_into(), JsCast::unchecked_into);
    // What the first stop hands over.
    let functions = options.functions();
    let handed = js::get(&functions, "draft");
    let view = js::text(&functions, "view").unwrap_or_default();
    // Handed over on load, without the citizen's doing: the page keeps its focus.
    let unasked = !view.is_empty() && !handed.is_object();
    let autofocus = options.autofocus && !unasked;
    options.document(|document| theme::wear(&document.theme, &frame, &host));
    let (parent, made) = (Node::from(frame.clone()), Rc::new(Cell::new(None)));
    let slot = made.clone();
    let mounted = mount_to(frame, move || {
        let app = App::new(options, locale, root, host);
        slot.set(Some(app));
        let widget = screens::widget(app).mount(&parent);
        let listening = listen(app);
        // Both go with the owner.
        StoredValue::new_local((widget, listening));
        at_the_end(Box::new(move || {
            tell(app, &|it| it.leave(app));
            app.leave_page();
        }));
        if let Some(draft) = wire::kept_draft(&handed) {
            app.draft.set(draft);
            if view == "track" {
                app.show(Screen::Track);
            } else {
                app.go(app.draft.peek(|draft| draft.step));
            }
        }
        keep_changes(app);
        spawn_local(keep::begin(app));
    });
    let app = made.take().ok_or("not mounted")?;
    if autofocus && let Some(title) = app.find(".title") {
        js::call(&title, "focus", &[]);
    }
    Ok(Handle {
        app,
        mounted: Some(mounted),
    })
}

#[wasm_bindgen]
impl Handle {
    /// Takes the widget off the page.
    pub fn disconnect(&mut self) {
        let app = self.app;
        if app.alive() {
            spawn_local(async move {
                keep::save(app).await;
                // The state outlives the widget; the photos, the heaviest of it, only until kept.
                app.photos.set(Vec::new());
            });
        }
        self.mounted.take();
    }

    /// What the citizen has said by now; nothing where that is nothing.
    #[must_use]
    pub fn draft(&self) -> JsValue {
        let draft = self.app.draft.peek(|draft| {
            let said = !draft.is_blank();
            said.then(|| wire::draft(draft))
        });
        draft.unwrap_or_default()
    }

    /// Keeps the draft on the device now; resolved when it is there, or cannot be.
    pub fn save(&self) -> Promise {
        let app = self.app;
        future_to_promise(async move {
            if app.alive() {
                keep::save(app).await;
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Shows it in another language, with `document` as it reads in that language where it could
    /// be fetched; what was typed stays.
    pub fn set_language(&self, lang: String, locale: JsValue, document: &JsValue) {
        if self.app.alive() {
            self.app.options(|options| options.relabel(document));
            self.app.locale.set(Locale::new(lang, locale));
        }
    }

    /// Fills in what the page knows: `kind`, `category`, `text`, `place` (any of `lon` and `lat`,
    /// `landmark`, `asset`), `phone` and `reference`. What the citizen has already said goes before
    /// it.
    pub fn prefill(&self, values: JsValue) {
        if self.app.alive() {
            prefill(self.app, &values);
        }
    }

    /// Shows a view: `report`, `track`, or `closed` for the first screen.
    pub fn open(&self, view: &str) {
        let app = self.app;
        if !app.alive() {
            return;
        }
        match view {
            "track" => app.show(Screen::Track),
            "closed" => app.go(Step::What),
            _ => app.go(app.draft.peek(|draft| draft.step)),
        }
    }

    /// The page gave a token of who its reader is: what waited for it is sent.
    pub fn identify(&self) {
        if self.app.alive() {
            tell(self.app, &|it| it.identified(self.app));
            self.app.identified.set(());
        }
    }

    /// Back to the first screen; the draft stays.
    pub fn close(&self) {
        self.open("closed");
    }
}

fn prefill(app: App, values: &JsValue) {
    let category = js::text(values, "category");
    let category = category.and_then(|code| app.document(|it| it.category(&code).cloned()));
    let text = js::text(values, "text");
    let phone = js::text(values, "phone");
    let kind = js::text(values, "kind");
    let kinds = app.document(|document| document.kinds.clone());
    let spot = js::get(values, "place");
    let landmark = js::text(&spot, "landmark");
    let asset = js::text(&spot, "asset");
    let reference = js::text(values, "reference");
    let before = app.draft.now();
    app.edit(|draft| {
        if let Some(policy) = kinds
            .iter()
            .find(|it| Some(it.kind.code()) == kind.as_deref())
            && draft.category.is_none()
        {
            draft.kind = policy.kind;
        }
        if let Some(category) = category
            && draft.category.is_none()
        {
            draft.kind = category.kind;
            draft.choose(&category);
        }
        for (field, value) in [
            (&mut draft.description, text),
            (&mut draft.phone, phone),
            (&mut draft.place.landmark, landmark),
            (&mut draft.place.asset, asset),
        ] {
            if let Some(value) = value
                && field.is_empty()
            {
                *field = without_controls(&value);
            }
        }
        if draft.partner_reference.is_none() {
            draft.partner_reference = reference.map(|value| without_controls(&value));
        }
    });
    let at = (js::number(&spot, "lon"), js::number(&spot, "lat"));
    if let (Some(lon), Some(lat)) = at
        && app.draft.peek(|draft| draft.place.at.is_none())
    {
        place::put(app, lon, lat, None, PlaceSource::Map);
    }
    // What is on the screen was made before; nobody is disturbed at it for what they said already.
    if app.draft.peek(|draft| *draft != before) {
        app.screen.update(|_| {});
    }
}

/// Tells what comes after the first stop, where it is here.
fn tell(app: App, what: &dyn Fn(&dyn Later)) {
    if let Some(later) = app.later() {
        what(later);
    }
}

/// Keeps the draft after every change of it.
fn keep_changes(app: App) {
    follow(Box::new(move || {
        app.draft.track();
        keep::save_soon(app);
    }));
}

/// A listener on the page; gone when dropped.
struct Listening {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn Fn()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, function);
    }
}

/// Hears when the network comes and goes, and when the page is left or seen again.
fn listen(app: App) -> Vec<Listening> {
    let window: EventTarget = js::window().unchecked_into();
    let page: EventTarget = document().into();
    let on = |target: &EventTarget, event: &'static str, run: Box<dyn Fn()>| {
        let closure = Closure::<dyn Fn()>::wrap(run);
        let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        Listening {
            target: target.clone(),
            event,
            closure,
        }
    };
    let leaving = move || {
        if app.alive() {
            spawn_local(keep::save(app));
        }
    };
    vec![
        on(
            &window,
            "online",
            Box::new(move || {
                app.online.set(true);
                tell(app, &|it| {
                    it.online(app);
                    it.seen(app);
                });
            }),
        ),
        on(
            &window,
            "offline",
            Box::new(move || {
                app.online.set(false);
                tell(app, &|it| it.online(app));
            }),
        ),
        on(&window, "blur", Box::new(leaving)),
        on(&window, "pagehide", Box::new(leaving)),
        on(
            &page,
            "visibilitychange",
            Box::new(move || {
                leaving();
                tell(app, &|it| {
                    it.wake(app);
                    it.seen(app);
                });
            }),
        ),
    ]
}
