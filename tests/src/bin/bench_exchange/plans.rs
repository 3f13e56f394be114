//! Roadmaps as the program makes them: real documents of several authors, behind the real gate.

use std::collections::BTreeMap;

use automerge::Automerge;
use svod_node::documents::roadmap::{self, NewItem, NewPlan, NewSection};
use svod_node::documents::{Document, Incoming, NewChange};
use svod_node::domain::plan::{ItemField, PlanField, RowId};
use svod_shared::id::{Actor, DocId, sha256};
use svod_shared::time::Timestamp;

use crate::Failure;
use crate::corpus::{self, BEGINNING, Change, Corpus, News, text};

/// What people edit in an item.
const FIELDS: [ItemField; 6] = [
    ItemField::Title,
    ItemField::Term,
    ItemField::Audience,
    ItemField::Responsible,
    ItemField::Form,
    ItemField::Result,
];
/// Nodes that edit a plan where there are many plans.
const AUTHORS: usize = 3;

/// How often somebody hears of the others' edits before an own one: of so many edits, one is made without.
const APART: u8 = 4;

/// One centre at work on one plan.
struct Site {
    node: usize,
    actor: Actor,
    document: Document,
    heard: usize,
}

/// A plan that several centres edit.
pub(crate) struct Work {
    plan: DocId,
    sites: Vec<Site>,
    /// All changes with the node and the actor that made them, in the order in which they were made.
    pub(crate) made: Vec<(usize, Actor, NewChange)>,
}

impl Work {
    /// A plan of `sections` with `items` each, made by the first of `nodes`, whose actors are given.
    pub(crate) fn begin(
        no: usize,
        nodes: &[(usize, Actor)],
        sections: usize,
        items: usize,
    ) -> Result<Self, Failure> {
        let plan = roadmap::natural_roadmap_id(&no.to_be_bytes());
        let mut sites = Vec::new();
        for (node, actor) in nodes.iter().copied() {
            sites.push(Site { node, actor, document: Document::new(plan)?, heard: 0 });
        }
        let first = sites.first_mut().ok_or("nobody makes the plan")?;
        let new = new_plan(no, sections, items);
        let made = roadmap::create(&mut first.document, first.actor, moment(0), None, &new)?;
        let made = made.into_iter().map(|it| (first.node, first.actor, it)).collect();
        Ok(Self { plan, sites, made })
    }

    /// Somebody changes a field of an item, having heard of the others' edits or not.
    pub(crate) fn edit(&mut self, step: usize) -> Result<(), Failure> {
        let seed = sha256(format!("{}/{step}", self.plan).as_bytes());
        let number = |at: usize| usize::from(seed.get(at).copied().unwrap_or_default());
        let count = self.sites.len();
        let site = self.sites.get_mut(number(0) % count).ok_or("nobody edits")?;
        if site.document.is_empty() || !number(1).is_multiple_of(usize::from(APART)) {
            site.hear(&self.made)?;
        }
        let rows: Vec<RowId> = roadmap::read(&site.document).items().map(|it| it.row.clone()).collect();
        let row = rows.get(number(2) % rows.len().max(1)).ok_or("the plan is empty")?;
        let field = FIELDS.get(number(3) % FIELDS.len()).copied().unwrap_or(ItemField::Title);
        let ops = [roadmap::set_item_field(row, field, &text(number(4), step, number(3)))];
        let change = site.document.edit(site.actor, moment(step), None, &ops)?;
        self.made.extend(change.map(|it| (site.node, site.actor, it)));
        Ok(())
    }
}

impl Site {
    fn hear(&mut self, made: &[(usize, Actor, NewChange)]) -> Result<(), Failure> {
        let new = made.get(self.heard..).unwrap_or_default();
        self.heard = made.len();
        let incoming: Vec<_> = new
            .iter()
            .map(|(_, actor, it)| Incoming { actor: *actor, hash: it.hash, bytes: &it.bytes })
            .collect();
        let applied = self.document.apply(&incoming);
        if applied.held.is_empty() && applied.refused.is_empty() {
            Ok(())
        } else {
            Err("an honest edit was not taken".into())
        }
    }
}

/// `count` plans of thirty fields with `edits` one-field edits each, by three of `feeds` nodes.
pub(crate) fn corpus(count: usize, feeds: u16, edits: usize) -> Result<Corpus, Failure> {
    let mut corpus = Corpus::new(0, feeds, 0)?;
    let mut tips = corpus.tips();
    for no in 0..count {
        let nodes = (0..AUTHORS).map(|it| (no + it) % usize::from(feeds));
        let nodes: Vec<_> = nodes.filter_map(|it| Some((it, tips.get(it)?.feed().actor()))).collect();
        let mut work = Work::begin(no, &nodes, 1, 5)?;
        for step in 1..=edits {
            work.edit(step)?;
        }
        let mut document = corpus::Document::empty(work.plan);
        let mut whole = genesis(work.plan)?;
        let changes: Result<Vec<_>, _> =
            work.made.iter().map(|it| automerge::Change::from_bytes(it.2.bytes.clone())).collect();
        whole.apply_changes(changes?)?;
        document.saved = whole.save();
        for (node, _, change) in work.made {
            let tip = tips.get_mut(node).ok_or("no such node")?;
            *tip = corpus.write(tip.clone(), node, work.plan, change.bytes.clone())?;
            document.changes.push(change.bytes);
            document.hashes.push(change.hash.0);
        }
        corpus.documents.push(document);
    }
    Ok(corpus)
}

/// What one centre missed: a plan that five others edited so many times while it was away.
pub(crate) fn absence(edits: usize) -> Result<(Corpus, News), Failure> {
    let mut corpus = Corpus::new(0, 6, 0)?;
    let mut tips = corpus.tips();
    let actors = tips.iter().map(|it| it.feed().actor());
    let nodes: Vec<_> = actors.enumerate().skip(1).collect();
    let mut work = Work::begin(0, &nodes, 5, 4)?;
    let known = work.made.len();
    for step in 1..=edits {
        work.edit(step)?;
    }
    let mut news = News::default();
    for (at, (node, _, change)) in work.made.into_iter().enumerate() {
        let tip = tips.get_mut(node).ok_or("no such node")?;
        let (bytes, hash) = (change.bytes, change.hash.0);
        if at < known {
            *tip = corpus.write(tip.clone(), node, work.plan, bytes)?;
        } else {
            let (head, record) = corpus.sign(tip.clone(), node, work.plan, bytes.clone())?;
            *tip = svod_shared::feed::Tip::After(head);
            news.records.push((head, record));
            news.changes.push(Change { document: 0, step: at, bytes, hash });
        }
    }
    Ok((corpus, news))
}

/// The document as every node makes it before it hears of any change.
pub(crate) fn genesis(plan: DocId) -> Result<Automerge, Failure> {
    Ok(Automerge::load(&Document::new(plan)?.snapshot())?)
}

fn moment(step: usize) -> Timestamp {
    Timestamp((BEGINNING.unsigned_abs() + step as u64 * 1_209) * 1_000)
}

fn new_plan(no: usize, sections: usize, items: usize) -> NewPlan {
    let fields = |section: usize, item: usize| {
        let text = |(at, field): (usize, &ItemField)| (*field, text(no * 100 + section, item, at));
        BTreeMap::from_iter(FIELDS.iter().enumerate().map(text)).into_iter().collect()
    };
    let section = |section| NewSection {
        fields: vec![(ItemField::Title, text(no, section, 99))],
        items: (0..items).map(|item| NewItem { fields: fields(section, item) }).collect(),
    };
    NewPlan {
        fields: vec![(PlanField::Title, text(no, 0, 98))],
        sections: (0..sections).map(section).collect(),
    }
}
