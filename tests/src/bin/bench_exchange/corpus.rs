//! Documents of Cyrillic fields, edited by the nodes of a network: the same in every run.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ROOT, ReadDoc};
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, NodeNo, OrgNo, Owner, Space, sha256};
use svod_shared::keys::KeyPair;
use svod_shared::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster};
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Storage};

use crate::Failure;

/// Fields of a document.
const FIELDS: usize = 30;
/// The node whose entries are new; the node that calls is the first.
const AUTHOR: u16 = 2;
/// A moment of 2026, in seconds; each change is made a minute after the one before.
pub(crate) const BEGINNING: i64 = 1_780_000_000;

const WORDS: [&str; 24] = [
    "семинар",
    "наставников",
    "методического",
    "объединения",
    "учителей",
    "начальной",
    "школы",
    "проведение",
    "городской",
    "конференции",
    "сопровождение",
    "молодых",
    "педагогов",
    "мониторинг",
    "функциональной",
    "грамотности",
    "открытый",
    "урок",
    "мастер-класс",
    "повышение",
    "квалификации",
    "сентябрь",
    "отчёт",
    "конкурс",
];

/// One document and how it came about.
pub(crate) struct Document {
    pub(crate) id: DocId,
    pub(crate) saved: Vec<u8>,
    pub(crate) changes: Vec<Vec<u8>>,
    pub(crate) hashes: Vec<[u8; 32]>,
}

/// A network whose nodes have written documents.
pub(crate) struct Corpus {
    pub(crate) roster: Roster,
    pub(crate) log: MemoryStorage,
    pub(crate) documents: Vec<Document>,
    feeds: u16,
}

/// What has been written since: entries and, in the same order, the changes in them.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) records: Vec<(FeedHead, Record)>,
    pub(crate) changes: Vec<Change>,
}

/// One new change.
pub(crate) struct Change {
    /// The place of its document in the corpus.
    pub(crate) document: usize,
    /// Which of the document's edits it is.
    pub(crate) step: usize,
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: [u8; 32],
}

impl Document {
    pub(crate) fn empty(id: DocId) -> Self {
        Self { id, saved: Vec::new(), changes: Vec::new(), hashes: Vec::new() }
    }
}

pub(crate) fn key(seed: u16) -> KeyPair {
    let mut bytes = [3; 32];
    bytes[..2].copy_from_slice(&seed.to_be_bytes());
    KeyPair::from_seed(&bytes)
}

impl Corpus {
    /// `count` documents, each with `history` changes by one of `feeds` nodes.
    pub(crate) fn new(count: usize, feeds: u16, history: usize) -> Result<Self, Failure> {
        let roster = network(feeds)?;
        let mut corpus = Self { roster, log: MemoryStorage::default(), documents: Vec::new(), feeds };
        let mut tips = corpus.tips();
        for no in 0..count {
            let node = no % usize::from(feeds);
            let tip = tips.get_mut(node).ok_or("no such node")?;
            let id = DocId::natural(1, Owner::Shared, &no.to_be_bytes());
            let mut document = Automerge::new().with_actor(ActorId::from(tip.feed().actor().0));
            let mut made = Document::empty(id);
            for step in 0..history {
                let (hash, bytes) = edit(&mut document, no, step)?;
                *tip = corpus.write(tip.clone(), node, id, bytes.clone())?;
                made.changes.push(bytes);
                made.hashes.push(hash);
            }
            made.saved = document.save();
            corpus.documents.push(made);
        }
        Ok(corpus)
    }

    /// Where each node writes its first entry.
    pub(crate) fn tips(&self) -> Vec<Tip> {
        (1..=self.feeds).map(|no| self.opening(NodeNo(no))).collect()
    }

    fn opening(&self, node: NodeNo) -> Tip {
        let random = sha256(&node.0.to_be_bytes());
        let random = random.first_chunk().copied().unwrap_or_default();
        Tip::open(&self.roster.network(), node, Space::Network, &[], random)
    }

    /// An entry of the node at a place, from 0, in everybody's log.
    pub(crate) fn write(
        &mut self,
        tip: Tip,
        place: usize,
        doc: DocId,
        change: Vec<u8>,
    ) -> Result<Tip, Failure> {
        let (head, record) = self.sign(tip, place, doc, change)?;
        self.log.push_record(&head, &record)?;
        Ok(Tip::After(head))
    }

    /// An entry that only its author has.
    pub(crate) fn sign(
        &self,
        tip: Tip,
        place: usize,
        doc: DocId,
        change: Vec<u8>,
    ) -> Result<(FeedHead, Record), Failure> {
        let node = NodeNo(u16::try_from(place)? + 1);
        let record = tip.write(self.roster.height(), vec![(doc, change)], &key(node.0))?;
        let entry = &record.entry;
        let head = FeedHead {
            feed: entry.feed,
            node,
            space: Space::Network,
            epoch: 1,
            height: entry.seq + 1,
            hash: entry.hash(),
            roster: entry.roster,
        };
        Ok((head, record))
    }

    /// `count` one-field edits by one organisation in its own documents, an entry each.
    pub(crate) fn news(&self, count: usize) -> Result<News, Failure> {
        let own: Vec<usize> =
            (usize::from(AUTHOR) - 1..self.documents.len()).step_by(usize::from(self.feeds)).collect();
        let heads = self.log.feeds(Space::Network)?;
        let head = heads.iter().find(|head| head.node.0 == AUTHOR).ok_or("the author has no feed")?;
        let mut tip = Tip::After(*head);
        let mut news = News::default();
        let mut open = BTreeMap::new();
        for no in 0..count {
            let place = *own.get(no % own.len()).ok_or("the author has no document")?;
            let known = self.documents.get(place).ok_or("no such document")?;
            let document = match open.entry(place) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(place) => {
                    let actor = ActorId::from(head.feed.actor().0);
                    place.insert(Automerge::load(&known.saved)?.with_actor(actor))
                }
            };
            let step = known.changes.len() + no;
            let (hash, bytes) = edit(document, place, step)?;
            let (head, record) = self.sign(tip, usize::from(AUTHOR) - 1, known.id, bytes.clone())?;
            tip = Tip::After(head);
            news.records.push((head, record));
            news.changes.push(Change { document: place, step, bytes, hash });
        }
        Ok(news)
    }
}

impl Corpus {
    /// A document as a JSON file, after its history and these further edits.
    pub(crate) fn json(&self, place: usize, steps: &[usize]) -> String {
        let history = self.documents.get(place).map_or(0, |it| it.changes.len());
        let mut fields = BTreeMap::new();
        for step in (0..history).chain(steps.iter().copied()) {
            for field in fields_of(step) {
                fields.insert(format!("field{field:02}"), text(place, step, field));
            }
        }
        serde_json::to_string_pretty(&fields).unwrap_or_default()
    }
}

/// The first change of a document writes all fields, each later one a single field.
fn edit(document: &mut Automerge, no: usize, step: usize) -> Result<([u8; 32], Vec<u8>), Failure> {
    let minute = i64::try_from(no * 60 + step * 3600)?;
    let options = CommitOptions::default().with_time(BEGINNING + minute);
    let mut transaction = document.transaction();
    for field in fields_of(step) {
        transaction.put(&ROOT, format!("field{field:02}"), text(no, step, field))?;
    }
    let (hash, _) = transaction.commit_with(options);
    let hash = hash.ok_or("nothing was changed")?;
    let change = document.get_change_by_hash(&hash).ok_or("the change is gone")?;
    Ok((hash.0, change.raw_bytes().to_vec()))
}

fn fields_of(step: usize) -> std::ops::Range<usize> {
    let field = step * 7 % FIELDS;
    if step == 0 { 0..FIELDS } else { field..field + 1 }
}

/// About fifty characters of a phrase.
pub(crate) fn text(no: usize, step: usize, field: usize) -> String {
    let seed = sha256(format!("{no}/{step}/{field}").as_bytes());
    let words = seed.iter().take(5).filter_map(|byte| WORDS.get(usize::from(*byte) % WORDS.len()));
    let words: Vec<&str> = words.copied().collect();
    format!("{} № {}", words.join(" "), seed.last().copied().unwrap_or_default())
}

/// Organisations with one node each; the first is the lead's.
fn network(orgs: u16) -> Result<Roster, Failure> {
    let (lead, roster_key) = (key(40_001), key(60_001));
    let genesis = Genesis {
        name: "Сеть".into(),
        lead_name: "Ведущий центр".into(),
        lead_short: "Центр".into(),
        lead_key: lead.public(),
        roster_key: roster_key.public(),
        recovery_key: key(60_002).public(),
        random: [1; 16],
    };
    let (signed, network) = Roster::found(&genesis, &lead);
    let mut roster = Roster::from_statements(network, &[signed])?;
    for no in 1..=orgs {
        let org = key(40_000 + no);
        if no > 1 {
            let admitted = OrgAdmitted {
                key: org.public(),
                name: format!("Организация {no}"),
                short: format!("О{no}"),
                role: Role::Member,
            };
            roster.issue(Content::OrgAdmitted(admitted), &roster_key)?;
        }
        let (org_key, node_key) = (org.public(), key(no).public());
        let binding =
            NodeBinding { network: &network, org_key: &org_key, node_key: &node_key, label: "ПК" };
        let binding = binding.sign(&org);
        let added = NodeAdded { org: OrgNo(no), key: node_key, label: "ПК".into(), binding };
        roster.issue(Content::NodeAdded(added), &roster_key)?;
    }
    Ok(roster)
}
