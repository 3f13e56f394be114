//! What travels beside the log: roster statements, frontiers, letters.

use std::sync::Arc;

use super::message::{LIST_MAX, STATEMENTS_MAX};
use super::state::SpaceState;
use super::{Action, CloseReason, Event, FRONTIER_MS_MIN, Frame, Phase, Refusal, Role, Session, sees_late};
use crate::frontier::Frontier;
use crate::id::{NodeNo, Space};
use crate::keys::{PublicKey, Signature};
use crate::letter::{Letter, LetterReply};
use crate::roster::{FIRST_RULES, Roster, Signed};
use crate::time::Timestamp;

/// About how many bytes of statements or frontiers go into one frame; the largest of either still fits beside them.
const LIST_BYTES_MAX: usize = 512 * 1024;

/// The most bytes of a branch that contradicts the roster here: some thousand statements.
const BRANCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Where a statement of the peer belongs.
enum Place {
    /// It may follow what is here or on its way.
    Next,
    /// It is here or on its way.
    Known,
    /// Another one stands at its height.
    Contradicts,
}

impl Session {
    /// Sends the statements that the peer lacks, and the fork at which they end.
    pub(super) fn send_statements(&mut self) {
        let lacking = self.roster.statements(self.peer_roster).to_vec();
        for statements in chunks(lacking, STATEMENTS_MAX) {
            let from = self.peer_roster;
            self.peer_roster += statements.len() as u64;
            self.send(&Frame::Roster { from, statements });
        }
        if self.roster.fork().is_some() {
            self.tell_whole_roster();
        }
    }

    /// Sends all statements after the genesis, once: where the branches part, nobody can tell from two heights.
    pub(super) fn tell_whole_roster(&mut self) {
        if std::mem::replace(&mut self.roster_told, true) {
            return;
        }
        let mut statements = self.roster.statements(1).to_vec();
        if let Some(fork) = self.roster.fork() {
            statements.extend([fork.first.signed.clone(), fork.second.signed.clone()]);
        }
        let mut from = 1;
        for statements in chunks(statements, STATEMENTS_MAX) {
            let sent = statements.len() as u64;
            self.send(&Frame::Roster { from, statements });
            from += sent;
        }
        self.peer_roster = self.peer_roster.max(self.roster.height());
    }

    pub(super) fn hear_statements(&mut self, from: u64, statements: Vec<Vec<u8>>) {
        let welcome = match self.role {
            Role::Newcomer { .. } => matches!(self.phase, Phase::AwaitsAdmission),
            Role::Node { .. } | Role::Relay { .. } => matches!(self.phase, Phase::Open),
        };
        if !welcome {
            return;
        }
        if from > self.roster_ahead && self.branch.is_empty() {
            return self.close(CloseReason::Protocol("roster statements are missing"));
        }
        let (mut new, contradicted) = (Vec::new(), self.branch.len());
        for statement in statements {
            match self.place_of(&statement) {
                Place::Next => new.push(statement),
                Place::Known => {}
                Place::Contradicts => self.branch.push(statement),
            }
        }
        if let Some(genesis) = new.first().filter(|_| from == 0 && self.roster.height() == 0)
            && Roster::empty(self.roster.network()).push(genesis).is_err()
        {
            return self.refuse(Refusal::OtherNetwork);
        }
        if !new.is_empty() {
            self.actions.push_back(Action::Statements(new));
        }
        if self.branch.len() > contradicted {
            if self.branch.iter().map(Vec::len).sum::<usize>() > BRANCH_BYTES_MAX {
                return self.close(CloseReason::Protocol("roster contradicts itself without end"));
            }
            self.actions.push_back(Action::Statements(self.branch.clone()));
            self.tell_whole_roster();
        }
    }

    /// Where a statement of the peer belongs. After one that contradicts the roster here all are of that branch. One that
    /// does not read is the host's to refuse.
    fn place_of(&mut self, signed: &[u8]) -> Place {
        let Ok(Signed { statement, .. }) = Signed::from_bytes(signed) else { return Place::Next };
        let (height, hash) = (statement.height, statement.hash());
        if !self.branch.is_empty() {
            return Place::Contradicts;
        }
        self.peer_roster = self.peer_roster.max(height.saturating_add(1).min(self.roster_ahead + 1));
        if self.roster.fork().is_some_and(|it| it.has(hash)) {
            return Place::Known;
        }
        let disputed = self.roster.fork().is_some_and(|it| height >= it.height);
        let here = self.roster.hash_at(height.saturating_add(1));
        match here.or_else(|| self.statements_ahead.get(&height).copied()) {
            Some(here) if here == hash => Place::Known,
            Some(_) => Place::Contradicts,
            None if disputed => Place::Contradicts,
            None => {
                self.statements_ahead.insert(height, hash);
                self.roster_ahead = self.roster_ahead.max(height.saturating_add(1));
                Place::Next
            }
        }
    }

    pub(super) fn take_roster(&mut self, roster: Arc<Roster>) {
        if roster.network() != self.roster.network() {
            return;
        }
        if !self.roster.begins(&roster) {
            if !roster.begins(&self.roster) && roster.tip() != self.roster.tip() {
                self.close(CloseReason::RosterRewritten);
            }
            return;
        }
        self.roster_ahead = self.roster_ahead.max(roster.height());
        self.statements_ahead = self.statements_ahead.split_off(&roster.height());
        self.roster = roster;
        let late = sees_late(&self.role, &self.roster);
        for state in self.spaces.values_mut() {
            state.judge_anew(&self.roster, late);
            state.progress(self.now);
        }
        self.admit();
        if !matches!(self.phase, Phase::Open) {
            return;
        }
        // Who has just left hears of it, and by what act.
        self.send_statements();
        if matches!(self.role, Role::Relay { .. }) && !self.peer_reads(Space::Network) {
            return self.refuse(Refusal::NotAdmitted);
        }
        if matches!(self.role, Role::Relay { .. }) {
            self.open_spaces();
        }
    }

    /// Begins the exchange of spaces that the peer may read only now.
    fn open_spaces(&mut self) {
        let closed = self.spaces.values().filter(|state| !state.open);
        let readable = closed.map(|state| state.space).filter(|space| self.peer_reads(*space));
        for space in readable.collect::<Vec<_>>() {
            self.ask_directory(space);
        }
    }

    pub(super) fn send_frontiers(&mut self, mut frontiers: Vec<Vec<u8>>, cursor: u64) {
        if !matches!(self.phase, Phase::Open) {
            return;
        }
        let reader = self.reader();
        let own = matches!(self.role, Role::Node { .. });
        frontiers.retain(|bytes| {
            let frontier = Frontier::peek(bytes);
            frontier.is_ok_and(|it| self.peer_reads(it.space) && (own == (Some(it.node) == reader)))
        });
        if own {
            frontiers.retain(|bytes| !self.send_signed(bytes));
        }
        for frontiers in chunks(frontiers, LIST_MAX) {
            self.send(&Frame::Frontiers { cursor: if own { 0 } else { cursor }, frontiers });
        }
    }

    /// Tells a frontier by its signature alone, where the relay can make the rest of it from what it holds itself: it
    /// holds the same state. Gives whether that was possible.
    fn send_signed(&mut self, bytes: &[u8]) -> bool {
        let Ok((frontier, signature)) = Frontier::peek_signed(bytes) else { return false };
        let (roster, peer_roster) = (self.roster.height(), self.peer_roster);
        let Some(state) = self.spaces.get_mut(&frontier.space).filter(|it| it.agreed) else { return false };
        let same = frontier == frontier_of(state, frontier.node, frontier.counter, roster);
        let known = state.theirs.is_none_or(|(digest, _)| digest == state.digest);
        if !same || !known || peer_roster != roster {
            return false;
        }
        let (space, counter, packs) = (state.space, frontier.counter, state.packs_received);
        state.told = Some(state.word());
        state.check_by = None;
        state.signed = Some(bytes.to_vec());
        self.send(&Frame::Signed { space, counter, packs, signature });
        true
    }

    /// On the relay: if the node has signed what stands here, it holds just that.
    pub(super) fn hear_signed(&mut self, space: Space, counter: u64, packs: u64, signature: &Signature) {
        let open = matches!(self.phase, Phase::Open) && matches!(self.role, Role::Relay { .. });
        let Some(node) = self.reader().filter(|_| open && self.peer_reads(space)) else { return };
        let (now, roster) = (self.now, self.roster.height());
        let Some(state) = self.spaces.get_mut(&space).filter(|it| it.open) else { return };
        let bytes = frontier_of(state, node, counter, roster).with_signature(signature);
        if Frontier::verify(&bytes, &self.roster).is_err() {
            return self.send(&Frame::Wanted(space));
        }
        state.hear_word(state.digest, packs);
        state.holds_more = false;
        state.progress(now);
        self.notify(Event::Frontier(bytes));
    }

    /// On the node: the relay holds something else by now. Perhaps that is on its way; perhaps it is another branch of a
    /// feed, and then only a Check brings it to light.
    pub(super) fn hear_wanted(&mut self, space: Space) {
        let now = self.now;
        let Some(state) = self.spaces.get_mut(&space) else { return };
        if let Some(frontier) = state.signed.take() {
            state.told = None;
            state.agreed = false;
            state.progress(now);
            self.send(&Frame::Frontiers { cursor: 0, frontiers: vec![frontier] });
        }
    }

    pub(super) fn hear_frontiers(&mut self, cursor: u64, frontiers: Vec<Vec<u8>>) {
        if !matches!(self.phase, Phase::Open) {
            return;
        }
        let reader = self.reader();
        let from_node = matches!(self.role, Role::Relay { .. });
        for bytes in frontiers {
            let author = Frontier::peek(&bytes).map(|frontier| Some(frontier.node));
            if author.is_ok_and(|author| !from_node || author == reader) {
                self.notify(Event::Frontier(bytes));
            }
        }
        if !from_node {
            self.notify(Event::FrontierCursor(cursor));
        }
    }

    /// When the node's next frontier of the space is due.
    pub(super) fn frontier_due(&self, state: &SpaceState) -> Option<Timestamp> {
        let settled = state.open && (state.agreed || state.given_up);
        let wanted = matches!(self.role, Role::Node { .. }) && settled && state.unreported;
        wanted.then(|| state.reported_at.map_or(Timestamp(0), |at| at.plus_ms(FRONTIER_MS_MIN)))
    }

    pub(super) fn report_frontiers(&mut self) {
        let now = self.now;
        let due = self.spaces.values().filter(|state| self.frontier_due(state).is_some_and(|at| at <= now));
        for space in due.map(|state| state.space).collect::<Vec<_>>() {
            if let Some(state) = self.spaces.get_mut(&space) {
                state.unreported = false;
                state.reported = Some(state.digest);
                state.reported_at = Some(now);
            }
            self.notify(Event::FrontierDue(space));
        }
    }

    pub(super) fn send_letters(&mut self, letters: Vec<Vec<u8>>) {
        let relay = matches!(self.role, Role::Relay { .. });
        if !relay || !matches!(self.phase, Phase::Open) || !self.peer_is_lead() {
            return;
        }
        for letters in chunks(letters, LIST_MAX) {
            self.send(&Frame::Letters(letters));
        }
    }

    pub(super) fn hear_letters(&mut self, letters: Vec<Vec<u8>>) {
        if !matches!(self.role, Role::Node { .. }) || !matches!(self.phase, Phase::Open) {
            return;
        }
        for letter in letters {
            if let Ok(read) = Letter::from_bytes(&letter) {
                self.notify(Event::Letter { from: read.request().node_key, letter });
            }
        }
    }

    pub(super) fn send_letter_reply(&mut self, to: PublicKey, reply: LetterReply) {
        let wanted = match &self.role {
            Role::Node { .. } => matches!(self.phase, Phase::Open),
            Role::Relay { peer } => *peer == to && matches!(self.phase, Phase::AwaitsAdmission),
            Role::Newcomer { .. } => false,
        };
        if wanted {
            self.send(&Frame::LetterReply { to, reply });
        }
    }

    pub(super) fn hear_letter_reply(&mut self, to: PublicKey, reply: LetterReply) {
        let wanted = match &self.role {
            Role::Relay { .. } => matches!(self.phase, Phase::Open) && self.peer_is_lead(),
            Role::Newcomer { key, .. } => *key == to,
            Role::Node { .. } => false,
        };
        if wanted {
            self.notify(Event::LetterReply { to, reply });
        }
    }
}

/// What a node says that holds this state.
fn frontier_of(state: &SpaceState, node: NodeNo, counter: u64, roster: u64) -> Frontier {
    let (space, digest, vector) = (state.space, state.digest, state.vector());
    Frontier { node, counter, space, roster, rules: FIRST_RULES, digest, vector }
}

/// Cuts a list into parts that fit a frame.
fn chunks(list: Vec<Vec<u8>>, count_max: usize) -> Vec<Vec<Vec<u8>>> {
    let mut parts = Vec::<Vec<Vec<u8>>>::new();
    let mut bytes = 0;
    for item in list {
        match parts.last_mut() {
            Some(part) if part.len() < count_max && bytes + item.len() <= LIST_BYTES_MAX => {
                bytes += item.len();
                part.push(item);
            }
            Some(_) | None => {
                bytes = item.len();
                parts.push(vec![item]);
            }
        }
    }
    parts
}
