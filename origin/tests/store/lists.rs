//! What staff and the public look through: pages, filters, counts.

use balagh_origin::lifecycle::step::{Outcome, Step};
use balagh_origin::lifecycle::{Actor, Event, What};
use balagh_origin::queue::{Order, QueueFilter};
use balagh_origin::store::{Listing, Span, StoredReport, Which};
use balagh_shared::report::Point;
use balagh_shared::status::State;
use balagh_shared::time::HOUR_MS;

use crate::support::{now, number, on_each, report};

fn filter() -> QueueFilter {
    QueueFilter {
        municipality: "dammam".into(),
        ..QueueFilter::default()
    }
}

#[tokio::test]
async fn pages_of_the_queue_follow_one_another_in_either_order() {
    on_each(async |town| {
        for hours in 1..=5 {
            town.insert(&report(hours)).await;
        }
        for (order, expected) in [
            (Order::Newest, [1, 2, 3, 4, 5]),
            (Order::Due, [5, 4, 3, 2, 1]),
        ] {
            let mut found = Vec::new();
            let mut filter = QueueFilter {
                order,
                is_open: true,
                ..filter()
            };
            loop {
                let page = town.store.queue(&filter, 2).await.unwrap();
                found.extend(page.rows.into_iter().map(|row| row.number));
                filter.after = page.next;
                if filter.after.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected.map(number), "{order:?} on {}", town.place);
        }
    })
    .await;
}

#[tokio::test]
async fn each_filter_lets_through_what_it_says() {
    on_each(async |town| {
        for hours in 1..=3 {
            town.insert(&report(hours)).await;
        }
        town.step(&number(2), 1, &Step::Start).await.unwrap();
        let some = |text: &str| Some(text.to_owned());
        let visible = |codes: &[&str]| Some(codes.iter().map(|&it| it.to_owned()).collect());
        let words = "'); drop table";
        for (filter, expected) in [
            (filter(), 3),
            (
                QueueFilter {
                    is_open: true,
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    state: some("in_progress"),
                    ..filter()
                },
                1,
            ),
            (
                QueueFilter {
                    district: some("west-dammam"),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    district: some("' OR 1=1 --"),
                    ..filter()
                },
                0,
            ),
            (
                QueueFilter {
                    category: some("cleanliness.street"),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    department: some("cleanliness"),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    channel: some("phone"),
                    ..filter()
                },
                0,
            ),
            (
                QueueFilter {
                    verdict: some("accept"),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    visible: visible(&[]),
                    ..filter()
                },
                0,
            ),
            (
                QueueFilter {
                    visible: visible(&["cleanliness.street", "x"]),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    level: Some(0),
                    ..filter()
                },
                3,
            ),
            (
                QueueFilter {
                    level: Some(1),
                    ..filter()
                },
                0,
            ),
            (
                QueueFilter {
                    due_before: Some(now().plus_millis(22 * HOUR_MS)),
                    ..filter()
                },
                1,
            ),
            (
                QueueFilter {
                    municipality: "abu-dhabi".into(),
                    ..filter()
                },
                0,
            ),
        ] {
            let page = town.store.queue(&filter, 10).await.unwrap();
            assert_eq!(page.rows.len(), expected, "{filter:?} on {}", town.place);
            let count = town.store.queue_count(&filter).await.unwrap();
            assert_eq!(count as usize, expected, "{filter:?} on {}", town.place);
        }
        let searched = QueueFilter {
            words: some(words),
            ..filter()
        };
        assert_eq!(town.store.queue(&searched, 10).await.unwrap().rows.len(), 3);
        let searched = QueueFilter {
            words: some("مدرسة"),
            ..filter()
        };
        assert_eq!(town.store.queue(&searched, 10).await.unwrap().rows.len(), 0);
        let at = Point {
            lon: 49.9876,
            lat: 26.4123,
            accuracy_m: None,
        };
        assert_eq!(
            town.store.around(&filter(), at, 50.0).await.unwrap().len(),
            3,
            "{}",
            town.place
        );
        let away = Point { lat: 26.5, ..at };
        assert!(
            town.store
                .around(&filter(), away, 50.0)
                .await
                .unwrap()
                .is_empty()
        );
        let figures = town.store.figures().await.unwrap();
        assert_eq!(figures.reports.iter().map(|it| it.count).sum::<u64>(), 3);
        assert_eq!(figures.status_queue, 3, "{}", town.place);
    })
    .await;
}

#[tokio::test]
async fn the_public_list_is_of_its_time_its_categories_and_its_numbers() {
    on_each(async |town| {
        for hours in 1..=4 {
            town.insert(&report(hours)).await;
        }
        let publish = |report: &StoredReport| {
            let published = Event {
                at: now(),
                state: report.life().state,
                what: What::Published,
                actor: Actor::Staff,
                staff: Some("Huda".into()),
                note: None,
            };
            Ok(Outcome {
                events: vec![published],
                ..Outcome::default()
            })
        };
        let first = number(1);
        let published = town
            .store
            .step(&first, None, &town.documents, now(), publish);
        published.await.unwrap();
        let listing = |which: Which| Listing {
            municipality: "dammam".into(),
            public: vec!["cleanliness.street".into(), "lighting.out".into()],
            which,
        };
        let span = |hours: i64, skip: u32, categories: &[&str], states: &[State]| {
            listing(Which::Span(Span {
                from: now().plus_millis(-hours * HOUR_MS),
                until: now(),
                categories: categories.iter().map(|&it| it.to_owned()).collect(),
                states: states.to_vec(),
                skip,
                most: 2,
            }))
        };
        let numbers =
            |hours: &[i64]| -> Vec<String> { hours.iter().map(|&it| number(it)).collect() };
        for (listing, expected) in [
            (span(4, 0, &[], &[]), numbers(&[1, 2])),
            (span(4, 2, &[], &[]), numbers(&[3, 4])),
            (span(3, 2, &[], &[]), numbers(&[3])),
            (
                span(4, 0, &["cleanliness.street"], &[State::Assigned]),
                numbers(&[1, 2]),
            ),
            (span(4, 0, &["lighting.out"], &[]), Vec::new()),
            (span(4, 0, &[], &[State::Closed]), Vec::new()),
            (span(4, 0, &["waste.hidden"], &[]), Vec::new()),
            (listing(Which::Numbers(numbers(&[4, 2]))), numbers(&[2, 4])),
            (listing(Which::Numbers(Vec::new())), Vec::new()),
        ] {
            let listed = town.store.listed(&listing).await.unwrap();
            let found: Vec<String> = listed.iter().map(|it| it.number.clone()).collect();
            assert_eq!(found, expected, "{listing:?} on {}", town.place);
            for one in listed {
                assert_eq!(
                    one.words.is_some(),
                    one.number == number(1),
                    "{}",
                    town.place
                );
            }
        }
    })
    .await;
}
