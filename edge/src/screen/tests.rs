//! The screen without a server: what it reads, decides and writes, as data.

mod identity;

use std::sync::{LazyLock, Mutex};

use balagh_shared::district::Role;
use balagh_shared::district::compile::{LayerSource, compile};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::receipt::{Acknowledged, Receipt};
use balagh_shared::session::Session;
use serde_json::{Value, json};

mod pressure;

use super::*;
use crate::http::{Headers, Method};
use crate::jwt::Outside;
use crate::keys::for_tests;
use crate::sender::Sender;

const PORTAL: &str = "http://portal.example";
const OWN: &str = "https://reports.town.example";
const NONCE: [u8; 16] = [7; 16];

/// The town of the server's tests, its boundaries and words compiled once for all of them.
static TOWN: LazyLock<Served> = LazyLock::new(|| {
    let districts = LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson: include_str!("../../tests/fixtures/municipalities/test-town/districts.geojson"),
        id_property: "id",
        name_properties: &[("ar", "name_ar"), ("en", "name_en")],
        parent_property: None,
    };
    let document = include_str!("../../tests/fixtures/municipalities/test-town/municipality.json");
    Served::open(document, compile(&[districts]).unwrap().pack, None).unwrap()
});

#[test]
fn a_partner_does_only_what_its_scopes_say() {
    let may = |scopes: &str| {
        let document =
            include_str!("../../tests/fixtures/municipalities/test-town/municipality.json")
                .replace("\"origins\"", &format!("\"scopes\": {scopes}, \"origins\""));
        let served = Served::open(&document, TOWN.packs().full.clone(), None).unwrap();
        let key = served.partner_of_key("partner-key-for-tests").is_some();
        (served.is_partner_origin(PORTAL), key)
    };
    assert_eq!(may(r#"["embed", "report"]"#), (true, true));
    assert_eq!(may(r#"["embed"]"#), (true, false));
    assert_eq!(may(r#"["report", "status"]"#), (false, true));
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T09:00:00+03:00").unwrap()
}

fn report() -> Value {
    json!({
        "category": "lighting.dark", "description": "Three lamps are out.", "lang": "en",
        "place": {"at": {"lon": 49.95, "lat": 26.4}, "source": "map"},
        "contact": {"phone": "0501234567"},
        "declared": true, "channel": "widget"
    })
}

/// One report on its way through the screen; a test changes what it is about.
struct Sent {
    town: &'static Served,
    headers: Vec<(&'static str, String)>,
    body: String,
    origin: WebOrigin,
    reads: Reads,
    outside: Option<Result<Outside, Reason>>,
    can_work: bool,
}

impl Sent {
    fn good() -> Sent {
        let keys = for_tests::screen();
        let session = Session::mint(
            &keys.sessions,
            "test-town",
            PORTAL,
            &NONCE,
            now().seconds() - 60,
        );
        Sent {
            town: &TOWN,
            headers: vec![
                ("content-type", "application/json".into()),
                ("idempotency-key", "k".repeat(24)),
                ("balagh-session", session),
            ],
            body: report().to_string(),
            origin: WebOrigin::Admitted(PORTAL.into()),
            reads: Reads::default(),
            outside: None,
            can_work: true,
        }
    }

    /// The same in a town that screens otherwise.
    fn where_screening(mut self, screening: Value) -> Sent {
        static TOWNS: Mutex<BTreeMap<String, &'static Served>> = Mutex::new(BTreeMap::new());
        let mut towns = TOWNS.lock().unwrap();
        self.town = towns.entry(screening.to_string()).or_insert_with(|| {
            let mut document = serde_json::to_value(TOWN.document()).unwrap();
            document["screening"] = screening;
            let pack = TOWN.packs().full.clone();
            let town = Served::open(&document.to_string(), pack, None).unwrap();
            Box::leak(Box::new(town))
        });
        self
    }

    fn with_report(mut self, change: impl FnOnce(&mut Value)) -> Sent {
        let mut changed = report();
        change(&mut changed);
        self.body = changed.to_string();
        self
    }

    fn with_header(mut self, name: &'static str, value: &str) -> Sent {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn with_reads(mut self, change: impl FnOnce(&mut Reads)) -> Sent {
        change(&mut self.reads);
        self
    }

    /// The only place that calls the screen: its plan's reads and its decision.
    fn screened(&self) -> (Wanted, Decision) {
        let (keys, secrets) = (for_tests::screen(), for_tests::ledger());
        let sender = Sender {
            address: "sender".into(),
            network: "network".into(),
        };
        let headers: Headers = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let request = Request {
            method: Method::Post,
            path: "/v1/test-town/reports".into(),
            query: String::new(),
            headers,
            body: self.body.clone().into_bytes(),
        };
        let posted = Posted {
            joins: None,
            served: self.town,
            keys: &keys,
            request: &request,
            origin: &self.origin,
            own_origin: OWN,
            sender: &sender,
            identity: Identity::Here {
                contacts: &secrets.contacts,
                outside: self.outside.as_ref(),
            },
            can_work: self.can_work,
        };
        let mint = Mint {
            numbers: &secrets.numbers,
            public_url: OWN,
        };
        let plan = plan(&posted, now());
        let randomness = Randomness {
            number: [9; 8],
            proof: [7; 36],
        };
        let decision = screen(&posted, &mint, &plan, &self.reads, now(), &randomness);
        (plan.reads().clone(), decision)
    }
}

#[track_caller]
fn check(sent: Sent, verdict: Verdict, step: Step, reasons: &[Reason]) {
    let (_, decision) = sent.screened();
    assert_eq!((decision.verdict, decision.step), (verdict, step));
    assert_eq!(decision.reasons, reasons);
    let is_stored = decision
        .effects
        .iter()
        .any(|it| matches!(it, Effect::InsertReport(_)));
    let is_acknowledged = matches!(
        verdict,
        Verdict::Accept | Verdict::Quarantine | Verdict::Redirect
    );
    assert_eq!(
        is_stored, is_acknowledged,
        "what is acknowledged is stored, and nothing else"
    );
    assert_eq!(decision.effects.is_empty(), !is_acknowledged);
}

fn submitted(sent: &Sent) -> StoredSubmission {
    let (_, decision) = sent.screened();
    let insert = decision
        .effects
        .into_iter()
        .find_map(|effect| match effect {
            Effect::InsertReport(insert) => Some(insert),
            _ => None,
        });
    let insert = insert.unwrap();
    StoredSubmission {
        fingerprint: insert.fingerprint,
        stub: insert.stub,
    }
}

#[test]
fn a_good_report_is_accepted_with_everything_there_is_to_write() {
    let (wanted, decision) = Sent::good().screened();
    assert_eq!(wanted.nonce, Some(NONCE));
    assert_eq!(wanted.counters.len(), 5, "{:?}", wanted.counters);
    assert_eq!(decision.verdict, Verdict::Accept);
    assert_eq!(decision.response.status, 201);
    let receipt: Receipt = serde_json::from_slice(&decision.response.body).unwrap();
    assert_eq!(receipt.verdict, Acknowledged::Accepted);
    assert_eq!(receipt.due, Some(now().plus_millis(24 * 3_600_000)));
    let kinds: Vec<&str> = decision
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::InsertReport(_) => "report",
            Effect::SpendNonce { nonce, .. } if *nonce == NONCE => "nonce",
            Effect::SpendNonce { .. } => "another nonce",
            Effect::Count { .. } => "count",
        })
        .collect();
    let counts = ["count"; 5];
    assert_eq!(kinds, [&["report", "nonce"][..], &counts].concat());
}

#[test]
fn each_step_refuses_what_is_its_own_to_refuse() {
    use Verdict::Reject;
    let no_type = Sent::good().with_header("content-type", "text/plain");
    check(no_type, Reject, Step::Envelope, &[Reason::RequestType]);
    let no_key = Sent::good().with_header("idempotency-key", "short");
    check(no_key, Reject, Step::Envelope, &[Reason::KeyMissing]);
    let no_json = Sent {
        body: "{".into(),
        ..Sent::good()
    };
    check(no_json, Reject, Step::Envelope, &[Reason::RequestMalformed]);
    let no_session = Sent::good().with_header("balagh-session", "");
    check(no_session, Reject, Step::Session, &[Reason::SessionMissing]);
    let other_page = Sent {
        origin: WebOrigin::Unsaid,
        ..Sent::good()
    };
    check(other_page, Reject, Step::Session, &[Reason::SessionForeign]);
    let spent = Sent::good().with_reads(|reads| reads.nonce_spent = true);
    check(spent, Reject, Step::Session, &[Reason::SessionExpired]);
    let stranger = Sent::good().with_header("authorization", "Bearer guess");
    check(stranger, Reject, Step::Session, &[Reason::PartnerUnknown]);
    let outside = Sent::good().with_report(|it| it["place"]["at"]["lon"] = json!(46.0));
    check(outside, Reject, Step::Rules, &[Reason::PlaceOutside]);
    let unknown = Sent::good().with_report(|it| it["category"] = json!("no.such"));
    check(unknown, Reject, Step::Rules, &[Reason::CategoryUnknown]);
}

#[test]
fn a_partners_key_stands_for_a_session() {
    let program = Sent::good()
        .with_header("balagh-session", "")
        .with_header("authorization", "Bearer partner-key-for-tests");
    let (wanted, decision) = program.screened();
    assert_eq!((wanted.nonce, decision.verdict), (None, Verdict::Accept));
    let key = IdempotencyKey::parse(&"k".repeat(24)).unwrap();
    assert_eq!(
        wanted.slot,
        Some(Slot::of("test-town", Scope::Partner("portal"), &key))
    );
    let (of_the_public, _) = Sent::good().screened();
    assert_ne!(of_the_public.slot, wanted.slot);
}

#[test]
fn figures_are_counted_by_channels_of_a_list_and_not_by_what_somebody_wrote() {
    let kept = |sent: Sent| {
        let (_, decision) = sent.screened();
        decision.effects.iter().find_map(|effect| match effect {
            Effect::InsertReport(insert) => Some(insert.delivery.report.channel.clone()),
            _ => None,
        })
    };
    let form = |channel: &str| Sent::good().with_report(|it| it["channel"] = json!(channel));
    for known in ["widget", "web_form"] {
        assert_eq!(kept(form(known)).as_deref(), Some(known));
    }
    for foreign in ["phone", "the_mayor_is_a_thief"] {
        check(
            form(foreign),
            Verdict::Reject,
            Step::Rules,
            &[Reason::ChannelInvalid],
        );
    }
    let program = |channel| {
        form(channel)
            .with_header("balagh-session", "")
            .with_header("authorization", "Bearer partner-key-for-tests")
    };
    assert_eq!(kept(program("whatsapp")).as_deref(), Some("whatsapp"));
    assert_eq!(kept(program("buy_now")).as_deref(), Some("partner"));
}

#[test]
fn the_same_report_is_repeated_whatever_else_is_wrong_by_now() {
    let stored = submitted(&Sent::good());
    let again = Sent::good()
        .with_header("balagh-session", "gone")
        .with_reads(|reads| reads.submission = Some(stored.clone()));
    let (_, decision) = again.screened();
    assert_eq!(
        (decision.verdict, decision.response.status),
        (Verdict::Repeat, 200)
    );
    let receipt: Receipt = serde_json::from_slice(&decision.response.body).unwrap();
    assert_eq!(receipt.number, stored.stub.number.as_str());
    check(again, Verdict::Repeat, Step::Key, &[]);

    let other = Sent::good()
        .with_report(|it| it["description"] = json!("Something else."))
        .with_reads(|reads| reads.submission = Some(stored));
    check(other, Verdict::Reject, Step::Key, &[Reason::KeyReused]);
}

#[test]
fn marks_are_noted_and_stop_nothing() {
    let differs = Sent::good().with_report(|it| it["place"]["district"] = json!("central"));
    check(
        differs,
        Verdict::Accept,
        Step::Verdict,
        &[Reason::DistrictDiffers],
    );
    let old_pack = Sent::good().with_report(|it| it["pack"] = json!("0".repeat(64)));
    check(
        old_pack,
        Verdict::Accept,
        Step::Verdict,
        &[Reason::PackDiffers],
    );
    let elsewhere = Sent::good().with_report(|it| it["category"] = json!("other.animals"));
    check(elsewhere, Verdict::Redirect, Step::Verdict, &[]);
}

#[test]
fn a_decision_that_cannot_settle_is_kept_for_a_person() {
    let unsettled = |conflicts| Sent::good().with_reads(|reads| reads.conflicts = conflicts);
    check(unsettled(2), Verdict::Accept, Step::Verdict, &[]);
    check(
        unsettled(3),
        Verdict::Quarantine,
        Step::Verdict,
        &[Reason::ScreenConflict],
    );
}

#[test]
fn photos_that_are_missing_do_not_stop_the_report() {
    let (held, missing) = ("a".repeat(64), "b".repeat(64));
    let photo = StoredPhoto {
        sha256: "c".repeat(64),
        sent_sha256: held.clone(),
        media_type: "image/jpeg".into(),
        bytes: 1,
        width: 1,
        height: 1,
    };
    let sent = Sent::good()
        .with_report(|it| it["photos"] = json!([missing, held]))
        .with_reads(|reads| reads.photos = vec![photo.clone()]);
    let (wanted, decision) = sent.screened();
    assert_eq!(wanted.photos, [missing, held]);
    let Some(Effect::InsertReport(insert)) = decision.effects.first() else {
        panic!("{:?}", decision.verdict)
    };
    assert_eq!(insert.delivery.photos, [photo]);
}

#[test]
fn the_same_input_gives_the_same_decision() {
    let (_, first) = Sent::good().screened();
    let (_, second) = Sent::good().screened();
    assert_eq!(first.response, second.response);
}

#[test]
fn every_step_can_explain_itself() {
    for step in Step::ALL {
        assert!(step.explain().ends_with('.'), "{}", step.name());
    }
}

proptest::proptest! {
    #[test]
    fn no_body_panics_the_screen(body in "\\PC{0,200}") {
        let (_, decision) = Sent { body, ..Sent::good() }.screened();
        proptest::prop_assert_eq!(decision.verdict, Verdict::Reject);
    }
}
