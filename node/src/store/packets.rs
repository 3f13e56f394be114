//! Exchange by file: what another member lacks, written; what another member wrote, looked at and taken.
//!
//! Files are taken as what a session brings is: statements first, then entries through the gate and on into
//! documents, all in one transaction. Looking at them is the very same, with the transaction rolled back at its end,
//! so that a preview cannot say anything else than what then happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use svod_shared::frontier::Frontier;
use svod_shared::id::{FeedId, NodeNo, OrgNo, Space};
use svod_shared::packet::{self, Envelope, Missing, Packet, PacketError};
use svod_shared::roster::{self, Roster};
use svod_shared::storage::sqlite::{SqliteStorage, frontiers};
use svod_shared::storage::{FeedHead, StorageError};
use svod_shared::transport::{Update, Updated};

use self::take::{Taken, Taking};
use super::Store;
use super::closings::standing;
use crate::projections::{incidents, meta, news};
use crate::views::{PacketFile, PacketGap, PacketView};

mod take;
#[cfg(test)]
mod tests;

/// Why a packet was not written or not taken; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum PacketFailure {
    /// The lead has not admitted this node yet.
    #[error("the node is not admitted to the network yet")]
    NotAdmitted,
    /// There is no such organisation.
    #[error("no such organisation")]
    NoOrg,
    /// There is more to write than packets hold.
    #[error("there is more to write than packets hold")]
    TooMuch,
    /// A file cannot be taken.
    #[error("file {file} is not taken")]
    File {
        /// Which of the files, from 0.
        file: usize,
        /// Why.
        #[source]
        source: PacketError,
    },
    /// The roster is not the one that the ticket was issued under: somebody withholds or forges.
    #[error("the roster is not the one the ticket was issued under")]
    NotTheTickets,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PacketFailure {
    /// The key of a sentence in the catalogue that says what happened and what to do.
    pub fn message_key(&self) -> &'static str {
        match self {
            Self::NotAdmitted => "error-not-admitted",
            Self::NoOrg => "packet-error-no-org",
            Self::TooMuch => "packet-error-too-much",
            Self::File { source, .. } => match source {
                PacketError::TooLarge => "packet-error-too-large",
                PacketError::NotAPacket => "packet-error-not-a-packet",
                PacketError::FromFuture(_) => "packet-error-from-future",
                PacketError::Damaged(_) | PacketError::Signature => "packet-error-damaged",
                PacketError::OtherNetwork(_) => "packet-error-other-network",
                PacketError::UnknownSender => "packet-error-unknown-sender",
                PacketError::RosterGap { .. } => "packet-error-roster-gap",
                PacketError::RosterFork | PacketError::Roster(_) => "packet-error-roster",
                PacketError::Pack(_) => "packet-error-pack",
            },
            Self::NotTheTickets => "packet-error-not-the-tickets",
            Self::Storage(StorageError::Full) => "error-disk-full",
            Self::Storage(_) => "error-not-written",
        }
    }
}

impl From<packet::WriteError> for PacketFailure {
    fn from(error: packet::WriteError) -> Self {
        match error {
            packet::WriteError::TooLarge => Self::TooMuch,
            packet::WriteError::Storage(error) => Self::Storage(error),
        }
    }
}

/// More lines than anybody reads before a button.
const LINES_MAX: usize = 200;

impl Store {
    /// Writes what the nodes of an organisation, or of everybody, lack by their last frontiers, as files of at most
    /// `bytes_max` bytes. Of whom no frontier is known, nothing is taken for granted: everything is written.
    pub fn write_packet(
        &mut self,
        to: Option<OrgNo>,
        bytes_max: usize,
    ) -> Result<Vec<Vec<u8>>, PacketFailure> {
        let me = self.me().ok_or(PacketFailure::NotAdmitted)?;
        if to.is_some_and(|org| !self.roster.org(org).is_some_and(|it| it.active)) {
            return Err(PacketFailure::NoOrg);
        }
        // What lies above the end of its feed is for the lead alone.
        let heads = if to.is_some() && to == self.roster.lead() {
            self.network_heads()?
        } else {
            standing(&self.connection, &self.roster, Space::Network)?
        };
        let (heights, statements_from) = self.known_to(me.node, to, &heads)?;
        let frontiers = self.sign_frontier(Space::Network)?.into_iter().collect();
        let envelope = Envelope {
            roster: &self.roster,
            from: me.node,
            node_key: &self.node_key,
            to,
            created: self.now(),
            statements_from,
            frontiers,
            bytes_max,
        };
        let from = |head: &FeedHead| heights.get(&head.feed).copied().unwrap_or(0);
        let feeds: Vec<_> = heads.iter().map(|it| (*it, from(it))).collect();
        Ok(packet::write(&SqliteStorage::new(&self.connection), &envelope, &feeds)?)
    }

    /// Tells what files would bring. Nothing is kept.
    pub fn preview_packets(&mut self, files: &[Vec<u8>]) -> Result<PacketView, PacketFailure> {
        self.with_packets(files, false)
    }

    /// Takes files, all of them or none, in the order that suits them.
    pub fn read_packets(&mut self, files: &[Vec<u8>]) -> Result<PacketView, PacketFailure> {
        self.with_packets(files, true)
    }

    /// What all nodes that a packet is for have for certain: heights of feeds, and of the roster.
    fn known_to(
        &self,
        me: NodeNo,
        to: Option<OrgNo>,
        heads: &[FeedHead],
    ) -> Result<(BTreeMap<FeedId, u64>, u64), StorageError> {
        let mut said = BTreeMap::new();
        for kept in frontiers::after(&self.connection, 0)? {
            if let Ok(frontier) = Frontier::peek(&kept.bytes)
                && frontier.space == Space::Network
            {
                said.insert(kept.node, frontier);
            }
        }
        let readers = self.roster.nodes().filter(|it| {
            it.no != me && to.is_none_or(|org| org == it.org) && self.roster.may_read(it.no, Space::Network)
        });
        let frontiers: Option<Vec<_>> = readers.map(|it| said.get(&it.no)).collect();
        let frontiers = frontiers.unwrap_or_default();
        // Of a feed with two branches a height does not say which one the reader has.
        let forked = incidents::subjects(&self.connection, "incident-fork")?;
        let is_forked = |feed: &FeedId| {
            let id = format!("{feed}:");
            forked.iter().any(|it| it.starts_with(&id))
        };
        let height = |feed: &FeedId| {
            if is_forked(feed) {
                return 0;
            }
            frontiers.iter().map(|it| it.vector.height(heads, feed).unwrap_or(0)).min().unwrap_or(0)
        };
        let heights = heads.iter().map(|it| (it.feed, height(&it.feed))).collect();
        Ok((heights, frontiers.iter().map(|it| it.roster).min().unwrap_or(0)))
    }

    fn with_packets(&mut self, files: &[Vec<u8>], keep: bool) -> Result<PacketView, PacketFailure> {
        let packets = open_all(&self.roster, files)?;
        let (roster, changed) = self.roster_with(&packets)?;
        let before = (Arc::clone(&self.roster), news::last(&self.connection)?);
        // Lines and names are read as they will stand, and then perhaps forgotten with the rest.
        self.roster = Arc::new(roster);
        match self.take_packets(&packets, &before, &changed, keep) {
            Ok((view, heads)) if keep => {
                if changed.changed {
                    self.updates.push(Update::all(Updated::Roster(Arc::clone(&self.roster))));
                }
                if !heads.is_empty() {
                    self.updates.push(Update::all(Updated::Heads(heads.into())));
                }
                self.take_new_key_into_use();
                Ok(view)
            }
            forgotten => {
                self.roster = before.0;
                forgotten.map(|(view, _)| view)
            }
        }
    }

    fn take_packets(
        &self,
        packets: &[(usize, Packet<'_>)],
        before: &(Arc<Roster>, u64),
        changed: &roster::Taken,
        keep: bool,
    ) -> Result<(PacketView, Vec<FeedHead>), PacketFailure> {
        let (now, roster) = (self.now(), &self.roster);
        let transaction = self.connection.unchecked_transaction().map_err(StorageError::from)?;
        let own = self.follow_within(&transaction, &before.0, changed)?;
        let taken = Taking::new(self, &transaction).take(packets)?;
        meta::put_number(&transaction, meta::Key::LastExchange, now.0)?;
        // As when a relay holds more of an own feed than this node: the next write must not fork it.
        self.own_elsewhere(&transaction, &taken.own_feeds_elsewhere(roster, &self.node_key.public()))?;
        let view = self.packet_view(packets, &taken, before)?;
        if keep {
            transaction.commit().map_err(StorageError::from)?;
        }
        let heads = taken.heads.into_values().chain(own).collect();
        Ok((view, heads))
    }

    /// The roster that the packets make of the one here, each of them written by a node that it knows.
    fn roster_with(&self, packets: &[(usize, Packet<'_>)]) -> Result<(Roster, roster::Taken), PacketFailure> {
        let mut roster = Roster::clone(&self.roster);
        let mut all = roster::Taken::default();
        for (file, packet) in packets {
            let refused = |source| PacketFailure::File { file: *file, source };
            let (next, taken) = packet.roster(&roster).map_err(refused)?;
            packet.sender(&next).map_err(refused)?;
            roster = next;
            all = all.and(taken);
        }
        if self.ticket_contradicts(&roster) { Err(PacketFailure::NotTheTickets) } else { Ok((roster, all)) }
    }

    fn packet_view(
        &self,
        packets: &[(usize, Packet<'_>)],
        taken: &Taken,
        before: &(Arc<Roster>, u64),
    ) -> Result<PacketView, StorageError> {
        let org_of = |node: NodeNo| self.roster.node(node).and_then(|it| self.roster.org(it.org));
        let name = |node: NodeNo| org_of(node).map(|it| it.name.clone()).unwrap_or_default();
        let file = |packet: &Packet<'_>| {
            let it = &packet.header;
            PacketFile {
                org: name(it.from),
                node: self.roster.node(it.from).map(|it| it.label.clone()).unwrap_or_default(),
                to: it.to.and_then(|no| self.roster.org(no)).map(|it| it.name.clone()),
                created: it.created,
                part: it.part,
                parts: it.parts,
            }
        };
        let gap = |(it, node): (&Missing, &Option<NodeNo>)| PacketGap {
            org: node.map(name).unwrap_or_default(),
            first: it.from.saturating_add(1),
            last: it.to,
        };
        let lines = news::count_after(&self.connection, before.1)?;
        let shown = lines.min(LINES_MAX);
        Ok(PacketView {
            files: packets.iter().map(|(_, it)| file(it)).collect(),
            new: taken.new,
            known: taken.known,
            refused: taken.refused.len() as u64,
            statements: self.roster.height().saturating_sub(before.0.height()),
            gaps: taken.missing.iter().map(gap).collect(),
            lines: self.news(shown)?,
            lines_more: lines - shown,
        })
    }
}

/// Opens the files and puts them in order: what was written first is taken first.
fn open_all<'a>(roster: &Roster, files: &'a [Vec<u8>]) -> Result<Vec<(usize, Packet<'a>)>, PacketFailure> {
    let open = |(file, bytes): (usize, &'a Vec<u8>)| {
        let packet = Packet::open(&roster.network(), bytes);
        packet.map(|it| (file, it)).map_err(|source| PacketFailure::File { file, source })
    };
    let mut packets = files.iter().enumerate().map(open).collect::<Result<Vec<_>, _>>()?;
    packets.sort_by_key(|(_, it)| (it.header.created, it.header.from, it.header.part));
    Ok(packets)
}
