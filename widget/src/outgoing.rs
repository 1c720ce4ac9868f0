//! A report that left the form: it waits on the device until the edge has it.

use std::collections::VecDeque;

use balagh_shared::queue::{Event, Kept, Queue};
use balagh_shared::report::Report;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::api::Came;
use crate::app::App;
use crate::draft::{Draft, report};
use crate::photos::{self, Photo};
use crate::{js, place, wire};

/// A report on its way, with the machine that decides about it.
pub(crate) struct Outgoing {
    /// What was said; its id is the key it is sent with.
    pub(crate) draft: Draft,
    /// Its photos, those that the edge has marked as sent.
    pub(crate) photos: Vec<Photo>,
    /// Since when it waits, in milliseconds since 1970.
    pub(crate) since: f64,
    /// The report as it is sent, from the first attempt on: sent again it must be the same.
    pub(crate) json: Option<String>,
    /// What it waits for besides the network.
    pub(crate) needs: Option<Need>,
    /// What came back last.
    pub(crate) last: Option<Came>,
    /// Whether an attempt or a question about it is under way.
    pub(crate) busy: bool,
    /// What decides.
    pub(super) queue: Queue,
    /// What happened and was not told to it yet.
    pub(super) inbox: VecDeque<Event>,
    /// Whether somebody is telling it.
    pub(super) told: bool,
    /// Lets other tabs send.
    pub(super) release: Option<Function>,
    /// Whether it leaves it to another report or tab, which sends right now.
    pub(super) behind: bool,
    /// The form session of these attempts.
    pub(super) session: Option<String>,
    /// Whether the device has it; nothing before it was asked to.
    pub(crate) stored: Option<bool>,
}

/// What only the citizen, or the page around the widget, can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The contact is to be confirmed by a code.
    Code,
    /// The page's token ran out.
    Identity,
}

impl Outgoing {
    /// The report of the form, with its photos.
    pub(crate) fn new(draft: Draft, photos: Vec<Photo>, online: bool) -> Outgoing {
        Outgoing {
            queue: Queue::new(Kept::default(), online),
            draft,
            photos,
            since: js::now(),
            json: None,
            needs: None,
            last: None,
            busy: false,
            inbox: VecDeque::new(),
            told: false,
            release: None,
            behind: false,
            session: None,
            stored: None,
        }
    }

    /// One that was kept on the device; nothing where the record is none that waits.
    pub(crate) fn restored(record: &JsValue, online: bool) -> Option<Outgoing> {
        let since = js::number(record, "waiting_since")?;
        let draft = wire::kept_draft(&js::get(record, "draft"))?;
        let stored = Array::from(&js::get(record, "photos"));
        let photos = (1..).zip(stored).filter_map(photos::restored).collect();
        let kept = Kept {
            waiting: true,
            tried: js::get(record, "tried").is_truthy(),
        };
        Some(Outgoing {
            queue: Queue::new(kept, online),
            since,
            json: js::text(record, "json"),
            needs: js::get(record, "code").is_truthy().then_some(Need::Code),
            stored: Some(true),
            ..Outgoing::new(draft, photos, online)
        })
    }

    /// As it is kept on the device.
    pub(crate) fn record(&self) -> JsValue {
        let record = js::object([
            ("draft", wire::draft(&self.draft)),
            (
                "photos",
                js::array(self.photos.iter().filter_map(photos::record)),
            ),
            ("saved_at", js::now().into()),
            ("waiting_since", self.since.into()),
            ("tried", self.queue.kept().tried.into()),
            ("code", (self.needs == Some(Need::Code)).into()),
        ]);
        if let Some(json) = &self.json {
            js::set(&record, "json", json.as_str().into());
        }
        record
    }

    /// The report as it is sent for the first time.
    pub(crate) fn report(&mut self, app: App) -> Report {
        place::settle(app, &mut self.draft.place);
        let hashes: Vec<String> = self.photos.iter().map(|it| it.sha256.clone()).collect();
        let pack = place::pack_checksum(app);
        app.document(|of| report(&self.draft, of, &hashes, &app.lang(), &pack))
    }
}
