//! What the outbox decides, without the carrying: pure, given time and chance.
//!
//! | module | idea |
//! | --- | --- |
//! | [`schedule`] | when one message is tried again, and when it is put aside for a person |
//! | [`breaker`] | whether a destination is knocked at all |
//! | [`wire`] | what Balagh's origin is told, word by word, and what its answers mean |
//!
//! The two never mix up whose fault it was: a destination that is away holds back everything for
//! it and wears no message out, and a message that a destination will not have is put aside
//! without holding up the next one.

pub mod breaker;
pub mod schedule;
pub mod wire;

/// How an attempt to deliver one message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The destination has it.
    Taken,
    /// The destination is there and will not have this one; another day it may, when it has
    /// learnt of a new category.
    Refused,
    /// It will never be taken as things stand: the destination is gone for good, or this edge does
    /// not know how to say it there. A person mends that, and replays.
    Impossible,
    /// The destination failed: away, slow, broken, overloaded, or it does not know us.
    Failed {
        /// How long it asked to be left alone, in milliseconds.
        wait_ms: Option<i64>,
    },
    /// The message could not be read or sealed here: nothing was heard of the destination.
    Unread,
}
