//! Work, limits, score and marks: what is asked for, what is held, and what only watches.

use balagh_shared::proof::Challenge;
use proptest::prelude::*;

use super::*;

/// An advertisement, as the score knows them.
const ADVERT: &str =
    "Best online casino bonus! Win real money now, WhatsApp 0501112233: http://bit.ly/x7";
/// Something between an advertisement and a report.
const DOUBTFUL: &str = "Please like and subscribe to my cooking channel on YouTube";

/// The challenge that a decision asks for.
fn asked(decision: &Decision) -> Option<Challenge> {
    let body: Value = serde_json::from_slice(&decision.response.body).unwrap();
    serde_json::from_value(body["challenge"].clone()).ok()
}

/// A town whose limits a handful of reports fill, and whose work is easy.
fn strict() -> Value {
    json!({
        "sender": {"burst": 2, "every_seconds": 60}, "network": {"burst": 4, "every_seconds": 60},
        "contact": {"burst": 3, "every_seconds": 60}, "whole": {"burst": 8, "every_seconds": 60},
        "ceiling": {"burst": 100, "every_seconds": 1}, "proof": {"least": 1000, "most": 4000}
    })
}

/// A report whose counter of this kind stands as after so many others.
fn after(others: i64, kind: &str, screening: &Value) -> Sent {
    let sent = Sent::good().where_screening(screening.clone());
    let (wanted, _) = sent.screened();
    let name = wanted
        .counters
        .into_iter()
        .find(|it| it.starts_with(kind))
        .unwrap();
    let tat = now().millis() + others * 60_000;
    sent.with_reads(|reads| reads.counters.extend([(name, tat)]))
}

/// The same with the work done that it is asked for, if it is.
fn with_work(sent: Sent) -> Sent {
    let (_, decision) = sent.screened();
    match asked(&decision) {
        Some(challenge) => {
            let solved = challenge.answered().unwrap();
            sent.with_header("balagh-proof", &solved)
        }
        None => sent,
    }
}

#[test]
fn in_calm_nobody_is_asked_for_anything() {
    for kind in ["sender/", "network/", "contact/", "whole/"] {
        let (_, decision) = after(1, kind, &strict()).screened();
        assert_eq!(decision.verdict, Verdict::Accept, "{kind}");
    }
}

#[test]
fn work_that_was_asked_for_in_calmer_times_is_not_enough_under_pressure() {
    let mut screening = strict();
    screening["proof"] = json!({"least": 1000, "most": 64_000});
    let (_, easy) = after(8, "whole/", &screening).screened();
    let collected = asked(&easy).unwrap().answered().unwrap();
    let calm = after(8, "whole/", &screening).with_header("balagh-proof", &collected);
    assert_eq!(calm.screened().1.verdict, Verdict::Accept);
    let pressed = || after(30, "whole/", &screening);
    let again = pressed().with_header("balagh-proof", &collected);
    let (_, decision) = again.screened();
    assert_eq!(decision.verdict, Verdict::Challenge, "it is asked anew");
    assert_ne!(
        with_work(pressed()).screened().1.verdict,
        Verdict::Challenge
    );
}

#[test]
fn past_the_calm_of_any_subject_work_is_asked_for_and_then_the_report_is_taken() {
    for (kind, calm) in [
        ("sender/", 2),
        ("network/", 4),
        ("contact/", 3),
        ("whole/", 8),
    ] {
        let (_, calm_still) = after(calm - 1, kind, &strict()).screened();
        assert_eq!(calm_still.verdict, Verdict::Accept, "{kind}");
        let pressed = after(calm, kind, &strict());
        let (_, decision) = pressed.screened();
        let said = (decision.verdict, decision.step, decision.response.status);
        assert_eq!(said, (Verdict::Challenge, Step::Proof, 428), "{kind}");
        assert_eq!(decision.reasons, [Reason::ProofRequired]);
        assert!(decision.effects.is_empty(), "a 428 burns nothing");
        let worked = with_work(pressed);
        let (wanted, decision) = worked.screened();
        assert_eq!(decision.verdict, Verdict::Accept, "{kind}");
        let spends = |it: &Effect| matches!(it, Effect::SpendNonce { nonce, .. } if Some(*nonce) == wanted.proof);
        assert!(
            decision.effects.iter().any(spends),
            "the challenge is spent with the report"
        );
    }
}

#[test]
fn a_spent_a_broken_or_a_foreign_challenge_is_answered_with_a_new_one() {
    let worked = with_work(after(2, "sender/", &strict()));
    let spent = worked.with_reads(|reads| reads.proof_spent = true);
    assert_eq!(spent.screened().1.verdict, Verdict::Challenge);
    for broken in ["", "e30", "%%%"] {
        let sent = after(2, "sender/", &strict()).with_header("balagh-proof", broken);
        assert!(asked(&sent.screened().1).is_some(), "{broken}");
    }
    // In calm it is not even looked at.
    let calm = Sent::good().with_header("balagh-proof", "%%%");
    assert_eq!(calm.screened().1.verdict, Verdict::Accept);
}

#[test]
fn a_report_that_is_refused_for_another_reason_keeps_its_challenge() {
    let worked = with_work(after(2, "sender/", &strict()));
    let wrong = worked.with_report(|it| it["category"] = json!("no.such"));
    let (_, decision) = wrong.screened();
    assert_eq!(
        (decision.verdict, decision.step),
        (Verdict::Reject, Step::Rules)
    );
    assert!(decision.effects.is_empty());
}

#[test]
fn far_past_a_limit_a_person_looks_and_only_the_ceiling_refuses() {
    for (kind, burst, reason) in [
        ("sender/", 2, Reason::LimitSender),
        ("network/", 4, Reason::LimitNetwork),
        ("contact/", 3, Reason::LimitContact),
    ] {
        let full = burst * i64::from(limits::PATIENCE);
        let (_, decision) = with_work(after(full, kind, &strict())).screened();
        assert_eq!(
            (decision.verdict, &decision.reasons[..]),
            (Verdict::Quarantine, &[reason][..])
        );
        // A person's look does not show on the receipt.
        let receipt: Receipt = serde_json::from_slice(&decision.response.body).unwrap();
        assert_eq!(receipt.verdict, Acknowledged::Accepted);
    }
    let (_, everybody) = with_work(after(40, "whole/", &strict())).screened();
    assert_eq!(everybody.verdict, Verdict::Accept);
    let (_, flood) = after(2, "ceiling/", &strict()).screened();
    assert_eq!(
        (flood.verdict, flood.response.status),
        (Verdict::Reject, 429)
    );
    assert_eq!(flood.response.headers.get("retry-after"), Some("1"));
}

#[test]
fn a_partners_program_is_counted_by_its_key_and_never_asked_for_work() {
    let program = |reads: &dyn Fn(&mut Reads)| {
        let sent = Sent::good()
            .where_screening(strict())
            .with_header("authorization", "Bearer partner-key-for-tests");
        sent.with_reads(reads).screened()
    };
    let (wanted, decision) = program(&|_| {});
    assert_eq!(decision.verdict, Verdict::Accept);
    let kinds: Vec<&str> = wanted
        .counters
        .iter()
        .map(|it| it.split('/').next().unwrap())
        .collect();
    assert_eq!(kinds, ["ceiling", "partner", "contact"]);
    let name = wanted.counters[1].clone();
    // A hundred at once, then one a second.
    let full = now().millis() + 100_000;
    let (_, flood) = program(&|reads| {
        reads.counters.insert(name.clone(), full);
    });
    assert_eq!(
        (flood.verdict, &flood.reasons[..]),
        (Verdict::Quarantine, &[Reason::LimitPartner][..])
    );
}

#[test]
fn an_advertisement_is_held_with_its_reasons_and_reads_as_received() {
    let advert = Sent::good().with_report(|it| it["description"] = json!(ADVERT));
    let (_, decision) = advert.screened();
    assert_eq!(
        (decision.verdict, decision.response.status),
        (Verdict::Quarantine, 201)
    );
    assert!(
        decision.reasons.contains(&Reason::SpamLinks),
        "{:?}",
        decision.reasons
    );
    assert!(decision.reasons.contains(&Reason::SpamAdvertising));
}

#[test]
fn a_doubtful_text_costs_its_device_some_work_and_is_taken() {
    let doubtful = || {
        let screening = json!({"spam": {"challenge": 0.3, "quarantine": 0.99}, "proof": {"least": 1000, "most": 4000}});
        let sent = Sent::good().where_screening(screening);
        sent.with_report(|it| it["description"] = json!(DOUBTFUL))
    };
    let (_, decision) = doubtful().screened();
    assert_eq!(
        (decision.verdict, decision.step),
        (Verdict::Challenge, Step::Spam)
    );
    assert_eq!(with_work(doubtful()).screened().1.verdict, Verdict::Accept);
}

#[test]
fn a_step_in_shadow_says_what_it_would_do_and_a_step_that_is_off_says_nothing() {
    let advert = |screening: Value| {
        let mut screening = screening;
        screening["sender"] = json!({"burst": 1, "every_seconds": 60});
        let sent = after(i64::from(limits::PATIENCE), "sender/", &screening);
        sent.with_report(|it| it["description"] = json!(ADVERT))
            .screened()
            .1
    };
    let steps = json!(["proof", "limits", "spam", "duplicate"]);
    let watched = advert(json!({"shadow": steps}));
    assert_eq!(
        (watched.verdict, &watched.reasons[..]),
        (Verdict::Accept, &[][..])
    );
    let said: Vec<_> = watched
        .opinions
        .iter()
        .map(|it| (it.step, it.verdict, it.shadow))
        .collect();
    assert_eq!(
        said,
        [
            (Step::Proof, Verdict::Challenge, true),
            (Step::Limits, Verdict::Quarantine, true),
            (Step::Spam, Verdict::Quarantine, true),
        ]
    );
    let off = advert(json!({"off": steps}));
    assert_eq!((off.verdict, off.opinions), (Verdict::Accept, Vec::new()));
}

#[test]
fn what_was_said_lately_or_close_by_is_marked_and_taken() {
    let repeated = Sent::good().with_reads(|reads| reads.alike = 3);
    check(
        repeated,
        Verdict::Accept,
        Step::Verdict,
        &[Reason::TextRepeated],
    );
    let nearby = Sent::good().with_reads(|reads| reads.nearby = true);
    check(
        nearby,
        Verdict::Accept,
        Step::Verdict,
        &[Reason::DuplicateNearby],
    );
}

#[test]
fn what_was_made_of_a_report_is_kept_without_its_words() {
    let advert = Sent::good().with_report(|it| it["description"] = json!(ADVERT));
    let (_, decision) = advert.screened();
    let Some(Effect::InsertReport(insert)) = decision.effects.first() else {
        panic!("{:?}", decision.verdict)
    };
    let kept = serde_json::to_string(&insert.screened).unwrap();
    assert!(insert.screened.score > 700, "{}", insert.screened.score);
    for word in ["casino", "bit.ly", "0501112233"] {
        assert!(!kept.contains(word), "{kept}");
    }
}

proptest! {
    #[test]
    fn no_text_is_refused_for_its_score(text in "(\\PC{0,60} ){0,4}(casino|قرض|http://bit\\.ly/x|lamp)") {
        let sent = Sent::good().with_report(|it| it["description"] = json!(text));
        let (_, decision) = sent.screened();
        // Characters that do not travel are refused by the rules, and by nothing else.
        let by_rules = decision.step == Step::Rules;
        prop_assert!(decision.verdict != Verdict::Reject || by_rules, "{:?}", decision.step);
    }

    #[test]
    fn any_header_is_survived(header in "\\PC{0,300}") {
        let sent = after(2, "sender/", &strict()).with_header("balagh-proof", &header);
        prop_assert_eq!(sent.screened().1.verdict, Verdict::Challenge);
    }
}

#[test]
fn a_page_that_cannot_work_is_never_turned_away_a_person_looks_at_its_report_instead() {
    let plain = |mut sent: Sent| {
        sent.can_work = false;
        let (_, decision) = sent.screened();
        (decision.verdict, decision.response.status, decision.reasons)
    };
    assert_eq!(plain(Sent::good()).0, Verdict::Accept, "nothing in calm");
    for (kind, calm) in [("sender/", 2), ("network/", 4), ("whole/", 8)] {
        let pressed = plain(after(calm, kind, &strict()));
        let expected = (Verdict::Quarantine, 201, vec![Reason::ProofRequired]);
        assert_eq!(pressed, expected, "{kind}");
    }
    let doubtful = Sent::good().with_report(|it| it["description"] = json!(DOUBTFUL));
    let (verdict, status, _) = plain(doubtful);
    assert_eq!((verdict, status), (Verdict::Quarantine, 201));
    // Where the step only watches, it only watches.
    let mut watched = strict();
    watched["shadow"] = json!(["proof"]);
    assert_eq!(plain(after(2, "sender/", &watched)).0, Verdict::Accept);
}
