//! A story told to the stack, day by day.
//!
//! A day is one moment on the clock: first what was to happen by itself, then what staff and reporters
//! do, then what comes in. The clock moves on only when nothing is on its way any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use balagh_shared::problem::Problem;
use balagh_shared::proof::Challenge;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::clock;
use crate::documents::key;
use crate::stack::Stack;
use crate::story::{Fate, Sent, Then};

/// Requests on their way at once.
const AT_ONCE: usize = 8;
/// After the last day: until what closes by itself has closed.
const DAYS_AFTER: i64 = 21;

/// Something that was sent, and what came of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// What.
    pub sent: Sent,
    /// Its number, where the edge took it.
    pub number: Option<String>,
    /// Whether the screen held it for a person.
    pub is_held: bool,
    /// How many messages its reporter had when it was done.
    pub messages_before: usize,
    secret: String,
}

/// What is to be done about a report.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Send,
    Resolve,
    Rate([u8; 3]),
    CloseByCode,
    CloseForAgency,
}

/// Tells a story, whatever its order; gives everything that was sent.
pub async fn play(stack: &Arc<Stack>, story: Vec<Sent>) -> Vec<Told> {
    let mut told: Vec<Told> = story
        .into_iter()
        .map(|sent| Told {
            sent,
            number: None,
            is_held: false,
            messages_before: 0,
            secret: String::new(),
        })
        .collect();
    let mut deeds: BTreeMap<i64, Vec<(usize, Deed)>> = BTreeMap::new();
    for (at, one) in told.iter().enumerate() {
        let day = one.sent.at.millis().div_euclid(DAY_MS);
        deeds.entry(day).or_default().push((at, Deed::Send));
        let Fate::Done { after_days, then } = one.sent.fate else {
            continue;
        };
        let done = day + after_days.max(1);
        let (first, second) = match then {
            Then::Nothing => (Deed::Resolve, None),
            Then::Rated(marks) => (Deed::Resolve, Some(Deed::Rate(marks))),
            Then::Coded => (Deed::Resolve, Some(Deed::CloseByCode)),
            Then::HandedOn => (Deed::CloseForAgency, None),
        };
        deeds.entry(done).or_default().push((at, first));
        if let Some(second) = second {
            deeds.entry(done + 1).or_default().push((at, second));
        }
    }
    let last = deeds.keys().last().copied().unwrap_or_default();
    for day in last + 1..=last + DAYS_AFTER {
        deeds.entry(day).or_default();
    }
    for (day, deeds) in deeds {
        // Ten in the morning by Greenwich is daytime everywhere here: no message waits for a night.
        let moment = Timestamp::from_millis(day * DAY_MS + 8 * HOUR_MS + day % 3 * HOUR_MS);
        one_day(stack, moment, deeds, &mut told).await;
    }
    told
}

async fn one_day(
    stack: &Arc<Stack>,
    moment: Timestamp,
    deeds: Vec<(usize, Deed)>,
    told: &mut [Told],
) {
    // Forms are opened a minute before they are sent.
    clock::set(moment.plus_millis(-60_000));
    let (sends, others): (Vec<_>, Vec<_>) = deeds
        .into_iter()
        .partition(|(_, deed)| matches!(deed, Deed::Send));
    let opened = in_turns(&sends, |at, _| {
        let (stack, sent) = (Arc::clone(stack), told[at].sent.clone());
        async move { (at, session(&stack, &sent).await) }
    })
    .await;
    clock::set(moment);
    stack.quiet().await;
    for (at, deed) in &others {
        if matches!(deed, Deed::Resolve | Deed::CloseForAgency) {
            told[*at].messages_before = stack.messages(&told[*at].sent.phone).len();
        }
    }
    in_turns(&others, |at, deed| {
        let (stack, told) = (Arc::clone(stack), told[at].clone());
        async move { do_it(&stack, &told, deed).await }
    })
    .await;
    let taken = in_turns(&opened, |at, session: Option<String>| {
        let (stack, sent) = (Arc::clone(stack), told[at].sent.clone());
        async move { (at, send(&stack, at, &sent, session).await) }
    })
    .await;
    for (at, receipt) in taken {
        if let Some(receipt) = receipt {
            told[at].number = receipt["number"].as_str().map(str::to_owned);
            told[at].secret = receipt["secret"].as_str().unwrap_or_default().to_owned();
        }
    }
    stack.quiet().await;
    review(stack, told, &sends).await;
    stack.quiet().await;
}

/// Does something about each, some of them at once.
async fn in_turns<D: Clone, T: Send + 'static, F>(
    all: &[(usize, D)],
    mut task: impl FnMut(usize, D) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let mut done = Vec::with_capacity(all.len());
    let mut tasks = JoinSet::new();
    for (at, deed) in all {
        if tasks.len() >= AT_ONCE {
            done.push(tasks.join_next().await.unwrap().unwrap());
        }
        tasks.spawn(task(*at, deed.clone()));
    }
    while let Some(one) = tasks.join_next().await {
        done.push(one.unwrap());
    }
    done
}

async fn session(stack: &Stack, sent: &Sent) -> Option<String> {
    if sent.adapter.is_some() {
        return None;
    }
    let request = stack.to_edge(&format!("/v1/{}/session", sent.town));
    let response = request.send().await.unwrap();
    let granted: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    granted["token"].as_str().map(str::to_owned)
}

/// Sends it; gives the receipt, where there is to be one.
async fn send(stack: &Stack, at: usize, sent: &Sent, session: Option<String>) -> Option<Value> {
    let [_, b, c, d] = u32::try_from(at).unwrap().to_be_bytes();
    let request = stack
        .to_edge(&format!("/v1/{}/reports", sent.town))
        .header("content-type", "application/json")
        .header("idempotency-key", format!("replay-{at:020}"))
        // Each from a network of its own.
        .header("x-forwarded-for", format!("{}.{c}.{d}.{b}", 20 + b));
    let request = match (sent.adapter, session) {
        (Some(adapter), _) => request.bearer_auth(key(sent.town, adapter)),
        (None, session) => request.header("balagh-session", session.unwrap()),
    };
    let request = request.body(sent.body.clone());
    let (mut status, mut said) = answer(request.try_clone().unwrap()).await;
    // A phone does the work that the screen may ask for, whoever is right about the text.
    if status == 428 {
        let problem: Problem = serde_json::from_str(&said).unwrap();
        let proof = problem.challenge.and_then(Challenge::answered).unwrap();
        (status, said) = answer(request.header("balagh-proof", proof)).await;
    }
    if sent.fate == Fate::Refused {
        assert!(matches!(status, 400 | 422), "{status} {said}");
        return None;
    }
    assert_eq!(status, 201, "{said}\n{}", sent.body);
    Some(serde_json::from_str(&said).unwrap())
}

async fn answer(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn do_it(stack: &Stack, told: &Told, deed: Deed) {
    let town = told.sent.town;
    let number = told.number.as_deref().unwrap();
    match deed {
        Deed::Send => {}
        Deed::Resolve => stack.step(town, number, "resolve", json!({})).await,
        Deed::CloseForAgency => {
            let note = "The agency has done it";
            stack
                .step(town, number, "close", json!({ "note": note }))
                .await;
        }
        Deed::CloseByCode => {
            let messages = stack.messages(&told.sent.phone);
            let code = messages.iter().rev().find_map(|text| six_digits(text));
            let code = code.unwrap_or_else(|| panic!("no code for {number} in {messages:?}"));
            stack
                .step(town, number, "close", json!({ "code": code }))
                .await;
        }
        Deed::Rate([quality, speed, service]) => {
            let body = json!({ "quality": quality, "speed": speed, "service": service });
            let request = stack
                .to_edge(&format!("/v1/{town}/reports/{number}/rate"))
                .header("content-type", "application/json")
                .header("authorization", format!("Balagh {}", told.secret));
            let response = request.body(body.to_string()).send().await.unwrap();
            let status = response.status();
            let said = response.text().await.unwrap();
            assert!(status.is_success(), "rate: {status} {said}");
        }
    }
}

/// Six digits that stand for themselves: numbers of reports have letters in them.
fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

/// What intake does in the morning: it looks at what the screen held, and lets through what is a
/// report after all.
async fn review(stack: &Arc<Stack>, told: &mut [Told], sends: &[(usize, Deed)]) {
    let mut of_today = BTreeMap::new();
    let mut towns = Vec::new();
    for (at, _) in sends {
        let one = &told[*at];
        if let Some(number) = &one.number {
            of_today.insert(number.clone(), *at);
        }
        if !towns.contains(&one.sent.town) {
            towns.push(one.sent.town);
        }
    }
    for town in towns {
        let queue = "/staff/v1/reports?verdict=quarantine&state=received&limit=200";
        let page = stack.ask(town, queue).await;
        for held in page["reports"].as_array().unwrap() {
            let number = held["number"].as_str().unwrap();
            // One of another day has been looked at.
            let Some(one) = of_today.get(number).and_then(|at| told.get_mut(*at)) else {
                continue;
            };
            one.is_held = true;
            if one.sent.fate == Fate::Spam {
                let note = json!({ "note": "This is no report" });
                stack.step(town, number, "reject", note).await;
            } else {
                stack.step(town, number, "assign", json!({})).await;
            }
        }
    }
}
