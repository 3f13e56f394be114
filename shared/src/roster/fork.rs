//! Rosters that contradict each other: two statements at one height, and what outranks them.
//!
//! Where two branches part, at height `h`, the recovery key that stood at `h` decides, on every node alike:
//!
//! 1. a branch with a `LeadReplaced` sealed by that key outranks one without; of two, the one whose first such statement
//!    lies lower, and at equal heights the one whose statement has the smaller hash;
//! 2. if neither has one, both statements at `h` are kept as a proof of the fork: the roster ends at `h`, nothing above
//!    is taken, and everybody who hears of both sees it. Of more than two, the two smaller hashes are kept; a fork at a
//!    lower height takes the place of one above.
//!
//! So the outcome depends on what a node has seen and not on the order. Only the newest open fork counts in [`Roster::tip`],
//! which sessions compare; settled ones are kept as evidence where they were seen.

use super::Roster;
use super::content::Content;
use super::error::RosterError;
use super::statement::{Seal, Signed};
use crate::id::{StatementHash, sha256};
use crate::keys::PublicKey;
use crate::leb::Writer;

/// The most settled contradictions that are kept as evidence.
const SETTLED_MAX: usize = 16;

/// One of two statements that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its hash.
    pub hash: StatementHash,
    /// Its signed bytes.
    pub signed: Vec<u8>,
}

/// Two statements at one height, each properly signed and possible: a proof that somebody said two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// How many statements both follow.
    pub height: u64,
    /// The one with the smaller hash.
    pub first: Side,
    /// The other.
    pub second: Side,
}

/// A contradiction that the recovery key has settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// How many statements both branches follow.
    pub height: u64,
    /// The first statements of the branches that do not stand: one or two, by hash.
    pub outranked: Vec<Side>,
}

/// What became of statements that a peer sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Whether the roster is another one now.
    pub changed: bool,
    /// The height down to which what stood was taken back, if it was: entries written under greater heights were written
    /// under statements that do not stand.
    pub rewritten: Option<u64>,
    /// Whether evidence of a contradiction was kept that changes nothing.
    pub noted: bool,
}

impl Taken {
    /// Both, one after the other.
    pub fn and(self, later: Self) -> Self {
        let rewritten = match (self.rewritten, later.rewritten) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self { changed: self.changed || later.changed, rewritten, noted: self.noted || later.noted }
    }
}

/// What came of meeting a branch.
enum Met {
    /// The roster is another one.
    Theirs,
    /// The branch does not count, and that it exists has been kept.
    Evidence,
    /// The branch does not count.
    Nothing,
}

impl Side {
    fn of(signed: &[u8]) -> Result<Self, RosterError> {
        Ok(Self { hash: Signed::from_bytes(signed)?.statement.hash(), signed: signed.to_vec() })
    }
}

impl Fork {
    fn of(height: u64, mut sides: Vec<Side>) -> Option<Self> {
        sides.sort_by_key(|it| it.hash);
        sides.dedup_by_key(|it| it.hash);
        let mut sides = sides.into_iter();
        Some(Self { height, first: sides.next()?, second: sides.next()? })
    }

    /// Whether it is about that statement.
    pub fn has(&self, hash: StatementHash) -> bool {
        self.first.hash == hash || self.second.hash == hash
    }
}

impl Roster {
    /// Takes consecutive statements that a peer sent, from any height that is not beyond the end; those that are known are
    /// passed over, and those that do not count against what is here change nothing. The first that cannot be is the
    /// error; what came before it stands.
    pub fn take(&mut self, signed: &[Vec<u8>]) -> Result<Taken, RosterError> {
        let mut taken = Taken::default();
        let mut rest = signed;
        while let Some((statement, after)) = rest.split_first() {
            let pushed = match self.disputed(statement) {
                Some(fork) => Err(fork),
                None => self.push(statement),
            };
            match pushed {
                Ok(()) => taken.changed = true,
                Err(RosterError::AlreadyKnown { .. } | RosterError::Disputed { .. }) => {}
                Err(RosterError::Fork { height, .. }) => {
                    let branch = self.branch(height, rest)?;
                    let used = usize::try_from(branch.height().saturating_sub(height)).unwrap_or(usize::MAX);
                    match self.meet(height, branch)? {
                        Met::Theirs => {
                            taken.changed = true;
                            taken.rewritten = Some(taken.rewritten.map_or(height, |it| it.min(height)));
                        }
                        Met::Evidence => taken.noted = true,
                        Met::Nothing => {}
                    }
                    rest = rest.get(used..).unwrap_or(&[]);
                    continue;
                }
                Err(error) => return Err(error),
            }
            rest = after;
        }
        Ok(taken)
    }

    /// A statement of the fork is known, but what follows it may settle the fork.
    fn disputed(&self, signed: &[u8]) -> Option<RosterError> {
        let fork = self.fork.as_ref()?;
        let [ours, theirs] = [fork.first.hash, fork.second.hash];
        let one_of_both = [&fork.first, &fork.second].into_iter().any(|it| it.signed == signed);
        one_of_both.then_some(RosterError::Fork { height: fork.height, ours, theirs })
    }

    /// The fork at whose height this roster ends, as long as the recovery key has not settled it.
    pub fn fork(&self) -> Option<&Fork> {
        self.fork.as_ref()
    }

    /// Contradictions that the recovery key has settled, as far as they were seen here.
    pub fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// What two sides compare: the last statement's hash, with the fork if there is one.
    pub fn tip(&self) -> StatementHash {
        let Some(fork) = &self.fork else { return self.hash() };
        let mut writer = Writer::domain("svod/1 roster fork");
        writer.raw(self.hash().as_bytes()).raw(fork.first.hash.as_bytes()).raw(fork.second.hash.as_bytes());
        StatementHash(sha256(writer.as_slice()))
    }

    /// Statements from which [`Self::from_statements`] makes this roster again, with its fork and its evidence: what is
    /// stored.
    pub fn journal(&self) -> Vec<Vec<u8>> {
        let mut journal = self.statements.clone();
        journal.extend(self.settled.iter().flat_map(|it| &it.outranked).map(|it| it.signed.clone()));
        if let Some(fork) = &self.fork {
            journal.extend([fork.first.signed.clone(), fork.second.signed.clone()]);
        }
        journal
    }

    /// Whether `other` is this roster, perhaps with statements added, and neither has forked.
    pub fn begins(&self, other: &Self) -> bool {
        self.network == other.network
            && self.fork.is_none()
            && other.fork.is_none()
            && self.height() <= other.height()
            && (self.height() == 0 || other.hash_at(self.height()) == Some(self.hash()))
    }

    /// The roster of the first `height` statements, which were verified when they came.
    fn below(&self, height: u64) -> Result<Self, RosterError> {
        let mut below = Self::empty(self.network);
        for (signed, hash) in self.statements.iter().zip(&self.hashes) {
            if below.height() == height {
                break;
            }
            let statement = Signed::from_bytes(signed)?.statement;
            below.fold(statement.content, &statement.terms)?;
            below.statements.push(signed.clone());
            below.hashes.push(*hash);
        }
        Ok(below)
    }

    /// The branch that begins with the first of `signed`, as far as it holds. That its first statement cannot be is an
    /// error.
    fn branch(&self, height: u64, signed: &[Vec<u8>]) -> Result<Self, RosterError> {
        let mut branch = self.below(height)?;
        for (number, statement) in signed.iter().enumerate() {
            match branch.push(statement) {
                Ok(()) => {}
                Err(error) if number == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(branch)
    }

    /// Decides between this roster and a branch that leaves it at `height`.
    fn meet(&mut self, height: u64, branch: Self) -> Result<Met, RosterError> {
        let Some(paper) = self.authority.at(height).map(|it| it.recovery) else { return Ok(Met::Nothing) };
        let ours = if self.fork.is_some() { None } else { self.said_on_paper(height, &paper) };
        let theirs = branch.said_on_paper(height, &paper);
        let wins = match (ours, theirs) {
            (Some(ours), Some(theirs)) => theirs < ours,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => return self.part(height, &branch),
        };
        if wins {
            let mut outranked = self.sides_at(height)?;
            outranked.retain(|it| branch.hash_at(height.saturating_add(1)) != Some(it.hash));
            let mut settled = std::mem::take(&mut self.settled);
            *self = branch;
            settled.retain(|it| it.height < height);
            settled.push(Settled { height, outranked });
            settled.truncate(SETTLED_MAX);
            self.settled = settled;
            return Ok(Met::Theirs);
        }
        Ok(if self.keep_evidence(height, branch.sides_at(height)?) { Met::Evidence } else { Met::Nothing })
    }

    /// Two statements of one height are proof enough: a peer could otherwise make the evidence grow for ever.
    fn keep_evidence(&mut self, height: u64, sides: Vec<Side>) -> bool {
        let room = self.settled.len() < SETTLED_MAX;
        let known = self.settled.iter_mut().find(|it| it.height == height);
        match known {
            Some(known) => {
                let before = known.outranked.len();
                let new = |it: &Side| known.outranked.iter().all(|known| known.hash != it.hash);
                let new: Vec<_> = sides.into_iter().filter(new).take(2usize.saturating_sub(before)).collect();
                known.outranked.extend(new);
                known.outranked.sort_by_key(|it| it.hash);
                known.outranked.len() > before
            }
            None if room => {
                self.settled.push(Settled { height, outranked: sides });
                self.settled.sort_by_key(|it| it.height);
                true
            }
            None => false,
        }
    }

    /// Keeps a fork: the roster ends where the branches part.
    fn part(&mut self, height: u64, branch: &Self) -> Result<Met, RosterError> {
        let mut sides = self.sides_at(height)?;
        sides.extend(branch.sides_at(height)?);
        let fork = Fork::of(height, sides);
        if fork.is_none() || fork == self.fork {
            return Ok(Met::Nothing);
        }
        let mut settled = std::mem::take(&mut self.settled);
        settled.retain(|it| it.height < height);
        *self = Self { settled, fork, ..self.below(height)? };
        Ok(Met::Theirs)
    }

    /// What this roster has at a height: one statement, or the two of its fork.
    fn sides_at(&self, height: u64) -> Result<Vec<Side>, RosterError> {
        if let Some(fork) = self.fork.as_ref().filter(|it| it.height == height) {
            return Ok(vec![fork.first.clone(), fork.second.clone()]);
        }
        let signed = self.statements(height).first();
        signed.map(|it| Side::of(it)).into_iter().collect()
    }

    /// The first statement from `height` on that the recovery key `paper` has sealed: its height and hash.
    fn said_on_paper(&self, height: u64, paper: &PublicKey) -> Option<(u64, StatementHash)> {
        let said = self.statements(height).iter().filter_map(|it| Signed::from_bytes(it).ok());
        said.filter_map(|it| {
            let replaces = matches!(it.statement.content, Content::LeadReplaced { .. });
            let Seal::Recovery(signature) = &it.seal else { return None };
            let sealed = replaces && paper.verify(&it.statement.signed_bytes(), signature).is_ok();
            sealed.then(|| (it.statement.height, it.statement.hash()))
        })
        .next()
    }
}
