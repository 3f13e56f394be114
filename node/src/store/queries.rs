//! What pages, reports and the command line read.

use std::collections::BTreeMap;

use svod_shared::id::{ChangeHash, DocId, OrgNo, Owner};
use svod_shared::roster::{Org, Role};
use svod_shared::storage::StorageError;

use super::inbox::open;
use super::{Store, lines};
use crate::documents::history;
use crate::domain::divergence::{self, InPlan};
use crate::domain::execution::{Execution, ExecutionSheet};
use crate::domain::field::{Field, Variant};
use crate::domain::member::{Author, Freshness, Member};
use crate::domain::plan::{Deletion, Plan, PlanField, RowId};
use crate::projections::held::Why;
use crate::projections::{authors, executions, freshness, held, incidents, meta, news, plans};
use crate::views::{
    ChangeLine, Divergence, HeldLine, Incident, ItemCard, MemberLine, NetworkView, Place, PlanSummary,
    PlanView, Status, What,
};

/// So many changes that are not applied are listed: a page, not a flood.
const HELD_SHOWN_MAX: u32 = 200;

impl Store {
    /// The line at the bottom of every page; the link's state is the caller's to add.
    pub fn status(&self) -> Result<Status, StorageError> {
        let (org, node) = match self.me() {
            Some(me) => (self.roster.org(me.org), self.roster.node(me.node)),
            None => (None, None),
        };
        let members = self.freshness()?;
        let heads = self.network_heads()?;
        let unconfirmed =
            self.me().map_or(0, |me| freshness::unconfirmed(&members, &self.roster, me.org, &heads));
        let last = meta::number(&self.connection, meta::Key::LastExchange)?;
        let read = meta::number(&self.connection, meta::Key::NewsRead)?;
        Ok(Status {
            org: org.map(|it| it.name.clone()).unwrap_or_default(),
            node: node.map(|it| it.label.clone()).unwrap_or_default(),
            is_lead: self.is_lead(),
            connected: false,
            last_exchange: (last > 0).then_some(svod_shared::time::Timestamp(last)),
            unconfirmed,
            members,
            code: self.control_code()?,
            divergences: self.plans()?.iter().map(|it| it.divergences).sum(),
            news: news::count_after(&self.connection, read)?,
            trouble: None,
        })
    }

    /// How fresh every other active member is.
    pub fn freshness(&self) -> Result<Vec<Freshness>, StorageError> {
        let Some(me) = self.me() else { return Ok(Vec::new()) };
        freshness::list(&self.connection, &self.roster, me.org, &self.network_heads()?)
    }

    /// How many logged changes their documents have not taken yet.
    pub fn held(&self) -> Result<u64, StorageError> {
        held::count(&self.connection)
    }

    /// All plans.
    pub fn plans(&self) -> Result<Vec<PlanSummary>, StorageError> {
        plans::list(&self.connection)
    }

    /// One plan with everything its pages show.
    pub fn plan(&self, id: &DocId) -> Result<Option<PlanView>, StorageError> {
        let Some(plan) = plans::get(&self.connection, id)? else { return Ok(None) };
        let sheets = executions::of_plan(&self.connection, id)?;
        let mut wanted: Vec<(ChangeHash, i64)> = Vec::new();
        each_field(&plan, &sheets, |field| wanted.extend(field.variants().map(|it| (it.change, it.time))));
        for item in plan.items().chain(&plan.deleted) {
            match &item.deletion {
                Deletion::Present => {}
                Deletion::Deleted(mark) => wanted.push((mark.change, mark.time)),
                Deletion::Contested { marks, edits } => {
                    wanted.extend(marks.iter().map(|it| (it.change, it.time)));
                    wanted.extend(edits.iter().map(|it| (*it, 0)));
                }
            }
        }
        let mut found = BTreeMap::new();
        for (change, time) in wanted {
            if let Some(author) = self.author(&change, time)? {
                found.entry(change).or_insert(author);
            }
        }
        let executions: BTreeMap<OrgNo, BTreeMap<RowId, Execution>> =
            sheets.into_iter().map(|it| (it.org, it.rows)).collect();
        Ok(Some(PlanView { plan, members: self.members(), executions, authors: found }))
    }

    /// One item's card.
    pub fn item(&self, plan: &DocId, row: &RowId) -> Result<Option<ItemCard>, StorageError> {
        let Some(found) = plans::get(&self.connection, plan)? else { return Ok(None) };
        let Some(item) = found.item(row).cloned() else { return Ok(None) };
        let history = self.history_where(plan, &found, |it| it.row() == Some(row))?;
        Ok(Some(ItemCard { item, history }))
    }

    /// Everything that was ever done to a plan and its sheets, the newest first.
    pub fn history(&self, plan: &DocId) -> Result<Vec<ChangeLine>, StorageError> {
        match plans::get(&self.connection, plan)? {
            Some(found) => self.history_where(plan, &found, |_| true),
            None => Ok(Vec::new()),
        }
    }

    fn history_where(
        &self,
        plan: &DocId,
        names: &Plan,
        wanted: impl Fn(&What) -> bool,
    ) -> Result<Vec<ChangeLine>, StorageError> {
        let mut found = self.history_of(plan, names, &wanted)?;
        for sheet in executions::of_plan(&self.connection, plan)? {
            found.extend(self.history_of(&sheet.id, names, &wanted)?);
        }
        found.sort_by_key(|it| std::cmp::Reverse((it.author.time, it.author.seq)));
        Ok(found)
    }

    fn history_of(
        &self,
        doc: &DocId,
        names: &Plan,
        wanted: impl Fn(&What) -> bool,
    ) -> Result<Vec<ChangeLine>, StorageError> {
        let mut found = Vec::new();
        for story in history::history(&open(&self.connection, doc)?) {
            let mut told = lines::of_story(names, doc, &story);
            // Looking for an author costs more than telling of the change.
            told.retain(|it| wanted(&it.what));
            if told.is_empty() {
                continue;
            }
            let Some(author) = self.author(&story.change, story.time)? else { continue };
            found.extend(told.into_iter().map(|it| change_line(it, author.clone())));
        }
        Ok(found)
    }

    /// Everything that nobody has chosen between yet.
    pub fn divergences(&self) -> Result<Vec<Divergence>, StorageError> {
        let mut all = Vec::new();
        for summary in self.plans()? {
            let Some(plan) = plans::get(&self.connection, &summary.id)? else { continue };
            for open in divergence::in_plan(&plan) {
                all.push(self.divergence_in_plan(&plan, &open)?);
            }
            for sheet in executions::of_plan(&self.connection, &plan.id)? {
                for (row, field, values) in divergence::in_sheet(&sheet) {
                    let place = Place::Execution(sheet.org, row.clone(), field);
                    let mut open = self.divergence(&plan, place, Some(row), values.variants())?;
                    open.may_settle = self.me().is_some_and(|me| me.org == sheet.org);
                    all.push(open);
                }
            }
        }
        Ok(all)
    }

    fn divergence_in_plan(&self, plan: &Plan, found: &InPlan<'_>) -> Result<Divergence, StorageError> {
        match found {
            InPlan::Plan(field, values) => {
                self.divergence(plan, Place::Plan(*field), None, values.variants())
            }
            InPlan::Row(row, field, values) => {
                let place = Place::Item((*row).clone(), *field);
                self.divergence(plan, place, Some(row), values.variants())
            }
            InPlan::Deletion(row, deletion) => {
                let Deletion::Contested { marks, edits } = deletion else {
                    return Err(StorageError::Damaged("uncontested deletion among the divergences"));
                };
                let mut found = self.divergence(plan, Place::Row((*row).clone()), Some(row), marks.iter())?;
                for story in history::describe(&open(&self.connection, &plan.id)?, edits) {
                    found.editors.extend(self.author(&story.change, story.time)?);
                }
                Ok(found)
            }
        }
    }

    fn divergence<'a>(
        &self,
        plan: &Plan,
        place: Place,
        row: Option<&RowId>,
        values: impl Iterator<Item = &'a Variant>,
    ) -> Result<Divergence, StorageError> {
        let mut variants = Vec::new();
        for value in values {
            if let Some(author) = self.author(&value.change, value.time)? {
                variants.push((value.clone(), author));
            }
        }
        let (number, title) = lines::name_of(plan, row);
        Ok(Divergence {
            plan: plan.id,
            plan_title: plan.text(PlanField::Title).to_owned(),
            place,
            number,
            title,
            variants,
            editors: Vec::new(),
            may_settle: self
                .me()
                .is_some_and(|me| self.roster.may_write(me.node, &plan.id, self.roster.height()).is_ok()),
        })
    }

    /// The newest lines of «Что изменилось без вас».
    pub fn news(&self, limit: usize) -> Result<Vec<ChangeLine>, StorageError> {
        let mut lines = Vec::new();
        for kept in news::newest(&self.connection, limit)? {
            if let Some(author) = self.author(&kept.change, kept.line.time)? {
                let mut line = change_line(kept.line, author);
                line.applied = kept.applied;
                lines.push(line);
            }
        }
        Ok(lines)
    }

    /// The page «Сеть».
    pub fn network(&self) -> Result<NetworkView, StorageError> {
        let freshness = self.freshness()?;
        let members = self.members().into_iter().filter_map(|member| {
            let org = self.roster.org(member.no)?;
            let nodes = self.roster.nodes().filter(|it| it.org == member.no);
            Some(MemberLine {
                key_code: org.key.short_code(),
                basis: org.admitted.basis.clone(),
                nodes: nodes.map(|it| it.label.clone()).collect(),
                freshness: freshness.iter().find(|it| it.org == member.no).cloned(),
                member,
            })
        });
        let incidents = incidents::list(&self.connection)?.into_iter().map(|it| Incident {
            when: it.noticed,
            kind: it.kind,
            org: it.org.and_then(|no| self.roster.org(no)).map(|it| it.name.clone()),
            subject: it.subject,
        });
        Ok(NetworkView {
            id: self.roster.network(),
            name: self.roster.name().to_owned(),
            roster_height: self.roster.height(),
            members: members.collect(),
            relay_addresses: self.roster.relay().map(|it| it.addresses.clone()).unwrap_or_default(),
            incidents: incidents.collect(),
            held: self.held_lines()?,
        })
    }

    fn held_lines(&self) -> Result<Vec<HeldLine>, StorageError> {
        let found = held::list(&self.connection, HELD_SHOWN_MAX)?;
        found.into_iter().map(|it| self.held_line(&it)).collect()
    }

    fn held_line(&self, it: &held::Held) -> Result<HeldLine, StorageError> {
        let sheet = executions::plan_of(&self.connection, &it.doc)?;
        let plan = plans::get(&self.connection, &sheet.unwrap_or(it.doc))?;
        let sheet_of = match it.doc.owner() {
            Owner::Org(org) => self.roster.org(org).map(|it| it.name.clone()),
            Owner::Shared | Owner::Lead => None,
        };
        Ok(HeldLine {
            change: it.hash,
            plan_title: plan.map(|it| it.text(PlanField::Title).to_owned()),
            sheet_of,
            author: self.author(&it.hash, 0)?,
            why: format!("held-{}", it.why.key()),
            may_exclude: self.is_lead() && it.why != Why::Excluded,
        })
    }

    /// Active organisations that report execution, the lead first.
    pub fn members(&self) -> Vec<Member> {
        let me = self.me().map(|it| it.org);
        let of = |org: &Org| Member {
            no: org.no,
            name: org.name.clone(),
            short: org.short.clone(),
            is_lead: self.roster.lead() == Some(org.no),
            is_me: me == Some(org.no),
        };
        let orgs = self.roster.orgs().filter(|it| it.active && it.role != Role::Observer);
        let mut members: Vec<_> = orgs.map(of).collect();
        members.sort_by_key(|it| (!it.is_lead, it.no));
        members
    }

    pub(super) fn author(&self, change: &ChangeHash, time: i64) -> Result<Option<Author>, StorageError> {
        let me = self.me().map_or(OrgNo(0), |it| it.org);
        authors::of_change(&self.connection, &self.roster, me, change, time)
    }
}

pub(super) fn change_line(line: news::StoredLine, author: Author) -> ChangeLine {
    let applied = svod_shared::time::Timestamp(author.time.unsigned_abs() * 1000);
    ChangeLine {
        plan: line.plan,
        number: line.number,
        title: line.title,
        what: line.what,
        author,
        reason: line.reason,
        applied,
    }
}

fn each_field(plan: &Plan, sheets: &[ExecutionSheet], mut visit: impl FnMut(&Field)) {
    plan.fields.values().for_each(&mut visit);
    for section in &plan.sections {
        section.fields.values().for_each(&mut visit);
    }
    for item in plan.items().chain(&plan.deleted) {
        item.fields.values().for_each(&mut visit);
    }
    for execution in sheets.iter().flat_map(|it| it.rows.values()) {
        execution.fields.values().for_each(&mut visit);
    }
}
