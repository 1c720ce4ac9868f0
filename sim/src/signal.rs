//! Something that is waited for, and will be said once.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use balagh_world::Later;

/// Said by one, waited for by another.
pub(crate) struct Signal<T>(Arc<Mutex<Option<T>>>);

impl<T: Send + 'static> Signal<T> {
    /// Not said yet.
    pub(crate) fn new() -> Signal<T> {
        Signal(Arc::default())
    }

    /// Says it. Who waits is polled by the executor, which knows them.
    pub(crate) fn say(&self, what: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
    }

    /// Done once it is said.
    pub(crate) fn said(&self) -> Later<T> {
        let said = Arc::clone(&self.0);
        Later::new(poll_fn(move |_| {
            match said.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some(what) => Poll::Ready(what),
                None => Poll::Pending,
            }
        }))
    }
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Signal<T> {
        Signal(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Signal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signal")
    }
}
