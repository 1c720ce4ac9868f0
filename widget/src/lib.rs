//! The report widget: what a citizen holds.
//!
//! `widget/js/balagh.js` is the custom element; it fetches this module, the words of one language
//! and the municipality's document, and calls [`connect`].
//!
//! | module | idea |
//! | --- | --- |
//! | `later` | the seam between the first two parts in which the widget travels |
//! | `draft` | what the citizen has said, and what follows from it: pure, tested natively |
//! | `app` | the signals, and the moves between screens |
//! | `screens` | one file each; what they share is in `view` |
//! | `nearby` | what others reported at the place, before the details |
//! | `track` | a report after it was sent: its story, what its reporter may do, news of it; the third part |
//! | `words` | which categories a text is close to |
//! | `boundaries` | a page's own boundaries, compiled here |
//! | `place`, `photos` | the district, found here; photos, made small here |
//! | `departure` | how a report leaves the form |
//! | `sender`, `lock`, `outgoing`, `late` | the queue's adapter, one tab at a time, a report that waits, photos that follow |
//! | `confirm`, `proof` | codes that confirm a contact, work that an edge asks for |
//! | `keep`, `store`, `api` | the device's store, the edge |
//! | `document`, `wire`, `told` | what crosses as JavaScript objects, read and written by hand |
//! | `renewed` | what a deploy took away from an open page |
//! | `theme` | the municipality's colours |
//! | `locale`, `distance`, `moment`, `js` | words, and the few ways into JavaScript |
//!
//! *Architecture invariant:* nothing decides in a view; what a step lacks and where it leads is
//! asked of `draft`, what an answer means of `balagh_shared::queue`.

mod api;
mod app;
mod boundaries;
mod confirm;
mod connect;
mod departure;
mod distance;
mod document;
mod draft;
mod js;
mod keep;
mod late;
mod later;
mod live;
mod locale;
mod lock;
mod moment;
mod nearby;
mod options;
mod outgoing;
mod photos;
mod place;
mod proof;
mod renewed;
mod screens;
mod sender;
mod store;
mod theme;
mod told;
mod track;
mod view;
mod wire;
mod words;

pub use connect::{Handle, connect};
pub use later::come;
pub use track::come_to_track;
pub use words::Words;
