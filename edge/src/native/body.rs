//! Bodies, read while they come: counted, and held to a least rate all the way. One that drips holds a
//! place that others need.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use crate::http::route::DRAINED_BYTES;

/// The slowest a body may come, in bytes a second, once its first pause is over: a photo may take a
/// quarter of an hour on a slow network and is welcome.
const SLOWEST_BYTES_PER_S: u32 = 8 * 1024;

/// Why a body is not here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// With what came before its limit, and one byte more.
    TooLarge(Vec<u8>),
    Incomplete,
}

/// The whole of a body that has `limit` bytes at most. `pause` is how long it may stop between two
/// pieces, and how far it may lie behind the slowest rate.
pub(super) async fn read(mut body: Body, limit: usize, pause: Duration) -> Result<Vec<u8>, Unread> {
    let began = Instant::now();
    let mut bytes = Vec::new();
    loop {
        let owed = Duration::from_secs(1) * u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let behind = began + pause + owed / SLOWEST_BYTES_PER_S;
        let Some(frame) = next(&mut body, behind.min(Instant::now() + pause)).await? else {
            return Ok(bytes);
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            let fits = data.get(..=limit - bytes.len()).unwrap_or_default();
            bytes.extend_from_slice(fits);
            drain(body, pause).await;
            return Err(Unread::TooLarge(bytes));
        }
        bytes.extend_from_slice(data);
    }
}

/// Reads away what of a body nobody wants, so that its sender hears the refusal. A client that needs
/// longer than `pause` sees a broken connection instead.
pub(super) async fn drain(body: Body, pause: Duration) {
    drop(timeout(pause, swallow(body, Instant::now() + pause)).await);
}

async fn swallow(mut body: Body, until: Instant) {
    let mut left = DRAINED_BYTES;
    while let Ok(Some(frame)) = next(&mut body, until).await {
        let length = frame.data_ref().map_or(0, |data| data.len());
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// The next piece of a body; nothing at its end.
async fn next(body: &mut Body, until: Instant) -> Result<Option<Frame<Bytes>>, Unread> {
    let frame = timeout_at(until, body.frame()).await;
    frame
        .map_err(|_| Unread::Incomplete)?
        .transpose()
        .map_err(|_| Unread::Incomplete)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use tokio::time::{Interval, interval};

    use super::*;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(60);
    const MOST: usize = 1024 * 1024;

    /// A body of so many pieces, each of so many bytes, that come at an interval.
    struct Dripping {
        every: Interval,
        piece: usize,
        left: usize,
    }

    impl http_body::Body for Dripping {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            ready!(self.every.poll_tick(context));
            self.left -= 1;
            Poll::Ready(Some(Ok(Frame::data(vec![b'x'; self.piece].into()))))
        }
    }

    /// A piece a millisecond.
    fn body(piece: usize, pieces: usize) -> Body {
        Body::new(Dripping {
            every: interval(Duration::from_millis(1)),
            piece,
            left: pieces,
        })
    }

    #[tokio::test]
    async fn a_body_that_drips_is_given_up_though_it_never_pauses() {
        let forever = usize::MAX;
        let read = read(body(1, forever), MOST, SHORT).await;
        assert_eq!(read, Err(Unread::Incomplete));
    }

    #[tokio::test]
    async fn a_body_that_stops_is_given_up() {
        let stops = Body::new(Dripping {
            every: interval(LONG),
            piece: MOST / 2,
            left: 2,
        });
        assert_eq!(read(stops, MOST, SHORT).await, Err(Unread::Incomplete));
    }

    #[tokio::test]
    async fn a_body_of_many_small_pieces_arrives_and_one_too_many_is_told() {
        let piece = MOST / 128;
        let whole = read(body(piece, 128), MOST, LONG).await;
        assert_eq!(whole.map(|bytes| bytes.len()), Ok(MOST));
        let more = read(body(piece, 129), MOST, LONG).await;
        assert_eq!(more, Err(Unread::TooLarge(vec![b'x'; MOST + 1])));
    }
}
