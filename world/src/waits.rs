//! Whether somebody waits for the world, and not for something real, which goes on by itself.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many things of a [`World`](crate::World) somebody waits for at the moment.
#[derive(Debug, Clone, Default)]
pub struct Waits(Arc<AtomicUsize>);

/// One of those, while it is set; dropped, it is none any more.
#[derive(Debug, Default)]
pub(crate) struct Mark(Option<Waits>);

thread_local! {
    /// The waits of who is polled.
    static POLLED: RefCell<Option<Waits>> = const { RefCell::new(None) };
}

impl Waits {
    /// Whether there are any. Where there are none, who returned `Pending` waits for something real,
    /// such as a database's thread.
    #[must_use]
    pub fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// Counts what is polled while `poll` runs here.
    pub(crate) fn count<T>(&self, poll: impl FnOnce() -> T) -> T {
        let outer = POLLED.with_borrow_mut(|polled| polled.replace(self.clone()));
        let polled = poll();
        POLLED.with_borrow_mut(|polled| *polled = outer);
        polled
    }
}

impl Mark {
    pub(crate) fn set(&mut self) {
        if self.0.is_none() {
            self.0 = POLLED.with_borrow(Clone::clone);
            if let Some(Waits(count)) = &self.0 {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        if let Some(Waits(count)) = self.0.take() {
            count.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.clear();
    }
}
