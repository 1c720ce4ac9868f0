//! Whose reports are whose, and what people may ask of what is kept of them.
//!
//! | module | idea |
//! | --- | --- |
//! | [`index`] | by what reports are found that are one person's |
//! | `eraser` | erases what its time has come for, and seals anew what is under an older key |
//! | [`export`] | everything that is held on somebody, to be handed to them |
//! | [`command`] | the same from the command line |
//!
//! What of a report is somebody's is sealed under a key of its own; the keys are in a database of
//! their own ([`Vault`](crate::store::Vault)). See `www/docs/privacy.md`.

pub mod command;
pub(crate) mod eraser;
pub mod export;
pub mod index;
