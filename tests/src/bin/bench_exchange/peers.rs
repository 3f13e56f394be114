//! The others, and the floor that nobody gets below without knowing more.

use std::collections::BTreeMap;

use automerge::sync::{State, SyncDoc};
use automerge::{Automerge, Change};
use negentropy::{Id, Negentropy, NegentropyStorageVector};

use crate::clock::Stopwatch;
use crate::corpus::{Corpus, News};
use crate::{Cost, Failure};

/// Trained by zstd on packs of plans, projects and reports: the floor knows the language, as the models of a pack do.
static DICTIONARY: &[u8] = include_bytes!("dictionary.bin");

/// The changes that are missing and nothing else: no signature, no name of a document, no word on what is missing.
pub(crate) fn floor(news: &News) -> Result<Cost, Failure> {
    if news.changes.is_empty() {
        return Ok(Cost::default());
    }
    let watch = Stopwatch::start();
    let all: Vec<u8> = news.changes.iter().flat_map(|it| it.bytes.iter().copied()).collect();
    let mut compressor = zstd::bulk::Compressor::with_dictionary(19, DICTIONARY)?;
    let down = compressor.compress(&all)?.len() as u64;
    Ok(Cost { down, cpu: watch.cpu(), ..Cost::default() })
}

/// automerge's own protocol, once for every document; both sides have kept the state of their last exchange.
pub(crate) fn automerge_sync(corpus: &Corpus, news: &News) -> Result<Cost, Failure> {
    let mut by_document = BTreeMap::<usize, Vec<Change>>::new();
    for change in &news.changes {
        by_document.entry(change.document).or_default().push(Change::from_bytes(change.bytes.clone())?);
    }
    let mut sum = Cost::default();
    for (no, document) in corpus.documents.iter().enumerate() {
        let mut caller = Automerge::load(&document.saved)?;
        let shared = State { shared_heads: caller.get_heads(), ..State::default() };
        let mut called = caller.fork();
        called.apply_changes(by_document.remove(&no).unwrap_or_default())?;
        let kept = shared.encode();
        let states = [State::decode(&kept)?, State::decode(&kept)?];
        add(&mut sum, talk(&mut caller, &mut called, states)?);
    }
    Ok(sum)
}

/// As a newcomer: every document from nothing.
pub(crate) fn automerge_newcomer(corpus: &Corpus) -> Result<Cost, Failure> {
    let mut sum = Cost::default();
    for document in &corpus.documents {
        let mut called = Automerge::load(&document.saved)?;
        add(&mut sum, talk(&mut Automerge::new(), &mut called, [State::new(), State::new()])?);
    }
    Ok(sum)
}

fn add(sum: &mut Cost, cost: Cost) {
    sum.up += cost.up;
    sum.down += cost.down;
    sum.cpu += cost.cpu;
    // All documents are exchanged at once.
    sum.turns = sum.turns.max(cost.turns);
}

fn talk(caller: &mut Automerge, called: &mut Automerge, states: [State; 2]) -> Result<Cost, Failure> {
    let [mut ours, mut theirs] = states;
    let watch = Stopwatch::start();
    let mut cost = Cost::default();
    loop {
        let there = caller.generate_sync_message(&mut ours);
        let (mut moved, mut size) = (there.is_some(), 0);
        if let Some(message) = there {
            let bytes = message.encode();
            size = bytes.len() as u64;
            called.receive_sync_message(&mut theirs, automerge::sync::Message::decode(&bytes)?)?;
        }
        cost.up += size;
        if let Some(message) = called.generate_sync_message(&mut theirs) {
            let bytes = message.encode();
            cost.down += bytes.len() as u64;
            cost.turns += 1;
            caller.receive_sync_message(&mut ours, automerge::sync::Message::decode(&bytes)?)?;
            moved = true;
        }
        if !moved {
            cost.cpu = watch.cpu();
            return Ok(cost);
        }
    }
}

/// Set reconciliation over the hashes of all changes; what is missing is asked for and comes as it is.
pub(crate) fn negentropy(corpus: &Corpus, news: &News) -> Result<Cost, Failure> {
    let known =
        || corpus.documents.iter().enumerate().flat_map(|(no, it)| it.hashes.iter().map(move |h| (no, *h)));
    let new = news.changes.iter().map(|change| (change.document, change.hash));
    let watch = Stopwatch::start();
    let caller = sealed(known())?;
    let called = sealed(known().chain(new))?;
    let (mut caller, mut called) = (Negentropy::owned(caller, 0)?, Negentropy::owned(called, 0)?);
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut cost = Cost::default();
    let mut next = Some(caller.initiate()?);
    while let Some(question) = next {
        let answer = called.reconcile(&question)?;
        cost.up += question.len() as u64;
        cost.down += answer.len() as u64;
        cost.turns += 1;
        next = caller.reconcile_with_ids(&answer, &mut have, &mut need)?;
    }
    if !need.is_empty() {
        cost.up += 32 * need.len() as u64;
        cost.down += news.changes.iter().map(|change| change.bytes.len() as u64).sum::<u64>();
        cost.turns += 1;
    }
    cost.cpu = watch.cpu();
    Ok(cost)
}

fn sealed(items: impl Iterator<Item = (usize, [u8; 32])>) -> Result<NegentropyStorageVector, Failure> {
    let mut storage = NegentropyStorageVector::new();
    for (no, hash) in items {
        storage.insert(no as u64, Id::from_byte_array(hash))?;
    }
    storage.seal()?;
    Ok(storage)
}

/// The bytes of all documents as automerge keeps them.
pub(crate) fn saved(corpus: &Corpus) -> Cost {
    let down = corpus.documents.iter().map(|document| document.saved.len() as u64).sum();
    Cost { down, ..Cost::default() }
}

/// What applying costs that nobody can avoid: all changes of a document at once.
pub(crate) fn apply(corpus: &Corpus) -> Result<Cost, Failure> {
    let watch = Stopwatch::start();
    for document in &corpus.documents {
        let changes = document.changes.iter().map(|bytes| Change::from_bytes(bytes.clone()));
        Automerge::new().apply_changes(changes.collect::<Result<Vec<_>, _>>()?)?;
    }
    let down = corpus.documents.iter().flat_map(|it| &it.changes).map(|it| it.len() as u64).sum();
    Ok(Cost { down, cpu: watch.cpu(), ..Cost::default() })
}
