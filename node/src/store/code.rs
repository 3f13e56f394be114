//! The control code: what two methodists read to each other by telephone to know that they hold the same.
//!
//! Four groups of two digits stand for the roster height and the heads of the network's feeds; two more for the
//! projections, so that equal logs that were understood differently show as well.

use svod_shared::id::{Space, sha256};
use svod_shared::leb::Writer;
use svod_shared::storage::StorageError;

use super::Store;
use super::closings::standing;

/// Goes into the digest of the projections; raised whenever their content changes for the same log.
const PROJECTION_VERSION: u64 = 1;

impl Store {
    /// The control code of the network space, «41-07-93-28 · 15-60».
    pub fn control_code(&self) -> Result<String, StorageError> {
        let mut heads = standing(&self.connection, &self.roster, Space::Network)?;
        heads.sort_by_key(|it| it.feed);
        let mut log = Writer::domain("svod/1 control code");
        log.leb(self.roster.height()).raw(self.roster.tip().as_bytes());
        for head in heads {
            log.raw(head.feed.as_bytes()).leb(head.height).raw(head.hash.as_bytes());
        }
        let mut views = Writer::domain("svod/1 control code views");
        views.leb(PROJECTION_VERSION);
        let mut statement = self.connection.prepare_cached(
            "SELECT doc, data FROM plan UNION ALL SELECT doc, data FROM execution
             UNION ALL SELECT doc, data FROM indicators UNION ALL SELECT doc, data FROM campaign
             UNION ALL SELECT doc, data FROM value_sheet ORDER BY doc",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            views.bytes(&row.get::<_, Vec<u8>>(0)?).text(&row.get::<_, String>(1)?);
        }
        Ok(format!("{} · {}", groups::<4>(log.as_slice()), groups::<2>(views.as_slice())))
    }
}

fn groups<const N: usize>(preimage: &[u8]) -> String {
    let hash = sha256(preimage);
    let pairs = hash.as_chunks::<2>().0.iter().take(N);
    pairs.map(|pair| format!("{:02}", u16::from_be_bytes(*pair) % 100)).collect::<Vec<_>>().join("-")
}
