//! What breaks: lines, disks, clocks, the relay, and people who mean harm.
//!
//! Every seed draws which kinds it has, so that some runs are rough in one way only and others in all.

use svod_node::documents::{Document, Incoming, execution_id, roadmap};
use svod_node::domain::plan::PlanField;
use svod_shared::chunk;
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, NodeNo, OrgNo, Space};
use svod_shared::keys::Signature;
use svod_shared::storage::FeedHead;
use svod_shared::sync::{Role, Session};
use svod_shared::time::Timestamp;

use crate::sim::founding::Member;
use crate::sim::kinds::Fault;
use crate::sim::line::{End, Flight, NODE, RELAY};
use crate::sim::mutant::Mutant;
use crate::sim::trace::Broken;
use crate::sim::world::World;

/// The member that does what it may not: its keys and its feed.
#[derive(Debug)]
pub(super) struct Hostile {
    node: NodeNo,
    member: Member,
    head: Option<FeedHead>,
    before: Option<FeedHead>,
}

impl Hostile {
    /// A member that has written nothing yet.
    pub(super) fn new(node: NodeNo, member: Member) -> Self {
        Self { node, member, head: None, before: None }
    }

    fn height(&self) -> u64 {
        self.head.map_or(0, |it| it.height)
    }
}

impl World {
    /// Something breaks.
    pub(super) fn fault(&mut self) -> Result<(), Broken> {
        let Some(fault) = self.rng.pick(&self.enabled).copied() else { return Ok(()) };
        let happened = match fault {
            Fault::Cut
            | Fault::HalfOpen
            | Fault::Partition
            | Fault::OneWay
            | Fault::Slow
            | Fault::FrameTwice
            | Fault::FrameOfOld
            | Fault::FrameForged
            | Fault::Withhold => self.line_fault(fault),
            Fault::SecondSession => self.second_session()?,
            Fault::StrangerDials => self.stranger_dials()?,
            Fault::Crash | Fault::TornWrite | Fault::FullDisk | Fault::ClockJump => self.node_fault(fault)?,
            Fault::Restore => self.restore()?,
            Fault::Clone => self.copy_folder()?,
            Fault::Packet | Fault::PacketDamaged => self.by_hand(fault)?,
            Fault::RelayFullDisk | Fault::RelayRestart | Fault::RelayRollback => self.relay_fault(fault)?,
            Fault::Newcomer => self.sites.len() < 7 && self.newcomer()?,
            Fault::Forgery
            | Fault::ForeignDocument
            | Fault::StrangersEntry
            | Fault::Fork
            | Fault::Equivocation
            | Fault::HostileChange => self.relay_down_until == 0 && self.hostile_deed(fault)?,
        };
        if happened {
            self.trace.count(fault.name());
            self.trace.note(format!("{} {}", self.now, fault.name()));
        }
        Ok(())
    }

    fn line_fault(&mut self, fault: Fault) -> bool {
        let at = self.rng.below(self.lines.len());
        let until = self.now + self.rng.ms(1000, 300_000);
        let side = self.rng.below(2);
        let Some(line) = self.lines.get_mut(at) else { return false };
        match fault {
            Fault::HalfOpen if line.is_whole() => {
                line.ends[side] = None;
                line.flight = Default::default();
                line.notices_at = self.now + 120_000;
            }
            Fault::Partition => line.dumb_until = [until; 2],
            Fault::OneWay => line.dumb_until[side] = until,
            Fault::Withhold => line.dumb_until[NODE] = until,
            Fault::Slow => line.delay_max = 20_000,
            Fault::FrameTwice | Fault::FrameForged => {
                let Some(Flight { at, frame: Some(frame) }) = line.flight[side].front() else { return false };
                let (at, mut frame) = (*at, frame.clone());
                if fault == Fault::FrameTwice {
                    line.flight[side].push_front(Flight { at, frame: Some(frame) });
                    return true;
                }
                let place = self.rng.below(frame.len());
                if let Some(byte) = frame.get_mut(place) {
                    *byte ^= 1 << self.rng.below(8);
                }
                line.flight[side].pop_front();
                line.flight[side].push_front(Flight { at, frame: Some(frame) });
                line.poisoned = true;
                self.frames_forged = true;
            }
            Fault::FrameOfOld => {
                let old: Vec<_> = self.old_frames.iter().filter(|it| it.0 == side).collect();
                let Some((_, frame)) = self.rng.pick(&old) else { return false };
                let frame = Some(frame.clone());
                line.flight[side].push_front(Flight { at: self.now, frame });
                line.poisoned = true;
                self.frames_forged = true;
            }
            _ => self.cut(at),
        }
        true
    }

    fn second_session(&mut self) -> Result<bool, Broken> {
        let at = self.rng.below(self.sites.len());
        let before = self.lines.len();
        if self.lines.iter().filter(|it| it.site == at).count() < 3 {
            self.dial(at)?;
        }
        Ok(self.lines.len() > before)
    }

    /// Somebody whose key is in no roster says that it is the lead's node.
    fn stranger_dials(&mut self) -> Result<bool, Broken> {
        if self.relay_down_until > 0 || self.sites.is_empty() {
            return Ok(false);
        }
        let heads = self.relay.snapshot()?;
        let empty = svod_shared::sync::Snapshot { heads: Default::default(), ..heads };
        let mut session = Session::new(Role::Node { node: NodeNo(1) }, empty, Timestamp(self.now));
        let Some(svod_shared::sync::Action::Send(hello)) = session.poll_action() else { return Ok(false) };
        let key = self.stranger.public();
        self.connect(usize::MAX, key, None, 200)?;
        if let Some(line) = self.lines.last_mut() {
            line.notices_at = self.now + 30_000;
            line.flight[RELAY].push_back(Flight { at: self.now, frame: Some(hello) });
            // What is sent to it is looked at and thrown away.
            let role = Role::Newcomer { key, letter: Vec::new() };
            let roster = self.founding.roster.clone().into();
            let nothing = svod_shared::sync::Snapshot {
                roster,
                heads: Default::default(),
                frontier_cursor: 0,
                frontiers: Default::default(),
            };
            let mut end = End::new(role, nothing, Timestamp(self.now));
            while end.session.poll_action().is_some() {}
            end.idle = true;
            line.ends[NODE] = Some(end);
        }
        Ok(true)
    }

    /// A node's process ends, with everything that was not on its disk.
    pub(super) fn stop(&mut self, at: usize, pause: u64) {
        for line in self.lines.iter_mut().filter(|it| it.site == at) {
            line.ends[NODE] = None;
            line.flight[NODE].clear();
            line.notices_at = self.now + 120_000;
        }
        let site = &mut self.sites[at];
        site.store = None;
        site.down_until = self.now + pause;
    }

    fn node_fault(&mut self, fault: Fault) -> Result<bool, Broken> {
        let at = self.rng.below(self.sites.len());
        let pause = self.rng.ms(0, 60_000);
        let site = &mut self.sites[at];
        if site.store.is_none() {
            return Ok(false);
        }
        match fault {
            Fault::ClockJump => {
                let jumps = [-40, -1, 1, 400, 3650].map(|days: i64| days * 86_400_000);
                let small = i64::try_from(self.rng.ms(0, 7_200_000)).unwrap_or(0) - 3_600_000;
                site.skew = if self.rng.one_in(2) { small } else { *self.rng.pick(&jumps).unwrap_or(&0) };
            }
            Fault::FullDisk => {
                site.full = !site.full;
                let bytes = if site.full { 0 } else { u64::MAX };
                let store = site.store.as_ref().ok_or_else(|| Broken::new("works", "no store"))?;
                store.limit_size(bytes).map_err(|it| Broken::failed("filling a disk", it))?;
                return Ok(site.full);
            }
            Fault::TornWrite => return self.torn_write(at, pause),
            _ => {
                self.stop(at, pause);
                let site = &self.sites[at];
                if let (Some(Mutant::CrashLosesCommits), Some(backup)) = (self.terms.mutant, &site.backup) {
                    backup.copy(&site.disk())?;
                }
            }
        }
        Ok(true)
    }

    /// Power is lost while something is being saved: any beginning of what was written may be on the disk.
    fn torn_write(&mut self, at: usize, pause: u64) -> Result<bool, Broken> {
        let mark = self.sites[at].disk().mark();
        let counted = self.wrote.len();
        let told = self.sites[at].told.clone();
        let book = self.sites[at].book.clone();
        let (archive, archive_forked) = (self.archive.forked.clone(), self.archive.forks_allowed);
        // Whoever typed it was not told, and nobody was sent it: an entry may stand in its place later.
        self.archive.forks_allowed = true;
        let site = &mut self.sites[at];
        site.tell_time(self.now);
        if let (Some(store), Some(plan)) = (&mut site.store, self.plan) {
            let _ = store.edit_plan(
                plan,
                vec![svod_node::requests::Edit {
                    field: PlanField::Title,
                    value: format!("оборвано {}", self.now),
                    seen: store
                        .plan(&plan)
                        .ok()
                        .flatten()
                        .map(|it| it.plan.field(PlanField::Title).ops())
                        .unwrap_or_default(),
                }],
            );
            store.take_updates();
        }
        let copy = site.copy_at("torn");
        site.disk().copy(&copy)?;
        let torn = copy.tear(&mark, &mut self.rng);
        self.stop(at, pause);
        let site = &mut self.sites[at];
        copy.copy(&site.disk())?;
        (site.told, site.book) = (told, book);
        (self.archive.forked, self.archive.forks_allowed) = (archive, archive_forked);
        self.wrote.truncate(counted);
        Ok(torn)
    }

    fn relay_fault(&mut self, fault: Fault) -> Result<bool, Broken> {
        if self.relay_down_until > 0 {
            return Ok(false);
        }
        match fault {
            Fault::RelayFullDisk => {
                self.relay.full = !self.relay.full;
                let pages = if self.relay.full { 1_u32 } else { u32::MAX - 1 };
                let db = self.relay.db()?;
                let set =
                    db.connection().query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()));
                set.map_err(|it| Broken::failed("filling the relay's disk", it))?;
                return Ok(self.relay.full);
            }
            Fault::RelayRollback => {
                let Some(backup) = self.relay.backup.take() else {
                    let copy = crate::sim::disk::Disk::new(self.dir.path().join("relay.old"));
                    self.relay.disk().copy(&copy)?;
                    self.relay.backup = Some(copy);
                    return Ok(false);
                };
                self.relay_ends();
                backup.copy(&self.relay.disk())?;
                self.relay.book.forget();
            }
            _ => self.relay_ends(),
        }
        self.relay_down_until = self.now + self.rng.ms(1, 60_000);
        Ok(true)
    }

    fn relay_ends(&mut self) {
        for at in 0..self.lines.len() {
            self.cut(at);
        }
        self.relay.close();
    }

    /// The hostile member brings something to the relay's door, or to a node's.
    fn hostile_deed(&mut self, fault: Fault) -> Result<bool, Broken> {
        let Some(plan) = self.plan else { return Ok(false) };
        let Some(record) = self.hostile_record(fault, plan)? else { return Ok(false) };
        let own = matches!(fault, Fault::HostileChange) || record.entry.seq == self.hostile.height();
        // What must not enter anywhere is tried everywhere; what may enter goes the way of everything.
        let anywhere = matches!(fault, Fault::Forgery | Fault::ForeignDocument | Fault::StrangersEntry);
        let at = self.rng.below(self.sites.len());
        self.two_faced |= fault == Fault::Equivocation;
        if fault == Fault::Equivocation || anywhere && self.rng.one_in(2) {
            let site = &mut self.sites[at];
            site.tell_time(self.now);
            if let Some(store) = &mut site.store {
                let taken = store.receive(vec![record]);
                if let Err(error) = taken
                    && !matches!(error, svod_shared::storage::StorageError::Full)
                {
                    return Err(Broken::failed("receiving", error));
                }
            }
            self.spread_from(at, None)?;
            return Ok(true);
        }
        let feed = record.entry.feed;
        self.relay.append(vec![record])?;
        self.relay.check(&mut self.archive)?;
        self.spread_from_relay();
        if own {
            let heads = self.relay.snapshot()?.heads.remove(&Space::Network).unwrap_or_default();
            let head = heads.into_iter().find(|it| it.feed == feed);
            if head != self.hostile.head {
                self.hostile.before = self.hostile.head;
                self.hostile.head = head.or(self.hostile.head);
            }
        }
        Ok(true)
    }

    fn hostile_record(&mut self, fault: Fault, plan: DocId) -> Result<Option<Record>, Broken> {
        let network = self.founding.network();
        let node = if fault == Fault::StrangersEntry { NodeNo(900) } else { self.hostile.node };
        let mut random = [0; 16];
        self.rng.fill(&mut random);
        let at = match fault {
            Fault::Fork | Fault::Equivocation => match (self.hostile.before, self.hostile.head) {
                (Some(before), Some(head)) if before.feed == head.feed => Some(before),
                // There is nothing to fork yet: it writes as an honest member does.
                (_, head) => head,
            },
            Fault::StrangersEntry => None,
            _ => self.hostile.head,
        };
        let tip = at.map_or_else(|| Tip::open(&network, node, Space::Network, &[], random), Tip::After);
        let doc = if fault == Fault::ForeignDocument { execution_id(&plan, OrgNo(1)) } else { plan };
        let Some(mut change) = self.hostile_change(plan, tip.feed().actor())? else { return Ok(None) };
        if fault == Fault::HostileChange && !self.rng.one_in(3) {
            let mut body = chunk::body(&change).map(<[u8]>::to_vec).unwrap_or_default();
            for _ in 0..=self.rng.below(3) {
                let place = self.rng.below(body.len());
                if let Some(byte) = body.get_mut(place) {
                    *byte ^= 1 << self.rng.below(8);
                }
            }
            change = chunk::of_body(&body).1;
        }
        let signer = if fault == Fault::StrangersEntry { &self.stranger } else { &self.hostile.member.node };
        let height = self.founding.roster.height();
        let written = tip.write(height, vec![(doc, change)], signer);
        let mut record = written.map_err(|it| Broken::failed("writing an entry", it))?;
        if fault == Fault::Forgery {
            match self.rng.below(3) {
                0 => record.signature = Some(Signature([7; 64])),
                1 => record.signature = Some(record.entry.sign(&self.stranger)),
                _ => record.entry.roster = 0,
            }
        }
        Ok(Some(record))
    }

    /// A change that an honest program would make on what the relay has.
    fn hostile_change(
        &mut self,
        plan: DocId,
        actor: svod_shared::id::Actor,
    ) -> Result<Option<Vec<u8>>, Broken> {
        let heads = self.relay.snapshot()?.heads.remove(&Space::Network).unwrap_or_default();
        let mut incoming = Vec::new();
        for head in heads {
            for record in self.relay.load(&head.feed, 0, 64 * 1024)?.records {
                for ((doc, hash), bytes) in record.entry.changes().zip(&record.changes) {
                    if doc == plan {
                        incoming.push((head.feed.actor(), hash, bytes.clone()));
                    }
                }
            }
        }
        let Ok(mut document) = Document::new(plan) else { return Ok(None) };
        let offered: Vec<_> = incoming
            .iter()
            .map(|(actor, hash, bytes)| Incoming { actor: *actor, hash: *hash, bytes })
            .collect();
        document.apply(&offered);
        let text = format!("чужое {}", self.now);
        let step = roadmap::set_plan_field(PlanField::Period, &text);
        let made = document.edit(actor, Timestamp(self.now), None, &[step]);
        Ok(made.ok().flatten().map(|it| it.bytes))
    }
}
