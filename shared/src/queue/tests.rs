//! A page with the queue, a network that does its worst, and an edge, stepped at random.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::react::tests::receipt;
use super::*;
use crate::number::{Prefix, ReportNumber};

/// What the world does next.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Send,
    Wake,
    Online(bool),
    Edit,
    Delete,
    /// The page is closed and opened again: only what was kept is left.
    Reload,
    /// Another tab has the lock.
    LockTaken,
    /// Time passes, in milliseconds.
    Pass(u32),
    /// The request on its way is answered like this.
    Network(Network),
}

#[derive(Debug, Clone, Copy)]
enum Network {
    Good,
    LostBefore,
    LostAfter,
    Portal,
    /// A receipt whose number does not verify.
    Forged,
    Refused(u16, Option<u32>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Request {
    Submit,
    Ask,
}

struct World {
    queue: Queue,
    now: Timestamp,
    /// What the device holds.
    kept: Option<Kept>,
    key: u32,
    /// What the edge acknowledged, by key.
    stored: BTreeMap<u32, String>,
    lock: bool,
    taken: bool,
    flying: Option<Request>,
    shown: Option<String>,
    deleting: bool,
    edited: bool,
    /// Not before this may anything be sent: a server asked for it.
    not_before: Timestamp,
}

impl World {
    fn new() -> World {
        World {
            queue: Queue::new(Kept::default(), true),
            now: Timestamp::from_millis(1_000_000),
            kept: None,
            key: 0,
            stored: BTreeMap::new(),
            lock: false,
            taken: false,
            flying: None,
            shown: None,
            deleting: false,
            edited: false,
            not_before: Timestamp::from_millis(0),
        }
    }

    fn tell(&mut self, event: Event) {
        for command in self.queue.step(event, self.now) {
            self.obey(command);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Keep => self.kept = Some(self.queue.kept()),
            Command::Lock => {
                assert!(!self.lock, "asks for a lock it holds");
                let granted = !self.taken;
                self.taken = false;
                self.lock = granted;
                self.tell(Event::Lock(granted));
            }
            Command::Unlock => {
                assert!(self.lock, "gives back a lock it does not hold");
                self.lock = false;
            }
            Command::Attempt | Command::Renew | Command::Work => {
                assert!(self.lock, "sends without the lock");
                assert_eq!(self.flying, None, "two attempts at a time");
                assert!(
                    self.kept.is_some_and(|kept| kept.waiting),
                    "sent before it was kept"
                );
                assert!(self.now >= self.not_before, "Retry-After is not honoured");
                self.flying = Some(Request::Submit);
            }
            Command::Ask => {
                assert_eq!(self.flying, None);
                self.flying = Some(Request::Ask);
            }
            Command::Wake(at) => {
                let wait = at.millis() - self.now.millis();
                assert!(
                    (1..=i64::from(LONGEST_TOLD_MS)).contains(&wait),
                    "wakes after {wait} ms"
                );
            }
            Command::Show(receipt) => {
                assert_eq!(self.stored.get(&self.key), Some(&receipt.number));
                self.shown = Some(receipt.number);
            }
            command @ (Command::Mend { .. } | Command::Open) => {
                let fresh_key = command != Command::Mend { fresh_key: false };
                // The key that stands for a report is not used for an edited one.
                assert!(fresh_key || !self.stored.contains_key(&self.key));
                self.key += u32::from(fresh_key);
                self.edited = true;
            }
            Command::Erase => {
                assert!(
                    self.shown.is_some() || self.deleting,
                    "a report is thrown away"
                );
                self.kept = None;
            }
        }
    }

    fn network(&mut self, network: Network) {
        let Some(request) = self.flying.take() else {
            return;
        };
        let arrives = matches!(
            network,
            Network::Good | Network::LostAfter | Network::Forged
        );
        if arrives && request == Request::Submit {
            let random = u64::from(self.key + 1).to_be_bytes();
            let number =
                ReportNumber::mint(&Prefix::parse("EP").unwrap(), &random.map(|b| b ^ 0x5A));
            self.stored
                .entry(self.key)
                .or_insert_with(|| number.to_string());
        }
        let answer = match network {
            Network::Good => match self.stored.get(&self.key) {
                Some(number) => Answer::Receipt(receipt(number)),
                None => Answer::Problem {
                    status: 404,
                    code: Reason::KeyUnknown,
                    retry_after: None,
                },
            },
            Network::LostBefore | Network::LostAfter => Answer::None,
            Network::Portal => Answer::Foreign,
            Network::Forged => Answer::Receipt(receipt("EP-00000-00000-7")),
            // The edge knows the key of what it acknowledged before any other check.
            Network::Refused(..) if self.stored.contains_key(&self.key) => {
                Answer::Receipt(receipt(&self.stored[&self.key]))
            }
            Network::Refused(status, retry_after) => {
                if let (Some(seconds), Request::Submit, false) = (
                    retry_after,
                    request,
                    matches!(status, 401 | 413 | 415 | 422 | 428),
                ) {
                    let wait = i64::from(seconds) * 1000;
                    self.not_before = self.now.plus_millis(wait.min(i64::from(LONGEST_TOLD_MS)));
                }
                Answer::Problem {
                    status,
                    code: Reason::Internal,
                    retry_after,
                }
            }
        };
        self.tell(Event::Answer(answer));
    }

    fn does(&mut self, deed: Deed) {
        match deed {
            Deed::Send => self.tell(Event::Send),
            Deed::Wake => self.tell(Event::Wake),
            Deed::Online(online) => self.tell(Event::Online(online)),
            Deed::Edit => self.tell(Event::Edit),
            Deed::Delete => {
                self.deleting = true;
                self.tell(Event::Delete);
                self.deleting = self.queue.is_gone() || self.flying == Some(Request::Ask);
            }
            Deed::Reload => {
                // A request on its way may have arrived; its answer finds nobody.
                if self.flying.take() == Some(Request::Submit) {
                    self.stored.entry(self.key).or_insert_with(|| {
                        let random = u64::from(self.key + 1).to_be_bytes().map(|b| b ^ 0x5A);
                        ReportNumber::mint(&Prefix::parse("EP").unwrap(), &random).to_string()
                    });
                }
                self.lock = false;
                self.deleting = false;
                // What a server told is a wait of this page; another one starts anew.
                self.not_before = Timestamp::from_millis(0);
                if let Some(kept) = self.kept {
                    self.queue = Queue::new(kept, true);
                }
            }
            Deed::LockTaken => self.taken = true,
            Deed::Pass(millis) => self.now = self.now.plus_millis(millis.into()),
            Deed::Network(network) => self.network(network),
        }
    }
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let status = prop::sample::select(vec![
        400, 401, 403, 408, 409, 413, 415, 422, 425, 428, 429, 500, 503,
    ]);
    let network = prop_oneof![
        Just(Network::Good),
        Just(Network::LostBefore),
        Just(Network::LostAfter),
        Just(Network::Portal),
        Just(Network::Forged),
        (status, prop::option::of(0_u32..10_000))
            .prop_map(|(status, after)| Network::Refused(status, after)),
    ];
    let deed = prop_oneof![
        3 => Just(Deed::Send),
        4 => Just(Deed::Wake),
        2 => any::<bool>().prop_map(Deed::Online),
        1 => Just(Deed::Edit),
        1 => Just(Deed::Delete),
        1 => Just(Deed::Reload),
        1 => Just(Deed::LockTaken),
        4 => (0_u32..4_000_000).prop_map(Deed::Pass),
        8 => network.prop_map(Deed::Network),
    ];
    prop::collection::vec(deed, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_happens_no_report_is_lost_sent_twice_at_a_time_or_too_soon(deeds in deeds()) {
        let mut world = World::new();
        for deed in deeds {
            world.does(deed);
        }
        // The network heals and the citizen sends what they have: it drains, in few steps.
        let was_gone = world.queue.is_gone();
        world.does(Deed::Online(true));
        for _ in 0..12 {
            world.does(Deed::Network(Network::Good));
            world.does(Deed::Send);
            world.does(Deed::Pass(LONGEST_TOLD_MS));
            world.does(Deed::Wake);
        }
        prop_assert!(world.queue.is_gone(), "{:?}", world.queue);
        prop_assert!(was_gone || world.shown.is_some() || world.deleting);
        prop_assert!(!world.lock && world.flying.is_none());
        // Who never edited sent one report, however often it was sent.
        prop_assert!(world.edited || world.stored.len() <= 1);
    }
}

#[test]
fn a_lost_answer_is_asked_for_before_an_edit_and_shown_instead_of_it() {
    let mut world = World::new();
    world.does(Deed::Send);
    world.does(Deed::Network(Network::LostAfter));
    world.does(Deed::Edit);
    assert_eq!(world.flying, Some(Request::Ask));
    world.does(Deed::Network(Network::Good));
    assert!(world.shown.is_some() && !world.edited);
}

#[test]
fn a_refusal_before_any_doubt_keeps_the_key_and_one_after_takes_another() {
    let mut world = World::new();
    world.does(Deed::Send);
    world.does(Deed::Network(Network::Refused(422, None)));
    assert_eq!(world.key, 0);
    world.does(Deed::Send);
    world.does(Deed::Network(Network::LostBefore));
    world.does(Deed::Pass(LONGEST_MS));
    world.does(Deed::Wake);
    world.does(Deed::Network(Network::Refused(422, None)));
    assert_eq!(world.key, 1);
}

#[test]
fn the_network_coming_back_shortens_our_own_wait_and_never_the_servers() {
    let mut world = World::new();
    world.does(Deed::Send);
    world.does(Deed::Network(Network::LostBefore));
    world.does(Deed::Online(true));
    assert_eq!(world.flying, Some(Request::Submit));
    world.does(Deed::Network(Network::Refused(503, Some(60))));
    world.does(Deed::Online(true));
    assert_eq!(world.flying, None);
    world.does(Deed::Pass(60_000));
    world.does(Deed::Wake);
    assert_eq!(world.flying, Some(Request::Submit));
}

#[test]
fn after_a_failure_behind_the_edge_it_is_asked_before_the_report_is_deleted() {
    let check = |status, code, expected: &[Command]| {
        let now = Timestamp::from_millis(1_000_000);
        let mut queue = Queue::new(Kept::default(), true);
        queue.step(Event::Send, now);
        queue.step(Event::Lock(true), now);
        let answer = Answer::Problem {
            status,
            code,
            retry_after: None,
        };
        queue.step(Event::Answer(answer), now);
        assert_eq!(queue.step(Event::Delete, now), expected, "{code:?}");
    };
    check(503, Reason::UpstreamUnavailable, &[Command::Ask]);
    check(422, Reason::TextMissing, &[Command::Erase]);
    check(429, Reason::LimitCeiling, &[Command::Erase]);
}

#[test]
fn a_report_edited_under_a_key_that_another_tab_used_is_mended_with_a_key_of_its_own() {
    let now = Timestamp::from_millis(1_000_000);
    let mut queue = Queue::new(Kept::default(), true);
    queue.step(Event::Send, now);
    queue.step(Event::Lock(true), now);
    let answer = Answer::Problem {
        status: 422,
        code: Reason::KeyReused,
        retry_after: None,
    };
    // To ask for the receipt of that key would show another report's and erase this one.
    let expected = [
        Command::Unlock,
        Command::Mend { fresh_key: true },
        Command::Keep,
    ];
    assert_eq!(queue.step(Event::Answer(answer), now), expected);
}
