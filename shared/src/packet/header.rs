//! The header's bytes.

use super::{Header, PARTS_MAX, Stretch};
use crate::frontier::FRONTIER_BYTES_MAX;
use crate::id::{FeedId, NetworkId, NodeNo, OrgNo, StatementHash};
use crate::keys::PublicKey;
use crate::leb::{ReadError, Reader, Writer};
use crate::roster::{STATEMENT_BYTES_MAX, STATEMENTS_MAX};
use crate::time::Timestamp;
use crate::vector::FEEDS_MAX;

/// One for each space that the writer may read.
const FRONTIERS_MAX: u64 = 64;

impl Header {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.raw(self.network.as_bytes()).leb(u64::from(self.from.0)).raw(self.key.as_bytes());
        match self.to {
            None => writer.u8(0),
            Some(org) => writer.u8(1).leb(u64::from(org.0)),
        };
        writer.leb(self.created.0).leb(self.part).leb(self.parts);
        writer.leb(self.roster_height).raw(self.roster_hash.as_bytes());
        writer.leb(self.statements_from).leb(self.statements.len() as u64);
        for statement in &self.statements {
            writer.bytes(statement);
        }
        writer.leb(self.frontiers.len() as u64);
        for frontier in &self.frontiers {
            writer.bytes(frontier);
        }
        writer.leb(self.stretches.len() as u64);
        for it in &self.stretches {
            writer.raw(it.feed.as_bytes()).leb(u64::from(it.node.0)).leb(it.from).leb(it.to);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let network = NetworkId(reader.array()?);
        let from = NodeNo(reader.leb_u16()?);
        let key = PublicKey::read(reader)?;
        let to = match reader.u8()? {
            0 => None,
            1 => Some(OrgNo(reader.leb_u16()?)),
            _ => return Err(ReadError::Unknown),
        };
        let created = Timestamp(reader.leb()?);
        let (part, parts) = (reader.leb()?, reader.leb_max(PARTS_MAX)?);
        if part == 0 || part > parts {
            return Err(ReadError::Unknown);
        }
        let (roster_height, roster_hash) = (reader.leb_max(STATEMENTS_MAX)?, StatementHash(reader.array()?));
        let statements_from = reader.leb_max(STATEMENTS_MAX)?;
        let statements = many(reader, STATEMENTS_MAX, |it| Ok(it.bytes(STATEMENT_BYTES_MAX)?.to_vec()))?;
        if statements_from + statements.len() as u64 != roster_height {
            return Err(ReadError::Unknown);
        }
        let frontiers = many(reader, FRONTIERS_MAX, |it| Ok(it.bytes(FRONTIER_BYTES_MAX)?.to_vec()))?;
        let stretches = many(reader, FEEDS_MAX as u64, Stretch::read)?;
        Ok(Self {
            network,
            from,
            key,
            to,
            created,
            part,
            parts,
            roster_height,
            roster_hash,
            statements_from,
            statements,
            frontiers,
            stretches,
        })
    }
}

impl Stretch {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let feed = FeedId(reader.array()?);
        let node = NodeNo(reader.leb_u16()?);
        let (from, to) = (reader.leb()?, reader.leb()?);
        if from < to { Ok(Self { feed, node, from, to }) } else { Err(ReadError::Unknown) }
    }
}

/// A counted list; it grows as it is read, so a count alone claims no memory.
fn many<'a, T>(
    reader: &mut Reader<'a>,
    max: u64,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let count = reader.leb_max(max)?;
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(read(reader)?);
    }
    Ok(found)
}
