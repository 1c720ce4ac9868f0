//! What goes wrong.

use std::collections::BTreeSet;

use crate::chance::Chance;

/// A kind of trouble, each of which can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// A message, or its answer, gets lost.
    Lost,
    /// A message, or its answer, takes long, so that others overtake it.
    Late,
    /// A message arrives twice.
    Twice,
    /// A portal or a proxy answers in somebody's place.
    Stranger,
    /// A process of the edge is killed between any two of its effects, and started again.
    EdgeKilled,
    /// An instance of the edge function is killed.
    RelayKilled,
    /// The origin is killed, and started again, or away for long.
    OriginKilled,
    /// A server's disk is full.
    DiskFull,
    /// A server's clock is wrong, or is put right.
    Clock,
    /// A tab is closed, or the browser is.
    TabClosed,
    /// A phone has no network.
    Offline,
    /// A phone's storage is full.
    PhoneFull,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Trouble; 12] = [
        Trouble::Lost,
        Trouble::Late,
        Trouble::Twice,
        Trouble::Stranger,
        Trouble::EdgeKilled,
        Trouble::RelayKilled,
        Trouble::OriginKilled,
        Trouble::DiskFull,
        Trouble::Clock,
        Trouble::TabClosed,
        Trouble::Offline,
        Trouble::PhoneFull,
    ];

    /// Its name, as in [`Trouble::parse`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Trouble::Lost => "lost",
            Trouble::Late => "late",
            Trouble::Twice => "twice",
            Trouble::Stranger => "stranger",
            Trouble::EdgeKilled => "edge-killed",
            Trouble::RelayKilled => "relay-killed",
            Trouble::OriginKilled => "origin-killed",
            Trouble::DiskFull => "disk-full",
            Trouble::Clock => "clock",
            Trouble::TabClosed => "tab-closed",
            Trouble::Offline => "offline",
            Trouble::PhoneFull => "phone-full",
        }
    }

    /// By its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Trouble> {
        Trouble::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether it is met where a message is sent, and not at a time of its own.
    pub(crate) fn is_of_messages(self) -> bool {
        use Trouble::{Late, Lost, Stranger, Twice};
        matches!(self, Lost | Late | Twice | Stranger)
    }

    /// What a run of this seed meets: each kind in two of three runs, so that some are met without
    /// the noise of others.
    #[must_use]
    pub fn of(seed: u64) -> BTreeSet<Trouble> {
        let mut chance = Chance::of(seed ^ 0x7472_6F75_626C_6500);
        let met = |_: &Trouble| chance.below(3) > 0;
        Trouble::ALL.into_iter().filter(met).collect()
    }
}
