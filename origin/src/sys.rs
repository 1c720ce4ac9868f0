//! What is not decided: what time it is, chance, and when something goes on.

pub(crate) use balagh_world::{Tasks, jitter, now, random, send, sleep, turn};
