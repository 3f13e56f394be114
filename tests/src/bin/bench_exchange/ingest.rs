//! What taking entries costs: bare automerge, the gate, the log, and a real node's store with all of it.

use std::path::Path;
use std::time::Duration;

use automerge::Change;
use svod_node::documents::{Document, Incoming};
use svod_node::folder::{Folder, KeyRole};
use svod_node::store::{Clock, Store};
use svod_relay::db::Db;
use svod_shared::entry::Record;
use svod_shared::id::Actor;
use tempfile::TempDir;

use crate::clock::Stopwatch;
use crate::corpus::{Corpus, key};
use crate::svod::{self, CALLER, NOW};
use crate::{Failure, plans};

/// Feeds of the network.
const FEEDS: u16 = 50;
/// One-field edits of a plan.
const EDITS: usize = 20;

/// The same changes taken in several ways.
#[derive(Debug)]
pub(crate) struct Ingest {
    pub(crate) documents: usize,
    pub(crate) entries: usize,
    /// All changes of a document in one call of automerge's.
    pub(crate) bare: Duration,
    /// The same through the gate of a document, without log and store.
    pub(crate) gate: Duration,
    /// Signatures, chains, rights, and SQLite, without documents: the work of a relay.
    pub(crate) log: Duration,
    /// A newcomer's session: reading packs and tying them to their chains.
    pub(crate) session: Duration,
    /// A newcomer's store: log, gate, documents, projections, SQLite.
    pub(crate) store: Duration,
}

impl Ingest {
    /// All that a newcomer computes.
    pub(crate) fn newcomer(&self) -> Duration {
        self.session + self.store
    }

    /// The log's checks and bare documents, without the gate.
    pub(crate) fn ungated(&self) -> Duration {
        self.session + self.log + self.bare
    }
}

/// A newcomer takes `count` plans, each edited by several nodes.
pub(crate) fn measure(count: usize) -> Result<Ingest, Failure> {
    let corpus = plans::corpus(count, FEEDS, EDITS)?;
    let came = svod::newcomer_batches(&corpus)?;
    let dir = TempDir::new()?;
    let mut store = open(&corpus, &dir.path().join("node"))?;
    let entries = came.batches.iter().map(Vec::len).sum();
    Ok(Ingest {
        documents: count,
        entries,
        bare: bare(&corpus)?,
        gate: gate(&corpus)?,
        log: log(&corpus, dir.path(), &came.batches)?,
        session: came.node_cpu,
        store: take(&mut store, came.batches)?,
    })
}

/// The store of the calling node, which has the roster and nothing else.
pub(crate) fn open(corpus: &Corpus, path: &Path) -> Result<Store, Failure> {
    let folder = Folder::create(path)?;
    folder.keep_key(KeyRole::Node, &key(CALLER.0))?;
    let mut store = Store::create(folder, corpus.roster.network(), Clock::new(|| NOW))?;
    store.receive_statements(corpus.roster.statements(0))?;
    Ok(store)
}

/// Hands over what has come, as it came.
pub(crate) fn take(store: &mut Store, batches: Vec<Vec<Record>>) -> Result<Duration, Failure> {
    let watch = Stopwatch::start();
    for batch in batches {
        let accepted = store.receive(batch)?;
        if let Some(refused) = accepted.refused.first() {
            return Err(refused.reason.into());
        }
    }
    let cpu = watch.cpu();
    match store.held()? {
        0 => Ok(cpu),
        held => Err(format!("{held} honest changes wait").into()),
    }
}

fn bare(corpus: &Corpus) -> Result<Duration, Failure> {
    let mut cpu = Duration::ZERO;
    for document in &corpus.documents {
        let mut whole = plans::genesis(document.id)?;
        let watch = Stopwatch::start();
        let changes = document.changes.iter().map(|bytes| Change::from_bytes(bytes.clone()));
        whole.apply_changes(changes.collect::<Result<Vec<_>, _>>()?)?;
        cpu += watch.cpu();
    }
    Ok(cpu)
}

fn gate(corpus: &Corpus) -> Result<Duration, Failure> {
    let mut cpu = Duration::ZERO;
    for document in &corpus.documents {
        let mut whole = Document::new(document.id)?;
        let actors: Result<Vec<_>, Failure> = document.changes.iter().map(|it| actor(it)).collect();
        let watch = Stopwatch::start();
        let all = actors?.into_iter().zip(&document.hashes).zip(&document.changes);
        let all: Vec<_> = all
            .map(|((actor, hash), bytes)| Incoming { actor, hash: svod_shared::id::ChangeHash(*hash), bytes })
            .collect();
        let applied = whole.apply(&all);
        cpu += watch.cpu();
        if applied.applied.len() != all.len() {
            return Err("an honest edit was not taken".into());
        }
    }
    Ok(cpu)
}

fn actor(change: &[u8]) -> Result<Actor, Failure> {
    let change = Change::from_bytes(change.to_vec())?;
    Ok(Actor(change.actor_id().to_bytes().try_into()?))
}

fn log(corpus: &Corpus, dir: &Path, batches: &[Vec<Record>]) -> Result<Duration, Failure> {
    let mut db = Db::open(&dir.join("relay.db"), Some(corpus.roster.network()))?;
    db.push_statements(corpus.roster.statements(0))??;
    let batches = batches.to_vec();
    let watch = Stopwatch::start();
    for batch in batches {
        if let Some(refused) = db.append(batch)?.refused.first() {
            return Err(refused.reason.into());
        }
    }
    Ok(watch.cpu())
}
