//! Codes without a server: what is decided, as data.

use std::sync::LazyLock;

use balagh_shared::contact::Confirmed;
use balagh_shared::district::Role;
use balagh_shared::district::compile::{LayerSource, compile};
use balagh_shared::proof::Challenge;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ask::{Randomness, Reads};
use super::*;
use crate::http::{Headers, Method, Request};
use crate::keys::for_tests;
use crate::ledger::count::Count;
use crate::screen::proof::PROOF_HEADER;
use crate::served::Served;

const MINUTE_MS: i64 = 60_000;
const PHONE: &str = "0501234567";

/// The town of the server's tests, which also asks who reports.
static TOWN: LazyLock<Served> = LazyLock::new(|| {
    let districts = LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson: include_str!("../../tests/fixtures/municipalities/test-town/districts.geojson"),
        id_property: "id",
        name_properties: &[("ar", "name_ar")],
        parent_property: None,
    };
    let document = include_str!("../../tests/fixtures/municipalities/test-town/municipality.json");
    let mut document: Value = serde_json::from_str(document).unwrap();
    document["identity"] = json!({
        "methods": ["phone_code", "email_code"], "countries": ["966", "92"]
    });
    let pack = compile(&[districts]).unwrap().pack;
    Served::open(&document.to_string(), pack, None).unwrap()
});

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T09:00:00+03:00").unwrap()
}

fn after(minutes: i64) -> Timestamp {
    now().plus_millis(minutes * MINUTE_MS)
}

fn request(body: &Value, proof: Option<String>) -> Request {
    let mut headers = Headers::default();
    if let Some(proof) = proof {
        headers.add(PROOF_HEADER, proof);
    }
    Request {
        method: Method::Post,
        path: "/v1/test-town/codes".into(),
        query: String::new(),
        headers,
        body: body.to_string().into_bytes(),
    }
}

/// The ledger of these tests: what the town knows, in memory.
#[derive(Default)]
struct Town {
    reads: Reads,
}

impl Town {
    /// Asks for a code, with the work done where it is asked for.
    fn ask(&mut self, body: &Value, at: Timestamp) -> Result<Sent, (u16, Value)> {
        match self.ask_with(body, at, None) {
            Err((428, problem)) => self.ask_with(body, at, Some(solve(&problem["challenge"]))),
            answer => answer,
        }
    }

    /// The only place that calls the decision.
    fn ask_with(
        &mut self,
        body: &Value,
        at: Timestamp,
        proof: Option<String>,
    ) -> Result<Sent, (u16, Value)> {
        let (keys, secrets) = (for_tests::screen(), for_tests::ledger());
        let request = request(body, proof);
        let sender = ("sender", "network");
        let asking = Asking::read(&TOWN, &keys, &secrets.contacts, &request, sender, at)
            .map_err(|violation| (violation.code.status(), json!(violation.code.code())))?;
        let randomness = Randomness {
            code: [3; 8],
            proof: [5; 36],
        };
        let decided = asking.decide(&secrets.contacts, &self.reads, at, &randomness);
        let sent = decided.map_err(|refused| {
            let problem = serde_json::from_slice(&refused.response.body).unwrap();
            (refused.response.status, problem)
        })?;
        self.reads.entry = sent.entry.clone();
        for count in &sent.counts {
            self.reads.counters.insert(count.subject.clone(), count.tat);
        }
        Ok(sent)
    }

    /// Counts a code as if its work had been done.
    fn count_unasked(&mut self, body: &Value, at: Timestamp) {
        let (keys, secrets) = (for_tests::screen(), for_tests::ledger());
        let request = request(body, None);
        let sender = ("sender", "network");
        let asking = Asking::read(&TOWN, &keys, &secrets.contacts, &request, sender, at).unwrap();
        for count in asking.counts(&self.reads, at).unwrap() {
            self.reads.counters.insert(count.subject, count.tat);
        }
    }

    /// Types a code; the code of a refusal, or the token.
    fn check(&mut self, contact: &Value, code: &str, at: Timestamp) -> Result<String, String> {
        self.check_by("sender", contact, code, at)
    }

    /// The same by somebody else.
    fn check_by(
        &mut self,
        sender: &str,
        contact: &Value,
        code: &str,
        at: Timestamp,
    ) -> Result<String, String> {
        let secrets = for_tests::ledger();
        let mut body = contact.clone();
        body["code"] = json!(code);
        let request = request(&body, None);
        let checking = Checking::read(&TOWN, &secrets.contacts, &request, sender).unwrap();
        let checked = checking.decide(&secrets.contacts, self.reads.entry.clone(), at);
        self.reads.entry = checked.entry.unwrap_or_else(|| self.reads.entry.clone());
        match checked.answer {
            Ok(response) => {
                let granted: Value = serde_json::from_slice(&response.body).unwrap();
                Ok(granted["token"].as_str().unwrap().to_owned())
            }
            Err(refused) => {
                let problem: Value = serde_json::from_slice(&refused.response.body).unwrap();
                let left = problem["violations"][0]["params"]["left"].as_str();
                Err(format!(
                    "{}{}",
                    refused.reason.code(),
                    left.map(|left| format!(" {left}")).unwrap_or_default()
                ))
            }
        }
    }
}

fn solve(challenge: &Value) -> String {
    let challenge: Challenge = serde_json::from_value(challenge.clone()).unwrap();
    challenge.answered().unwrap()
}

fn phone() -> Value {
    json!({"phone": PHONE})
}

#[track_caller]
fn refused(answer: Result<Sent, (u16, Value)>) -> (u16, String, i64) {
    let (status, problem) = answer.map(|sent| sent.response.status).unwrap_err();
    let code = problem["code"].as_str().or(problem.as_str()).unwrap();
    let wait = problem["violations"][0]["params"]["retry_after_s"].as_str();
    let wait = wait.map_or(0, |seconds| seconds.parse().unwrap());
    (status, code.to_owned(), wait)
}

#[test]
fn a_number_gets_three_codes_an_hour_and_six_a_day() {
    let mut town = Town::default();
    for _ in 0..3 {
        assert_eq!(town.ask(&phone(), now()).unwrap().response.status, 202);
    }
    let hour = (429, "code.limit".to_owned(), 3600);
    assert_eq!(refused(town.ask(&phone(), now())), hour);
    assert_eq!(refused(town.ask(&phone(), after(59))).2, 60);
    for _ in 0..3 {
        assert_eq!(town.ask(&phone(), after(60)).unwrap().response.status, 202);
    }
    // The day begins with the first of the six.
    assert_eq!(refused(town.ask(&phone(), after(120))).2, 22 * 3600);
    assert_eq!(
        town.ask(&phone(), after(24 * 60)).unwrap().response.status,
        202
    );
}

#[test]
fn the_second_code_of_a_number_takes_work_and_the_first_does_not() {
    let mut town = Town::default();
    assert!(town.ask_with(&phone(), now(), None).is_ok());
    let (status, problem) = town.ask_with(&phone(), now(), None).map(drop).unwrap_err();
    assert_eq!(
        (status, problem["code"].as_str()),
        (428, Some("proof.required"))
    );
    let solved = solve(&problem["challenge"]);
    // Solved, and spent on something else before.
    town.reads.proof_spent = true;
    assert_eq!(
        refused(town.ask_with(&phone(), now(), Some(solved.clone()))).0,
        428
    );
    town.reads.proof_spent = false;
    let sent = town.ask_with(&phone(), now(), Some(solved)).unwrap();
    assert!(sent.spent.is_some(), "the work counts once");
}

#[test]
fn a_sender_works_from_the_sixth_code_on_and_then_waits_whatever_the_numbers() {
    let mut town = Town::default();
    let mut efforts = Vec::new();
    for asked in 0..60 {
        // Another number each time: only the sender is the same.
        town.reads.entry = Entry::default();
        let body = json!({"phone": format!("0501200{asked:03}")});
        efforts.push(match town.ask_with(&body, now(), None) {
            Ok(_) => 0,
            Err((status, problem)) => {
                assert_eq!(
                    (status, problem["code"].as_str()),
                    (428, Some("proof.required"))
                );
                // The work itself grows too long for a test: its counter says how long it is.
                town.count_unasked(&body, now());
                1
            }
        });
    }
    assert_eq!(efforts.iter().position(|effort| *effort > 0), Some(5));
    town.reads.entry = Entry::default();
    let (status, code, wait) = refused(town.ask_with(&phone(), now(), None));
    assert_eq!((status, code.as_str(), wait), (429, "code.limit", 60));
}

#[test]
fn codes_go_only_to_countries_on_the_list_and_by_the_ways_that_are_offered() {
    let mut town = Town::default();
    let code = |answer| refused(answer).1;
    assert_eq!(
        code(town.ask(&json!({"phone": "+1 868 555 0100"}), now())),
        "code.country"
    );
    assert_eq!(
        code(town.ask(&json!({"phone": "+44 20 7946 0000"}), now())),
        "code.country"
    );
    assert_eq!(
        code(town.ask(&json!({"phone": "05 512"}), now())),
        "contact.phone"
    );
    assert_eq!(
        code(town.ask(&json!({"email": "a@b"}), now())),
        "contact.email"
    );
    for body in [
        json!({}),
        json!({"phone": PHONE, "email": "a@b.example"}),
        json!({"phone": PHONE, "code": "123456"}),
        json!({"phone": PHONE, "to": "x"}),
        json!("x"),
    ] {
        assert_eq!(code(town.ask(&body, now())), "request.malformed");
    }
    assert!(
        town.ask(&json!({"phone": "+92 300 1234567"}), now())
            .is_ok()
    );
    assert!(
        Town::default()
            .ask(&json!({"email": "a@b.example"}), now())
            .is_ok()
    );
}

#[test]
fn the_code_that_was_sent_gives_a_token_of_that_contact_once() {
    let secrets = for_tests::ledger();
    for contact in [phone(), json!({"email": "Amal@Example.org"})] {
        let mut town = Town::default();
        let sent = town.ask(&contact, now()).unwrap();
        let typed = format!("{} {}", &sent.code[..3], &sent.code[3..]);
        let token = town.check(&contact, &typed, after(9)).unwrap();
        let at = after(9).seconds();
        let confirmed = Confirmed::verify(&secrets.contacts, &token, "test-town", at).unwrap();
        assert!(confirmed.is_of(&secrets.contacts, &sent.address.reached()));
        let again = town.check(&contact, &sent.code, after(9));
        assert_eq!(again, Err("code.expired".to_owned()));
    }
}

#[test]
fn a_code_is_typed_in_the_digits_of_ones_own_script() {
    let mut town = Town::default();
    let sent = town.ask(&phone(), now()).unwrap();
    let arabic: String = sent
        .code
        .chars()
        .map(|c| char::from_u32(0x0660 + c.to_digit(10).unwrap()).unwrap())
        .collect();
    assert!(town.check(&phone(), &arabic, now()).is_ok());
}

#[test]
fn a_code_is_tried_five_times_and_for_ten_minutes() {
    let mut town = Town::default();
    let sent = town.ask(&phone(), now()).unwrap();
    let wrong = if sent.code == "000000" {
        "000001"
    } else {
        "000000"
    };
    // What is no code is no try.
    assert_eq!(
        town.check(&phone(), "12345", now()),
        Err("code.mismatch 5".to_owned())
    );
    for left in [4, 3, 2, 1] {
        let answer = town.check(&phone(), wrong, now());
        assert_eq!(answer, Err(format!("code.mismatch {left}")));
    }
    for code in [wrong, &sent.code] {
        assert_eq!(
            town.check(&phone(), code, now()),
            Err("code.expired".to_owned())
        );
    }
    let mut town = Town::default();
    let sent = town.ask(&phone(), now()).unwrap();
    assert_eq!(
        town.check(&phone(), &sent.code, after(10)),
        Err("code.expired".to_owned())
    );
}

#[test]
fn strangers_share_tries_and_leave_those_of_who_asked() {
    let mut town = Town::default();
    let sent = town.ask(&phone(), now()).unwrap();
    let wrong = if sent.code == "000000" {
        "000001"
    } else {
        "000000"
    };
    for left in [4, 3, 2, 1] {
        let stranger = format!("stranger {left}");
        let answer = town.check_by(&stranger, &phone(), wrong, now());
        assert_eq!(answer, Err(format!("code.mismatch {left}")));
    }
    for code in [wrong, &sent.code] {
        let answer = town.check_by("stranger", &phone(), code, now());
        assert_eq!(answer, Err("code.expired".to_owned()));
    }
    // A phone that is in another network by now is one of them, as long as there are tries.
    assert_eq!(
        town.check(&phone(), wrong, now()),
        Err("code.mismatch 4".to_owned())
    );
    assert!(town.check(&phone(), &sent.code, now()).is_ok());
    let mut town = Town::default();
    let sent = town.ask(&phone(), now()).unwrap();
    assert!(
        town.check_by("elsewhere", &phone(), &sent.code, now())
            .is_ok()
    );
}

#[test]
fn a_newer_code_replaces_the_older_and_another_contacts_code_is_wrong() {
    let mut town = Town::default();
    let first = town.ask(&phone(), now()).unwrap();
    let second = town.ask(&phone(), after(1)).unwrap();
    assert_eq!(first.code, second.code, "the randomness of this test");
    assert_ne!(
        first.entry.live.unwrap().mac,
        second.entry.live.unwrap().mac,
        "what is stored tells nothing of equal codes"
    );
    let other = json!({"phone": "0509999999"});
    // The other contact's entry would have to be stolen for this.
    assert_eq!(
        town.check(&other, &second.code, after(1)),
        Err("code.mismatch 4".to_owned())
    );
}

#[test]
fn a_code_that_could_not_be_sent_costs_nothing() {
    let mut town = Town::default();
    for _ in 0..8 {
        let sent = town.ask(&phone(), now()).unwrap();
        town.reads.entry = sent.taken_back(town.reads.entry.clone());
        assert_eq!(town.reads.entry, Entry::default());
        town.reads.counters.clear();
    }
    let first = town.ask(&phone(), now()).unwrap();
    let second = town.ask(&phone(), after(1)).unwrap();
    // The second went; that the first did not changes nothing of it.
    let left = first.taken_back(town.reads.entry.clone());
    assert_eq!(left.live, second.entry.live);
    assert_eq!(left.sent, [after(1)]);
}

#[test]
fn the_answer_says_until_when_and_from_when_on() {
    let mut town = Town::default();
    let answer = |sent: Sent| -> Value { serde_json::from_slice(&sent.response.body).unwrap() };
    let first = answer(town.ask(&phone(), now()).unwrap());
    assert_eq!(first["expires_at"], json!(after(10)));
    assert_eq!(first["resend_at"], json!(now().plus_millis(30_000)));
    town.ask(&phone(), now()).unwrap();
    let third = answer(town.ask(&phone(), now()).unwrap());
    assert_eq!(third["resend_at"], json!(after(60)));
}

#[test]
fn a_country_that_is_not_ones_own_gets_two_thousand_messages_a_day() {
    let mut town = Town::default();
    let far = json!({"phone": "+92 300 1234567"});
    let sent = town.ask(&far, now()).unwrap();
    let full = after(24 * 60).millis();
    let is_country = |count: &&Count| count.subject == "code-country/test-town/92";
    let country = sent.counts.iter().find(is_country).unwrap();
    assert_eq!(country.step_ms, 24 * 60 * MINUTE_MS / 2_000);
    town.reads.entry = Entry::default();
    town.reads.counters.insert(country.subject.clone(), full);
    let (status, code, wait) = refused(town.ask(&far, now()));
    assert_eq!((status, code.as_str(), wait), (429, "code.limit", 44));
    // Everybody else's go on.
    assert!(town.ask(&phone(), now()).is_ok());
}

proptest! {
    #[test]
    fn nobody_gets_more_than_three_an_hour_and_six_a_day_however_they_ask(
        gaps in prop::collection::vec(0_i64..200, 1..40)
    ) {
        let (mut entry, mut sent, mut at) = (Entry::default(), Vec::new(), now());
        for gap in gaps {
            at = at.plus_millis(gap * MINUTE_MS);
            // The work is not what is tested here: as `decide` has it, without a challenge.
            let mut times = bounds::recent(&entry.sent, at);
            if bounds::next(&times, at) <= at {
                sent.push(at);
                times.push(at);
            }
            entry.sent = times;
        }
        for (i, from) in sent.iter().enumerate() {
            let within = |window: i64| sent[i..].iter().filter(|to| to.millis() - from.millis() < window).count();
            prop_assert!(within(60 * MINUTE_MS) <= 3);
            prop_assert!(within(24 * 60 * MINUTE_MS) <= 6);
        }
    }
}
