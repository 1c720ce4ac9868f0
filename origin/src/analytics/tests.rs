//! A statement as people and programs get it.

use std::path::Path;
use std::sync::LazyLock;

use balagh_shared::time::Timestamp;
use proptest::prelude::*;

use super::fact::Fact;
use super::words::Words;
use super::*;
use crate::municipalities::Served;

static TOWN: LazyLock<Served> = LazyLock::new(|| {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/municipalities");
    Served::load(&fixtures.join("dammam/municipality.json"), None).unwrap()
});

fn fact(category: &str, minutes: Option<u32>, marks: Option<u8>) -> Fact {
    Fact {
        day: 19_820,
        category: category.to_owned(),
        district: "west-dammam".to_owned(),
        department: "cleanliness".to_owned(),
        channel: "<b>widget".to_owned(),
        partner: String::new(),
        reporter_type: "person".to_owned(),
        minutes,
        is_on_time: minutes.is_some_and(|minutes| minutes <= 60),
        is_rejected: false,
        is_transferred: false,
        reopenings: 0,
        marks,
    }
}

/// A statement of the day of the facts, compared with the day before, on which half as many came.
fn statement(facts: &[Fact]) -> Statement<'static> {
    let period = Period::parse("2024-04-07").unwrap();
    let baseline = period.previous().unwrap();
    let sums = |facts: &[Fact]| {
        let mut sums = Sums::default();
        facts.iter().for_each(|fact| sums.add(fact));
        sums
    };
    let of = |period: Period, facts: &[Fact]| {
        let sums = sums(facts);
        let counts = Counts {
            received: sums.total.received,
            completed: sums.total.completed,
        };
        let days = [(period.days().start, counts)];
        PeriodSums::of(period, [sums], days, &TOWN.document)
    };
    let now = of(period, facts);
    let before = of(baseline, facts.get(..facts.len() / 2).unwrap_or_default());
    Statement {
        served: &TOWN,
        period,
        now,
        contacts: Default::default(),
        baseline: Some((baseline, before)),
        as_of: Timestamp::from_millis(0),
        pending_days: 0,
    }
}

fn busy() -> Statement<'static> {
    let mut facts = vec![fact("general.unsure", None, None)];
    facts.extend((0..6).map(|_| fact("cleanliness.street", Some(60), Some(12))));
    facts.extend((0..3).map(|_| fact("lighting.out", Some(3_000), Some(9))));
    statement(&facts)
}

#[test]
fn a_period_is_told_in_sentences_of_both_languages() {
    let busy = busy();
    let english = sentences::of(&busy, Words::of("en")).join("\n");
    for said in [
        "Dammam test municipality received 10 reports and requests on 7 April 2024. It completed 9 of them: 90%.",
        "Half of these took 60 min or less, nine of ten 2.1 days or less, and 66.7% were done by the time set for them.",
        "There were 5 on 6 April 2024 (+100%), of which 80% were completed: a change of +12.5% relative to that, which is +10 points.",
        "By kind: Report 9, Not classified 1.",
        "Most were about: Street cleanliness 6, Street light out 3, general.unsure 1.",
        "66.7% of 9 who rated were satisfied",
    ] {
        assert!(english.contains(said), "{said}\nis not in\n{english}");
    }
    let arabic = sentences::of(&busy, Words::of("ar")).join("\n");
    assert!(
        arabic.contains("بلغ عدد ما استقبلته أمانة الدمام التجريبية يوم 7 أبريل 2024 م من بلاغات وطلبات 10، أُنجز منها 9، أي 90٪."),
        "{arabic}"
    );
}

#[test]
fn of_a_period_without_reports_it_says_that_and_no_more() {
    let empty = statement(&[]);
    for (language, said) in [
        ("en", "No report came in this period."),
        ("ar", "لم يرد أي بلاغ في هذه الفترة."),
    ] {
        let words = Words::of(language);
        assert_eq!(sentences::of(&empty, words), [said]);
        let page = page::page(&empty, &door::Asked::default(), words).into_string();
        assert!(
            page.contains(said) && page.contains(words.no_data),
            "{page}"
        );
        assert!(!page.contains("NaN") && !page.contains("<svg"), "{page}");
    }
}

#[test]
fn every_chart_stands_beside_a_table_and_what_was_typed_is_text() {
    let page = page::page(&busy(), &door::Asked::default(), Words::of("ar")).into_string();
    let count = |part: &str| page.matches(part).count();
    assert_eq!(count("<svg"), 1 + Dimension::ALL.len());
    assert_eq!(count("<table"), count("<svg"));
    assert!(!page.contains("<b>widget") && page.contains("&lt;b&gt;widget"));
    assert!(!page.contains("style=") && !page.contains("<script"));
}

#[test]
fn programs_get_null_for_what_there_is_no_figure_of() {
    let json = json::statement(&statement(&[]), &Dimension::ALL, "en");
    assert_eq!(json["total"]["received"], 0);
    for figure in [
        "completion_percent",
        "on_time_percent",
        "median_hours",
        "satisfaction_percent",
        "mean_mark",
    ] {
        assert!(json["total"][figure].is_null(), "{figure}");
    }
    assert!(json["change"]["completion"]["points"].is_null());
    let csv = csv::statement(&statement(&[]), &Dimension::ALL, "en");
    assert!(
        csv.ends_with("total,,,0,0,0,0,,0,,,,0,,0,0,0,0,0\r\n"),
        "{csv}"
    );
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let one = (
        0_usize..3,
        prop::option::of(0_u32..100_000),
        prop::option::of(3_u8..=15),
        any::<[bool; 3]>(),
        0_u32..3,
    );
    let fact = one.prop_map(
        |(category, minutes, marks, [is_on_time, is_rejected, is_transferred], reopenings)| Fact {
            is_on_time: is_on_time && minutes.is_some(),
            is_rejected: is_rejected && minutes.is_none(),
            is_transferred,
            reopenings,
            ..fact(
                ["cleanliness.street", "gone", "general.unsure"][category],
                minutes,
                marks,
            )
        },
    );
    prop::collection::vec(fact, 0..40)
}

proptest! {
    #[test]
    fn the_sums_of_two_days_are_those_of_all_their_reports(one in facts(), other in facts()) {
        let of = |facts: &[Fact]| {
            let mut sums = Sums::default();
            facts.iter().for_each(|fact| sums.add(fact));
            sums
        };
        let mut sum = of(&one);
        sum.merge(&of(&other));
        let all: Vec<Fact> = one.into_iter().chain(other).collect();
        prop_assert_eq!(&sum, &of(&all));
        let written = serde_json::to_string(&sum).unwrap();
        prop_assert_eq!(serde_json::from_str::<Sums>(&written).unwrap(), sum);
    }

    #[test]
    fn every_breakdown_adds_up_to_the_whole(facts in facts()) {
        let statement = statement(&facts);
        let total = statement.total().now;
        prop_assert_eq!(total.open() + total.completed + total.rejected, total.received);
        for dimension in Dimension::ALL {
            let sum: u64 = statement.rows(dimension).iter().map(|row| row.now.received).sum();
            prop_assert_eq!(sum, total.received);
        }
    }
}
