//! A connection whose client has to take what it is sent: slowly, if it must, and not for ever.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// The slowest that a client may take what it asked for, in bytes a second, once its patience is used
/// up: a tenth of what the oldest mobile networks carry.
const SLOWEST_BYTES_PER_S: u32 = 1024;

/// A connection that ends in an error where the client leaves it waiting for too long.
#[derive(Debug)]
pub(crate) struct Paced {
    stream: TcpStream,
    patience: Patience,
    /// Rings when it is over, while the client is waited for.
    alarm: Option<Pin<Box<Sleep>>>,
}

/// How long a client is waited for: so long at once, and over the whole connection as long as what it
/// takes is worth at the slowest rate.
#[derive(Debug)]
struct Patience {
    most: Duration,
    left: Duration,
    /// Since when it takes nothing.
    since: Option<Instant>,
}

impl Paced {
    /// `patience` is how long a client may take nothing of what waits for it.
    pub(crate) fn new(stream: TcpStream, patience: Duration) -> Paced {
        Paced {
            stream,
            patience: Patience::new(patience),
            alarm: None,
        }
    }

    /// What a write came to, unless the client has been waited for long enough.
    fn within(
        &mut self,
        wrote: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match wrote {
            Poll::Ready(wrote) => {
                self.alarm = None;
                let bytes = *wrote.as_ref().unwrap_or(&0);
                self.patience.took(bytes, Instant::now());
                Poll::Ready(wrote)
            }
            Poll::Pending => {
                let end = self.patience.waits(Instant::now());
                let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
                let rang = alarm.as_mut().poll(context);
                rang.map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl Patience {
    fn new(most: Duration) -> Patience {
        Patience {
            most,
            left: most,
            since: None,
        }
    }

    /// The client takes nothing at `now`; gives when that is too long.
    fn waits(&mut self, now: Instant) -> Instant {
        *self.since.get_or_insert(now) + self.left
    }

    /// The client has taken so much at `now`.
    fn took(&mut self, bytes: usize, now: Instant) {
        let waited = self
            .since
            .take()
            .map_or(Duration::ZERO, |since| now - since);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let worth = Duration::from_secs(1) * bytes / SLOWEST_BYTES_PER_S;
        self.left = (self.left.saturating_sub(waited) + worth).min(self.most);
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within(wrote, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.within(wrote, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Takes `bytes` after each `pause`; the seconds after which that was too slow, if it was within a
    /// day.
    fn given_up_after(bytes: usize, pause: u64) -> Option<u64> {
        let (began, mut patience) = (Instant::now(), Patience::new(PATIENCE));
        let mut now = began;
        while now - began < Duration::from_secs(24 * 3_600) {
            let end = patience.waits(now);
            now += Duration::from_secs(pause);
            if end <= now {
                return Some((end - began).as_secs());
            }
            patience.took(bytes, now);
        }
        None
    }

    #[test]
    fn whoever_takes_nothing_has_a_minute_and_whoever_drips_not_much_more() {
        assert_eq!(given_up_after(1, 3_600), Some(60));
        // The patience of a minute, and what came in it.
        assert_eq!(given_up_after(1, 1), Some(60));
        assert_eq!(given_up_after(512, 1), Some(119));
    }

    #[test]
    fn whoever_takes_a_kilobyte_a_second_gets_everything_however_it_comes() {
        assert_eq!(given_up_after(1024, 1), None);
        assert_eq!(given_up_after(50 * 1024, 50), None);
        // What was taken quickly buys no more than a minute.
        assert_eq!(given_up_after(1024 * 1024, 61), Some(60));
    }
}
