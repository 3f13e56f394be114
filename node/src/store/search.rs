//! Search over everything: what was found, with the words of the plans as they stand now.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use svod_shared::storage::StorageError;

use super::Store;
use crate::domain::plan::{ItemField, Plan, PlanField};
use crate::domain::stem::stems;
use crate::projections::{executions, plans, search};
use crate::views::{SearchHit, SearchView};

/// More than this nobody reads: a further word finds what is meant.
const HITS_MAX: usize = 100;
/// Words of a query.
const WORDS_MAX: usize = 12;

impl Store {
    /// What has a form of every word of a query, or a word that begins with it.
    pub fn search(&self, query: &str) -> Result<SearchView, StorageError> {
        let mut wanted = stems(query);
        wanted.truncate(WORDS_MAX);
        let mut known: BTreeMap<_, Option<Plan>> = BTreeMap::new();
        let mut hits: Vec<SearchHit> = Vec::new();
        let found = search::find(&self.connection, &wanted, HITS_MAX + 1)?;
        let is_cut = found.len() > HITS_MAX;
        for line in found.into_iter().take(HITS_MAX) {
            let plan = match known.entry(line.plan) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(plans::get(&self.connection, &line.plan)?),
            };
            let Some(plan) = plan else { continue };
            // An item and what several organisations say of it are one hit.
            if hits.iter().any(|it| it.plan == line.plan && it.row == line.row) {
                continue;
            }
            hits.extend(self.hit(plan, line.row)?);
        }
        Ok(SearchView { query: query.to_owned(), wanted, hits, is_cut })
    }

    fn hit(
        &self,
        plan: &Plan,
        row: Option<crate::domain::plan::RowId>,
    ) -> Result<Option<SearchHit>, StorageError> {
        let title = plan.text(PlanField::Title).to_owned();
        let hit = |number: &str, title_of: &str, texts: Vec<String>, is_section| SearchHit {
            plan: plan.id,
            plan_title: title.clone(),
            row: row.clone(),
            is_section,
            number: number.to_owned(),
            title: title_of.to_owned(),
            texts,
        };
        let Some(row) = &row else { return Ok(Some(hit("", &title, Vec::new(), false))) };
        if let Some(section) = plan.sections.iter().find(|it| it.row == *row) {
            let (number, title) = (section.text(ItemField::Number), section.text(ItemField::Title));
            return Ok(Some(hit(number, title, Vec::new(), true)));
        }
        let Some(item) = plan.items().find(|it| it.row == *row) else { return Ok(None) };
        let beside =
            ItemField::TYPED.into_iter().filter(|it| !matches!(it, ItemField::Number | ItemField::Title));
        let mut texts: Vec<_> =
            beside.map(|it| item.text(it).to_owned()).filter(|it| !it.is_empty()).collect();
        for sheet in executions::of_plan(&self.connection, &plan.id)? {
            let name = self.roster.org(sheet.org).map(|it| it.short.clone()).unwrap_or_default();
            let said = sheet.rows.get(row).into_iter().flat_map(|it| it.fields.values());
            texts.extend(
                said.map(|it| it.text()).filter(|it| !it.is_empty()).map(|it| format!("{name}: {it}")),
            );
        }
        Ok(Some(hit(item.text(ItemField::Number), item.text(ItemField::Title), texts, false)))
    }
}
