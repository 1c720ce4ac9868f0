//! Reports by the tens of thousands through a real edge and a real origin, months in minutes.
//!
//! | module | idea |
//! | --- | --- |
//! | [`clock`] | the time that everything here lives by |
//! | [`chance`] | the same numbers every time |
//! | [`documents`] | the four municipalities, with the channels they name |
//! | [`texts`] | what people write, and what is written that is no report |
//! | [`story`] | what comes when, and what becomes of it |
//! | [`stack`] | edge, origin and a gateway for text messages, over real sockets |
//! | [`play`] | a story told to the stack |
//! | [`filled`] | a ledger with a million reports |
//! | [`statements`] | what was published, how it is read, and what the figures say |
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a replay that cannot go on has failed, and says so; what it finds it prints"
)]

pub mod chance;
pub mod clock;
pub mod documents;
pub mod filled;
pub mod play;
pub mod stack;
pub mod statements;
pub mod story;
pub mod texts;
