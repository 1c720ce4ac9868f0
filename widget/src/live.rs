//! A value that the screens follow.
//!
//! Leptos's own signals have a copy of their reading, writing and bookkeeping for every type they
//! hold; here that part is one [`ArcTrigger`] for all of them, and what depends on the type is a
//! borrow.

use std::cell::RefCell;

use leptos::prelude::{ArcTrigger, Notify, RenderEffect, StoredValue, Track, untrack};

/// A value that effects follow; copied freely into handlers.
///
/// It is leaked on purpose. It is a few dozen bytes, made once for a widget or a screen, and an
/// answer from the network that comes when its screen is long gone still finds it: reading a
/// signal that was disposed of would panic, and with it every widget of the page would stop.
pub(crate) struct Live<T: 'static>(&'static Inner<T>);

struct Inner<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Live<T> {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T: 'static> Live<T> {
    /// A new value.
    pub(crate) fn new(value: T) -> Live<T> {
        let inner = Inner {
            value: RefCell::new(value),
            changed: ArcTrigger::new(),
        };
        Live(Box::leak(Box::new(inner)))
    }

    /// Makes the running effect follow it.
    pub(crate) fn track(self) {
        self.0.changed.track();
    }

    /// Reads it, followed.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.peek(read)
    }

    /// Reads it, not followed.
    pub(crate) fn peek<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.value.borrow())
    }

    /// Changes it.
    pub(crate) fn update<R>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.0.value.borrow_mut());
        self.0.changed.notify();
        result
    }

    /// Puts another value in its place.
    pub(crate) fn set(self, value: T) {
        drop(self.0.value.replace(value));
        self.0.changed.notify();
    }
}

impl<T: Clone + 'static> Live<T> {
    /// A copy, followed.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy, not followed.
    pub(crate) fn now(self) -> T {
        self.peek(T::clone)
    }
}

impl<T: PartialEq + 'static> Live<T> {
    /// Puts another value in its place, if it is another.
    pub(crate) fn change(self, value: T) {
        if self.peek(|before| *before != value) {
            self.set(value);
        }
    }
}

/// A value that follows others, and is followed only when it really changes.
pub(crate) fn derived<T: PartialEq + 'static>(value: impl Fn() -> T + 'static) -> Live<T> {
    let derived = Live::new(untrack(&value));
    follow(Box::new(move || derived.change(value())));
    derived
}

/// Runs `run` now and whenever what it reads changes, until the owner is gone.
pub(crate) fn follow(run: Box<dyn Fn()>) {
    // The owner drops it with everything else it holds.
    StoredValue::new_local(effect(run));
}

/// Does `last` when the owner goes: the widget, or the part of a screen that is made anew.
pub(crate) fn at_the_end(last: Box<dyn Fn()>) {
    struct End(Box<dyn Fn()>);
    impl Drop for End {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    // `on_cleanup` asks for what can be sent between threads.
    StoredValue::new_local(End(last));
}

/// What [`follow`] does, until the answer is dropped.
pub(crate) fn effect(run: Box<dyn Fn()>) -> RenderEffect<()> {
    RenderEffect::new(move |_: Option<()>| run())
}
