use balagh_messages::Cause;
use balagh_shared::time::HOUR_MS;
use balagh_shared::translated::Translated;
use proptest::prelude::*;

use super::*;
use crate::lifecycle::life::Head;
use crate::lifecycle::{Actor, Event, Log, What};

const DOCUMENT: &str =
    include_str!("../../../../tests/fixtures/municipalities/dammam/municipality.json");
const NUMBER: &str = "TD-7K3M9-QX2RT-D";
/// Three in the afternoon in Dammam.
const DAY: &str = "2026-11-22T12:00:00Z";
/// One in the morning.
const NIGHT: &str = "2026-11-22T22:00:00Z";

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// What a test changes about a report, its reporter and the municipality.
struct Case {
    document: Municipality,
    language: &'static str,
    states: Vec<(State, What)>,
    joins: bool,
    contact: Option<Contact>,
    means: Means,
    template: &'static str,
    audience: Audience,
    state: State,
    is_repeated: bool,
    now: Timestamp,
    received_at: Timestamp,
    secret: Option<&'static str>,
}

/// A report that a reporter with a phone and a mailbox is told to be resolved, by day.
fn case() -> Case {
    Case {
        document: serde_json::from_str(DOCUMENT).unwrap(),
        language: "ar",
        states: vec![
            (State::Screened, What::State),
            (
                State::Assigned,
                What::Assigned {
                    department: "cleanliness".into(),
                },
            ),
            (State::Resolved, What::State),
        ],
        joins: false,
        contact: Some(contact(Some("0501234567"), Some("sara@example.org"))),
        means: Means {
            sms: true,
            email: true,
        },
        template: "resolved",
        audience: Audience::Reporter,
        state: State::Resolved,
        is_repeated: false,
        now: time(DAY),
        received_at: time("2026-11-21T06:41:00Z"),
        secret: None,
    }
}

fn contact(phone: Option<&str>, email: Option<&str>) -> Contact {
    Contact {
        phone: phone.map(str::to_owned),
        email: email.map(str::to_owned),
        name: Some("سارة".into()),
    }
}

fn keys() -> Keyring {
    Keyring::parse("K", &format!("t:{}", "E".repeat(43))).unwrap()
}

impl Case {
    fn life(&self) -> Life {
        let event = |state, what| Event {
            at: self.received_at,
            state,
            what,
            actor: Actor::Staff,
            staff: None,
            note: Some("words to one person".into()),
        };
        let mut events = vec![event(State::Received, What::State)];
        events.extend(self.states.iter().cloned().map(|(s, what)| event(s, what)));
        if self.joins {
            let last = events.last().unwrap().state;
            let to = "TD-00000-00000-0".to_owned();
            events.push(event(last, What::Joined { to }));
        }
        let head = Head {
            number: NUMBER.into(),
            category: "cleanliness.street".into(),
            received_at: self.received_at,
            district: None,
            department: "cleanliness".into(),
            agency: None,
            due: self.received_at,
        };
        Life::of(&head, &Log::rebuild(events).unwrap())
    }

    fn plan(&self) -> Plan {
        let policy = Policy::of(&self.document, "cleanliness.street");
        let errand = Errand {
            id: 1,
            number: NUMBER.into(),
            audience: self.audience.clone(),
            template: self.template.into(),
            state: self.state,
            created_at: self.now,
            attempts: 3,
            expires_at: self.now.plus_millis(HOUR_MS),
            is_repeated: self.is_repeated,
        };
        let situation = Situation {
            document: &self.document,
            policy: &policy,
            language: self.language,
            received_at: self.received_at,
            life: &self.life(),
            contact: self.contact.as_ref(),
            means: self.means,
            codes: &keys(),
            secret: self.secret,
            edge: "https://r.example",
        };
        plan(&errand, &situation, self.now)
    }

    #[track_caller]
    fn sends(&self, to: &str, text: &str) {
        let address = if to.contains('@') {
            Recipient::Email(email(to).unwrap())
        } else {
            Recipient::Phone(phone(to, &self.document.contact).unwrap())
        };
        let language = match self.audience {
            Audience::Reporter => self.language,
            Audience::Department(_) => "ar",
        };
        let subject = self.document.names.in_language(language);
        let expected = Message::new(address, subject, text);
        let plan = self.plan();
        assert!(plan == Plan::Send(expected), "{plan:?} is not: {text}");
    }

    #[track_caller]
    fn settles(&self, expected: Settled) {
        assert_eq!(self.plan(), Plan::Settle(expected));
    }
}

fn code() -> ClosingCode {
    ClosingCode::derive(&keys(), "dammam", NUMBER, 1)
}

#[test]
fn a_resolved_report_is_told_with_link_and_code_in_the_language_it_was_written_in() {
    let link = format!("https://r.example/dammam/track?number={NUMBER}");
    case().sends("+966501234567", &format!("عولج: {link}. رمزك {}", code()));
    let english = Case {
        language: "en",
        ..case()
    };
    let text = format!("Your report is resolved: {link}. Your code is {}", code());
    english.sends("+966501234567", &text);
    // A language that the document does not speak is answered in English.
    let french = Case {
        language: "fr",
        ..case()
    };
    french.sends("+966501234567", &text);
}

#[test]
fn no_code_is_spoken_of_where_there_is_none_to_give() {
    let resolved = format!("عولج: https://r.example/dammam/track?number={NUMBER}.");
    let mut survey = case();
    survey.document.closing.by = ClosingBy::Survey;
    survey.sends("+966501234567", &resolved);
    let follows = Case {
        joins: true,
        ..case()
    };
    follows.sends("+966501234567", &resolved);
}

#[test]
fn a_number_of_a_country_that_codes_do_not_go_to_is_not_texted() {
    let mut abroad = case();
    abroad.contact = Some(contact(Some("+18685551234"), Some("sara@example.org")));
    let link = format!("https://r.example/dammam/track?number={NUMBER}");
    let text = format!("عولج: {link}. رمزك {}", code());
    abroad.sends("sara@example.org", &text);
    abroad.document.identity.countries = vec!["966".into(), "1".into()];
    abroad.sends("+18685551234", &text);
}

#[test]
fn who_left_no_phone_or_has_no_gateway_gets_a_mail_and_who_left_nothing_gets_none() {
    let link = format!("https://r.example/dammam/track?number={NUMBER}");
    let text = format!("عولج: {link}. رمزك {}", code());
    let mut mail = case();
    mail.contact = Some(contact(None, Some("sara@example.org")));
    mail.sends("sara@example.org", &text);
    let mut without = case();
    without.means.sms = false;
    without.sends("sara@example.org", &text);
    without.means.email = false;
    without.settles(Settled::Nobody);
    for nobody in [
        None,
        Some(contact(None, None)),
        Some(contact(Some("12"), None)),
    ] {
        let unknown = Case {
            contact: nobody,
            ..case()
        };
        unknown.settles(Settled::Nobody);
    }
}

#[test]
fn an_event_without_words_tells_nobody() {
    let mut silent = case();
    silent.document.templates.resolved = Default::default();
    silent.settles(Settled::Nobody);
    let unknown = Case {
        template: "from a later version",
        ..case()
    };
    unknown.settles(Settled::Nobody);
}

#[test]
fn at_night_a_phone_stays_silent_until_the_morning_and_a_mailbox_does_not() {
    let mut night = Case {
        now: time(NIGHT),
        ..case()
    };
    night.document.quiet_hours = Some(balagh_shared::municipality::QuietHours {
        from: "22:00".into(),
        until: "07:00".into(),
    });
    night.settles(Settled::Later {
        due: time("2026-11-23T04:00:00Z"),
        attempts: 3,
    });
    let mut receipt = Case {
        template: "received",
        state: State::Received,
        received_at: time(NIGHT).plus_millis(-60_000),
        ..night
    };
    receipt.sends("+966501234567", &format!("رقم بلاغك {NUMBER}"));
    receipt.received_at = time(NIGHT).plus_millis(-FRESH_MS);
    assert!(matches!(
        receipt.plan(),
        Plan::Settle(Settled::Later { .. })
    ));
    receipt.contact = Some(contact(None, Some("sara@example.org")));
    receipt.sends("sara@example.org", &format!("رقم بلاغك {NUMBER}"));
    receipt.template = "overdue";
    receipt.audience = Audience::Department("triage".into());
    let late = format!("تأخر البلاغ {NUMBER}: أُنجز العمل");
    receipt.sends("intake@dammam.example", &late);
}

#[test]
fn what_is_no_longer_true_is_not_told() {
    let left = Case {
        states: vec![(State::Rejected, What::State)],
        ..case()
    };
    left.settles(Settled::Superseded);
    let again = Case {
        is_repeated: true,
        ..case()
    };
    again.settles(Settled::Superseded);
    // The number holds for ever.
    let receipt = Case {
        template: "received",
        state: State::Received,
        ..case()
    };
    receipt.sends("+966501234567", &format!("رقم بلاغك {NUMBER}"));
}

#[test]
fn a_transfer_is_told_with_whom_to_contact() {
    let mut moved = case();
    let texts = &mut moved.document.templates.transferred.0;
    texts.insert("ar".into(), "{number} لدى {agency}، {contact}".into());
    moved.states = vec![
        (State::Screened, What::State),
        (
            State::Transferred,
            What::Transferred {
                agency: "electricity".into(),
                reference: None,
            },
        ),
    ];
    (moved.state, moved.template) = (State::Transferred, "transferred");
    moved.sends("+966501234567", &format!("{NUMBER} لدى شركة الكهرباء، 933"));
}

#[test]
fn a_department_without_a_mailbox_is_not_told() {
    let mut overdue = Case {
        template: "overdue",
        audience: Audience::Department("cleanliness".into()),
        ..case()
    };
    overdue.settles(Settled::Nobody);
    overdue.audience = Audience::Department("closed last year".into());
    overdue.settles(Settled::Nobody);
}

fn errand(attempts: u32, expires_at: Timestamp) -> Errand {
    Errand {
        id: 1,
        number: NUMBER.into(),
        audience: Audience::Reporter,
        template: "closed".into(),
        state: State::Closed,
        created_at: time(DAY),
        attempts,
        expires_at,
        is_repeated: false,
    }
}

#[test]
fn a_lasting_refusal_is_a_dead_letter_at_once() {
    let refused = Err(SendError::Permanent(Cause::Status(400)));
    let settled = after(&errand(0, time(DAY)), refused, time(DAY), 0);
    assert_eq!(settled, Settled::Dead("the answer was 400".into()));
}

proptest! {
    #[test]
    fn what_may_work_later_is_tried_until_it_is_no_news(
        attempts in 0_u32..100, jitter: u8, left in 0_i64..10_000_000,
    ) {
        let now = time(DAY);
        let expires = now.plus_millis(left);
        let away = Err(SendError::Temporary(Cause::Unreachable));
        match after(&errand(attempts, expires), away, now, jitter) {
            Settled::Later { due, attempts: counted } => {
                prop_assert!(now < due && due < expires);
                prop_assert_eq!(counted, attempts + 1);
            }
            settled => {
                prop_assert_eq!(settled, Settled::Dead("the connection failed".into()));
                prop_assert!(left <= 300_000);
            }
        }
    }
}

#[test]
fn who_reported_by_phone_is_sent_number_and_code_where_the_document_has_words_for_it() {
    let mut taken_in = Case {
        template: "received",
        state: State::Received,
        received_at: time(DAY),
        ..case()
    };
    let words = [("ar", "بلاغك {number}"), ("en", "Your report {number}")];
    let translated = |words: [(&str, &str); 2]| {
        Translated(
            words
                .map(|(of, text)| (of.to_owned(), text.to_owned()))
                .into(),
        )
    };
    taken_in.document.templates.received = translated(words);
    let to = "+966501234567";
    taken_in.secret = Some("K7QF52MDX9");
    taken_in.sends(to, &format!("بلاغك {NUMBER}"));
    let with_code = [
        ("ar", "بلاغك {number} ورمزه {secret}"),
        ("en", "{number} {secret}"),
    ];
    taken_in.document.templates.taken_in = translated(with_code);
    taken_in.sends(to, &format!("بلاغك {NUMBER} ورمزه K7QF52MDX9"));
    // Who reported by themselves has seen their code.
    taken_in.secret = None;
    taken_in.sends(to, &format!("بلاغك {NUMBER}"));
}
