//! What is not decided: what time it is, chance, and when something goes on.

pub(crate) use balagh_world::{
    NoRandomness, Tasks, jitter, now, random, send, sleep, timestamp, turn,
};
