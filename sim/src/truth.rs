//! What was promised to whom, as somebody outside sees it; and whether it was kept.

use std::collections::{BTreeMap, BTreeSet};

use balagh_edge::http::{Method, Request, Response};
use balagh_shared::receipt::Receipt;
use balagh_shared::status::PublicStatus;
use serde_json::Value;

/// Something that a citizen typed.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The phone has it.
    pub(crate) kept: bool,
    /// It is to be sent.
    pub(crate) asked: bool,
    /// The citizen wrote something else in its place, or took it back.
    pub(crate) dropped: bool,
    /// The phone has other words of the same draft now: written in another tab, and kept later.
    pub(crate) superseded: bool,
    /// The phone refused to keep it and said so, and the page it was on is gone.
    pub(crate) excused: bool,
    /// The keys of the drafts it was sent from: each is a report.
    pub(crate) keys: BTreeSet<String>,
    /// The number under which it was shown as received.
    pub(crate) shown: Option<String>,
}

/// What everybody was told.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) texts: Vec<Text>,
    /// The texts that each draft had, by its key.
    drafts: BTreeMap<String, BTreeSet<usize>>,
    /// The number that each key was answered with.
    keys: BTreeMap<String, String>,
    /// The text that each acknowledged number stands for.
    pub(crate) acknowledged: BTreeMap<String, usize>,
    /// Numbers that the origin was told.
    pub(crate) delivered: BTreeSet<String>,
    /// How each report was last said to stand.
    revisions: BTreeMap<String, u64>,
    /// The first promise that was broken.
    pub(crate) broken: Option<String>,
}

/// The words of text number `text`.
pub(crate) fn words(text: usize) -> String {
    format!("The lamp with the number {text} has been out for three nights.")
}

/// The number of the text with these words.
pub(crate) fn text_of(words: &str) -> Option<usize> {
    words.split(' ').find_map(|word| word.parse().ok())
}

impl Truth {
    /// A promise was broken.
    pub(crate) fn broken(&mut self, how: impl Into<String>) {
        if self.broken.is_none() {
            self.broken = Some(how.into());
        }
    }

    /// A citizen typed something new.
    pub(crate) fn typed(&mut self) -> usize {
        self.texts.push(Text::default());
        self.texts.len() - 1
    }

    /// Whether a citizen was shown the receipt of a text.
    pub(crate) fn is_shown(&self, text: usize) -> bool {
        self.texts.get(text).is_some_and(|it| it.shown.is_some())
    }

    /// A phone has a text, as the words of the draft with this key.
    pub(crate) fn keeps(&mut self, key: &str, text: usize) {
        let all = self.drafts.entry(key.to_owned()).or_default();
        all.insert(text);
        for other in all.clone() {
            self.of(other, |it| it.superseded = other != text);
        }
        self.of(text, |it| it.kept = true);
    }

    /// The citizen wants the draft with this key gone, whatever its words are elsewhere.
    pub(crate) fn drops(&mut self, key: &str, text: usize) {
        let all = self.drafts.get(key).cloned().unwrap_or_default();
        for text in all.into_iter().chain([text]) {
            self.of(text, |it| it.dropped = true);
        }
    }

    /// Changes what is known of a text.
    pub(crate) fn of(&mut self, text: usize, change: impl FnOnce(&mut Text)) {
        if let Some(text) = self.texts.get_mut(text) {
            change(text);
        }
    }

    /// The edge answers: what it says from now on holds.
    ///
    /// Whether the edge could keep what it says matters to one promise alone: what a reporter does is
    /// done at the origin, and is told them also where the edge has no room to keep it.
    pub(crate) fn edge_answers(&mut self, request: &Request, response: &Response, kept: bool) {
        if !matches!(response.status, 200 | 201) {
            return;
        }
        let is_post = request.method == Method::Post;
        if let Ok(status) = serde_json::from_slice::<PublicStatus>(&response.body) {
            let known = self.revisions.entry(status.number.clone()).or_default();
            let before = *known;
            if !is_post || kept {
                *known = before.max(status.revision);
            }
            if status.revision < before {
                self.broken(format!(
                    "{} went back from revision {before} to {}",
                    status.number, status.revision
                ));
            }
            return;
        }
        let Ok(receipt) = serde_json::from_slice::<Receipt>(&response.body) else {
            return;
        };
        let Some(key) = request.headers.get("idempotency-key") else {
            return;
        };
        let known = self.keys.entry(key.to_owned());
        let known = known.or_insert_with(|| receipt.number.clone()).clone();
        if known != receipt.number {
            self.broken(format!(
                "one key has two numbers: {known} and {}",
                receipt.number
            ));
        }
        if is_post && let Some(text) = posted(&request.body) {
            let acknowledged = self.acknowledged.entry(receipt.number.clone());
            let known = *acknowledged.or_insert(text);
            if known != text {
                self.broken(format!(
                    "{} acknowledges text {text} and stands for {known}",
                    receipt.number
                ));
            }
        }
    }

    /// The edge delivers something to the origin.
    pub(crate) fn delivers(&mut self, request: &Request) {
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        if let Some(number) = body.as_ref().and_then(|it| it.get("number")?.as_str()) {
            self.delivered.insert(number.to_owned());
        }
    }
}

fn posted(body: &[u8]) -> Option<usize> {
    let body: Value = serde_json::from_slice(body).ok()?;
    text_of(body.get("description")?.as_str()?)
}
