//! Has the endpoint got it already? Looked for by number in its lists, of bounded stretches of time.
//!
//! GeoReport says nothing of how long a list may be. Some endpoints give fifty requests, some a
//! thousand, some all; some know `page`. So a stretch of time whose list is too long to be read, or may
//! have been cut short, is looked through in halves, beginning with what lies next to the report.

use balagh_shared::open311::outgoing::Listed;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};

use super::undelivered::Undelivered;

/// Most lists of one search: a work budget. What is not in them is not found.
const MOST_LISTS: u32 = 48;
/// The shortest stretch that is halved, in milliseconds. Whoever lists more than is read of a minute
/// lists in some way that helps nobody.
const SHORTEST_MS: i64 = 60_000;
/// No endpoint is known to cut its lists shorter than this.
const SHORT_LIST: usize = 10;

/// A list that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    /// From when, and until when, by the endpoint's clock.
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// From 1.
    pub(super) page: u32,
}

/// What comes of asking for a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Given {
    Listed(Listed),
    /// More than is read.
    TooLong,
    /// The endpoint gives no such list.
    Nothing,
}

/// Who can be asked for lists.
pub(super) trait Lists {
    /// Asks for one.
    fn list(&self, list: List) -> impl Future<Output = Result<Given, Undelivered>> + Send;
}

/// The id under which the endpoint has a report that was received at `received`; nothing where it does
/// not say so. `ask` gives a list.
///
/// # Errors
/// Those of `ask`.
pub(super) async fn look_up(
    received: Timestamp,
    now: Timestamp,
    lists: &impl Lists,
) -> Result<Option<String>, Undelivered> {
    // A day on both sides: its clock is its own. What is looked through first stands last.
    let now = now.max(received);
    let (before, after) = (
        received.plus_millis(-HOUR_MS),
        received.plus_millis(HOUR_MS),
    );
    let mut stretches = vec![
        (received.plus_millis(-DAY_MS), before),
        (after, now.plus_millis(DAY_MS)),
        (before, after),
    ];
    let (mut left, mut longest, mut knows_pages) = (MOST_LISTS, SHORT_LIST, true);
    while let Some((from, until)) = stretches.pop() {
        let mut first = None;
        let mut page = 1;
        let is_cut_short = loop {
            let Some(rest) = left.checked_sub(1) else {
                return Ok(None);
            };
            left = rest;
            let listed = match lists.list(List { from, until, page }).await? {
                Given::Listed(Listed {
                    found: Some(id), ..
                }) => return Ok(Some(id)),
                Given::Listed(listed) => listed,
                Given::TooLong => break true,
                // One that lists nothing at all will not list another stretch either.
                Given::Nothing if page == 1 => return Ok(None),
                Given::Nothing => break true,
            };
            // Lists are cut at one length: a shorter one than another is whole.
            if listed.count < longest {
                break false;
            }
            longest = listed.count;
            if page == 1 {
                first = listed.first;
            } else if listed.first == first {
                knows_pages = false;
            }
            if !knows_pages {
                break true;
            }
            page += 1;
        };
        let length = until.millis().saturating_sub(from.millis());
        if is_cut_short && length > SHORTEST_MS {
            let middle = from.plus_millis(length / 2);
            stretches.push((middle, until));
            stretches.push((from, middle));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const RECEIVED: i64 = 1_795_243_260_000;
    const OURS: &str = "ours";

    /// An endpoint: the times of its requests, of which one is ours, and how it lists them.
    struct Endpoint {
        requests: Vec<(i64, &'static str)>,
        /// The most that it lists at once.
        most: usize,
        knows_pages: bool,
        /// The most that is read of a list.
        read: usize,
        /// Whether it gives no lists.
        is_mute: bool,
        asked: AtomicU32,
    }

    impl Endpoint {
        /// One that gets a request every `every_ms`, for two days, and ours `at`.
        fn busy(every_ms: i64, at: Option<i64>) -> Endpoint {
            let count = 2 * DAY_MS / every_ms;
            let times = (0..count).map(|n| RECEIVED - DAY_MS + n * every_ms);
            let mut requests: Vec<_> = times.map(|at| (at, "another")).collect();
            requests.extend(at.map(|at| (at, OURS)));
            requests.sort_unstable();
            Endpoint {
                requests,
                most: usize::MAX,
                knows_pages: false,
                read: usize::MAX,
                is_mute: false,
                asked: AtomicU32::new(0),
            }
        }

        fn give(&self, list: List) -> Given {
            if self.is_mute {
                return Given::Nothing;
            }
            let within =
                |(at, _): &&(i64, &str)| (list.from.millis()..=list.until.millis()).contains(at);
            let all: Vec<_> = self.requests.iter().filter(within).collect();
            let skipped = match self.knows_pages {
                true => (list.page as usize - 1) * self.most,
                false => 0,
            };
            let page: Vec<_> = all.iter().skip(skipped).take(self.most).collect();
            if page.len() > self.read {
                return Given::TooLong;
            }
            let found = page.iter().any(|(_, whose)| *whose == OURS);
            Given::Listed(Listed {
                found: found.then(|| OURS.to_owned()),
                count: page.len(),
                first: page.first().map(|(at, _)| at.to_string()),
            })
        }

        /// What is found, and after how many lists.
        async fn searched(&self) -> (Option<String>, u32) {
            let received = Timestamp::from_millis(RECEIVED);
            let found = look_up(received, received.plus_millis(HOUR_MS), self);
            (found.await.unwrap(), self.asked.load(Ordering::Relaxed))
        }
    }

    impl Lists for Endpoint {
        async fn list(&self, list: List) -> Result<Given, Undelivered> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            Ok(self.give(list))
        }
    }

    #[tokio::test]
    async fn it_is_found_however_long_the_lists_are_and_however_they_are_cut() {
        for at in [RECEIVED + 1, RECEIVED - 3 * HOUR_MS, RECEIVED + 2 * HOUR_MS] {
            let quiet = Endpoint::busy(600_000, Some(at));
            assert_eq!(quiet.searched().await.0.as_deref(), Some(OURS), "{at}");
        }
        let pages = Endpoint {
            most: 50,
            knows_pages: true,
            ..Endpoint::busy(10_000, Some(RECEIVED + 1))
        };
        assert_eq!(pages.searched().await.0.as_deref(), Some(OURS));
        let cut = Endpoint {
            most: 50,
            ..Endpoint::busy(10_000, Some(RECEIVED + 1))
        };
        assert_eq!(cut.searched().await.0.as_deref(), Some(OURS));
        let unread = Endpoint {
            read: 50,
            ..Endpoint::busy(10_000, Some(RECEIVED + 1))
        };
        assert_eq!(unread.searched().await.0.as_deref(), Some(OURS));
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found_after_bounded_work() {
        let quiet = Endpoint::busy(HOUR_MS, None);
        assert_eq!(quiet.searched().await, (None, 8));
        for (most, read) in [(50, usize::MAX), (usize::MAX, 50), (usize::MAX, 0)] {
            let flooded = Endpoint {
                most,
                read,
                ..Endpoint::busy(1_000, None)
            };
            let (found, lists) = flooded.searched().await;
            assert_eq!(found, None);
            assert!(lists <= MOST_LISTS, "{lists}");
        }
    }

    #[tokio::test]
    async fn an_endpoint_that_lists_nothing_is_asked_once() {
        let mute = Endpoint {
            is_mute: true,
            ..Endpoint::busy(1_000, Some(RECEIVED))
        };
        assert_eq!(mute.searched().await, (None, 1));
    }
}
