//! Planted bugs: each is a program that is wrong in one way, and the simulator has to notice.
//!
//! They live in what surrounds the product here (hosts, disk, driver), so that the product has no switch for being
//! wrong. Each stands for a class of mistakes that somebody could make in the product.

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// A save is told before it is on disk: a crash right after loses it.
    AcksBeforeCommit,
    /// A crash takes back what was committed and told.
    CrashLosesCommits,
    /// The relay drops one entry in eight, always the same ones.
    RelayDropsEntries,
    /// A node drops one entry in eight, always the same ones.
    NodeDropsEntries,
    /// The relay reads a feed backwards.
    RelaySwapsOrder,
    /// What a node writes or receives is not told to its sessions.
    NodeTellsNothing,
    /// What the relay receives is not told to its sessions.
    RelayTellsNothing,
    /// The relay begins every session with the heads it had at first.
    RelayStaleHeads,
    /// The relay stores what it is given.
    RelayChecksNothing,
    /// The relay lets a second entry take the place of the first.
    RelayTakesForks,
    /// A frontier says what the node had before.
    FrontierLags,
    /// A frontier says what the node is about to have.
    FrontierBeforeCommit,
    /// The relay forgets roster statements.
    RelayForgetsRoster,
    /// A node forgets roster statements.
    NodeForgetsRoster,
    /// The relay serves every key as if it were the lead's.
    RelayTrustsAnyKey,
    /// The relay keeps entries without their signatures.
    RelayStripsSignatures,
    /// The relay changes a byte of one change in eight.
    RelayAltersChanges,
    /// The relay passes no frontiers on.
    RelayKeepsFrontiers,
    /// A save that found no room is told as saved.
    NodeIgnoresFullDisk,
    /// A node's driver answers every second load with nothing.
    NodeLoadsNothing,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::AcksBeforeCommit,
        Self::CrashLosesCommits,
        Self::RelayDropsEntries,
        Self::NodeDropsEntries,
        Self::RelaySwapsOrder,
        Self::NodeTellsNothing,
        Self::RelayTellsNothing,
        Self::RelayStaleHeads,
        Self::RelayChecksNothing,
        Self::RelayTakesForks,
        Self::FrontierLags,
        Self::FrontierBeforeCommit,
        Self::RelayForgetsRoster,
        Self::NodeForgetsRoster,
        Self::RelayTrustsAnyKey,
        Self::RelayStripsSignatures,
        Self::RelayAltersChanges,
        Self::RelayKeepsFrontiers,
        Self::NodeIgnoresFullDisk,
        Self::NodeLoadsNothing,
    ];
}
