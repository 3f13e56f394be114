//! The kinds of fault, and which of them a run has.
//!
//! Every seed draws its kinds, so that some runs are rough in one way only and others in all.

use crate::sim::rng::Rng;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A line breaks and what is under way is lost.
    Cut,
    /// One end of a line is gone and the other does not know.
    HalfOpen,
    /// Nothing goes either way for a while.
    Partition,
    /// Nothing goes one way for a while.
    OneWay,
    /// A line becomes slow.
    Slow,
    /// A node dials while its old connection hangs.
    SecondSession,
    /// A frame arrives twice.
    FrameTwice,
    /// A frame of another session arrives.
    FrameOfOld,
    /// A frame is changed under way.
    FrameForged,
    /// A node's process dies.
    Crash,
    /// A node loses power in the middle of a save.
    TornWrite,
    /// A node's disk is full for a while.
    FullDisk,
    /// The relay's disk is full for a while.
    RelayFullDisk,
    /// A node's clock jumps.
    ClockJump,
    /// The relay is started again, perhaps after a while.
    RelayRestart,
    /// The relay comes back as it was some time ago.
    RelayRollback,
    /// The relay keeps frames from a node.
    Withhold,
    /// A member brings an entry that another signed, changed, or signed wrongly.
    Forgery,
    /// A member writes into another's document.
    ForeignDocument,
    /// Somebody writes who is not in the roster.
    StrangersEntry,
    /// A member signs two entries for one place.
    Fork,
    /// A member shows a node another entry for a place than the relay.
    Equivocation,
    /// A member signs a change that is none.
    HostileChange,
    /// A stranger dials.
    StrangerDials,
    /// A newcomer asks to be admitted.
    Newcomer,
    /// A node's folder is restored from a copy.
    Restore,
    /// A node's folder is copied to another computer, and both go on.
    Clone,
    /// Somebody carries files from one node to another.
    Packet,
    /// The files are not as they were written.
    PacketDamaged,
}

impl Fault {
    /// What happens to honest nodes, lines, disks and the relay.
    const PLAIN: [Self; 21] = [
        Self::Cut,
        Self::HalfOpen,
        Self::Partition,
        Self::OneWay,
        Self::Slow,
        Self::SecondSession,
        Self::FrameTwice,
        Self::FrameOfOld,
        Self::FrameForged,
        Self::Crash,
        Self::TornWrite,
        Self::FullDisk,
        Self::RelayFullDisk,
        Self::ClockJump,
        Self::RelayRestart,
        Self::RelayRollback,
        Self::Withhold,
        Self::StrangerDials,
        Self::Newcomer,
        Self::Packet,
        Self::PacketDamaged,
    ];
    /// What happens to folders.
    const RECOVERY: [Self; 2] = [Self::Restore, Self::Clone];
    /// What a member does that means harm.
    const BYZANTINE: [Self; 6] = [
        Self::Forgery,
        Self::ForeignDocument,
        Self::StrangersEntry,
        Self::Fork,
        Self::Equivocation,
        Self::HostileChange,
    ];

    /// Whether a feed may come to have two branches by it.
    const fn forks(self) -> bool {
        matches!(self, Self::Fork | Self::Equivocation | Self::Restore | Self::Clone)
    }

    /// Its name in reports.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cut => "fault: line cut",
            Self::HalfOpen => "fault: line half open",
            Self::Partition => "fault: partition",
            Self::OneWay => "fault: one-way partition",
            Self::Slow => "fault: slow line",
            Self::SecondSession => "fault: second session",
            Self::FrameTwice => "fault: frame twice",
            Self::FrameOfOld => "fault: frame of another session",
            Self::FrameForged => "fault: frame forged",
            Self::Crash => "fault: crash",
            Self::TornWrite => "fault: torn write",
            Self::FullDisk => "fault: full disk",
            Self::RelayFullDisk => "fault: relay's disk full",
            Self::ClockJump => "fault: clock jump",
            Self::RelayRestart => "fault: relay restart",
            Self::RelayRollback => "fault: relay rollback",
            Self::Withhold => "fault: relay withholds",
            Self::Forgery => "fault: forged entry",
            Self::ForeignDocument => "fault: entry in a foreign document",
            Self::StrangersEntry => "fault: stranger's entry",
            Self::Fork => "fault: fork",
            Self::Equivocation => "fault: two-faced member",
            Self::HostileChange => "fault: hostile change",
            Self::StrangerDials => "fault: stranger dials",
            Self::Newcomer => "newcomer",
            Self::Restore => "fault: restore",
            Self::Clone => "fault: copied folder",
            Self::Packet => "packet by hand",
            Self::PacketDamaged => "fault: damaged packet",
        }
    }
}

/// What may break.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Everything.
    #[default]
    All,
    /// Lines, disks, clocks and the relay; everybody is honest and nobody copies a folder.
    Plain,
    /// Also folders.
    WithRecovery,
    /// Also a member that means harm.
    Byzantine,
}

impl Profile {
    /// Its name on the command line.
    pub const NAMES: [(&str, Self); 4] = [
        ("all", Self::All),
        ("plain", Self::Plain),
        ("with-recovery", Self::WithRecovery),
        ("byzantine", Self::Byzantine),
    ];

    fn kinds(self) -> Vec<Fault> {
        let mut kinds = Fault::PLAIN.to_vec();
        if matches!(self, Self::All | Self::WithRecovery) {
            kinds.extend(Fault::RECOVERY);
        }
        if matches!(self, Self::All | Self::Byzantine) {
            kinds.extend(Fault::BYZANTINE);
        }
        kinds
    }

    /// The kinds of a run. Some are not drawn together, because only the lead's decision mends what they do together:
    /// after a fork, a relay that forgets or a file can bring the other branch to nodes that have one.
    pub(super) fn swarm(self, rng: &mut Rng) -> Vec<Fault> {
        let mut drawn: Vec<_> = self.kinds().into_iter().filter(|_| rng.one_in(2)).collect();
        let spreads = |it: &Fault| matches!(it, Fault::RelayRollback | Fault::Packet | Fault::PacketDamaged);
        if drawn.iter().any(spreads) && drawn.iter().any(|it| it.forks()) {
            let keeps_forks = rng.one_in(2);
            drawn.retain(|it| if keeps_forks { !spreads(it) } else { !it.forks() });
        }
        if drawn.is_empty() {
            drawn.push(Fault::Cut);
        }
        drawn
    }
}
