//! The edge, as the widget talks to it.

mod answer;
mod call;

use balagh_shared::nearby::NearbyReport;
use balagh_shared::queue::Answer;
use balagh_shared::status::PublicStatus;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{js, told};
pub(crate) use answer::Came;
use answer::read;
use call::Call;

/// How long an answer is waited for, in milliseconds.
const PATIENCE_MS: u32 = 20_000;
/// The same for a photo, which may travel over one bar of signal.
const PHOTO_PATIENCE_MS: u32 = 90_000;

/// A form session.
///
/// # Errors
/// What came instead.
pub(crate) async fn session(base: &str, lang: &str) -> Result<String, Came> {
    let reply = Call::new("POST", [base, "/session"].concat(), lang)
        .send(PATIENCE_MS)
        .await;
    let came = read(reply);
    match &came.body {
        Some(body) if (200..300).contains(&came.status) => js_text(body, "token").ok_or(came),
        _ => Err(came),
    }
}

fn js_text(body: &JsValue, key: &str) -> Option<String> {
    js::text(body, key)
}

/// Sends one photo; `progress` hears the share that is under way, 0 to 1.
pub(crate) async fn put_photo(
    base: &str,
    lang: &str,
    session: &str,
    sha256: &str,
    bytes: &ArrayBuffer,
    progress: impl Fn(f64) + 'static,
) -> Came {
    let mut call = Call::new("PUT", [base, "/photos/", sha256].concat(), lang)
        .header("Balagh-Session", session)
        .header("Content-Type", "image/jpeg");
    call.body = bytes.clone().into();
    call.progress = Some(Box::new(progress));
    read(call.send(PHOTO_PATIENCE_MS).await)
}

/// What travels beside a request: who asks, and what they have proved.
#[derive(Default)]
pub(crate) struct Credentials {
    /// The form session.
    pub(crate) session: String,
    /// The work that was asked for, done.
    pub(crate) proof: Option<String>,
    /// The token of a confirmed contact.
    pub(crate) contact: Option<String>,
    /// The token of the page around the widget.
    pub(crate) identity: Option<String>,
}

impl Call {
    fn with(self, credentials: &Credentials) -> Call {
        let Credentials {
            session,
            proof,
            contact,
            identity,
        } = credentials;
        let call = self.header("Balagh-Session", session);
        [
            ("Balagh-Proof", proof),
            ("Balagh-Contact", contact),
            ("Balagh-Identity", identity),
        ]
        .into_iter()
        .fold(call, |call, (name, value)| match value {
            Some(value) => call.header(name, value),
            None => call,
        })
    }
}

/// Sends the report `json` under its key, as a report of its own or to join another.
pub(crate) async fn submit(
    base: &str,
    lang: &str,
    credentials: &Credentials,
    key: &str,
    joins: Option<&str>,
    json: &str,
) -> Came {
    let url = match joins {
        Some(number) => [base, "/reports/", number, "/join"].concat(),
        None => [base, "/reports"].concat(),
    };
    let call = Call::new("POST", url, lang);
    let call = call.header("Idempotency-Key", key);
    read(call.with(credentials).json(json).send(PATIENCE_MS).await)
}

/// Asks for a one-time code, or gives it back (`path` is then `/codes/verify`).
pub(crate) async fn codes(
    base: &str,
    lang: &str,
    path: &str,
    credentials: &Credentials,
    json: &str,
) -> Came {
    let call = Call::new("POST", [base, path].concat(), lang);
    read(call.with(credentials).json(json).send(PATIENCE_MS).await)
}

/// Asks whether a report arrived under `key` after all.
pub(crate) async fn submission(base: &str, lang: &str, key: &str) -> Answer {
    let call =
        Call::new("GET", [base, "/submission"].concat(), lang).header("Idempotency-Key", key);
    read(call.send(PATIENCE_MS).await).answer()
}

/// Where a report stands.
///
/// # Errors
/// What came instead; status 404 for a wrong number and a wrong code alike.
pub(crate) async fn status(
    base: &str,
    lang: &str,
    number: &str,
    secret: &str,
) -> Result<PublicStatus, Came> {
    let call = Call::new("GET", [base, "/reports/", number].concat(), lang)
        .header("Authorization", &["Balagh ", secret].concat());
    let came = read(call.send(PATIENCE_MS).await);
    came.body.as_ref().and_then(told::status).ok_or(came)
}

/// Does what a reporter may do about their report: `path` is `follow-up`, `close`, `reopen` or
/// `rate`, `json` what belongs to it. The answer is how it stands then.
///
/// # Errors
/// What came instead.
pub(crate) async fn act(
    base: &str,
    lang: &str,
    number: &str,
    secret: &str,
    path: &str,
    json: &str,
) -> Result<PublicStatus, Came> {
    let url = [base, "/reports/", number, "/", path].concat();
    let mut call = Call::new("POST", url, lang)
        .header("Authorization", &["Balagh ", secret].concat())
        .header("Content-Type", "application/json");
    call.body = json.into();
    let came = read(call.send(PATIENCE_MS).await);
    let status = (came.status == 200).then(|| came.body.as_ref().and_then(told::status));
    status.flatten().ok_or(came)
}

/// The tracking code of the report `number`, for who shows by `token` that its contact is theirs.
///
/// # Errors
/// What came instead; status 404 for a number that does not exist and for one of somebody else alike.
pub(crate) async fn secret(
    base: &str,
    lang: &str,
    number: &str,
    token: &str,
) -> Result<String, Came> {
    let call = Call::new(
        "POST",
        [base, "/reports/", number, "/secret"].concat(),
        lang,
    )
    .header("Balagh-Contact", token);
    let came = read(call.send(PATIENCE_MS).await);
    let secret = came.body.as_ref().and_then(|body| js_text(body, "secret"));
    secret.ok_or(came)
}

/// Open reports of `category` near a point; nothing where no answer came within `patience_ms`.
pub(crate) async fn nearby(
    base: &str,
    lang: &str,
    at: (f64, f64),
    category: &str,
    patience_ms: u32,
) -> Option<Vec<NearbyReport>> {
    // A category's code is letters, digits, points and underscores.
    // As JavaScript writes numbers: our own way would be fetched for this alone.
    let [lon, lat] = [at.0, at.1].map(|degrees| js::json(&degrees.into()));
    let query = ["?lon=", &lon, "&lat=", &lat, "&category=", category].concat();
    let call = Call::new("GET", [base, "/nearby", &query].concat(), lang);
    let came = read(call.send(patience_ms).await);
    came.body
        .as_ref()
        .filter(|_| came.status == 200)
        .map(told::nearby)
}

/// The named places of the municipality, as they came.
pub(crate) async fn gazetteer(base: &str, lang: &str) -> Option<JsValue> {
    let call = Call::new("GET", [base, "/gazetteer"].concat(), lang);
    read(call.send(PATIENCE_MS).await).body
}

/// The bytes of the boundary pack with this checksum.
pub(crate) async fn pack(base: &str, lang: &str, sha256: &str) -> Option<Vec<u8>> {
    let path = [base, "/districts.pack?detail=phone&v=", sha256].concat();
    let mut call = Call::new("GET", path, lang);
    call.binary = true;
    let reply = call.send(PATIENCE_MS).await?;
    let bytes = reply.body.dyn_into::<ArrayBuffer>().ok()?;
    (reply.status == 200).then(|| Uint8Array::new(&bytes).to_vec())
}
