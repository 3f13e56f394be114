//! Organisations of the network as pages and reports name them.

use serde::{Deserialize, Serialize};
use svod_shared::id::{EntryHash, FeedId, OrgNo};
use svod_shared::time::Timestamp;

/// An organisation of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its number for ever.
    pub no: OrgNo,
    /// «ИМЦ, Кореновский район».
    pub name: String,
    /// «Кореновский»: for column heads.
    pub short: String,
    /// Whether it leads the network.
    pub is_lead: bool,
    /// Whether it is the organisation of this node.
    pub is_me: bool,
}

/// Who made a change, and the signed entry that proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The organisation.
    pub org: OrgNo,
    /// Its name for column heads, «Кореновский».
    pub org_short: String,
    /// The node's label, «кабинет методистов».
    pub node: String,
    /// Who at that computer wrote it, «методист», as the node itself says; `None` where it does not say.
    pub person: Option<String>,
    /// Whether it is the organisation of this node.
    pub is_me: bool,
    /// The author's clock, seconds since 1970.
    pub time: i64,
    /// The feed of the entry.
    pub feed: FeedId,
    /// The entry's place in its feed.
    pub seq: u64,
    /// The entry's hash.
    pub entry: EntryHash,
}

/// How fresh a member's data is on this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// The member.
    pub org: OrgNo,
    /// The author's time of its newest entry here.
    pub newest_entry: Option<Timestamp>,
    /// When it last said what it has.
    pub last_seen: Option<Timestamp>,
    /// Own entries of this node that it has not confirmed; `None` if it never said what it has.
    pub lacks: Option<u64>,
}
