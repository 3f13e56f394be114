//! How long a user waits until an edit is on disk, against one bare `fsync` beside it.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use svod_node::domain::plan::ItemField;
use svod_node::requests::{Edit, Edited};
use tempfile::TempDir;

use crate::{Failure, ingest, plans, svod};

/// Saves measured, each beside one bare `fsync`.
const SAVES: usize = 200;
/// What the bare file gets each time: a page of SQLite's.
const PAGE: [u8; 4096] = [7; 4096];

/// Medians.
#[derive(Debug)]
pub(crate) struct Durable {
    pub(crate) save: Duration,
    pub(crate) fsync: Duration,
}

/// A plan of twenty items with some history; each save changes one field of it.
pub(crate) fn measure() -> Result<Durable, Failure> {
    let (mut corpus, _) = plans::absence(0)?;
    corpus.documents.clear();
    let dir = TempDir::new()?;
    let mut store = ingest::open(&corpus, &dir.path().join("node"))?;
    ingest::take(&mut store, svod::newcomer_batches(&corpus)?.batches)?;
    let plan = store.plans()?.first().ok_or("the plan has not come")?.id;
    let mut beside = File::create(dir.path().join("beside"))?;
    let (mut saves, mut fsyncs) = (Vec::new(), Vec::new());
    for no in 0..SAVES {
        let view = store.plan(&plan)?.ok_or("the plan is gone")?;
        let item = view.plan.items().next().ok_or("the plan is empty")?;
        let seen = item.fields.get(&ItemField::Result).map(|it| it.ops()).unwrap_or_default();
        let value = crate::corpus::text(no, 1, 2);
        let edits = vec![Edit { field: ItemField::Result, value, seen }];
        let (plan, row) = (plan, item.row.clone());
        let began = Instant::now();
        let edited = store.edit_item(plan, &row, edits)?;
        saves.push(began.elapsed());
        if edited != Edited::Saved {
            return Err("the edit was not saved".into());
        }
        let began = Instant::now();
        beside.seek(SeekFrom::Start(no as u64 * PAGE.len() as u64))?;
        beside.write_all(&PAGE)?;
        beside.sync_data()?;
        fsyncs.push(began.elapsed());
    }
    Ok(Durable { save: median(saves), fsync: median(fsyncs) })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
