//! Who reports, as the screen asks: a municipality, a category, and what came along.

use balagh_shared::contact::{Channel, Confirmed, Reached};
use balagh_shared::delivery::Confirmation;
use balagh_shared::rules::{email, phone};

use super::*;

/// The town, where lamps are reported by name and all else by whoever likes.
fn town(methods: &str) -> &'static Served {
    let mut document: Value = serde_json::from_str(include_str!(
        "../../../tests/fixtures/municipalities/test-town/municipality.json"
    ))
    .unwrap();
    document["identity"]["methods"] = serde_json::from_str(methods).unwrap();
    document["groups"][0]["categories"][0]["anonymous"] = json!(false);
    let pack = TOWN.packs().full.clone();
    Box::leak(Box::new(
        Served::open(&document.to_string(), pack, None).unwrap(),
    ))
}

fn token(contact: &Reached, municipality: &str, at: i64) -> String {
    Confirmed::mint(&for_tests::ledger().contacts, municipality, contact, at)
}

fn own() -> Reached {
    Reached::by_phone(&phone("0501234567", &TOWN.public().contact).unwrap())
}

fn outside() -> Outside {
    Outside {
        issuer: "https://id.example".into(),
        subject: "1098765432".into(),
        nonce: [8; 16],
        forget_at: now().seconds() + 300,
    }
}

fn to(town: &'static Served) -> Sent {
    Sent {
        town,
        ..Sent::good()
    }
}

/// What the origin is told of who reports, or the refusal and its step.
fn told(sent: &Sent) -> Result<Option<Confirmation>, (Step, Vec<Reason>)> {
    let (_, decision) = sent.screened();
    let insert = decision.effects.iter().find_map(|effect| match effect {
        Effect::InsertReport(insert) => Some(insert.delivery.confirmed.clone()),
        _ => None,
    });
    insert.ok_or((decision.step, decision.reasons))
}

#[track_caller]
fn refused(sent: &Sent, step: Step, reason: Reason) {
    assert_eq!(told(sent), Err((step, vec![reason])));
}

const BY_CODE: &str = r#"["phone_code", "email_code"]"#;

#[test]
fn where_a_code_is_asked_for_only_the_reports_own_contact_counts() {
    let town = town(BY_CODE);
    let now = now().seconds();
    let with = |token: &str| to(town).with_header("balagh-contact", token);
    let unverified = |sent: &Sent| refused(sent, Step::Identity, Reason::ContactUnverified);
    unverified(&to(town));
    unverified(&with("nonsense"));
    unverified(&with(&token(&own(), "other-town", now)));
    unverified(&with(&token(&own(), "test-town", now - 31 * 86_400)));
    let mail = Reached::by_email(&email("amal@example.org").unwrap());
    unverified(&with(&token(&mail, "test-town", now)));
    let by_phone = Some(Confirmation {
        contact: Some(Channel::Phone),
        identity: None,
    });
    assert_eq!(told(&with(&token(&own(), "test-town", now))), Ok(by_phone));
    let by_mail = with(&token(&mail, "test-town", now)).with_report(|report| {
        report["contact"] = json!({"phone": "0509999999", "email": "Amal@Example.org"});
    });
    assert_eq!(
        told(&by_mail).unwrap().unwrap().contact,
        Some(Channel::Email)
    );
}

#[test]
fn whoever_mistyped_a_number_is_told_so_and_not_asked_to_confirm_it() {
    let sent = to(town(BY_CODE)).with_report(|report| {
        report["contact"] = json!({"phone": "05 012"});
    });
    refused(&sent, Step::Rules, Reason::ContactPhone);
    let unknown = to(town(BY_CODE)).with_report(|report| report["category"] = json!("no.such"));
    refused(&unknown, Step::Rules, Reason::CategoryUnknown);
}

#[test]
fn a_category_that_may_be_reported_without_a_name_asks_nobody() {
    for methods in [BY_CODE, r#"["token"]"#] {
        let sent = to(town(methods)).with_report(|report| {
            report["category"] = json!("lighting.pole");
            report.as_object_mut().unwrap().remove("contact");
        });
        assert_eq!(told(&sent), Ok(None));
        // Nor is anybody's sign-in kept, good or bad, who leaves no contact.
        for outside in [Ok(outside()), Err(Reason::IdentityInvalid)] {
            let sent = Sent {
                outside: Some(outside),
                ..to(town(methods)).with_report(|report| {
                    report["category"] = json!("lighting.pole");
                    report.as_object_mut().unwrap().remove("contact");
                })
            };
            assert_eq!(told(&sent), Ok(None));
        }
    }
}

#[test]
fn where_nothing_is_asked_a_confirmed_contact_is_still_known() {
    let token = token(&own(), "test-town", now().seconds());
    let sent = Sent::good().with_header("balagh-contact", &token);
    assert_eq!(told(&sent).unwrap().unwrap().contact, Some(Channel::Phone));
    assert_eq!(told(&Sent::good()), Ok(None));
    let stale = Sent::good().with_header("balagh-contact", "stale");
    assert_eq!(told(&stale), Ok(None));
}

#[test]
fn a_signed_in_page_is_believed_once_and_named_by_a_hash() {
    let town = town(r#"["token"]"#);
    refused(&to(town), Step::Identity, Reason::IdentityExpired);
    let with = |outside| Sent {
        outside: Some(outside),
        ..to(town)
    };
    for reason in [Reason::IdentityExpired, Reason::IdentityInvalid] {
        refused(&with(Err(reason)), Step::Identity, reason);
    }
    let known = told(&with(Ok(outside()))).unwrap().unwrap();
    let name = known.identity.unwrap();
    assert!(name.starts_with("i1.test.") && !name.contains("1098765432"));
    let (wanted, decision) = with(Ok(outside())).screened();
    assert_eq!(wanted.identity, Some([8; 16]));
    let spends =
        |effect: &&Effect| matches!(effect, Effect::SpendNonce { nonce, .. } if *nonce == [8; 16]);
    assert_eq!(decision.effects.iter().filter(spends).count(), 1);
    let spent = with(Ok(outside())).with_reads(|reads| reads.identity_spent = true);
    refused(&spent, Step::Identity, Reason::IdentityExpired);
}

#[test]
fn a_sign_in_that_the_municipality_does_not_take_is_not_looked_at() {
    let sent = Sent {
        outside: Some(Err(Reason::IdentityInvalid)),
        ..Sent::good()
    };
    assert_eq!(told(&sent), Ok(None));
}

#[test]
fn a_partner_answers_for_its_own_people() {
    let sent = to(town(BY_CODE)).with_header("authorization", "Bearer partner-key-for-tests");
    assert_eq!(told(&sent), Ok(None));
}
