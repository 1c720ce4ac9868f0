//! The one place where the server reads the clock, draws randomness and waits.

pub(crate) use balagh_world::{jitter, now, random, sleep, turn};
